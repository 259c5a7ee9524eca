//! Where a report goes.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DestinationId, OneOrMany, SecretName};
use crate::format::LocalizedText;

/// Where a report goes; at least one way.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// By e-mail.
    pub email: Option<EmailDelivery>,
    /// Into a folder of the server.
    pub folder: Option<FolderDelivery>,
    /// To destinations of the workspace: chats, web hooks, object stores and SFTP servers.
    pub destinations: IndexMap<DestinationId, DestinationDelivery>,
    /// How CSV files are written.
    pub csv: CsvFiles,
}

/// How CSV files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CsvFiles {
    /// Whether they begin with a byte order mark, which Excel needs to read Korean and Chinese and
    /// some programs stumble over; true by default.
    pub bom: bool,
}

impl Default for CsvFiles {
    fn default() -> Self {
        Self { bom: true }
    }
}

/// E-mail to all recipients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailDelivery {
    /// The recipients: `kim@example.com` or `김지우 <kim@example.com>`. A burst says itself who they are.
    #[serde(default)]
    pub to: OneOrMany<String>,
    /// Copies.
    #[serde(default)]
    pub cc: OneOrMany<String>,
    /// Hidden copies.
    #[serde(default)]
    pub bcc: OneOrMany<String>,
    /// Whether all are in one mail, or each gets one of their own. By default one mail; a burst sends one to each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mails: Option<Mails>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The subject; by default title and period. May hold `{title}` and `{period}`.
    pub subject: Option<LocalizedText>,
    /// Words above the numbers.
    pub message: Option<LocalizedText>,
    /// The KPI panels and charts shown in the mail; by default the KPI panels and the first chart.
    /// With `[]` none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<Vec<super::PanelId>>,
    /// What is attached; a PDF by default. Where it is too large for a mail, the mail says where to open it.
    #[serde(default = "pdf")]
    pub attach: Vec<Attachment>,
    /// Attaches one zip archive with everything in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zip: bool,
    /// The name of a secret: the password that attached files are opened with. A PDF is encrypted itself (AES-256),
    /// other files in a zip archive (AES-256, which 7-Zip and WinZip open and the Explorer of Windows does not). The
    /// numbers in the mail itself are not; `show: []` keeps them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_secret: Option<SecretName>,
    /// Whether recipients can take themselves out, by a link in the mail; true by default. False where a report must be
    /// received.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub unsubscribe: bool,
}

impl EmailDelivery {
    /// A mail to one address.
    pub fn to_one(address: &str, attach: Vec<Attachment>) -> Self {
        Self {
            to: OneOrMany::One(address.to_owned()),
            cc: OneOrMany::default(),
            bcc: OneOrMany::default(),
            mails: None,
            reply_to: None,
            subject: None,
            message: None,
            show: None,
            attach,
            zip: false,
            password_secret: None,
            unsubscribe: true,
        }
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// Who is in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mails {
    /// One mail, whose recipients see each other; those of `bcc` are not seen.
    Grouped,
    /// A mail for each recipient.
    PerRecipient,
}

fn pdf() -> Vec<Attachment> {
    vec![Attachment::Pdf]
}

/// What a destination gets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DestinationDelivery {
    /// Where each file is written, below what the destination says: by default
    /// `{report}/{year}-{month}-{day}/{file}`. May hold `{report}`, `{schedule}`, `{about}` (what a copy of a burst is
    /// about), `{year}`, `{month}`, `{day}`, `{hour}` and `{minute}` of the scheduled instant, `{locale}`, and ends with
    /// `{file}`. Only for object stores and SFTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The files: written, or, for a chat, linked to; a PDF by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<Attachment>>,
    /// Words above the numbers; only for chats and web hooks. May hold `{title}` and `{period}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<LocalizedText>,
    /// The KPI panels whose numbers are told; all of them by default. Only for chats and web hooks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<super::PanelId>,
}

impl DestinationDelivery {
    /// Where files go by default.
    pub const USUAL_PATH: &str = "{report}/{year}-{month}-{day}/{file}";

    /// What may stand in braces in a path, besides `{file}` at its end.
    pub const PATH_WORDS: [&str; 9] =
        ["report", "schedule", "about", "year", "month", "day", "hour", "minute", "locale"];

    /// The files.
    pub fn wanted(&self) -> Vec<Attachment> {
        self.files.clone().unwrap_or_else(pdf)
    }
}

/// A file into a folder below the server's outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderDelivery {
    /// A relative path below the outbox folder: `finance/weekly`. May hold what stands in braces in the path of a
    /// destination, but for `{file}`.
    pub path: String,
    /// What is written; a PDF by default.
    #[serde(default = "pdf")]
    pub files: Vec<Attachment>,
}

/// A file made from a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// The sheets.
    Pdf,
    /// The tables, one CSV file each.
    Csv,
    /// The tables, charts and key numbers as an Excel workbook.
    Xlsx,
    /// The sheets as pictures, one PNG each; the first twenty.
    Png,
}

impl Attachment {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Csv, Self::Xlsx, Self::Png];

    /// As it stands in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Png => "png",
        }
    }
}
