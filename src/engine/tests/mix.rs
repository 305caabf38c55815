//! Groups that mix strategies.

use super::*;

/// 40 leechers that come within a minute with drawn capacities, `share` of them free riders.
fn swarm(share: f64) -> Scenario {
    let all = Group {
        arrival: Arrival::AtOnce {
            count: 40,
            at: at(5),
            jitter: secs(60),
        },
        capacity: Capacity::Separate {
            upload: Draw {
                shape: Shape::Uniform {
                    min: 500.0,
                    max: 2000.0,
                },
                ..constant(0.0)
            },
            download: None,
        },
        ..leechers(40, 1000.0, UNLIMITED)
    };
    let riders = Group {
        name: "riders".into(),
        choking: Choking::FreeRider,
        seeding: Choking::FreeRider,
        ..all.clone()
    };
    let mut groups = vec![seeds(1, 4000.0)];
    groups.extend(mixed(&all, vec![(1.0 - share, all.clone()), (share, riders)]));
    mesh(10, groups)
}

#[test]
fn who_comes_when_with_what_does_not_depend_on_the_mix() {
    let plain = play(&mesh(
        10,
        vec![swarm(0.0).groups[0].clone(), {
            let group = swarm(0.0).groups[1].clone();
            Group { part: None, ..group }
        }],
    ));
    let mut riders: Vec<bool> = vec![false; 41];
    for share in [0.0, 0.1, 0.5, 1.0] {
        let peers = play(&swarm(share)).by_id();
        let came = |peers: &[PeerRecord]| peers.iter().map(|p| (p.joined, p.upload)).collect::<Vec<_>>();
        assert_eq!(came(&peers), came(&plain.by_id()));
        let ride: Vec<bool> = peers.iter().map(|p| p.group.0 == 2).collect();
        assert_eq!(ride.iter().filter(|ride| **ride).count(), (40.0 * share) as usize);
        assert!(riders.iter().zip(&ride).all(|(before, now)| now >= before));
        riders = ride;
    }
}

#[test]
fn each_plays_its_strategy() {
    let seen = play(&swarm(0.25));
    for peer in &seen.peers {
        assert_eq!(peer.uploaded_bytes == 0, peer.group.0 == 2, "{peer:?}");
    }
    let of = |group| {
        let times = seen.completed(group);
        (times.len(), times.iter().sum::<f64>() / times.len() as f64)
    };
    let ((givers, giving_s), (riders, riding_s)) = (of(1), of(2));
    assert_eq!((givers, riders), (30, 10));
    assert!(giving_s < riding_s, "{giving_s} {riding_s}");
}
