//! A figure of a run, or a ratio of two: `a` or `a / b`.

use crate::compare::{Metric, metrics};
use crate::scenario::study::Placed;
use crate::scenario::{Scenario, ScenarioError};
use crate::store::RunRecord;

const OVER: &str = " / ";

/// What is looked at in each run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    metric: Metric,
    under: Option<Metric>,
}

impl Figure {
    /// The figure `name` of runs of `scenario`.
    ///
    /// # Errors
    /// When there is no such figure or group.
    pub fn new(scenario: &Scenario, name: &Placed<String>) -> Result<Self, ScenarioError> {
        let part = |text: &str| Placed {
            value: text.trim().to_owned(),
            place: name.place.clone(),
        };
        let (above, below) = match name.value.split_once(OVER) {
            Some((above, below)) => (part(above), Some(part(below))),
            None => (part(&name.value), None),
        };
        let groups: Vec<&str> = scenario.groups.iter().map(|group| group.name.as_str()).collect();
        let mut found = metrics(&groups, &[vec![above], below.into_iter().collect()].concat())?;
        let under = (found.len() == 2).then(|| found.remove(1));
        Ok(Self {
            metric: found.remove(0),
            under,
        })
    }

    /// Its value in `run`; `None` where it is not defined.
    #[must_use]
    pub fn value(&self, run: &RunRecord) -> Option<f64> {
        let value = self.metric.value(run)?;
        match &self.under {
            None => Some(value),
            Some(under) => Some(value / under.value(run)?).filter(|ratio| ratio.is_finite()),
        }
    }
}
