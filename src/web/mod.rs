//! The browser's door: dashboards, downloads, runs, problems, health and metrics over HTTP.
//!
//! Takes a [`Listener`], a [`WebState`] and a stop signal; serves until the signal. The whole URL map is
//! in `router.rs`. Handlers parse names and parameters, ask the [`Backend`], and lay out
//! what comes back; they know neither files nor queries. What a viewer is told about a failure never
//! carries its cause, only an id that the log has.

mod address;
mod api;
mod assets;
mod backend;
mod brand;
mod cached;
mod client;
mod controls;
mod costs;
mod dashboard;
mod deliveries;
mod disposition;
mod downloads;
mod error;
mod figures;
mod frame;
mod guard;
mod health;
mod host;
mod limits;
mod listener;
mod login;
mod metrics;
mod names;
mod panel;
mod plain_path;
mod problems;
mod reports;
mod router;
mod runs;
mod schedules;
mod share;
mod state;
mod subscriptions;
mod table;
mod told_run;
mod visitor;
mod way;
mod when;
mod words;

pub use api::openapi;
pub use backend::{
    Answers, ArtefactFile, Backend, BackendError, CostsAsked, CostsOnly, DatasetEntry, DeliveriesAsked,
    FoundCosts, FoundDeliveries, FoundRuns, Fresh, OpenReport, ReadyCheck, ReportEntry, RunDetail, RunOrder,
    StartedRun, Wish,
};
pub use brand::Brand;
pub use client::TrustedProxies;
pub use limits::{Limits, Rate, Rates};
pub use listener::{ListenError, Listener, ListenerSettings, RedirectSettings, TlsError, TlsFiles, serve};
pub use login::{Door, Gate, Seldom};
pub use metrics::Metrics;
pub use router::router;
pub use schedules::{Resumed, ScheduleEntry, Upcoming, Why};
pub use share::is_origin;
pub use state::{WebSettings, WebState};
pub use subscriptions::{Leaver, Leaving, MailEntry, Mailbox, Subscribing, SubscriptionEntry, WantsMail};
pub use told_run::ToldRun;

#[cfg(test)]
mod tests;
