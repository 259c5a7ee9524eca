//! What is asked of a runner, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::restate::MadeAgain;
use crate::access::Viewer;
use crate::definitions::model::{FieldName, Report, ReportId, Schedule};
use crate::runs::store::{Missing, Reached, Repeat, Run, RunId, Trigger};

/// Which run is wanted.
#[derive(Debug, Clone)]
pub struct Order {
    /// The report.
    pub report: ReportId,
    /// Its schedule, which says parameters, language and recipients.
    pub schedule: FieldName,
    /// The instant the report is evaluated at.
    pub scheduled_at: DateTime<Utc>,
    /// What starts it; [`Trigger::DryRun`] makes the files and sends nothing.
    pub trigger: Trigger,
    /// What to do when the instant has had its run.
    pub repeat: Repeat,
}

/// A run that is claimed and waits to be performed.
#[derive(Debug, Clone)]
pub struct Ticket {
    pub(super) run: Run,
    pub(super) report: Arc<Report>,
    pub(super) schedule: Schedule,
    /// For whom it is evaluated, unless it is a burst.
    pub(super) viewer: Viewer,
    /// The parameters.
    pub(super) parameters: BTreeMap<String, Vec<String>>,
    /// Why nothing is sent, where a subscription is closed to whoever wanted it.
    pub(super) closed: Option<String>,
    pub(super) repeat: Repeat,
    /// The attempt that it carries on: the first for its instant, or the one that sent everybody anew. Mail of every
    /// attempt has the Message-ID of that one: whoever got it although nobody knew does not see two.
    pub(super) first: RunId,
    /// The only deliveries to be made, whether anybody has them already; all if there are none.
    pub(super) only: Vec<Reached>,
    /// Whether everything is asked anew, although an earlier attempt has sealed what it sent.
    pub(super) fresh: bool,
    /// That it makes the report again, for an instant long past; it says so on its first sheet.
    pub(super) made_again: Option<MadeAgain>,
    /// What it waited for in vain; it says so on its first sheet.
    pub(super) missing: Vec<Missing>,
}

impl Ticket {
    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The same for these deliveries only, also if they may have arrived: somebody has made sure.
    #[must_use]
    pub fn only(self, only: Vec<Reached>) -> Self {
        Self { only, ..self }
    }

    /// The same with everything asked anew.
    #[must_use]
    pub fn fresh(self) -> Self {
        Self { fresh: true, ..self }
    }
}

/// Whether the caller is to perform the run.
#[derive(Debug)]
pub enum Claimed {
    /// It is.
    Ticket(Box<Ticket>),
    /// There is a run for that instant, and no other was asked for.
    Existing(Box<Run>),
    /// The run is made, and waits for its data.
    Waiting(Box<Run>),
}
