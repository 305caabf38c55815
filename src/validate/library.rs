//! The scenarios that come with swarmsim, part of the program: `swarmsim validate` works wherever it is installed.

macro_rules! library {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/validation/", $name)))),*]
    };
}

/// Name and text of each file of `scenarios/validation/` that expects something.
pub const LIBRARY: &[(&str, &str)] = library![
    "bharambe.toml",
    "bharambe_classes.toml",
    "fewest_rounds.toml",
    "free_riders_no_seed.toml",
    "half_and_half.toml",
    "kurose_ross.toml",
    "kurose_ross_p22.toml",
    "large_view.toml",
    "large_view_share.toml",
    "legout.toml",
    "libtorrent_a.toml",
    "libtorrent_b.toml",
    "libtorrent_d.toml",
    "life_of_a_swarm.toml",
    "missing_piece.toml",
    "one_bittyrant.toml",
    "qiu_srikant_open.toml",
    "small_swarm.toml",
];
