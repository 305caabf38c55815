//! Upload quota that a connection keeps and does not send.
//!
//! Where a client deals its upload out to connections, each asks for what it would send in some time, so that it never waits for the next deal
//! (libtorrent 2, `peer_connection::wanted_transfer`: a second's worth). When it falls idle it gets what it has asked for all the same and keeps it: nobody
//! else can send that. So each connection costs its sender that time of its rate once, and more where it was faster the next time.
//!
//! Here an idle connection holds its share of the upload, at the rate that its receiver has measured, for that much longer.

use crate::engine::Simulation;
use crate::engine::schedule::Delayed;
use crate::engine::transfer::Route;
use crate::ids::PeerIx;

impl Simulation<'_> {
    /// The connection of `route` has fallen idle, with all its bytes booked: it keeps what it has not kept before.
    pub(super) fn keep_quota(&mut self, route: Route) {
        let Route { link, back, sender, .. } = route;
        let keeps = self.group_of(sender).kept_quota;
        if keeps.is_zero() {
            return;
        }
        let window = self.window_of(route.receiver);
        let rate = self.swarm.links.get(back).received.rate(self.now(), window) as f32;
        let Some(kept) = self.swarm.links.ledger_mut().quota_rate(link) else {
            return;
        };
        // Whole bytes/s are given back as they were taken.
        let more = (rate - *kept).ceil() as u32;
        if more > 0 {
            *kept = rate;
            self.hold_upload(sender, f64::from(more));
            let id = self.id_of(sender);
            self.schedule.after(keeps, id, Delayed::QuotaKept(sender, more));
        }
    }

    /// `peer` has given a connection what it asked for, at so many bytes/s.
    pub(super) fn quota_kept(&mut self, peer: PeerIx, per_sec: u32) {
        self.hold_upload(peer, -f64::from(per_sec));
    }

    /// Holds so many bytes/s more of the upload of `peer` for idle connections; fewer when negative.
    fn hold_upload(&mut self, peer: PeerIx, per_sec: f64) {
        if peer.ix() >= self.held_upload.len() {
            self.held_upload.resize(peer.ix() + 1, 0.0);
        }
        self.held_upload[peer.ix()] += per_sec;
        self.set_upload(peer);
    }

    /// Gives `peer` the upload that its choker uses, but for what idle connections hold.
    pub(super) fn set_upload(&mut self, peer: PeerIx) {
        let held = self.held_upload.get(peer.ix()).copied().unwrap_or_default();
        let left = self.used_upload(peer) - held;
        self.bandwidth.set_upload(peer, left.max(0.0));
    }

    /// What the choker of `peer` uses of its upload, held by idle connections or not, in bytes/s.
    pub(super) fn used_upload(&self, peer: PeerIx) -> f64 {
        let upload = self.swarm.peers[peer].life.upload;
        let cap = self.chokers[peer.ix()].upload_cap();
        cap.map_or(upload, |cap| cap.min(upload))
    }
}
