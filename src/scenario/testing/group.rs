//! Random groups: who comes when, with what, and for how long.

use proptest::prelude::*;
use proptest::sample::select;

use super::strategy::{choking, connections, kept_quota, picking, pipelining, rechoke, seeding};
use super::{drawn, secs};
use crate::scenario::draw::{Draw, Shape};
use crate::scenario::limits::RATIO_MIN;
use crate::scenario::mix::Part;
use crate::scenario::model::{Arrival, Capacity, CapacityClass, Departure, Group, StartsWith, TracedPeer};
use crate::units::{BytesPerSec, SimDuration, SimTime};

/// A group without a name, or those of a mix, with the names of its entries.
pub(super) fn cohort() -> impl Strategy<Value = Vec<Group>> {
    let mix = prop::option::of((group(), 0.0_f64..=1.0));
    (group(), mix).prop_map(|(first, mix)| match mix {
        None => vec![first],
        Some((second, share)) => mixed(first, second, share),
    })
}

/// Two groups as one mix, in which `share` of the peers play what is the strategy of `second`.
fn mixed(first: Group, second: Group, share: f64) -> Vec<Group> {
    let second = Group {
        choking: second.choking,
        seeding: second.seeding,
        picking: second.picking,
        // What only initial seeds can do hangs on what all of the mix start with.
        departure: if matches!(second.departure, Departure::AtTime(_)) {
            first.departure.clone()
        } else {
            second.departure
        },
        connections: second.connections,
        large_view: second.large_view,
        rechoke: second.rechoke,
        ..first.clone()
    };
    let rest = 1.0 - share;
    let parts = [("one", first, rest, 0.0..rest), ("other", second, share, rest..1.0)];
    let part = |(entry, group, share, stretch): (&str, Group, f64, _)| Group {
        name: format!("/{entry}"),
        part: Some(Part {
            group: String::new(),
            entry: entry.to_owned(),
            share,
            stretch,
        }),
        ..group
    };
    parts.map(part).into()
}

fn group() -> impl Strategy<Value = Group> {
    let people = (arrival(), starts_with().prop_flat_map(with_departure), capacity());
    let rate = || select(vec![0.0, 0.0, 0.002]);
    let churn = (rate(), rate(), 0_u64..100);
    let requests = (pipelining(), kept_quota());
    let strategy = (choking(), seeding(), picking(), requests, rechoke(), connections());
    let views = (
        prop::bool::weighted(0.2),
        select(vec![(false, false), (true, false), (false, true)]),
    );
    (people, churn, strategy, views).prop_map(|(people, churn, strategy, views)| {
        let (arrival, (starts_with, departure), capacity) = people;
        let (abort_per_sec, crash_per_sec, timeout) = churn;
        let (choking, seeding, picking, (pipelining, kept_quota), rechoke, mut connections) = strategy;
        let (large_view, (super_seeding, smart_seeding)) = views;
        if large_view {
            (connections.initiate, connections.accept) = (500, 500);
        }
        Group {
            name: String::new(),
            part: None,
            arrival,
            capacity,
            starts_with,
            departure,
            abort_per_sec,
            crash_per_sec,
            crash_timeout: secs(timeout),
            connections,
            large_view,
            rechoke,
            choking,
            seeding,
            picking,
            pipelining,
            kept_quota,
            super_seeding,
            smart_seeding,
        }
    })
}

/// Crowds, open swarms, and traces.
fn arrival() -> impl Strategy<Value = Arrival> {
    let instant = || (0_u64..100).prop_map(|s| SimTime::ZERO + secs(s));
    let rate = || 0.01_f64..0.5;
    prop_oneof![
        2 => (1_u32..25, instant(), 0_u64..100).prop_map(|(count, at, jitter)| Arrival::AtOnce {
            count,
            at,
            jitter: secs(jitter),
        }),
        1 => (rate(), instant(), 1_u32..30).prop_map(|(per_sec, from, count)| Arrival::Poisson {
            per_sec,
            from,
            until: None,
            count: Some(count),
        }),
        1 => (rate(), instant(), 1_u64..100, prop::option::of(1_u32..30)).prop_map(|(per_sec, from, long, count)| {
            Arrival::Poisson {
                per_sec,
                from,
                until: Some(from + secs(long)),
                count,
            }
        }),
        // Until the run ends.
        1 => (0.001_f64..0.01, instant()).prop_map(|(per_sec, from)| Arrival::Poisson {
            per_sec,
            from,
            until: None,
            count: None,
        }),
        1 => (rate(), 10_u64..100, instant(), prop::option::of(1_u32..30)).prop_map(
            |(initial_per_sec, decay, from, count)| Arrival::Decaying {
                initial_per_sec,
                decay: secs(decay),
                from,
                count,
            }
        ),
        1 => (prop::collection::vec(traced(), 1..20), select(vec!["", "trace.csv"])).prop_map(|(mut peers, path)| {
            peers.sort_by_key(|peer| peer.at);
            Arrival::Trace {
                path: path.to_owned(),
                peers: peers.into(),
            }
        }),
    ]
}

/// A row of a trace, with capacities of its own or those of its group.
fn traced() -> impl Strategy<Value = TracedPeer> {
    let capacity = || prop::option::of((100.0_f64..5000.0).prop_map(BytesPerSec));
    (0_u64..200, capacity(), capacity()).prop_map(|(at, upload, download)| TracedPeer {
        at: SimTime::ZERO + secs(at),
        upload,
        download,
    })
}

/// Rates of access lines: constant, drawn, or of classes; a download is some times the upload, or unlimited.
fn capacity() -> impl Strategy<Value = Capacity> {
    let ratio = || select(vec![0.5, 1.0, 4.0, f64::INFINITY]);
    let rate = || 100.0_f64..5000.0;
    let constant = |rate: f64| drawn::<BytesPerSec>(Shape::Constant(rate));
    let times = |rate: f64, ratio: f64| ratio.is_finite().then_some(rate * ratio);
    prop_oneof![
        2 => (rate(), ratio()).prop_map(move |(upload, ratio)| Capacity::Separate {
            upload: constant(upload),
            download: times(upload, ratio).map(constant),
        }),
        1 => (shape(), prop::option::of(shape())).prop_map(|(upload, download)| Capacity::Separate {
            upload: bounded(upload),
            download: download.map(bounded),
        }),
        1 => prop::collection::vec((0.1_f64..3.0, rate(), ratio()), 1..4).prop_map(move |classes| {
            let class = |(share, upload, ratio)| CapacityClass {
                share,
                upload: BytesPerSec(upload),
                download: times(upload, ratio).map(BytesPerSec),
            };
            Capacity::Classes(classes.into_iter().map(class).collect())
        }),
    ]
}

/// A family of distributions with values about 1000.
fn shape() -> impl Strategy<Value = Shape> {
    select(vec![
        Shape::Uniform {
            min: 200.0,
            max: 4000.0,
        },
        Shape::Normal {
            mean: 1000.0,
            std_dev: 800.0,
        },
        Shape::LogNormal {
            median: 1000.0,
            sigma: 1.0,
        },
        Shape::Exponential { mean: 1000.0 },
        Shape::Pareto { min: 300.0, shape: 1.1 },
        Shape::Weibull {
            scale: 1000.0,
            shape: 0.5,
        },
        Shape::Gamma {
            shape: 0.5,
            scale: 1000.0,
        },
        Shape::Triangular {
            min: 100.0,
            mode: 1000.0,
            max: 4000.0,
        },
        Shape::Table(vec![(0.5, 300.0), (2.0, 1000.0), (1.0, 1500.0)]),
    ])
}

/// A distribution of rates that no run takes for ever with, or is over at once.
fn bounded(shape: Shape) -> Draw {
    Draw {
        shape,
        at_least: 100.0,
        at_most: 20_000.0,
    }
}

fn starts_with() -> impl Strategy<Value = StartsWith> {
    prop_oneof![
        6 => Just(StartsWith::Nothing),
        3 => Just(StartsWith::All),
        1 => (1_u32..8).prop_map(StartsWith::AllBut),
        2 => (0.0_f64..=1.0).prop_map(|share| StartsWith::Fraction(drawn::<f64>(Shape::Constant(share)))),
        1 => Just(StartsWith::Fraction(drawn::<f64>(Shape::Uniform { min: 0.1, max: 0.9 }))),
    ]
}

/// What peers start with and how they go: only who has all can go at a set time.
fn with_departure(starts_with: StartsWith) -> impl Strategy<Value = (StartsWith, Departure)> {
    let time = (0_u64..2000).prop_map(|s| Departure::AtTime(SimTime::ZERO + secs(s)));
    let departure = if starts_with == StartsWith::All {
        prop_oneof![1 => time, 7 => departure()].boxed()
    } else {
        departure().boxed()
    };
    (Just(starts_with), departure)
}

fn departure() -> impl Strategy<Value = Departure> {
    prop_oneof![
        Just(Departure::Selfish),
        Just(Departure::FinishesUploads),
        Just(Departure::Stays),
        (0_u64..200).prop_map(|s| Departure::Lingers(drawn::<SimDuration>(Shape::Constant(s as f64)))),
        shape().prop_map(|shape| Departure::Lingers(drawn::<SimDuration>(shape))),
        (RATIO_MIN..2.0).prop_map(Departure::ShareRatio),
        (RATIO_MIN..2.0).prop_map(Departure::AfterCopies),
    ]
}
