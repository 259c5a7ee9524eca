//! How fast mail goes to a mail server: so many connections at a time, so many messages in a time.

use std::num::{NonZeroU32, NonZeroUsize};
use std::str::FromStr;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many messages a mail server takes in a time. Written as `14/s`, `300/min`, `2000/h`, or `off`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailRate(Option<Duration>);

impl MailRate {
    /// No limit.
    pub const UNLIMITED: Self = Self(None);

    /// `messages` in each `unit`, evenly spaced.
    pub fn new(messages: NonZeroU32, unit: Duration) -> Self {
        Self(Some(unit / messages.get()))
    }

    /// The shortest time from one message to the next.
    pub fn spacing(self) -> Option<Duration> {
        self.0
    }
}

impl FromStr for MailRate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::UNLIMITED);
        }
        let (messages, unit) = text.split_once('/').ok_or("a slash is missing")?;
        let unit = match unit.trim() {
            "s" => Duration::from_secs(1),
            "min" => Duration::from_mins(1),
            "h" => Duration::from_hours(1),
            _ => return Err("behind the slash stands one of s, min, h"),
        };
        let messages = messages.trim().parse().map_err(|_| "a number from 1 on is needed")?;
        Ok(Self::new(messages, unit))
    }
}

/// Lets messages go one by one. Servers count in windows of their own, so the messages of a minute do not go at once
/// at its beginning: spaced evenly, no minute has more than its number, wherever the server begins to count.
#[derive(Debug)]
pub(super) struct Pace {
    connections: Semaphore,
    rate: Option<DefaultDirectRateLimiter>,
}

/// Leave to hand a message over; ends when dropped.
#[derive(Debug)]
pub struct Turn<'a>(#[expect(dead_code, reason = "held, not read")] Option<SemaphorePermit<'a>>);

impl Turn<'_> {
    /// Where nobody has to wait.
    pub const FREE: Self = Self(None);
}

impl Pace {
    pub(super) fn new(connections: NonZeroUsize, rate: MailRate) -> Self {
        let quota = rate.spacing().and_then(Quota::with_period);
        Self { connections: Semaphore::new(connections.get()), rate: quota.map(RateLimiter::direct) }
    }

    /// Waits until so many messages may go over one connection. First come, first served; whoever has a connection
    /// keeps it while it waits for its time, since the others would have to wait as well.
    pub(super) async fn turn(&self, messages: usize) -> Turn<'_> {
        // It is never closed.
        let connection = self.connections.acquire().await.ok();
        if let Some(rate) = &self.rate {
            for _ in 0..messages {
                rate.until_ready().await;
            }
        }
        Turn(connection)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;

    fn rate(text: &str) -> MailRate {
        text.parse().unwrap()
    }

    #[test]
    fn rates_are_read_with_their_unit() {
        assert_eq!(rate("300/min").spacing(), Some(Duration::from_millis(200)));
        assert_eq!(rate("14/s").spacing(), Some(Duration::from_secs(1) / 14));
        assert_eq!(rate("3600 / h").spacing(), Some(Duration::from_secs(1)));
        assert_eq!((rate("off"), MailRate::default()), (MailRate::UNLIMITED, MailRate::UNLIMITED));
        for (wrong, why) in [
            ("300", "a slash"),
            ("0/min", "from 1"),
            ("-3/min", "from 1"),
            ("5000000000/min", "from 1"),
            ("300/minute", "s, min, h"),
        ] {
            let problem = wrong.parse::<MailRate>().unwrap_err();
            assert!(problem.contains(why), "{wrong}: {problem}");
        }
    }

    async fn together(pace: Pace, turns: usize, messages: usize) -> Duration {
        let pace = Arc::new(pace);
        let begun = Instant::now();
        let turns = (0..turns).map(|_| {
            let pace = Arc::clone(&pace);
            async move { drop(pace.turn(messages).await) }
        });
        futures::future::join_all(turns).await;
        begun.elapsed()
    }

    #[tokio::test]
    async fn messages_are_spaced_however_many_ask_at_once() {
        let connections = NonZeroUsize::new(4).unwrap();
        let took = together(Pace::new(connections, rate("50/s")), 11, 1).await;
        assert!(took >= Duration::from_millis(200), "{took:?}");
        // A message for 250 people is three to a mail server.
        let took = together(Pace::new(connections, rate("50/s")), 4, 3).await;
        assert!(took >= Duration::from_millis(220), "{took:?}");
        let took = together(Pace::new(connections, MailRate::UNLIMITED), 1_000, 1).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
    }

    #[tokio::test]
    async fn only_so_many_have_a_connection() {
        let pace = Pace::new(NonZeroUsize::MIN, MailRate::UNLIMITED);
        let first = pace.turn(1).await;
        let second = tokio::time::timeout(Duration::from_millis(20), pace.turn(1)).await;
        assert!(second.is_err(), "it waits");
        drop(first);
        let _second = pace.turn(1).await;
    }
}
