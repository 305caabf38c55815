//! Completion times against closed formulas.

use super::*;

/// Kurose & Ross, section 2.5: F/u = 1 h, a seed ten times as fast, peers stay. Their figure's `D_P2P` in seconds for N peers.
fn kurose_ross(peers: u32, departure: Departure) -> f64 {
    let mut group = leechers(peers, 50_000.0, 500_000.0);
    group.departure = departure;
    let mut scenario = mesh(1, vec![seeds(1, 500_000.0), group]);
    scenario.file = File {
        size: Bytes(180_000_000),
        chunk_size: Bytes(262_144),
        block_size: Bytes(16_384),
    };
    let seen = play(&scenario);
    assert_eq!(seen.ending(), Ending::AllDone);
    seen.last_completed()
}

#[test]
fn the_textbook_figure_is_met_within_5_percent_and_never_beaten() {
    for (peers, bound) in [(5, 1200.0), (10, 1800.0), (30, 2700.0)] {
        let last = kurose_ross(peers, Departure::Stays);
        println!("{peers}: {last:.0} / {bound} = {:.4}", last / bound);
        assert!(
            (bound..=1.05 * bound).contains(&last),
            "{peers} peers: {last} s against {bound} s"
        );
    }
}

#[test]
fn one_leecher_takes_exactly_file_over_rate() {
    // 10 chunks of 16,000 bytes at 1000 bytes/s, whichever side is the bottleneck.
    for (up, down) in [(1000.0, f64::INFINITY), (5000.0, 1000.0)] {
        let seen = play(&mesh(10, vec![seeds(1, up), leechers(1, 1.0, down)]));
        assert_eq!(seen.completed(1), [160.0]);
    }
    let seen = play(&capped(
        mesh(10, vec![seeds(1, 1e6), leechers(1, 1.0, f64::INFINITY)]),
        1000.0,
    ));
    assert_eq!(seen.completed(1), [160.0]);
}

#[test]
fn a_client_server_swarm_takes_n_files_over_the_server_rate() {
    let mut clients = leechers(10, 1000.0, f64::INFINITY);
    clients.choking = Choking::FreeRider;
    clients.seeding = Choking::FreeRider;
    let seen = play(&mesh(20, vec![seeds(1, 8000.0), clients]));
    let expected = 10.0 * 20.0 * 16_000.0 / 8000.0;
    let chunk = 16_000.0 / (8000.0 / 5.0);
    assert!(
        (expected - 1e-6..expected + chunk).contains(&seen.last_completed()),
        "{}",
        seen.last_completed()
    );
}

#[test]
fn more_upload_is_faster() {
    let time = |upload| play(&mesh(40, vec![seeds(1, 4000.0), leechers(20, upload, f64::INFINITY)])).last_completed();
    let times: Vec<f64> = [500.0, 1000.0, 2000.0].map(time).to_vec();
    assert!(times[0] > 1.3 * times[1] && times[1] > 1.3 * times[2], "{times:?}");
}
