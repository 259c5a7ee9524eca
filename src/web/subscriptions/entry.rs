//! What the door asks and is told of subscriptions and of leaving.

use chrono::{DateTime, Utc};

use crate::definitions::model::{FieldName, ReportId};
use crate::format::{Locale, LocalizedText};
use crate::runs::store::{Pause, Run, Subscription};

/// A subscription as the pages show it.
#[derive(Debug, Clone)]
pub struct SubscriptionEntry {
    /// What is wanted, when and by whom.
    pub subscription: Subscription,
    /// The title of the report; `None` where it is gone, or closed to whoever wanted it.
    pub title: Option<LocalizedText>,
    /// When it is sent next; `None` for never.
    pub next: Option<DateTime<Utc>>,
    /// The pause that holds now.
    pub pause: Option<Pause>,
    /// Its latest run.
    pub latest: Option<Run>,
}

/// A schedule of whose mail somebody got some.
#[derive(Debug, Clone)]
pub struct MailEntry {
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// The report's title.
    pub title: LocalizedText,
    /// The IANA zone of its instants.
    pub zone: String,
    /// The instant of the latest.
    pub latest: DateTime<Utc>,
    /// Whether they want no more of it.
    pub left: bool,
    /// Whether they can leave; a report that must be received cannot be left.
    pub may_leave: bool,
}

/// What belongs to somebody: their subscriptions, and what is sent to them by schedules of files.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    /// The address; `None` where none is known, so that nothing can be sent.
    pub address: Option<String>,
    /// Their subscriptions.
    pub subscriptions: Vec<SubscriptionEntry>,
    /// What is sent to them.
    pub mails: Vec<MailEntry>,
    /// Subscriptions of others to reports whose schedules they may see.
    pub others: Vec<SubscriptionEntry>,
}

/// Who leaves, or comes back.
#[derive(Debug, Clone)]
pub enum Leaver {
    /// Whoever has the link of a mail.
    Link(String),
    /// Somebody who is logged in, with their address.
    Address(String, ReportId, FieldName),
}

/// What is left, or was.
#[derive(Debug, Clone)]
pub struct Leaving {
    /// The report.
    pub report: ReportId,
    /// The schedule, or the id of a subscription.
    pub schedule: FieldName,
    /// The report's title.
    pub title: LocalizedText,
    /// The address.
    pub address: String,
    /// The language of the mail.
    pub locale: Locale,
    /// Whether it is a subscription: once ended, there is no way back.
    pub is_subscription: bool,
    /// Whether it was left already.
    pub left: bool,
    /// Whether it can be left.
    pub may_leave: bool,
}

/// What somebody wants of a schedule's mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantsMail {
    /// No more of it.
    NoMore,
    /// Again.
    Again,
}
