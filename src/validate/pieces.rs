//! What the chunks of each peer say: who was of interest to whom, and how fast first and last blocks came.

use std::collections::BTreeMap;

use super::watch::Watch;
use crate::engine::observer::TransferEnd;
use crate::ids::PeerId;
use crate::metrics::stats::quantile;

/// The median over ordered pairs of leechers of the share of time, of that in which both leech from `from` to `to` seconds, in which the second has a
/// chunk that the first lacks (Legout et al. 2006: a / b). Every two peers are taken for neighbours, so it is for full meshes; looked at by sample.
pub(super) fn interest(watch: &Watch, from: usize, to: usize) -> Option<f64> {
    let mut completed: Vec<_> = watch.transfers.iter().collect();
    completed.retain(|transfer| transfer.end == TransferEnd::ChunkCompleted);
    let mut completed = completed.into_iter().peekable();
    let peers: Vec<_> = watch.downloaders().collect();
    let places: BTreeMap<PeerId, usize> = peers.iter().enumerate().map(|(place, peer)| (peer.id, place)).collect();
    let words = watch.chunks.div_ceil(64) as usize;
    let mut has = vec![vec![0_u64; words]; peers.len()];
    let mut pairs = vec![(0_u32, 0_u32); peers.len() * peers.len()];
    for moment in watch.moments.iter().filter(|moment| moment.at_s <= to as f64) {
        while let Some(transfer) = completed.next_if(|transfer| transfer.ended.as_secs_f64() <= moment.at_s) {
            if let Some(place) = places.get(&transfer.to) {
                has[*place][transfer.chunk.ix() / 64] |= 1 << (transfer.chunk.ix() % 64);
            }
        }
        if moment.at_s < from as f64 {
            continue;
        }
        let leeches = |place: &usize| {
            let peer = peers[*place];
            let end = [peer.completed, peer.left.map(|left| left.0)]
                .into_iter()
                .flatten()
                .min();
            peer.joined.as_secs_f64() <= moment.at_s && end.is_none_or(|end| end.as_secs_f64() > moment.at_s)
        };
        let there: Vec<usize> = (0..peers.len()).filter(leeches).collect();
        for (&a, &b) in there
            .iter()
            .flat_map(|a| there.iter().map(move |b| (a, b)))
            .filter(|(a, b)| a != b)
        {
            let interested = has[a].iter().zip(&has[b]).any(|(mine, theirs)| theirs & !mine != 0);
            let pair = &mut pairs[a * peers.len() + b];
            pair.0 += u32::from(interested);
            pair.1 += 1;
        }
    }
    let seen = pairs.iter().filter(|pair| pair.1 > 0);
    median(seen.map(|pair| f64::from(pair.0) / f64::from(pair.1)).collect())
}

/// The median over the peers of `group` of the median time between their first `count` blocks, over that between all (Legout et al. 2006).
pub(super) fn first_gaps(watch: &Watch, group: usize, count: usize) -> Option<f64> {
    gaps(watch, group, |all| &all[..count.min(all.len())])
}

/// The same for the last `count` blocks.
pub(super) fn last_gaps(watch: &Watch, group: usize, count: usize) -> Option<f64> {
    gaps(watch, group, |all| &all[all.len().saturating_sub(count)..])
}

fn gaps(watch: &Watch, group: usize, part: impl Fn(&[f64]) -> &[f64]) -> Option<f64> {
    let arrivals = arrivals(watch);
    let ratio = |id| {
        let times: &Vec<f64> = arrivals.get(&id)?;
        let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Some(median(part(&gaps).to_vec())? / median(gaps)?)
    };
    let done = watch
        .downloaders()
        .filter(|peer| peer.group.ix() == group && peer.completed.is_some());
    median(done.filter_map(|peer| ratio(peer.id)).collect())
}

/// When each peer got each of its blocks, in seconds, ascending. Blocks of a transfer come one after the other at its mean rate.
fn arrivals(watch: &Watch) -> BTreeMap<PeerId, Vec<f64>> {
    let mut arrivals: BTreeMap<PeerId, Vec<f64>> = BTreeMap::new();
    for transfer in &watch.transfers {
        let blocks = transfer.kept_bytes / watch.block_bytes;
        let start = transfer.started.as_secs_f64();
        let span = transfer.ended.as_secs_f64() - start;
        let times = (1..=blocks).map(|block| start + span * block as f64 / blocks as f64);
        arrivals.entry(transfer.to).or_default().extend(times);
    }
    arrivals
        .values_mut()
        .for_each(|times| times.sort_unstable_by(f64::total_cmp));
    arrivals
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    quantile(&values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::observer::{PeerRecord, Transfer};
    use crate::ids::{ChunkIx, GroupIx};
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::units::SimTime;
    use crate::validate::watch::Moment;

    fn at(seconds: u64) -> SimTime {
        SimTime(seconds * 1_000_000_000)
    }

    /// Two leechers from 0 to 40 s, looked at every 10 s; blocks have 10 bytes, chunks 10 blocks.
    fn watch(transfers: Vec<Transfer>) -> Watch {
        let mut watch = Watch::new(&scenario(vec![seeds(), leechers()]), true);
        watch.moments = [0.0, 10.0, 20.0, 30.0]
            .map(|at_s| Moment {
                at_s,
                ..Moment::default()
            })
            .to_vec();
        watch.peers = [1, 2]
            .map(|id| PeerRecord {
                id: PeerId(id),
                group: GroupIx(1),
                upload: 100.0,
                download: 100.0,
                chunks_at_start: 0,
                chunks_at_end: 3,
                joined: at(0),
                first_chunk: None,
                completed: Some(at(40)),
                left: None,
                uploaded_bytes: 0,
                uploaded_leeching_bytes: 0,
                downloaded_bytes: 0,
                wasted_bytes: 0,
            })
            .to_vec();
        watch.transfers = transfers;
        watch
    }

    fn transfer(to: u32, chunk: u32, started: u64, ended: u64) -> Transfer {
        Transfer {
            started: at(started),
            ended: at(ended),
            from: PeerId(0),
            to: PeerId(to),
            chunk: ChunkIx(chunk),
            bytes: 100,
            kept_bytes: 100,
            end: TransferEnd::ChunkCompleted,
        }
    }

    #[test]
    fn interest_is_the_share_of_time_in_which_one_has_what_the_other_lacks() {
        // Peer 1 has chunk 0 from 10 s on, peer 2 too from 30 s on: 2 of 4 looks; the other way round none.
        let watch = watch(vec![transfer(1, 0, 0, 10), transfer(2, 0, 20, 30)]);
        assert_eq!(interest(&watch, 0, 40), Some(0.25));
        assert_eq!(interest(&watch, 10, 20), Some(0.5));
        assert_eq!(interest(&watch, 50, 60), None);
    }

    #[test]
    fn gaps_of_first_and_last_blocks_are_held_against_all() {
        // Gaps of 2 s, 1 s and 4 s, ten of each but for the start.
        let slow = vec![transfer(1, 0, 0, 20), transfer(1, 1, 20, 30), transfer(1, 2, 30, 70)];
        let watch = watch(slow);
        assert_eq!(first_gaps(&watch, 1, 9), Some(1.0));
        assert_eq!(last_gaps(&watch, 1, 9), Some(2.0));
        assert_eq!(first_gaps(&watch, 0, 9), None);
    }
}
