//! The whole URL map.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::limit::RequestBodyLimitLayer;

use super::state::WebState;
use super::{
    api, assets, brand, client, costs, dashboard, deliveries, error, guard, health, host, limits, listener,
    login, panel, plain_path, problems, reports, runs, schedules, share, subscriptions,
};

/// Forms are short.
const BODY_LIMIT_BYTES: usize = 16 * 1024;

/// Every address the server answers, with what stands before the handlers.
pub fn router(state: WebState) -> Router {
    Router::new()
        .route("/", get(reports::list_reports))
        // `{report}` is an id, or an id with `.pdf`.
        .route("/reports/{report}", get(dashboard::show_report))
        // `{panel}` is an id, or an id with `.xlsx`, `.csv`, `.svg` or `.png`.
        .route("/reports/{report}/panels/{panel}", get(panel::show_panel))
        .route("/runs", get(runs::list_runs))
        .route("/runs/{run}", get(runs::show_run))
        .route("/runs/{run}/resend", post(runs::resend_run))
        .route("/runs/{run}/compare/{other}", get(runs::compare_runs))
        .route("/deliveries", get(deliveries::list_deliveries))
        .route("/artefacts/{artefact}", get(runs::download_artefact))
        .route("/costs", get(costs::show_costs))
        .route("/problems", get(problems::list_problems))
        .route("/healthz", get(health::show_health))
        .route("/readyz", get(health::show_readiness))
        .route("/metrics", get(health::show_metrics))
        .route("/static/{file}", get(assets::show_asset))
        .route("/themes/{theme}/{file}", get(brand::show_file))
        .route("/favicon.svg", get(assets::show_favicon))
        .route("/favicon.ico", get(assets::show_favicon))
        .merge(login::routes())
        .merge(api::routes())
        .merge(share::routes())
        .merge(schedules::routes())
        .merge(subscriptions::routes())
        .fallback(error::no_such_page)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), limits::limit_people))
        .layer(from_fn(guard::remember_preferences))
        .layer(from_fn_with_state(state.clone(), login::authenticate))
        .layer(from_fn(plain_path::check_path))
        .layer(from_fn_with_state(state.clone(), host::check_host))
        .layer(from_fn_with_state(state.clone(), limits::limit_addresses))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
        .layer(from_fn_with_state(state.clone(), listener::end_slow_bodies))
        .layer(from_fn_with_state(state.clone(), guard::guard))
        .layer(from_fn_with_state(state.clone(), client::identify))
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new("font/"))),
        )
        .layer(from_fn_with_state(state.clone(), listener::end_stalled_streams))
        .with_state(state)
}
