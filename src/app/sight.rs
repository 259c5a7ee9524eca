//! What of runs is told to whom: their errors, warnings and the recipients of their copies name what their data hold.

use std::collections::HashMap;

use crate::access::Standing;
use crate::definitions::model::ReportId;
use crate::runs::store::{Run, Seen};
use crate::web::ToldRun;

/// What somebody may be told of the runs of reports.
pub(super) struct Sight<'a> {
    standing: &'a Standing,
    known: HashMap<ReportId, Seen>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(standing: &'a Standing) -> Self {
        Self { standing, known: HashMap::new() }
    }

    /// The runs of a report that may be told as a whole: whoever holds the role that owns it answers for what it sends;
    /// others are told of what they might have seen themselves.
    pub(super) fn seen(&mut self, report: &ReportId) -> &Seen {
        let standing = self.standing;
        self.known.entry(report.clone()).or_insert_with(|| {
            if standing.viewer().is_operator() || standing.owns(report) {
                return Seen::Any;
            }
            let report = standing.catalog().reports.get(report);
            let print = report.and_then(|report| standing.fingerprint(report).ok());
            print.map_or(Seen::None, Seen::Just)
        })
    }

    /// Whether everything of a run may be told.
    pub(super) fn is_whole(&mut self, run: &Run) -> bool {
        match self.seen(&run.report) {
            Seen::Any => true,
            Seen::Just(seen) => run.seen.as_ref() == Some(seen),
            Seen::None => false,
        }
    }

    /// A run as far as it may be told.
    pub(super) fn told(&mut self, run: Run) -> ToldRun {
        if self.is_whole(&run) { ToldRun::whole(run) } else { ToldRun::in_outline(run) }
    }
}
