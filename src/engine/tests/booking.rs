//! What a transfer has moved, as it is booked.

use super::*;
use crate::choking::OwnChokers;
use crate::engine::{NoObserver, Simulation};
use crate::ids::{FlowIx, PeerIx};

/// After three days a double counts time in steps of 0.03 ns, in which a connection of 100 Gbit/s moves a third of a byte: where another bound takes over, what is left
/// is rounded, and a byte that was booked may be missing.
#[test]
fn what_is_booked_stays_booked_whatever_holds_the_transfer() {
    let late = |group: Group| Group {
        arrival: Arrival::AtOnce {
            count: 1,
            at: at(3 * 86_400),
            jitter: SimDuration::ZERO,
        },
        ..group
    };
    let cap = 12.5e9;
    let mut scenario = capped(
        mesh(1, vec![late(seeds(1, cap)), late(leechers(1, cap, UNLIMITED))]),
        cap,
    );
    (scenario.file.size, scenario.file.chunk_size) = (Bytes(1 << 40), Bytes(1 << 40));
    scenario.run.sample_interval = secs(1);
    let mut observer = NoObserver;
    let mut simulation = Simulation::new(&scenario, OwnChokers::new(), &mut observer);
    simulation.open();
    let (seed, flow) = (PeerIx(1), FlowIx(0));
    let (mut booked, mut looks, mut missing) = (0, 0, 0);
    while simulation.ending.is_none() {
        let event = simulation.schedule.next().expect("it has not ended");
        simulation.handle(event);
        if simulation.bandwidth.flows() == 0 {
            continue;
        }
        // The upload and the cap hold it in turn.
        simulation.book(flow);
        let upload = if looks % 2 == 0 { 0.9 * cap } else { 1.1 * cap };
        simulation.bandwidth.set_upload(seed, upload);
        simulation.settle_bandwidth();
        let moved = simulation.bandwidth.moved(simulation.now(), flow);
        missing += u32::from((moved as i64) < simulation.parts[flow.ix()].booked);
        simulation.sample();
        simulation.book(flow);
        let before = std::mem::replace(&mut booked, simulation.parts[flow.ix()].booked);
        assert!(before <= booked, "{before} bytes were booked, then {booked}");
        looks += 1;
    }
    assert!(looks > 50 && missing > 0, "{missing} of {looks}");
    assert_eq!(simulation.swarm.peers[PeerIx(2)].life.downloaded_bytes, 1 << 40);
}

#[test]
fn the_last_row_of_a_run_that_is_cut_off_shows_what_still_runs() {
    // Rows come every 10 s; the run ends between two, or at one.
    for limit_secs in [95, 100] {
        let mut scenario = mesh(100, vec![seeds(1, 1000.0), leechers(5, 500.0, UNLIMITED)]);
        scenario.run.time_limit = secs(limit_secs);
        let seen = play(&scenario);
        let last = seen.samples.last().expect("there are rows");
        assert_eq!((seen.samples.len(), last.0), (11, limit_secs as f64));
        assert!(seen.rates.last().is_some_and(|&rate| rate > 3000.0), "{:?}", seen.rates);
        assert_eq!(last.3, seen.peers.iter().map(|peer| peer.uploaded_bytes).sum::<u64>());
    }
}
