//! The level of one link: how much it gives per unit of weight to a flow that nothing else holds back.
//!
//! A flow `f` with weight `w` that is held at level `m` by its other end takes `w · min(x, m)` of a link
//! at level `x`. The level of a link with capacity `C` is the lowest `x` at which it is full,
//!
//! ```text
//! Σ_f w_f · min(x, m_f) = C,
//! ```
//!
//! and infinite when the sum stays below `C` however high `x` is: then it is no bottleneck. A cap of `c`
//! bytes/s on the connection is one more thing that holds the flow, at level `c / w`.
//!
//! The sum is concave in `x` and piecewise linear. `x = C / Σ w` is never above the solution, for there
//! the sum is at most `C`. Flows held below `x` are held below the solution too: they take `w · m`,
//! and what is left is split between the others, which gives a larger `x`. So the steps go up, each takes
//! away at least one flow, and when none is held below `x` any more, `x` solves the equation. It takes
//! two or three steps in practice and needs no sorting.

/// A flow as one of its ends sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// Weight of the flow.
    pub weight: f64,
    /// Level in bytes/s per unit of weight at which something else holds it; may be infinite.
    pub held: f64,
}

/// The level of a link with `capacity` bytes/s, in bytes/s per unit of weight, and what is left of the capacity.
///
/// Only where the level is infinite something is left. Reorders and shortens `shares`.
pub(super) fn level(mut capacity: f64, shares: &mut Vec<Share>) -> (f64, f64) {
    let mut weight: f64 = shares.iter().map(|share| share.weight).sum();
    let mut x = capacity / weight;
    while !shares.is_empty() {
        let before = shares.len();
        let mut i = 0;
        while i < shares.len() {
            if shares[i].held < x {
                let share = shares.swap_remove(i);
                capacity -= share.weight * share.held;
                weight -= share.weight;
            } else {
                i += 1;
            }
        }
        if shares.len() == before {
            return (x, 0.0);
        }
        // Rounding must not turn the steps round.
        x = x.max(capacity / weight);
    }
    (f64::INFINITY, capacity)
}

/// How near a new level must be to the old one, relative to it, to count as no change.
///
/// Rounding errors of a level are some 1e-16 of it, a few times that where most of a link is taken by
/// flows held elsewhere. Without a threshold two links that are full at the same level could answer each
/// other's last digit for ever. It does not pile up: a level is always computed from scratch.
const SAME: f64 = 1e-12;

/// Whether two levels differ by no more than rounding.
pub(super) fn same(a: f64, b: f64) -> bool {
    #[expect(
        clippy::float_cmp,
        reason = "infinite levels are equal, and their difference is no number"
    )]
    let equal = a == b;
    equal || (a - b).abs() <= SAME * a.min(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of(capacity: f64, shares: &[(f64, f64)]) -> f64 {
        let mut shares = shares.iter().map(|&(weight, held)| Share { weight, held }).collect();
        level(capacity, &mut shares).0
    }

    #[test]
    fn free_flows_split_equally_per_weight() {
        assert!(same(
            level_of(90.0, &[(1.0, f64::INFINITY), (2.0, f64::INFINITY)]),
            30.0
        ));
    }

    #[test]
    fn what_held_flows_leave_goes_to_the_others() {
        // 90 - 10 - 35 = 45 for the last: the second is only found held once the first is gone.
        assert!(same(
            level_of(90.0, &[(1.0, 10.0), (1.0, 35.0), (1.0, f64::INFINITY)]),
            45.0
        ));
    }

    #[test]
    fn a_link_that_others_cannot_fill_has_no_level() {
        assert!(same(level_of(90.0, &[(1.0, 10.0), (1.0, 79.0)]), f64::INFINITY));
        assert!(same(level_of(90.0, &[]), f64::INFINITY));
    }

    #[test]
    fn a_link_that_others_just_fill_is_a_bottleneck() {
        assert!(same(level_of(90.0, &[(1.0, 10.0), (1.0, 80.0)]), 80.0));
    }

    #[test]
    fn infinite_and_finite_differ() {
        assert!(!same(1.0, f64::INFINITY));
        assert!(!same(f64::INFINITY, 1.0));
        assert!(!same(1.0, 1.0 + 1e-11));
        assert!(same(0.0, 0.0));
    }
}
