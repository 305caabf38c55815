//! What a run tells those who record it. Every method does nothing by default, so what is not recorded costs next to nothing.

use crate::ids::{ChunkIx, GroupIx, PeerId};
pub use crate::swarm::Leave;
use crate::swarm::Peer;
use crate::units::SimTime;

/// Everything about one peer, told when it leaves, or at the end of the run for those that are still there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeerRecord {
    /// Ordinal in order of arrival.
    pub id: PeerId,
    /// Its group.
    pub group: GroupIx,
    /// Upload capacity, bytes per second.
    pub upload: f64,
    /// Download capacity, bytes per second; infinite when unlimited.
    pub download: f64,
    /// Chunks it had when it joined.
    pub chunks_at_start: u32,
    /// Chunks it had when it left.
    pub chunks_at_end: u32,
    /// When it joined.
    pub joined: SimTime,
    /// When it completed the first chunk that it downloaded.
    pub first_chunk: Option<SimTime>,
    /// When it completed the file; `None` for initial seeds and for those that never did.
    pub completed: Option<SimTime>,
    /// When and why it left; `None` while it is there.
    pub left: Option<(SimTime, Leave)>,
    /// Bytes sent.
    pub uploaded_bytes: u64,
    /// Bytes sent while it was a leecher.
    pub uploaded_leeching_bytes: u64,
    /// Bytes received, useful or not.
    pub downloaded_bytes: u64,
    /// Bytes received that were thrown away: parts of blocks that were interrupted, and the loser of an endgame race.
    pub wasted_bytes: u64,
}

/// One side of an exchange: a peer, and what peers are told apart by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side {
    /// The peer.
    pub id: PeerId,
    /// Its group.
    pub group: GroupIx,
    /// Its upload capacity, bytes per second.
    pub upload: f64,
}

impl Side {
    /// The side of `peer`.
    #[must_use]
    pub fn of(peer: &Peer) -> Self {
        Self {
            id: peer.id,
            group: peer.group,
            upload: peer.life.upload,
        }
    }
}

/// A part of a chunk that went over one connection without a break.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// When the part began.
    pub started: SimTime,
    /// When it ended.
    pub ended: SimTime,
    /// Sender.
    pub from: PeerId,
    /// Receiver.
    pub to: PeerId,
    /// The chunk.
    pub chunk: ChunkIx,
    /// Bytes that moved.
    pub bytes: u64,
    /// Bytes that were of use.
    pub kept_bytes: u64,
    /// How the part ended.
    pub end: TransferEnd,
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferEnd {
    /// With the last missing byte of the chunk.
    ChunkCompleted,
    /// With its own part; other connections still carry parts of this chunk.
    PartCompleted,
    /// By a choke.
    Choked,
    /// Because one side left or crashed.
    PeerLeft,
    /// Because another connection was faster in endgame.
    RaceLost,
    /// By the end of the run.
    RunEnded,
}

/// The time that one peer unchoked another without a break.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unchoke {
    /// When it began.
    pub started: SimTime,
    /// When it ended.
    pub ended: SimTime,
    /// Who unchoked.
    pub from: Side,
    /// Who was unchoked.
    pub to: Side,
    /// Whether the slot was one given at random: until now, or when the interval ended.
    pub optimistic: bool,
    /// Whether `from` was a leecher when the interval began. (An interval is cut when its owner becomes a seed.)
    pub sender_leeches: bool,
    /// Bytes sent in it.
    pub bytes: u64,
}

/// The swarm at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample<'a> {
    /// The moment.
    pub now: SimTime,
    /// Peers that lack some chunk.
    pub leechers: u32,
    /// Peers that have them all.
    pub seeds: u32,
    /// Sum of the upload capacities of the leechers that are there, bytes per second.
    pub leecher_capacity: f64,
    /// Sum of the upload capacities of the seeds that are there, bytes per second.
    pub seed_capacity: f64,
    /// Rate at which leechers send now, bytes per second.
    pub leecher_rate: f64,
    /// Rate at which seeds send now, bytes per second.
    pub seed_rate: f64,
    /// Copies of each chunk among the peers that are there.
    pub copies: &'a [u32],
    /// How many chunks each leecher has that is there, in ascending order.
    pub leecher_chunks: &'a [u32],
    /// Peers that completed so far.
    pub completed: u64,
    /// Peers that joined so far, initial seeds included.
    pub joined: u64,
    /// Chunks completed so far.
    pub transfers: u64,
    /// Transfers that run now.
    pub flows: u32,
    /// Upload capacity of leechers up to now, integrated over time: bytes that leechers could have sent.
    pub leecher_capacity_bytes: f64,
    /// Upload capacity of seeds up to now, integrated over time.
    pub seed_capacity_bytes: f64,
    /// Bytes that leechers sent up to now.
    pub leecher_sent_bytes: u64,
    /// Bytes that seeds sent up to now.
    pub seed_sent_bytes: u64,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nobody is left who lacks a chunk, and nobody is to come.
    AllDone,
    /// The time limit was reached.
    TimeLimit,
    /// Some chunks are extinct: no leecher can ever complete.
    Dead {
        /// Chunks that nobody has.
        extinct_chunks: u32,
    },
    /// Nothing moved for the stall limit though leechers wait.
    Stalled,
    /// The user stopped it.
    Interrupted,
}

/// Records a run.
pub trait Observer {
    /// A peer has joined. `upload` and `download` in bytes per second; `chunks` it came with.
    fn joined(&mut self, _now: SimTime, _peer: PeerId, _group: GroupIx, _upload: f64, _download: f64, _chunks: u32) {}
    /// `bytes` have moved from one peer to another since they were last counted.
    fn moved(&mut self, _from: &Side, _to: &Side, _sender_leeches: bool, _bytes: u64) {}
    /// Whether [`transferred`](Self::transferred) is listened to: nothing is put together for it otherwise.
    fn wants_transfers(&self) -> bool {
        false
    }
    /// A part of a chunk has ended.
    fn transferred(&mut self, _transfer: &Transfer) {}
    /// A peer has unchoked a neighbour.
    fn unchoke_began(&mut self, _now: SimTime, _from: &Side, _sender_leeches: bool) {}
    /// A slot given at random has been earned, or one that was earned goes on as one given at random. What the unchoke was until now is told; it goes on.
    fn unchoke_turned(&mut self, _until_now: &Unchoke) {}
    /// An unchoke has ended.
    fn unchoke_ended(&mut self, _unchoke: &Unchoke) {}
    /// Two peers have become neighbours.
    fn connected(&mut self, _now: SimTime, _one: PeerId, _other: PeerId) {}
    /// Two peers are neighbours no more. Of those that still are at the end of the run nothing is told.
    fn disconnected(&mut self, _now: SimTime, _one: PeerId, _other: PeerId) {}
    /// A leecher has completed the file.
    fn completed(&mut self, _now: SimTime, _peer: &Side, _joined: SimTime) {}
    /// A peer has left, or is there at the end of the run (then `left` is `None`).
    fn peer_record(&mut self, _record: &PeerRecord) {}
    /// A row of the time series is due.
    fn sample(&mut self, _sample: &Sample<'_>) {}
    /// The run is over; nothing is told after this. `now` is the last instant of the run.
    fn ended(&mut self, _now: SimTime, _ending: Ending) {}
}

/// Two that record the same run.
#[derive(Clone, Debug, Default)]
pub struct Both<A, B>(
    /// The one that is told first.
    pub A,
    /// The other.
    pub B,
);

impl<A: Observer, B: Observer> Observer for Both<A, B> {
    fn joined(&mut self, now: SimTime, peer: PeerId, group: GroupIx, upload: f64, download: f64, chunks: u32) {
        self.0.joined(now, peer, group, upload, download, chunks);
        self.1.joined(now, peer, group, upload, download, chunks);
    }

    fn moved(&mut self, from: &Side, to: &Side, sender_leeches: bool, bytes: u64) {
        self.0.moved(from, to, sender_leeches, bytes);
        self.1.moved(from, to, sender_leeches, bytes);
    }

    fn wants_transfers(&self) -> bool {
        self.0.wants_transfers() || self.1.wants_transfers()
    }

    fn transferred(&mut self, transfer: &Transfer) {
        self.0.transferred(transfer);
        self.1.transferred(transfer);
    }

    fn unchoke_began(&mut self, now: SimTime, from: &Side, sender_leeches: bool) {
        self.0.unchoke_began(now, from, sender_leeches);
        self.1.unchoke_began(now, from, sender_leeches);
    }

    fn unchoke_turned(&mut self, until_now: &Unchoke) {
        self.0.unchoke_turned(until_now);
        self.1.unchoke_turned(until_now);
    }

    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        self.0.unchoke_ended(unchoke);
        self.1.unchoke_ended(unchoke);
    }

    fn connected(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        self.0.connected(now, one, other);
        self.1.connected(now, one, other);
    }

    fn disconnected(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        self.0.disconnected(now, one, other);
        self.1.disconnected(now, one, other);
    }

    fn completed(&mut self, now: SimTime, peer: &Side, joined: SimTime) {
        self.0.completed(now, peer, joined);
        self.1.completed(now, peer, joined);
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        self.0.peer_record(record);
        self.1.peer_record(record);
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        self.0.sample(sample);
        self.1.sample(sample);
    }

    fn ended(&mut self, now: SimTime, ending: Ending) {
        self.0.ended(now, ending);
        self.1.ended(now, ending);
    }
}

/// Records nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Observer for NoObserver {}
