//! `/deliveries`: what was sent to whom over all runs.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::kept;
use super::asked::{Asked, number, parsed};
use super::runs::DeliveryOut;
use crate::runs::store::{Channel, DeliveryEntry, DeliveryFilter, WantedState};
use crate::web::backend::{DeliveriesAsked, FoundDeliveries};
use crate::web::error::WebError;
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// What may stand behind `?` of a list of deliveries; what is not said does not matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveriesQuery {
    /// Of this report.
    report: Option<String>,
    /// Of this schedule.
    schedule: Option<String>,
    /// With this anywhere in the address or path; letters' case does not count.
    recipient: Option<String>,
    /// On this way: `email`, `folder`, `slack`, `teams`, `webhook`, `object_store` or `sftp`.
    channel: Option<String>,
    /// In this state: `queued`, `sending`, `sent`, `failed`, `in_doubt` or `unsent`; or `undelivered` for those who
    /// are still without: it failed, is in doubt, or was not handed over, and no later attempt has taken its place.
    state: Option<String>,
    /// Of runs for an instant on this day or later, in the time zone that the answer names.
    from: Option<String>,
    /// Of runs for an instant on this day or earlier.
    through: Option<String>,
    /// Only older ones than this delivery: the last of the page before.
    before: Option<String>,
    /// How many, from 1 to 200.
    limit: Option<String>,
}

/// A page of deliveries.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names are those of the JSON")]
pub(super) struct Deliveries {
    /// Newest first.
    deliveries: Vec<FoundDelivery>,
    /// The time zone that days are counted in: that of the report asked for, or the one that most reports have.
    time_zone: String,
    /// What to give as `before` for the next page; `null` on the last.
    next_before: Option<String>,
}

/// A delivery with its run.
#[derive(Debug, Serialize, JsonSchema)]
struct FoundDelivery {
    /// The delivery.
    delivery: DeliveryOut,
    /// The id of its run.
    run: String,
    /// The report.
    report: String,
    /// The schedule.
    schedule: String,
    /// The instant the run stands for.
    scheduled_at: DateTime<Utc>,
    /// Which attempt for the instant the run is.
    attempt: Option<i64>,
    /// What started the run.
    trigger: String,
    /// Whether sending its run again would send it; what is in doubt is never sent again that way.
    resendable: bool,
    /// Whether it can be sent again by itself, as one of `only`.
    open: bool,
}

/// `GET /deliveries`
pub(super) async fn list(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    asked: Result<Asked<DeliveriesQuery>, WebError>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if !visitor.doors.runs {
        return Err(WebError::no_page());
    }
    let Asked(asked) = asked?;
    let states = WantedState::words().collect::<Vec<_>>().join(", ");
    let channels = Channel::ALL.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(", ");
    let day = "a day such as 2026-11-28";
    let wanted = DeliveriesAsked {
        filter: DeliveryFilter {
            report: parsed(asked.report.as_deref(), "report", "the id of a report")?,
            schedule: parsed(asked.schedule.as_deref(), "schedule", "the name of a schedule")?,
            recipient: asked.recipient,
            channel: parsed(asked.channel.as_deref(), "channel", &format!("one of {channels}"))?,
            state: parsed(asked.state.as_deref(), "state", &format!("one of {states}"))?,
            before: parsed::<uuid::Uuid>(asked.before.as_deref(), "before", "the id of a delivery")?
                .map(|id| id.to_string()),
            ..DeliveryFilter::default()
        },
        from: parsed(asked.from.as_deref(), "from", day)?,
        through: parsed(asked.through.as_deref(), "through", day)?,
    };
    let limit = number(asked.limit.as_deref(), "limit", state.settings.runs_per_page, 200)?;
    let FoundDeliveries { page, zone } = state.backend.deliveries(standing, wanted, limit).await?;
    let next_before = page.deliveries.last().filter(|_| page.more).map(|last| last.delivery.id.clone());
    let deliveries = page.deliveries.into_iter().map(FoundDelivery::new).collect();
    kept(&headers, &Deliveries { deliveries, time_zone: zone, next_before })
}

impl FoundDelivery {
    fn new(entry: DeliveryEntry) -> Self {
        Self {
            run: entry.delivery.run.to_string(),
            delivery: DeliveryOut::new(entry.delivery),
            report: entry.report.to_string(),
            schedule: entry.schedule.to_string(),
            scheduled_at: entry.scheduled_at,
            attempt: entry.attempt,
            trigger: entry.trigger.to_string(),
            resendable: entry.resendable,
            open: entry.open,
        }
    }
}
