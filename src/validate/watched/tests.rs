//! Each figure on hand-made input.

use super::*;
use crate::engine::observer::{Observer, Side, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::testing::{leechers, scenario, seeds};
use crate::scenario::Place;
use crate::units::SimTime;

fn swarm() -> Scenario {
    scenario(vec![seeds(), leechers()])
}

fn named(name: &str) -> Result<Option<Watched>, ScenarioError> {
    let place = Place::on_command_line("--set", name);
    let value = name.to_owned();
    Watched::new(&swarm(), &Placed { value, place })
}

fn value(name: &str, watch: &Watch) -> Option<f64> {
    named(name).expect("a figure").expect("with brackets").value(watch)
}

fn watch(moments: Vec<Moment>) -> Watch {
    let mut watch = Watch::new(&swarm(), false);
    watch.moments = moments;
    watch
}

#[test]
fn a_wrong_name_or_argument_is_told_the_right_one() {
    assert_eq!(named("makespan_s").expect("no figure with brackets"), None);
    for (name, help) in [
        ("utilization(0, 9)", "did you mean `utilisation`?"),
        ("utilisation(0, 9", "no closing bracket"),
        ("utilisation(0)", "write `utilisation(number, number)`"),
        ("utilisation(0, x)", "write a whole number"),
        ("sent_share(leecher, origin)", "did you mean `leechers`?"),
    ] {
        let error = named(name).expect_err(name).to_string();
        assert!(error.contains(help), "{error}");
    }
}

#[test]
fn each_figure_stands_in_the_documentation() {
    let page = include_str!("../../../docs/validation.md");
    for kind in KINDS {
        let name = format!("`{}", kind.name);
        assert!(page.contains(&name), "docs/validation.md does not say what {name}` is");
    }
}

#[test]
fn use_is_that_of_the_window() {
    let at = |at_s, sent_bytes, capacity_bytes| Moment {
        at_s,
        sent_bytes,
        capacity_bytes,
        ..Moment::default()
    };
    let watch = watch(vec![at(0.0, 0.0, 0.0), at(10.0, 20.0, 100.0), at(20.0, 80.0, 200.0)]);
    assert_eq!(value("utilisation(10, 20)", &watch), Some(0.6));
    assert_eq!(value("utilisation(0, 20)", &watch), Some(0.4));
    assert_eq!(value("utilisation(20, 25)", &watch), None);
}

#[test]
fn moments_are_those_of_the_samples_in_the_window() {
    let at = |at_s, leechers, seeds| Moment {
        at_s,
        leechers,
        seeds,
        ..Moment::default()
    };
    let watch = watch(vec![
        at(0.0, 90.0, 90.0),
        at(10.0, 2.0, 5.0),
        at(20.0, 4.0, 1.0),
        at(30.0, 9.0, 9.0),
    ]);
    let of = |name| value(name, &watch);
    assert_eq!(
        (of("leechers_mean(5, 30)"), of("seeds_mean(5, 30)")),
        (Some(3.0), Some(3.0))
    );
    assert_eq!(
        (of("leechers_variance(5, 30)"), of("seeds_variance(5, 30)")),
        (Some(1.0), Some(4.0))
    );
    assert_eq!(of("covariance(5, 30)"), Some(-2.0));
    assert_eq!(of("leechers_mean(40, 50)"), None);
}

#[test]
fn lines_are_those_of_least_squares() {
    let at = |at_s, single, most_copies| Moment {
        at_s,
        most_copies,
        single,
        ..Moment::default()
    };
    let watch = watch(vec![
        at(0.0, 8.0, 1.0),
        at(10.0, 6.0, 2.0),
        at(20.0, 4.0, 4.0),
        at(30.0, 0.0, 8.0),
        at(40.0, 1.0, 9.0),
    ]);
    assert_eq!(value("single_copies_fall_per_s()", &watch), Some(0.2));
    assert_eq!(value("single_copies_r2()", &watch), Some(1.0));
    assert_eq!(value("doublings_per_s(2, 8)", &watch), Some(0.1));
    assert_eq!(value("doublings_per_s(16, 32)", &watch), None);
}

#[test]
fn shares_are_of_what_leechers_gave_and_of_what_seeds_gave() {
    let side = |peer: u32| Side {
        id: PeerId(peer),
        group: GroupIx(peer.min(1)),
        upload: 100.0,
    };
    let (origin, leechers) = (side(0), side(1));
    let mut watch = watch(Vec::new());
    watch.joined(SimTime::ZERO, PeerId(0), origin.group, 100.0, 100.0, 3);
    for peer in [1, 2] {
        watch.joined(SimTime::ZERO, PeerId(peer), leechers.group, 100.0, 100.0, 0);
        watch.unchoke_began(SimTime::ZERO, &leechers, true);
    }
    watch.moved(&leechers, &leechers, true, 30);
    watch.moved(&leechers, &origin, true, 10);
    watch.moved(&leechers, &origin, false, 99);
    let unchoke = |from: u32, to: u32, seconds: u64, bytes| Unchoke {
        started: SimTime::ZERO,
        ended: SimTime(seconds * 1_000_000_000),
        from: side(from),
        to: side(to),
        optimistic: false,
        sender_leeches: from > 0,
        bytes,
    };
    for unchoke in [
        unchoke(0, 1, 9, 60),
        unchoke(0, 2, 1, 20),
        unchoke(1, 2, 6, 5),
        unchoke(1, 0, 2, 0),
    ] {
        watch.unchoke_ended(&unchoke);
    }
    let peer = |id: u32, chunks_at_start, uploaded_bytes, downloaded_bytes| PeerRecord {
        id: PeerId(id),
        group: GroupIx(id.min(1)),
        upload: 100.0,
        download: 100.0,
        chunks_at_start,
        chunks_at_end: 3,
        joined: SimTime::ZERO,
        first_chunk: None,
        completed: None,
        left: None,
        uploaded_bytes,
        uploaded_leeching_bytes: 0,
        downloaded_bytes,
        wasted_bytes: 0,
    };
    watch.peer_record(&peer(0, 3, 900, 0));
    watch.peer_record(&peer(1, 0, 500, 250));
    watch.peer_record(&peer(2, 0, 0, 200));
    let of = |name| value(name, &watch);
    assert_eq!(of("sent_share(leechers, origin)"), Some(0.25));
    assert_eq!(of("unchoke_share(leechers, leechers)"), Some(0.75));
    assert_eq!(of("unchoke_share(origin, leechers)"), None);
    assert_eq!(of("unchoke_chance(leechers, leechers)"), Some(1.0));
    assert_eq!(
        of("unchoke_chance(leechers, origin)"),
        Some(0.0),
        "a seed is no leecher"
    );
    assert_eq!(of("unchoke_chance(origin, leechers)"), None);
    assert_eq!(of("seed_share(leechers)"), Some(1.0));
    // (60 + 20)² / (2 · (60² + 20²))
    assert_eq!(of("seed_jain()"), Some(0.8));
    assert_eq!(of("most_copies_served()"), Some(2.0));
    assert_eq!(of("worst_imbalance_bytes()"), Some(250.0));
}
