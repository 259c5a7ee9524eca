//! Answers over HTTP/2 that a client asks for and does not take.
//!
//! Over HTTP/1.1 such an answer fills the connection, which then ends ([`Watched`](super::watched)).
//! Over HTTP/2 a client can keep its window shut and the connection busy, and a hundred answers in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::Version;
use axum::middleware::Next;
use axum::response::Response;
use axum_server::ConnectionShutdown;
use bytes::Bytes;
use futures::StreamExt as _;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::web::state::WebState;

/// An answer is handed over in portions, the next one when the client has room for more.
const PORTION_BYTES: usize = 16 * 1024;

/// Ends the connection when an answer over HTTP/2 makes no progress.
pub(in crate::web) async fn end_stalled_streams(
    State(state): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let connection = request.extensions().get::<ConnectionShutdown>().cloned();
    let connection = connection.filter(|_| request.version() == Version::HTTP_2);
    let response = next.run(request).await;
    match connection {
        Some(connection) if !response.body().is_end_stream() => {
            watch(response, connection, state.settings.listener.stall_timeout)
        }
        _ => response,
    }
}

/// How often the client was ready for more, doubled; odd while a portion waits for it.
type Progress = Arc<AtomicU64>;

fn watch(response: Response, connection: ConnectionShutdown, limit: Duration) -> Response {
    // The first portion waits too.
    let progress = Progress::new(AtomicU64::new(1));
    let finished = CancellationToken::new();
    tokio::spawn(end_when_stalled(Arc::clone(&progress), connection, limit, finished.clone()));
    let (head, body) = response.into_parts();
    let portions = Portions {
        body: body.into_data_stream(),
        rest: Bytes::new(),
        progress,
        _finished: finished.drop_guard(),
    };
    let stream = futures::stream::try_unfold(portions, |mut portions| async move {
        Ok::<_, axum::Error>(portions.next().await.transpose()?.map(|portion| (portion, portions)))
    });
    Response::from_parts(head, Body::from_stream(stream))
}

struct Portions {
    body: axum::body::BodyDataStream,
    rest: Bytes,
    progress: Progress,
    _finished: DropGuard,
}

impl Portions {
    async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        // Asked for more: from here on the answer waits for us, not for the client.
        self.progress.fetch_add(1, Ordering::Relaxed);
        while self.rest.is_empty() {
            match self.body.next().await? {
                Ok(portion) => self.rest = portion,
                Err(error) => return Some(Err(error)),
            }
        }
        let portion = self.rest.split_to(self.rest.len().min(PORTION_BYTES));
        self.progress.fetch_add(1, Ordering::Relaxed);
        Some(Ok(portion))
    }
}

async fn end_when_stalled(
    progress: Progress,
    connection: ConnectionShutdown,
    limit: Duration,
    finished: CancellationToken,
) {
    let mut before = 0;
    loop {
        tokio::select! {
            () = finished.cancelled() => return,
            () = tokio::time::sleep(limit) => {}
        }
        let now = progress.load(Ordering::Relaxed);
        if now == before && now % 2 == 1 {
            tracing::debug!("the client takes nothing of an answer; its connection ends");
            connection.shutdown();
            return;
        }
        before = now;
    }
}
