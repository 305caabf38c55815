//! What a terminal would obey rather than show: no text of others may reach it as it is.

/// Whether a terminal obeys `c`: a control character that breaks no line, or one that turns the direction of writing.
#[must_use]
pub fn is_obeyed(c: char) -> bool {
    c != '\n' && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` with an escape in the place of each character that a terminal obeys.
#[must_use]
pub fn escaped(text: &str) -> String {
    with_escapes(text, |c| c.escape_unicode().to_string())
}

/// The same for JSON, with the escapes that it knows; outside of its strings nothing is obeyed but line breaks.
#[must_use]
pub fn escaped_json(json: &str) -> String {
    with_escapes(json, |c| format!("\\u{:04x}", u32::from(c)))
}

fn with_escapes(text: &str, escape: impl Fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_obeyed(c) {
            out.push_str(&escape(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// `text` on one line of at most `chars_max` characters.
#[must_use]
pub fn on_one_line(text: &str, chars_max: usize) -> String {
    let mut line = escaped(text).replace('\n', " ");
    if let Some((cut, _)) = line.char_indices().nth(chars_max) {
        line.truncate(cut);
        line.pop();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_obeyed_becomes_an_escape() {
        assert_eq!(
            escaped("a\u{1b}[31m\u{7}\u{9b}\r\n\u{202e}ä · ∞"),
            "a\\u{1b}[31m\\u{7}\\u{9b}\\u{d}\n\\u{202e}ä · ∞"
        );
        let text = "\u{1b}\u{7f}\u{9b}\u{2066}ä\n";
        let json = escaped_json(&serde_json::to_string_pretty(&[text]).expect("JSON"));
        assert!(!json.contains(is_obeyed), "{json:?}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&json).expect("JSON"), [text]);
    }

    #[test]
    fn a_long_text_is_cut_to_a_line() {
        assert_eq!(on_one_line("a\nb", 3), "a b");
        assert_eq!(on_one_line("äöü", 3), "äöü");
        assert_eq!(on_one_line("äöüß", 3), "äö…");
        assert_eq!(on_one_line("ab\u{7}", 4), "ab\\…");
    }
}
