//! Tables of who serves whom: between groups, and between classes of upload capacity.

use super::{Table, column};

/// One row per pair of groups.
pub const GROUPS: Table = Table {
    file: "groups.csv",
    about: "Who serves whom: one row per ordered pair of groups, in the order of the scenario. Clustering is \
            what `unchoked_s_while_sender_leeches` has beyond `unchoked_s_by_chance`. Sizes of groups alone are no measure of chance: \
            who is done early leaves the others among themselves.",
    columns: &[
        column("from_group", "group of the sender"),
        column("to_group", "group of the receiver"),
        column("bytes", "bytes sent from one to the other"),
        column(
            "bytes_while_sender_leeches",
            "the part of `bytes` that was sent before the sender had the whole file",
        ),
        column("unchoked_s", "time unchoked, summed over all pairs of peers"),
        column(
            "unchoked_s_while_sender_leeches",
            "the part of `unchoked_s` before the sender had the whole file",
        ),
        column(
            "unchoked_s_by_chance",
            "what `unchoked_s_while_sender_leeches` would be by chance: every unchoke by a leecher counts for each group by its share of \
             the other leechers that are there, moment by moment",
        ),
    ],
};

/// One row per pair of classes of upload capacity.
pub const CAPACITIES: Table = Table {
    file: "capacities.csv",
    about: "Whether equals find each other: one row per ordered pair of classes of the leechers by upload capacity, the slowest class first. If the scenario gives its \
            leechers at most six different capacities, each of them is a class. If it gives more, there are five classes, each meant for a fifth of the leechers, or \
            fewer where many have the same capacity. The bounds of the classes are set before the run, from what the scenario draws capacities from: 10,000 draws \
            from its distributions and the rows of its traces, where each group weighs as much as the peers that are expected of it. So they are the same for every \
            seed, and how many of the leechers that came are in a class (`from_leechers`) is a fifth only about. A free rider is in the class of its \
            capacity, though it sends nothing. What was given by seeds is not in it, and clustering is what `unchoked_s_while_sender_leeches` has beyond \
            `unchoked_s_by_chance`.",
    columns: &[
        column("from_class", "class of the sender, from 1"),
        column("from_leechers", "leechers of that class that joined"),
        column(
            "from_upload_min_bytes_per_s",
            "upload capacity of the slowest of them; empty: nobody came",
        ),
        column("from_upload_max_bytes_per_s", "upload capacity of the fastest of them"),
        column("to_class", "class of the receiver, from 1"),
        column(
            "bytes_while_sender_leeches",
            "bytes sent from one to the other before the sender had the whole file",
        ),
        column(
            "unchoked_s_while_sender_leeches",
            "time unchoked before the sender had the whole file, summed over all pairs of peers",
        ),
        column(
            "unchoked_s_by_chance",
            "what `unchoked_s_while_sender_leeches` would be by chance: every unchoke by a leecher counts for each class by its share of \
             the other leechers that are there, moment by moment",
        ),
    ],
};
