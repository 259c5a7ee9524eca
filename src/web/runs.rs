//! Runs of schedules: what was sent, what failed, and the files that are kept.

use askama::Template;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::address::Address;
use super::backend::{RunDetail, StartedRun};
use super::deliveries::{DeliveryWords, UNDELIVERED, undelivered_text};
use super::disposition::{Disposition, content_disposition};
use super::error::WebError;
use super::frame::{self, Frame, Place, page};
use super::login::{Fields, Gate, bind_forms, door, event_by, person};
use super::names::RecordId;
use super::state::WebState;
use super::told_run::ToldRun;
use super::visitor::{Entered, Visitor};
use super::when::{When, took};
use super::words::{Words, fill, fill_count};
use crate::access::Standing;
use crate::definitions::model::ReportId;
use crate::format::Locale;
use crate::ledger::audit::{AuditAction, Event};
use crate::runs::execute::Resend;
use crate::runs::store::{Artefact, Run, RunFilter, RunId, RunState, Stage};
use crate::runs::waiting::words::lines;

mod compare;
mod lists;
mod words;

pub(super) use compare::compare_runs;
use words::CompareWords;

use lists::{ArtefactView, Count, DeliveryView, Listed, progress};

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsPage {
    frame: Frame,
    runs: Vec<RunView>,
    reports: Vec<(String, String, bool)>,
    states: Vec<(&'static str, &'static str, bool)>,
    dw: &'static DeliveryWords,
    /// How many recipients are still without, in words.
    undelivered: Option<String>,
    filtered: bool,
    newest_url: Option<String>,
    older_url: Option<String>,
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage {
    frame: Frame,
    run: RunView,
    stages: Vec<StageView>,
    /// How many deliveries are in each state, of a run with many.
    progress: Vec<Count>,
    /// How the questions of a burst were answered.
    burst: Option<String>,
    /// Whether copies are about something each.
    has_slices: bool,
    deliveries: Listed<DeliveryView>,
    artefacts: Listed<ArtefactView>,
    /// What it waits for, while it waits.
    waiting: Option<Waiting>,
    cw: &'static CompareWords,
    /// Where it is compared with other runs, and what they are.
    comparisons: Vec<(String, String)>,
    dw: &'static DeliveryWords,
    /// Whether sending it again would send something.
    resendable: bool,
    /// The token of the forms that send it, or one delivery, again; `None` where there are none.
    csrf: Option<String>,
}

/// A run ready to be written.
struct RunView {
    id: String,
    report: String,
    title: String,
    schedule: String,
    scheduled_at: When,
    started_at: When,
    took: Option<String>,
    attempt: Option<i64>,
    trigger: &'static str,
    state: &'static str,
    state_text: &'static str,
    error: Option<String>,
    warnings: Vec<String>,
    /// Whether it saw more than the reader may see, and is told in outline.
    is_withheld: bool,
    definition_version: String,
    instance: String,
}

/// What a run waits for.
struct Waiting {
    missing: Vec<String>,
    until: Option<When>,
}

struct StageView {
    text: &'static str,
    /// `done`, `current`, `failed` or `ahead`.
    class: &'static str,
}

/// `/runs`
pub(super) async fn list_runs(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
) -> Result<Response, WebError> {
    if !visitor.doors.runs {
        return Err(WebError::no_page());
    }
    let locale = visitor.locale.unwrap_or_default();
    let words = Words::of(locale);
    // A filter that names nothing filters nothing; the form shows what counts.
    let filter = RunFilter {
        report: address.get("report").and_then(|id| ReportId::parse(id).ok()),
        among: None,
        schedule: None,
        state: address.get("state").and_then(|state| state.parse().ok()),
        before: address.get("before").and_then(|id| id.parse().ok()),
    };
    let found = state.backend.runs(standing.clone(), filter.clone(), state.settings.runs_per_page).await?;
    let undelivered = state.backend.count_undelivered(standing.clone()).await?;
    let dw = DeliveryWords::of(locale);
    let titles = Titles::of(&state, &standing, locale);
    let older = found.runs.last().filter(|_| found.more).map(|told| &told.run);
    page(&RunsPage {
        frame: Frame::new(&visitor, locale, Place::Runs, words.runs, "/runs", &address)
            .in_brand(state.backend.usual_brand()),
        reports: titles.menu(filter.report.as_ref()),
        states: RunState::ALL
            .iter()
            .map(|state| (state.as_str(), words.run_state(*state), filter.state == Some(*state)))
            .collect(),
        dw,
        undelivered: undelivered_text(undelivered, dw),
        filtered: filter.report.is_some() || filter.state.is_some(),
        newest_url: filter.before.map(|_| format!("/runs{}", address.without("before").query())),
        older_url: older.map(|run| format!("/runs{}", address.with("before", &run.id.to_string()).query())),
        runs: found.runs.into_iter().map(|run| RunView::new(run, &titles, words)).collect(),
    })
}

/// `/runs/{run}`
pub(super) async fn show_run(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    RecordId(id): RecordId,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let id: RunId = id.parse().map_err(|_| WebError::no_page())?;
    let RunDetail { run: told, deliveries, open, mut artefacts, resendable, comparable } =
        state.backend.run(standing.clone(), id).await?.ok_or_else(WebError::no_page)?;
    let run = &told.run;
    let signed_in = person(&visitor).ok().filter(|_| resendable || !open.is_empty());
    if let (Gate::Login(door), Some(signed_in)) = (&state.gate, signed_in)
        && let Some(again) = bind_forms(door, signed_in, &headers, &format!("/runs/{id}"))?
    {
        return Ok(again);
    }
    let locale = visitor.locale.unwrap_or_default();
    let words = Words::of(locale);
    let titles = Titles::of(&state, &standing, locale);
    let zone = titles.zone(&run.report);
    let stages = stages(run, words);
    let cw = CompareWords::of(locale);
    let comparisons = comparable.iter().map(|other| {
        let text = if other.scheduled_at == run.scheduled_at {
            fill_count(cw.other_attempt, other.attempt.unwrap_or_default())
        } else {
            fill(cw.previous, &[("at", &When::new(other.scheduled_at, &zone).text)])
        };
        (format!("/runs/{id}/compare/{}", other.id), text)
    });
    let comparisons = comparisons.collect();
    artefacts.retain(Artefact::is_for_readers);
    let waiting = (run.state == RunState::Waiting).then(|| Waiting {
        missing: lines(&run.waits_for, locale),
        until: run.waits_until.map(|until| When::new(until, &zone)),
    });
    let burst = run
        .burst
        .as_ref()
        .filter(|used| used.scans + used.sliced + used.asked > 0)
        .map(|used| words.burst_use(used.scans, used.sliced, used.asked));
    let run = RunView::new(told, &titles, words);
    let path = format!("/runs/{id}");
    page(&RunPage {
        frame: Frame::new(&visitor, locale, Place::Runs, &run.title, path.as_str(), &address)
            .in_brand(state.backend.usual_brand()),
        cw,
        comparisons,
        stages,
        waiting,
        progress: progress(&deliveries, words),
        burst,
        has_slices: deliveries.iter().any(|delivery| !delivery.slice.is_empty()),
        deliveries: Listed::new(deliveries, (&path, "deliveries"), &address, |delivery| {
            let open = open.contains(&delivery.id);
            DeliveryView::new(delivery, open, &zone, words)
        }),
        artefacts: Listed::new(artefacts, (&path, "files"), &address, ArtefactView::new),
        resendable,
        csrf: signed_in.map(|signed_in| signed_in.csrf.clone()),
        dw: DeliveryWords::of(locale),
        run,
    })
}

/// `POST /runs/{run}/resend`
pub(super) async fn resend_run(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    RecordId(id): RecordId,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let id: RunId = id.parse().map_err(|_| WebError::no_page())?;
    let resend = Resend {
        only: fields.all("only").map(str::to_owned).collect(),
        in_doubt: fields.get("in_doubt") == "yes",
    };
    let started = state.backend.resend(standing, id, resend.clone()).await?.ok_or_else(WebError::no_page)?;
    let run = match started {
        StartedRun::New(run) => {
            door.record(resent(
                event_by(door, AuditAction::ScheduleChanged, signed_in, &extensions),
                &run.run,
                &resend,
            ))
            .await?;
            run.run.id
        }
        StartedRun::Existing(told) => told.run.id,
        StartedRun::OtherRequest => id,
    };
    Ok(Redirect::to(&format!("/runs/{run}")).into_response())
}

/// The event of a run that sends again.
pub(super) fn resent(event: Event, run: &Run, resend: &Resend) -> Event {
    let event = event
        .on("schedule", &format!("{}/{}", run.report, run.schedule))
        .with("run", run.id.to_string())
        .with("started", "resend");
    // A list without end is nobody's to read; who was sent to is recorded with each delivery.
    match &resend.only[..] {
        [] => event,
        [one] => event.with("delivery", one.as_str()),
        several => event.with("deliveries", several.len().to_string()),
    }
}

/// `/artefacts/{artefact}`
pub(super) async fn download_artefact(
    State(state): State<WebState>,
    Entered(standing): Entered,
    RecordId(id): RecordId,
) -> Result<Response, WebError> {
    let file = state.backend.artefact(standing, id).await?.ok_or_else(WebError::no_page)?;
    let head = [(header::CONTENT_TYPE, file.media_type)];
    let disposition = content_disposition(Disposition::Attachment, &file.name);
    Ok((head, [(header::CONTENT_DISPOSITION, disposition)], file.content).into_response())
}

/// What reports are called and which zone they count in.
pub(super) struct Titles(Vec<(ReportId, String, String)>);

impl Titles {
    pub(super) fn of(state: &WebState, standing: &Standing, locale: Locale) -> Self {
        let entries = state.backend.reports(standing).into_iter();
        Self(
            entries
                .map(|entry| match entry.report {
                    Some(report) => (entry.id, report.title.get(locale).to_owned(), report.time_zone.clone()),
                    None => (entry.id.clone(), entry.id.to_string(), "UTC".to_owned()),
                })
                .collect(),
        )
    }

    pub(super) fn title(&self, id: &ReportId) -> String {
        self.0
            .iter()
            .find(|(known, ..)| known == id)
            .map_or_else(|| id.to_string(), |(_, title, _)| title.clone())
    }

    pub(super) fn zone(&self, id: &ReportId) -> String {
        self.0
            .iter()
            .find(|(known, ..)| known == id)
            .map_or_else(|| "UTC".to_owned(), |(.., zone)| zone.clone())
    }

    pub(super) fn menu(&self, chosen: Option<&ReportId>) -> Vec<(String, String, bool)> {
        self.0.iter().map(|(id, title, _)| (id.to_string(), title.clone(), chosen == Some(id))).collect()
    }
}

impl RunView {
    fn new(told: ToldRun, titles: &Titles, words: &Words) -> Self {
        let ToldRun { run, is_withheld } = told;
        let zone = titles.zone(&run.report);
        Self {
            id: run.id.to_string(),
            title: titles.title(&run.report),
            schedule: run.schedule.to_string(),
            scheduled_at: When::new(run.scheduled_at, &zone),
            started_at: When::new(run.started_at, &zone),
            took: run.finished_at.map(|finished| took(run.started_at, finished)),
            attempt: run.attempt,
            trigger: words.trigger(run.trigger),
            state: run.state.as_str(),
            state_text: words.run_state(run.state),
            error: run.error,
            warnings: run.warnings,
            is_withheld,
            definition_version: run.definition_version.chars().take(12).collect(),
            instance: run.instance,
            report: run.report.to_string(),
        }
    }
}

fn stages(run: &Run, words: &Words) -> Vec<StageView> {
    Stage::ALL
        .iter()
        .map(|stage| {
            let class = match run.stage {
                _ if run.state == RunState::Succeeded => "done",
                Some(reached) if *stage < reached => "done",
                Some(reached) if *stage == reached && run.state == RunState::Running => "current",
                Some(reached) if *stage == reached => "failed",
                _ => "ahead",
            };
            StageView { text: words.stage(*stage), class }
        })
        .collect()
}
