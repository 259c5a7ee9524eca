//! The browser's door: dashboards, downloads, runs, problems, health and metrics over HTTP.
//!
//! Takes a listener, a [`WebState`] and a stop signal; serves until the signal. The whole URL map is
//! in `router.rs`. Handlers parse names and parameters, ask the [`Backend`], and lay out
//! what comes back; they know neither files nor queries. What a viewer is told about a failure never
//! carries its cause, only an id that the log has.

mod address;
mod assets;
mod backend;
mod brand;
mod cached;
mod controls;
mod dashboard;
mod disposition;
mod downloads;
mod error;
mod figures;
mod frame;
mod guard;
mod health;
mod host;
mod login;
mod metrics;
mod names;
mod panel;
mod problems;
mod reports;
mod router;
mod runs;
mod state;
mod table;
mod visitor;
mod when;
mod words;

pub use backend::{
    Answers, ArtefactFile, Backend, BackendError, Fresh, OpenReport, ReadyCheck, ReportEntry, RunDetail, Wish,
};
pub use brand::Brand;
pub use login::{Door, Gate, Seldom, WayElsewhere};
pub use metrics::Metrics;
pub use router::router;
pub use state::{WebSettings, WebState};

use std::future::Future;

/// Answers requests on `listener` until `shutdown` resolves; requests under way are then finished.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: tokio::net::TcpListener,
    state: WebState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(state).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}

#[cfg(test)]
mod tests;
