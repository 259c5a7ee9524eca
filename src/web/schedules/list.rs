//! `/schedules`: every schedule that the visitor may see.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::upcoming::UpcomingView;
use super::{ScheduleEntry, ScheduleWords, path_of};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};
use crate::web::when::When;
use crate::web::words::Words;

/// Among how many times the next one that is sent is looked for.
const LOOKED_AT: usize = 30;

#[derive(Template)]
#[template(path = "schedules.html")]
struct SchedulesPage {
    frame: Frame,
    sw: &'static ScheduleWords,
    schedules: Vec<Row>,
}

struct Row {
    path: String,
    name: String,
    title: String,
    cron: String,
    /// Which of its days are meant.
    days: String,
    zone: String,
    /// The class and the text of a badge.
    state: (&'static str, &'static str),
    next: Option<UpcomingView>,
    latest: Option<Latest>,
}

/// The latest run of a schedule.
pub(super) struct Latest {
    pub(super) id: String,
    pub(super) state: &'static str,
    pub(super) state_text: &'static str,
    pub(super) at: When,
}

impl Latest {
    pub(super) fn of(entry: &ScheduleEntry, words: &Words) -> Option<Self> {
        let run = entry.latest.as_ref()?;
        Some(Self {
            id: run.id.to_string(),
            state: run.state.as_str(),
            state_text: words.run_state(run.state),
            at: When::new(run.scheduled_at, &entry.zone),
        })
    }
}

/// The class and the text of a schedule's badge.
pub(super) fn state(entry: &ScheduleEntry, sw: &'static ScheduleWords) -> (&'static str, &'static str) {
    match (&entry.pause, entry.schedule.enabled) {
        (_, false) => ("skipped", sw.off),
        (Some(_), true) => ("interrupted", sw.paused),
        (None, true) => ("succeeded", sw.on),
    }
}

/// `/schedules`
pub(super) async fn list_schedules(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
) -> Result<Response, WebError> {
    if !visitor.doors.runs {
        return Err(WebError::no_page());
    }
    let locale = visitor.locale.unwrap_or_default();
    let (words, sw) = (Words::of(locale), ScheduleWords::of(locale));
    let mut entries = state.backend.schedules(standing, None, LOOKED_AT).await?;
    entries.sort_by(|a, b| {
        let title = |entry: &ScheduleEntry| entry.definition.title.get(locale).to_owned();
        (title(a), &a.report, &a.name).cmp(&(title(b), &b.report, &b.name))
    });
    let row = |entry: ScheduleEntry| Row {
        title: entry.definition.title.get(locale).to_owned(),
        cron: entry.schedule.cron.clone(),
        days: sw.days(&entry.schedule),
        state: self::state(&entry, sw),
        next: entry.next().map(|next| UpcomingView::new(next, &entry.zone, locale)),
        latest: Latest::of(&entry, words),
        path: path_of(&entry.report, &entry.name),
        name: entry.name.to_string(),
        zone: entry.zone,
    };
    page(&SchedulesPage {
        frame: Frame::new(&visitor, locale, Place::Schedules, sw.schedules, "/schedules", &address)
            .in_brand(state.backend.usual_brand()),
        sw,
        schedules: entries.into_iter().map(row).collect(),
    })
}
