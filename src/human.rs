//! Quantities for human eyes: rounded, in the unit that fits. Files have them exact.

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// A span: `0.25 s`, `12.3 s`, `21 min 05 s`, `3 h 02 min`, `2 d`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    /// Below this a span is given in seconds with a decimal that does not round up to a minute.
    const JUST_BELOW_A_MINUTE: f64 = 59.95;
    if seconds < 0.95 {
        format!("{} s", without_zeros(&format!("{seconds:.3}")))
    } else if seconds < JUST_BELOW_A_MINUTE {
        format!("{} s", without_zeros(&format!("{seconds:.1}")))
    } else if seconds.round() < HOUR {
        pair(seconds, MINUTE, "min", 1.0, "s")
    } else if (seconds / MINUTE).round() * MINUTE < DAY {
        pair(seconds, HOUR, "h", MINUTE, "min")
    } else {
        pair(seconds, DAY, "d", HOUR, "h")
    }
}

fn pair(seconds: f64, large: f64, large_name: &str, small: f64, small_name: &str) -> String {
    let smalls = (seconds / small).round();
    let per_large = large / small;
    let whole = format!("{} {large_name}", count((smalls / per_large).floor() as u64));
    let rest = smalls % per_large;
    if rest == 0.0 {
        whole
    } else {
        format!("{whole} {rest:02} {small_name}")
    }
}

/// A size in binary units: `640 B`, `1.5 KiB`, `100 MiB`.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{} {}", short(value), UNITS[unit])
}

/// A large number in thousands: `950`, `12.5 k`, `1.2 M`.
#[must_use]
pub fn rough(value: f64) -> String {
    if value < 999.5 {
        format!("{value:.0}")
    } else if value < 999_500.0 {
        format!("{} k", short(value / 1e3))
    } else {
        format!("{} M", short(value / 1e6))
    }
}

/// Three digits or so.
fn short(value: f64) -> String {
    if value < 99.95 {
        without_zeros(&format!("{value:.1}")).to_owned()
    } else {
        format!("{value:.0}")
    }
}

/// A number with decimals without those at its end that are zero.
fn without_zeros(decimals: &str) -> &str {
    decimals.trim_end_matches('0').trim_end_matches('.')
}

/// A whole number with thousands apart: `1,000,000`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (ix, digit) in digits.chars().enumerate() {
        if ix > 0 && (digits.len() - ix).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share of one: `92.4 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A number with its noun: `1 peer`, `2 peers`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_never_show_sixty_of_anything() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.25, "0.25 s"),
            (0.96, "1 s"),
            (12.34, "12.3 s"),
            (59.96, "1 min"),
            (1265.4, "21 min 05 s"),
            (3599.6, "1 h"),
            (10_920.0, "3 h 02 min"),
            (86_399.0, "1 d"),
            (183_600.0, "2 d 03 h"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn sizes_and_counts() {
        assert_eq!(bytes(640), "640 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(100 << 20), "100 MiB");
        assert_eq!(bytes((1 << 30) - 1), "1 GiB");
        assert_eq!(rough(12_480.0), "12.5 k");
        assert_eq!(count(0), "0");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(counted(1, "peer"), "1 peer");
    }
}
