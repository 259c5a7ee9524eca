//! Schedules: what is sent when, why a day is another than cron says, and pausing.

mod entry;
mod facts;
mod list;
mod pause;
mod show;
mod upcoming;
mod words;

use axum::Router;
use axum::routing::{get, post};

pub(super) use entry::path_of;
pub use entry::{ScheduleEntry, Upcoming, Why};
pub use pause::Resumed;
pub(super) use pause::paused;
pub(super) use words::ScheduleWords;

use super::state::WebState;

/// Everything about schedules.
pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/schedules", get(list::list_schedules))
        .route("/reports/{report}/schedules/{schedule}", get(show::show_schedule))
        .route("/reports/{report}/schedules/{schedule}/pause", post(pause::pause_schedule))
        .route("/reports/{report}/schedules/{schedule}/resume", post(pause::resume_schedule))
}
