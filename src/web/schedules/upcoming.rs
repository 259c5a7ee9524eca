//! What comes next, ready to be written.

use chrono::{Datelike as _, NaiveDateTime};
use chrono_tz::Tz;

use super::{ScheduleEntry, ScheduleWords, Upcoming};
use crate::format::{Locale, weekday_name};
use crate::web::when::When;

/// A time that cron names, in the schedule's zone.
pub(super) struct UpcomingView {
    /// When it is sent.
    pub(super) at: Option<When>,
    /// The day of the week it is sent on.
    pub(super) weekday: &'static str,
    /// When cron says, where that is another time.
    pub(super) planned: Option<String>,
    /// Why; empty where all is as cron says.
    pub(super) note: String,
}

impl UpcomingView {
    pub(super) fn new(upcoming: &Upcoming, zone: &str, locale: Locale) -> Self {
        let local: Option<NaiveDateTime> = upcoming.at.map(|at| {
            let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
            at.with_timezone(&zone).naive_local()
        });
        let shown = local.unwrap_or(upcoming.planned);
        let planned = (local != Some(upcoming.planned)).then(|| {
            let weekday = weekday_name(upcoming.planned.weekday(), locale);
            format!("{} ({weekday})", upcoming.planned.format("%Y-%m-%d %H:%M"))
        });
        Self {
            at: upcoming.at.map(|at| When::new(at, zone)),
            weekday: weekday_name(shown.weekday(), locale),
            planned,
            note: upcoming
                .why
                .as_ref()
                .map(|why| ScheduleWords::of(locale).why(why, locale))
                .unwrap_or_default(),
        }
    }

    /// Those of a schedule.
    pub(super) fn all(entry: &ScheduleEntry, locale: Locale) -> Vec<Self> {
        entry.upcoming.iter().map(|upcoming| Self::new(upcoming, &entry.zone, locale)).collect()
    }
}
