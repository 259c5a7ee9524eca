//! Asks the provider: encrypted, within limits, and nobody it points to.

use std::time::Duration;

use serde::de::DeserializeOwned;
use url::Url;

use super::OidcError;
use super::attempt::shown;
use super::settings::may_be_asked;

const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Metadata and keys have a few kilobytes, a token with many groups some more.
const MOST_BYTES: usize = 1 << 20;

/// A client that follows no redirects: they could lead it into the network it stands in.
pub(super) fn client() -> Result<reqwest::Client, OidcError> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("jangpyo/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| OidcError::Broken(format!("HTTP client: {error}")))
}

/// An answer of the provider.
pub(super) struct Answer {
    pub(super) status: reqwest::StatusCode,
    from: Url,
    body: Vec<u8>,
}

impl Answer {
    /// The JSON of an answer that is a success.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, OidcError> {
        if !self.status.is_success() {
            let problem = format!("{} answers {}: {}", self.from, self.status, self.beginning());
            return Err(if self.status.is_server_error() || self.status.as_u16() == 429 {
                OidcError::Unavailable(problem)
            } else {
                OidcError::BadProvider(problem)
            });
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            OidcError::BadProvider(format!("{} answers no JSON we know: {error}", self.from))
        })
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The beginning of what was said, for the log.
    pub(super) fn beginning(&self) -> String {
        shown(&String::from_utf8_lossy(&self.body))
    }
}

/// Sends a request that was made with [`client`].
pub(super) async fn send(request: reqwest::RequestBuilder) -> Result<Answer, OidcError> {
    let (client, request) = request.build_split();
    let request = request.map_err(|error| OidcError::BadProvider(error.to_string()))?;
    let from = request.url().clone();
    if !may_be_asked(&from) {
        return Err(OidcError::BadProvider(format!("{from} is not encrypted")));
    }
    let failed = |error: reqwest::Error| {
        // reqwest says "error sending request" and keeps why to itself.
        let mut why = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            why = format!("{why}: {cause}");
            source = cause.source();
        }
        OidcError::Unavailable(why)
    };
    let mut answer = client.execute(request).await.map_err(failed)?;
    let mut body = Vec::new();
    while let Some(portion) = answer.chunk().await.map_err(failed)? {
        if body.len() + portion.len() > MOST_BYTES {
            return Err(OidcError::BadProvider(format!("{from} answers more than {MOST_BYTES} bytes")));
        }
        body.extend_from_slice(&portion);
    }
    Ok(Answer { status: answer.status(), from, body })
}
