//! How often and how patiently a refused mail is tried again.

use std::time::Duration;

/// How often and how patiently a mail is tried again that was refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many attempts in all, at least one.
    pub attempts: u32,
    /// The pause after the first; each further one is three times as long, more or less.
    pub first_pause: Duration,
    /// The longest pause, more or less.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        // Servers that refuse strangers at first (greylisting) take them after five to fifteen minutes.
        Self { attempts: 8, first_pause: Duration::from_secs(5), longest_pause: Duration::from_mins(5) }
    }
}

impl RetryPolicy {
    /// The pause after attempt number `attempt` (from 1), or `None` when that was the last. By `seed` it is up to a
    /// quarter shorter or longer, so that runs that were refused together do not come back together.
    pub fn pause_after(&self, attempt: u32, seed: u128) -> Option<Duration> {
        (attempt < self.attempts).then(|| {
            let factor = 3u32.saturating_pow(attempt.saturating_sub(1));
            let pause = self.first_pause.saturating_mul(factor).min(self.longest_pause);
            let share = (seed.rotate_right(attempt.saturating_mul(8)) & 0xff) as f64 / 255.0;
            pause.mul_f64(0.75 + share / 2.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_end() {
        let policy = RetryPolicy::default();
        let pauses = |seed: u128| -> Vec<Option<f64>> {
            (1..=8).map(|attempt| policy.pause_after(attempt, seed).map(|p| p.as_secs_f64())).collect()
        };
        let low = [Some(3.75), Some(11.25), Some(33.75), Some(101.25)];
        assert_eq!((&pauses(0)[..4], pauses(0)[6], pauses(0)[7]), (&low[..], Some(225.0), None));
        let high = [Some(6.25), Some(18.75), Some(56.25), Some(168.75)];
        assert_eq!((&pauses(u128::MAX)[..4], pauses(u128::MAX)[6]), (&high[..], Some(375.0)));
        // Together they outlast a server that refuses strangers for a quarter of an hour, or nearly.
        let all: f64 = pauses(u128::MAX / 2).into_iter().flatten().sum();
        assert!(all > 13.0 * 60.0, "{all}");
    }

    #[test]
    fn runs_that_were_refused_together_come_back_one_by_one() {
        let policy = RetryPolicy::default();
        let pauses: std::collections::BTreeSet<_> =
            (0..100u128).map(|n| policy.pause_after(1, n * 0x0123_4567_89ab_cdef_0123)).collect();
        assert!(pauses.len() > 50, "{}", pauses.len());
    }
}
