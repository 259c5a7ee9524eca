//! Runs that begin together.

use chrono::{DateTime, TimeDelta, Utc};

/// The end of the so many minutes that an instant falls into: when it comes due. Itself where it is such an end, and where
/// there are no batches (0 minutes).
pub fn due_at(instant: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
    let begin = begin_of(instant, minutes);
    if begin == instant { instant } else { begin + TimeDelta::minutes(minutes.into()) }
}

/// The end of the last batch before an instant, or at it; itself where there are no batches.
pub fn begin_of(instant: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
    let batch = i64::from(minutes) * 60;
    if batch == 0 {
        return instant;
    }
    let passed = TimeDelta::seconds(instant.timestamp().rem_euclid(batch));
    instant - passed - TimeDelta::nanoseconds(instant.timestamp_subsec_nanos().into())
}
