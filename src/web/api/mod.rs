//! The JSON API under `/api/v1`, for programs with a token and for scripts of pages.
//!
//! [`table`] holds every operation once: the router, the rights that a token needs, what is recorded in the
//! audit log and the OpenAPI document are made from it. Each noun has a file with its handlers and the types
//! it takes and gives. Whatever is closed to the caller is answered as if it were not there.

mod answer;
mod asked;
mod audit;
mod cells;
mod compare;
mod costs;
mod datasets;
mod deliveries;
mod embed_tokens;
mod explore;
mod me;
mod names;
mod openapi;
mod panels;
mod reports;
mod runs;
mod schedules;
mod sessions;
mod signals;
mod table;
mod tokens;
mod users;

use axum::Router;

use super::state::WebState;
pub use openapi::openapi;
pub(super) use table::called;

/// Where the API begins.
pub(super) const ROOT: &str = "/api/v1";

/// Whether a path belongs to the API, so that whatever comes back is JSON.
pub(super) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Every operation of the table.
pub(super) fn routes() -> Router<WebState> {
    table::ROUTES.iter().fold(Router::new(), |router, route| {
        router.route(&format!("{ROOT}{}", route.path), (route.handler)())
    })
}

#[cfg(test)]
mod tests;
