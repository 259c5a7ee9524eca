//! Real parts for tests: an S3 server, a mail server, the binary, people who log in at it, datasets from text, a naive table to
//! compare with, PDFs as independent tools read them.

pub(crate) mod binary;
pub(crate) mod dataset;
pub(crate) mod mail;
pub(crate) mod pdf;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod raw;
pub(crate) mod runner;
pub(crate) mod s3;
pub(crate) mod served;
pub(crate) mod site;
pub(crate) mod snowflake;
pub(crate) mod tls;
pub(crate) mod workspace;
