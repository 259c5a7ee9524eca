//! What is asked of a report, and why it may be impossible.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use indexmap::IndexMap;

use super::{Chosen, Control, DateRange, FieldName, Freshness};
use crate::access::{Standing, Viewer};
use crate::definitions::Catalog;
use crate::definitions::model::{DatasetId, Report, ReportId};
use crate::engine::{Memory, Purpose};
use crate::error::Kind;
use crate::format::Locale;

/// What somebody asks of a report.
#[derive(Debug, Clone)]
pub struct Question {
    /// The report.
    pub report: ReportId,
    /// Values of parameters by name, as they stand in an address; missing ones take their default.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The language; `None` takes the report's.
    pub locale: Option<Locale>,
    /// The instant relative periods are resolved against.
    pub now: DateTime<Utc>,
    /// Who asks.
    pub viewer: Viewer,
    /// How recent the listing of the data's files must be.
    pub freshness: Freshness,
    /// What many such questions share, where they are slices of one.
    pub memory: Option<Arc<Memory>>,
    /// What for: decides who pays.
    pub purpose: Purpose,
}

/// A question with its parameters checked and its period resolved, ready to be answered panel by
/// panel.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The report's definition.
    pub report: Arc<Report>,
    /// Its id.
    pub id: ReportId,
    /// The language of the answer.
    pub locale: Locale,
    /// The form controls, with what is chosen and what can be.
    pub controls: Vec<Control>,
    /// The evaluated period and chosen members as a line of text.
    pub subtitle: String,
    /// The instant relative periods were resolved against.
    pub now: DateTime<Utc>,
    /// The zone days are counted in.
    pub time_zone: Tz,
    pub(super) standing: Standing,
    pub(super) freshness: Freshness,
    pub(super) memory: Option<Arc<Memory>>,
    pub(super) purpose: Purpose,
    pub(super) range: Option<DateRange>,
    pub(super) compare: Option<DateRange>,
    pub(super) chosen: IndexMap<FieldName, Chosen>,
    /// The parameters as they were given, without those that are not the report's.
    pub(super) given: BTreeMap<String, Vec<String>>,
    pub(super) catalog: Arc<Catalog>,
}

/// Why a question cannot be answered at all. A failed panel is not such an error: it is a block
/// whose content is a `Failure`.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// There is no such report, or it is not open to the viewer.
    #[error("there is no report `{name}`")]
    NoReport {
        /// The name asked for.
        name: String,
    },
    /// There is no such panel.
    #[error("report `{report}` has no panel `{name}`; it has {valid}")]
    NoPanel {
        /// The report.
        report: ReportId,
        /// The name asked for.
        name: String,
        /// The names it has.
        valid: String,
    },
    /// The period counts from the last day of the data, and that day cannot be told.
    #[error("the last day of dataset `{dataset}`, which the period counts from, is not known: {cause}")]
    NoLatestDay {
        /// The dataset.
        dataset: DatasetId,
        /// Whose fault it is.
        kind: Kind,
        /// Why it is not known.
        cause: String,
    },
    /// A parameter's value cannot be used.
    #[error("parameter `{name}`: {problem}")]
    BadParameter {
        /// The parameter.
        name: String,
        /// What is wrong, with the valid values.
        problem: String,
    },
}

impl QuestionError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoReport { .. } | Self::NoPanel { .. } => Kind::NotFound,
            Self::BadParameter { .. } => Kind::BadRequest,
            Self::NoLatestDay { kind, .. } => *kind,
        }
    }
}
