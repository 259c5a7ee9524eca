//! `/runs`, and starting one.

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::kept;
use super::asked::{Asked, Body, header_text, number, parsed};
use super::names::{Named, NamedTwice, Parsed};
use crate::definitions::model::{FieldName, ReportId};
use crate::ledger::audit::AuditAction;
use crate::runs::execute::Resend;
use crate::runs::store::{Artefact, Delivery, RunFilter, RunId, RunState};
use crate::web::Gate;
use crate::web::backend::{RunOrder, StartedRun};
use crate::web::error::WebError;
use crate::web::login::event_by;
use crate::web::runs::resent;
use crate::web::state::WebState;
use crate::web::told_run::ToldRun;
use crate::web::visitor::{Entered, Visitor};

/// The header that names a request that starts a run.
pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// What may stand behind `?` of a list of runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RunsAsked {
    /// Only of this report.
    report: Option<String>,
    /// Only of this schedule.
    schedule: Option<String>,
    /// Only in this state: `waiting`, `running`, `succeeded`, `failed`, `interrupted` or `skipped`.
    state: Option<String>,
    /// Only older ones than this run: the last of the page before.
    before: Option<String>,
    /// How many, from 1 to 200.
    limit: Option<String>,
}

/// A page of runs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Runs {
    /// Newest first.
    runs: Vec<RunOut>,
    /// What to give as `before` for the next page; `null` on the last.
    next_before: Option<String>,
}

/// A run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RunOut {
    /// Its id.
    id: String,
    /// The report.
    report: String,
    /// The schedule.
    schedule: String,
    /// The instant it stands for and is evaluated at.
    scheduled_at: DateTime<Utc>,
    /// 1 for the first, more for reruns of the same instant; `null` for dry runs.
    attempt: Option<i64>,
    /// What started it: `schedule`, `catch_up`, `manual`, `dry_run` or `backfill`.
    trigger: String,
    /// Where it stands: `waiting`, `running`, `succeeded`, `failed`, `interrupted` or `skipped`.
    state: String,
    /// The part it is in, or ended in: `evaluate`, `render`, `store` or `deliver`.
    stage: Option<String>,
    /// The version of the definitions it uses.
    definition_version: String,
    /// When it began.
    started_at: DateTime<Utc>,
    /// Until when it waits for its data, or waited; `null` for one that does not.
    waits_until: Option<DateTime<Utc>>,
    /// What it waits for, or waited for last.
    waits_for: Vec<String>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
    /// Why it failed.
    error: Option<String>,
    /// What was wrong without stopping it.
    warnings: Vec<String>,
    /// Whether its errors, warnings, files and the copies of bursts are not told, because it saw more of the data than
    /// whoever asks may see.
    withheld: bool,
}

/// A run with all that is known of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RunDetailOut {
    /// The run.
    run: RunOut,
    /// What went to whom.
    deliveries: Vec<DeliveryOut>,
    /// Its files.
    artefacts: Vec<ArtefactOut>,
}

/// A delivery.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DeliveryOut {
    /// Its id.
    id: String,
    /// `email`, `folder`, `slack`, `teams`, `webhook`, `object_store` or `sftp`.
    channel: String,
    /// The address, the path, or the name of the destination.
    recipient: String,
    /// What a copy of a burst is about; `null` for a run that is none.
    slice: Option<String>,
    /// `queued`, `sending`, `sent`, `failed`, `in_doubt` or `unsent`.
    state: String,
    /// How often it was tried.
    attempts: i64,
    /// The Message-ID of the mail.
    message_id: Option<String>,
    /// What the other side said, or why it failed.
    detail: Option<String>,
    /// When its state last changed.
    updated_at: DateTime<Utc>,
}

/// A file.
#[derive(Debug, Serialize, JsonSchema)]
struct ArtefactOut {
    /// Its id: it is at `/artefacts/{id}`.
    id: String,
    /// `pdf`, `csv`, `xlsx`, or `figures` for the numbers that runs are compared by.
    kind: String,
    /// Its name.
    name: String,
    /// Its media type.
    media_type: String,
    /// Its size.
    bytes: i64,
    /// The SHA-256 of its content, in hexadecimal digits.
    sha256: String,
    /// When retention removed it.
    deleted_at: Option<DateTime<Utc>>,
}

/// How a run is to be made.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NewRun {
    /// The instant the report is evaluated at; now by default. An instant that has had its run starts none.
    at: Option<DateTime<Utc>>,
    /// Makes the files and sends nothing.
    dry_run: bool,
}

/// What is to be sent again.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ResendBody {
    /// Only these deliveries of the run, by their ids, as far as their recipients are still without; by default all
    /// that surely did not arrive.
    #[schemars(length(max = 10_000))]
    only: Vec<String>,
    /// Sends those of them that are in doubt all the same: whoever has got one gets it twice.
    in_doubt: bool,
}

/// `GET /runs`
pub(super) async fn list(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    asked: Result<Asked<RunsAsked>, WebError>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if !visitor.doors.runs {
        return Err(WebError::no_page());
    }
    let Asked(asked) = asked?;
    let states = RunState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    let filter = RunFilter {
        report: parsed(asked.report.as_deref(), "report", "the id of a report")?,
        among: None,
        schedule: parsed(asked.schedule.as_deref(), "schedule", "the name of a schedule")?,
        state: parsed(asked.state.as_deref(), "state", &format!("one of {states}"))?,
        before: parsed(asked.before.as_deref(), "before", "the id of a run")?,
    };
    let limit = number(asked.limit.as_deref(), "limit", state.settings.runs_per_page, 200)?;
    let found = state.backend.runs(standing, filter, limit).await?;
    let next_before = found.runs.last().filter(|_| found.more).map(|told| told.run.id.to_string());
    kept(&headers, &Runs { runs: found.runs.into_iter().map(RunOut::new).collect(), next_before })
}

/// `GET /runs/{run}`
pub(super) async fn show(
    State(state): State<WebState>,
    Entered(standing): Entered,
    Named(Parsed(id)): Named<Parsed<RunId>>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let found = state.backend.run(standing, id).await?.ok_or_else(WebError::no_page)?;
    let detail = RunDetailOut {
        run: RunOut::new(found.run),
        deliveries: found.deliveries.into_iter().map(DeliveryOut::new).collect(),
        artefacts: found.artefacts.into_iter().map(ArtefactOut::new).collect(),
    };
    kept(&headers, &detail)
}

/// `POST /reports/{report}/schedules/{schedule}/runs`
pub(super) async fn start(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    NamedTwice(report, schedule): NamedTwice<ReportId, FieldName>,
    headers: HeaderMap,
    extensions: Extensions,
    body: Result<Body<NewRun>, WebError>,
) -> Result<Response, WebError> {
    // A report that is closed looks absent, whatever else is wrong.
    let may = standing.may(crate::access::Action::Schedule, crate::access::Object::Report(&report));
    if !may {
        return Err(WebError::no_page());
    }
    let key = header_text(&headers, IDEMPOTENCY_KEY, 128)?.to_owned();
    let Body(NewRun { at, dry_run }) = body?;
    let order = RunOrder { report, schedule, at, dry_run, key };
    let object = format!("{}/{}", order.report, order.schedule);
    let run = match state.backend.start_run(standing, order).await?.ok_or_else(WebError::no_page)? {
        StartedRun::Existing(run) => run,
        StartedRun::New(run) => {
            if let (Gate::Login(door), Some(signed_in)) = (&state.gate, visitor.presence.signed_in()) {
                let event = event_by(door, AuditAction::ScheduleChanged, signed_in, &extensions)
                    .on("schedule", &object)
                    .with("run", run.run.id.to_string())
                    .with("started", if dry_run { "dry_run" } else { "manual" });
                door.record(event).await?;
            }
            run
        }
        StartedRun::OtherRequest => {
            return Err(WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying(format!(
                "this `{IDEMPOTENCY_KEY}` came with another request before; give each request its own"
            )));
        }
    };
    super::answer::private(StatusCode::ACCEPTED, &RunOut::new(run))
}

/// `POST /runs/{run}/resend`
pub(super) async fn resend(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    Named(Parsed(id)): Named<Parsed<RunId>>,
    extensions: Extensions,
    body: Result<Body<ResendBody>, WebError>,
) -> Result<Response, WebError> {
    // A run that is closed looks absent, whatever else is wrong.
    state.backend.run(standing.clone(), id).await?.ok_or_else(WebError::no_page)?;
    let Body(ResendBody { only, in_doubt }) = body?;
    let resend = Resend { only, in_doubt };
    let run = match state.backend.resend(standing, id, resend.clone()).await?.ok_or_else(WebError::no_page)? {
        StartedRun::Existing(run) => run,
        StartedRun::New(run) => {
            if let (Gate::Login(door), Some(signed_in)) = (&state.gate, visitor.presence.signed_in()) {
                let event = event_by(door, AuditAction::ScheduleChanged, signed_in, &extensions);
                door.record(resent(event, &run.run, &resend)).await?;
            }
            run
        }
        StartedRun::OtherRequest => return Err(WebError::bug("sending again has no key")),
    };
    super::answer::private(StatusCode::ACCEPTED, &RunOut::new(run))
}

impl RunOut {
    fn new(told: ToldRun) -> Self {
        let ToldRun { run, is_withheld } = told;
        Self {
            id: run.id.to_string(),
            report: run.report.to_string(),
            schedule: run.schedule.to_string(),
            scheduled_at: run.scheduled_at,
            attempt: run.attempt,
            trigger: run.trigger.to_string(),
            state: run.state.to_string(),
            stage: run.stage.map(|stage| stage.to_string()),
            definition_version: run.definition_version,
            started_at: run.started_at,
            waits_until: run.waits_until,
            waits_for: run.waits_for.iter().map(ToString::to_string).collect(),
            finished_at: run.finished_at,
            error: run.error,
            warnings: run.warnings,
            withheld: is_withheld,
        }
    }
}

impl DeliveryOut {
    pub(super) fn new(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            channel: delivery.channel.to_string(),
            recipient: delivery.recipient,
            slice: (!delivery.slice.is_empty()).then_some(delivery.slice),
            state: delivery.state.to_string(),
            attempts: delivery.attempts,
            message_id: delivery.message_id,
            detail: delivery.error.or(delivery.answer),
            updated_at: delivery.updated_at,
        }
    }
}

impl ArtefactOut {
    fn new(artefact: Artefact) -> Self {
        Self {
            id: artefact.id,
            kind: artefact.kind,
            name: artefact.file_name,
            media_type: artefact.media_type,
            bytes: artefact.bytes,
            sha256: artefact.sha256,
            deleted_at: artefact.deleted_at,
        }
    }
}
