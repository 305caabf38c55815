//! The scenarios that come with swarmsim, part of the program: `swarmsim validate` works wherever it is installed.

macro_rules! library {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/validation/", $name)))),*]
    };
}

/// Name and text of each measurement that a scenario is held against.
pub const MEASURED: &[(&str, &str)] = library![
    "libtorrent_a_anew_times.csv",
    "libtorrent_a_times.csv",
    "libtorrent_b_anew_times.csv",
    "libtorrent_b_times.csv",
    "libtorrent_d_anew_times.csv",
    "libtorrent_d_times.csv",
    "libtorrent_e_times.csv",
    "libtorrent_f_times.csv",
];

/// Name and text of each file of `scenarios/validation/` that expects something.
pub const LIBRARY: &[(&str, &str)] = library![
    "all_bittyrant.toml",
    "bharambe.toml",
    "bharambe_classes.toml",
    "entropy.toml",
    "fairtorrent.toml",
    "fewest_rounds.toml",
    "first_pieces.toml",
    "flash_growth.toml",
    "free_rider.toml",
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
    "libtorrent_e.toml",
    "libtorrent_f.toml",
    "life_of_a_swarm.toml",
    "missing_piece.toml",
    "one_bittyrant.toml",
    "qiu_srikant.toml",
    "qiu_srikant_open.toml",
    "seed_service.toml",
    "small_swarm.toml",
];
