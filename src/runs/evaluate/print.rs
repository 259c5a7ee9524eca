//! What stands around the panels on paper, in the reader's language.

use std::sync::Arc;

use super::{Prepared, localize, words};
use crate::definitions::model::{Approval, Corner, Cover, CoverSheet, RunningLine};
use crate::format::rich_text::RichText;
use crate::format::{Locale, LocalizedText, superscript};
use crate::render::document::{self, Block, Content, Running};

/// What stands with a report's title, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heading {
    /// 작성자, 작성부서, 작성일, 기준일, as labels with their values: those that are given.
    pub prepared: Vec<(String, String)>,
    /// The words of the watermark, such as 대외비; empty if there are none.
    pub watermark: String,
}

/// The print settings of a report with everything its texts may hold.
pub(super) struct Print<'a> {
    pub(super) prepared: &'a Prepared,
    /// Fills in all but the numbers of sheets.
    pub(super) fill: &'a dyn Fn(&str) -> String,
}

impl Print<'_> {
    /// A text, filled; empty if there is none.
    pub(super) fn text(&self, text: Option<&LocalizedText>) -> String {
        text.map_or_else(String::new, |text| (self.fill)(text.get(self.prepared.locale)))
    }

    pub(super) fn running(&self, line: Option<&RunningLine>, usual: &str) -> Running {
        match line {
            None => Running::Usual((self.fill)(usual)),
            Some(RunningLine::Text(text)) => Running::Usual(self.text(Some(text))),
            Some(RunningLine::Parts(parts)) => Running::Parts(
                [&parts.left, &parts.center, &parts.right].map(|text| self.text(text.as_ref())),
            ),
        }
    }

    pub(super) fn approval(&self) -> document::Approval {
        match &self.prepared.report.print.approval {
            Approval::Stages(stages) => {
                document::Approval { stages: stages.clone(), ..document::Approval::default() }
            }
            Approval::Box(approval) => document::Approval {
                stages: approval.stages.clone(),
                names: approval.names.clone(),
                label: self.text(approval.label.as_ref()),
                at_left: matches!(approval.corner, Corner::TopLeft | Corner::BottomLeft),
                at_foot: matches!(approval.corner, Corner::BottomLeft | Corner::BottomRight),
            },
        }
    }

    pub(super) fn cover(&self, title: &str) -> Option<document::Cover> {
        let plain = CoverSheet::default();
        let cover = match &self.prepared.report.print.cover {
            Cover::Plain(false) => return None,
            Cover::Plain(true) => &plain,
            Cover::Sheet(cover) => cover,
        };
        let or = |text: &Option<LocalizedText>, usual: String| match text {
            Some(text) => self.text(Some(text)),
            None => usual,
        };
        let day = self.prepared.now.with_timezone(&self.prepared.time_zone).date_naive();
        let locale = self.prepared.locale;
        let range = self.prepared.range.map(|range| localize::range_text(range, locale));
        Some(document::Cover {
            title: or(&cover.title, title.to_owned()),
            subtitle: or(&cover.subtitle, range.unwrap_or_default()),
            organisation: self.text(cover.organisation.as_ref()),
            date: or(&cover.date, localize::day_text(day, locale)),
            note: self.text(cover.note.as_ref()),
        })
    }

    /// The company's mark, the report's own or that of its theme; it is heard as the organisation the cover names.
    pub(super) fn logo(&self) -> Option<document::Logo> {
        let print = &self.prepared.report.print;
        let theme = self.prepared.theme_file().map(|(_, theme)| theme);
        let file = print.logo.as_ref().or_else(|| theme?.logo.as_ref())?;
        let file = Arc::clone(file.content.as_ref()?);
        let organisation = match &print.cover {
            Cover::Sheet(cover) => cover.organisation.as_ref(),
            Cover::Plain(_) => None,
        };
        Some(document::Logo { file, alt: self.text(organisation).trim().to_owned() })
    }

    /// 작성자, 작성부서, 작성일, 기준일: those that are given.
    pub(super) fn prepared_by(&self) -> Vec<(String, String)> {
        let Some(prepared) = &self.prepared.report.print.prepared else { return Vec::new() };
        let labels = words::prepared(self.prepared.locale);
        let texts = [&prepared.by, &prepared.department, &prepared.date, &prepared.as_of];
        labels
            .into_iter()
            .zip(texts)
            .filter_map(|(label, text)| Some((label.to_owned(), self.text(Some(text.as_ref()?)))))
            .filter(|(_, text)| !text.trim().is_empty())
            .collect()
    }

    /// The notes at the end, as a block of its own.
    pub(super) fn footnotes(&self) -> Option<Block> {
        let lines = footnote_lines(&self.prepared.report.print.footnotes, self.prepared.locale)?;
        Some(Block {
            id: "footnotes".into(),
            title: String::new(),
            note: Some(lines),
            missing: Vec::new(),
            content: Ok(Content::Text(RichText::default())),
        })
    }
}

/// Footnotes as lines with their raised numbers; `None` for none.
pub(super) fn footnote_lines(notes: &[LocalizedText], locale: Locale) -> Option<String> {
    let line = |(position, note): (usize, &LocalizedText)| {
        format!("{} {}", superscript(position + 1), note.get(locale).trim())
    };
    let lines: Vec<String> = notes.iter().enumerate().map(line).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
