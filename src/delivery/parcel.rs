//! What is handed over.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::Recipient;

/// Everything one mail holds.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// What makes the mail recognizable for good: the part of the Message-ID before the `@`.
    pub id: String,
    /// The date in its header.
    pub date: DateTime<Utc>,
    /// The subject; line breaks and control characters become spaces.
    pub subject: String,
    /// The text alternative.
    pub text: String,
    /// The HTML body; shows pictures as `cid:<InlineImage::cid>`.
    pub html: String,
    /// Its language as a BCP 47 tag.
    pub language: String,
    /// Pictures of the HTML body.
    pub images: Vec<InlineImage>,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// The recipients.
    pub to: Vec<Recipient>,
    /// Copies.
    pub cc: Vec<Recipient>,
    /// Hidden copies: they are in the envelope, never in a header.
    pub bcc: Vec<Recipient>,
    /// Where answers go.
    pub reply_to: Option<Recipient>,
    /// Where its recipient leaves by one click, as RFC 8058 says: an address that takes a POST without a login.
    pub unsubscribe: Option<String>,
}

/// A PNG shown in the HTML body.
#[derive(Debug, Clone)]
pub struct InlineImage {
    /// Its name within the mail: letters, digits, `-` and `.`.
    pub cid: String,
    /// The PNG.
    pub png: Bytes,
}

/// An attached file.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name; made safe on the way.
    pub file_name: String,
    /// Its media type, such as `application/pdf`.
    pub media_type: String,
    /// Its content.
    pub bytes: Bytes,
}

impl Parcel {
    /// Everybody the mail goes to, each mailbox once.
    pub fn recipients(&self) -> Vec<&Recipient> {
        let mut all: Vec<&Recipient> = Vec::new();
        for recipient in self.to.iter().chain(&self.cc).chain(&self.bcc) {
            if !all.iter().any(|known| known.address.same_mailbox(&recipient.address)) {
                all.push(recipient);
            }
        }
        all
    }
}

/// Text that fits on one header line: control characters and line breaks become single spaces.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_line_cannot_be_broken() {
        assert_eq!(one_line("주간\r\nBcc: eve@example.com\u{0}\u{2028}x"), "주간 Bcc: eve@example.com x");
    }
}
