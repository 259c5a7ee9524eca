//! On whose account questions are asked.

use super::Prepared;
use crate::access::Standing;
use crate::definitions::model::DatasetId;
use crate::engine::{Account, Purpose};

/// The account of whoever asks something of a dataset: a person's is that of the functional role that lets them see it.
pub(super) fn of(standing: &Standing, dataset: &DatasetId) -> Account {
    let viewer = standing.viewer();
    let schedule = viewer.as_schedule();
    let purpose = match schedule {
        Some((_, schedule)) => Purpose::Schedule { schedule: Some(schedule.to_owned()), run: None },
        None => Purpose::Interactive,
    };
    Account {
        viewer: viewer.name().to_owned(),
        role: standing.payer(dataset).map(|role| role.to_string()),
        asks_as: None,
        purpose,
        report: schedule.map(|(report, _)| report.clone()),
        panel: None,
    }
}

/// The account of a question about a report. What a schedule sends is paid by the role that owns the report, whoever
/// receives it: that role decides how often and to whom. What the source shows is what whoever it is made for may see.
pub(super) fn of_report(prepared: &Prepared, dataset: &DatasetId) -> Account {
    let asked = of(&prepared.standing, dataset);
    let account = Account { report: Some(prepared.id.clone()), ..asked };
    match &prepared.purpose {
        Purpose::Schedule { .. } => Account {
            asks_as: account.role.clone(),
            role: Some(prepared.report.owner.clone()),
            purpose: prepared.purpose.clone(),
            ..account
        },
        Purpose::Interactive | Purpose::Attributes | Purpose::Check => account,
    }
}
