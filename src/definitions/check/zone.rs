//! Names of time zones.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::Findings;
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// What people write instead of a zone, and what they mean.
const ABBREVIATIONS: [(&str, &str); 10] = [
    ("KST", "Asia/Seoul"),
    ("HKT", "Asia/Hong_Kong"),
    ("JST", "Asia/Tokyo"),
    ("SGT", "Asia/Singapore"),
    ("EDT", "America/New_York"),
    ("CDT", "America/Chicago"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("BST", "Europe/London"),
    ("CEST", "Europe/Berlin"),
];

/// An IANA zone that exists.
pub(super) fn check(name: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    if name.parse::<Tz>().is_ok() {
        return;
    }
    let message = format!("there is no time zone `{}`", names::printable(name));
    let help = match suggestion(name) {
        Some(zone) => format!("did you mean `{zone}`? IANA names are wanted, such as Asia/Seoul"),
        None => "IANA names are wanted, such as Asia/Seoul, Asia/Hong_Kong or America/New_York".into(),
    };
    findings.error(path, "unknown_time_zone", message, help);
}

fn suggestion(name: &str) -> Option<&'static str> {
    let plain = |text: &str| text.replace([' ', '-'], "_").to_lowercase();
    let wanted = plain(name);
    let known =
        ABBREVIATIONS.into_iter().find(|(short, _)| short.eq_ignore_ascii_case(name)).map(|(_, zone)| zone);
    let city = || {
        TZ_VARIANTS.iter().map(|zone| zone.name()).find(|zone| {
            plain(zone) == wanted || zone.rsplit('/').next().is_some_and(|city| plain(city) == wanted)
        })
    };
    known.or_else(city).or_else(|| names::nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name())))
}
