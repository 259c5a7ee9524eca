//! The pipeline, and the runs of schedules with their durable states.
//!
//! `evaluate` turns a question about a report into a document; `store` keeps runs and deliveries;
//! `execute` performs one run. Takes everything below as arguments, the time included.

pub mod evaluate;
