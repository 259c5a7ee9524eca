//! The words for a period: `last_complete_week`, `month_to_date`, `last_30_days`, `2026-Q1`, …
//!
//! Only the grammar; which dates a relative period means is decided later, against a given now.

mod calendar;

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::error::Kind;

/// How many units `last_N_…` may count back, inclusive.
pub const COUNT_RANGE: std::ops::RangeInclusive<u16> = 1..=1000;

/// A period as an author or a viewer writes it.
///
/// `parse` and `Display` are inverse to each other for everything `parse` gives.
///
/// ```
/// use jangpyo::definitions::period::{PeriodSpec, PeriodUnit};
///
/// let spec = PeriodSpec::parse("last_12_months").unwrap();
/// assert_eq!(spec, PeriodSpec::Last { count: 12, unit: PeriodUnit::Month });
/// assert_eq!(spec.to_string(), "last_12_months");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodSpec {
    /// The whole unit that now lies in, its future days included: `today`, `this_week`, …
    This(PeriodUnit),
    /// The last unit that ended before now: `yesterday`, `last_complete_week`, …
    LastComplete(PeriodUnit),
    /// From the start of the unit that now lies in up to today inclusive: `month_to_date`, …
    ToDate(PeriodUnit),
    /// The last `count` complete units before now; days end with yesterday: `last_30_days`.
    Last {
        /// How many, 1 to 1000.
        count: u16,
        /// Of what.
        unit: PeriodUnit,
    },
    /// The latest day the data have: `as_of_latest`.
    AsOfLatest,
    /// Everything there is: `all`.
    All,
    /// Both days inclusive, the first not after the second: `2026-01-01..2026-01-31`.
    Between {
        /// The first day.
        start: NaiveDate,
        /// The last day.
        end: NaiveDate,
    },
    /// One calendar year, 1 to 9999: `2026`.
    Year(i32),
    /// One calendar month: `2026-01`.
    Month {
        /// 1 to 9999.
        year: i32,
        /// 1 to 12.
        month: u32,
    },
    /// One calendar quarter: `2026-Q1`.
    Quarter {
        /// 1 to 9999.
        year: i32,
        /// 1 to 4.
        quarter: u32,
    },
    /// One ISO 8601 week, from Monday: `2026-W05`.
    IsoWeek {
        /// The ISO year, 1 to 9999.
        year: i32,
        /// 1 to 53, where that year has 53.
        week: u32,
    },
}

/// What periods are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodUnit {
    /// A calendar day.
    Day,
    /// Seven days from the first day of the week of the locale.
    Week,
    /// A calendar month.
    Month,
    /// January–March, April–June, …
    Quarter,
    /// A calendar year.
    Year,
}

/// Why a text is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Not a word of the grammar.
    #[error("`{text}` is not a period{}; valid are {}", nearest.as_ref().map_or_else(String::new, |n| format!(", did you mean `{n}`?")), PeriodSpec::VALID)]
    Unknown {
        /// The text, cut to 80 characters and without control characters.
        text: String,
        /// The nearest valid name.
        nearest: Option<String>,
    },
    /// `last_N_…` with an N outside 1 to 1000.
    #[error("the number in `{text}` must be 1 to 1000")]
    Count {
        /// The text.
        text: String,
    },
    /// Written like a date, but the calendar has no such day, month, quarter or week.
    #[error("`{text}` is not in the calendar; write dates as 2026-01-31, years are 0001 to 9999")]
    NoSuchDate {
        /// The text.
        text: String,
    },
    /// The range ends before it starts.
    #[error("the period ends before it starts; did you mean `{end}..{start}`?")]
    Inverted {
        /// The first day as written.
        start: NaiveDate,
        /// The last day as written.
        end: NaiveDate,
    },
}

impl PeriodError {
    /// Whose fault it is: always the one who wrote the period.
    pub fn kind(&self) -> Kind {
        Kind::BadRequest
    }

    /// The nearest valid name, where there is one.
    pub fn nearest(&self) -> Option<String> {
        match self {
            Self::Unknown { nearest, .. } => nearest.clone(),
            Self::Inverted { start, end } => Some(format!("{end}..{start}")),
            Self::Count { .. } | Self::NoSuchDate { .. } => None,
        }
    }
}

impl PeriodSpec {
    /// The whole grammar on one line, for messages.
    pub const VALID: &'static str = "today, yesterday, this_week|month|quarter|year, \
        last_complete_week|month|quarter|year, week|month|quarter|year_to_date, \
        last_N_days|weeks|months|quarters|years, as_of_latest, all, 2026, 2026-Q1, 2026-01, 2026-W05, \
        2026-01-31, 2026-01-01..2026-01-31";

    /// Every fixed name, as menus and suggestions list them.
    pub const NAMES: [&'static str; 16] = [
        "today",
        "yesterday",
        "this_week",
        "this_month",
        "this_quarter",
        "this_year",
        "last_complete_week",
        "last_complete_month",
        "last_complete_quarter",
        "last_complete_year",
        "week_to_date",
        "month_to_date",
        "quarter_to_date",
        "year_to_date",
        "as_of_latest",
        "all",
    ];

    /// Reads a period; surrounding blanks are ignored.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        if let Some(fixed) = fixed(text) {
            return Ok(fixed);
        }
        if let Some(rest) = text.strip_prefix("last_")
            && let Some((count, unit)) = rest.split_once('_')
            && let Some(unit) = PeriodUnit::from_plural(unit)
            && !count.is_empty()
            && count.bytes().all(|b| b.is_ascii_digit())
        {
            return match count.parse::<u16>() {
                Ok(count) if COUNT_RANGE.contains(&count) => Ok(Self::Last { count, unit }),
                _ => Err(PeriodError::Count { text: printable(text) }),
            };
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return calendar::read(text);
        }
        Err(PeriodError::Unknown { text: printable(text), nearest: nearest(text) })
    }

    /// First and last day, for the periods that do not depend on now or on data.
    pub fn dates(&self) -> Option<(NaiveDate, NaiveDate)> {
        let months = |year: i32, first: u32, count: u32| {
            let start = NaiveDate::from_ymd_opt(year, first, 1)?;
            Some((start, start.checked_add_months(chrono::Months::new(count))?.pred_opt()?))
        };
        match *self {
            Self::Between { start, end } => Some((start, end)),
            Self::Year(year) => months(year, 1, 12),
            Self::Month { year, month } => months(year, month, 1),
            Self::Quarter { year, quarter } => months(year, quarter * 3 - 2, 3),
            Self::IsoWeek { year, week } => Some((
                NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon)?,
                NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Sun)?,
            )),
            Self::This(_)
            | Self::LastComplete(_)
            | Self::ToDate(_)
            | Self::Last { .. }
            | Self::AsOfLatest
            | Self::All => None,
        }
    }
}

impl PeriodUnit {
    const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// `day`, `week`, `month`, `quarter` or `year`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Both `days` and `day`: people write `last_1_day`.
    fn from_plural(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| word.strip_suffix('s').unwrap_or(word) == unit.name())
    }

    fn larger(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| *unit != Self::Day && unit.name() == word)
    }
}

impl fmt::Display for PeriodSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::This(PeriodUnit::Day) | Self::ToDate(PeriodUnit::Day) => f.write_str("today"),
            Self::LastComplete(PeriodUnit::Day) => f.write_str("yesterday"),
            Self::This(unit) => write!(f, "this_{}", unit.name()),
            Self::LastComplete(unit) => write!(f, "last_complete_{}", unit.name()),
            Self::ToDate(unit) => write!(f, "{}_to_date", unit.name()),
            Self::Last { count, unit } => write!(f, "last_{count}_{}s", unit.name()),
            Self::AsOfLatest => f.write_str("as_of_latest"),
            Self::All => f.write_str("all"),
            Self::Between { start, end } if start == end => write!(f, "{start}"),
            Self::Between { start, end } => write!(f, "{start}..{end}"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Quarter { year, quarter } => write!(f, "{year:04}-Q{quarter}"),
            Self::IsoWeek { year, week } => write!(f, "{year:04}-W{week:02}"),
        }
    }
}

impl FromStr for PeriodSpec {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        Self::parse(text)
    }
}

fn fixed(text: &str) -> Option<PeriodSpec> {
    Some(match text {
        "today" => PeriodSpec::This(PeriodUnit::Day),
        "yesterday" => PeriodSpec::LastComplete(PeriodUnit::Day),
        "as_of_latest" => PeriodSpec::AsOfLatest,
        "all" => PeriodSpec::All,
        _ => {
            if let Some(unit) = text.strip_prefix("last_complete_") {
                PeriodSpec::LastComplete(PeriodUnit::larger(unit)?)
            } else if let Some(unit) = text.strip_prefix("this_") {
                PeriodSpec::This(PeriodUnit::larger(unit)?)
            } else {
                PeriodSpec::ToDate(PeriodUnit::larger(text.strip_suffix("_to_date")?)?)
            }
        }
    })
}

fn nearest(text: &str) -> Option<String> {
    let text: String = text.chars().take(64).collect::<String>().to_lowercase().replace(['-', ' '], "_");
    if PeriodSpec::parse_is_name(&text) {
        return Some(text);
    }
    PeriodSpec::NAMES
        .into_iter()
        .chain(["last_7_days", "last_12_months", "last_4_weeks", "last_4_quarters", "last_2_years"])
        .map(|name| (strsim::damerau_levenshtein(&text, name), name))
        .min()
        .filter(|(distance, name)| *distance <= 2 + name.len() / 4)
        .map(|(_, name)| name.to_owned())
}

impl PeriodSpec {
    /// Whether `text` is a name as it stands, without asking for suggestions again.
    fn parse_is_name(text: &str) -> bool {
        fixed(text).is_some()
            || text.strip_prefix("last_").and_then(|rest| rest.split_once('_')).is_some_and(
                |(count, unit)| {
                    PeriodUnit::from_plural(unit).is_some()
                        && count.parse::<u16>().is_ok_and(|count| COUNT_RANGE.contains(&count))
                },
            )
    }
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_listed_name_reads_and_writes_itself() {
        for name in PeriodSpec::NAMES.into_iter().chain([
            "last_1_days",
            "last_1000_years",
            "2026",
            "0001",
            "9999-Q4",
            "2026-01",
            "2026-W53",
            "2026-01-31",
            "2024-02-29..2024-03-01",
        ]) {
            assert_eq!(PeriodSpec::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn fixed_periods_know_their_dates() {
        let dates = |text: &str| {
            let (start, end) = PeriodSpec::parse(text).unwrap().dates().unwrap();
            format!("{start}..{end}")
        };
        assert_eq!(dates("2024-02"), "2024-02-01..2024-02-29");
        assert_eq!(dates("2026-Q4"), "2026-10-01..2026-12-31");
        assert_eq!(dates("2026-W01"), "2025-12-29..2026-01-04");
        assert_eq!(dates("9999"), "9999-01-01..9999-12-31");
        assert_eq!(PeriodSpec::parse("today").unwrap().dates(), None);
    }

    #[test]
    fn what_is_not_in_the_calendar_or_the_grammar_is_refused_with_advice() {
        let message = |text: &str| PeriodSpec::parse(text).unwrap_err().to_string();
        assert!(message("last_complete_weak").contains("did you mean `last_complete_week`?"));
        assert!(message("Last-30-Days").contains("did you mean `last_30_days`?"));
        assert!(message("last_0_days").contains("1 to 1000"));
        assert!(message("last_1001_days").contains("1 to 1000"));
        assert!(message("last_99999999999_days").contains("1 to 1000"));
        assert!(message("2026-02-01..2026-01-01").contains("did you mean `2026-01-01..2026-02-01`?"));
        for text in
            ["2026-13", "2026-00", "2026-Q5", "2025-W53", "2026-02-30", "0000", "2026-1-5", "2026..", "12345"]
        {
            assert!(message(text).contains("not in the calendar"), "{text}");
        }
        for text in
            ["", "week", "last_days", "last_-3_days", "last_three_days", "this_day", "../etc", "\u{0}"]
        {
            assert!(message(text).contains("is not a period"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_written_back_to_the_same_period(text in "\\PC{0,40}|[0-9QW.-]{0,24}") {
            if let Ok(spec) = PeriodSpec::parse(&text) {
                prop_assert_eq!(PeriodSpec::parse(&spec.to_string()), Ok(spec));
            }
        }
    }
}
