//! Real parts for tests: an S3 server, datasets from text, a naive table to compare with.

pub(crate) mod dataset;
pub(crate) mod s3;
