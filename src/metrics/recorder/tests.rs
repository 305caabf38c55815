//! A swarm told by hand: one seed, two leechers, of which one completes and one crashes.

use super::*;
use crate::engine::observer::{Leave, Side, TransferEnd, Unchoke};
use crate::ids::ChunkIx;
use crate::metrics::testing::{Memory, leechers, scenario, seeds};

const SEED: GroupIx = GroupIx(0);
const LEECHER: GroupIx = GroupIx(1);

fn at(seconds: f64) -> SimTime {
    SimTime::from_secs_f64(seconds)
}

fn record(id: u32) -> PeerRecord {
    PeerRecord {
        id: PeerId(id),
        group: if id == 0 { SEED } else { LEECHER },
        upload: 100.0,
        download: if id == 0 { f64::INFINITY } else { 400.0 },
        chunks_at_start: if id == 0 { 3 } else { 0 },
        chunks_at_end: 3,
        joined: SimTime::ZERO,
        first_chunk: None,
        completed: None,
        left: None,
        uploaded_bytes: 0,
        uploaded_leeching_bytes: 0,
        downloaded_bytes: 0,
        wasted_bytes: 0,
    }
}

fn side(peer: u32) -> Side {
    Side {
        id: PeerId(peer),
        group: if peer == 0 { SEED } else { LEECHER },
        upload: 100.0,
    }
}

fn tell(run: &mut Recorder<'_>) {
    run.joined(SimTime::ZERO, PeerId(0), SEED, 100.0, f64::INFINITY, 3);
    run.joined(SimTime::ZERO, PeerId(1), LEECHER, 100.0, 400.0, 0);
    run.joined(at(0.5), PeerId(2), LEECHER, 100.0, 400.0, 0);
    let before = sample(SimTime::ZERO);
    run.sample(&Sample {
        copies: &[1, 1, 1],
        leecher_chunks: &[0, 2],
        ..before
    });
    run.transferred(&Transfer {
        started: at(0.5),
        ended: at(2.25),
        from: PeerId(0),
        to: PeerId(1),
        chunk: ChunkIx(2),
        bytes: 50,
        kept_bytes: 50,
        end: TransferEnd::ChunkCompleted,
    });
    run.unchoke_ended(&Unchoke {
        started: at(0.5),
        ended: at(2.75),
        from: side(0),
        to: side(1),
        optimistic: true,
        sender_leeches: false,
        bytes: 50,
    });
    run.moved(&side(0), &side(1), false, 300);
    run.moved(&side(2), &side(1), true, 40);
    run.peer_record(&PeerRecord {
        chunks_at_end: 0,
        joined: at(0.5),
        left: Some((at(3.0), Leave::Crashed)),
        uploaded_bytes: 40,
        uploaded_leeching_bytes: 40,
        downloaded_bytes: 50,
        wasted_bytes: 50,
        ..record(2)
    });
    run.completed(at(4.0), &side(1), SimTime::ZERO);
    run.sample(&Sample {
        leechers: 0,
        seeds: 2,
        completed: 1,
        transfers: 3,
        copies: &[2, 2, 2],
        leecher_capacity_bytes: 650.0,
        seed_capacity_bytes: 1_600.0,
        leecher_sent_bytes: 40,
        seed_sent_bytes: 300,
        ..sample(at(10.0))
    });
    run.peer_record(&PeerRecord {
        uploaded_bytes: 300,
        ..record(0)
    });
    run.peer_record(&PeerRecord {
        first_chunk: Some(at(2.25)),
        completed: Some(at(4.0)),
        downloaded_bytes: 290,
        wasted_bytes: 40,
        ..record(1)
    });
    run.ended(at(10.0), Ending::AllDone);
}

fn sample(now: SimTime) -> Sample<'static> {
    Sample {
        now,
        leechers: 2,
        seeds: 1,
        leecher_capacity: 200.0,
        seed_capacity: 100.0,
        leecher_rate: 0.1,
        seed_rate: 100.0 / 3.0,
        copies: &[],
        leecher_chunks: &[],
        completed: 0,
        joined: 3,
        transfers: 0,
        flows: 1,
        leecher_capacity_bytes: 0.0,
        seed_capacity_bytes: 0.0,
        leecher_sent_bytes: 0,
        seed_sent_bytes: 0,
    }
}

fn recorded(detail: Detail) -> (Memory, Summary) {
    let swarm = scenario(vec![seeds(), leechers()]);
    let memory = Memory::default();
    let mut run = Recorder::new(&swarm, detail, &mut |table| Ok(memory.open(table))).expect("memory opens");
    tell(&mut run);
    let summary = run.finish().expect("memory takes all");
    (memory, summary)
}

#[test]
fn peers_stand_in_the_order_in_which_they_left_and_what_did_not_happen_is_empty() {
    let (memory, _) = recorded(Detail::default());
    insta::assert_snapshot!(memory.read(&columns::PEERS), @r##"
peer,group,strategy,upload_bytes_per_s,download_bytes_per_s,chunks_at_start,joined_s,first_chunk_s,completed_s,completion_time_s,left_s,left_reason,chunks_at_end,uploaded_bytes,uploaded_leeching_bytes,downloaded_bytes,wasted_bytes,share_ratio
2,leechers,tit-for-tat,100,400,0,0.5,,,,3,crashed,0,40,40,50,50,0.8
0,origin,round-robin,100,,3,0,,,,,,3,300,0,0,0,
1,leechers,tit-for-tat,100,400,0,0,2.25,4,4,,,3,0,0,290,40,0
"##);
}

#[test]
fn the_time_series_gives_the_use_of_capacity_since_the_row_before() {
    let (memory, _) = recorded(Detail::default());
    insta::assert_snapshot!(memory.read(&columns::TIMESERIES), @r##"
time_s,leechers,seeds,joined,completed,leecher_upload_bytes_per_s,seed_upload_bytes_per_s,leecher_capacity_bytes_per_s,seed_capacity_bytes_per_s,leecher_utilisation,seed_utilisation,utilisation,leecher_sent_bytes,seed_sent_bytes,copies_min,copies_mean,copies_max,chunk_transfers,flows,leecher_chunks_p10,leecher_chunks_p50,leecher_chunks_p90
0,2,1,3,0,0.1,33.333333333333336,200,100,,,,0,0,1,1,1,0,1,0.2,1,1.8
10,0,2,3,1,0.1,33.333333333333336,200,100,0.06153846153846154,0.1875,0.1511111111111111,40,300,2,2,2,3,1,,,
"##);
}

#[test]
fn copies_of_chunks_fit_into_bands() {
    let (memory, _) = recorded(Detail {
        chunk_bands: true,
        ..Detail::default()
    });
    insta::assert_snapshot!(memory.read(&columns::CHUNK_BANDS), @r##"
time_s,chunk,copies
0,0,1
0,1,1
0,2,1
10,0,2
10,1,2
10,2,2
"##);
}

#[test]
fn the_matrix_has_a_row_for_each_pair_of_groups() {
    let (memory, _) = recorded(Detail::default());
    insta::assert_snapshot!(memory.read(&columns::GROUPS), @r##"
from_group,to_group,bytes,bytes_while_sender_leeches,unchoked_s,unchoked_s_while_sender_leeches,unchoked_s_by_chance
origin,origin,0,0,0,0,0
origin,leechers,300,0,2.25,0,0
leechers,origin,0,0,0,0,0
leechers,leechers,40,40,0,0,0
"##);
}

#[test]
fn classes_of_capacity_have_a_matrix_of_what_leechers_gave() {
    let (memory, _) = recorded(Detail::default());
    insta::assert_snapshot!(memory.read(&columns::CAPACITIES), @r##"
from_class,from_leechers,from_upload_min_bytes_per_s,from_upload_max_bytes_per_s,to_class,bytes_while_sender_leeches,unchoked_s_while_sender_leeches,unchoked_s_by_chance
1,2,100,100,1,40,0,0
"##);
}

#[test]
fn detail_is_written_when_asked_for() {
    let (memory, _) = recorded(Detail::ALL);
    insta::assert_snapshot!(memory.read(&columns::TRANSFERS), @r##"
started_s,ended_s,from_peer,to_peer,chunk,bytes,kept_bytes,end
0.5,2.25,0,1,2,50,50,chunk-completed
"##);
    insta::assert_snapshot!(memory.read(&columns::UNCHOKES), @r##"
started_s,ended_s,from_peer,from_group,to_peer,to_group,optimistic,sender_leeches,bytes
0.5,2.75,0,origin,1,leechers,true,false,50
"##);
    insta::assert_snapshot!(memory.read(&columns::CHUNKS), @r##"
time_s,chunk,copies
0,0,1
0,1,1
0,2,1
10,0,2
10,1,2
10,2,2
"##);
}

#[test]
fn detail_changes_nothing_else_and_leaves_no_file_when_not_asked_for() {
    let (plain, summary) = recorded(Detail::default());
    let (heavy, same) = recorded(Detail {
        chunk_bands: true,
        ..Detail::ALL
    });
    assert_eq!(summary, same);
    for table in [
        &columns::SUMMARY,
        &columns::GROUP_SUMMARY,
        &columns::PEERS,
        &columns::TIMESERIES,
        &columns::GROUPS,
        &columns::CAPACITIES,
    ] {
        assert_eq!(plain.read(table), heavy.read(table));
    }
    assert_eq!(plain.names().len(), 6);
    assert_eq!(heavy.names().len(), columns::TABLES.len(), "the bands too");
}

#[test]
fn the_summary_is_what_a_pencil_gives() {
    let (memory, summary) = recorded(Detail::default());
    assert_eq!(
        (
            summary.swarm.peers,
            summary.swarm.completed,
            summary.swarm.not_completed
        ),
        (3, 1, 1)
    );
    // Leechers: 100 B/s for 4 s and for 2.5 s.
    assert_eq!(summary.swarm.leecher_utilisation, Some(40.0 / 650.0));
    // Seeds: the origin for 10 s and the other for 6 s.
    assert_eq!(summary.swarm.utilisation, Some(340.0 / 2_250.0));
    assert_eq!(summary.swarm.seed_load, Some(300.0 / 250.0));
    // Σ missing / Σ upload = 500 B / 300 B/s is less than what the seed needs to send one copy: 250 B / 100 B/s.
    assert_eq!(summary.lower_bound_s, Some(2.5));
    assert_eq!(summary.makespan_s, None, "one leecher never completed");
    insta::assert_snapshot!(memory.read(&columns::SUMMARY).replace(env!("CARGO_PKG_VERSION"), "VERSION"), @r##"
scenario,version,seed,ending,extinct_chunks,simulated_s,peers,initial_seeds,leechers,completed,not_completed,aborted,crashed,completion_mean_s,completion_sd_s,completion_median_s,completion_p05_s,completion_p95_s,completion_p99_s,completion_first_s,completion_last_s,leecher_utilisation,utilisation,share_ratio_mean,share_ratio_jain,seed_load,seed_sent_bytes,uploaded_bytes,uploaded_leeching_bytes,downloaded_bytes,wasted_bytes,chunk_transfers,first_chunk_mean_s,makespan_s,lower_bound_s,makespan_over_bound,longest_pause_s
by-hand,VERSION,7,all-done,,10,3,1,2,1,1,0,1,4,,4,4,4,4,4,4,0.06153846153846154,0.1511111111111111,0,,1.2,300,340,40,340,90,3,2.25,,2.5,,0
"##);
    insta::assert_snapshot!(memory.read(&columns::GROUP_SUMMARY), @r##"
group,choking,seeding,picking,peers,initial_seeds,leechers,completed,not_completed,aborted,crashed,completion_mean_s,completion_sd_s,completion_median_s,completion_p05_s,completion_p95_s,completion_p99_s,completion_first_s,completion_last_s,leecher_utilisation,utilisation,share_ratio_mean,share_ratio_jain,seed_load,seed_sent_bytes,uploaded_bytes,uploaded_leeching_bytes,downloaded_bytes,wasted_bytes,chunk_transfers,first_chunk_mean_s
origin,tit-for-tat,round-robin,rarest-first,1,1,0,0,0,0,0,,,,,,,,,,0.3,,,1.2,300,300,0,0,0,0,
leechers,tit-for-tat,round-robin,rarest-first,2,0,2,1,1,0,1,4,,4,4,4,4,4,4,0.06153846153846154,0.032,0,,,0,40,40,340,90,3,2.25
"##);
}

#[test]
fn a_full_disk_is_noticed_while_the_run_goes_on_and_named_at_its_end() {
    let swarm = scenario(vec![seeds(), leechers()]);
    let full = |_: &'static Table| -> io::Result<Box<dyn Write>> {
        Ok(Box::new(std::fs::OpenOptions::new().write(true).open("/dev/full")?))
    };
    let Ok(mut run) = Recorder::new(&swarm, Detail::ALL, &mut { full }) else {
        return; // a system without /dev/full
    };
    let failed = run.failed();
    for now in 0..10_000 {
        run.sample(&Sample {
            copies: &[1; 100],
            ..sample(SimTime(now))
        });
    }
    assert!(failed.get());
    tell(&mut run);
    let error = run.finish().expect_err("the disk is full");
    assert_eq!(error.cause.kind(), io::ErrorKind::StorageFull);
}
