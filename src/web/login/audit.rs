//! `/audit`: what has happened. For administrators; `permit.rs` says so.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Extensions, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use chrono_tz::Tz;
use futures::stream;

use super::door::{client_address, request_id};
use super::enter::{door, private};
use super::names::Names;
use super::words::LoginWords;
use crate::ledger::audit::{AuditAction, AuditFilter, Event, ExportFormat, Outcome, Recorded};
use crate::runs::days;
use crate::web::address::Address;
use crate::web::disposition::{Disposition, content_disposition};
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::when::When;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    w: &'static LoginWords,
    events: Vec<EventView>,
    asked: Asked,
    /// The time zone of instants and days.
    zone: String,
    filtered: bool,
    newest_url: Option<String>,
    older_url: Option<String>,
    csv_url: String,
    ndjson_url: String,
}

/// What the form says.
struct Asked {
    actor: String,
    object: String,
    text: String,
    from: String,
    to: String,
    /// Words, names, and whether it is chosen.
    actions: Vec<(&'static str, &'static str, bool)>,
    outcomes: Vec<(&'static str, &'static str, bool)>,
}

struct EventView {
    seq: i64,
    at: When,
    actor: String,
    method: &'static str,
    address: String,
    action: &'static str,
    object: String,
    outcome: &'static str,
    done: bool,
    details: String,
}

/// A day that stands in an address; what is no day filters nothing.
fn day(text: Option<&str>) -> Option<NaiveDate> {
    text?.parse().ok()
}

fn filter(address: &Address, zone: &str) -> AuditFilter {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let text = |name: &str| address.get(name).map(str::trim).filter(|text| !text.is_empty());
    let object = text("object").map(|object| match object.split_once('/') {
        Some((kind, id)) => (Some(kind.to_owned()), id.to_owned()),
        None => (None, object.to_owned()),
    });
    let (object_kind, object_id) = object.map_or((None, None), |(kind, id)| (kind, Some(id)));
    AuditFilter {
        actor: text("actor").map(str::to_lowercase),
        action: text("action").and_then(|word| word.parse().ok()),
        object_kind,
        object_id,
        outcome: text("outcome").and_then(|word| word.parse().ok()),
        from: day(text("from")).and_then(|day| days::begins(day, zone)),
        to: day(text("to")).and_then(|day| days::ends(day, zone)),
        text: text("text").map(str::to_owned),
        before: text("before").and_then(|number| number.parse().ok()),
    }
}

/// `/audit`
pub(super) async fn list_events(
    State(state): State<WebState>,
    visitor: Visitor,
    address: Address,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let locale = visitor.locale.unwrap_or_default();
    let (w, names) = (LoginWords::of(locale), Names::of(locale));
    let zone = state.backend.usual_zone();
    let wanted = filter(&address, &zone);
    let found =
        door.audit.search(&wanted, 100).await.map_err(|error| WebError::unavailable(error.to_string()))?;
    let older = found.events.last().filter(|_| found.more).map(|last| last.seq.to_string());
    let text = |name: &str| address.get(name).unwrap_or_default().to_owned();
    let plain = address.without("before").without("lang");
    let mut response = page(&AuditPage {
        frame: Frame::new(&visitor, locale, Place::Elsewhere, w.audit, "/audit", &address)
            .in_brand(state.backend.usual_brand()),
        w,
        events: found.events.iter().map(|event| EventView::new(event, names, &zone)).collect(),
        asked: Asked {
            actor: text("actor"),
            object: text("object"),
            text: text("text"),
            from: text("from"),
            to: text("to"),
            actions: AuditAction::ALL
                .iter()
                .map(|one| (one.as_str(), names.event(*one), wanted.action == Some(*one)))
                .collect(),
            outcomes: Outcome::ALL
                .iter()
                .map(|one| (one.as_str(), names.outcome(*one), wanted.outcome == Some(*one)))
                .collect(),
        },
        zone,
        filtered: AuditFilter { before: None, ..wanted.clone() } != AuditFilter::default(),
        newest_url: wanted.before.map(|_| format!("/audit{}", plain.query())),
        older_url: older.map(|seq| format!("/audit{}", address.with("before", &seq).query())),
        csv_url: format!("/audit.csv{}", plain.query()),
        ndjson_url: format!("/audit.ndjson{}", plain.query()),
    })?;
    private(&mut response);
    Ok(response)
}

impl EventView {
    fn new(recorded: &Recorded, names: &Names, zone: &str) -> Self {
        let event = &recorded.event;
        let details: Vec<String> = event
            .details
            .iter()
            .map(|(name, value)| match value.as_str() {
                Some(text) => format!("{name}: {text}"),
                None => format!("{name}: {value}"),
            })
            .collect();
        let object = match (event.object_kind.as_str(), event.object_id.as_str()) {
            (kind, "") => kind.to_owned(),
            (kind, id) => format!("{kind}/{id}"),
        };
        Self {
            seq: recorded.seq,
            at: When::new(event.at, zone),
            actor: event.actor.clone(),
            method: names.method(event.method),
            address: event.address.clone(),
            action: names.event(event.action),
            object,
            outcome: names.outcome(event.outcome),
            done: event.outcome == Outcome::Done,
            details: details.join(" · "),
        }
    }
}

/// `/audit.csv`
pub(super) async fn export_csv(
    State(state): State<WebState>,
    visitor: Visitor,
    address: Address,
    extensions: Extensions,
) -> Result<Response, WebError> {
    export(&state, &visitor, &address, &extensions, ExportFormat::Csv).await
}

/// `/audit.ndjson`
pub(super) async fn export_ndjson(
    State(state): State<WebState>,
    visitor: Visitor,
    address: Address,
    extensions: Extensions,
) -> Result<Response, WebError> {
    export(&state, &visitor, &address, &extensions, ExportFormat::Ndjson).await
}

/// Page by page as the browser takes it, newest first; a log of millions never stands in memory.
async fn export(
    state: &WebState,
    visitor: &Visitor,
    address: &Address,
    extensions: &Extensions,
    format: ExportFormat,
) -> Result<Response, WebError> {
    let door = door(state)?;
    let signed_in = visitor.presence.signed_in().ok_or_else(|| WebError::of(StatusCode::FORBIDDEN))?;
    let event = Event::new(AuditAction::AuditExported, door.now())
        .by(&signed_in.person.name, signed_in.method)
        .from(&client_address(extensions).to_string(), &request_id(extensions))
        .with("filter", address.query());
    door.record(event).await?;
    let (name, kind) = match format {
        ExportFormat::Csv => ("audit.csv", "text/csv; charset=utf-8"),
        ExportFormat::Ndjson => ("audit.ndjson", "application/x-ndjson"),
    };
    let log = door.audit.clone();
    let pages = stream::try_unfold(
        Some((filter(address, &state.backend.usual_zone()), format.head())),
        move |left| {
            let log = log.clone();
            async move {
                let Some((mut wanted, mut text)) = left else { return Ok(None) };
                let found = log.search(&wanted, 1000).await?;
                text.extend(found.events.iter().map(|recorded| format.line(recorded)));
                wanted.before = found.events.last().map(|last| last.seq);
                Ok::<_, crate::store::StoreError>(Some((text, found.more.then_some((wanted, String::new())))))
            }
        },
    );
    let head = [(header::CONTENT_TYPE, kind)];
    let disposition = content_disposition(Disposition::Attachment, name);
    let mut response =
        (head, [(header::CONTENT_DISPOSITION, disposition)], Body::from_stream(pages)).into_response();
    private(&mut response);
    Ok(response)
}
