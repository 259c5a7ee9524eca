//! How often and how patiently a refused mail is tried again.

use std::time::Duration;

/// How often and how patiently a mail is tried again that was refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many attempts in all, at least one.
    pub attempts: u32,
    /// The pause after the first; each further one is three times as long.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 5, first_pause: Duration::from_secs(5), longest_pause: Duration::from_mins(5) }
    }
}

impl RetryPolicy {
    /// The pause after attempt number `attempt` (from 1), or `None` when that was the last.
    pub fn pause_after(&self, attempt: u32) -> Option<Duration> {
        (attempt < self.attempts).then(|| {
            let factor = 3u32.saturating_pow(attempt.saturating_sub(1));
            self.first_pause.saturating_mul(factor).min(self.longest_pause)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_end() {
        let policy = RetryPolicy::default();
        let pauses: Vec<_> =
            (1..=6).map(|attempt| policy.pause_after(attempt).map(|p| p.as_secs())).collect();
        assert_eq!(pauses, [Some(5), Some(15), Some(45), Some(135), None, None]);
        let patient = RetryPolicy { attempts: 1000, ..policy };
        assert_eq!(patient.pause_after(999), Some(Duration::from_mins(5)));
    }
}
