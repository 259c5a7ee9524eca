//! When a schedule fires.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use croner::parser::{CronParser, Seconds, Year};

use super::Findings;
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// Longer patterns are not written by people.
const LENGTH_LIMIT: usize = 200;

/// A pattern of five fields that fires at all.
pub(super) fn check(pattern: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    if let Err((message, help)) = problem(pattern) {
        findings.error(path, "bad_cron", message, help);
    }
}

fn problem(pattern: &str) -> Result<(), (String, String)> {
    let order = "the five fields are minute, hour, day of month, month, day of week: `0 8 * * MON`";
    let fields = pattern.split_whitespace().count();
    if fields != 5 || pattern.len() > LENGTH_LIMIT {
        let shown = names::printable(pattern);
        let hint = match (fields, shown.trim()) {
            (6, _) => format!("seconds and years are not supported; {order}"),
            (_, "@hourly") => "write `0 * * * *`".into(),
            (_, "@daily" | "@midnight") => "write `0 0 * * *`".into(),
            (_, "@weekly") => "write `0 0 * * MON`".into(),
            (_, "@monthly") => "write `0 0 1 * *`".into(),
            (_, "@yearly" | "@annually") => "write `0 0 1 1 *`".into(),
            _ => order.into(),
        };
        return Err((format!("`{shown}` has {fields} fields, a cron pattern has 5"), hint));
    }
    let cron = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(pattern)
        .map_err(|error| {
            (
                format!("`{}` is not a cron pattern: {}", names::printable(pattern), plain(&error)),
                order.into(),
            )
        })?;
    // Patterns know no year, so any five years with a leap day in them stand for all.
    let start = start();
    match cron.find_next_occurrence(&start, true) {
        Ok(next) if next.year() < start.year() + 5 => Ok(()),
        _ => Err((
            format!("`{}` never fires within five years", names::printable(pattern)),
            "look at day of month and month: is there such a day, as 30 February is not?".into(),
        )),
    }
}

fn start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default().into()
}

/// The library's message without its own prefix and full stop.
fn plain(error: &croner::errors::CronError) -> String {
    let text = error.to_string();
    let text = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
    names::printable(text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_fire_are_accepted() {
        for pattern in ["0 8 * * MON", "*/15 9-18 * * 1-5", "0 0 29 2 *", "0 8 L * *", "30 7 1,15 JAN,JUL *"]
        {
            assert_eq!(problem(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_never_fire_or_have_other_fields_are_refused() {
        for pattern in [
            "0 8 30 2 *",
            "0 8 31 4,6,9,11 *",
            "0 0 8 * * MON",
            "@daily",
            "",
            "61 * * * *",
            "0 8 * * MUN",
            "매주",
        ] {
            assert!(problem(pattern).is_err(), "{pattern}");
        }
    }
}
