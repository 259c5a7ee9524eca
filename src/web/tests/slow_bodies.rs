use super::*;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use bytes::Bytes;
use futures::StreamExt as _;

use crate::web::listener::{ListenerSettings, end_slow_bodies};

/// Answers with how many bytes came, from a body whose portions come `every` so often.
async fn dripped(every: Duration, portions: usize) -> (StatusCode, String) {
    let listener =
        ListenerSettings { body_timeout: Duration::from_millis(300), ..ListenerSettings::default() };
    let settings = WebSettings { listener, ..WebSettings::default() };
    let state = WebState { settings: Arc::new(settings), ..state() };
    let router: Router = Router::new()
        .route("/", post(|body: Bytes| async move { body.len().to_string() }))
        .layer(from_fn_with_state(state, end_slow_bodies));
    let stream = futures::stream::iter(0..portions).then(move |_| async move {
        tokio::time::sleep(every).await;
        Ok::<_, std::io::Error>(Bytes::from_static(b"12345"))
    });
    let request = Request::post("/").body(Body::from_stream(stream)).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_body_in_time_is_read_whole_and_a_dripped_one_is_given_up() {
    assert_eq!(dripped(Duration::from_millis(1), 20).await, (StatusCode::OK, "100".into()));
    assert_eq!(dripped(Duration::from_millis(1), 0).await, (StatusCode::OK, "0".into()));
    let begun = std::time::Instant::now();
    // No single wait is long; all together are.
    let (status, _) = dripped(Duration::from_millis(20), 1_000).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}
