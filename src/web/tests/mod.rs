//! The door as a browser meets it, over a backend that misbehaves at will.

mod answers;
mod bad_requests;
mod content;
mod fake;
mod pages;
mod slow_bodies;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::{Metrics, TrustedProxies, WebSettings, WebState, router};
use fake::Fake;

/// An answer, read to its end.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    async fn of(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub(super) fn state() -> WebState {
    let settings = WebSettings {
        inline_budget: Duration::from_millis(60),
        request_timeout: Duration::from_secs(4),
        ..WebSettings::default()
    };
    WebState {
        backend: Arc::new(Fake::default()),
        gate: super::Gate::Demo,
        settings: Arc::new(settings),
        metrics: Metrics::new(prometheus_client::registry::Registry::default()),
    }
}

async fn send(state: WebState, method: Method, url: &str, headers: &[(&str, &str)]) -> Reply {
    send_from("127.0.0.1:4711", state, method, url, headers).await
}

async fn send_from(
    peer: &str,
    state: WebState,
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
) -> Reply {
    let mut request = Request::builder().method(method).uri(url);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8080");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    Reply::of(router(state).oneshot(request).await.unwrap()).await
}

pub(super) async fn send_body(
    state: WebState,
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Reply {
    let mut request = Request::builder().method(method).uri(url).header("host", "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body)).unwrap();
    request.extensions_mut().insert(ConnectInfo("127.0.0.1:4711".parse::<SocketAddr>().unwrap()));
    Reply::of(router(state).oneshot(request).await.unwrap()).await
}

async fn get(url: &str) -> Reply {
    send(state(), Method::GET, url, &[("accept-language", "ko")]).await
}

pub(super) async fn get_with(url: &str, headers: &[(&str, &str)]) -> Reply {
    send(state(), Method::GET, url, headers).await
}
