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
