//! The valid definitions of a workspace.

use std::sync::Arc;

use indexmap::IndexMap;

use super::model::{Dataset, DatasetId, Report, ReportId, Source, SourceId};

/// Every definition that is valid, or was when it was last valid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalog {
    /// The sources by id.
    pub sources: IndexMap<SourceId, Arc<Source>>,
    /// The datasets by id. A dataset or source a report names may be missing here when its file is
    /// broken and never was valid.
    pub datasets: IndexMap<DatasetId, Arc<Dataset>>,
    /// The reports by id.
    pub reports: IndexMap<ReportId, Arc<Report>>,
    /// A digest (64 hexadecimal digits) of the text of exactly these definitions.
    pub version: String,
    /// The commit the workspace is checked out at, where it lies in a git repository. Files may have
    /// been changed since.
    pub commit: Option<String>,
}

/// What a file defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DefinitionKind {
    /// A source.
    Source,
    /// A dataset.
    Dataset,
    /// A report.
    Report,
}

/// One valid definition with its id.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// A source.
    Source(SourceId, Arc<Source>),
    /// A dataset.
    Dataset(DatasetId, Arc<Dataset>),
    /// A report.
    Report(ReportId, Arc<Report>),
}

impl DefinitionKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Source, Self::Dataset, Self::Report];

    /// `source`, `dataset` or `report`, as after `kind:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Dataset => "dataset",
            Self::Report => "report",
        }
    }
}

impl Definition {
    /// What it defines.
    pub fn kind(&self) -> DefinitionKind {
        match self {
            Self::Source(..) => DefinitionKind::Source,
            Self::Dataset(..) => DefinitionKind::Dataset,
            Self::Report(..) => DefinitionKind::Report,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Source(id, _) => id.as_str(),
            Self::Dataset(id, _) => id.as_str(),
            Self::Report(id, _) => id.as_str(),
        }
    }

    /// The functional role that answers for it.
    pub fn owner(&self) -> &str {
        match self {
            Self::Source(_, source) => &source.owner,
            Self::Dataset(_, dataset) => &dataset.owner,
            Self::Report(_, report) => &report.owner,
        }
    }
}
