//! One way to write an address.
//!
//! `weekly-sales%2Epdf` could stand for `weekly-sales.pdf` (RFC 3986, section 6.2.2.2). What stands before the handlers
//! judges and records a request by its path, so there must not be a second way to write one: it names nothing here.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::WebError;

/// Answers that there is no such page where a path is written in another way than the plain one.
pub(super) async fn check_path(request: Request, next: Next) -> Response {
    if is_plain(request.uri().path()) {
        return next.run(request).await;
    }
    WebError::no_page().into_response()
}

/// Whether nothing is written with a percent sign that needs none: letters, digits and `-._~`.
fn is_plain(path: &str) -> bool {
    path.split('%').skip(1).all(|behind| {
        let byte = behind.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        !byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_digits_and_the_four_signs_need_no_percent() {
        for written in [
            "/reports/weekly-sales%2Epdf",
            "/reports/weekly%2dsales",
            "/%72eports/a%5Fb",
            "/%2%2E",
            "/%E3%2E",
        ] {
            assert!(!is_plain(written), "{written}");
        }
        for plain in
            ["/", "/reports/weekly-sales.pdf", "/themes/%EC%A3%BC", "/a%2Fb", "/a%", "/a%2", "/%zz", "/%+1"]
        {
            assert!(is_plain(plain), "{plain}");
        }
    }
}
