//! The integration tests: one binary, one file per capability, against real parts.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod flights;
mod hostile_data;
mod query_answers;
mod same_geometry;
mod smtp;
mod sources;
mod support;
