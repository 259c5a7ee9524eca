//! `/deliveries`: what was sent to whom over all runs, and who is still without.

mod words;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;

use super::address::Address;
use super::backend::{DeliveriesAsked, FoundDeliveries};
use super::error::WebError;
use super::frame::{self, Frame, Place, page};
use super::login::{Gate, bind_forms, person};
use super::names::RecordId;
use super::runs::Titles;
use super::state::WebState;
use super::visitor::{Entered, Visitor};
use super::when::When;
use super::words::{Words, fill_count};
use crate::definitions::model::{FieldName, ReportId};
use crate::runs::store::{
    Channel, Delivery, DeliveryEntry, DeliveryFilter, DeliveryState, MOST_COUNTED, RunId, WantedState,
};

pub(super) use words::DeliveryWords;

/// Where it is.
const PATH: &str = "/deliveries";

/// The address of those who are still without.
pub(super) const UNDELIVERED: &str = "/deliveries?state=undelivered";

/// The longest part of an address that is looked for, in characters.
const LONGEST_PART: usize = 200;

#[derive(Template)]
#[template(path = "deliveries.html")]
struct DeliveriesPage {
    frame: Frame,
    dw: &'static DeliveryWords,
    deliveries: Vec<Row>,
    asked: Asked,
    /// The time zone that days are counted in.
    zone: String,
    filtered: bool,
    newest_url: Option<String>,
    older_url: Option<String>,
    /// The token of the forms that send runs again; `None` for who cannot.
    csrf: Option<String>,
}

/// What the form says.
struct Asked {
    reports: Vec<(String, String, bool)>,
    schedule: String,
    recipient: String,
    channels: Vec<(&'static str, &'static str, bool)>,
    states: Vec<(&'static str, &'static str, bool)>,
    from: String,
    to: String,
    /// Whether those are asked for who are still without.
    undelivered: bool,
    /// Whether nothing else is asked.
    nothing_else: bool,
}

struct Row {
    run: RunId,
    state: &'static str,
    state_text: &'static str,
    recipient: String,
    slice: String,
    title: String,
    schedule: String,
    scheduled_at: When,
    channel: &'static str,
    attempts: i64,
    detail: String,
    /// The Message-ID of a mail that may have arrived.
    in_doubt: Option<String>,
    /// Sends this one again.
    again: Option<SendAgain>,
    /// Whether a button sends the whole run again: the first row of each run that has several such has it.
    sends: bool,
}

/// A button that sends one delivery again.
pub(super) struct SendAgain {
    pub(super) run: RunId,
    pub(super) id: String,
    pub(super) recipient: String,
    /// Whether it may have arrived; then it asks first.
    pub(super) in_doubt: bool,
}

impl SendAgain {
    /// A button for a delivery that is `open`.
    pub(super) fn of(delivery: &Delivery, open: bool) -> Option<Self> {
        open.then(|| Self {
            run: delivery.run,
            id: delivery.id.clone(),
            recipient: delivery.recipient.clone(),
            in_doubt: delivery.state == DeliveryState::InDoubt,
        })
    }
}

fn filter(address: &Address) -> DeliveriesAsked {
    let text = |name: &str| address.get(name).map(str::trim).filter(|text| !text.is_empty());
    let day = |name: &str| text(name).and_then(|day| day.parse::<NaiveDate>().ok());
    let clean = |part: &str| part.chars().filter(|c| !c.is_control()).take(LONGEST_PART).collect();
    // A filter that names nothing filters nothing; the form shows what counts.
    let filter = DeliveryFilter {
        report: text("report").and_then(|id| ReportId::parse(id).ok()),
        schedule: text("schedule").and_then(|name| FieldName::parse(name).ok()),
        recipient: text("recipient").map(clean),
        channel: text("channel").and_then(|word| word.parse().ok()),
        state: text("state").and_then(|word| word.parse().ok()),
        before: text("before").and_then(RecordId::parse).map(|RecordId(id)| id),
        ..DeliveryFilter::default()
    };
    DeliveriesAsked { filter, from: day("from"), through: day("to") }
}

/// `/deliveries`
pub(super) async fn list_deliveries(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if !visitor.doors.runs {
        return Err(WebError::no_page());
    }
    let signed_in = person(&visitor).ok();
    if let (Gate::Login(door), Some(signed_in)) = (&state.gate, signed_in)
        && let Some(again) = bind_forms(door, signed_in, &headers, &format!("{PATH}{}", address.query()))?
    {
        return Ok(again);
    }
    let locale = visitor.locale.unwrap_or_default();
    let (words, dw) = (Words::of(locale), DeliveryWords::of(locale));
    let wanted = filter(&address);
    let FoundDeliveries { page: found, zone } =
        state.backend.deliveries(standing.clone(), wanted.clone(), state.settings.runs_per_page).await?;
    let titles = Titles::of(&state, &standing, locale);
    let asked = Asked::new(&wanted, &titles, (words, dw));
    let older = found.deliveries.last().filter(|_| found.more).map(|last| last.delivery.id.clone());
    let mut unsent: BTreeMap<RunId, usize> = BTreeMap::new();
    for entry in found.deliveries.iter().filter(|entry| entry.resendable) {
        *unsent.entry(entry.delivery.run).or_default() += 1;
    }
    let rows = found.deliveries.into_iter().map(|entry| {
        let several = |count: usize| count > 1;
        let sends = entry.resendable && unsent.remove(&entry.delivery.run).is_some_and(several);
        Row::new(entry, sends, &titles, words)
    });
    page(&DeliveriesPage {
        deliveries: rows.collect(),
        frame: Frame::new(&visitor, locale, Place::Runs, dw.deliveries, PATH, &address)
            .in_brand(state.backend.usual_brand()),
        dw,
        filtered: !asked.nothing_else || wanted.filter.state.is_some(),
        newest_url: wanted.filter.before.map(|_| format!("{PATH}{}", address.without("before").query())),
        older_url: older.map(|id| format!("{PATH}{}", address.with("before", &id).query())),
        csrf: signed_in.map(|signed_in| signed_in.csrf.clone()),
        asked,
        zone,
    })
}

/// How many are still without, in words; `None` for nobody.
pub(super) fn undelivered_text(count: usize, dw: &DeliveryWords) -> Option<String> {
    let number = if count > MOST_COUNTED { format!("{MOST_COUNTED}+") } else { count.to_string() };
    (count > 0).then(|| fill_count(dw.undelivered_count, number))
}

impl Asked {
    fn new(wanted: &DeliveriesAsked, titles: &Titles, (words, dw): (&Words, &DeliveryWords)) -> Self {
        let DeliveriesAsked { filter, from, through } = wanted;
        let day = |day: &Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let states = DeliveryState::ALL.iter().map(|state| {
            let chosen = filter.state == Some(WantedState::In(*state));
            (state.as_str(), words.delivery_state(*state), chosen)
        });
        let undelivered = filter.state == Some(WantedState::Undelivered);
        let without = (WantedState::UNDELIVERED, dw.undelivered, undelivered);
        let channels = Channel::ALL
            .iter()
            .map(|channel| (channel.as_str(), words.channel(*channel), filter.channel == Some(*channel)));
        let rest = DeliveryFilter { state: None, before: None, ..filter.clone() };
        Self {
            reports: titles.menu(filter.report.as_ref()),
            schedule: filter.schedule.as_ref().map(ToString::to_string).unwrap_or_default(),
            recipient: filter.recipient.clone().unwrap_or_default(),
            channels: channels.collect(),
            states: std::iter::once(without).chain(states).collect(),
            from: day(from),
            to: day(through),
            undelivered,
            nothing_else: rest == DeliveryFilter::default() && from.is_none() && through.is_none(),
        }
    }
}

impl Row {
    fn new(entry: DeliveryEntry, sends: bool, titles: &Titles, words: &Words) -> Self {
        let DeliveryEntry { delivery, report, schedule, scheduled_at, open, .. } = entry;
        let again = SendAgain::of(&delivery, open);
        let in_doubt = delivery.message_id.filter(|_| delivery.state == DeliveryState::InDoubt);
        Self {
            run: delivery.run,
            state: delivery.state.as_str(),
            state_text: words.delivery_state(delivery.state),
            recipient: delivery.recipient,
            slice: delivery.slice,
            title: titles.title(&report),
            schedule: schedule.to_string(),
            scheduled_at: When::new(scheduled_at, &titles.zone(&report)),
            channel: words.channel(delivery.channel),
            attempts: delivery.attempts,
            detail: delivery.error.or(delivery.answer).unwrap_or_default(),
            in_doubt,
            again,
            sends,
        }
    }
}
