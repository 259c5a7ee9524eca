//! Names in addresses, checked where they come in: a bad one is a page that is not there.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::error::WebError;
use crate::definitions::model::{PanelId, ReportId};

/// `/reports/{report}`: the dashboard, the sheets as a PDF, or the tables as a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReportPath {
    /// `weekly-sales`
    Dashboard(ReportId),
    /// `weekly-sales.pdf`
    Pdf(ReportId),
    /// `weekly-sales.xlsx`
    Workbook(ReportId),
}

impl ReportPath {
    /// The report.
    pub(super) fn report(&self) -> &ReportId {
        let (Self::Dashboard(report) | Self::Pdf(report) | Self::Workbook(report)) = self;
        report
    }

    /// Whether there is anything with such an ending.
    pub(super) fn is_ending(ending: &str) -> bool {
        matches!(ending, "" | "pdf" | "xlsx")
    }

    /// The same of a report that the address does not name: its ending says what is asked for.
    pub(super) fn of_ending(report: ReportId, ending: &str) -> Option<Self> {
        match ending {
            "" => Some(Self::Dashboard(report)),
            "pdf" => Some(Self::Pdf(report)),
            "xlsx" => Some(Self::Workbook(report)),
            _ => None,
        }
    }

    fn parse(segment: &str) -> Option<Self> {
        match segment.rsplit_once('.') {
            None => ReportId::parse(segment).ok().map(Self::Dashboard),
            Some((id, "pdf")) => ReportId::parse(id).ok().map(Self::Pdf),
            Some((id, "xlsx")) => ReportId::parse(id).ok().map(Self::Workbook),
            Some(_) => None,
        }
    }
}

/// What of a panel is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PanelFormat {
    /// HTML.
    Page,
    /// Its numbers.
    Csv,
    /// Its numbers as a workbook.
    Xlsx,
    /// Its drawing as vectors.
    Svg,
    /// Its drawing as pixels.
    Png,
}

/// `/reports/{report}/panels/{panel}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PanelPath {
    /// The report.
    pub(super) report: ReportId,
    /// The panel.
    pub(super) panel: PanelId,
    /// As what.
    pub(super) format: PanelFormat,
}

impl PanelPath {
    pub(super) fn parse(report: &str, segment: &str) -> Option<Self> {
        let (panel, format) = match segment.rsplit_once('.') {
            None => (segment, PanelFormat::Page),
            Some((id, "csv")) => (id, PanelFormat::Csv),
            Some((id, "xlsx")) => (id, PanelFormat::Xlsx),
            Some((id, "svg")) => (id, PanelFormat::Svg),
            Some((id, "png")) => (id, PanelFormat::Png),
            Some(_) => return None,
        };
        Some(Self { report: ReportId::parse(report).ok()?, panel: PanelId::parse(panel).ok()?, format })
    }
}

/// The id of a run or an artefact: letters, digits and `-`, at most 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RecordId(pub(super) String);

impl RecordId {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let valid = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        valid.then(|| Self(text.to_owned()))
    }
}

/// The ids of two records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RecordIds(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for RecordIds {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let path: Result<Path<(String, String)>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        let Path((one, other)) = path.map_err(|_| WebError::no_page())?;
        let both = RecordId::parse(&one).zip(RecordId::parse(&other));
        both.map(|(one, other)| Self(one.0, other.0)).ok_or_else(WebError::no_page)
    }
}

async fn segment<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<String, WebError> {
    let path: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
    path.map(|Path(text)| text).map_err(|_| WebError::no_page())
}

impl<S: Send + Sync> FromRequestParts<S> for ReportPath {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        Self::parse(&segment(parts, state).await?).ok_or_else(WebError::no_page)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PanelPath {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let path: Result<Path<(String, String)>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        let Path((report, panel)) = path.map_err(|_| WebError::no_page())?;
        Self::parse(&report, &panel).ok_or_else(WebError::no_page)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RecordId {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        Self::parse(&segment(parts, state).await?).ok_or_else(WebError::no_page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_what_is_asked_for() {
        assert!(matches!(ReportPath::parse("weekly-sales"), Some(ReportPath::Dashboard(_))));
        assert!(matches!(ReportPath::parse("weekly-sales.pdf"), Some(ReportPath::Pdf(_))));
        let panel = PanelPath::parse("weekly", "trend.csv").unwrap();
        assert_eq!((panel.panel.as_str(), panel.format), ("trend", PanelFormat::Csv));
    }

    #[test]
    fn names_that_break_the_rule_name_nothing() {
        for name in
            ["", "..", ".", ".pdf", "a.pdf.pdf", "a.exe", "\0", "a\0.pdf", "Weekly", "a/b", "매출", "ａ"]
        {
            assert_eq!(ReportPath::parse(name), None, "{name:?}");
            assert_eq!(PanelPath::parse("weekly", name), None, "{name:?}");
        }
        for id in ["", "../x", "a b", "a\0", "é", &"a".repeat(65)] {
            assert_eq!(RecordId::parse(id), None, "{id:?}");
        }
    }
}
