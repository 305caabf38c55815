//! What must hold between any two steps, recomputed the obvious way.

use super::Crowd;
use crate::engine::InvariantViolation;
use crate::swarm::Role;

impl Crowd<'_> {
    /// Checks everything.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub(super) fn check(&self) -> Result<(), InvariantViolation> {
        let all = || {
            self.check_copies()?;
            self.check_totals()?;
            self.check_bytes()
        };
        all().map_err(|what: String| InvariantViolation { at: self.now, what })
    }

    fn check_copies(&self) -> Result<(), String> {
        let mut copies = vec![0; self.swarm.layout.chunks];
        for (ix, peer) in self.swarm.peers.present() {
            self.swarm.have().chunks_of(ix).for_each(|c| copies[c.ix()] += 1);
            let count = self.swarm.have().count(ix);
            ensure(count == peer.chunks, || {
                format!("{ix:?} has {count} chunks, not {}", peer.chunks)
            })?;
        }
        let extinct = copies.iter().filter(|&&n| n == 0).count();
        ensure(copies == self.swarm.copies, || {
            "counted copies differ from the bitfields".into()
        })?;
        ensure(extinct == self.swarm.extinct as usize, || {
            format!("{extinct} chunks are extinct")
        })
    }

    fn check_totals(&self) -> Result<(), String> {
        let peers = || self.swarm.peers.present().map(|(_, peer)| peer);
        let count = |role| peers().filter(|peer| peer.role == role).count();
        let (leechers, seeds) = (self.totals.leechers.count as usize, self.totals.seeds.count as usize);
        ensure(count(Role::Leecher) == leechers, || {
            format!("{leechers} leechers are counted")
        })?;
        ensure(count(Role::Seed) == seeds, || format!("{seeds} seeds are counted"))?;
        let (present, members) = (self.present().len(), self.members().len());
        ensure(present == peers().count(), || {
            format!("{present} peers are on the roll")
        })?;
        let others = peers().filter(|peer| !peer.life.initial_seed).count();
        ensure(members == others, || format!("{members} members are on the roll"))
    }

    /// All bytes received are chunks, and none is received twice.
    fn check_bytes(&self) -> Result<(), String> {
        let layout = &self.swarm.layout;
        for (ix, peer) in self.swarm.peers.present().filter(|(_, p)| p.life.chunks_at_start == 0) {
            let had: u64 = self.swarm.have().chunks_of(ix).map(|c| layout.bytes_of(c)).sum();
            let received = peer.life.downloaded_bytes;
            ensure(had == received, || {
                format!("{ix:?} received {received} bytes and has {had}")
            })?;
        }
        Ok(())
    }
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}
