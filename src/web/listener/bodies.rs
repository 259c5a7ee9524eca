//! Bodies of requests that arrive too slowly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use crate::web::error::WebError;
use crate::web::state::WebState;

/// Gives the body of a request as long as the settings say, however it is dripped.
pub(in crate::web) async fn end_slow_bodies(
    State(state): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let deadline = Instant::now() + state.settings.listener.body_timeout;
    let late = Arc::new(AtomicBool::new(false));
    let (head, body) = request.into_parts();
    let told = Arc::clone(&late);
    let portions = futures::stream::try_unfold(body.into_data_stream(), move |mut body| {
        let told = Arc::clone(&told);
        async move {
            match timeout_at(deadline, body.next()).await {
                Ok(None) => Ok(None),
                Ok(Some(portion)) => Ok(Some((portion?, body))),
                Err(_) => {
                    told.store(true, Ordering::Relaxed);
                    Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))
                }
            }
        }
    });
    let portions = portions.map(|portion: Result<Bytes, axum::Error>| portion);
    let response = next.run(Request::from_parts(head, Body::from_stream(portions))).await;
    // Whoever read the body knows only that it failed.
    if late.load(Ordering::Relaxed) && !response.status().is_success() {
        return WebError::of(StatusCode::REQUEST_TIMEOUT).into_response();
    }
    response
}
