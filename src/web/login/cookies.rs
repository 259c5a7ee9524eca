//! The cookies of the login.

use axum::http::{HeaderMap, HeaderValue, header};

/// The longest value that can be one of ours, in bytes.
const LONGEST: usize = 400;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The session's secret.
    Session,
    /// That somebody has logged in with this browser before.
    Device,
    /// What forms are bound to before there is a session.
    Form,
}

impl Cookie {
    /// Its name. With `__Host-` browsers take it only by HTTPS, from this very host.
    pub(super) fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-jangpyo",
            (Self::Session, false) => "jangpyo",
            (Self::Device, true) => "__Host-jangpyo-device",
            (Self::Device, false) => "jangpyo-device",
            (Self::Form, true) => "__Host-jangpyo-form",
            (Self::Form, false) => "jangpyo-form",
        }
    }

    /// Its value in a request. Two of one name are none: one of them was planted.
    pub(super) fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        value_of(headers, self.name(secure), LONGEST)
    }

    /// The header that sets it. `None` takes it away.
    pub(super) fn set(self, value: Option<(&str, u64)>, secure: bool) -> Option<HeaderValue> {
        let (value, age) = value.unwrap_or(("", 0));
        cookie(self.name(secure), value, age, secure)
    }
}

/// Names and values of all cookies of a request.
pub(super) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// The value of the one cookie of this name, if it is not longer than one of ours can be.
pub(super) fn value_of(headers: &HeaderMap, name: &str, longest: usize) -> Option<String> {
    let mut values = pairs(headers).filter(|(known, _)| *known == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() && value.len() <= longest => Some(value.to_owned()),
        _ => None,
    }
}

/// The header that sets a cookie.
pub(super) fn cookie(name: &str, value: &str, age: u64, secure: bool) -> Option<HeaderValue> {
    let end = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{end}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_by_their_exact_name_and_once() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "lang=ko; jangpyo=abc; jangpyo-device=d".parse().unwrap());
        assert_eq!(Cookie::Session.read(&headers, false).unwrap(), "abc");
        assert_eq!(Cookie::Device.read(&headers, false).unwrap(), "d");
        assert_eq!(Cookie::Session.read(&headers, true), None);
        headers.append(header::COOKIE, "jangpyo=planted".parse().unwrap());
        assert_eq!(Cookie::Session.read(&headers, false), None);
        let set = Cookie::Session.set(Some(("abc", 60)), true).unwrap();
        assert_eq!(set, "__Host-jangpyo=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    }
}
