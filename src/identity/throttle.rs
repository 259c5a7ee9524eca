//! Slowing down who guesses passwords, without shutting out whom they guess at.
//!
//! Failures are counted by name and address, by address, and by name. A device that the user has
//! logged in with before is counted by itself alone: strangers who fail with the name, or from the
//! same office, do not slow it down. The counts are in memory and bounded.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::UserName;

/// What failures are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counter {
    /// A name from an address.
    Pair(UserName, IpAddr),
    /// All names from an address.
    Address(IpAddr),
    /// A name from all addresses.
    Name(UserName),
    /// A known device.
    Device(String),
}

impl Counter {
    /// How many failures are free, and the longest delay after that, in seconds.
    fn limits(&self) -> (u32, i64) {
        match self {
            Self::Pair(..) | Self::Device(_) => (5, 15 * 60),
            // Many people may stand behind one address.
            Self::Address(_) => (30, 5 * 60),
            Self::Name(_) => (50, 60),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    last: DateTime<Utc>,
}

/// Counts are forgotten after this.
const MEMORY: TimeDelta = TimeDelta::hours(1);

/// The most counts that are kept, some 20 MB.
const MOST: usize = 100_000;

/// Counts of failed logins.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    counts: Mutex<HashMap<Counter, Count>>,
}

/// One attempt: counted as failed until it is known to be right, so that many at once do not slip
/// through.
#[derive(Debug)]
pub(super) struct Try(Vec<Counter>);

impl Throttle {
    /// Begins an attempt, or tells how many seconds it has to wait.
    pub(super) fn begin(
        &self,
        name: &UserName,
        address: IpAddr,
        device: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Try, i64> {
        let address = network(address);
        let counters = match device {
            Some(device) => vec![Counter::Device(device)],
            None => vec![
                Counter::Pair(name.clone(), address),
                Counter::Address(address),
                Counter::Name(name.clone()),
            ],
        };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = counters.iter().filter_map(|counter| Some(wait(counter, counts.get(counter)?, now))).max();
        if let Some(wait) = wait.filter(|wait| *wait > 0) {
            return Err(wait);
        }
        if counts.len() + counters.len() > MOST {
            make_room(&mut counts, now);
        }
        for counter in &counters {
            let count = counts.entry(counter.clone()).or_insert(Count { failures: 0, last: now });
            if now - count.last > MEMORY {
                count.failures = 0;
            }
            *count = Count { failures: count.failures.saturating_add(1), last: now };
        }
        Ok(Try(counters))
    }

    /// The attempt was right: it does not count, and what the person failed before is forgotten.
    pub(super) fn succeeded(&self, attempt: Try) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for counter in attempt.0 {
            if matches!(counter, Counter::Pair(..) | Counter::Device(_)) {
                counts.remove(&counter);
            } else if let Some(count) = counts.get_mut(&counter) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
    }
}

/// How many seconds are left to wait: twice as long with each failure.
fn wait(counter: &Counter, count: &Count, now: DateTime<Utc>) -> i64 {
    let (free, longest) = counter.limits();
    let Some(beyond) = count.failures.checked_sub(free) else { return 0 };
    let delay = 1_i64.checked_shl(beyond.min(30)).unwrap_or(longest).min(longest);
    let passed = (now - count.last).num_seconds();
    (delay - passed).max(0)
}

/// Whoever has a /64 of IPv6 has all its addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6([a, b, c, d, 0, 0, 0, 0].into())
        }
        four @ IpAddr::V4(_) => four,
    }
}

/// Forgets what is old; when that is not enough, the tenth that failed longest ago.
fn make_room(counts: &mut HashMap<Counter, Count>, now: DateTime<Utc>) {
    counts.retain(|_, count| now - count.last <= MEMORY);
    if counts.len() > MOST / 10 * 9 {
        let mut times: Vec<_> = counts.values().map(|count| count.last).collect();
        let (_, cut, _) = times.select_nth_unstable(MOST / 10);
        let cut = *cut;
        counts.retain(|_, count| count.last > cut);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-01-05T00:00:00Z".parse().unwrap()
    }

    fn name(text: &str) -> UserName {
        UserName::parse(text).unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn delays_grow_and_end() {
        let throttle = Throttle::default();
        let attempt = |at| throttle.begin(&name("kim"), ip("192.0.2.1"), None, at);
        for _ in 0..5 {
            attempt(now()).unwrap();
        }
        assert_eq!(attempt(now()).unwrap_err(), 1);
        let mut at = now();
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = attempt(at).unwrap_err();
            waits.push(wait);
            at += TimeDelta::seconds(wait);
            attempt(at).unwrap();
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert!(attempt(at + TimeDelta::hours(2)).is_ok());
        assert!(attempt(at + TimeDelta::hours(2)).is_ok(), "an hour later all is forgotten");
    }

    #[test]
    fn a_stranger_who_fails_slows_neither_another_address_nor_a_known_device() {
        let throttle = Throttle::default();
        for n in 0..40 {
            let _ = throttle.begin(&name("kim"), ip("203.0.113.9"), None, now() + TimeDelta::milliseconds(n));
        }
        assert!(throttle.begin(&name("kim"), ip("203.0.113.9"), None, now()).is_err());
        assert!(throttle.begin(&name("kim"), ip("192.0.2.1"), None, now()).is_ok(), "another address");
        assert!(
            throttle.begin(&name("kim"), ip("203.0.113.9"), Some("d".into()), now()).is_ok(),
            "the same office"
        );
        // From very many addresses the name as a whole is slowed down, but not the known device.
        for n in 0..60_u8 {
            let _ = throttle.begin(&name("kim"), IpAddr::from([198, 51, 100, n]), None, now());
        }
        assert!(throttle.begin(&name("kim"), ip("192.0.2.77"), None, now()).is_err());
        assert!(throttle.begin(&name("kim"), ip("192.0.2.77"), Some("d".into()), now()).is_ok());
        assert!(throttle.begin(&name("lee"), ip("192.0.2.77"), None, now()).is_ok(), "another name");
    }

    #[test]
    fn an_address_that_tries_many_names_is_slowed_down() {
        let throttle = Throttle::default();
        let refused = (0..40).filter(|n| {
            throttle.begin(&name(&format!("user{n}")), ip("2001:db8:1:2::1"), None, now()).is_err()
        });
        assert_eq!(refused.count(), 10);
        assert!(throttle.begin(&name("kim"), ip("2001:db8:1:2:ffff::9"), None, now()).is_err(), "its /64");
        assert!(throttle.begin(&name("kim"), ip("2001:db8:1:3::1"), None, now()).is_ok());
    }

    #[test]
    fn who_is_right_starts_anew() {
        let throttle = Throttle::default();
        let begin = || throttle.begin(&name("kim"), ip("192.0.2.1"), None, now());
        for _ in 0..4 {
            begin().unwrap();
        }
        throttle.succeeded(begin().unwrap());
        for _ in 0..5 {
            begin().unwrap();
        }
        assert!(begin().is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..150_000_u32 {
            let at = now() + TimeDelta::milliseconds(i64::from(n));
            let _ = throttle.begin(&name("kim"), IpAddr::from((0x0a00_0000 + n).to_be_bytes()), None, at);
        }
        let names = 120_000_u32;
        for n in 0..names {
            let at = now() + TimeDelta::minutes(10) + TimeDelta::milliseconds(i64::from(n));
            let _ = throttle.begin(
                &name(&format!("u{n}")),
                IpAddr::from((0x0b00_0000 + n).to_be_bytes()),
                None,
                at,
            );
            assert!(throttle.counts.lock().unwrap().len() <= MOST);
        }
    }
}
