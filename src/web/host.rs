//! Which host names requests may carry.
//!
//! A server without login listens on loopback, but a page of another site could still reach it by
//! letting its own name resolve to 127.0.0.1 (DNS rebinding). Such a request carries the foreign
//! name, so names nobody configured are refused.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::client::Client;
use super::error::WebError;
use super::state::WebState;

/// Probes come from load balancers under whatever name, and tell nothing about anybody.
const OPEN_PATHS: [&str; 2] = ["/healthz", "/readyz"];

/// Refuses requests for hosts this server does not answer to.
pub(super) async fn check_host(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let host = Client::of(&request).host;
    let open = OPEN_PATHS.contains(&request.uri().path());
    match host.as_deref().map(name_of) {
        Some(_) if !host.as_deref().is_some_and(is_plain) => WebError::of(StatusCode::BAD_REQUEST)
            .saying("the `Host` header holds more than a name and a port")
            .into_response(),
        Some(name) if open || is_allowed(&name, &state.settings.allowed_hosts) => next.run(request).await,
        Some(name) => WebError::of(StatusCode::MISDIRECTED_REQUEST)
            .saying(format!(
                "this server does not answer to the host name `{}`; open it as localhost, or add the name to \
                 JANGPYO_ALLOWED_HOSTS",
                name.chars().filter(|c| !c.is_control()).take(80).collect::<String>()
            ))
            .into_response(),
        None if open => next.run(request).await,
        None => WebError::of(StatusCode::BAD_REQUEST)
            .saying("the request names no host; send a `Host` header")
            .into_response(),
    }
}

/// The host that a request is for, as it stands there: browsers that speak HTTP/2 send it with the address and no
/// `Host` header.
pub(super) fn asked_host(request: &Request) -> Option<String> {
    let host = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    request.uri().authority().map(|authority| authority.as_str().to_owned()).or_else(host)
}

/// Whether a request is for this machine by a name that other servers on it share.
pub(super) fn is_loopback(request: &Request) -> bool {
    Client::of(request).host.is_some_and(|host| is_allowed(&name_of(&host), &[]))
}

/// The host without its port, in lower case; IPv6 addresses without brackets.
pub(super) fn name_of(host: &str) -> String {
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether nothing stands there but a name or an address, and a port: it becomes part of links.
fn is_plain(host: &str) -> bool {
    let port = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(_, behind)| behind),
        None => Some(host.strip_prefix(host.split(':').next().unwrap_or_default()).unwrap_or_default()),
    };
    let is_port = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    !host.contains('@')
        && port.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

pub(super) fn is_allowed(name: &str, allowed: &[String]) -> bool {
    name == "localhost"
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        || allowed.iter().any(|host| host == "*" || name_of(host) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_part_of_links_is_a_name_and_a_port() {
        for host in ["localhost", "localhost:8080", "localhost:", "[::1]", "[::1]:8080", "127.0.0.1:1"] {
            assert!(is_plain(host), "{host}");
        }
        for host in ["[::1]x", "[::1", "[::1]x:1", "localhost:80a", "localhost:8080/x", "a@localhost"] {
            assert!(!is_plain(host), "{host}");
        }
    }

    #[test]
    fn loopback_names_and_configured_names_are_served_and_no_others() {
        let allowed = vec!["Reports.example.com:8080".to_owned()];
        for host in
            ["localhost:8080", "LOCALHOST", "127.0.0.1:1", "127.8.9.1", "[::1]:8080", "reports.example.com"]
        {
            assert!(is_allowed(&name_of(host), &allowed), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]"]
        {
            assert!(!is_allowed(&name_of(host), &allowed), "{host}");
        }
        assert!(is_allowed("anything", &["*".to_owned()]));
    }
}
