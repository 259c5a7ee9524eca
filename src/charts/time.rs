//! Which moments of a time axis get a label.

use chrono::{Datelike, NaiveDateTime, Timelike};

use crate::format::{DateFormat, Grain, Locale, write_date, write_timestamp};

/// A labelled moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// The position of its category.
    pub(super) index: usize,
    /// Its label.
    pub(super) text: String,
    /// What the label leaves out, where it changes: the year, or the day of an hour.
    pub(super) context: Option<String>,
}

/// One way to label an axis: moments `unit` apart in steps of `step`, from the finest on.
struct Level {
    unit: Grain,
    step: u32,
}

const LEVELS: [Level; 22] = [
    Level { unit: Grain::Hour, step: 1 },
    Level { unit: Grain::Hour, step: 2 },
    Level { unit: Grain::Hour, step: 3 },
    Level { unit: Grain::Hour, step: 6 },
    Level { unit: Grain::Hour, step: 12 },
    Level { unit: Grain::Day, step: 1 },
    Level { unit: Grain::Day, step: 2 },
    Level { unit: Grain::Week, step: 1 },
    Level { unit: Grain::Week, step: 2 },
    Level { unit: Grain::Month, step: 1 },
    Level { unit: Grain::Month, step: 2 },
    Level { unit: Grain::Month, step: 3 },
    Level { unit: Grain::Month, step: 6 },
    Level { unit: Grain::Year, step: 1 },
    Level { unit: Grain::Year, step: 2 },
    Level { unit: Grain::Year, step: 5 },
    Level { unit: Grain::Year, step: 10 },
    Level { unit: Grain::Year, step: 20 },
    Level { unit: Grain::Year, step: 50 },
    Level { unit: Grain::Year, step: 100 },
    Level { unit: Grain::Year, step: 500 },
    Level { unit: Grain::Year, step: 1000 },
];

/// The ways to label `instants` (of buckets of `grain`), each coarser than the one before; the
/// first that fits is the one to take. Every way has at least two labels unless there is only one
/// moment.
pub(super) fn labellings(
    instants: &[Option<NaiveDateTime>],
    grain: Option<Grain>,
    locale: Locale,
) -> impl Iterator<Item = Vec<Mark>> {
    let grain = grain.unwrap_or_else(|| guessed_grain(instants));
    let calendar = LEVELS.iter().filter(move |level| level.unit >= finest(grain)).map(move |level| {
        // A quarter is labelled as such, not as the month it begins with.
        let written = if level.unit == Grain::Month && grain == Grain::Quarter {
            Grain::Quarter
        } else {
            level.unit.max(grain)
        };
        let written = if level.unit == Grain::Week { Grain::Day } else { written };
        let chosen = chosen(instants, level, grain, locale);
        with_context(&chosen, instants, written, locale)
    });
    // Where the calendar does not help (a few days over a year's end), every n-th.
    let every_nth = (0..20).map(move |power| {
        let chosen: Vec<usize> = (0..instants.len()).step_by(1 << power).collect();
        with_context(&chosen, instants, grain, locale)
    });
    let least = instants.iter().flatten().count().min(2);
    calendar.chain(every_nth).filter(move |marks| marks.len() >= least)
}

/// The finest steps that mean anything for buckets of `grain`.
fn finest(grain: Grain) -> Grain {
    match grain {
        Grain::Quarter => Grain::Month,
        other => other,
    }
}

fn guessed_grain(instants: &[Option<NaiveDateTime>]) -> Grain {
    if instants.iter().flatten().any(|instant| instant.num_seconds_from_midnight() != 0) {
        Grain::Hour
    } else {
        Grain::Day
    }
}

/// The categories that begin a step of `level`.
fn chosen(instants: &[Option<NaiveDateTime>], level: &Level, grain: Grain, locale: Locale) -> Vec<usize> {
    let step = i64::from(level.step);
    let bucket = |instant: NaiveDateTime| {
        let date = instant.date();
        let days = i64::from(date.num_days_from_ce());
        match level.unit {
            Grain::Hour => days * 24 / step + i64::from(instant.hour()) / step + days * 24 % step,
            Grain::Day => days / step,
            Grain::Week => {
                // Day 1 of the common era was a Monday.
                let shift = i64::from(locale.week_start().num_days_from_monday());
                (days - 1 - shift).div_euclid(7 * step)
            }
            Grain::Month | Grain::Quarter => {
                (i64::from(date.year()) * 12 + i64::from(date.month0())).div_euclid(step)
            }
            Grain::Year => i64::from(date.year()).div_euclid(step),
        }
    };
    let mut chosen = Vec::new();
    let mut before = None;
    for (index, instant) in instants.iter().enumerate() {
        let Some(instant) = instant else { continue };
        let now = bucket(*instant);
        if before != Some(now)
            && (before.is_some() || grain == level.unit || begins(*instant, level.unit, locale))
        {
            chosen.push(index);
        }
        before = Some(now);
    }
    chosen
}

/// Whether an axis may begin with a label of `unit` at this moment: July is a month but no year.
fn begins(instant: NaiveDateTime, unit: Grain, locale: Locale) -> bool {
    match unit {
        Grain::Hour | Grain::Day => true,
        Grain::Week => instant.weekday() == locale.week_start(),
        Grain::Month | Grain::Quarter => instant.day() <= 7,
        Grain::Year => instant.ordinal() <= 7,
    }
}

fn with_context(
    chosen: &[usize],
    instants: &[Option<NaiveDateTime>],
    written: Grain,
    locale: Locale,
) -> Vec<Mark> {
    let mut before = None;
    chosen
        .iter()
        .filter_map(|index| Some((*index, (*instants.get(*index)?)?)))
        .map(|(index, instant)| {
            let text = write_timestamp(instant, Some(written), DateFormat::Axis, locale);
            let context = match written {
                Grain::Year => None,
                Grain::Hour => Some(write_date(instant.date(), Grain::Day, DateFormat::Axis, locale)),
                _ => Some(write_date(instant.date(), Grain::Year, DateFormat::Axis, locale)),
            };
            let context = context.filter(|context| before.as_ref() != Some(context));
            if context.is_some() {
                before.clone_from(&context);
            }
            Mark { index, text, context }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Days, Months, NaiveDate};

    fn days(from: (i32, u32, u32), count: u64) -> Vec<Option<NaiveDateTime>> {
        let first = NaiveDate::from_ymd_opt(from.0, from.1, from.2).unwrap();
        (0..count).map(|day| (first + Days::new(day)).and_hms_opt(0, 0, 0)).collect()
    }

    #[test]
    fn two_years_of_days_are_labelled_by_month_and_the_year_is_told_where_it_changes() {
        let instants = days((2024, 1, 1), 731);
        let months =
            labellings(&instants, Some(Grain::Day), Locale::Ko).find(|marks| marks.len() <= 24).unwrap();
        assert_eq!(months.len(), 24);
        assert_eq!(months[0].text, "1월");
        let contexts: Vec<_> = months.iter().filter_map(|mark| mark.context.clone()).collect();
        assert_eq!(contexts, ["2024년", "2025년"]);
        assert_eq!(months[12].context.as_deref(), Some("2025년"));
    }

    #[test]
    fn weeks_are_labelled_by_their_first_day() {
        let instants = days((2026, 1, 5), 28);
        let weeks =
            labellings(&instants, Some(Grain::Day), Locale::Ko).find(|marks| marks.len() <= 5).unwrap();
        assert_eq!(
            weeks.iter().map(|mark| mark.text.as_str()).collect::<Vec<_>>(),
            ["1/5", "1/12", "1/19", "1/26"]
        );
    }

    #[test]
    fn quarters_are_called_quarters() {
        let first = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let instants: Vec<_> = (0..6).map(|q| (first + Months::new(3 * q)).and_hms_opt(0, 0, 0)).collect();
        let marks = labellings(&instants, Some(Grain::Quarter), Locale::En).next().unwrap();
        assert_eq!(
            marks.iter().map(|mark| mark.text.as_str()).collect::<Vec<_>>(),
            ["Q1", "Q2", "Q3", "Q4", "Q1", "Q2"]
        );
    }

    #[test]
    fn the_ends_of_the_calendar_have_labels() {
        for first in [(1, 1, 1), (9999, 12, 25)] {
            let instants = days(first, 7);
            assert!(labellings(&instants, None, Locale::En).all(|marks| marks.len() >= 2));
        }
    }
}
