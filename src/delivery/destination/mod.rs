//! Places besides mail and folders: web hooks, buckets, SFTP servers.
//!
//! Each hands over once and tells what became of it; whoever calls tries again. What is written twice to the same
//! path is the same, so a store that did not answer may be asked again; a chat may not, since it would show two.

mod bucket;
mod hook;
mod sftp;

use std::time::Duration;

use bytes::Bytes;

pub use bucket::Bucket;
pub use hook::{Hook, HookKind, SigningKey};
pub use sftp::{Sftp, SftpLogin, SftpSettings};

/// How long a place may take for one message, or for one file of usual size.
const PATIENCE: Duration = Duration::from_secs(30);

/// An opened destination.
#[derive(Debug, Clone)]
pub enum Destination {
    /// A chat or a program that takes messages.
    Hook(Hook),
    /// A bucket.
    Bucket(Bucket),
    /// An SFTP server.
    Sftp(Sftp),
}

/// A file on its way to a store.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Where it is written, relative, with `/` between folders; made of safe names.
    pub path: String,
    /// Its media type.
    pub media_type: String,
    /// Its content.
    pub bytes: Bytes,
}

/// What is said of files that were written.
fn written(files: &[Upload], place: &str) -> String {
    let (first, more) = (files.first().map_or("", |file| file.path.as_str()), files.len().saturating_sub(1));
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{first}{more} written to {place}")
}

/// An error with what caused it, on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    super::smtp::with_causes(error)
}
