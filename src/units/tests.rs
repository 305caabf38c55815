//! Quantities in tables, and the round trip of any of them.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use proptest::prelude::*;

use super::*;

#[test]
fn sizes() {
    let table = [
        ("0 B", 0),
        ("1 B", 1),
        ("1kB", 1_000),
        ("1 KB", 1_000),
        ("1 KiB", 1_024),
        ("1.5 KiB", 1_536),
        (" 256 KiB ", 256 << 10),
        ("1e3 MB", 1_000_000_000),
        ("100 MiB", 100 << 20),
        ("2 GB", 2_000_000_000),
        ("1 TiB", 1 << 40),
    ];
    for (text, bytes) in table {
        assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
    }
}

#[test]
fn rates() {
    let table = [
        ("8 bit/s", 1.0),
        ("1 kbit/s", 125.0),
        ("1.1 Mbit/s", 137_500.0),
        ("0.1 Gbit/s", 12_500_000.0),
        ("1 Mbps", 125_000.0),
        ("1 B/s", 1.0),
        ("0.1 kB/s", 100.0),
        ("1 MB/s", 1_000_000.0),
        ("1 KiB/s", 1024.0),
        ("784 kbit/s", 98_000.0),
    ];
    for (text, rate) in table {
        assert_eq!(text.parse(), Ok(BytesPerSec(rate)), "{text}");
    }
}

#[test]
fn times() {
    let table = [
        ("1 ns", 1),
        ("1.5 us", 1_500),
        ("3 ms", 3_000_000),
        ("0.1 s", 100_000_000),
        ("0.3333333333 s", 333_333_333),
        ("2 min", 120_000_000_000),
        ("1 h", 3_600_000_000_000),
        ("30 d", 2_592_000_000_000_000),
    ];
    for (text, nanos) in table {
        assert_eq!(text.parse(), Ok(SimDuration(nanos)), "{text}");
    }
}

#[test]
fn frequencies() {
    for (text, per_sec) in [("0.4 /s", 0.4), ("24 /min", 0.4), ("3/h", 3.0 / 3600.0), ("0 /s", 0.0)] {
        assert_eq!(text.parse(), Ok(PerSec(per_sec)), "{text}");
    }
}

fn refused<Q: FromStr<Err = QuantityError> + Debug>(text: &str) -> String {
    text.parse::<Q>().expect_err(text).to_string()
}

#[test]
fn what_is_no_quantity_is_told_what_would_be_right() {
    assert_eq!(
        refused::<BytesPerSec>("1000"),
        "`1000` has no unit: write \"1000 kbit/s\" or \"125 kB/s\""
    );
    assert_eq!(
        refused::<SimDuration>("5"),
        "`5` has no unit: write \"5 s\" or \"5 min\""
    );
    assert_eq!(
        refused::<BytesPerSec>("1 mbit/s"),
        "`mbit/s` is not a unit of rate: did you mean \"1 Mbit/s\"?"
    );
    assert_eq!(
        refused::<BytesPerSec>("10 Mb"),
        "`Mb` is not a unit of rate: write \"10 Mbit/s\" for bits or \"10 MB/s\" for bytes"
    );
    for (wrong, bits, bytes) in [
        ("10 Mb/s", "10 Mbit/s", "10 MB/s"),
        ("1 GB", "1 Gbit/s", "1 GB/s"),
        ("5 mbps", "5 Mbit/s", "5 MB/s"),
        ("5 kb", "5 kbit/s", "5 kB/s"),
    ] {
        let said = refused::<BytesPerSec>(wrong);
        let either = format!(": write \"{bits}\" for bits or \"{bytes}\" for bytes");
        assert!(said.ends_with(&either), "{said}");
    }
    assert_eq!(
        refused::<BytesPerSec>("100 mbit"),
        "`mbit` is not a unit of rate: write \"100 Mbit/s\""
    );
    assert_eq!(
        refused::<Bytes>("500 Mb"),
        "`Mb` is not a unit of size: write \"500 MB\" for bytes, or if it is bits \"62.5 MB\""
    );
    assert_eq!(
        refused::<Bytes>("1 kib"),
        "`kib` is not a unit of size: did you mean \"1 KiB\"?"
    );
    assert_eq!(refused::<Bytes>("0.5 B"), "`0.5 B` is not a whole number of bytes");
    assert_eq!(refused::<Bytes>("99999999 TiB"), "`99999999 TiB` is too large a size");
    for text in [
        "", " ", "-5 s", "nan s", "inf s", "s", "1..5 s", ". s", "1 s s", "1,000 s", "é s", "1e99 s", "0.1 ns",
        "1e9 d", "1 µ",
    ] {
        refused::<SimDuration>(text);
    }
    for text in [
        "-1 B/s",
        "NaN B/s",
        "inf B/s",
        "1e400 B/s",
        "10 MBps",
        "10 M",
        "10 Mbit",
    ] {
        refused::<BytesPerSec>(text);
    }
}

#[test]
fn the_nicest_unit_is_chosen() {
    let table = [
        (Bytes(256 << 10).to_string(), "256 KiB"),
        (Bytes(1_500_000).to_string(), "1500 kB"),
        (Bytes(0).to_string(), "0 B"),
        (BytesPerSec(125_000.0).to_string(), "1 Mbit/s"),
        (BytesPerSec(16_000.0).to_string(), "128 kbit/s"),
        (BytesPerSec(0.3).to_string(), "0.3 B/s"),
        (SimDuration(1_500_000_000).to_string(), "1.5 s"),
        (SimDuration(90_000_000_000).to_string(), "90 s"),
        (SimDuration(1_800_000_000_000).to_string(), "30 min"),
        (SimDuration(250_000).to_string(), "250 us"),
        (SimDuration(0).to_string(), "0 s"),
        (PerSec(0.4).to_string(), "0.4 /s"),
    ];
    for (printed, wanted) in table {
        assert_eq!(printed, wanted);
    }
}

fn comes_back<Q: FromStr<Err = QuantityError> + Display + PartialEq + Debug>(quantity: &Q) {
    let text = quantity.to_string();
    assert_eq!(text.parse::<Q>().as_ref(), Ok(quantity), "{text}");
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(whole: u64, shift in 0_u32..64, rate in 1e-9..1e12_f64) {
        let number = whole >> shift;
        comes_back(&Bytes(number));
        comes_back(&SimDuration(number));
        comes_back(&SimTime(number));
        comes_back(&BytesPerSec(rate));
        comes_back(&BytesPerSec(number as f64));
        comes_back(&PerSec(rate));
    }

    #[test]
    fn rounding_up_is_that_of_the_standard_library(value: f64, near in -5.0..5.0) {
        for value in [value, near, near.round(), 2.0_f64.powi(53) + near, f64::INFINITY, f64::NAN] {
            prop_assert_eq!(ceil_u64(value), value.ceil() as u64);
        }
    }

    #[test]
    fn no_text_panics(text in "[-+0-9.eE]{0,12} ?[a-zA-Z/µ]{0,7}") {
        let _ = text.parse::<Bytes>();
        let _ = text.parse::<BytesPerSec>();
        let _ = text.parse::<SimDuration>();
        let _ = text.parse::<PerSec>();
    }
}
