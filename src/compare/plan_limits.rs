//! What no plan can be: whoever writes a plan file can give it a checksum too.

use std::collections::BTreeSet;

use super::plan::{Plan, Variant};
use crate::scenario::limits::{
    CONFIDENCE_MAX, CONFIDENCE_MIN, LABEL_CHARS_MAX, PRECISION_MAX, PRECISION_MIN, RUNS_MAX, STUDY_RUNS_MAX,
    VARIANTS_MAX,
};
use crate::terminal::{is_obeyed, on_one_line};

/// The first thing in `plan` that no command would have planned, in words.
pub(super) fn fault(plan: &Plan) -> Option<String> {
    let runs = count("runs", u64::from(plan.runs), RUNS_MAX);
    let more = || {
        count("max_runs", u64::from(plan.max_runs), RUNS_MAX)
            .or_else(|| count("variants", plan.variants.len() as u64, VARIANTS_MAX as u64))
            .or_else(|| count("runs of all variants", plan.all_runs(), STUDY_RUNS_MAX))
            .or_else(|| level("confidence", plan.confidence, CONFIDENCE_MIN, CONFIDENCE_MAX))
            .or_else(|| level("precision", plan.precision?, PRECISION_MIN, PRECISION_MAX))
            .or_else(|| (!plan.seeds_fit()).then(|| "there are not so many seeds".to_owned()))
            .or_else(|| (plan.name != plan.base.name).then(|| "`name` is not that of its scenario".to_owned()))
            .or_else(|| labels(&plan.variants))
    };
    runs.or_else(more)
}

fn count(name: &str, number: u64, most: u64) -> Option<String> {
    (number == 0 || number > most).then(|| format!("`{name}` is {number}, and 1 to {most} are possible"))
}

fn level(name: &str, value: f64, least: f64, most: f64) -> Option<String> {
    let is_possible = (least..=most).contains(&value);
    (!is_possible).then(|| format!("`{name}` is {value}, and {least} to {most} is possible"))
}

/// What is wrong with the names of `variants`, or with the words for what is varied.
fn labels(variants: &[Variant]) -> Option<String> {
    let is_obeyed = |c: char| c == '\n' || is_obeyed(c);
    let mut names = BTreeSet::new();
    let fault = |variant: &Variant| {
        let label = &variant.label;
        let mut words = variant
            .factors
            .iter()
            .flat_map(|factor| [&factor.name, &factor.setting]);
        label.trim().is_empty()
            || label.chars().count() > LABEL_CHARS_MAX
            || label.contains(is_obeyed)
            || words.any(|word| word.contains(is_obeyed))
    };
    variants.iter().find_map(|variant| {
        let shown = on_one_line(&variant.label, LABEL_CHARS_MAX);
        if fault(variant) {
            Some(format!("`{shown}` can't be the name of a variant"))
        } else {
            (!names.insert(&variant.label)).then(|| format!("two variants are called `{shown}`"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::compare::Factor;
    use crate::scenario::limits::SEED_MAX;

    type Change<'c> = &'c dyn Fn(&mut Plan);

    fn fault_of(change: impl FnOnce(&mut Plan)) -> Option<String> {
        let mut plan = testing::plan("file.size=1 MiB,2 MiB", 4);
        change(&mut plan);
        fault(&plan)
    }

    #[test]
    fn both_sides_of_every_limit() {
        const MOST: u32 = RUNS_MAX as u32;
        let possible: [Change<'_>; 6] = [
            &|_| (),
            &|plan| (plan.runs, plan.max_runs) = (1, 1),
            &|plan| (plan.runs, plan.max_runs) = (MOST, MOST),
            &|plan| (plan.confidence, plan.precision) = (CONFIDENCE_MIN, Some(PRECISION_MIN)),
            &|plan| (plan.confidence, plan.precision) = (CONFIDENCE_MAX, Some(PRECISION_MAX)),
            &|plan| plan.variants[0].label = "ä".repeat(LABEL_CHARS_MAX),
        ];
        for (number, change) in possible.iter().enumerate() {
            assert_eq!(fault_of(change), None, "{number}");
        }
        let impossible: [(Change<'_>, &str); 14] = [
            (&|plan| plan.runs = 0, "`runs` is 0, and 1 to 100000"),
            (&|plan| plan.runs = u32::MAX, "`runs` is 4294967295"),
            (&|plan| plan.runs = MOST + 1, "`runs` is 100001"),
            (&|plan| plan.max_runs = 0, "`max_runs` is 0"),
            (&|plan| plan.max_runs = MOST + 1, "`max_runs` is 100001"),
            (&|plan| plan.confidence = 2.0, "`confidence` is 2, and 0.5 to 0.9999"),
            (&|plan| plan.confidence = 0.4999, "`confidence` is 0.4999"),
            (
                &|plan| plan.precision = Some(-1.0),
                "`precision` is -1, and 0.0001 to 1",
            ),
            (&|plan| plan.precision = Some(1.01), "`precision` is 1.01"),
            (&|plan| plan.base.seed = SEED_MAX, "not so many seeds"),
            (&|plan| plan.name.push('\u{1b}'), "`name` is not that"),
            (
                &|plan| plan.variants[0].label = "a\u{202e}".to_owned(),
                "`a\\u{202e}` can't be",
            ),
            (
                &|plan| plan.variants[0].label = "ä".repeat(LABEL_CHARS_MAX + 1),
                "can't be the name",
            ),
            (
                &|plan| plan.variants[1].label = plan.variants[0].label.clone(),
                "two variants",
            ),
        ];
        for (change, words) in impossible {
            let fault = fault_of(change).expect(words);
            assert!(fault.contains(words), "{fault}");
        }
        // 100 variants of 100,000 runs are the most.
        let many = |variants: usize| {
            fault_of(|plan| {
                let variant = |number: usize| Variant {
                    label: number.to_string(),
                    ..plan.variants[0].clone()
                };
                plan.variants = (0..variants).map(variant).collect();
                (plan.runs, plan.max_runs) = (MOST, MOST);
            })
        };
        assert_eq!(many(100), None);
        let fault = many(101).expect("too many");
        assert!(
            fault.contains("`runs of all variants` is 10100000, and 1 to 10000000"),
            "{fault}"
        );
        for word in ["\u{1b}[31m", "a\nb"] {
            let hostile = |factor: &mut Factor| factor.name = word.to_owned();
            assert!(fault_of(|plan| hostile(&mut plan.variants[0].factors[0])).is_some());
        }
    }
}
