//! The addresses of the login.

use axum::Router;
use axum::routing::{get, post};

use super::{account, audit, enter, oidc, setup, users};
use crate::identity::oidc::CALLBACK_PATH;
use crate::web::state::WebState;

/// Everything about logging in, accounts, users and the audit log.
pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/login", get(enter::show_login).post(enter::log_in))
        .route(oidc::START, get(oidc::begin))
        .route(CALLBACK_PATH, get(oidc::finish))
        .route("/logout", post(enter::log_out))
        .route("/setup/{token}", get(setup::show_setup).post(setup::set_password))
        .route("/account", get(account::show_account))
        .route("/account/password", post(account::change_password))
        .route("/account/sessions/{session}/revoke", post(account::revoke_session))
        .route("/account/tokens", post(account::make_token))
        .route("/account/tokens/{token}/revoke", post(account::revoke_token))
        .route("/users", get(users::list_users).post(users::add_user))
        .route("/users/{user}/rights", post(users::change_rights))
        .route("/users/{user}/{deed}", post(users::change_user))
        .route("/audit", get(audit::list_events))
        .route("/audit.csv", get(audit::export_csv))
        .route("/audit.ndjson", get(audit::export_ndjson))
}
