//! Which runs have lost their instance.
//!
//! An instance renews the leases of its runs. Clocks of machines differ, and are set, so no lease is compared with a
//! clock: a run whose lease changes is alive, whatever it says.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::store::{Lease, RunId};

/// What one instance has seen of the leases of all.
#[derive(Debug, Default)]
pub struct Leases {
    /// Each with since when it is the same.
    seen: HashMap<RunId, (Lease, Instant)>,
    looked: Option<Instant>,
}

impl Leases {
    /// Takes the leases of all runs under way as they are `now`; answers with the runs whose lease has been the same for
    /// longer than `lease`.
    ///
    /// If more than that has passed since the last look, nobody knows who slept, this instance or the others, and the
    /// time begins anew.
    pub fn silent(&mut self, leases: Vec<Lease>, lease: Duration, now: Instant) -> Vec<RunId> {
        let slept = self.looked.is_none_or(|looked| now.duration_since(looked) > lease);
        self.looked = Some(now);
        let mut before = std::mem::take(&mut self.seen);
        let mut silent = Vec::new();
        for next in leases {
            let same = before.remove(&next.run).filter(|(seen, _)| !slept && *seen == next);
            let since = same.map_or(now, |(_, since)| since);
            if now.duration_since(since) > lease {
                silent.push(next.run);
            }
            self.seen.insert(next.run, (next, since));
        }
        silent
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    #[test]
    fn a_run_is_alive_while_its_lease_changes_whatever_it_says() {
        let clock: DateTime<Utc> = "2026-01-05T08:00:00Z".parse().unwrap();
        let (alive, dead) = (RunId::new(clock), RunId::new(clock));
        let begun = Instant::now();
        let mut leases = Leases::default();
        // By a clock that is set back and forth; the other died with a lease of a day.
        let clocks = [0, 86_410, 86_420, 30, -86_000, -86_000 + 10_800, -75_190];
        for (step, seconds) in clocks.into_iter().enumerate() {
            let seen = vec![
                Lease { run: alive, until: Some(clock + TimeDelta::seconds(seconds)) },
                Lease { run: dead, until: Some(clock + TimeDelta::days(1)) },
            ];
            let now = begun + Duration::from_secs(10) * u32::try_from(step).unwrap();
            let expected = if step > 3 { vec![dead] } else { Vec::new() };
            assert_eq!(leases.silent(seen, LEASE, now), expected, "look {step}");
        }
    }

    #[test]
    fn after_a_sleep_everybody_has_the_time_of_a_lease_again() {
        let run = RunId::new(DateTime::UNIX_EPOCH);
        let seen = || vec![Lease { run, until: None }];
        let begun = Instant::now();
        let mut leases = Leases::default();
        let mut at = |seconds| leases.silent(seen(), LEASE, begun + Duration::from_secs(seconds));
        assert_eq!(at(0), []);
        assert_eq!(at(15), []);
        assert_eq!(at(300), [], "the machine was suspended");
        assert_eq!(at(315), []);
        assert_eq!(at(331), [run]);
    }
}
