//! Until when a certificate is valid.
//!
//! Reads just enough of a certificate's DER (RFC 5280, section 4.1): rustls checks keys, not dates,
//! because it is the client who decides about those.

use chrono::{DateTime, NaiveDateTime, Utc};

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The version, where it is not the first.
const VERSION: u8 = 0xa0;

/// When the certificate ends; `None` if the bytes are not understood.
pub(super) fn valid_until(certificate: &[u8]) -> Option<DateTime<Utc>> {
    let (certificate, _) = expect(certificate, SEQUENCE)?;
    let (mut fields, _) = expect(certificate, SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (validity, _) = expect(fields, SEQUENCE)?;
    let (_, _, after_begin) = element(validity)?;
    let (tag, text, _) = element(after_begin)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

fn time(tag: u8, text: &str) -> Option<DateTime<Utc>> {
    let full = match tag {
        // Two digits of the year: from 50 on it is the last century (RFC 5280, section 4.1.2.5.1).
        UTC_TIME => format!("{}{text}", if text.get(..2)? >= "50" { "19" } else { "20" }),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    NaiveDateTime::parse_from_str(&full, "%Y%m%d%H%M%SZ").ok().map(|time| time.and_utc())
}

fn expect(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// The tag and content of the first element, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, bytes) = bytes.split_first()?;
    let (&first, bytes) = bytes.split_first()?;
    let (length, bytes) = match first {
        0..=0x7f => (usize::from(first), bytes),
        0x81..=0x84 => {
            let (digits, bytes) = bytes.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), bytes)
        }
        _ => return None,
    };
    let (content, rest) = bytes.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        let at = |tag, text| time(tag, text).map(|time| time.to_rfc3339());
        assert_eq!(at(UTC_TIME, "491231235959Z").as_deref(), Some("2049-12-31T23:59:59+00:00"));
        assert_eq!(at(UTC_TIME, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00+00:00"));
        assert_eq!(at(GENERALIZED_TIME, "20500101000000Z").as_deref(), Some("2050-01-01T00:00:00+00:00"));
        assert_eq!(at(UTC_TIME, "4912Z"), None);
        assert_eq!(at(UTC_TIME, "é1231235959Z"), None);
    }

    #[test]
    fn no_bytes_make_it_panic() {
        for bytes in [&[][..], &[0x30], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0x02, 0x30, 0x80]] {
            assert_eq!(valid_until(bytes), None, "{bytes:?}");
        }
        for seed in 0..2_000_u32 {
            let bytes: Vec<u8> = (0..60)
                .map(|n| if n % 7 == 0 { 0x30 } else { (seed.wrapping_mul(n + 31) >> 3) as u8 })
                .collect();
            let _ = valid_until(&bytes);
        }
    }
}
