//! Instants as people of a time zone read them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// An instant ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct When {
    /// For people: `2026-11-23 08:00 KST`.
    pub(super) text: String,
    /// For programs, after RFC 3339.
    pub(super) exact: String,
}

impl When {
    /// `instant` in the IANA zone `time_zone`, or in UTC if there is no such zone.
    pub(super) fn new(instant: DateTime<Utc>, time_zone: &str) -> Self {
        let zone: Tz = time_zone.parse().unwrap_or(Tz::UTC);
        let text = instant.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string();
        Self { text, exact: instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true) }
    }
}

/// How long something took: `850 ms`, `12.3 s`, `4 min 5 s`.
pub(super) fn took(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let ms = (to - from).num_milliseconds().max(0);
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{:.1} s", ms as f64 / 1000.0),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// A size in bytes: `512 B`, `43 kB`, `1.2 MB`.
pub(super) fn size(bytes: i64) -> String {
    match bytes {
        ..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_the_reports_zone() {
        let instant = "2026-11-22T23:00:00Z".parse().unwrap();
        assert_eq!(When::new(instant, "Asia/Seoul").text, "2026-11-23 08:00 KST");
        assert_eq!(When::new(instant, "Mars/Base").text, "2026-11-22 23:00 UTC");
        assert_eq!(took(instant, instant + chrono::TimeDelta::seconds(245)), "4 min 5 s");
        assert_eq!(size(43_210), "43 kB");
    }
}
