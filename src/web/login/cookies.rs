//! The cookies of the login.

use axum::http::{HeaderMap, HeaderValue, header};

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The session's secret.
    Session,
    /// That somebody has logged in with this browser before.
    Device,
    /// What forms are bound to before there is a session.
    Form,
    /// An attempt to log in elsewhere, sealed.
    Attempt,
}

impl Cookie {
    /// Its name. With `__Host-` browsers take it only by HTTPS, from this very host.
    pub(super) fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-jangpyo",
            (Self::Session, false) => "jangpyo",
            (Self::Device, true) => "__Host-jangpyo-device",
            (Self::Device, false) => "jangpyo-device",
            (Self::Attempt, true) => "__Host-jangpyo-attempt",
            (Self::Attempt, false) => "jangpyo-attempt",
            (Self::Form, true) => "__Host-jangpyo-form",
            (Self::Form, false) => "jangpyo-form",
        }
    }

    /// The longest value that can be one of ours, in bytes.
    fn longest(self) -> usize {
        if self == Self::Attempt { 4000 } else { 400 }
    }

    /// Its value in a request. Two of one name are none: one of them was planted.
    pub(super) fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == self.name(secure)).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() && value.len() <= self.longest() => {
                Some(value.to_owned())
            }
            _ => None,
        }
    }

    /// The header that sets it. `None` takes it away.
    pub(super) fn set(self, value: Option<(&str, u64)>, secure: bool) -> Option<HeaderValue> {
        let (value, age) = value.unwrap_or(("", 0));
        let end = if secure { "; Secure" } else { "" };
        let name = self.name(secure);
        HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{end}"))
            .ok()
    }
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
