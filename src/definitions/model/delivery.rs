//! Where a report goes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OneOrMany;
use crate::format::LocalizedText;

/// Where a report goes; at least one way.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// By e-mail.
    pub email: Option<EmailDelivery>,
    /// Into a folder of the server.
    pub folder: Option<FolderDelivery>,
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

/// One e-mail to all recipients.
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
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The subject; by default title and period. May hold `{title}` and `{period}`.
    pub subject: Option<LocalizedText>,
    /// Words above the numbers.
    pub message: Option<LocalizedText>,
    /// The KPI panels and charts shown in the mail; by default the KPI panels and the first chart.
    #[serde(default)]
    pub show: Vec<super::PanelId>,
    /// What is attached; a PDF by default.
    #[serde(default = "pdf")]
    pub attach: Vec<Attachment>,
}

fn pdf() -> Vec<Attachment> {
    vec![Attachment::Pdf]
}

/// A file into a folder below the server's outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderDelivery {
    /// A relative path below the outbox folder: `finance/weekly`.
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
}

impl Attachment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Csv, Self::Xlsx];

    /// As it stands in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}
