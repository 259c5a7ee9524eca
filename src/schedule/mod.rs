//! When reports are sent.
//!
//! [`Rule`] tells the instants of a schedule, [`due`] which of them have come since the last look,
//! [`passed`] which have passed between two days, and [`Scheduler`] is the loop that asks both and has the runs performed. Rule and due are pure;
//! only the loop looks at a clock, which it is given.

mod backfill;
mod days;
mod due;
mod occurrences;
mod rule;
mod scheduler;

pub use backfill::{Step, passed};
pub use days::Reason;
pub use due::{Due, Watched, due};
pub use occurrences::{Occurrence, Outcome};
pub use rule::{Rule, RuleError};
pub use scheduler::{Scheduler, SchedulerSettings};
