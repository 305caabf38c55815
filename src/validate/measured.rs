//! Completion times that were measured, from a CSV file.

use std::io;

use crate::scenario::study::Placed;
use crate::scenario::{Scenario, ScenarioError, nearest_or_all};

/// The measured times of a group.
pub(super) struct Measured {
    /// Number of the group in the scenario.
    pub(super) group: usize,
    /// The times, those of all measured runs together.
    pub(super) times_s: Vec<f64>,
}

impl Measured {
    /// The times of `group` in `file`, whose text `read` gives.
    ///
    /// # Errors
    /// When there is no such group, or the file can't be read or has no times of it.
    pub(super) fn new(
        scenario: &Scenario,
        group: &Placed<String>,
        file: &Placed<String>,
        read: &dyn Fn(&str) -> io::Result<String>,
    ) -> Result<Self, ScenarioError> {
        let names = || scenario.groups.iter().map(|group| group.name.as_str());
        let Some(index) = names().position(|name| name == group.value) else {
            return Err(ScenarioError::at(
                &group.place,
                format!("there is no group `{}`", group.value),
                nearest_or_all(&group.value, names(), "the groups are"),
            ));
        };
        let unreadable = |why: &dyn std::fmt::Display| {
            ScenarioError::at(
                &file.place,
                format!("cannot read `{}`: {why}", file.value),
                "name a CSV file beside the scenario with the columns `group` and `completion_time_s`",
            )
        };
        let text = read(&file.value).map_err(|error| unreadable(&error))?;
        let times_s = times_s(&text, &group.value).map_err(|why| unreadable(&why))?;
        Ok(Self { group: index, times_s })
    }
}

/// The times of `group` in the table `text`, or what is wrong with it.
fn times_s(text: &str, group: &str) -> Result<Vec<f64>, String> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let headers = table.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.ok_or_else(|| format!("it has no column `{name}`"))
    };
    let (of_group, of_time) = (column("group")?, column("completion_time_s")?);
    let mut times = Vec::new();
    for row in table.records() {
        let row = row.map_err(|error| error.to_string())?;
        if &row[of_group] == group {
            let time = row[of_time].parse().ok().filter(|time: &f64| time.is_finite());
            times.push(time.ok_or_else(|| format!("`{}` is no number of seconds", &row[of_time]))?);
        }
    }
    if times.is_empty() {
        return Err(format!("it has no times of the group `{group}`"));
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::times_s;

    #[test]
    fn times_are_those_of_the_group() {
        let table = "run,group,completion_time_s\n1,slow,3.5\n1,fast,2\n2,slow,4\n";
        assert_eq!(times_s(table, "slow"), Ok(vec![3.5, 4.0]));
        let wrong = |table, group| times_s(table, group).expect_err("it is wrong");
        assert_eq!(wrong(table, "medium"), "it has no times of the group `medium`");
        assert_eq!(wrong("group,time\n", "slow"), "it has no column `completion_time_s`");
        assert_eq!(
            wrong("group,completion_time_s\na,x\n", "a"),
            "`x` is no number of seconds"
        );
    }
}
