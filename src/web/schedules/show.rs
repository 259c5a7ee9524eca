//! `/reports/{report}/schedules/{schedule}`: one schedule, and what comes next.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::facts::facts;
use super::list::{Latest, state};
use super::upcoming::UpcomingView;
use super::{ScheduleEntry, ScheduleWords, path_of};
use crate::access::Standing;
use crate::definitions::model::{FieldName, ReportId};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::login::{Gate, bind_forms, person, private};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};
use crate::web::when::When;
use crate::web::words::{Words, fill};

/// How many times are shown.
const SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "schedule.html")]
struct SchedulePage {
    frame: Frame,
    sw: &'static ScheduleWords,
    report: String,
    path: String,
    name: String,
    title: String,
    state: (&'static str, &'static str),
    /// What its file says: a word and a value.
    facts: Vec<(&'static str, String)>,
    upcoming: Vec<UpcomingView>,
    uncovered: Option<String>,
    paused: Option<Paused>,
    latest: Option<Latest>,
    message: Option<&'static str>,
    reason: String,
    until: String,
    /// The token of forms; `None` where there is no login.
    csrf: Option<String>,
    command: String,
}

struct Paused {
    by: String,
    reason: String,
    until: Option<String>,
}

/// A pause that was refused.
#[derive(Debug, Default)]
pub(super) struct Refused {
    pub(super) message: Option<&'static str>,
    pub(super) reason: String,
    pub(super) until: String,
}

/// `GET /reports/{report}/schedules/{schedule}`
pub(super) async fn show_schedule(
    State(state): State<WebState>,
    visitor: Visitor,
    Path((report, schedule)): Path<(String, String)>,
    Entered(standing): Entered,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let names = names(&report, &schedule)?;
    let entry = find(&state, standing, &names).await?;
    if let (Gate::Login(door), Ok(signed_in)) = (&state.gate, person(&visitor))
        && let Some(again) = bind_forms(door, signed_in, &headers, &path_of(&names.0, &names.1))?
    {
        return Ok(again);
    }
    write(&state, &visitor, &entry, Refused::default())
}

/// Names that are none are pages that are not there.
pub(super) fn names(report: &str, schedule: &str) -> Result<(ReportId, FieldName), WebError> {
    let report = ReportId::parse(report).map_err(|_| WebError::no_page())?;
    let schedule = FieldName::parse(schedule).map_err(|_| WebError::no_page())?;
    Ok((report, schedule))
}

/// The schedule, unless it is closed to them.
pub(super) async fn find(
    state: &WebState,
    standing: Standing,
    names: &(ReportId, FieldName),
) -> Result<ScheduleEntry, WebError> {
    let found = state.backend.schedules(standing, Some(names.clone()), SHOWN).await?;
    found.into_iter().next().ok_or_else(WebError::no_page)
}

pub(super) fn write(
    state: &WebState,
    visitor: &Visitor,
    entry: &ScheduleEntry,
    refused: Refused,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or_default();
    let sw = ScheduleWords::of(locale);
    let title = entry.definition.title.get(locale).to_owned();
    let path = path_of(&entry.report, &entry.name);
    let failed = refused.message.is_some();
    let signed_in = person(visitor).ok();
    let mut response = page(&SchedulePage {
        frame: Frame::new(visitor, locale, Place::Schedules, &title, path.as_str(), &Address::default())
            .in_brand(state.backend.usual_brand()),
        sw,
        path,
        report: entry.report.to_string(),
        name: entry.name.to_string(),
        title,
        state: self::state(entry, sw),
        facts: facts(entry, sw),
        upcoming: UpcomingView::all(entry, locale),
        uncovered: entry
            .uncovered
            .as_ref()
            .map(|(calendar, through)| fill(sw.uncovered, &[("n", calendar), ("day", &through.to_string())])),
        paused: entry.pause.as_ref().map(|pause| {
            let at = |instant| When::new(instant, &entry.zone).text;
            Paused {
                by: fill(sw.paused_by, &[("n", &pause.by), ("at", &at(pause.since))]),
                reason: pause.reason.clone(),
                until: pause.until.map(|until| fill(sw.resumes, &[("at", &at(until))])),
            }
        }),
        latest: Latest::of(entry, Words::of(locale)),
        message: refused.message,
        reason: refused.reason,
        until: refused.until,
        csrf: signed_in.map(|signed_in| signed_in.csrf.clone()),
        command: format!("jangpyo schedules pause {}/{}", entry.report, entry.name),
    })?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    private(&mut response);
    Ok(response)
}
