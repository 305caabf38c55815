//! Rarest first from counts that are kept up to date ([`KeptCounts`](crate::swarm::KeptCounts)): the candidates with the smallest count, without looking at any neighbour.
//!
//! Those are found for the whole file at once, from the top plane down: if some candidate has a 0 there, only those stay; if none has, all stay. Lines
//! of the file without candidates drop out, so the lower planes are read only where a rarest chunk can still be.
#![allow(clippy::inline_always)] // What is compiled for one kind of processor must be in one piece.

use crate::picking::picker::PickView;
use crate::picking::rarest_first::{Words, is_empty};
use crate::scenario::model::{Mode, Picker, Scenario};
use crate::swarm::bitfield::{LINE_WORDS, Line};

/// The number of chunks from which on counts are kept, if nothing else is asked for: below, counting at each choice is as cheap (docs/performance.md).
pub const LONG_FILE_CHUNKS: usize = 4096;

/// Whether counts are kept in a run of `scenario`, when a file of `long_file_chunks` chunks is long.
#[must_use]
pub fn keeps_counts(scenario: &Scenario, long_file_chunks: usize) -> bool {
    let counting = |picker| picker == Picker::RarestFirst;
    scenario.run.mode == Mode::Bittorrent
        && scenario.file.chunks() >= long_file_chunks
        && scenario.groups.iter().any(|group| counting(group.picking.picker))
}

/// Leaves the candidates with fewest copies by the counts in `planes` in `rarest`, by line, in file order.
#[inline(always)]
pub(super) fn find_rarest_kept(view: &PickView<'_>, planes: &[Line], rarest: &mut Vec<(usize, Words)>) {
    let lines = view.wanted.len();
    rarest.clear();
    rarest.resize(lines, (0, [0; LINE_WORDS]));
    // Plain loops: what is called is not compiled for the same vectors.
    let mut left = 0;
    for line in 0..lines {
        let words = view.candidates(line).0;
        rarest[left] = (line, words);
        left += usize::from(!is_empty(&words));
    }
    for plane in planes.chunks_exact(lines).rev() {
        if !rarest[..left]
            .iter()
            .any(|(line, words)| !is_empty(&zeros(words, &plane[*line])))
        {
            continue;
        }
        let mut still = 0;
        for i in 0..left {
            let (line, words) = rarest[i];
            let words = zeros(&words, &plane[line]);
            rarest[still] = (line, words);
            still += usize::from(!is_empty(&words));
        }
        left = still;
    }
    rarest.truncate(left);
}

/// Those of `candidates` that have a 0 in `plane`.
#[inline(always)]
fn zeros(candidates: &Words, plane: &Line) -> Words {
    std::array::from_fn(|w| candidates[w] & !plane.0[w])
}

#[cfg(test)]
mod tests {
    use crate::ids::{ChunkIx, PeerIx};
    use crate::picking::rarest_first::RarestFirst;
    use crate::picking::{PickView, Picker};
    use crate::rng::{Purpose, stream};
    use crate::swarm::KeptCounts;
    use crate::swarm::bitfield::Bitfields;
    use proptest::prelude::*;
    use rand::RngExt;

    proptest! {
        #[test]
        fn kept_counts_give_the_same_choices_as_counting_at_each(
            chunks in 1_usize..2500,
            degree in 0_usize..90,
            density in 0.0_f64..1.0,
            seed: u64,
        ) {
            let mut rng = stream(seed, Purpose::Picking, 0);
            let mut known = Bitfields::new(chunks);
            known.grow(degree + 3);
            let (me, other) = (PeerIx::from_ix(degree + 1), PeerIx::from_ix(degree + 2));
            for peer in 1..degree + 3 {
                for chunk in 0..chunks {
                    if rng.random_bool(density) {
                        known.set(PeerIx::from_ix(peer), ChunkIx::from_ix(chunk));
                    }
                }
            }
            let neighbours: Vec<PeerIx> = (0..=degree).map(PeerIx::from_ix).collect();
            let mut counts = KeptCounts::new(chunks, degree);
            counts.grow(degree + 3);
            counts.begin(me);
            neighbours.iter().for_each(|&neighbour| counts.add(me, known.of(neighbour)));
            let on_demand = PickView { wanted: known.of(me), offered: known.of(other), neighbours: &neighbours, known: &known, kept: None, copies: &[] };
            let kept = PickView { kept: counts.planes(me), ..on_demand };
            let (mut again, mut picker) = (rng.clone(), RarestFirst::default());
            for _ in 0..8 {
                prop_assert_eq!(picker.pick(&kept, &mut rng), picker.pick(&on_demand, &mut again));
            }
        }
    }
}
