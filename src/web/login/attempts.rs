//! The cookies of attempts to log in elsewhere: one for each, so that two tabs that begin at once both come
//! back.

use axum::http::{HeaderMap, HeaderValue};

use super::cookies::{cookie, pairs, value_of};

/// The longest value that can be one of ours, in bytes.
const LONGEST: usize = 4000;

/// How many attempts a browser has at a time. With more of them its requests would be too long; all of them
/// are forgotten then.
const MOST: usize = 4;

/// How the names begin, before the id of the attempt.
fn prefix(secure: bool) -> &'static str {
    if secure { "__Host-jangpyo-attempt-" } else { "jangpyo-attempt-" }
}

/// The sealed attempt with this id.
pub(super) fn read(headers: &HeaderMap, id: &str, secure: bool) -> Option<String> {
    value_of(headers, &format!("{}{id}", prefix(secure)), LONGEST)
}

/// The header that keeps an attempt.
pub(super) fn keep(id: &str, sealed: &str, age: u64, secure: bool) -> Option<HeaderValue> {
    cookie(&format!("{}{id}", prefix(secure)), sealed, age, secure)
}

/// The header that takes an attempt away.
pub(super) fn forget(id: &str, secure: bool) -> Option<HeaderValue> {
    cookie(&format!("{}{id}", prefix(secure)), "", 0, secure)
}

/// The ids of attempts that have to go before another begins.
pub(super) fn too_many(headers: &HeaderMap, secure: bool) -> Vec<String> {
    let ids: Vec<String> =
        pairs(headers).filter_map(|(name, _)| name.strip_prefix(prefix(secure))).map(str::to_owned).collect();
    if ids.len() < MOST { Vec::new() } else { ids }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn each_attempt_has_a_cookie_and_there_are_never_many() {
        let mut headers = HeaderMap::new();
        for (id, value) in [("a1", "one"), ("b2", "two"), ("c3", "three")] {
            headers.append(header::COOKIE, format!("jangpyo-attempt-{id}={value}").parse().unwrap());
        }
        assert_eq!(read(&headers, "b2", false).unwrap(), "two");
        assert_eq!((read(&headers, "b2", true), read(&headers, "x", false)), (None, None));
        assert!(too_many(&headers, false).is_empty());
        headers.append(header::COOKIE, "jangpyo-attempt-d4=four; jangpyo=session".parse().unwrap());
        assert_eq!(too_many(&headers, false), ["a1", "b2", "c3", "d4"]);
        assert_eq!(
            keep("a1", "sealed", 600, true).unwrap(),
            "__Host-jangpyo-attempt-a1=sealed; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
