//! One MIME message of a parcel.
//!
//! `multipart/mixed` of (`multipart/alternative` of text and (`multipart/related` of HTML and its
//! pictures)) and the attachments: the order Outlook, Gmail and Apple Mail all show as meant.

use lettre::message::header::{
    self, ContentDisposition, ContentId, ContentType, Header, HeaderName, HeaderValue, Headers,
};
use lettre::message::{Body, Mailboxes, MultiPart, SinglePart};

use super::parcel::one_line;
use super::{Dkim, EmailAddress, Parcel, Recipient};
use crate::error::Kind;

/// Why no message can be made.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// There is nobody to send to.
    #[error("the mail has no recipient; name one under `deliver.email.to`")]
    NoRecipient,
    /// It is larger than mail servers take.
    #[error(
        "the mail would be {bytes} bytes, the limit is {limit}; attach less, or raise JANGPYO_MAX_MAIL_BYTES"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A part cannot be written.
    #[error("the mail cannot be written: {0}")]
    Malformed(String),
}

impl ComposeError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoRecipient => Kind::BadDefinition,
            Self::TooLarge { .. } => Kind::OverLimit,
            Self::Malformed(_) => Kind::Bug,
        }
    }
}

/// A message ready for the wire: every attempt sends the same bytes.
#[derive(Debug, Clone)]
pub struct Message {
    /// The Message-ID with its angle brackets.
    pub id: String,
    /// The address in its envelope that bounces go to.
    pub sender: EmailAddress,
    /// The headers and parts, in ASCII with CRLF line ends.
    pub bytes: Vec<u8>,
}

/// Makes the message of `parcel`, from `from`, signed where there is a key, refusing more than `max_bytes`.
pub fn compose(
    parcel: &Parcel,
    from: &Recipient,
    dkim: Option<&Dkim>,
    max_bytes: usize,
) -> Result<Message, ComposeError> {
    if parcel.recipients().is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    let id = message_id(&parcel.id, from);
    let mut builder = lettre::Message::builder()
        .from(from.mailbox())
        .date(parcel.date.into())
        .subject(one_line(&parcel.subject))
        .message_id(Some(id.clone()))
        // RFC 3834: out-of-office replies stay silent.
        .header(AutoSubmitted)
        .raw_header(plain("Content-Language", &id_part(&parcel.language)));
    for (name, recipients) in [("To", &parcel.to), ("Cc", &parcel.cc)] {
        if !recipients.is_empty() {
            builder = builder.raw_header(addresses(name, recipients));
        }
    }
    if let Some(reply_to) = &parcel.reply_to {
        builder = builder.reply_to(reply_to.mailbox());
    }
    if let Some(link) = &parcel.unsubscribe {
        builder = builder
            .raw_header(plain("List-Unsubscribe", &format!("<{}>", one_line(link))))
            .raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    if parcel.to.is_empty() && parcel.cc.is_empty() {
        builder = builder.raw_header(plain("To", "undisclosed-recipients:;"));
    }
    // The envelope is given by whoever sends; this one only satisfies the builder, so that hidden
    // copies never come near a header.
    let anybody = lettre::address::Envelope::new(None, vec![from.address.inner().clone()])
        .map_err(|error| ComposeError::Malformed(error.to_string()))?;
    let mut message = builder
        .envelope(anybody)
        .multipart(parts(parcel)?)
        .map_err(|error| ComposeError::Malformed(error.to_string()))?;
    if let Some(dkim) = dkim {
        dkim.sign(&mut message);
    }
    let bytes = message.formatted();
    if bytes.len() > max_bytes {
        return Err(ComposeError::TooLarge { bytes: bytes.len(), limit: max_bytes });
    }
    Ok(Message { id, sender: from.address.clone(), bytes })
}

fn parts(parcel: &Parcel) -> Result<MultiPart, ComposeError> {
    let mut related = MultiPart::related().singlepart(SinglePart::html(parcel.html.clone()));
    for image in &parcel.images {
        let cid = id_part(&image.cid);
        let part = SinglePart::builder()
            .header(ContentId::from(format!("<{cid}>")))
            .header(ContentDisposition::inline_with_name(&format!("{cid}.png")))
            .header(media_type("image/png")?)
            .body(Body::new(image.png.to_vec()));
        related = related.singlepart(part);
    }
    let body = MultiPart::alternative().singlepart(SinglePart::plain(parcel.text.clone())).multipart(related);
    let mut mixed = MultiPart::mixed().multipart(body);
    for attachment in &parcel.attachments {
        let (stem, extension) =
            attachment.file_name.rsplit_once('.').unwrap_or((&attachment.file_name, "bin"));
        let name = super::safe_file_name(stem, extension);
        let part = SinglePart::builder()
            .header(ContentDisposition::attachment(&name))
            .header(NamedType::new(&attachment.media_type, &name)?)
            .body(Body::new(attachment.bytes.to_vec()));
        mixed = mixed.singlepart(part);
    }
    Ok(mixed)
}

fn media_type(text: &str) -> Result<ContentType, ComposeError> {
    ContentType::parse(text).map_err(|error| ComposeError::Malformed(format!("media type `{text}`: {error}")))
}

/// Letters, digits, `-`, `_` and `.` only: what can stand in an id without quoting.
/// The Message-ID of a mail from `from` that is called `id`.
pub fn message_id(id: &str, from: &Recipient) -> String {
    let domain = Some(id_part(from.address.domain())).filter(|domain| !domain.is_empty());
    format!("<{}@{}>", id_part(id), domain.as_deref().unwrap_or("localhost"))
}

fn id_part(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect()
}

fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// One address a line. The library folds names but not addresses, and servers refuse lines of more than 998 octets
/// (RFC 5322, 2.1.1).
fn addresses(name: &'static str, recipients: &[Recipient]) -> HeaderValue {
    let encoded = |to: &Recipient| {
        let mut headers = Headers::new();
        headers.set(header::To::from(Mailboxes::from(to.mailbox())));
        headers.to_string().trim_start_matches("To: ").trim_end().to_owned()
    };
    let each: Vec<String> = recipients.iter().map(encoded).collect();
    let raw: Vec<String> = recipients.iter().map(|to| to.mailbox().to_string()).collect();
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, raw.join(", "), each.join(",\r\n "))
}

#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        plain("Auto-Submitted", "auto-generated")
    }
}

/// A `Content-Type` that repeats the file name in the way of RFC 2047. The name proper stands in
/// `Content-Disposition` (RFC 2231); older Outlook versions and some web mails read only this one.
#[derive(Clone)]
struct NamedType(HeaderValue);

impl NamedType {
    fn new(media_type: &str, name: &str) -> Result<Self, ComposeError> {
        // Refuses what is no media type, and with it any line break.
        let essence = self::media_type(media_type)?.display();
        drop(essence);
        let value = format!("{media_type};\r\n name=\"{}\"", encoded_words(name));
        Ok(Self(HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)))
    }
}

impl Header for NamedType {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Type")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(HeaderValue::new(Self::name(), text.to_owned())))
    }

    fn display(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// RFC 2047, encoding Q: plain ASCII stays as it is; otherwise words of at most 75 characters that
/// never split a character, on lines of their own.
fn encoded_words(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ') {
        return name.to_owned();
    }
    let mut words = vec![String::new()];
    for c in name.chars() {
        let mut buffer = [0; 4];
        let encoded = if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') {
            c.to_string()
        } else {
            c.encode_utf8(&mut buffer)
                .bytes()
                .fold(String::new(), |text, byte| text + &format!("={byte:02X}"))
        };
        if words.last().is_some_and(|word| word.len() + encoded.len() > 60) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push_str(&encoded);
        }
    }
    words.iter().map(|word| format!("=?utf-8?Q?{word}?=")).collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests;
