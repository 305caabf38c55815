//! The scenarios that come with swarmsim, part of the program: `swarmsim validate` works wherever it is installed.

macro_rules! library {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/validation/", $name)))),*]
    };
}

/// Name and text of each file of `scenarios/validation/` that expects something.
pub const LIBRARY: &[(&str, &str)] = library![
    "bharambe.toml",
    "kurose_ross.toml",
    "legout.toml",
    "libtorrent_a.toml",
    "libtorrent_b.toml",
    "libtorrent_d.toml",
];
