//! What scenarios expect by a closed form is what `src/theory` computes: each formula has one source.

use std::path::Path;

use swarmsim::scenario::expect::{Expectation, Target};
use swarmsim::scenario::{LoadOptions, Parsed, Scenario};
use swarmsim::theory::{Misfit, Report, Value, guo, hajek_zhu, kurose_ross, mundinger, qiu_srikant, yang_de_veciana};
use swarmsim::validate::LIBRARY;

/// Expected numbers may be rounded by so much of their size.
const ROUNDED: f64 = 1e-3;

type Theory = fn(&Scenario) -> Result<Report, Misfit>;

const KUROSE_ROSS: Theory = |scenario| kurose_ross::Numbers::from_scenario(scenario)?.report();
const QIU_SRIKANT: Theory = |scenario| qiu_srikant::Numbers::from_scenario(scenario)?.report();
const HAJEK_ZHU: Theory = |scenario| hajek_zhu::Numbers::from_scenario(scenario)?.report();
const MUNDINGER: Theory = |scenario| mundinger::Numbers::from_scenario(scenario)?.report();
const YANG: Theory = |scenario| yang_de_veciana::Numbers::from_scenario(scenario)?.report();
const GUO: Theory = |scenario| guo::Numbers::from_scenario(scenario)?.report();

/// Result, theory, symbol of its report, and the numbers that a scenario expects when that is so large.
type Row = (&'static str, Theory, &'static str, fn(f64) -> Vec<f64>);

const SAME: fn(f64) -> Vec<f64> = |value| vec![value];
/// Share of those that give up at a rate of θ = 0.001 /s within a mean stay.
const GIVE_UP_WITHIN: fn(f64) -> Vec<f64> = |stay_s| vec![0.001 * stay_s];
/// The same within a download of fixed length.
const GIVE_UP_BEFORE: fn(f64) -> Vec<f64> = |download_s| vec![-libm::expm1(-0.001 * download_s)];
/// A club of 500 that grows for 4000 s.
const CLUB: fn(f64) -> Vec<f64> = |growth| vec![500.0 + 4000.0 * growth];
const WITH_ORIGIN: fn(f64) -> Vec<f64> = |seeds| vec![seeds + 1.0];
const WITHIN_3: fn(f64) -> Vec<f64> = |rounds| vec![rounds, 1.03 * rounds];
const BY_LOT: fn(f64) -> Vec<f64> = |rounds| vec![1.07 * rounds, 1.3 * rounds];
const A_SECOND: fn(f64) -> Vec<f64> = |doubling_s| vec![1.0 / doubling_s];

const ROWS: [Row; 40] = [
    ("KR-1", KUROSE_ROSS, "D_cs", SAME),
    ("KR-4 bound N=10 u=2", KUROSE_ROSS, "D_P2P", SAME),
    ("KR-4 bound N=10 u=10", KUROSE_ROSS, "D_P2P", SAME),
    ("KR-4 bound N=10 u=100", KUROSE_ROSS, "D_P2P", SAME),
    ("KR-4 bound N=100 u=2", KUROSE_ROSS, "D_P2P", SAME),
    ("KR-4 bound N=100 u=10", KUROSE_ROSS, "D_P2P", SAME),
    ("KR-4 bound N=100 u=100", KUROSE_ROSS, "D_P2P", SAME),
    ("QS-1", QIU_SRIKANT, "T", SAME),
    ("QS-1 100", QIU_SRIKANT, "T", SAME),
    ("QS-2", QIU_SRIKANT, "T", GIVE_UP_WITHIN),
    ("QS-2 bytes", QIU_SRIKANT, "d_F", GIVE_UP_BEFORE),
    ("QS-2 leechers here", QIU_SRIKANT, "x_F", SAME),
    ("QS-2 seeds here", QIU_SRIKANT, "y_F", WITH_ORIGIN),
    ("QS-3", QIU_SRIKANT, "T", GIVE_UP_WITHIN),
    ("QS-3 bytes", QIU_SRIKANT, "d_F", GIVE_UP_BEFORE),
    ("QS-3 leechers here", QIU_SRIKANT, "x_F", SAME),
    ("QS-3 seeds here", QIU_SRIKANT, "y_F", WITH_ORIGIN),
    ("QS-4 few", QIU_SRIKANT, "T", SAME),
    ("QS-5 100", QIU_SRIKANT, "η", |eta| vec![eta - 0.03]),
    ("QS-5 400", QIU_SRIKANT, "η", |eta| vec![eta - 0.03]),
    ("QS-6 A leechers", QIU_SRIKANT, "Var x", SAME),
    ("QS-6 A seeds", QIU_SRIKANT, "Var y", SAME),
    ("QS-6 A both", QIU_SRIKANT, "Cov", SAME),
    ("QS-6 B leechers", QIU_SRIKANT, "Var x", SAME),
    ("QS-6 B seeds", QIU_SRIKANT, "Var y", SAME),
    ("QS-6 B both", QIU_SRIKANT, "Cov", SAME),
    ("GUO-1", GUO, "life", SAME),
    ("HZ-1 λ=1.5", HAJEK_ZHU, "growth", CLUB),
    ("HZ-1 λ=2", HAJEK_ZHU, "growth", CLUB),
    ("HZ-2 λ=3", HAJEK_ZHU, "growth", CLUB),
    ("HZ-2 λ=5", HAJEK_ZHU, "growth", CLUB),
    ("MWW-1 N=64", MUNDINGER, "rounds", WITHIN_3),
    ("MWW-1 N=1000", MUNDINGER, "rounds", WITHIN_3),
    ("MWW-1 M=10", MUNDINGER, "rounds", |rounds| vec![rounds, 1.1 * rounds]),
    ("MWW-1 random", MUNDINGER, "rounds", BY_LOT),
    ("MWW-1 random server", MUNDINGER, "rounds", BY_LOT),
    ("YV-1 M=10", YANG, "τ", A_SECOND),
    ("YV-1 M=100", YANG, "τ", A_SECOND),
    ("YV-1 M=400", YANG, "τ", A_SECOND),
    ("YV-1 swarm", YANG, "τ", A_SECOND),
];

/// The expectation `id`, and the scenario that it is about.
fn expectation(id: &str) -> (Expectation, Scenario) {
    let options = LoadOptions::default();
    for (name, text) in LIBRARY {
        let parsed = Parsed::new(text, name, Path::new(""), &options).expect("TOML");
        let expectations = parsed.load(&[]).expect("a valid scenario").expectations;
        if let Some(found) = expectations.into_iter().find(|expectation| expectation.id == id) {
            let scenario = parsed.load(&found.set).expect("a valid scenario").scenario;
            return (found, scenario);
        }
    }
    panic!("no scenario expects {id}")
}

#[test]
fn expected_numbers_are_those_of_the_theory() {
    for (id, theory, symbol, follows) in ROWS {
        let (expectation, scenario) = expectation(id);
        let report = theory(&scenario).unwrap_or_else(|misfit| panic!("{id}: {misfit}"));
        let line = report
            .results
            .iter()
            .chain(&report.given)
            .find(|line| line.symbol == symbol);
        let Some(Value::Number { value, .. }) = line.map(|line| &line.value) else {
            panic!("{id}: the report has no number {symbol}")
        };
        let expected = match expectation.target {
            Target::Value { value, .. } => vec![value],
            Target::Bounds { above, below, .. } => {
                [above, below].into_iter().filter(|bound| bound.is_finite()).collect()
            }
            other => panic!("{id} expects {other:?}"),
        };
        let computed = follows(*value);
        assert_eq!(expected.len(), computed.len(), "{id}");
        for (expected, computed) in expected.iter().zip(computed) {
            let off = (expected - computed).abs();
            assert!(
                off <= ROUNDED * computed.abs().max(1.0),
                "{id}: {expected}, not {computed}"
            );
        }
    }
}
