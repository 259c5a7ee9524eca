//! The valid definitions of a workspace.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::model::{
    Access, Calendar, CalendarId, Costs, Dataset, DatasetId, Destination, DestinationId, Report, ReportId,
    Source, SourceId, Theme, ThemeId,
};

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
    /// The themes by id.
    pub themes: IndexMap<ThemeId, Arc<Theme>>,
    /// The calendars by id.
    pub calendars: IndexMap<CalendarId, Arc<Calendar>>,
    /// The destinations by id.
    pub destinations: IndexMap<DestinationId, Arc<Destination>>,
    /// Who may do what. Without it nobody who logs in may do anything.
    pub access: Option<Arc<Access>>,
    /// What queries cost, and what roles may spend.
    pub costs: Option<Arc<Costs>>,
    /// The file of every definition here, relative to the workspace, with `/` between folders.
    pub files: BTreeMap<(DefinitionKind, String), String>,
    /// A digest (64 hexadecimal digits) of the text of exactly these definitions.
    pub version: String,
    /// The commit the workspace is checked out at, where it lies in a git repository. Files may have
    /// been changed since.
    pub commit: Option<String>,
}

/// The id of the theme of reports that name none, and of pages that are no report's.
const USUAL_THEME: &str = "theme";

/// The id of the one access file, `access.yaml`.
pub(crate) const ACCESS_ID: &str = "access";

/// The id of the one file of costs, `costs.yaml`.
pub(crate) const COSTS_ID: &str = "costs";

impl Catalog {
    /// The theme of a report, or, for `None`, of pages that are no report's.
    pub fn theme_of(&self, report: Option<&Report>) -> Option<(&ThemeId, &Arc<Theme>)> {
        let named = report.and_then(|report| report.theme.as_ref());
        self.themes.get_key_value(named.map_or(USUAL_THEME, ThemeId::as_str))
    }

    /// What a version of the definitions is called: the commit where there is one, else the digest.
    pub fn version_name(&self) -> &str {
        self.commit.as_deref().unwrap_or(&self.version)
    }

    /// The time zone that most reports have, of several the first by name: what belongs to no report is told
    /// in it. UTC where there are no reports.
    pub fn usual_zone(&self) -> &str {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for report in self.reports.values() {
            *counts.entry(&report.time_zone).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
        most.map_or("UTC", |(name, _)| name)
    }
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
    /// A theme.
    Theme,
    /// A calendar.
    Calendar,
    /// A destination.
    Destination,
    /// Who may do what.
    Access,
    /// What queries cost.
    Costs,
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
    /// A theme.
    Theme(ThemeId, Arc<Theme>),
    /// A calendar.
    Calendar(CalendarId, Arc<Calendar>),
    /// A destination.
    Destination(DestinationId, Arc<Destination>),
    /// Who may do what.
    Access(Arc<Access>),
    /// What queries cost.
    Costs(Arc<Costs>),
}

impl DefinitionKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Source,
        Self::Dataset,
        Self::Report,
        Self::Theme,
        Self::Calendar,
        Self::Destination,
        Self::Access,
        Self::Costs,
    ];

    /// `source`, `dataset`, `report`, `theme`, `calendar`, `destination`, `access` or `costs`, as after `kind:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Dataset => "dataset",
            Self::Report => "report",
            Self::Theme => "theme",
            Self::Calendar => "calendar",
            Self::Destination => "destination",
            Self::Access => "access",
            Self::Costs => "costs",
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
            Self::Theme(..) => DefinitionKind::Theme,
            Self::Calendar(..) => DefinitionKind::Calendar,
            Self::Destination(..) => DefinitionKind::Destination,
            Self::Access(..) => DefinitionKind::Access,
            Self::Costs(..) => DefinitionKind::Costs,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Source(id, _) => id.as_str(),
            Self::Dataset(id, _) => id.as_str(),
            Self::Report(id, _) => id.as_str(),
            Self::Theme(id, _) => id.as_str(),
            Self::Calendar(id, _) => id.as_str(),
            Self::Destination(id, _) => id.as_str(),
            Self::Access(_) => ACCESS_ID,
            Self::Costs(_) => COSTS_ID,
        }
    }

    /// The functional role that answers for it.
    pub fn owner(&self) -> &str {
        match self {
            Self::Source(_, source) => &source.owner,
            Self::Dataset(_, dataset) => &dataset.owner,
            Self::Report(_, report) => &report.owner,
            Self::Theme(_, theme) => &theme.owner,
            Self::Calendar(_, calendar) => &calendar.owner,
            Self::Destination(_, destination) => &destination.owner,
            Self::Access(access) => &access.owner,
            Self::Costs(costs) => &costs.owner,
        }
    }
}
