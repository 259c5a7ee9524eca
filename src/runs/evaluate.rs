//! From a question about a report to its panels, evaluated and localized.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::access::Viewer;
use crate::definitions::model::{PanelId, Parameter, Report, ReportId};
use crate::error::Kind;
use crate::format::Locale;
use crate::render::document::{Block, Document};

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
}

/// One form control of a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// The parameter's name, and the key in the address.
    pub name: String,
    /// Its label.
    pub title: String,
    /// What kind of input it is.
    pub parameter: Parameter,
    /// The chosen value or values, as in the address.
    pub chosen: Vec<String>,
    /// For periods and members: value and label of every choice.
    pub choices: Vec<(String, String)>,
    /// Whether `choices` was cut at the configured limit.
    pub more: bool,
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
        }
    }
}

/// Answers questions about reports. Cheap to clone.
#[derive(Clone)]
pub struct Evaluator {}

impl Evaluator {
    /// Checks the parameters and resolves the period.
    pub async fn prepare(&self, _question: Question) -> Result<Prepared, QuestionError> {
        todo!()
    }

    /// Answers one panel; a failure is part of the block.
    pub async fn panel(&self, _prepared: &Prepared, _panel: &PanelId) -> Result<Block, QuestionError> {
        todo!()
    }

    /// Answers every panel (several at a time) and lays them out.
    pub async fn document(&self, _prepared: &Prepared) -> Document {
        todo!()
    }
}
