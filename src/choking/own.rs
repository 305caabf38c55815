//! Chokers that are not part of swarmsim: a program registers them by name, and scenarios can name them. See docs/own-strategy.md.

use crate::choking::choker::{Choker, Grant, RechokeView};
use crate::rng::Rng;
use crate::units::SimTime;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Makes the choker of a peer with so many bytes per second of upload.
type Factory = Arc<dyn Fn(f64) -> Box<dyn Choker> + Send + Sync>;

/// Chokers of one's own, by the names that scenarios call them. Clones share the factories.
#[derive(Clone, Default)]
pub struct OwnChokers(BTreeMap<String, Factory>);

impl OwnChokers {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a choker: `make` is called for each peer that plays it, with its upload capacity in bytes per second, and before a run once for each group, with
    /// its mean one, to ask what is to be counted. Loading a scenario says so if `name` cannot be one.
    #[must_use]
    pub fn with(
        mut self,
        name: impl Into<String>,
        make: impl Fn(f64) -> Box<dyn Choker> + Send + Sync + 'static,
    ) -> Self {
        self.0.insert(name.into(), Arc::new(make));
        self
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there is one of this name.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The choker `name` of a peer with `upload` bytes per second.
    pub(super) fn make(&self, name: &str, upload: f64) -> Option<Box<dyn Choker>> {
        let inner = self.0.get(name)?(upload);
        let name = name.to_string();
        Some(Box::new(Checked { name, inner }))
    }
}

impl fmt::Debug for OwnChokers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// Refuses answers that make no sense, where their author can see it.
struct Checked {
    name: String,
    inner: Box<dyn Choker>,
}

impl Choker for Checked {
    fn slots(&self) -> usize {
        self.inner.slots()
    }

    fn needs_accounts(&self) -> bool {
        self.inner.needs_accounts()
    }

    fn needs_waits(&self) -> bool {
        self.inner.needs_waits()
    }

    fn needs_sent_rates(&self) -> bool {
        self.inner.needs_sent_rates()
    }

    fn needs_slot_bytes(&self) -> bool {
        self.inner.needs_slot_bytes()
    }

    fn needs_offers(&self) -> bool {
        self.inner.needs_offers()
    }

    fn serves_the_uninterested(&self) -> bool {
        self.inner.serves_the_uninterested()
    }

    fn knows_neighbours(&self) -> bool {
        self.inner.knows_neighbours()
    }

    fn is_asked_after_each_chunk(&self) -> bool {
        self.inner.is_asked_after_each_chunk()
    }

    fn upload_cap(&self) -> Option<f64> {
        self.inner.upload_cap()
    }

    fn turns_end(&self) -> Option<SimTime> {
        self.inner.turns_end()
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        self.inner.rechoke(view, rng, grants);
        let (name, count, slots) = (&self.name, grants.len(), self.inner.slots());
        assert!(count <= slots, "choker `{name}` has {slots} slots and gave {count}");
        for (i, grant) in grants.iter().enumerate() {
            let (place, there) = (grant.neighbour, view.neighbours.len());
            assert!(place < there, "choker `{name}` chose neighbour {place} of {there}");
            let twice = grants[..i].iter().any(|before| before.neighbour == place);
            assert!(!twice, "choker `{name}` gave neighbour {place} two slots");
            let weight = grant.weight;
            assert!(
                weight.is_finite() && weight > 0.0,
                "choker `{name}` gave a slot the weight {weight}, which must be above 0"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Decision;
    use crate::choking::seats::by_hand::{at, decide, neighbour};

    /// Unchokes the neighbours at these places.
    struct Fixed(Vec<usize>, f32);

    impl Choker for Fixed {
        fn slots(&self) -> usize {
            2
        }

        fn rechoke(&mut self, _: &RechokeView<'_>, _: &mut Rng, grants: &mut Vec<Grant>) {
            grants.extend(self.0.iter().map(|&neighbour| Grant {
                neighbour,
                optimistic: false,
                weight: self.1,
            }));
        }

        fn turns_end(&self) -> Option<SimTime> {
            Some(at(40))
        }
    }

    /// Those unchoked among three neighbours by a choker of one's own that chooses `places`.
    fn chosen(places: &[usize], weight: f32) -> Vec<usize> {
        let places = places.to_vec();
        let own = OwnChokers::new().with("fixed", move |_| Box::new(Fixed(places.clone(), weight)));
        let mut choker = own.make("fixed", 1000.0).expect("registered");
        let all = [0, 1, 2].map(neighbour);
        let decision = Decision::Periodic {
            number: 1,
            rotate: false,
        };
        decide(choker.as_mut(), &all, at(10), decision, 1).0
    }

    #[test]
    fn is_made_by_name_and_asked() {
        assert_eq!(chosen(&[2, 0], 1.0), [0, 2]);
        let own = OwnChokers::new().with("b", |_| Box::new(Fixed(vec![], 1.0)));
        assert!(own.knows("b") && !own.knows("a") && own.make("a", 1.0).is_none());
        let made = own.make("b", 1.0).expect("registered");
        assert_eq!(made.turns_end(), Some(at(40)));
        assert_eq!(own.clone().names().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    #[should_panic(expected = "`fixed` chose neighbour 3 of 3")]
    fn nobody_stands_at_that_place() {
        chosen(&[3], 1.0);
    }

    #[test]
    #[should_panic(expected = "`fixed` gave neighbour 1 two slots")]
    fn one_slot_each() {
        chosen(&[1, 1], 1.0);
    }

    #[test]
    #[should_panic(expected = "`fixed` has 2 slots and gave 3")]
    fn no_more_than_its_slots() {
        chosen(&[0, 1, 2], 1.0);
    }

    #[test]
    #[should_panic(expected = "the weight 0")]
    fn no_slot_without_weight() {
        chosen(&[0], 0.0);
    }
}
