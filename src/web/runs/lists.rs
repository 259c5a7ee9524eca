//! The deliveries and files of a run, page by page: a burst has thousands.

use super::super::address::Address;
use super::super::deliveries::SendAgain;
use super::super::when::{When, size};
use super::super::words::Words;
use crate::runs::store::{Artefact, Delivery, DeliveryState};

/// How many stand on a page.
const ON_A_PAGE: usize = 100;

/// One page of a list.
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    /// How many there are in all.
    pub(super) total: usize,
    /// The numbers of the first and the last on this page, counted from 1.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl<T> Listed<T> {
    /// The page of `all` that the parameter `name` of `address` asks for; one that is not there is the first.
    pub(super) fn new<S>(
        all: Vec<S>,
        (path, name): (&str, &str),
        address: &Address,
        view: impl Fn(S) -> T,
    ) -> Self {
        let total = all.len();
        let asked = address.get(name).and_then(|page| page.parse::<usize>().ok()).unwrap_or(1);
        let first = asked.saturating_sub(1).saturating_mul(ON_A_PAGE);
        let first = if first < total { first } else { 0 };
        let page = first / ON_A_PAGE + 1;
        let at = |page: usize| format!("{path}{}#{name}", address.with(name, &page.to_string()).query());
        let items: Vec<T> = all.into_iter().skip(first).take(ON_A_PAGE).map(view).collect();
        Self {
            from: first + 1,
            to: first + items.len(),
            before: (page > 1).then(|| at(page - 1)),
            after: (first + items.len() < total).then(|| at(page + 1)),
            total,
            items,
        }
    }

    pub(super) fn is_paged(&self) -> bool {
        self.total > ON_A_PAGE
    }
}

/// How many deliveries are in a state.
pub(super) struct Count {
    pub(super) state: &'static str,
    pub(super) text: &'static str,
    pub(super) number: usize,
}

/// How far a run with several deliveries is.
pub(super) fn progress(deliveries: &[Delivery], words: &Words) -> Vec<Count> {
    if deliveries.len() < 2 {
        return Vec::new();
    }
    let count = |state: DeliveryState| deliveries.iter().filter(|delivery| delivery.state == state).count();
    let counts = DeliveryState::ALL.iter().map(|state| (*state, count(*state)));
    let counts = counts.filter(|(_, number)| *number > 0);
    counts
        .map(|(state, number)| Count { state: state.as_str(), text: words.delivery_state(state), number })
        .collect()
}

pub(super) struct DeliveryView {
    pub(super) channel: &'static str,
    pub(super) recipient: String,
    /// What a copy is about.
    pub(super) slice: String,
    pub(super) state: &'static str,
    pub(super) state_text: &'static str,
    pub(super) attempts: i64,
    pub(super) updated_at: When,
    /// What the other side said, or why it failed.
    pub(super) detail: String,
    /// Sends it again.
    pub(super) again: Option<SendAgain>,
}

pub(super) struct ArtefactView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) size: String,
    pub(super) kept: bool,
}

impl DeliveryView {
    pub(super) fn new(delivery: Delivery, open: bool, zone: &str, words: &Words) -> Self {
        Self {
            again: SendAgain::of(&delivery, open),
            channel: words.channel(delivery.channel),
            recipient: delivery.recipient,
            slice: delivery.slice,
            state: delivery.state.as_str(),
            state_text: words.delivery_state(delivery.state),
            attempts: delivery.attempts,
            updated_at: When::new(delivery.updated_at, zone),
            detail: delivery.error.or(delivery.answer).unwrap_or_default(),
        }
    }
}

impl ArtefactView {
    pub(super) fn new(artefact: Artefact) -> Self {
        Self {
            id: artefact.id,
            name: artefact.file_name,
            size: size(u64::try_from(artefact.bytes).unwrap_or_default()),
            kept: artefact.deleted_at.is_none(),
        }
    }
}
