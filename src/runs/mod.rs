//! The pipeline, and the runs of schedules with their durable states.
//!
//! [`evaluate`] turns a question about a report into a document; [`store`] keeps runs, deliveries
//! and artefacts; [`waiting`] looks whether runs that wait for their data can begin; [`execute`] performs one
//! run; [`subscriptions`] are what people have sent to themselves; [`figures`] keeps its numbers and compares those of two; [`notices`] tells owners of those that failed, [`delays`] recipients of those that are late; [`retention`] removes old files; [`verify`] tells whether a file
//! is what a run has made. Takes everything below as arguments, the time included.

pub mod artefacts;
pub mod batches;
mod clock;
pub mod days;
pub mod delays;
pub mod evaluate;
pub mod execute;
pub mod figures;
mod leases;
pub mod notices;
pub mod retention;
pub mod store;
pub mod subscriptions;
pub mod verify;
pub mod waiting;

pub use clock::Clock;
pub use leases::Leases;

/// Whether files that definitions name can be drawn, or drawn with.
pub const PART_CHECKS: crate::definitions::PartChecks = crate::definitions::PartChecks {
    picture: crate::render::canvas::Logo::check,
    font: crate::render::canvas::check_font,
};
