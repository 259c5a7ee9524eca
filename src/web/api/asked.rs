//! What callers send: bodies, what stands behind `?`, headers.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use url::form_urlencoded;

use crate::definitions::offer;
use crate::web::error::WebError;

/// A body of JSON. What is no JSON is told with its place (400), what is not what is wanted with what would be
/// (422).
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        let is_json = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_json = is_json.is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
        });
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| WebError::of(rejection.status()).saying(rejection.body_text()))?;
        if !is_json && !bytes.is_empty() {
            return Err(WebError::of(StatusCode::UNSUPPORTED_MEDIA_TYPE)
                .saying("send JSON, with the header `Content-Type: application/json`"));
        }
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // A list of values in the order of the keys would be taken too.
        if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying("send an object, not a list"));
        }
        serde_json::from_slice(text).map(Self).map_err(|error| refused(&error))
    }
}

fn refused(error: &serde_json::Error) -> WebError {
    match error.classify() {
        Category::Data => {
            WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying(with_guess(&error.to_string()))
        }
        _ => WebError::of(StatusCode::BAD_REQUEST).saying(format!("the body is no JSON: {error}")),
    }
}

/// serde lists the names there are; the nearest is named first.
fn with_guess(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match names.split_first() {
        Some((name, valid)) if message.starts_with("unknown") && !valid.is_empty() => {
            let what = if message.starts_with("unknown field") { "keys" } else { "values" };
            let place = message
                .rsplit_once(" at line ")
                .map_or(String::new(), |(_, place)| format!(" at line {place}"));
            let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            format!("unknown `{name}`{place}: {}", offer(&name, what, valid.iter().copied()))
        }
        _ => message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect(),
    }
}

/// What stands behind `?`, all of it known.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        let query = parts.uri.query().unwrap_or_default();
        let mut object = serde_json::Map::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // The language is every address's.
            if name == "lang" || value.is_empty() {
                continue;
            }
            if value.contains('\0') {
                return Err(bad("a value must not hold the character NUL".into()));
            }
            if object.insert(name.clone().into_owned(), value.into_owned().into()).is_some() {
                let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
                return Err(bad(format!("`{name}` is given twice")));
            }
        }
        serde_json::from_value(object.into()).map(Self).map_err(|error| bad(with_guess(&error.to_string())))
    }
}

fn bad(message: String) -> WebError {
    WebError::of(StatusCode::BAD_REQUEST).saying(message)
}

/// A number behind `?`, from 1 to `most`.
pub(super) fn number(text: Option<&str>, name: &str, usual: usize, most: usize) -> Result<usize, WebError> {
    let Some(text) = text else { return Ok(usual.min(most)) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| bad(format!("`{name}` is a number from 1 to {most}")))
}

/// A value behind `?` in its own words.
pub(super) fn parsed<T: std::str::FromStr>(
    text: Option<&str>,
    name: &str,
    valid: &str,
) -> Result<Option<T>, WebError> {
    text.map(|text| text.parse().map_err(|_| bad(format!("`{name}` is {valid}")))).transpose()
}

/// The value of a header of printable ASCII without blanks, from 1 to `most` characters.
pub(super) fn header_text<'a>(headers: &'a HeaderMap, name: &str, most: usize) -> Result<&'a str, WebError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).map(str::trim);
    let is_plain = |value: &str| value.bytes().all(|byte| byte.is_ascii_graphic());
    let fits = |value: &&str| (1..=most).contains(&value.len()) && is_plain(value) && values.next().is_none();
    value.filter(fits).ok_or_else(|| {
        bad(format!(
            "the header `{name}` must be there once, with 1 to {most} printable ASCII characters and no blank"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_answered_with_the_nearest() {
        let message = "unknown field `mesures`, expected one of `measures`, `by` at line 1 column 10";
        assert_eq!(
            with_guess(message),
            "unknown `mesures` at line 1 column 10: did you mean `measures`? valid keys: measures, by"
        );
        assert_eq!(with_guess("missing field `name`\u{7}"), "missing field `name` ");
    }
}
