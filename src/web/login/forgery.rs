//! Forms of other sites.
//!
//! What changes something must come from a page of this server: browsers say where a request comes
//! from, and each form carries a token that only pages of the same session know.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use url::form_urlencoded;

use super::door::Door;
use super::presence::SignedIn;
use super::words::LoginWords;
use crate::web::client::Client;
use crate::web::error::WebError;

/// The name of the hidden field.
const FIELD: &str = "csrf";
/// The header that scripts send instead.
const HEADER: &str = "x-csrf-token";

/// The fields of a form, checked. Every handler of a form takes them from here.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty where there is none.
    pub(in crate::web) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All values of a field.
    pub(in crate::web) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// The token of forms in a session.
pub(super) fn session_token(door: &Door, secret: &str) -> String {
    door.identity.key().sign("csrf", &[secret])
}

/// The token of forms before there is a session, or where a proxy says who it is: bound to a cookie
/// that no other site can read.
pub(super) fn form_token(door: &Door, cookie: &str, name: &str) -> String {
    door.identity.key().sign("form", &[cookie, name])
}

/// Whether the browser says that the request comes from another site. `nameless` says whether it may keep to itself
/// where the request comes from, as it does for pages without a referrer.
pub(super) fn is_foreign(request: &Request, nameless: bool) -> bool {
    is_from_elsewhere(request.headers(), &Client::of(request).host.unwrap_or_default(), nameless)
}

/// Whether the headers name another site than the `host` that the request is for.
fn is_from_elsewhere(headers: &HeaderMap, host: &str, nameless: bool) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) if !["same-origin", "none"].contains(&site) => true,
        (_, None) => false,
        (_, Some("null")) if nameless => false,
        (_, Some(origin)) => {
            let own = origin.split_once("://").map(|(_, authority)| authority);
            own.is_none_or(|own| !own.eq_ignore_ascii_case(host))
        }
    }
}

/// Which token a form must carry.
pub(super) enum Wanted<'a> {
    /// That of the session or the proxy's person.
    Person(&'a SignedIn),
    /// That of the cookie of forms.
    Cookie(Option<String>),
}

/// Checks the token, in the header or the form, and hands the form's fields on.
pub(super) async fn check_token(
    door: &Door,
    wanted: Wanted<'_>,
    w: &LoginWords,
    request: Request,
) -> Result<Request, WebError> {
    let (mut parts, body) = request.into_parts();
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let given = parts.headers.get(HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (fields, body) = if is_form {
        // The limit of bodies stands before; this one only keeps the promise where it is raised.
        let bytes = to_bytes(body, 1 << 20).await.map_err(|_| WebError::of(StatusCode::PAYLOAD_TOO_LARGE))?;
        let fields = form_urlencoded::parse(&bytes).into_owned().collect();
        (Fields(fields), Body::from(bytes))
    } else {
        (Fields::default(), body)
    };
    let given = given.unwrap_or_else(|| fields.get(FIELD).to_owned());
    let right = match wanted {
        Wanted::Person(person) => !person.csrf.is_empty() && same(&given, &person.csrf),
        Wanted::Cookie(None) => false,
        Wanted::Cookie(Some(cookie)) => door.identity.key().confirms("form", &[&cookie, ""], &given),
    };
    if !right {
        return Err(WebError::of(StatusCode::FORBIDDEN).saying(w.form_old));
    }
    parts.extensions.insert(fields);
    Ok(Request::from_parts(parts, body))
}

fn same(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(headers: &[(&'static str, &str)]) -> bool {
        at_a_page(headers, false)
    }

    fn at_a_page(headers: &[(&'static str, &str)], nameless: bool) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        !is_from_elsewhere(&map, "reports.example.com:8080", nameless)
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        assert!(origin(&[]), "programs say nothing");
        assert!(origin(&[("sec-fetch-site", "same-origin"), ("origin", "http://reports.example.com:8080")]));
        assert!(origin(&[("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site", "other"] {
            assert!(!origin(&[("sec-fetch-site", site)]), "{site}");
        }
        for other in [
            "http://evil.example",
            "null",
            "http://reports.example.com",
            "http://reports.example.com:8080.evil.example",
            "https://evil.example/reports.example.com:8080",
        ] {
            assert!(!origin(&[("origin", other)]), "{other}");
            assert_eq!(at_a_page(&[("origin", other)], true), other == "null", "{other}");
        }
        // As a browser sends the form of a page without a referrer, and as one in a foreign frame does.
        assert!(at_a_page(&[("sec-fetch-site", "same-origin"), ("origin", "null")], true));
        assert!(!at_a_page(&[("sec-fetch-site", "cross-site"), ("origin", "null")], true));
    }
}
