//! A run becomes a record: played without tables, its warm-up cut off, its figures by name.

use serde::Serialize;
use serde_json::{Map, Value};

use super::warm_up::{cut, warm_up};
use crate::engine::observer::{Both, Observer, PeerRecord, Sample};
use crate::engine::{Control, Ending, Progress, RunFault, RunOptions};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::tally::share;
use crate::metrics::{Accounts, Summary};
use crate::runner;
use crate::scenario::Scenario;
use crate::scenario::study::WarmUp;
use crate::store::{RunId, RunRecord};
use crate::units::{SimDuration, SimTime};

/// Steps between the smallest and the largest completion time.
pub(super) const QUANTILE_STEPS: u32 = 100;

/// Plays `runs`, each given by its number and scenario, and leaves out of all of them the longest of their warm-ups by `rule`, so that they count the same peers. With
/// each record comes an observer from `observer` that has seen the whole run. Nothing if `watch` stopped one.
///
/// # Errors
/// When a choker is unknown or the simulator has a defect.
pub(super) fn replicate<O: Observer>(
    runs: &[(RunId, Scenario)],
    rule: WarmUp,
    options: &RunOptions,
    observer: &dyn Fn(RunId, &Scenario) -> O,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Vec<(RunRecord, O)>, RunFault> {
    let mut played = Vec::new();
    for (id, scenario) in runs {
        let collector = Collector {
            accounts: Accounts::new(scenario),
            series: (rule != WarmUp::None).then(Series::default),
        };
        let mut both = Both(collector, observer(*id, scenario));
        runner::observe(scenario, options.clone(), &mut both, watch)?;
        played.push((*id, both));
    }
    let spans = played.iter().map(|(_, Both(collector, _))| collector.warm_up(rule));
    let longest = spans.max().unwrap_or(SimDuration::ZERO);
    let records = played
        .into_iter()
        .map(|(id, Both(collector, observer))| Some((collector.record(id, longest)?, observer)));
    Ok(records.collect::<Option<Vec<_>>>().unwrap_or_default())
}

fn fields(record: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        other => unreachable!("figures are an object, not {other:?}"),
    }
}

/// Counts as it goes where nothing is cut; else it keeps what it needs to count once the cut is known.
struct Collector<'a> {
    accounts: Accounts<'a>,
    series: Option<Series>,
}

/// A run as far as a cut needs it.
#[derive(Default)]
struct Series {
    times: Vec<SimTime>,
    leechers: Vec<f64>,
    sent: Vec<Sent>,
    peers: Vec<PeerRecord>,
}

/// Bytes sent, and that could have been sent, up to a sample.
#[derive(Clone, Copy)]
struct Sent {
    leechers: u64,
    leechers_could: f64,
    seeds: u64,
    seeds_could: f64,
}

impl<'a> Collector<'a> {
    /// How long the warm-up takes by `rule`.
    fn warm_up(&self, rule: WarmUp) -> SimDuration {
        let series = self.series.as_ref();
        series.map_or(SimDuration::ZERO, |series| {
            warm_up(rule, &series.times, &series.leechers)
        })
    }

    /// The record of run `id` without its first `span`; `None` if it was stopped.
    fn record(self, id: RunId, span: SimDuration) -> Option<RunRecord> {
        let (accounts, summary, cut_s) = self.finish(span);
        if summary.outcome == Ending::Interrupted {
            return None;
        }
        let groups = summary.groups.iter().map(fields).collect();
        let mut fields = fields(&summary);
        fields.remove("groups");
        if cut_s.is_some() {
            // Seeds that were there before the cut count no more, and what they sent after it is not known.
            fields.insert("seed_sent_bytes".to_owned(), Value::Null);
        }
        Some(RunRecord {
            variant: id.variant,
            run: id.run,
            cut_s,
            summary: fields,
            groups,
            completion_quantiles_s: accounts.completion_quantiles_s(QUANTILE_STEPS),
        })
    }

    /// The accounts, what they come to, and where the run was cut.
    fn finish(mut self, span: SimDuration) -> (Accounts<'a>, Summary, Option<f64>) {
        let Some(series) = self.series.take() else {
            let summary = self.accounts.summary();
            return (self.accounts, summary, None);
        };
        let cut = cut(span, &series.times);
        let from = cut.map_or(SimTime::ZERO, |index| series.times[index]);
        let counted = series.peers.iter().filter(|peer| peer.joined >= from);
        counted.for_each(|peer| self.accounts.peer_record(peer));
        let mut summary = self.accounts.summary();
        if let (Some(start), Some(end)) = (cut.map(|index| series.sent[index]), series.sent.last()) {
            let leechers = (end.leechers - start.leechers, end.leechers_could - start.leechers_could);
            let seeds = (end.seeds - start.seeds, end.seeds_could - start.seeds_could);
            summary.swarm.leecher_utilisation = share(leechers.0, leechers.1);
            summary.swarm.utilisation = share(leechers.0 + seeds.0, leechers.1 + seeds.1);
            // These are of a whole run.
            (summary.makespan_s, summary.lower_bound_s) = (None, None);
            (summary.makespan_over_bound, summary.longest_pause_s) = (None, None);
        }
        (self.accounts, summary, cut.map(|_| from.as_secs_f64()))
    }
}

impl Observer for Collector<'_> {
    fn joined(&mut self, now: SimTime, peer: PeerId, group: GroupIx, upload: f64, download: f64, chunks: u32) {
        self.accounts.joined(now, peer, group, upload, download, chunks);
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        match &mut self.series {
            Some(series) => series.peers.push(*record),
            None => self.accounts.peer_record(record),
        }
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        self.accounts.sample(sample);
        if let Some(series) = &mut self.series {
            series.times.push(sample.now);
            series.leechers.push(f64::from(sample.leechers));
            series.sent.push(Sent {
                leechers: sample.leecher_sent_bytes,
                leechers_could: sample.leecher_capacity_bytes,
                seeds: sample.seed_sent_bytes,
                seeds_could: sample.seed_capacity_bytes,
            });
        }
    }

    fn ended(&mut self, now: SimTime, ending: Ending) {
        self.accounts.ended(now, ending);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::observer::NoObserver;
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::scenario::model::Arrival;

    const ID: RunId = RunId { variant: 1, run: 4 };

    /// A seed and a leecher every 20 s or so for an hour.
    fn open() -> Scenario {
        let mut arriving = leechers();
        arriving.arrival = Arrival::Poisson {
            per_sec: 0.05,
            from: SimTime::ZERO,
            until: None,
            count: None,
        };
        scenario(vec![seeds(), arriving])
    }

    fn play(scenario: &Scenario, warm_up: WarmUp) -> RunRecord {
        let runs = [(ID, scenario.clone())];
        let played = replicate(&runs, warm_up, &RunOptions::default(), &|_, _| NoObserver, &mut |_| {
            Control::Continue
        });
        played.expect("no defect").pop().expect("not stopped").0
    }

    fn count(record: &RunRecord, column: &str) -> u64 {
        record.summary[column].as_u64().expect("a count")
    }

    #[test]
    fn a_run_without_cut_says_what_summary_csv_says() {
        let record = play(&scenario(vec![seeds(), leechers()]), WarmUp::None);
        assert_eq!((record.id(), record.cut_s, record.groups.len()), (ID, None, 2));
        assert_eq!((count(&record, "completed"), count(&record, "peers")), (2, 3));
        assert_eq!(record.completion_quantiles_s.len(), 101);
        let last = record.completion_quantiles_s.last().copied();
        assert_eq!(last, record.summary["completion_last_s"].as_f64());
        assert!(!record.summary.contains_key("groups"));
    }

    #[test]
    fn peers_before_the_cut_do_not_count() {
        let whole = play(&open(), WarmUp::None);
        let cut = play(&open(), WarmUp::Until(SimDuration::from_secs(1801)));
        assert_eq!(cut.cut_s, Some(1810.0));
        let (all, later) = (count(&whole, "peers"), count(&cut, "peers"));
        // The seed and half of about 180 arrivals are left out.
        assert!(later < all * 6 / 10 && later > all * 4 / 10, "{later} of {all}");
        assert_eq!(count(&cut, "initial_seeds"), 0);
        for column in ["seed_load", "seed_sent_bytes", "makespan_s", "longest_pause_s"] {
            assert!(cut.summary[column].is_null(), "{column}");
        }
        let utilisation = cut.summary["utilisation"].as_f64().expect("defined");
        assert!(utilisation > 0.0 && utilisation <= 1.0, "{utilisation}");
    }

    #[test]
    fn one_that_keeps_all_counts_all() {
        let (whole, kept) = (
            play(&open(), WarmUp::None),
            play(&open(), WarmUp::Until(SimDuration::ZERO)),
        );
        assert_eq!(whole, kept);
        let closed = scenario(vec![seeds(), leechers()]);
        let kept = play(&closed, WarmUp::Until(SimDuration::ZERO));
        assert_eq!(kept, play(&closed, WarmUp::None));
        assert!(kept.summary["makespan_over_bound"].is_number());
    }

    #[test]
    fn runs_that_belong_together_are_cut_where_the_last_of_them_is_steady() {
        let alone = play(&open(), WarmUp::Mser5).cut_s.unwrap_or(0.0);
        // Arrivals begin after twenty minutes: more must be cut.
        let mut late = open();
        late.groups[1].arrival = Arrival::Poisson {
            per_sec: 0.05,
            from: SimTime(1_200_000_000_000),
            until: None,
            count: None,
        };
        let late_alone = play(&late, WarmUp::Mser5).cut_s.expect("cut");
        assert!(late_alone > alone && late_alone >= 1200.0, "{alone} {late_alone}");
        let runs = [0, 1].map(|variant| RunId { variant, run: 4 });
        let runs = [(runs[0], open()), (runs[1], late)];
        let together = replicate(
            &runs,
            WarmUp::Mser5,
            &RunOptions::default(),
            &|_, _| NoObserver,
            &mut |_| Control::Continue,
        );
        let cuts: Vec<_> = together
            .expect("no defect")
            .iter()
            .map(|(record, _)| record.cut_s)
            .collect();
        assert_eq!(cuts, [Some(late_alone); 2]);
    }

    #[test]
    fn a_stopped_run_is_none() {
        // An hour has enough events for the watcher to be asked.
        let runs = [(ID, open())];
        let played = replicate(
            &runs,
            WarmUp::None,
            &RunOptions::default(),
            &|_, _| NoObserver,
            &mut |_| Control::Stop,
        );
        assert!(played.expect("no defect").is_empty());
    }
}
