//! Past instants of a schedule, to be made again.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Rule;
use crate::runs::days;
use crate::runs::store::{Repeat, Run, RunState};

/// What there is to do for a past instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is made again, for those that the case says.
    Make(Repeat),
    /// It was made again before.
    Done,
    /// Its run is under way, or waits for its data.
    Busy(RunState),
}

impl Step {
    /// What there is to do for an instant whose latest attempt is `latest`. What was made again for some only is
    /// carried on; what was for all is made once more only if `again` says so.
    pub fn of(latest: Option<&Run>, again: bool) -> Self {
        match latest {
            Some(run) if !run.state.is_final() => Self::Busy(run.state),
            Some(run) if run.origin.is_some() => match run.state {
                RunState::Succeeded | RunState::Skipped if again => Self::Make(Repeat::Everyone),
                RunState::Succeeded | RunState::Skipped => Self::Done,
                _ => Self::Make(Repeat::Unsent),
            },
            _ => Self::Make(Repeat::Everyone),
        }
    }
}

/// The instants of a rule from one day to another in its zone, both included, that have passed, oldest first.
pub fn passed(rule: &Rule, from: NaiveDate, through: NaiveDate, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let (Some(first), Some(end)) = (days::begins(from, rule.zone()), days::ends(through, rule.zone())) else {
        return Vec::new();
    };
    let instants = rule.after(first - TimeDelta::milliseconds(1)).map(|instant| instant.to_utc());
    instants.take_while(|instant| *instant < end && *instant <= now).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_rule_and_what_is_to_come_is_left_out() {
        let rule = Rule::parse("0 0,8 * * *", "Asia/Seoul").unwrap();
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let found = passed(&rule, day("2026-01-05"), day("2026-01-06"), at("2026-01-06T05:00:00+09:00"));
        let expected =
            ["2026-01-05T00:00:00+09:00", "2026-01-05T08:00:00+09:00", "2026-01-06T00:00:00+09:00"];
        assert_eq!(found, expected.map(at));
        assert!(passed(&rule, day("2026-01-06"), day("2026-01-05"), at("2027-01-01T00:00:00Z")).is_empty());
    }
}
