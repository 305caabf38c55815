//! Files that somebody has named, and those of a results directory. They are read only if they are regular files, for a pipe keeps whoever reads it waiting and others have no end; and they are
//! written only where they stand, for a link leads out of the directory. What is there is looked at first, so that it can be named and no device is opened; what has
//! been opened is looked at again, for something else may have come there between the two.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Opens the regular file at `path` to read it, if it has at most `bytes_max`.
///
/// # Errors
/// When it can't be opened, is something else, or is longer.
pub fn open(path: &Path, bytes_max: u64) -> io::Result<File> {
    check(&fs::metadata(path)?, bytes_max)?;
    open_at_once(File::options().read(true), Link::Followed, path, bytes_max)
}

/// Opens the regular file at `path` to append to it and to read it, or makes it.
///
/// # Errors
/// When it can't be opened, or is something else, a link too.
pub fn open_to_write(path: &Path) -> io::Result<File> {
    check_writable(path)?;
    let mut options = File::options();
    let options = options.read(true).append(true).create(true);
    open_at_once(options, Link::Refused, path, u64::MAX)
}

/// The text of the regular file at `path`, if it has at most `bytes_max`.
///
/// # Errors
/// When it can't be read, is something else, longer, or no UTF-8.
pub fn read_text(path: &Path, bytes_max: u64) -> io::Result<String> {
    let mut text = String::new();
    // It may grow meanwhile.
    open(path, bytes_max)?.take(bytes_max).read_to_string(&mut text)?;
    Ok(text)
}

/// How many lines the text in `file` has.
///
/// # Errors
/// When it can't be read.
pub fn count_lines(file: File) -> io::Result<u64> {
    let mut reader = BufReader::new(file);
    let mut lines = 1;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(lines);
        }
        lines += buffer.split(|byte| *byte == b'\n').count() as u64 - 1;
        let read = buffer.len();
        reader.consume(read);
    }
}

/// Checks that a regular file stands at `path`, or nothing, before it is written to.
///
/// # Errors
/// When something else is there, a link too.
pub fn check_writable(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        there => check(&there?, u64::MAX),
    }
}

/// Checks that `path` is no link, before something is written below it.
///
/// # Errors
/// When it is one.
pub fn check_no_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => Err(expected(
            "a link is there, and a directory was expected: results go nowhere else",
        )),
        _ => Ok(()),
    }
}

/// What becomes of a link in the place of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Followed,
    Refused,
}

/// Opens what is at `path` as `options` say, without waiting for whoever is at the other end of a pipe, and checks that it is a regular file of at most `bytes_max`.
fn open_at_once(options: &mut OpenOptions, link: Link, path: &Path, bytes_max: u64) -> io::Result<File> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let mut flags = OFlags::NONBLOCK;
        flags.set(OFlags::NOFOLLOW, link == Link::Refused);
        options.custom_flags(flags.bits() as i32);
    }
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    let _ = link;
    let file = options.open(path)?;
    check(&file.metadata()?, bytes_max)?;
    Ok(file)
}

fn check(there: &Metadata, bytes_max: u64) -> io::Result<()> {
    if !there.is_file() {
        let what = in_words(there.file_type());
        return Err(expected(&format!("{what} is there, and a regular file was expected")));
    }
    if there.len() > bytes_max {
        let length = there.len();
        return Err(expected(&format!(
            "it has {length} bytes, and at most {bytes_max} are read"
        )));
    }
    Ok(())
}

fn expected(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what.to_owned())
}

fn in_words(what: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if what.is_fifo() {
            return "a pipe";
        } else if what.is_socket() {
            return "a socket";
        } else if what.is_char_device() || what.is_block_device() {
            return "a device";
        }
    }
    if what.is_dir() {
        "a directory"
    } else if what.is_symlink() {
        "a link"
    } else {
        "something else"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_limit() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("text");
        fs::write(&path, "four").expect("written");
        assert_eq!(read_text(&path, 4).expect("it may be read"), "four");
        let refused = read_text(&path, 3).expect_err("too long").to_string();
        assert_eq!(refused, "it has 4 bytes, and at most 3 are read");
        // So much is not read to find that out.
        File::create(&path).expect("made").set_len(30 << 30).expect("sparse");
        let refused = read_text(&path, 16 << 30).expect_err("too long").to_string();
        assert_eq!(refused, "it has 32212254720 bytes, and at most 17179869184 are read");
        assert!(open(&path, 30 << 30).is_ok());
    }

    #[test]
    fn lines_are_counted() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("text");
        for (text, lines) in [("", 1), ("a", 1), ("a\nb", 2), ("a\nb\n", 3)] {
            fs::write(&path, text).expect("written");
            assert_eq!(count_lines(File::open(&path).expect("opened")).expect("read"), lines);
        }
    }

    #[test]
    #[cfg(unix)]
    fn only_regular_files_are_read_and_no_link_is_written_to() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| home.path().join(name);
        fs::write(at("file"), "text").expect("written");
        fs::create_dir(at("directory")).expect("made");
        std::os::unix::fs::symlink(at("file"), at("link")).expect("made");
        std::os::unix::fs::symlink(at("nothing"), at("dangling")).expect("made");
        std::os::unix::fs::symlink("/dev/null", at("device")).expect("made");
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).expect("made");
        let said = |result: io::Result<()>| result.err().map(|error| error.to_string());
        let read = |name: &str| said(open(&at(name), u64::MAX).map(drop));
        let written = |name: &str| said(check_writable(&at(name)));
        let refused = |what: &str| Some(format!("{what} is there, and a regular file was expected"));
        assert_eq!(
            [read("file"), read("link"), written("file"), written("new")],
            [None, None, None, None]
        );
        assert_eq!(
            [read("directory"), read("socket"), read("device")],
            ["a directory", "a socket", "a device"].map(refused)
        );
        assert_eq!(
            [written("link"), written("dangling")],
            ["a link", "a link"].map(refused)
        );
        assert_eq!(written("socket"), refused("a socket"));
        assert!(check_no_link(&at("link")).is_err() && check_no_link(&at("directory")).is_ok());
    }

    #[test]
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn what_has_come_between_the_look_and_the_opening_is_not_waited_for() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let (pipe, link) = (home.path().join("pipe"), home.path().join("link"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("there is one").success());
        std::os::unix::fs::symlink(home.path().join("elsewhere"), &link).expect("made");
        let mut to_write = File::options();
        to_write.read(true).append(true).create(true);
        let opened = [
            open_at_once(File::options().read(true), Link::Followed, &pipe, u64::MAX),
            open_at_once(&mut to_write, Link::Refused, &pipe, u64::MAX),
        ];
        for opened in opened {
            let refused = opened.expect_err("a pipe").to_string();
            assert_eq!(refused, "a pipe is there, and a regular file was expected");
        }
        assert!(open_at_once(&mut to_write, Link::Refused, &link, u64::MAX).is_err());
        assert!(!home.path().join("elsewhere").exists());
    }
}
