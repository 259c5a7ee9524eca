//! How a report is printed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PartFile;
use crate::format::LocalizedText;

/// How a report is printed. Texts may hold `{title}`, `{period}`, `{page}`, `{pages}`, `{section_page}`,
/// `{section_pages}`, `{now}`, `{owner}` and `{proof}`; a section is a page of the layout with the sheets
/// it flows on to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PrintSettings {
    /// The line at the top of every sheet: a text, which stands at the right, or its parts.
    pub header: Option<RunningLine>,
    /// The line at the foot of every sheet: a text, which stands at the left, or its parts; by default
    /// title, page and pages.
    pub footer: Option<RunningLine>,
    /// The approval box (결재란) on the first sheet: its stages `[담당, 팀장, 본부장]`, or more about it.
    pub approval: Approval,
    /// A sheet before the others: `true`, or what stands on it.
    pub cover: Cover,
    /// Who made the report and what it is about (작성자, 작성일, 기준일), below its title.
    pub prepared: Option<PreparedBy>,
    /// Notes at the end, numbered ¹ ² ³ in their order; `[^1]` in a text refers to the first, unless its
    /// panel has footnotes of its own.
    #[schemars(length(max = 50))]
    pub footnotes: Vec<LocalizedText>,
    /// The company's mark (PNG, JPEG or SVG, at most 2 MiB) beside the title and on the cover, as a path in
    /// the workspace: `logos/acme.svg`.
    pub logo: Option<PartFile>,
    /// Words across every sheet, faint: `대외비`.
    pub watermark: Option<LocalizedText>,
    /// Makes PDFs that keep to a standard for decades of storage: `pdf-a-2b`.
    pub archive: Option<ArchiveStandard>,
    /// Makes PDFs that can be heard, with a structure tree: `pdf-ua-1`.
    pub accessible: Option<AccessibilityStandard>,
}

/// A line at the top or foot of every sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RunningLine {
    /// One text, in its usual place.
    Text(LocalizedText),
    /// Up to three texts.
    Parts(RunningParts),
}

/// The parts of a line at the top or foot of every sheet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunningParts {
    /// At the left edge.
    pub left: Option<LocalizedText>,
    /// In the middle.
    pub center: Option<LocalizedText>,
    /// At the right edge.
    pub right: Option<LocalizedText>,
}

/// The approval box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Approval {
    /// Its stages: `[담당, 팀장, 본부장]`.
    Stages(#[schemars(length(max = 8))] Vec<String>),
    /// More about it.
    Box(ApprovalBox),
}

/// The approval box, with its place and names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBox {
    /// Its stages.
    #[schemars(length(min = 1, max = 8))]
    pub stages: Vec<String>,
    /// Where it stands on the first sheet.
    #[serde(default)]
    pub corner: Corner,
    /// What stands at its side; by default 결재.
    pub label: Option<LocalizedText>,
    /// Who signs, one for each stage, below the room to sign.
    #[serde(default)]
    pub names: Vec<String>,
}

/// A corner of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// Beside the title.
    #[default]
    TopRight,
    /// Before the title.
    TopLeft,
    /// Below the content, at the right.
    BottomRight,
    /// Below the content, at the left.
    BottomLeft,
}

/// A sheet before the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Cover {
    /// Whether there is one, with title, period and date.
    Plain(bool),
    /// What stands on it.
    Sheet(Box<CoverSheet>),
}

/// What stands on the cover.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CoverSheet {
    /// By default the report's title.
    pub title: Option<LocalizedText>,
    /// By default the period.
    pub subtitle: Option<LocalizedText>,
    /// The company or division.
    pub organisation: Option<LocalizedText>,
    /// By default the day of the evaluation.
    pub date: Option<LocalizedText>,
    /// A small line at the foot.
    pub note: Option<LocalizedText>,
}

/// Who made the report and what it is about.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PreparedBy {
    /// 작성자; may be `{owner}`.
    pub by: Option<LocalizedText>,
    /// 작성부서.
    pub department: Option<LocalizedText>,
    /// 작성일; may be `{now}`.
    pub date: Option<LocalizedText>,
    /// 기준일; may be `{period}`.
    pub as_of: Option<LocalizedText>,
}

impl Default for Approval {
    fn default() -> Self {
        Self::Stages(Vec::new())
    }
}

impl Default for Cover {
    fn default() -> Self {
        Self::Plain(false)
    }
}

impl Approval {
    /// The stages; none for no box.
    pub fn stages(&self) -> &[String] {
        match self {
            Self::Stages(stages) => stages,
            Self::Box(approval) => &approval.stages,
        }
    }
}

/// A standard for files that are stored for decades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ArchiveStandard {
    /// PDF/A-2b, ISO 19005-2.
    #[serde(rename = "pdf-a-2b")]
    PdfA2b,
}

/// A standard for files that can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AccessibilityStandard {
    /// PDF/UA-1, ISO 14289-1.
    #[serde(rename = "pdf-ua-1")]
    PdfUa1,
}
