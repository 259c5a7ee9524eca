//! Handing a finished report over: by mail, into a folder, to a destination.
//!
//! Takes a [`Parcel`] (subject, bodies, pictures, attachments, recipients); [`compose()`] makes one
//! MIME message of it, a [`Mailer`] hands that to a mail server, an outbox folder or memory and
//! answers per recipient: accepted, refused for now or for good, or in doubt. Keeps no state and
//! never tries twice by itself; `runs` does both.

mod address;
mod archive;
mod compose;
pub mod destination;
mod dkim;
mod file_name;
mod folder;
mod mailer;
mod memory;
mod outbox;
mod pace;
mod parcel;
mod retry;
mod smtp;

pub use address::{AddressError, EmailAddress, Recipient};
pub use archive::archive;
pub use compose::{ComposeError, Message, compose, message_id};
pub use dkim::Dkim;
pub use file_name::{safe_file_name, safe_name};
pub(crate) use folder::write_durably;
pub use folder::{Folder, FolderError};
pub use mailer::{Mailer, Outcome, Reply};
pub use memory::MemoryMailbox;
pub use outbox::Outbox;
pub use pace::{MailRate, Turn};
pub use parcel::{Attachment, InlineImage, Parcel};
pub use retry::RetryPolicy;
pub use smtp::{Smtp, SmtpSettings, SmtpTls};
