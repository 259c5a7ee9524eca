//! What is performed: a schedule of a file, or what somebody has sent to themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::access::{Action, Person, Viewer};
use crate::definitions::model::{FieldName, Report, ReportId, Schedule};
use crate::runs::execute::Parts;
use crate::runs::store::{StoreError, Subscription};

/// For how long it is believed who somebody was at a login elsewhere: groups may have changed since.
const BELIEVED: TimeDelta = TimeDelta::days(90);

/// A schedule with the rights it is performed with.
#[derive(Debug, Clone)]
pub struct Sending {
    /// When it is sent, and to whom.
    pub schedule: Schedule,
    /// For whom it is evaluated.
    pub viewer: Viewer,
    /// The parameters.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// Why nothing can be sent to them, if so.
    pub closed: Option<String>,
}

/// A schedule that the loop watches.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The report.
    pub report: ReportId,
    /// Its definition.
    pub definition: Arc<Report>,
    /// The schedule's name; that of a subscription is its id.
    pub name: FieldName,
    /// When it is sent.
    pub schedule: Schedule,
}

impl Sending {
    fn of_file(report: &ReportId, name: &FieldName, schedule: &Schedule) -> Self {
        Self {
            viewer: Viewer::schedule(report, name.as_str()),
            parameters: schedule.question_parameters(),
            closed: None,
            schedule: schedule.clone(),
        }
    }
}

/// The schedule called `name` of a report, or the subscription; `None` if there is neither, or it has ended.
///
/// # Errors
/// The store cannot be read.
pub async fn find(
    parts: &Parts,
    report: &ReportId,
    definition: &Report,
    name: &FieldName,
) -> Result<Option<Sending>, StoreError> {
    if let Some(schedule) = definition.schedules.get(name) {
        return Ok(Some(Sending::of_file(report, name, schedule)));
    }
    if !Subscription::is_id(name) {
        return Ok(None);
    }
    let found = parts.store.subscription(name).await?;
    let Some(found) = found.filter(|found| found.ended_at.is_none() && found.report == *report) else {
        return Ok(None);
    };
    let Some(address) = found.address() else { return Ok(None) };
    let schedule = found.wish.schedule(definition, &address);
    let (viewer, closed) = match subscriber(parts, &found).await {
        Ok(person) => {
            let viewer = Viewer::person(person);
            let closed = closed(parts, &found, &viewer).await;
            (viewer, closed)
        }
        Err(why) => (Viewer::nobody(), Some(why)),
    };
    Ok(Some(Sending { schedule, viewer, parameters: found.wish.parameters, closed }))
}

/// Who somebody is now. The error says why they get nothing.
async fn subscriber(parts: &Parts, subscription: &Subscription) -> Result<Person, String> {
    let name = &subscription.person.name;
    let known = parts.catalog.person(name).await.map_err(|why| format!("`{name}` gets nothing: {why}"))?;
    if subscription.is_local {
        return known.ok_or_else(|| format!("`{name}` gets nothing: there is no such user any more"));
    }
    if parts.clock.now() - subscription.known_at > BELIEVED {
        return Err(format!(
            "`{name}` gets nothing: they have not logged in for {} days, so their groups may have changed",
            BELIEVED.num_days()
        ));
    }
    Ok(subscription.person.clone())
}

/// Why a report is not sent to somebody.
async fn closed(parts: &Parts, subscription: &Subscription, viewer: &Viewer) -> Option<String> {
    let may = |action| parts.answers.may(viewer.clone(), action, &subscription.report);
    let name = viewer.name();
    if !may(Action::View).await {
        return Some(format!("`{name}` gets nothing: they may not see the report any more"));
    }
    if !subscription.wish.attach.is_empty() && !may(Action::Export).await {
        return Some(format!("`{name}` gets nothing: they may not take files of the report away any more"));
    }
    None
}

/// Every schedule of a file that is switched on, and every subscription.
///
/// # Errors
/// The store cannot be read.
pub async fn all(parts: &Parts) -> Result<Vec<Planned>, StoreError> {
    let mut planned = Vec::new();
    let mut subscriptions = parts.store.subscriptions(None).await?;
    for (report, versioned) in parts.catalog.reports() {
        let definition = versioned.report;
        let (own, others) = subscriptions.into_iter().partition(|found| found.report == report);
        subscriptions = others;
        let of_files = definition.schedules.iter().map(|(name, schedule)| (name.clone(), schedule.clone()));
        let wanted = own.into_iter().filter_map(|found: Subscription| {
            let schedule = found.wish.schedule(&definition, &found.address()?);
            Some((found.id, schedule))
        });
        let schedules = of_files.chain(wanted).filter(|(_, schedule)| schedule.enabled);
        planned.extend(schedules.map(|(name, schedule)| Planned {
            report: report.clone(),
            definition: Arc::clone(&definition),
            name,
            schedule,
        }));
    }
    Ok(planned)
}
