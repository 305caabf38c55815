//! One line of a store: `{"crc32":"…","value":…}` with the checksum of the bytes of the value; any but a header also says, as `"of"`, the checksum of the
//! header that it was written under. So a run is known for what it is even where its header can't be read.

use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::files;

/// A line as it stands in the file.
#[derive(Deserialize)]
struct Checked<'a> {
    crc32: String,
    of: Option<String>,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// How each of them begins.
const BEGIN: &[u8] = br#"{"crc32":""#;

/// Whether the file at `path` begins with such a line, whatever it says.
#[must_use]
pub fn is_sealed(path: &Path) -> bool {
    let mut begin = [0; BEGIN.len()];
    let read = files::open(path, u64::MAX).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == BEGIN
}

/// `value` as a line that stands for itself, newline included, and its checksum.
///
/// # Errors
/// When it can't be written as JSON.
pub fn seal(value: &impl Serialize) -> serde_json::Result<(String, String)> {
    let value = serde_json::to_string(value)?;
    let crc32 = checksum(&value);
    Ok((format!("{{\"crc32\":\"{crc32}\",\"value\":{value}}}\n"), crc32))
}

/// `value` as a line under the header with the checksum `of`, newline included.
pub(super) fn encode(of: &str, value: &impl Serialize) -> serde_json::Result<String> {
    let value = serde_json::to_string(value)?;
    let crc32 = checksum(&value);
    Ok(format!("{{\"crc32\":\"{crc32}\",\"of\":\"{of}\",\"value\":{value}}}\n"))
}

/// The value of a line that stands for itself (without its newline), and its checksum; `None` if it is not what was written.
#[must_use]
pub fn unseal<T: DeserializeOwned>(line: &[u8]) -> Option<(T, String)> {
    let checked = checked(line)?;
    let value = serde_json::from_str(checked.value.get()).ok()?;
    Some((value, checked.crc32))
}

/// The value of `line` (without its newline); `None` if it is not what was written, or not under the header with the checksum `of`.
pub(super) fn decode<T: DeserializeOwned>(of: &str, line: &[u8]) -> Option<T> {
    let checked = checked(line)?;
    if checked.of.as_deref() != Some(of) {
        return None;
    }
    serde_json::from_str(checked.value.get()).ok()
}

fn checked(line: &[u8]) -> Option<Checked<'_>> {
    let checked: Checked<'_> = serde_json::from_slice(line).ok()?;
    (checksum(checked.value.get()) == checked.crc32).then_some(checked)
}

/// CRC-32 (IEEE) in hexadecimal.
fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}
