//! Words.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FieldFilter;
use crate::definitions::model::{DatasetId, FieldName};
use crate::definitions::narrative::{Narrative, SETTING_NAMES};
use crate::format::LocalizedText;
use crate::format::rich_text::TextAlign;

/// Words, with values from queries in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextPanel {
    /// Markdown: headings, paragraphs, lists, quotes, bold, italic, links. Values stand in braces:
    /// `{revenue}`, `{revenue.previous}`, `{revenue.difference}`, `{revenue.change}`, `{period}`,
    /// `{previous_period}`, `{title}`, `{owner}`, `{now}`; `{revenue|full}` and `{revenue|short}` choose how
    /// much of a number is written, `{revenue:이/가}` adds the Korean particle that fits. Words depend on
    /// values with `{if revenue.change < 0}…{elif …}…{else}…{end}`. `{{` and `}}` are braces.
    pub text: LocalizedText,
    /// What stands above them.
    pub title: Option<LocalizedText>,
    /// A small line below.
    pub note: Option<LocalizedText>,
    /// Notes below it, numbered ¹ ² ³ in their order; `[^1]` in its texts refers to the first.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub footnotes: Vec<LocalizedText>,
    /// Another dataset than the report's.
    pub dataset: Option<DatasetId>,
    /// Rows that count for the values.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// How the lines of paragraphs stand.
    #[serde(default)]
    pub align: TextAlign,
}

impl TextPanel {
    /// Whether its words hold numbers of a dataset, or depend on some.
    pub fn has_numbers(&self) -> bool {
        let texts: Vec<&str> = match &self.text {
            LocalizedText::One(text) => vec![text],
            LocalizedText::PerLocale(texts) => texts.values().map(String::as_str).collect(),
        };
        texts.into_iter().filter_map(|text| Narrative::parse(text).ok()).any(|narrative| {
            let is_number = |name: &str| !SETTING_NAMES.contains(&name);
            narrative.placeholders().iter().any(|placeholder| is_number(&placeholder.name))
                || narrative.conditions().iter().any(|condition| !condition.value.names().is_empty())
        })
    }
}
