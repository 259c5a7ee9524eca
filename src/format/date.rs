//! How dates and periods are written, by grain and locale.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Locale;

/// The width of a time bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One hour of local time; only for timestamps.
    Hour,
    /// A calendar day.
    Day,
    /// Seven days from the locale's first day of the week (Monday: ISO 8601 weeks).
    Week,
    /// A calendar month.
    Month,
    /// January–March, April–June, …
    Quarter,
    /// A calendar year.
    Year,
}

impl Grain {
    /// Every bucket, from narrow to wide.
    pub const ALL: [Self; 6] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The bucket called `name` in files and addresses.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.name() == name)
    }

    /// What it is called in files and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// How much of a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// Complete: 2026-01-05, 2026년 1월, 2026 Q1 — table cells and tooltips.
    Full,
    /// Short, for axis labels: 1/5, 1월, Q1.
    Axis,
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day of the week, short.
pub fn weekday_name(day: Weekday, locale: Locale) -> &'static str {
    let names = match locale {
        Locale::Ko => ["월", "화", "수", "목", "금", "토", "일"],
        Locale::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        Locale::ZhHk => ["週一", "週二", "週三", "週四", "週五", "週六", "週日"],
    };
    names.get(day.num_days_from_monday() as usize).copied().unwrap_or_default()
}

/// The text of the bucket of width `grain` that begins on `date`. Weeks are given by their first
/// day; hours are written as the day.
pub fn write_date(date: NaiveDate, grain: Grain, format: DateFormat, locale: Locale) -> String {
    let (year, month, day, quarter) = (date.year(), date.month(), date.day(), date.month0() / 3 + 1);
    let name = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    match (grain, format, locale) {
        (Grain::Hour | Grain::Day, DateFormat::Full, Locale::Ko) => format!("{year:04}-{month:02}-{day:02}"),
        (Grain::Hour | Grain::Day, DateFormat::Full, Locale::En) => format!("{name} {day}, {year}"),
        (Grain::Hour | Grain::Day, DateFormat::Full, Locale::ZhHk) => format!("{year}年{month}月{day}日"),
        (Grain::Hour | Grain::Day | Grain::Week, DateFormat::Axis, Locale::Ko) => format!("{month}/{day}"),
        (Grain::Hour | Grain::Day | Grain::Week, DateFormat::Axis, Locale::En) => format!("{name} {day}"),
        (Grain::Hour | Grain::Day | Grain::Week, DateFormat::Axis, Locale::ZhHk) => {
            format!("{month}月{day}日")
        }
        (Grain::Week, DateFormat::Full, Locale::Ko) if date.weekday() == Weekday::Mon => {
            // ISO 8601: the week belongs to the year its Thursday is in.
            let week = date.iso_week();
            format!("{}년 {}주 ({month}/{day}~)", week.year(), week.week())
        }
        (Grain::Week, DateFormat::Full, Locale::Ko) => format!("{year}년 {month}월 {day}일 주"),
        (Grain::Week, DateFormat::Full, Locale::En) => format!("Week of {name} {day}, {year}"),
        (Grain::Week, DateFormat::Full, Locale::ZhHk) => format!("{year}年{month}月{day}日當週"),
        (Grain::Month, DateFormat::Full, Locale::Ko) => format!("{year}년 {month}월"),
        (Grain::Month, DateFormat::Full, Locale::En) => format!("{name} {year}"),
        (Grain::Month, DateFormat::Full, Locale::ZhHk) => format!("{year}年{month}月"),
        (Grain::Month, DateFormat::Axis, Locale::Ko) => format!("{month}월"),
        (Grain::Month, DateFormat::Axis, Locale::En) => name.to_owned(),
        (Grain::Month, DateFormat::Axis, Locale::ZhHk) => format!("{month}月"),
        (Grain::Quarter, DateFormat::Full, Locale::Ko) => format!("{year}년 {quarter}분기"),
        (Grain::Quarter, DateFormat::Full, Locale::En) => format!("Q{quarter} {year}"),
        (Grain::Quarter, DateFormat::Full, Locale::ZhHk) => format!("{year}年第{quarter}季"),
        (Grain::Quarter, DateFormat::Axis, Locale::Ko) => format!("{quarter}분기"),
        (Grain::Quarter, DateFormat::Axis, Locale::En | Locale::ZhHk) => format!("Q{quarter}"),
        (Grain::Year, _, Locale::Ko) => format!("{year}년"),
        (Grain::Year, _, Locale::En) => year.to_string(),
        (Grain::Year, _, Locale::ZhHk) => format!("{year}年"),
    }
}

/// The text of a local date and time. With a grain of a day or more only the bucket is written;
/// without one, the day and the time to the minute (to the second where there are seconds).
pub fn write_timestamp(
    instant: NaiveDateTime,
    grain: Option<Grain>,
    format: DateFormat,
    locale: Locale,
) -> String {
    match (grain, format) {
        (Some(grain), _) if grain != Grain::Hour => write_date(instant.date(), grain, format, locale),
        (_, DateFormat::Axis) => format!("{:02}:{:02}", instant.hour(), instant.minute()),
        (_, DateFormat::Full) => {
            let day = write_date(instant.date(), Grain::Day, format, locale);
            match instant.second() {
                0 => format!("{day} {:02}:{:02}", instant.hour(), instant.minute()),
                second => format!("{day} {:02}:{:02}:{second:02}", instant.hour(), instant.minute()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn each_grain_is_written_as_its_readers_do() {
        use DateFormat::{Axis, Full};
        let full = |grain, locale| write_date(date(2026, 1, 5), grain, Full, locale);
        let axis = |grain, locale| write_date(date(2026, 1, 5), grain, Axis, locale);
        assert_eq!(full(Grain::Day, Locale::Ko), "2026-01-05");
        assert_eq!(full(Grain::Month, Locale::Ko), "2026년 1월");
        assert_eq!(full(Grain::Week, Locale::Ko), "2026년 2주 (1/5~)");
        assert_eq!(full(Grain::Quarter, Locale::En), "Q1 2026");
        assert_eq!(full(Grain::Month, Locale::En), "Jan 2026");
        assert_eq!(full(Grain::Month, Locale::ZhHk), "2026年1月");
        assert_eq!(axis(Grain::Day, Locale::Ko), "1/5");
        assert_eq!(axis(Grain::Day, Locale::En), "Jan 5");
    }

    #[test]
    fn a_week_belongs_to_the_year_of_its_thursday() {
        let text = write_date(date(2025, 12, 29), Grain::Week, DateFormat::Full, Locale::Ko);
        assert_eq!(text, "2026년 1주 (12/29~)");
    }

    #[test]
    fn the_first_and_the_last_year_can_be_written() {
        for (year, month, day) in [(1, 1, 1), (9999, 12, 31)] {
            for locale in Locale::ALL {
                for grain in [Grain::Hour, Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year]
                {
                    let text = write_date(date(year, month, day), grain, DateFormat::Full, locale);
                    assert!(text.contains(&year.to_string()), "{text}");
                }
            }
        }
    }
}
