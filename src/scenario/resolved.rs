//! Model back to file: the scenario with every default and preset written out, for the record of a run.

mod draw;
mod strategy;

use self::draw::draw;
use self::strategy::{choking, picking, pipelining, rechoke};
use super::file::choice::{Choice, Or, Whole};
use super::file::draw::DrawFile;
use super::file::group::{
    AfterCopiesFile, AltruisticFile, ArrivalFile, AtFile, AtOnceFile, CapacityClassFile, ConnectionsFile, CrashFile,
    DecayingFile, DepartureFile, GroupFile, PoissonFile, ShareRatioFile, StartsWithFile, TraceFile, TracedPeerFile,
    WhenFullFile,
};
use super::file::mix::MixFile;
use super::file::mode::{ModeFile, RoundsFile};
use super::file::strategy::Nothing;
use super::file::{FileSection, MatchingFile, NetworkSection, OutageFile, RunSection, ScenarioFile, TrackerSection};
use super::model::{Arrival, Capacity, Departure, Discovery, Group, Mode, Scenario, StartsWith, WhenFull};
use super::validate::mode::take_unused;
use crate::units::{BytesPerSec, PerSec, SimDuration};

impl Scenario {
    /// The scenario as TOML, complete: every default is written out, presets are expanded into their constants, and
    /// traces stand in it row by row, so that it needs no other file. Reading it gives an equal scenario.
    ///
    /// # Panics
    /// If a value cannot be written as TOML; a scenario that has passed its checks has none.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(&scenario(self)).expect("a checked scenario can be written")
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every key of the file is optional")]
const fn whole(number: u32) -> Option<Whole> {
    Some(Whole(number as u64))
}

fn scenario(model: &Scenario) -> ScenarioFile {
    let tracker = match &model.discovery {
        Discovery::FullMesh => None,
        Discovery::Tracker(tracker) => Some(TrackerSection {
            peers_returned: whole(tracker.peers_returned),
            // Not said where it does not.
            matching: tracker.matches_capacity.then_some(MatchingFile::Capacity),
            announce_interval: Some(tracker.announce_interval),
            min_announce_interval: Some(tracker.min_announce_interval),
            min_neighbours: whole(tracker.min_neighbours),
            outages: Some(
                tracker
                    .outages
                    .iter()
                    .map(|&(from, until)| OutageFile {
                        from: Some(from),
                        until: Some(until),
                    })
                    .collect(),
            ),
        }),
    };
    let mut file = ScenarioFile {
        name: Some(model.name.clone()),
        seed: Some(Whole(model.seed)),
        preset: None,
        file: Some(FileSection {
            size: Some(model.file.size),
            chunk_size: Some(model.file.chunk_size),
            block_size: Some(model.file.block_size),
        }),
        run: Some(RunSection {
            mode: Some(Choice(mode(model.run.mode))),
            time_limit: Some(model.run.time_limit),
            stall_limit: Some(model.run.stall_limit),
            sample_interval: Some(model.run.sample_interval),
        }),
        network: Some(NetworkSection {
            latency: Some(model.network.latency),
            connection_cap: Some(model.network.connection_cap.into()),
            // Not said where they count bytes.
            chunk_rates: model.network.chunk_rates.then_some(true),
            full_mesh: Some(model.discovery == Discovery::FullMesh),
        }),
        tracker,
        group: Some(model.cohorts().map(cohort).collect()),
        sweep: None,
        compare: None,
        expect: None,
    };
    if model.run.mode != Mode::Bittorrent {
        take_unused(&mut file);
    }
    file
}

fn mode(model: Mode) -> ModeFile {
    match model {
        Mode::Bittorrent => ModeFile::Bittorrent(Nothing {}),
        Mode::RandomContact => ModeFile::RandomContact(Nothing {}),
        Mode::Rounds { receives } => ModeFile::Rounds(RoundsFile {
            receives: Some(receives.and_then(whole).into()),
        }),
    }
}

/// A group of the file: the strategies of a mix stand in it, each complete.
fn cohort(models: &[Group]) -> GroupFile {
    let file = group(&models[0]);
    let Some(part) = &models[0].part else {
        return file;
    };
    GroupFile {
        name: Some(part.group.clone()),
        departure: None,
        connections: None,
        large_view: None,
        rechoke: None,
        choking: None,
        seeding: None,
        picking: None,
        mix: Some(models.iter().filter_map(entry).collect()),
        ..file
    }
}

fn entry(model: &Group) -> Option<MixFile> {
    let part = model.part.as_ref()?;
    let file = group(model);
    Some(MixFile {
        name: Some(part.entry.clone()),
        share: Some(part.share),
        choking: file.choking,
        seeding: file.seeding,
        picking: file.picking,
        departure: file.departure,
        connections: file.connections,
        large_view: file.large_view,
        rechoke: file.rechoke,
    })
}

fn group(model: &Group) -> GroupFile {
    let (count, arrival) = arrival(&model.arrival);
    let (upload, download, capacity_classes) = capacity(&model.capacity);
    GroupFile {
        name: Some(model.name.clone()),
        preset: None,
        count,
        arrival: Some(Choice(arrival)),
        upload,
        download,
        capacity_classes,
        starts_with: Some(Choice(starts_with(&model.starts_with))),
        departure: Some(Choice(departure(&model.departure))),
        abort_rate: Some(PerSec(model.abort_per_sec)),
        crash: Some(CrashFile {
            rate: Some(PerSec(model.crash_per_sec)),
            timeout: Some(model.crash_timeout),
        }),
        connections: Some(ConnectionsFile {
            initiate: whole(model.connections.initiate),
            accept: whole(model.connections.accept),
            // Not said where peers refuse, as they do in most scenarios.
            when_full: match model.connections.when_full {
                WhenFull::Refuse => None,
                WhenFull::DropRandom => Some(WhenFullFile::DropRandom),
            },
        }),
        large_view: Some(model.large_view),
        rechoke: Some(rechoke(&model.rechoke)),
        choking: Some(Choice(choking(&model.choking))),
        seeding: Some(Choice(choking(&model.seeding))),
        picking: Some(Choice(picking(model.picking))),
        // Not said where there is no limit: no scenario without one has to say that there could be.
        pipelining: model.pipelining.map(|rule| Or::Value(pipelining(rule))),
        kept_quota: (!model.kept_quota.is_zero()).then_some(model.kept_quota),
        super_seeding: Some(model.super_seeding),
        // Not said where it is off.
        smart_seeding: model.smart_seeding.then_some(true),
        mix: None,
    }
}

fn arrival(model: &Arrival) -> (Option<Whole>, ArrivalFile) {
    match model {
        Arrival::AtOnce { count, at, jitter } => (
            whole(*count),
            ArrivalFile::AtOnce(AtOnceFile {
                at: Some(*at),
                jitter: Some(*jitter),
            }),
        ),
        Arrival::Poisson {
            per_sec,
            from,
            until,
            count,
        } => {
            let file = PoissonFile {
                rate: Some(PerSec(*per_sec)),
                from: Some(*from),
                until: *until,
            };
            (count.and_then(whole), ArrivalFile::Poisson(file))
        }
        Arrival::Decaying {
            initial_per_sec,
            decay,
            from,
            count,
        } => {
            let file = DecayingFile {
                initial_rate: Some(PerSec(*initial_per_sec)),
                decay: Some(*decay),
                from: Some(*from),
            };
            (count.and_then(whole), ArrivalFile::Decaying(file))
        }
        Arrival::Trace { path, peers } => {
            let peers = peers
                .iter()
                .map(|peer| TracedPeerFile {
                    at: Some(peer.at),
                    upload: peer.upload,
                    download: peer.download,
                })
                .collect();
            let file = (!path.is_empty()).then(|| path.clone());
            (
                None,
                ArrivalFile::Trace(TraceFile {
                    file,
                    peers: Some(peers),
                }),
            )
        }
    }
}

type CapacityKeys = (
    Option<DrawFile<BytesPerSec>>,
    Option<Or<super::file::choice::Unlimited, DrawFile<BytesPerSec>>>,
    Option<Vec<CapacityClassFile>>,
);

fn capacity(model: &Capacity) -> CapacityKeys {
    match model {
        Capacity::Separate { upload, download } => (Some(draw(upload)), Some(download.as_ref().map(draw).into()), None),
        Capacity::Classes(classes) => {
            let class = |class: &super::model::CapacityClass| CapacityClassFile {
                share: Some(class.share),
                upload: Some(class.upload),
                download: Some(class.download.into()),
            };
            (None, None, Some(classes.iter().map(class).collect()))
        }
    }
}

fn starts_with(model: &StartsWith) -> StartsWithFile {
    match model {
        StartsWith::Nothing => StartsWithFile::Nothing(Nothing {}),
        StartsWith::All => StartsWithFile::All(Nothing {}),
        StartsWith::Fraction(fraction) => StartsWithFile::Fraction(draw(fraction)),
        StartsWith::AllBut(missing) => StartsWithFile::AllBut(Whole(u64::from(*missing))),
    }
}

fn departure(model: &Departure) -> DepartureFile {
    match model {
        Departure::Selfish => DepartureFile::Selfish(Nothing {}),
        Departure::FinishesUploads => DepartureFile::FinishesUploads(Nothing {}),
        Departure::Stays => DepartureFile::Altruistic(AltruisticFile { linger: None }),
        Departure::Lingers(linger) => DepartureFile::Altruistic(AltruisticFile {
            linger: Some(draw::<SimDuration>(linger)),
        }),
        Departure::ShareRatio(ratio) => DepartureFile::ShareRatio(ShareRatioFile { ratio: Some(*ratio) }),
        Departure::AtTime(time) => DepartureFile::At(AtFile { time: Some(*time) }),
        Departure::AfterCopies(copies) => DepartureFile::AfterCopies(AfterCopiesFile { copies: Some(*copies) }),
    }
}
