//! One run for many recipients, each with their own part of the numbers.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attachment, DatasetId, FieldName, OneOrMany};
use crate::format::Locale;

/// Who gets their own copy of a report, and about what: either the rows of a dataset, or a list. The data are read
/// once, however many recipients there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// The dataset whose rows are the recipients. The owner of the report must see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<DatasetId>,
    /// Its dimension with the mail addresses; needed where copies are sent by mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<FieldName>,
    /// Its dimension with the addresses of those who get a copy of the mail, such as the recipient's superior.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc: Option<FieldName>,
    /// Parameters of the report, each with the dimension of the dataset whose values it takes: `{store: store}`.
    /// Whoever has several rows gets one copy about all of them where each of the parameters takes several
    /// members, and otherwise a copy for each.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub bind: IndexMap<FieldName, FieldName>,
    /// Its dimension with the language of each recipient: `ko`, `en` or `zh-HK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<FieldName>,
    /// Its dimension with what is attached for each: `pdf`, or `pdf, xlsx`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<FieldName>,
    /// The recipients by name, instead of a dataset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<BurstRecipient>,
    /// Whose rights decide what each copy shows: `schedule` (those of the report's owner, by default), `recipient`
    /// (their own), or a functional role.
    #[serde(default = "as_schedule")]
    pub run_as: String,
}

/// One of a list of recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BurstRecipient {
    /// Their addresses; each gets a mail of their own, unless `deliver.email.mails` says otherwise.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub to: OneOrMany<String>,
    /// Those who get a copy of the mail.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub cc: OneOrMany<String>,
    /// Values of the report's parameters: `{store: 강남 플래그십}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub bind: IndexMap<FieldName, OneOrMany<String>>,
    /// Their language; by default that of the schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// What is attached; by default what the delivery says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attach: Vec<Attachment>,
}

/// Whose rights decide what a copy shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunAs<'a> {
    /// Those of the report's owner.
    Schedule,
    /// Those of the recipient.
    Recipient,
    /// Those of a functional role.
    Role(&'a str),
}

fn as_schedule() -> String {
    "schedule".into()
}

impl Burst {
    /// Whose rights decide.
    pub fn run_as(&self) -> RunAs<'_> {
        match self.run_as.as_str() {
            "schedule" => RunAs::Schedule,
            "recipient" => RunAs::Recipient,
            role => RunAs::Role(role),
        }
    }

    /// The parameters that some recipient's copy is about.
    pub fn bound(&self) -> impl Iterator<Item = &FieldName> {
        self.bind.keys().chain(self.recipients.iter().flat_map(|recipient| recipient.bind.keys()))
    }
}
