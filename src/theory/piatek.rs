//! What upload buys in a swarm of mainline clients: the model in the appendix of the `BitTyrant` paper.
//!
//! A peer of capacity r (kB/s) has active(r) = ⌊√(0.6 r)⌋ − ω slots that are earned and ω optimistic ones, and splits r equally. A peer
//! Q reciprocates to P if P's split beats that of one of Q's partners, active(r) in number, drawn at random.

use super::fit::{self, Misfit, misfit, positive};
use super::report::{Line, Report};
use crate::scenario::Scenario;
use crate::scenario::model::{Capacity, Group, StartsWith};
use crate::theory::report::Curve;

/// Where it comes from.
pub const SOURCE: &str = "Piatek et al. 2007, appendix";

/// ω, optimistic slots.
const OPTIMISTIC: f64 = 2.0;
/// Bytes in the paper's kB.
const KB: f64 = 1000.0;

/// A class of peers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Weight; the weights need not add up to 1.
    pub share: f64,
    /// r, bytes per second.
    pub upload: f64,
}

/// What the theory needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// The peers of the swarm by capacity.
    pub classes: Vec<Class>,
}

/// What a peer of one class gives and gets, bytes per second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Balance {
    /// D.
    download: f64,
    /// U.
    upload: f64,
}

impl Class {
    fn slots(&self) -> f64 {
        OPTIMISTIC + self.active()
    }

    fn active(&self) -> f64 {
        ((0.6 * self.upload / KB).sqrt().floor() - OPTIMISTIC).max(0.0)
    }

    fn split(&self) -> f64 {
        self.upload / self.slots()
    }
}

impl Numbers {
    /// The classes of `scenario`: its groups of leechers, weighted by their counts. The strategies of a mix share their capacities, so
    /// they are one group here.
    ///
    /// # Errors
    /// When the theory does not speak of such a swarm.
    pub fn from_scenario(scenario: &Scenario) -> Result<Self, Misfit> {
        fit::leechers(scenario)?.into_iter().try_for_each(fit::uploads)?;
        let cohorts = scenario
            .cohorts()
            .filter(|cohort| cohort[0].starts_with == StartsWith::Nothing);
        let cohorts: Vec<_> = cohorts.collect();
        let mut classes = Vec::new();
        for cohort in &cohorts {
            let peers = cohort.iter().map(fit::count);
            let weight = if cohorts.len() == 1 {
                1.0
            } else {
                f64::from(peers.sum::<Result<u32, _>>()?)
            };
            classes.extend(classes_of(&cohort[0], weight)?);
        }
        Ok(Self { classes })
    }

    /// What the theory says.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn report(&self) -> Result<Report, Misfit> {
        if self.classes.is_empty() {
            return misfit("there are no classes of peers");
        }
        for class in &self.classes {
            positive("a share", class.share)?;
            positive("an upload", class.upload)?;
        }
        let mut classes = self.classes.clone();
        classes.sort_by(|a, b| a.upload.total_cmp(&b.upload));
        let name = |symbol: &str, class: &Class| format!("{symbol}({})", class.upload);
        let (mut given, mut results, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for class in &classes {
            let balance = self.balance(class);
            let gap = (balance.upload - balance.download).max(0.0);
            given.push(Line::given(
                name("b", class),
                "share of the peers",
                self.share(class),
                "",
            ));
            let mut add = |symbol, meaning, formula, value| {
                results.push(Line::result(
                    "PIA-4",
                    name(symbol, class),
                    meaning,
                    formula,
                    (value, "B/s"),
                ));
            };
            add("split", "rate of one slot", "r/(active+ω)", class.split());
            add("D", "download", "active·Σb·p·split + ω·Σb·split", balance.download);
            add(
                "U",
                "upload that its data allows",
                "min(r, (active+ω)·D)",
                balance.upload,
            );
            add("gap", "given without return", "max(0, U − D)", gap);
            rows.push(vec![
                class.upload,
                self.share(class),
                class.split(),
                balance.download,
                balance.upload,
                gap,
            ]);
        }
        Ok(Report {
            theory: "piatek",
            source: SOURCE,
            given,
            results,
            notes: vec!["r in B/s stands in brackets; active(r) = ⌊√(0.6 r)⌋ − ω with r in kB/s, ω = 2".to_owned()],
            curve: Some(Curve {
                columns: vec![
                    "upload_bytes_per_s",
                    "share",
                    "split_bytes_per_s",
                    "download_bytes_per_s",
                    "data_limited_upload_bytes_per_s",
                    "altruism_bytes_per_s",
                ],
                rows,
            }),
        })
    }

    fn share(&self, class: &Class) -> f64 {
        class.share / self.classes.iter().map(|c| c.share).sum::<f64>()
    }

    /// S: the share of the peers whose slots are no faster than those of `class`.
    fn no_faster(&self, class: &Class) -> f64 {
        let slower = self.classes.iter().filter(|c| c.split() <= class.split());
        slower.map(|c| self.share(c)).sum::<f64>().min(1.0)
    }

    /// The chance that a peer of `other` reciprocates to one of `class`.
    fn reciprocates(&self, class: &Class, other: &Class) -> f64 {
        1.0 - libm::pow(1.0 - self.no_faster(class), other.active())
    }

    fn balance(&self, class: &Class) -> Balance {
        let (mut earned, mut given) = (0.0, 0.0);
        for other in &self.classes {
            let rate = self.share(other) * other.split();
            earned += rate * self.reciprocates(class, other);
            given += rate;
        }
        let download = class.active() * earned + OPTIMISTIC * given;
        Balance {
            download,
            upload: class.upload.min(class.slots() * download),
        }
    }
}

fn classes_of(group: &Group, weight: f64) -> Result<Vec<Class>, Misfit> {
    if let Capacity::Classes(lines) = &group.capacity {
        let total: f64 = lines.iter().map(|line| line.share).sum();
        let class = |line: &crate::scenario::model::CapacityClass| Class {
            share: weight * line.share / total,
            upload: line.upload.0,
        };
        return Ok(lines.iter().map(class).collect());
    }
    Ok(vec![Class {
        share: weight,
        upload: fit::capacity(group)?.0,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(classes: &[(f64, f64)]) -> Numbers {
        let class = |&(share, kb): &(f64, f64)| Class { share, upload: kb * KB };
        Numbers {
            classes: classes.iter().map(class).collect(),
        }
    }

    #[test]
    fn equals_get_what_they_give() {
        // r = 60 kB/s: ⌊√36⌋ = 6 slots, 4 earned; all reciprocate.
        let report = numbers(&[(1.0, 60.0)]).report().expect("it fits");
        assert_eq!(report.number("split(60000)"), 10_000.0);
        assert_eq!(report.number("D(60000)"), 60_000.0);
        assert_eq!(report.number("gap(60000)"), 0.0);
    }

    #[test]
    fn two_classes_by_hand() {
        // 60 kB/s: 6 slots of 10; 240 kB/s: ⌊√144⌋ = 12 slots of 20. Half each, Σb·split = 15.
        let report = numbers(&[(1.0, 60.0), (1.0, 240.0)]).report().expect("it fits");
        // Slow: S = 1/2, p = 1 − 2⁻⁴ from slow, 1 − 2⁻¹⁰ from fast; 4·(5·15/16 + 10·1023/1024) + 2·15.
        let slow = 4.0 * (5.0 * 15.0 / 16.0 + 10.0 * 1023.0 / 1024.0) + 30.0;
        assert!((report.number("D(60000)") - slow * KB).abs() < 1e-6);
        // Fast: everybody reciprocates: 10·15 + 2·15.
        assert!((report.number("D(240000)") - 180.0 * KB).abs() < 1e-6);
        assert!((report.number("gap(240000)") - 60.0 * KB).abs() < 1e-6);
    }

    #[test]
    fn download_grows_less_than_upload() {
        let report = numbers(&[(0.5, 20.0), (0.3, 60.0), (0.15, 240.0), (0.05, 1000.0)])
            .report()
            .expect("it fits");
        let rows = report.curve.expect("a table").rows;
        let gain = |row: &Vec<f64>| row[3] / row[0];
        assert!(rows.windows(2).all(|pair| gain(&pair[1]) < gain(&pair[0])), "{rows:?}");
        assert!(rows.windows(2).all(|pair| pair[1][3] >= pair[0][3]), "{rows:?}");
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(numbers(&[]).report().is_err());
        assert!(numbers(&[(0.0, 10.0)]).report().is_err());
        assert!(numbers(&[(1.0, 0.0)]).report().is_err());
    }
}
