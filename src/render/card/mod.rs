//! The key numbers of a document in a few lines: for chats, and for programs.

mod slack;
mod teams;

use serde::{Deserialize, Serialize};

pub use slack::slack;
pub use teams::teams;

use super::document::{Content, Document};
use crate::format::{Locale, NumberStyle};

/// A document in a few lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The report's title.
    pub title: String,
    /// The period and what was chosen.
    pub subtitle: String,
    /// The language.
    pub locale: Locale,
    /// What stands above the numbers of a document that is not what it should be, such as one whose data were not
    /// complete; empty for others.
    pub mark: String,
    /// The key numbers in reading order.
    pub facts: Vec<Fact>,
    /// The SHA-256 of the evaluated content.
    pub digest: String,
    /// The version of the data of every dataset in it.
    pub data: std::collections::BTreeMap<String, String>,
}

/// A key number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The panel's id.
    pub panel: String,
    /// What it is called.
    pub title: String,
    /// As people read it.
    pub text: String,
    /// How it changed, and in comparison with what; empty without a comparison.
    pub change: String,
    /// As programs read it; `None` where there is no number.
    pub value: Option<f64>,
    /// The same of the period that it is compared with.
    pub previous: Option<f64>,
}

/// What is said beside the numbers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CardWords {
    /// Words above the numbers.
    pub message: String,
    /// The address of the dashboard; empty for none.
    pub dashboard: String,
    /// Files with the addresses they are opened at.
    pub files: Vec<(String, String)>,
}

impl Card {
    /// The card of a document, with `mark` above it.
    pub fn of(document: &Document, mark: String) -> Self {
        let facts = document.blocks().filter_map(|block| {
            let Ok(Content::Kpi(kpi)) = &block.content else { return None };
            let change = kpi.change().map(|went| {
                let arrow = match went.direction() {
                    std::cmp::Ordering::Greater => "▲ ",
                    std::cmp::Ordering::Less => "▼ ",
                    std::cmp::Ordering::Equal => "",
                };
                let text = went.text(kpi.format.negative, document.locale);
                format!("{arrow}{text} {}", kpi.compared_with).trim_end().to_owned()
            });
            Some(Fact {
                panel: block.id.clone(),
                title: block.title.clone(),
                text: kpi.value.text(&kpi.format, None, NumberStyle::Headline, document.locale),
                change: change.unwrap_or_default(),
                value: kpi.value.as_f64(),
                previous: kpi.previous.as_ref().and_then(crate::table::Value::as_f64),
            })
        });
        Self {
            title: document.title.clone(),
            subtitle: document.subtitle.clone(),
            locale: document.locale,
            mark,
            facts: facts.collect(),
            digest: document.provenance.digest.clone(),
            data: document.provenance.data.clone(),
        }
    }

    /// The facts of `panels`, or all where none is named.
    fn shown<'a>(&'a self, panels: &'a [String]) -> Vec<&'a Fact> {
        if panels.is_empty() {
            return self.facts.iter().collect();
        }
        panels.iter().filter_map(|panel| self.facts.iter().find(|fact| fact.panel == *panel)).collect()
    }
}

/// The words of a chat's message that no document has.
struct Words {
    open: &'static str,
    more: &'static str,
}

fn words(locale: Locale) -> Words {
    match locale {
        Locale::Ko => Words { open: "대시보드 열기", more: "외 {n}개" },
        Locale::En => Words { open: "Open dashboard", more: "and {n} more" },
        Locale::ZhHk => Words { open: "開啟儀表板", more: "及另外 {n} 項" },
    }
}

/// At most `most` characters, and what was cut is told by an ellipsis.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
