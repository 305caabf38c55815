//! The rates of a connection that its ends go by: of bytes as they come, or of chunks.

use crate::engine::Simulation;
use crate::engine::transfer::Route;
use crate::ids::{FlowIx, LinkIx, PeerIx};
use crate::units::SimDuration;
use smallvec::SmallVec;

impl Simulation<'_> {
    /// Over which time `peer` measures what comes to it.
    pub(super) fn window_of(&self, peer: PeerIx) -> SimDuration {
        self.group_of(peer).rechoke.rate_window
    }

    /// Where rates count chunks, these bytes of one begin to be sent over `route`.
    pub(super) fn rate_beginning(&mut self, route: &Route, bytes: u64) {
        if !self.scenario.network.chunk_rates {
            return;
        }
        let (now, window) = (self.now(), self.window_of(route.sender));
        if let Some(rates) = self.swarm.links.ledger_mut().chunk_rates(route.link) {
            rates.begin(now, bytes, window);
        }
    }

    /// Where rates count chunks, what `flow` has carried counts now that it is there or cut off.
    pub(super) fn rate_ended(&mut self, flow: FlowIx) {
        if !self.scenario.network.chunk_rates {
            return;
        }
        self.book(flow);
        let Route { back, receiver, .. } = self.parts[flow.ix()].route;
        let (now, window) = (self.now(), self.window_of(receiver));
        if let Some(rates) = self.swarm.links.ledger_mut().chunk_rates(back) {
            rates.end(now, window);
        }
    }

    /// Counts of what runs to and from `peer` what its choker looks at. Rates of both ends are brought up to date, accounts only where somebody reads them: they
    /// stand with the neighbours, in memory that is in no cache.
    pub(super) fn bring_up_to_date(&mut self, peer: PeerIx) {
        let books_received = self.swarm.links.ledger().counts_bytes();
        let books_sent = books_received || self.chokers[peer.ix()].needs_slot_bytes();
        self.read_downloads_ahead(peer);
        let received: SmallVec<[FlowIx; 32]> = self.bandwidth.downloads(peer).collect();
        for flow in received {
            self.count(flow, books_received);
        }
        let sent: SmallVec<[FlowIx; 16]> = self.bandwidth.uploads(peer).collect();
        for flow in sent {
            self.count(flow, books_sent);
        }
    }

    fn count(&mut self, flow: FlowIx, books: bool) {
        if books {
            self.book(flow);
        } else {
            self.measure(flow);
        }
    }

    /// What has come to the owner of `link` there lately, in bytes per second, as its decision asks for it.
    pub(super) fn received_rate(&mut self, link: LinkIx, window: SimDuration) -> f64 {
        let now = self.now();
        let links = &mut self.swarm.links;
        match links.ledger_mut().chunk_rates(link) {
            Some(rates) => rates.ask_received(now, window),
            None => links.get(link).received.rate(now, window),
        }
    }

    /// What the owner of `link` has sent there lately, in bytes per second, as its decision asks for it.
    pub(super) fn sent_rate(&mut self, link: LinkIx, window: SimDuration) -> f64 {
        let now = self.now();
        if let Some(rates) = self.swarm.links.ledger_mut().chunk_rates(link) {
            return rates.ask_sent(now, window);
        }
        let links = &self.swarm.links;
        // Only a neighbour that was ever unchoked can have got something.
        if !links.was_unchoked(link) {
            return 0.0;
        }
        let its_window = self.window_of(links.to(link));
        links.get(links.get(link).back).received.rate(now, its_window)
    }
}
