//! What the tests of this layer share: a small scenario, and files in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use crate::metrics::columns::Table;
use crate::scenario::Scenario;
use crate::scenario::draw::{Draw, Shape};
use crate::scenario::model::{
    Arrival, Capacity, Choking, Connections, Departure, Discovery, File, Group, Mode, Network, OptimisticChoice, Phase,
    Picker, Picking, Rechoke, Refill, Run, Slots, StartsWith, StrictPriority, TitForTat, WhenFull,
};
use crate::units::{Bytes, SimDuration, SimTime};

/// A file of 3 chunks of 100 bytes (the last one of 50) for `groups`.
pub(crate) fn scenario(groups: Vec<Group>) -> Scenario {
    Scenario {
        name: "by-hand".to_owned(),
        seed: 7,
        file: File {
            size: Bytes(250),
            chunk_size: Bytes(100),
            block_size: Bytes(10),
        },
        run: Run {
            time_limit: SimDuration::from_secs(3_600),
            stall_limit: SimDuration::from_secs(600),
            mode: Mode::Bittorrent,
            sample_interval: SimDuration::from_secs(10),
        },
        network: Network {
            latency: SimDuration::ZERO,
            connection_cap: None,
            chunk_rates: false,
        },
        discovery: Discovery::FullMesh,
        groups,
    }
}

/// One initial seed that stays.
pub(crate) fn seeds() -> Group {
    Group {
        starts_with: StartsWith::All,
        ..group("origin", 1)
    }
}

/// Two leechers that stay.
pub(crate) fn leechers() -> Group {
    group("leechers", 2)
}

fn group(name: &str, count: u32) -> Group {
    Group {
        name: name.to_owned(),
        part: None,
        arrival: Arrival::AtOnce {
            count,
            at: SimTime::ZERO,
            jitter: SimDuration::ZERO,
        },
        capacity: Capacity::Separate {
            upload: Draw {
                shape: Shape::Constant(100.0),
                at_least: 0.0,
                at_most: f64::INFINITY,
            },
            download: None,
        },
        starts_with: StartsWith::Nothing,
        departure: Departure::Stays,
        abort_per_sec: 0.0,
        crash_per_sec: 0.0,
        crash_timeout: SimDuration::from_secs(120),
        connections: Connections {
            initiate: 40,
            accept: 80,
            when_full: WhenFull::Refuse,
        },
        large_view: false,
        rechoke: Rechoke {
            interval: SimDuration::from_secs(10),
            optimistic_every: 3,
            phase: Phase::Random,
            refill: Refill::Immediate,
            rate_window: SimDuration::from_secs(20),
        },
        choking: Choking::TitForTat(TitForTat {
            regular_slots: Slots::Fixed(4),
            optimistic_slots: 1,
            snub_after: None,
            new_neighbour_weight: 3,
            optimistic_choice: OptimisticChoice::Drawn,
        }),
        seeding: Choking::RoundRobin { slots: Slots::Fixed(4) },
        pipelining: None,
        kept_quota: SimDuration::ZERO,
        picking: Picking {
            picker: Picker::RarestFirst,
            random_first: 4,
            strict_priority: StrictPriority::On,
            endgame: true,
        },
        super_seeding: false,
        smart_seeding: false,
    }
}

/// The files of a run in memory, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Rc<RefCell<BTreeMap<&'static str, Vec<u8>>>>);

impl Memory {
    /// Opens the file of `table`.
    pub(crate) fn open(&self, table: &'static Table) -> Box<dyn Write> {
        self.0.borrow_mut().insert(table.file, Vec::new());
        Box::new(MemoryFile {
            files: self.clone(),
            name: table.file,
        })
    }

    /// What is in the file of `table`.
    pub(crate) fn read(&self, table: &Table) -> String {
        String::from_utf8(self.0.borrow()[table.file].clone()).expect("CSV is UTF-8")
    }

    /// Names of the files.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.borrow().keys().copied().collect()
    }
}

struct MemoryFile {
    files: Memory,
    name: &'static str,
}

impl Write for MemoryFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.files
            .0
            .borrow_mut()
            .get_mut(self.name)
            .expect("opened")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
