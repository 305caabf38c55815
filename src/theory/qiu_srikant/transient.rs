//! How the fluid gets to where it rests. As long as the same thing limits it the fluid is linear, so that its way over a step is a closed
//! form: exact and stable however long the step is. A step in which another limit takes over is halved until that happens in a short one, or
//! makes no difference.

use super::Rates;

const ROWS: u32 = 400;
/// The shortest step, in units of the fastest rate.
const STEP: f64 = 0.01;
/// By such a share of a number it makes no difference which limit holds: the fluid may rest where two meet.
const SAME: f64 = 1e-10;

/// Leechers and seeds.
type State = [f64; 2];
type Matrix = [[f64; 2]; 2];

/// What limits completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    /// The downloads: cx.
    Downloads,
    /// The uploads: μ(ηx + y).
    Uploads,
    /// Arrivals: nobody waits, for downloads have no limit and seeds could serve more than come.
    Arrivals,
}

/// Rows of time, leechers and seeds from `start` on.
pub(super) fn rows(rates: &Rates, start: (f64, f64), horizon_s: f64) -> Vec<Vec<f64>> {
    let row_s = horizon_s / f64::from(ROWS);
    let transient = Transient::new(rates, row_s);
    let mut rows = vec![vec![0.0, start.0, start.1]];
    let mut state = transient.bounded([start.0, start.1]);
    for row in 1..=ROWS {
        state = transient.advance(state, 0);
        rows.push(vec![horizon_s * f64::from(row) / f64::from(ROWS), state[0], state[1]]);
    }
    rows
}

struct Transient<'r> {
    rates: &'r Rates,
    /// Steps by limit: the first as long as a row, each half as long as the one before.
    steps: [Vec<Step>; 3],
}

impl<'r> Transient<'r> {
    fn new(rates: &'r Rates, row_s: f64) -> Self {
        let finite = |rate: f64| if rate.is_finite() { rate } else { 0.0 };
        let fastest = rates.aborts + rates.upload + finite(rates.download) + leave(rates);
        let halvings = libm::log2(row_s * fastest / STEP).ceil().max(0.0) as usize;
        let steps = [Limit::Downloads, Limit::Uploads, Limit::Arrivals].map(|limit| {
            let (slope, constant) = flow(rates, limit);
            let mut step = Step::short(slope, constant, row_s / libm::exp2(halvings as f64));
            let mut steps = vec![step];
            for _ in 0..halvings {
                step = step.twice();
                steps.push(step);
            }
            steps.reverse();
            steps
        });
        Self { rates, steps }
    }

    /// Where the fluid is after a row halved `halvings` times.
    fn advance(&self, state: State, halvings: usize) -> State {
        let limit = self.limit(state);
        let steps = &self.steps[limit as usize];
        let end = self.bounded(steps[halvings].from(state));
        let Some(half) = steps.get(halvings + 1) else {
            return end;
        };
        let middle = self.bounded(half.from(state));
        let holds = |later: &State| {
            if !later.iter().all(|part| part.is_finite()) {
                return false;
            }
            let other = self.limit(*later);
            let by_other = || self.bounded(self.steps[other as usize][halvings].from(state));
            other == limit || are_same(end, by_other())
        };
        if holds(&middle) && holds(&end) {
            return end;
        }
        self.advance(self.advance(state, halvings + 1), halvings + 1)
    }

    fn limit(&self, [leechers, seeds]: State) -> Limit {
        let rates = self.rates;
        if leechers == 0.0 && rates.download.is_infinite() && rates.upload * seeds >= rates.arrivals {
            Limit::Arrivals
        } else if rates.download * leechers < rates.upload * (rates.effectiveness * leechers + seeds) {
            Limit::Downloads
        } else {
            Limit::Uploads
        }
    }

    /// No less than nobody, and no seeds where peers leave at once.
    fn bounded(&self, [leechers, seeds]: State) -> State {
        let seeds = if self.rates.linger_s == 0.0 { 0.0 } else { seeds };
        // Not `max`, which would make a number of what is none.
        [leechers, seeds].map(|part| if part < 0.0 { 0.0 } else { part })
    }
}

fn are_same(one: State, other: State) -> bool {
    one.into_iter().zip(other).all(|(a, b)| (a - b).abs() <= SAME * (a + b))
}

/// γ; 0 where peers leave at once and seeds are not counted.
fn leave(rates: &Rates) -> f64 {
    if rates.linger_s == 0.0 {
        0.0
    } else {
        1.0 / rates.linger_s
    }
}

/// How the slope of the fluid hangs on its state, and the rest of it.
fn flow(rates: &Rates, limit: Limit) -> (Matrix, State) {
    let (by_leecher, by_seed, constant) = match limit {
        Limit::Downloads => (rates.download, 0.0, 0.0),
        Limit::Uploads => (rates.upload * rates.effectiveness, rates.upload, 0.0),
        Limit::Arrivals => (0.0, 0.0, rates.arrivals),
    };
    let of_leechers = [-rates.aborts - by_leecher, -by_seed];
    if rates.linger_s == 0.0 {
        return ([of_leechers, [0.0, 0.0]], [rates.arrivals - constant, 0.0]);
    }
    let slope = [of_leechers, [by_leecher, by_seed - leave(rates)]];
    (slope, [rates.arrivals - constant, constant])
}

/// What a step adds to a state: a part that is linear in it, and a constant one. Kept apart from the state itself, so that slow changes
/// are not lost in rounding.
#[derive(Clone, Copy)]
struct Step {
    linear: Matrix,
    constant: State,
}

impl Step {
    /// A step so short that a few terms of the series are all of it: e^(Ah) − 1 = Ah·φ and h·φ·b with φ = 1 + Ah/2 + (Ah)²/6 + …
    fn short(slope: Matrix, constant: State, step_s: f64) -> Self {
        let slope = slope.map(|row| row.map(|value| value * step_s));
        let mut series = [[1.0, 0.0], [0.0, 1.0]];
        for term in [6.0, 5.0, 4.0, 3.0, 2.0] {
            let next = product(slope, series);
            series = [
                [1.0 + next[0][0] / term, next[0][1] / term],
                [next[1][0] / term, 1.0 + next[1][1] / term],
            ];
        }
        Self {
            linear: product(slope, series),
            constant: applied(series, constant).map(|part| part * step_s),
        }
    }

    /// Two of it.
    fn twice(self) -> Self {
        let square = product(self.linear, self.linear);
        let more = applied(self.linear, self.constant);
        Self {
            linear: [0, 1].map(|i| [0, 1].map(|j| 2.0 * self.linear[i][j] + square[i][j])),
            constant: [0, 1].map(|i| 2.0 * self.constant[i] + more[i]),
        }
    }

    fn from(&self, state: State) -> State {
        let change = applied(self.linear, state);
        [0, 1].map(|i| state[i] + change[i] + self.constant[i])
    }
}

fn product(a: Matrix, b: Matrix) -> Matrix {
    a.map(|row| [0, 1].map(|j| row[0] * b[0][j] + row[1] * b[1][j]))
}

fn applied(a: Matrix, state: State) -> State {
    a.map(|row| row[0] * state[0] + row[1] * state[1])
}

#[cfg(test)]
mod tests {
    use super::super::tests::experiment;
    use super::*;

    /// The same way in a million steps along the slope, as the equations are written.
    fn along_the_slope(rates: &Rates, start: (f64, f64), horizon_s: f64) -> State {
        const STEPS: u32 = 1_000_000;
        let step_s = horizon_s / f64::from(STEPS);
        let (mut x, mut y) = start;
        for _ in 0..STEPS {
            let could = rates.upload * (rates.effectiveness * x + y);
            // Without a limit of downloads nobody completes faster than they come when nobody is there.
            let waits = x > 0.0 || rates.download.is_finite();
            let most = if waits { rates.download * x } else { rates.arrivals };
            let done = could.min(most);
            x = (x + step_s * (rates.arrivals - rates.aborts * x - done)).max(0.0);
            y += step_s * (done - y * leave(rates));
        }
        [x, y]
    }

    #[test]
    fn the_way_is_that_of_the_equations() {
        let unlimited = Rates {
            download: f64::INFINITY,
            ..experiment(0.4, 0.005).rates
        };
        let cases = [
            (experiment(0.4, 0.005).rates, (0.0, 1.0), 800.0),
            (experiment(0.4, 0.001).rates, (300.0, 0.0), 1500.0),
            (experiment(0.4, 0.005).rates, (0.0, 900.0), 600.0),
            // Nobody waits as long as 1000 seeds serve all that come.
            (unlimited, (0.0, 1000.0), 150.0),
            (unlimited, (0.0, 1000.0), 900.0),
        ];
        for (rates, start, horizon_s) in cases {
            let expected = along_the_slope(&rates, start, horizon_s);
            let rows = rows(&rates, start, horizon_s);
            let last = rows.last().expect("rows");
            for (got, expected) in last[1..].iter().zip(expected) {
                assert!(
                    (got - expected).abs() < 0.01 + 1e-3 * expected,
                    "{rates:?}: {last:?}, not {expected}"
                );
            }
        }
    }

    #[test]
    fn it_ends_in_the_steady_state_however_long_it_is_and_however_fast_peers_leave() {
        // At 300 s uploads and downloads limit the swarm alike.
        for linger_s in [0.0, 1e-3, 1.0, 200.0, 300.0, 799.0, 1000.0, 1e5] {
            for horizon_s in [1e5, 3e6, 3e8] {
                let rates = Rates {
                    linger_s,
                    ..experiment(0.4, 0.005).rates
                };
                let fixed = rates.fixed_point().expect("a fixed point");
                let rows = rows(&rates, (0.0, 1.0), horizon_s);
                assert!(rows.iter().flatten().all(|value| value.is_finite() && *value >= 0.0));
                // Seeds that stay for a day are not all there after one.
                if horizon_s < 20.0 * linger_s {
                    continue;
                }
                let last = rows.last().expect("rows");
                let off = [last[1] - fixed.leechers, last[2] - fixed.seeds].map(f64::abs);
                assert!(
                    off[0] <= 1e-6 * fixed.leechers && off[1] <= 1e-6 * fixed.seeds,
                    "{linger_s} {horizon_s}: {last:?}, not {fixed:?}"
                );
            }
        }
    }
}
