//! What must hold between any two events, recomputed the obvious way from the state itself.

use crate::engine::rechoke::LIGHTEST;
use crate::engine::{InvariantViolation, Simulation};
use crate::ids::{ChunkIx, FlowIx, PeerIx};
use crate::swarm::{Begun, Peer, Role};

impl Simulation<'_> {
    /// Checks everything.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub(super) fn check(&self) -> Result<(), InvariantViolation> {
        let all = || -> Result<(), String> {
            self.bandwidth.check()?;
            self.check_copies()?;
            self.check_totals()?;
            for (ix, peer) in self.swarm.peers.present() {
                self.check_links(ix, peer)?;
                self.check_idle(ix, peer)?;
                self.check_accounts(ix, peer)?;
                if peer.is_alive() {
                    self.check_chunks(ix, peer)?;
                    self.check_bytes(ix, peer)?;
                    self.check_counts(ix, peer)?;
                }
            }
            Ok(())
        };
        all().map_err(|what| InvariantViolation { at: self.now(), what })
    }

    fn alive(&self) -> impl Iterator<Item = (PeerIx, &Peer)> {
        self.swarm.peers.present().filter(|(_, p)| p.is_alive())
    }

    fn check_copies(&self) -> Result<(), String> {
        let mut copies = vec![0; self.swarm.layout.chunks];
        for (ix, _) in self.alive() {
            self.swarm.have().chunks_of(ix).for_each(|c| copies[c.ix()] += 1);
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
        let count = |role| self.alive().filter(|(_, p)| p.role == role).count();
        let (leechers, seeds) = (count(Role::Leecher), count(Role::Seed));
        ensure(leechers == self.totals.leechers.count as usize, || {
            format!("there are {leechers} leechers")
        })?;
        ensure(seeds == self.totals.seeds.count as usize, || {
            format!("there are {seeds} seeds")
        })?;
        let lingering = self.alive().filter(|(_, p)| p.life.lingering).count();
        ensure(lingering == self.totals.lingering as usize, || {
            format!("{lingering} peers linger")
        })
    }

    /// Connections are mutual and within the limits; slots are on both lists; transfers run only in slots, but for the last chunk of a smart seed.
    fn check_links(&self, ix: PeerIx, peer: &Peer) -> Result<(), String> {
        let links = &self.swarm.links;
        let (mut open, mut unchoked, mut sending) = (0, 0, 0);
        for (link, to) in links.open_in(peer.links) {
            open += 1;
            let end = links.get(link);
            let back = links.get(end.back);
            ensure(back.back == link && links.to(end.back) == ix, || {
                format!("{ix:?} has a one-sided connection")
            })?;
            let wants = end.flow.is_some() || self.swarm.knows_interest(link, ix, to);
            ensure(links.may_want(link) || !wants, || {
                format!("{ix:?} overlooks that {to:?} is interested")
            })?;
            ensure(links.is_unchoking(link) || !links.awaits_request(link), || {
                format!("{ix:?} awaits a request of {to:?}, whom it chokes")
            })?;
            if links.is_unchoking(link) {
                unchoked += 1;
                let both = peer.slot(link).is_some() && self.swarm.peers[to].unchoked_by.contains(&end.back);
                ensure(both, || format!("{ix:?} unchokes {to:?}, but a list lacks it"))?;
            }
            if end.flow.is_some() {
                sending += 1;
                let ends = (self.bandwidth.from(end.flow), self.bandwidth.to(end.flow));
                ensure(
                    ends == (ix, to) && (links.is_unchoking(link) || self.is_smart_seed(ix)),
                    || format!("{ix:?} sends to {to:?} outside a slot"),
                )?;
                ensure(self.parts[end.flow.ix()].route == self.route(link), || {
                    format!("{:?} is on the wrong link", end.flow)
                })?;
            }
        }
        ensure(open == peer.links.open, || format!("{ix:?} has {open} connections"))?;
        ensure(unchoked == peer.unchoked.len(), || {
            format!("{ix:?} unchokes {unchoked}")
        })?;
        ensure(sending == self.bandwidth.count_uploads(ix), || {
            format!("{ix:?} sends {sending} transfers")
        })?;
        let slots = peer.slots as usize;
        ensure(unchoked <= slots || peer.role == Role::Seed, || {
            format!("{ix:?} unchokes {unchoked} in {slots} slots")
        })
    }

    /// Who is unchoked and asks for nothing has nothing to ask for. Where messages take time this is held of chunks that the sender knows it to have heard of.
    fn check_idle(&self, ix: PeerIx, peer: &Peer) -> Result<(), String> {
        let at_once = self.scenario.network.latency.is_zero();
        if self.silent_changes || !self.stays(ix) || !peer.is_alive() {
            return Ok(());
        }
        let links = &self.swarm.links;
        for (link, to) in links.open_in(peer.links) {
            let idle = links.is_unchoking(link) && links.get(link).flow.is_none() && !links.awaits_request(link);
            if !idle || self.swarm.peers[to].role != Role::Leecher {
                continue;
            }
            let shown = |chunk| self.swarm.shows(link, ix, chunk) && self.swarm.acknowledged().has(ix, chunk);
            let new = self.swarm.wanted().chunks_of(to).find(|&chunk| shown(chunk));
            let begun = &self.swarm.peers[to].begun;
            let rest = begun.iter().find(|b| b.awaited_from.is_none() && shown(b.chunk));
            let last = self.is_in_endgame(to).then(|| self.slowest_for(self.route(link)));
            let last = last.flatten().filter(|flow| shown(self.parts[flow.ix()].chunk));
            ensure(new.is_none() && rest.is_none() && last.is_none(), || {
                format!("{ix:?} unchokes {to:?}, which could ask for {new:?}, {rest:?} or a part of {last:?}")
            })?;
            let wants = !at_once || self.holds_slots(ix) || self.swarm.is_interesting(link, ix, to);
            ensure(wants, || format!("{ix:?} unchokes {to:?}, which wants nothing of it"))?;
        }
        Ok(())
    }

    /// Weights can be shared by, the upload is the capacity or a cap below it but for what idle connections hold, and accounts agree with what the connection and the peer know.
    fn check_accounts(&self, ix: PeerIx, peer: &Peer) -> Result<(), String> {
        let links = &self.swarm.links;
        let held = self.held_upload.get(ix.ix()).copied().unwrap_or_default();
        let (upload, used) = (self.bandwidth.upload_capacity(ix), self.used_upload(ix));
        ensure(
            held >= 0.0 && upload.to_bits() == (used - held).max(0.0).to_bits(),
            || format!("{ix:?} uploads up to {upload}, of {used} of which idle connections hold {held}"),
        )?;
        let mut received: u64 = 0;
        for (link, to) in links.open_in(peer.links) {
            let end = links.get(link);
            let weight = peer.slot(link).map_or(1.0, |slot| slot.weight);
            ensure((LIGHTEST..=1.0).contains(&weight), || {
                format!("{ix:?} gives {to:?} the weight {weight}")
            })?;
            let ledger = links.ledger();
            if ledger.kept().accounts {
                let (came, went) = (ledger.received(link), ledger.received(end.back).total);
                received += came.total;
                let in_slot = peer.slot(link).map_or(0, |slot| slot.sent_bytes);
                ensure(came.before_round <= came.total && in_slot <= went, || {
                    format!("{ix:?} sent {to:?} {in_slot} bytes in a slot, {went} in all")
                })?;
            }
        }
        ensure(received <= peer.life.downloaded_bytes, || {
            format!(
                "{ix:?} is credited with {received} bytes of {}",
                peer.life.downloaded_bytes
            )
        })
    }

    /// Every chunk is had, wanted, begun, or on its way, and the missing bytes of each add up.
    fn check_chunks(&self, ix: PeerIx, peer: &Peer) -> Result<(), String> {
        let (have, wanted) = (self.swarm.have(), self.swarm.wanted());
        ensure(have.count(ix) == peer.chunks, || {
            format!("{ix:?} has {} chunks", have.count(ix))
        })?;
        let flows: Vec<FlowIx> = self.bandwidth.downloads(ix).collect();
        for chunk in (0..self.swarm.layout.chunks).map(ChunkIx::from_ix) {
            let on_way = flows.iter().any(|f| self.parts[f.ix()].chunk == chunk) || self.has_asked_for(ix, chunk);
            let begun = peer.begun.iter().any(|b| b.chunk == chunk);
            let is_whole = |b: &&Begun| b.chunk == chunk && b.missing_bytes == self.swarm.layout.bytes_of(chunk);
            let whole = peer.begun.iter().find(is_whole);
            ensure(whole.is_none_or(|b| b.awaited_from.is_some()), || {
                format!("{ix:?} has begun {chunk:?}, of which nothing is there or on its way")
            })?;
            let states = [have.has(ix, chunk), wanted.has(ix, chunk), on_way || begun];
            let held = states.iter().filter(|&&s| s).count();
            let parts = flows
                .iter()
                .map(|f| (self.parts[f.ix()].chunk, self.parts[f.ix()].whole));
            let asked = self.asked_by(ix).map(|(_, work)| (work.chunk, work.whole));
            let parts: Vec<bool> = parts
                .chain(asked)
                .filter(|&(c, _)| c == chunk)
                .map(|(_, whole)| whole)
                .collect();
            let alone = !parts.contains(&true) || parts.len() == 1 && !begun;
            ensure(alone, || format!("{ix:?} fetches the whole of {chunk:?} and more"))?;
            ensure(held == 1, || {
                format!("{ix:?} counts {chunk:?} {held} times (had, wanted, fetched: {states:?})")
            })?;
        }
        Ok(())
    }

    /// Kept counts of copies are those of the neighbours' bitfields; seeds, and those whose picker does not count, keep none.
    fn check_counts(&self, ix: PeerIx, peer: &Peer) -> Result<(), String> {
        let Some(kept) = self.swarm.kept() else {
            return Ok(());
        };
        let needed = peer.role == Role::Leecher && self.pickers[peer.group.ix()].counts_neighbours();
        ensure(kept.has(ix) == needed, || {
            format!("{ix:?} keeps counts: {}", kept.has(ix))
        })?;
        if !needed {
            return Ok(());
        }
        let (neighbours, known) = (self.swarm.links.neighbours(peer.links), self.swarm.announced());
        let mut chunks = (0..self.swarm.layout.chunks).map(ChunkIx::from_ix);
        let wrong = chunks.find(|&c| kept.count(ix, c) != neighbours.iter().filter(|&&n| known.has(n, c)).count());
        ensure(wrong.is_none(), || format!("{ix:?} counts copies of {wrong:?} wrongly"))
    }

    /// The bytes of the block that `flow` races for, if another of the race stands for it already: all but one count it once too often.
    fn raced_again(&self, flow: FlowIx) -> u64 {
        let part = &self.parts[flow.ix()];
        if part.rival.is_none() || self.race_of(flow).min() == Some(flow) {
            return 0;
        }
        part.bytes - self.swarm.layout.before_last_block(part.bytes)
    }

    /// All bytes received are chunks, kept parts of chunks, on their way, or wasted.
    fn check_bytes(&self, ix: PeerIx, peer: &Peer) -> Result<(), String> {
        let layout = &self.swarm.layout;
        let had: u64 = self.swarm.have().chunks_of(ix).map(|c| layout.bytes_of(c)).sum();
        let mut open: u64 = 0;
        let mut seen = Vec::new();
        let mut on_way: u64 = 0;
        let mut raced: u64 = 0;
        let mut unbooked: u64 = 0;
        for flow in self.bandwidth.downloads(ix) {
            let part = &self.parts[flow.ix()];
            let moved = self.moved(flow);
            on_way += moved;
            unbooked += (moved as i64 - part.booked) as u64;
            raced += self.raced_again(flow);
            open += part.bytes;
            seen.push(part.chunk);
        }
        let begun = peer.begun.iter().map(|begun| (begun.chunk, begun.missing_bytes));
        let asked = self.asked_by(ix).map(|(_, work)| (work.chunk, work.bytes));
        for (chunk, missing_bytes) in begun.chain(asked) {
            open += missing_bytes;
            seen.push(chunk);
        }
        seen.sort_unstable();
        seen.dedup();
        let whole: u64 = seen.iter().map(|&c| layout.bytes_of(c)).sum();
        let kept = (whole + raced).checked_sub(open);
        let kept = kept.ok_or_else(|| format!("{ix:?} fetches more than the chunks it has begun"))?;
        if peer.life.chunks_at_start == 0 {
            let accounted = had + kept + on_way + peer.life.wasted_bytes;
            let received = peer.life.downloaded_bytes + unbooked;
            ensure(accounted == received, || {
                format!("{ix:?} received {received} bytes but {accounted} are accounted for")
            })?;
        }
        Ok(())
    }
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}
