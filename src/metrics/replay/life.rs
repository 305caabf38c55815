//! One peer that is shown: how far it is, and which parts of the file it has.

use crate::engine::observer::PeerRecord;
use crate::ids::ChunkIx;
use crate::metrics::names;
use crate::metrics::replay::ReplayPeer;
use crate::units::SimTime;

/// Steps from no chunk to the whole file, at most.
const STEPS_MAX: u32 = 100;
/// Parts of the file that are told apart, at most.
const PARTS_MAX: u32 = 512;

/// How a file of `chunks` chunks is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub chunks: u32,
}

/// What is known of a peer so far.
#[derive(Debug)]
pub(super) struct Life {
    /// The how manieth of its group.
    pub ordinal: u32,
    pub record: Option<PeerRecord>,
    scale: Scale,
    chunks: u32,
    progress: Vec<(f64, u32)>,
    missing: Vec<u32>,
    begun: Vec<Option<f64>>,
    whole: Vec<Option<f64>>,
}

impl Scale {
    /// Steps from no chunk to the whole file.
    pub fn steps(self) -> u32 {
        self.chunks.min(STEPS_MAX)
    }

    fn parts(self) -> u32 {
        self.chunks.min(PARTS_MAX)
    }

    /// The step that is reached with `chunks`.
    fn step(self, chunks: u32) -> u32 {
        scaled(chunks, self.steps(), self.chunks)
    }

    fn part(self, chunk: ChunkIx) -> usize {
        scaled(chunk.0, self.parts(), self.chunks) as usize
    }
}

/// The whole part of `number * to / from`.
fn scaled(number: u32, to: u32, from: u32) -> u32 {
    let scaled = u64::from(number) * u64::from(to) / u64::from(from.max(1));
    u32::try_from(scaled).unwrap_or(to)
}

impl Life {
    /// A peer that joins with some chunks.
    pub fn new(ordinal: u32, scale: Scale, now: SimTime, chunks: &[ChunkIx]) -> Self {
        let parts = scale.parts() as usize;
        let mut life = Self {
            ordinal,
            record: None,
            scale,
            chunks: 0,
            progress: Vec::new(),
            missing: vec![0; parts],
            begun: vec![None; parts],
            whole: vec![None; parts],
        };
        for chunk in 0..scale.chunks {
            life.missing[scale.part(ChunkIx(chunk))] += 1;
        }
        chunks.iter().for_each(|&chunk| life.has(now, chunk));
        life.progress = vec![(now.as_secs_f64(), scale.step(life.chunks))];
        life
    }

    /// It has a chunk more.
    pub fn has(&mut self, now: SimTime, chunk: ChunkIx) {
        self.chunks += 1;
        let (part, now) = (self.scale.part(chunk), now.as_secs_f64());
        self.begun[part].get_or_insert(now);
        self.missing[part] = self.missing[part].saturating_sub(1);
        if self.missing[part] == 0 {
            self.whole[part].get_or_insert(now);
        }
        let step = self.scale.step(self.chunks);
        if self.progress.last().is_none_or(|&(_, before)| before < step) {
            self.progress.push((now, step));
        }
    }

    /// The peer as it stands in the file; every peer has a record by the end of the run.
    pub fn told(self) -> Option<ReplayPeer> {
        let record = self.record?;
        let all = self.scale.steps();
        Some(ReplayPeer {
            peer: record.id.0,
            group: record.group.ix(),
            initial_seed: self.progress.first().is_some_and(|&(_, step)| step == all),
            upload_bytes_per_s: record.upload,
            download_bytes_per_s: Some(record.download).filter(|rate| rate.is_finite()),
            joined_s: record.joined.as_secs_f64(),
            completed_s: record.completed.map(SimTime::as_secs_f64),
            left_s: record.left.map(|(at, _)| at.as_secs_f64()),
            left_reason: record.left.map(|(_, reason)| names::leave(reason).to_owned()),
            progress: self.progress,
            part_begun_s: self.begun,
            part_whole_s: self.whole,
        })
    }
}
