//! What one document of a run is about: all of the report, or the part of one recipient of a burst.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::Ticket;
use crate::access::Viewer;
use crate::definitions::model::Attachment;
use crate::engine::{Freshness, Memory};
use crate::format::Locale;

/// What a document is about.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The parameters.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The language.
    pub locale: Locale,
    /// For whom it is evaluated.
    pub viewer: Viewer,
    /// A digest of what they may see of its data, as [`Answers::seen`](super::Answers::seen) gives it.
    pub seen: Option<String>,
    /// What it is about in words, such as the store; empty for the whole report.
    pub about: String,
    /// What is attached; `None` for what the delivery says.
    pub attach: Option<Vec<Attachment>>,
    /// From when on the data must have been listed: what is sent must be what they say now.
    pub freshness: Freshness,
    /// What it shares with others.
    pub memory: Option<Arc<Memory>>,
}

impl Part {
    /// The whole report, as its schedule says.
    pub(super) fn whole(ticket: &Ticket, seen: Option<String>) -> Self {
        Self {
            parameters: ticket.parameters.clone(),
            locale: ticket.schedule.locale.unwrap_or(ticket.report.locale),
            viewer: ticket.viewer.clone(),
            seen,
            about: String::new(),
            attach: None,
            freshness: Freshness::from_now_on(),
            memory: None,
        }
    }

    /// What tells it from other copies of the same instant, for good: a digest. A copy for somebody whose rights have
    /// changed since is another one, and is made anew.
    pub(super) fn key(&self) -> String {
        let attach: Option<Vec<&str>> =
            self.attach.as_ref().map(|attach| attach.iter().map(|attachment| attachment.word()).collect());
        let whose = (self.viewer.name(), &self.seen);
        let key = format!("{:?}", (&self.parameters, self.locale.tag(), attach, whose, &self.about));
        format!("{:x}", Sha256::digest(key)).chars().take(32).collect()
    }
}
