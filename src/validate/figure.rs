//! A figure of a run, or a ratio of two: `a` or `a / b`.

use super::watch::Watch;
use super::watched::Watched;
use crate::compare::{Metric, metrics};
use crate::scenario::study::Placed;
use crate::scenario::{Scenario, ScenarioError};
use crate::store::RunRecord;

const OVER: &str = " / ";

/// What is looked at in each run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    part: Part,
    under: Option<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A column of `summary.csv` or `group_summary.csv`.
    Summary(Metric),
    /// What only somebody who watches sees.
    Watched(Watched),
}

impl Figure {
    /// The figure `name` of runs of `scenario`.
    ///
    /// # Errors
    /// When there is no such figure or group.
    pub fn new(scenario: &Scenario, name: &Placed<String>) -> Result<Self, ScenarioError> {
        let part = |text: &str| {
            let value = text.trim().to_owned();
            let place = name.place.clone();
            Part::new(scenario, &Placed { value, place })
        };
        let (above, below) = match name.value.split_once(OVER) {
            Some((above, below)) => (above, Some(below)),
            None => (name.value.as_str(), None),
        };
        Ok(Self {
            part: part(above)?,
            under: below.map(part).transpose()?,
        })
    }

    /// Its value in a run; `None` where it is not defined.
    #[must_use]
    pub fn value(&self, run: &RunRecord, watch: &Watch) -> Option<f64> {
        let value = self.part.value(run, watch)?;
        match &self.under {
            None => Some(value),
            Some(under) => Some(value / under.value(run, watch)?).filter(|ratio| ratio.is_finite()),
        }
    }

    /// Whether it needs all transfers of a run.
    #[must_use]
    pub fn needs_transfers(&self) -> bool {
        let parts = [Some(&self.part), self.under.as_ref()];
        parts
            .into_iter()
            .flatten()
            .any(|part| matches!(part, Part::Watched(watched) if watched.needs_transfers()))
    }
}

impl Part {
    fn new(scenario: &Scenario, name: &Placed<String>) -> Result<Self, ScenarioError> {
        if let Some(watched) = Watched::new(scenario, name)? {
            return Ok(Self::Watched(watched));
        }
        let groups: Vec<&str> = scenario.groups.iter().map(|group| group.name.as_str()).collect();
        let mut found = metrics(&groups, std::slice::from_ref(name))?;
        Ok(Self::Summary(found.remove(0)))
    }

    fn value(&self, run: &RunRecord, watch: &Watch) -> Option<f64> {
        match self {
            Self::Summary(metric) => metric.value(run),
            Self::Watched(watched) => watched.value(watch),
        }
    }
}
