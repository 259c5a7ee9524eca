//! Time buckets as engine expressions.
//!
//! Dates are bucketed with whole-number arithmetic on days, not with `date_trunc`, which goes
//! through nanoseconds and so fails outside the years 1677 to 2262.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::functions::datetime::expr_fn::{date_part, date_trunc, make_date, to_local_time};
use datafusion::logical_expr::{Expr, cast, lit};

use super::QueryError;
use super::expression::Place;
use crate::format::Grain;

/// A time dimension: its expression, its type, and how it relates to the report's zone.
pub(super) struct TimeDimension<'a> {
    pub expression: Expr,
    pub data_type: DataType,
    /// For timestamps without a zone: the zone they are written in.
    pub written_in: Option<Tz>,
    pub place: Place<'a>,
}

impl TimeDimension<'_> {
    /// The first day (or hour) of the bucket, in the report's zone.
    pub(super) fn bucket(&self, grain: Grain, zone: Tz, week_start: Weekday) -> Result<Expr, QueryError> {
        let local = self.local(zone)?;
        if grain == Grain::Hour {
            if self.is_date() {
                return Err(self
                    .place
                    .error("holds dates without a time; the grain `hour` needs a timestamp"));
            }
            let hour = date_trunc(lit("hour"), local);
            return Ok(cast(hour, DataType::Timestamp(TimeUnit::Microsecond, None)));
        }
        let day = cast(local, DataType::Date32);
        let part = |name: &str| cast(date_part(lit(name), day.clone()), DataType::Int32);
        Ok(match grain {
            Grain::Hour | Grain::Day => day,
            Grain::Week => {
                let number = cast(day.clone(), DataType::Int32);
                // Day 0 of the epoch was a Thursday, three days after a Monday.
                let shift = (3 + 7 - week_start.num_days_from_monday() as i32) % 7;
                let since = (((number.clone() + lit(shift)) % lit(7)) + lit(7)) % lit(7);
                cast(number - since, DataType::Date32)
            }
            Grain::Month => make_date(part("year"), part("month"), lit(1)),
            Grain::Quarter => make_date(part("year"), (part("quarter") - lit(1)) * lit(3) + lit(1), lit(1)),
            Grain::Year => make_date(part("year"), lit(1), lit(1)),
        })
    }

    /// The local date or time in the report's zone.
    pub(super) fn local(&self, zone: Tz) -> Result<Expr, QueryError> {
        let zoned = |written_in: &str| {
            let instant = cast(
                self.expression.clone(),
                DataType::Timestamp(TimeUnit::Microsecond, Some(written_in.into())),
            );
            to_local_time(vec![cast(
                instant,
                DataType::Timestamp(TimeUnit::Microsecond, Some(zone.name().into())),
            )])
        };
        match (&self.data_type, self.written_in) {
            (DataType::Date32 | DataType::Date64, _) => Ok(cast(self.expression.clone(), DataType::Date32)),
            (DataType::Timestamp(_, Some(written_in)), _) => Ok(zoned(written_in)),
            (DataType::Timestamp(_, None), Some(written_in)) => Ok(zoned(written_in.name())),
            (DataType::Timestamp(_, None), None) => {
                Ok(cast(self.expression.clone(), DataType::Timestamp(TimeUnit::Microsecond, None)))
            }
            (other, _) => Err(self
                .place
                .error(format!("holds {other}, not dates; give it an expression such as `to_date(column)`"))),
        }
    }

    /// The literal that the start of `day` in the report's zone is compared with.
    pub(super) fn start_of(&self, day: NaiveDate, zone: Tz) -> Expr {
        let midnight = day.and_time(NaiveTime::MIN);
        let scalar = match (&self.data_type, self.written_in) {
            (DataType::Timestamp(_, Some(written_in)), _) => ScalarValue::TimestampMicrosecond(
                Some(instant_of(midnight, zone).timestamp_micros()),
                Some(written_in.clone()),
            ),
            (DataType::Timestamp(_, None), Some(written_in)) => {
                let local = instant_of(midnight, zone).with_timezone(&written_in).naive_local();
                ScalarValue::TimestampMicrosecond(Some(local.and_utc().timestamp_micros()), None)
            }
            (DataType::Timestamp(_, None), None) => {
                ScalarValue::TimestampMicrosecond(Some(midnight.and_utc().timestamp_micros()), None)
            }
            _ => {
                let days = day.signed_duration_since(NaiveDate::default()).num_days();
                ScalarValue::Date32(i32::try_from(days).ok())
            }
        };
        Expr::Literal(scalar, None)
    }

    fn is_date(&self) -> bool {
        matches!(self.data_type, DataType::Date32 | DataType::Date64)
    }
}

/// The instant of a local time; where daylight saving skips it, the first instant after the gap.
fn instant_of(local: NaiveDateTime, zone: Tz) -> chrono::DateTime<Utc> {
    for minutes in [0, 30, 60, 90, 120, 24 * 60] {
        if let Some(instant) =
            zone.from_local_datetime(&(local + chrono::Duration::minutes(minutes))).earliest()
        {
            return instant.with_timezone(&Utc);
        }
    }
    local.and_utc()
}
