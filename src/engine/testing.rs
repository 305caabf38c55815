//! What holds after every run, whatever its mode.

use crate::engine::observer::{Ending, PeerRecord};
use crate::engine::{Control, Progress};
use crate::scenario::Scenario;
use crate::scenario::model::Group;
use crate::units::SimTime;

/// Says whether to go on with `scenario`, which must be small: one that hangs, with ever more events, has more than `questions_max` questions, fails and is shown.
pub(crate) fn unless_it_hangs(scenario: &Scenario, questions_max: u32) -> impl FnMut(&Progress) -> Control {
    let mut questions = 0;
    move |progress| {
        questions += 1;
        assert!(
            questions <= questions_max,
            "it has more events than so small a swarm can have: {progress:?}\n{}",
            scenario.to_toml()
        );
        Control::Continue
    }
}

/// Checks that a run of `scenario`, which `ended` so, ended in time, and that those who came are `peers`: all that were to come, each once.
pub(crate) fn assert_all_accounted_for(scenario: &Scenario, peers: &[PeerRecord], ended: Option<(SimTime, Ending)>) {
    let (end, ending) = ended.expect("it has ended");
    assert!(end <= SimTime::ZERO + scenario.run.time_limit, "it ended at {end}");
    let cut_short = matches!(ending, Ending::Dead { .. } | Ending::TimeLimit);
    for (group, expected) in scenario.groups.iter().map(Group::count_known).enumerate() {
        let came = peers.iter().filter(|p| p.group.ix() == group).count();
        let fits = expected.is_none_or(|expected| {
            let expected = expected as usize;
            came == expected || (cut_short && came < expected)
        });
        assert!(fits, "{came} peers of group {group} came, not {expected:?}");
    }
    let mut ids: Vec<_> = peers.iter().map(|p| p.id.0 as usize).collect();
    ids.sort_unstable();
    assert!(
        ids.into_iter().eq(0..peers.len()),
        "everyone who came is accounted for once"
    );
    for p in peers {
        assert!(p.completed.is_none() || p.chunks_at_end as usize == scenario.file.chunks());
        assert!(p.wasted_bytes <= p.downloaded_bytes);
    }
}
