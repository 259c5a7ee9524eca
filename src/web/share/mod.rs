//! Showing one report to others: by a link, or inside of a page of another site.
//!
//! A link or token fixes the report and its parameters, and passes on the rights of who made it, never
//! more: roles and rules count as they are when it is used. Only those who may take a report away as a
//! file may pass it on, because whoever has the link can do the same with what they see.

mod embed;
mod guest;
mod list;
mod make;
mod origin;
mod visit;
mod words;

use axum::Router;
use axum::routing::{get, post};

pub(super) use embed::{EmbedWish, embed_token};
pub(super) use list::ShareView;
pub use origin::is_origin;
pub(super) use words::ShareWords;

use super::state::WebState;

/// Everything about links to reports and reports inside of other sites.
pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/reports/{report}/share", get(make::show_form).post(make::make_link))
        // `{link}` is a secret, or a secret with `.pdf` or `.xlsx`.
        .route("/share/{link}", get(visit::show_report))
        .route("/share/{link}/panels/{panel}", get(visit::show_panel))
        .route("/account/shares/{share}/revoke", post(list::revoke_own))
        .route("/shares", get(list::list_all))
        .route("/shares/{share}/revoke", post(list::revoke_any))
        .route("/embed/{report}", get(embed::show_report))
        .route("/embed/{report}/panels/{panel}", get(embed::show_panel))
}
