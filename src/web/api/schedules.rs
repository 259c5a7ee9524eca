//! `/schedules`: what is sent when, and pausing it.

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, NaiveDateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{kept, private};
use super::asked::Body;
use super::names::NamedTwice;
use crate::access::{Action, Object, Standing};
use crate::definitions::model::{FieldName, ReportId};
use crate::format::Locale;
use crate::ledger::audit::{AuditAction, Event};
use crate::runs::Clock;
use crate::runs::store::Pause;
use crate::web::error::WebError;
use crate::web::login::{Gate, event_by};
use crate::web::schedules::{Resumed, ScheduleEntry, ScheduleWords, Upcoming, paused};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// How many times to come are told.
const SHOWN: usize = 5;

/// Schedules.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Schedules {
    /// By report and name.
    schedules: Vec<ScheduleDetail>,
}

/// Whether a schedule fires.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ScheduleState {
    /// It fires.
    On,
    /// Its file switches it off.
    Off,
    /// Somebody paused it.
    Paused,
}

/// A schedule.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ScheduleDetail {
    /// The id of its report.
    report: String,
    /// Its name.
    name: String,
    /// When: minute, hour, day of month, month, day of week.
    cron: String,
    /// The zone of `cron`.
    time_zone: String,
    /// The calendar of its business days.
    calendar: Option<String>,
    /// Whether it fires.
    state: ScheduleState,
    /// Who paused it.
    pause: Option<PauseOut>,
    /// The next times that `cron` names.
    upcoming: Vec<UpcomingOut>,
    /// The id of its latest run.
    latest_run: Option<String>,
}

/// A pause.
#[derive(Debug, Serialize, JsonSchema)]
struct PauseOut {
    /// Who paused it.
    by: String,
    /// Why; may be empty.
    reason: String,
    /// From when on.
    since: DateTime<Utc>,
    /// When it resumes by itself.
    until: Option<DateTime<Utc>>,
}

/// A time that `cron` names.
#[derive(Debug, Serialize, JsonSchema)]
struct UpcomingOut {
    /// The local time.
    planned: NaiveDateTime,
    /// When it is sent; null when it is not.
    at: Option<DateTime<Utc>>,
    /// Why it is sent on another day, or not.
    reason: Option<String>,
}

/// How a schedule is to be paused.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NewPause {
    /// Why, in one line.
    #[schemars(length(max = 200))]
    reason: String,
    /// When it resumes by itself.
    until: Option<DateTime<Utc>>,
}

/// `GET /schedules`
pub(super) async fn list(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if !visitor.doors.runs {
        return Err(WebError::no_page());
    }
    let locale = visitor.locale.unwrap_or_default();
    let mut entries = state.backend.schedules(standing, None, SHOWN).await?;
    entries.sort_by(|a, b| (&a.report, &a.name).cmp(&(&b.report, &b.name)));
    let schedules = entries.iter().map(|entry| ScheduleDetail::new(entry, locale)).collect();
    kept(&headers, &Schedules { schedules })
}

/// `POST /reports/{report}/schedules/{schedule}/pause`
pub(super) async fn pause(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    NamedTwice(report, schedule): NamedTwice<ReportId, FieldName>,
    extensions: Extensions,
    body: Result<Body<NewPause>, WebError>,
) -> Result<Response, WebError> {
    closed(&standing, &report)?;
    let Body(NewPause { reason, until }) = body?;
    let refused = |what: String| WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying(what);
    if !Pause::is_reason(&reason) {
        return Err(refused(format!("`reason` is one line of at most {} characters", Pause::LONGEST_REASON)));
    }
    let since = now(&state);
    if until.is_some_and(|until| until <= since) {
        return Err(refused("`until` has passed already".to_owned()));
    }
    let by = standing.viewer().name().to_owned();
    let pause = Pause { report: report.clone(), schedule: schedule.clone(), by, reason, since, until };
    // Absent is told before anything is recorded.
    shown(&state, standing.clone(), &report, &schedule, &visitor).await?;
    record(&state, &visitor, &extensions, (&report, &schedule), |event| paused(event, &pause)).await?;
    state.backend.pause(standing.clone(), pause).await?.ok_or_else(WebError::no_page)?;
    private(StatusCode::OK, &shown(&state, standing, &report, &schedule, &visitor).await?)
}

/// `POST /reports/{report}/schedules/{schedule}/resume`
pub(super) async fn resume(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    NamedTwice(report, schedule): NamedTwice<ReportId, FieldName>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    closed(&standing, &report)?;
    let names = (report.clone(), schedule.clone());
    let resumed = state.backend.resume(standing.clone(), names).await?.ok_or_else(WebError::no_page)?;
    if resumed == Resumed::Done {
        let change = |event: Event| event.with("change", "resumed");
        record(&state, &visitor, &extensions, (&report, &schedule), change).await?;
    }
    private(StatusCode::OK, &shown(&state, standing, &report, &schedule, &visitor).await?)
}

/// A report that is closed looks absent, whatever else is wrong.
fn closed(standing: &Standing, report: &ReportId) -> Result<(), WebError> {
    let may = standing.may(Action::Schedule, Object::Report(report));
    if may { Ok(()) } else { Err(WebError::no_page()) }
}

pub(super) fn now(state: &WebState) -> DateTime<Utc> {
    match &state.gate {
        Gate::Login(door) => door.now(),
        Gate::Demo => Clock::system().now(),
    }
}

async fn shown(
    state: &WebState,
    standing: Standing,
    report: &ReportId,
    schedule: &FieldName,
    visitor: &Visitor,
) -> Result<ScheduleDetail, WebError> {
    let only = Some((report.clone(), schedule.clone()));
    let found = state.backend.schedules(standing, only, SHOWN).await?;
    let entry = found.first().ok_or_else(WebError::no_page)?;
    Ok(ScheduleDetail::new(entry, visitor.locale.unwrap_or_default()))
}

async fn record(
    state: &WebState,
    visitor: &Visitor,
    extensions: &Extensions,
    (report, schedule): (&ReportId, &FieldName),
    told: impl FnOnce(Event) -> Event,
) -> Result<(), WebError> {
    let (Gate::Login(door), Some(signed_in)) = (&state.gate, visitor.presence.signed_in()) else {
        return Ok(());
    };
    let event = event_by(door, AuditAction::ScheduleChanged, signed_in, extensions)
        .on("schedule", &format!("{report}/{schedule}"));
    door.record(told(event)).await?;
    Ok(())
}

impl ScheduleDetail {
    fn new(entry: &ScheduleEntry, locale: Locale) -> Self {
        Self {
            report: entry.report.to_string(),
            name: entry.name.to_string(),
            cron: entry.schedule.cron.clone(),
            time_zone: entry.zone.clone(),
            calendar: entry.schedule.calendar.as_ref().map(ToString::to_string),
            state: match (entry.schedule.enabled, &entry.pause) {
                (false, _) => ScheduleState::Off,
                (true, Some(_)) => ScheduleState::Paused,
                (true, None) => ScheduleState::On,
            },
            pause: entry.pause.as_ref().map(|pause| PauseOut {
                by: pause.by.clone(),
                reason: pause.reason.clone(),
                since: pause.since,
                until: pause.until,
            }),
            upcoming: entry.upcoming.iter().map(|upcoming| UpcomingOut::new(upcoming, locale)).collect(),
            latest_run: entry.latest.as_ref().map(|run| run.id.to_string()),
        }
    }
}

impl UpcomingOut {
    fn new(upcoming: &Upcoming, locale: Locale) -> Self {
        let words = ScheduleWords::of(locale);
        Self {
            planned: upcoming.planned,
            at: upcoming.at,
            reason: upcoming.why.as_ref().map(|why| words.why(why, locale)),
        }
    }
}
