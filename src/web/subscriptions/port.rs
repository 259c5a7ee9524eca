//! What the door asks about subscriptions and leaving.

use futures::future::BoxFuture;

use super::{Leaver, Leaving, Mailbox, WantsMail};
use crate::access::{Person, Standing};
use crate::definitions::model::{CalendarId, FieldName};
use crate::format::LocalizedText;
use crate::runs::store::{Pause, Subscription};
use crate::web::backend::{BackendError, StartedRun};

/// What the door asks about subscriptions and leaving: a part of [`Backend`](crate::web::Backend).
pub trait Subscribing: Send + Sync {
    /// What is sent to the viewer.
    fn mailbox(&self, standing: Standing) -> BoxFuture<'_, Result<Mailbox, BackendError>>;

    /// Keeps a subscription of the viewer; `None` where the report is closed to them, or takes none.
    fn keep_subscription(
        &self,
        standing: Standing,
        kept: Subscription,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>>;

    /// A subscription that has not ended: the viewer's own, or one to a report whose schedules they may see.
    fn subscription(
        &self,
        standing: Standing,
        id: FieldName,
    ) -> BoxFuture<'_, Result<Option<Subscription>, BackendError>>;

    /// Ends such a subscription; `None` if there is none.
    fn end_subscription(
        &self,
        standing: Standing,
        id: FieldName,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>>;

    /// Pauses such a subscription, or resumes it; `None` if there is none.
    fn pause_subscription(
        &self,
        standing: Standing,
        id: FieldName,
        pause: Option<Pause>,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>>;

    /// Sends such a subscription now, without waiting for its end; `None` if there is none.
    fn send_subscription(
        &self,
        standing: Standing,
        id: FieldName,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>>;

    /// What a leaver leaves; `None` for a link that this server has not made.
    fn leaving(&self, leaver: Leaver) -> BoxFuture<'_, Result<Option<Leaving>, BackendError>>;

    /// Does what a leaver wants; answers how it is then, and whether that was a change. `None` as above.
    fn leave(
        &self,
        leaver: Leaver,
        wants: WantsMail,
    ) -> BoxFuture<'_, Result<Option<(Leaving, bool)>, BackendError>>;

    /// Notes the groups and claims of somebody who has just logged in elsewhere.
    fn renew_subscriber(&self, person: Person) -> BoxFuture<'_, Result<(), BackendError>>;

    /// The calendars of business days, by title.
    fn calendars(&self) -> Vec<(CalendarId, LocalizedText)>;
}
