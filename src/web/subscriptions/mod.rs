//! Having reports sent to oneself, and leaving what is sent.
//!
//! `/reports/{report}/subscribe` asks for the days and the time, `/subscriptions` shows what comes and ends it;
//! `/unsubscribe/{token}` is where links of mails lead, and needs no login.

mod entry;
mod form;
mod leave;
mod list;
mod port;
mod save;
mod words;

use axum::Router;
use axum::routing::{get, post};

pub use entry::{Leaver, Leaving, MailEntry, Mailbox, SubscriptionEntry, WantsMail};
pub use port::Subscribing;
pub(super) use words::SubscriptionWords;

use super::state::WebState;

/// Everything about subscriptions and leaving.
pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/reports/{report}/subscribe", get(save::show_new).post(save::make))
        .route("/subscriptions", get(list::show_mailbox))
        .route("/subscriptions/{subscription}", get(save::show_known).post(save::change))
        .route("/subscriptions/{subscription}/end", post(list::end))
        .route("/subscriptions/{subscription}/pause", post(list::pause))
        .route("/subscriptions/{subscription}/resume", post(list::resume))
        .route("/subscriptions/{subscription}/send", post(list::send_now))
        .route("/subscriptions/mails/leave", post(list::leave))
        .route("/subscriptions/mails/return", post(list::come_back))
        .route("/unsubscribe/{token}", get(leave::show_leave).post(leave::leave))
        .route("/unsubscribe/{token}/return", post(leave::come_back))
}
