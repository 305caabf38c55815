//! What was run, in full: runs may only be added to others of the same.

use serde::{Deserialize, Serialize};

/// Everything that the figures of a run depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Version of swarmsim.
    pub version: String,
    /// Seed of run 0.
    pub seed: u64,
    /// What is left out at the start of a run, as the scenario says it.
    pub warm_up: String,
    /// The variants in order.
    pub variants: Vec<VariantPrint>,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantPrint {
    /// Its label.
    pub label: String,
    /// Its scenario with every default spelled out.
    pub scenario: String,
}

impl Fingerprint {
    /// The first thing in which `now` is not this, in words; `None` if they are the same.
    #[must_use]
    pub fn first_difference(&self, now: &Self) -> Option<String> {
        let said = |what: &str, was: &str, is: &str| (was != is).then(|| format!("{what} was `{was}` and is `{is}`"));
        let labels = |print: &Self| -> Vec<String> { print.variants.iter().map(|v| v.label.clone()).collect() };
        said("the version of swarmsim", &self.version, &now.version)
            .or_else(|| said("the seed", &self.seed.to_string(), &now.seed.to_string()))
            .or_else(|| said("the warm-up", &self.warm_up, &now.warm_up))
            .or_else(|| {
                said(
                    "the list of variants",
                    &labels(self).join("`, `"),
                    &labels(now).join("`, `"),
                )
            })
            .or_else(|| {
                let mut pairs = self.variants.iter().zip(&now.variants);
                pairs.find_map(|(was, is)| was.first_difference(is))
            })
    }
}

impl VariantPrint {
    /// The first line of the scenario that differs.
    fn first_difference(&self, now: &Self) -> Option<String> {
        if self.scenario == now.scenario {
            return None;
        }
        let (mut was, mut is) = (self.scenario.lines(), now.scenario.lines());
        loop {
            let lines = (was.next(), is.next());
            if lines.0 != lines.1 {
                let shown = |line: Option<&str>| line.map_or("missing".to_owned(), |line| format!("`{line}`"));
                let (was, is) = (shown(lines.0), shown(lines.1));
                return Some(format!(
                    "in `{}` a line of the scenario was {was} and is {is}",
                    self.label
                ));
            }
            lines.0?;
        }
    }
}
