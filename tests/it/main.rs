//! The integration tests: one binary, one file per capability, against real parts.

mod query_answers;
mod same_geometry;
mod smtp;
mod sources;
mod support;
