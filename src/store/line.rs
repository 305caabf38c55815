//! One line of a store: `{"crc32":"…","value":…}` with the checksum of the bytes of the value.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A line as it stands in the file.
#[derive(Deserialize)]
struct Checked<'a> {
    crc32: String,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// `value` as a line, newline included.
pub(super) fn encode(value: &impl Serialize) -> serde_json::Result<String> {
    let value = serde_json::to_string(value)?;
    let crc32 = checksum(&value);
    Ok(format!("{{\"crc32\":\"{crc32}\",\"value\":{value}}}\n"))
}

/// The value of `line` (without its newline); `None` if it is not what was written.
pub(super) fn decode<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let checked: Checked<'_> = serde_json::from_slice(line).ok()?;
    let text = checked.value.get();
    if checksum(text) != checked.crc32 {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// CRC-32 (IEEE) in hexadecimal.
fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}
