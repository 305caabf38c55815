//! Reading ahead: while an event is handled, what the next ones will need is read already.
//!
//! In a large swarm, an event is about peers that nothing has looked at for thousands of events, and whose state is in no cache any more. One
//! finish needs some twenty cache lines of its two peers, found one after the other: that would take longer than the work itself. Read
//! beforehand, side by side, they cost one wait instead of twenty. Who will be next, the heap knows ([`Schedule::clocks_ahead`]).
//!
//! Nothing here changes anything. A wrong guess costs a few reads.
//!
//! [`Schedule::clocks_ahead`]: crate::engine::Schedule::clocks_ahead

use crate::bandwidth::{Clock, ClockKind};
use crate::engine::Simulation;
use crate::ids::PeerIx;
use std::hint::black_box;

impl Simulation<'_> {
    /// Reads what the finishes after the event at hand will need: of the later one, what its peers alone tell; of the sooner one, which has been through
    /// that, what these lines lead to.
    #[inline]
    pub(super) fn read_ahead(&self) {
        let [soon, later] = self.schedule.clocks_ahead();
        if let Some((clock, other)) = later {
            let receiver = receiver(clock, other);
            self.bandwidth.read_ahead(clock);
            self.swarm.read_ahead(receiver);
            black_box(self.streams[receiver.ix()].picking.clone());
        }
        if let Some((clock, other)) = soon {
            if let Some(flow) = self.bandwidth.read_flow_ahead(clock) {
                black_box(self.parts[flow.ix()].started);
            }
            let ends = self.swarm.peers[receiver(clock, other)].links;
            self.swarm.links.read_ahead(ends);
        }
    }

    /// Reads what it takes to tell what each transfer to `peer` has moved: three lines of each, one found after the other.
    #[inline]
    pub(super) fn read_downloads_ahead(&self, peer: PeerIx) {
        self.bandwidth.read_downloads_ahead(peer);
        for flow in self.bandwidth.downloads(peer) {
            black_box(self.parts[flow.ix()].rival);
        }
    }
}

/// Who receives what finishes on `clock` with `other` at the other end.
fn receiver(clock: Clock, other: PeerIx) -> PeerIx {
    match clock.kind {
        ClockKind::Upload | ClockKind::Cap => other,
        ClockKind::Download => clock.peer,
    }
}
