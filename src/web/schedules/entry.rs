//! A schedule as the pages and the API show it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::definitions::model::{DayOff, FieldName, Report, ReportId, Schedule};
use crate::format::LocalizedText;
use crate::runs::store::{Pause, Run};

/// A schedule with what comes next.
#[derive(Debug, Clone)]
pub struct ScheduleEntry {
    /// The report.
    pub report: ReportId,
    /// Its definition.
    pub definition: Arc<Report>,
    /// The schedule's name.
    pub name: FieldName,
    /// What its file says.
    pub schedule: Schedule,
    /// The IANA zone it counts in.
    pub zone: String,
    /// The next times that cron names, as many as were asked for; none where it is switched off.
    pub upcoming: Vec<Upcoming>,
    /// The calendar and the last day it covers, where that comes before the last of `upcoming`.
    pub uncovered: Option<(String, NaiveDate)>,
    /// The pause that holds now.
    pub pause: Option<Pause>,
    /// Who wants no more mail of it, and since when; only where one schedule is asked for.
    pub leavers: Vec<(String, DateTime<Utc>)>,
    /// The latest run; dry runs do not count.
    pub latest: Option<Run>,
}

/// A time that cron names.
#[derive(Debug, Clone)]
pub struct Upcoming {
    /// The local time.
    pub planned: NaiveDateTime,
    /// When it is sent; `None` when it is not.
    pub at: Option<DateTime<Utc>>,
    /// Why it is sent on another day, or not.
    pub why: Option<Why>,
}

/// Why a time is not kept.
#[derive(Debug, Clone)]
pub enum Why {
    /// Its day has no business.
    Off(DayOff),
    /// Nothing is sent on that day.
    Blackout(Option<LocalizedText>),
    /// There is no business day near it.
    NoBusinessDay,
    /// The schedule is paused.
    Paused,
}

/// The path of a schedule's page. Names may have letters of any script.
pub(in crate::web) fn path_of(report: &ReportId, schedule: &FieldName) -> String {
    let Ok(mut url) = url::Url::parse("http://localhost/") else { return String::new() };
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(["reports", report.as_str(), "schedules", schedule.as_str()]);
    }
    url.path().to_owned()
}

impl ScheduleEntry {
    /// The next instant it is sent at.
    pub fn next(&self) -> Option<&Upcoming> {
        self.upcoming.iter().find(|upcoming| upcoming.at.is_some())
    }
}
