//! Instants, spans of time and sizes as people read them.

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

/// A number of bytes with digits that count: `512 B`, `43.2 kB`, `1.2 GB`.
pub(super) fn size(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let decimals = usize::from(unit > 0 && value < 99.5);
    format!("{value:.decimals$} {}", units[unit])
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
    }

    #[test]
    fn sizes_have_digits_that_count() {
        let shown = [0, 999, 1_000, 43_210, 999_499, 999_600, 1_234_000_000, u64::MAX].map(size);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "43.2 kB", "999 kB", "1.0 MB", "1.2 GB", "18447 PB"]);
    }
}
