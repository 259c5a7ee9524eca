//! A mail of words only: what happened, the facts, what to do.

use askama::Template;

use super::mail::{MailBody, MailError};

/// What a notice says. All texts are in its language.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notice {
    /// Its language as a BCP 47 tag.
    pub language: String,
    /// What happened, in one line.
    pub headline: String,
    /// What it is about, by name.
    pub facts: Vec<(String, String)>,
    /// Why, as the cause was told.
    pub cause: (String, String),
    /// What a person can do, and the command that does it; both empty for whoever can do nothing.
    pub command: (String, String),
    /// Who got what: a heading and lines.
    pub deliveries: (String, Vec<String>),
    /// The words and the address of the page that tells more.
    pub link: Option<(String, String)>,
    /// Why it came.
    pub reason: String,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Html<'a> {
    notice: &'a Notice,
}

#[derive(Template)]
#[template(path = "notice.txt")]
struct Text<'a> {
    notice: &'a Notice,
}

/// Makes the body of a mail from a notice.
///
/// # Errors
/// A template failed.
pub fn notice(notice: &Notice) -> Result<MailBody, MailError> {
    Ok(MailBody { html: Html { notice }.render()?, text: Text { notice }.render()?, images: Vec::new() })
}
