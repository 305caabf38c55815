//! The plan as a file beside the finished runs: tables can then be made, and parts joined, without the scenario that it came from.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::directory::Directory;
use super::error::CompareError;
use super::factors::Factor;
use super::metric::metrics;
use super::plan::{Plan, Variant, group_names};
use super::plan_limits::fault;
use crate::choking::OwnChokers;
use crate::files;
use crate::metrics::io_error;
use crate::scenario::limits::PLAN_BYTES_MAX;
use crate::scenario::study::{Placed, WarmUp};
use crate::scenario::{LoadOptions, Place, Scenario, parse};
use crate::store::{Fingerprint, is_sealed, seal, unseal};

/// Its name in the directory.
pub(super) const PLAN: &str = "plan.json";
/// Version of the format.
const FORMAT: u32 = 2;

/// What `plan.json` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    /// Version of the format.
    plan: u32,
    /// Name of the scenario.
    pub name: String,
    /// Runs of each variant.
    pub runs: u32,
    max_runs: u32,
    precision: Option<f64>,
    baseline: usize,
    confidence: f64,
    /// Those that were asked for; none for the usual ones.
    metrics: Vec<String>,
    /// Whether somebody has said what the warm-up is.
    warm_up_is_said: bool,
    /// By variant.
    factors: Vec<Vec<Factor>>,
    /// The scenario that was varied.
    base: String,
    /// What is probably not meant in variants; it names files as the command did, and is no part of what is planned.
    #[serde(default)]
    warnings: Vec<String>,
    /// What the runs depend on.
    pub fingerprint: Fingerprint,
}

/// Why a plan can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is not there, or can't be read.
    #[error("cannot read `{path}`: a sweep or a comparison has that file")]
    Unread {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is not what was written.
    #[error(
        "`{path}` is damaged: {why}. The command that made the directory writes it anew: `sweep --shard` as it was, others with --resume"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
    /// It is the plan of something else.
    #[error(
        "`{path}` plans something else: {difference}. What belongs to another plan needs another directory (--out)"
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// The first thing that differs.
        difference: String,
    },
}

impl PlanFile {
    /// The file of `plan`.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let names = plan.metrics.iter().map(|metric| metric.name.clone());
        Self {
            plan: FORMAT,
            name: plan.name.clone(),
            runs: plan.runs,
            max_runs: plan.max_runs,
            precision: plan.precision,
            baseline: plan.baseline,
            confidence: plan.confidence,
            metrics: if plan.metrics_named {
                names.collect()
            } else {
                Vec::new()
            },
            warm_up_is_said: plan.warm_up.is_some(),
            factors: plan.variants.iter().map(|variant| variant.factors.clone()).collect(),
            base: plan.base.to_toml(),
            warnings: plan.warnings.clone(),
            fingerprint: plan.fingerprint(),
        }
    }

    /// Reads the file of `directory`.
    ///
    /// # Errors
    /// When it can't be read, or is not one.
    pub fn read(directory: &Path) -> Result<Self, PlanFileError> {
        let path = directory.join(PLAN);
        let unread = |cause| PlanFileError::Unread {
            path: path.clone(),
            cause,
        };
        files::open(&path, PLAN_BYTES_MAX).map_err(unread)?;
        // What does not begin as a plan does is not read to its end.
        let text = if is_sealed(&path) {
            files::read_text(&path, PLAN_BYTES_MAX).map_err(unread)?
        } else {
            String::new()
        };
        // Another confidence, say, would make other tables of the same runs, and nothing would show it.
        let plan = unseal(text.trim_end().as_bytes()).map(|(plan, _)| plan);
        plan.ok_or_else(|| PlanFileError::Damaged {
            path,
            why: "its checksum does not fit what it holds".to_owned(),
        })
    }

    /// Writes it into `directory`.
    pub(super) fn write(&self, directory: &Directory) -> Result<(), CompareError> {
        let path = directory.path().join(PLAN);
        files::check_writable(&path).map_err(io_error("write", &path))?;
        let (text, _) = seal(self).map_err(io::Error::from)?;
        if text.len() as u64 > PLAN_BYTES_MAX {
            return Err(CompareError::LongPlan(text.len() as u64));
        }
        Ok(directory.write_text(PLAN, &text)?.publish()?)
    }

    /// Writes it into `directory` if somebody has removed it.
    pub(super) fn restore(&self, directory: &Directory) -> Result<(), CompareError> {
        let is_there = || directory.path().join(PLAN).exists();
        if is_there() {
            return Ok(());
        }
        // Whoever was stopped does this too.
        let _lock = directory.lock_tables(&AtomicBool::new(false))?;
        if is_there() { Ok(()) } else { self.write(directory) }
    }

    /// Checks that `directory` has no other plan.
    ///
    /// # Errors
    /// When it has.
    pub fn check_same(&self, directory: &Path) -> Result<(), PlanFileError> {
        let there = Self::read(directory)?;
        there.first_difference(self).map_or(Ok(()), |difference| {
            Err(PlanFileError::Other {
                path: directory.join(PLAN),
                difference,
            })
        })
    }

    /// The first thing in which `now` is not this, in words; `None` if they are the same.
    pub(super) fn first_difference(&self, now: &Self) -> Option<String> {
        let said = |what: &str, was: String, is: String| (was != is).then(|| format!("{what} was {was} and is {is}"));
        let share = |share: Option<f64>| share.map_or("none".to_owned(), |share| share.to_string());
        let names = |metrics: &[String]| match metrics {
            [] => "the usual ones".to_owned(),
            names => format!("`{}`", names.join("`, `")),
        };
        self.fingerprint
            .first_difference(&now.fingerprint)
            .or_else(|| said("the number of runs", self.runs.to_string(), now.runs.to_string()))
            .or_else(|| said("the most runs", self.max_runs.to_string(), now.max_runs.to_string()))
            .or_else(|| said("the precision", share(self.precision), share(now.precision)))
            .or_else(|| {
                said(
                    "the number of the baseline",
                    self.baseline.to_string(),
                    now.baseline.to_string(),
                )
            })
            .or_else(|| {
                said(
                    "the confidence",
                    self.confidence.to_string(),
                    now.confidence.to_string(),
                )
            })
            .or_else(|| said("the list of metrics", names(&self.metrics), names(&now.metrics)))
            .or_else(|| {
                (self.without_warnings() != now.without_warnings()).then(|| "the scenario that is varied".to_owned())
            })
    }

    fn without_warnings(&self) -> Self {
        Self {
            warnings: Vec::new(),
            ..self.clone()
        }
    }

    /// The plan that the file in `directory` describes; scenarios may name chokers of `own`.
    ///
    /// # Errors
    /// When it is damaged, or was written by another version.
    pub fn plan(&self, directory: &Path, own: &OwnChokers) -> Result<Plan, PlanFileError> {
        let path = || directory.join(PLAN);
        let damaged = |why: String| PlanFileError::Damaged { path: path(), why };
        if self.plan != FORMAT {
            let difference = format!("its format was {} and is {FORMAT}", self.plan);
            return Err(PlanFileError::Other {
                path: path(),
                difference,
            });
        }
        if self.factors.len() != self.fingerprint.variants.len() || self.baseline >= self.factors.len() {
            return Err(damaged("variants are missing".to_owned()));
        }
        let scenario = |text: &str| scenario(text, &path(), own).map_err(&damaged);
        let prints = self.fingerprint.variants.iter().zip(&self.factors);
        let variants = prints
            .map(|(print, factors)| {
                Ok(Variant {
                    label: print.label.clone(),
                    factors: factors.clone(),
                    scenario: scenario(&print.scenario)?,
                })
            })
            .collect::<Result<Vec<_>, PlanFileError>>()?;
        let base = scenario(&self.base)?;
        let named: Vec<_> = self.metrics.iter().map(|name| nowhere(name)).collect();
        let metrics = metrics(&group_names(&base, &variants), &named).map_err(|error| damaged(error.to_string()))?;
        let plan = Plan {
            name: self.name.clone(),
            variants,
            baseline: self.baseline,
            runs: self.runs,
            max_runs: self.max_runs,
            precision: self.precision,
            confidence: self.confidence,
            metrics,
            metrics_named: !self.metrics.is_empty(),
            warm_up: self.warm_up().map_err(damaged)?,
            warnings: self.warnings.clone(),
            own_chokers: own.clone(),
            base,
        };
        if let Some(fault) = fault(&plan) {
            return Err(damaged(fault));
        }
        match self.fingerprint.first_difference(&plan.fingerprint()) {
            None => Ok(plan),
            Some(difference) => Err(PlanFileError::Other {
                path: path(),
                difference,
            }),
        }
    }

    fn warm_up(&self) -> Result<Option<WarmUp>, String> {
        let rule = match self.fingerprint.warm_up.as_str() {
            "none" => WarmUp::None,
            "mser-5" => WarmUp::Mser5,
            span => WarmUp::Until(span.parse().map_err(|_| format!("`{span}` is no warm-up"))?),
        };
        Ok(self.warm_up_is_said.then_some(rule))
    }
}

fn scenario(text: &str, path: &Path, own: &OwnChokers) -> Result<Scenario, String> {
    let options = LoadOptions {
        own_chokers: own.names().map(str::to_owned).collect(),
        ..LoadOptions::default()
    };
    let loaded = parse(text, &path.display().to_string(), Path::new(""), &options);
    loaded.map(|loaded| loaded.scenario).map_err(|error| error.to_string())
}

fn nowhere(name: &str) -> Placed<String> {
    Placed {
        value: name.to_owned(),
        place: Place::on_command_line(PLAN, name),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::testing;
    use super::*;

    fn written(plan: &Plan) -> String {
        sealed(&PlanFile::of(plan))
    }

    fn sealed(file: &PlanFile) -> String {
        seal(file).expect("JSON").0
    }

    fn read(text: &str) -> Result<Plan, PlanFileError> {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::write(home.path().join(PLAN), text).expect("written");
        PlanFile::read(home.path())?.plan(home.path(), &OwnChokers::default())
    }

    #[test]
    fn a_plan_comes_back_as_it_was() {
        let mut plan = testing::plan("file.size=1 MiB,2 MiB", 4);
        for warm_up in [None, Some(WarmUp::None), Some(WarmUp::Mser5)] {
            plan.warm_up = warm_up;
            let again = read(&written(&plan)).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(PlanFile::of(&again), PlanFile::of(&plan));
            assert_eq!((again.metrics, again.base), (plan.metrics.clone(), plan.base.clone()));
            assert_eq!(again.variants[1].scenario, plan.variants[1].scenario);
        }
    }

    #[test]
    fn a_damaged_file_is_no_plan() {
        let plan = testing::plan("file.size=1 MiB,2 MiB", 4);
        let whole = written(&plan);
        let changed = |change: &dyn Fn(&mut PlanFile)| {
            let mut file = PlanFile::of(&plan);
            change(&mut file);
            sealed(&file)
        };
        for (damaged, message) in [
            (whole[..whole.len() / 2].to_owned(), "its checksum does not fit"),
            (String::new(), "its checksum does not fit"),
            (
                whole.replace("\"confidence\":0.95", "\"confidence\":0.6"),
                "its checksum does not fit",
            ),
            (changed(&|file| file.baseline = 2), "variants are missing"),
            (
                changed(&|file| file.base = file.base.replace("[file]", "[fiel]")),
                "damaged",
            ),
            (changed(&|file| file.confidence = 2.0), "`confidence` is 2"),
            (changed(&|file| file.plan = 7), "its format was 7 and is 2"),
            (
                changed(&|file| file.fingerprint.version = "9.0".to_owned()),
                "the version of swarmsim was `9.0`",
            ),
        ] {
            assert_ne!(damaged, whole);
            let error = read(&damaged).map(|_| ()).expect_err(message).to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn another_plan_differs_in_something_that_has_a_name() {
        let plan = testing::plan("file.size=1 MiB,2 MiB", 4);
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::write(home.path().join(PLAN), written(&plan)).expect("written");
        let difference = |now: &Plan| match PlanFile::of(now).check_same(home.path()) {
            Err(PlanFileError::Other { difference, .. }) => difference,
            other => panic!("{other:?}"),
        };
        assert!(PlanFile::of(&plan).check_same(home.path()).is_ok());
        let more = testing::plan("file.size=1 MiB,2 MiB", 5);
        assert_eq!(difference(&more), "the number of runs was 4 and is 5");
        let other = testing::plan("file.size=1 MiB,3 MiB", 4);
        assert_eq!(
            difference(&other),
            "the list of variants was `file.size=1 MiB`, `file.size=2 MiB` and is `file.size=1 MiB`, `file.size=3 MiB`"
        );
    }
}
