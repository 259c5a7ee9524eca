//! The workspace: definition files in, a valid catalogue or every problem out.
//!
//! Takes a folder of YAML files; gives the [`model`] of those that are valid and diagnostics with
//! file, line and column for those that are not. Knows nothing of data, engines or pages.

pub mod model;
pub mod period;
