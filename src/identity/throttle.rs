//! Slowing down who guesses passwords, without shutting out whom they guess at.
//!
//! Failures are counted by name and address, and by address; of IPv6 by each 64 and 48 bits, because whoever has the
//! one address has them all. A name that many fail with is under attack: then each address has to wait after its first
//! failure, but for itself alone, so that however many attack, whoever comes from elsewhere is heard. A device that the
//! user has logged in with before is counted by itself alone: strangers who fail with the name, or from the same office,
//! do not slow it down. The counts are in memory and bounded.

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
    /// A name from the network around an address.
    NetworkPair(UserName, IpAddr),
    /// All names from an address.
    Address(IpAddr),
    /// All names from the network around an address.
    Network(IpAddr),
    /// A name from all addresses. Nobody waits for it: it tells that the name is under attack.
    Name(UserName),
    /// A known device.
    Device(String),
}

/// How many fail with a name until it is under attack.
const ATTACKED: u32 = 50;

/// How failures slow down.
struct Pace {
    /// How many are free.
    free: u32,
    /// The first delay, in seconds; it doubles with each failure.
    first: i64,
    /// The longest delay, in seconds.
    longest: i64,
}

impl Counter {
    /// How failures slow down; `attacked` says whether the name is under attack.
    fn pace(&self, attacked: bool) -> Option<Pace> {
        let pace = |free, first, longest| Some(Pace { free, first, longest });
        match self {
            Self::Pair(..) if attacked => pace(1, 30, 15 * 60),
            Self::Pair(..) | Self::Device(_) => pace(5, 1, 15 * 60),
            Self::NetworkPair(..) if attacked => pace(4, 30, 15 * 60),
            Self::NetworkPair(..) => pace(20, 1, 15 * 60),
            // Many people may stand behind one address, and more in a network.
            Self::Address(_) => pace(30, 1, 5 * 60),
            Self::Network(_) => pace(120, 1, 5 * 60),
            Self::Name(_) => None,
        }
    }

    /// What an attempt is counted by.
    fn of(name: &UserName, address: IpAddr, device: Option<String>) -> Vec<Self> {
        if let Some(device) = device {
            return vec![Self::Device(device)];
        }
        let address = address.to_canonical();
        let mut counters = vec![
            Self::Pair(name.clone(), prefix(address, 4)),
            Self::Address(prefix(address, 4)),
            Self::Name(name.clone()),
        ];
        if address.is_ipv6() {
            counters.push(Self::NetworkPair(name.clone(), prefix(address, 3)));
            counters.push(Self::Network(prefix(address, 3)));
        }
        counters
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
pub(super) struct Try {
    /// What it is counted by, each with when it was counted before.
    counters: Vec<(Counter, DateTime<Utc>)>,
    at: DateTime<Utc>,
}

impl Throttle {
    /// Begins an attempt, or tells how many seconds it has to wait.
    pub(super) fn begin(
        &self,
        name: &UserName,
        address: IpAddr,
        device: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Try, i64> {
        let counters = Counter::of(name, address, device);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let attacked = counts
            .get(&Counter::Name(name.clone()))
            .is_some_and(|count| count.failures >= ATTACKED && now - count.last <= MEMORY);
        let waits = counters.iter().filter_map(|counter| {
            let (count, pace) = (counts.get(counter)?, counter.pace(attacked)?);
            Some(wait(&pace, count, now))
        });
        if let Some(wait) = waits.max().filter(|wait| *wait > 0) {
            return Err(wait);
        }
        if counts.len() + counters.len() > MOST {
            make_room(&mut counts, now);
        }
        let count = |counter: Counter| {
            let count = counts.entry(counter.clone()).or_insert(Count { failures: 0, last: now });
            if now - count.last > MEMORY {
                count.failures = 0;
            }
            let before = count.last;
            *count = Count { failures: count.failures.saturating_add(1), last: now };
            (counter, before)
        };
        Ok(Try { counters: counters.into_iter().map(count).collect(), at: now })
    }

    /// The attempt was right: it does not count, and what the person failed before is forgotten.
    pub(super) fn succeeded(&self, attempt: Try) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (counter, _) in attempt.counters {
            if matches!(counter, Counter::Pair(..) | Counter::Device(_)) {
                counts.remove(&counter);
            } else if let Some(count) = counts.get_mut(&counter) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
    }

    /// Nobody found out whether the attempt was right: it is as if it had not been.
    pub(super) fn give_back(&self, attempt: Try) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (counter, before) in attempt.counters {
            let Some(count) = counts.get_mut(&counter) else { continue };
            count.failures = count.failures.saturating_sub(1);
            if count.last == attempt.at {
                count.last = before;
            }
            if count.failures == 0 {
                counts.remove(&counter);
            }
        }
    }
}

/// How many seconds are left to wait: twice as long with each failure.
fn wait(pace: &Pace, count: &Count, now: DateTime<Utc>) -> i64 {
    let Some(beyond) = count.failures.checked_sub(pace.free) else { return 0 };
    let delay = pace.first.saturating_mul(1 << beyond.min(30)).min(pace.longest);
    let passed = (now - count.last).num_seconds();
    (delay - passed).max(0)
}

/// The first `segments` of 16 bits of an address of IPv6: whoever has a /64 has all its addresses, and may have a /48.
fn prefix(address: IpAddr, segments: usize) -> IpAddr {
    match address {
        IpAddr::V6(six) => {
            let mut kept = six.segments();
            kept.iter_mut().skip(segments).for_each(|segment| *segment = 0);
            IpAddr::V6(kept.into())
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
    }

    #[test]
    fn however_many_attack_a_name_others_have_a_trickle_of_their_own() {
        let throttle = Throttle::default();
        let attack = |at| {
            for n in 0..200_u8 {
                let _ = throttle.begin(&name("kim"), IpAddr::from([198, 51, 100, n]), None, at);
            }
        };
        attack(now());
        let own = |at| throttle.begin(&name("kim"), ip("192.0.2.77"), None, at).map(drop);
        assert_eq!(own(now()), Ok(()), "who has not failed is heard");
        assert_eq!(own(now()), Err(30), "and then waits longer than in peace");
        let mut at = now();
        for wait in [30, 60, 120] {
            at += TimeDelta::seconds(wait);
            attack(at);
            assert_eq!(own(at), Ok(()), "but for nobody else, {wait}");
        }
        // An attacker is slowed down at each address.
        assert!(throttle.begin(&name("kim"), ip("198.51.100.7"), None, at).is_err());
        assert!(
            throttle.begin(&name("kim"), ip("192.0.2.77"), Some("d".into()), at).is_ok(),
            "a known device"
        );
        assert!(throttle.begin(&name("lee"), ip("192.0.2.77"), None, at).is_ok(), "another name");
    }

    #[test]
    fn a_network_is_slowed_down_that_tries_one_name_from_ever_new_addresses() {
        let throttle = Throttle::default();
        let attempt = |text: String| throttle.begin(&name("kim"), ip(&text), None, now());
        let let_through = (0..60).filter(|n| attempt(format!("2001:db8:7:{n:x}::1")).is_ok());
        assert_eq!(let_through.count(), 20);
        assert!(attempt("2001:db8:8::1".into()).is_ok(), "another network");
    }

    #[test]
    fn what_was_not_found_out_does_not_count() {
        let throttle = Throttle::default();
        let begin = |at| throttle.begin(&name("kim"), ip("192.0.2.1"), None, at);
        for _ in 0..5 {
            begin(now()).unwrap();
        }
        let later = now() + TimeDelta::seconds(1);
        for _ in 0..10 {
            throttle.give_back(begin(later).unwrap());
        }
        throttle.give_back(throttle.begin(&name("lee"), ip("192.0.2.2"), None, now()).unwrap());
        let counts = throttle.counts.lock().unwrap();
        assert!(!counts.contains_key(&Counter::Name(name("lee"))), "nothing is left of it");
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
