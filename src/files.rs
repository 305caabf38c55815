//! Files of a results directory. They are read only if they are regular files, for a pipe keeps whoever reads it waiting and others have no end; and they are
//! written only where they stand, for a link leads out of the directory.

use std::fs::{self, File, FileType, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Opens the regular file at `path` to read it, if it has at most `bytes_max`.
///
/// # Errors
/// When it can't be opened, is something else, or is longer.
pub fn open(path: &Path, bytes_max: u64) -> io::Result<File> {
    check(&fs::metadata(path)?, bytes_max)?;
    File::open(path)
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
            [read("directory"), read("socket")],
            ["a directory", "a socket"].map(refused)
        );
        assert_eq!(
            [written("link"), written("dangling")],
            ["a link", "a link"].map(refused)
        );
        assert_eq!(written("socket"), refused("a socket"));
        assert!(check_no_link(&at("link")).is_err() && check_no_link(&at("directory")).is_ok());
    }
}
