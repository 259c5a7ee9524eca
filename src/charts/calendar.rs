//! The buckets of a time axis that the table has no row for.

use chrono::{Days, Months, NaiveDateTime, TimeDelta};

use crate::format::Grain;

/// An axis is not stretched beyond this many places for buckets without rows.
const MOST_PLACES: usize = 5_000;

/// All buckets of `grain` from the first of `instants` to the last, so that a day without rows keeps
/// its place. `None` where the moments are not ascending bucket starts, or where rows are so rare
/// that the axis would be mostly empty.
pub(super) fn filled(instants: &[NaiveDateTime], grain: Grain) -> Option<Vec<NaiveDateTime>> {
    let (first, last) = (*instants.first()?, *instants.last()?);
    let most = MOST_PLACES.min(instants.len().saturating_mul(20));
    let mut wanted = instants.iter().peekable();
    let mut places = Vec::new();
    let mut step = 0;
    loop {
        let bucket = start_of(first, grain, step)?;
        match wanted.peek() {
            Some(next) if **next == bucket => {
                wanted.next();
            }
            // A row stands between two buckets, or the rows are not in order.
            Some(next) if **next < bucket => return None,
            _ => {}
        }
        places.push(bucket);
        if bucket >= last {
            return wanted.next().is_none().then_some(places);
        }
        if places.len() >= most {
            return None;
        }
        step += 1;
    }
}

/// The start of the bucket `step` after that of `first`.
fn start_of(first: NaiveDateTime, grain: Grain, step: u32) -> Option<NaiveDateTime> {
    match grain {
        Grain::Hour => first.checked_add_signed(TimeDelta::try_hours(i64::from(step))?),
        Grain::Day => first.checked_add_days(Days::new(step.into())),
        Grain::Week => first.checked_add_days(Days::new(u64::from(step) * 7)),
        Grain::Month => first.checked_add_months(Months::new(step)),
        Grain::Quarter => first.checked_add_months(Months::new(step.checked_mul(3)?)),
        Grain::Year => first.checked_add_months(Months::new(step.checked_mul(12)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn at(year: i32, month: u32, day: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(0, 0, 0).unwrap()
    }

    #[test]
    fn a_day_without_rows_keeps_its_place() {
        let filled = filled(&[at(2026, 2, 27), at(2026, 3, 2)], Grain::Day).unwrap();
        assert_eq!(filled, [at(2026, 2, 27), at(2026, 2, 28), at(2026, 3, 1), at(2026, 3, 2)]);
    }

    #[test]
    fn what_is_no_row_of_buckets_is_left_as_it_is() {
        assert_eq!(filled(&[at(2026, 3, 2), at(2026, 2, 27)], Grain::Day), None);
        assert_eq!(filled(&[at(2026, 1, 1), at(2026, 2, 15)], Grain::Month), None);
        assert_eq!(filled(&[at(1, 1, 1), at(9999, 12, 31)], Grain::Day), None);
        assert_eq!(filled(&[], Grain::Day), None);
    }
}
