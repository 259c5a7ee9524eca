//! Why the driver does not answer, in the words that the SQL API has for the same.

use std::sync::LazyLock;

use adbc_core::error::{Error, Status};
use arrow::error::ArrowError;
use regex::Regex;
use reqwest::StatusCode;

use crate::sources::StatementError;
use crate::sources::warehouse::snowflake::api::{Failure, refused};

/// Numbers from here on are the driver's own, and tell of the way to Snowflake.
const OF_THE_DRIVER: i32 = 260_000;

/// Numbers of a login that name the token or the key.
const OF_TOKENS: [i32; 6] = [390_100, 390_101, 390_144, 390_303, 390_318, 394_304];

/// Of a call.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` calls")]
pub(super) fn failed(error: Error) -> StatementError {
    let message = without_addresses(&error.message);
    let is_numbered = error.vendor_code > 0 && !(OF_THE_DRIVER..300_000).contains(&error.vendor_code);
    let code = if is_numbered { format!("{:06}", error.vendor_code) } else { String::new() };
    let failure = match error.status {
        _ if OF_TOKENS.contains(&error.vendor_code) => refused(StatusCode::UNAUTHORIZED, &code, &message),
        Status::Timeout | Status::Cancelled => Failure::Timeout(message),
        Status::IO | Status::Internal if !is_numbered => Failure::Unreachable(message),
        _ => refused(StatusCode::UNPROCESSABLE_ENTITY, &code, &message),
    };
    failure.into()
}

/// Of rows on their way.
pub(super) fn broken(error: &ArrowError) -> StatementError {
    StatementError::Unreachable(without_addresses(&error.to_string()))
}

/// A message of the driver without what stands behind the `?` of addresses: it opens the parts of an answer to everybody.
pub(super) fn without_addresses(message: &str) -> String {
    static BEHIND: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)(https?://[^\s"?]+)\?[^\s"]*"#).ok());
    BEHIND.as_ref().map_or_else(String::new, |behind| behind.replace_all(message, "$1?…").into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: Status, vendor_code: i32) -> StatementError {
        failed(Error { vendor_code, ..Error::with_message_and_status("said", status) })
    }

    #[test]
    fn what_may_work_later_is_told_from_what_has_to_be_mended() {
        for (status, code) in [(Status::IO, 0), (Status::Internal, 0), (Status::Internal, 261_000)] {
            assert!(matches!(of(status, code), StatementError::Unreachable(_)), "{status:?} {code}");
        }
        assert!(matches!(of(Status::Timeout, 0), StatementError::Timeout(_)));
        for (code, expected) in [
            (390_144, "RSA_PUBLIC_KEY"),
            (390_318, "make a new one"),
            (390_189, "grant the role"),
            (390_201, "name a `warehouse`"),
            (2_003, "names are exact"),
        ] {
            let said = of(Status::IO, code).to_string();
            assert!(said.contains(expected) && said.contains(&format!("({code:06})")), "{said}");
        }
        // A network that is closed to this server is no matter of tokens.
        let said = of(Status::IO, 390_422).to_string();
        assert!(!said.contains("token"), "{said}");
    }

    #[test]
    fn addresses_that_open_an_answer_are_told_to_nobody() {
        let said = r#"Get "https://bucket.s3.amazonaws.com/results/1?X-Amz-Signature=abc&x=1": refused"#;
        assert_eq!(without_addresses(said), r#"Get "https://bucket.s3.amazonaws.com/results/1?…": refused"#);
        assert_eq!(without_addresses("why? because"), "why? because");
    }
}
