//! Signals of other programs, for the API and the command line.

use std::collections::BTreeSet;

use crate::access::{Action, Object, Standing};
use crate::definitions::Catalog;
use crate::definitions::model::FieldName;

/// Every signal that a schedule waits for.
pub fn awaited(catalog: &Catalog) -> BTreeSet<&FieldName> {
    let schedules = catalog.reports.values().flat_map(|report| report.schedules.values());
    schedules.filter_map(|schedule| schedule.wait_for.as_ref()).flat_map(|wait| wait.signals.keys()).collect()
}

/// Whether a schedule waits for the signal that is theirs to start.
pub(super) fn is_open(standing: &Standing, name: &FieldName) -> bool {
    standing.catalog().reports.iter().any(|(id, report)| {
        let waits = report.schedules.values().filter_map(|schedule| schedule.wait_for.as_ref());
        waits.into_iter().any(|wait| wait.signals.contains_key(name))
            && standing.may(Action::Schedule, Object::Report(id))
    })
}
