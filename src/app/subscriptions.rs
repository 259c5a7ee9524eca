//! Subscriptions and leaving, for the pages: what is somebody's own, and what they may see of others'.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::backend::{LiveBackend, failed};
use crate::access::{Action, Object, Person, Standing};
use crate::definitions::model::{CalendarId, FieldName, Report, ReportId};
use crate::format::LocalizedText;
use crate::runs::execute::Order;
use crate::runs::store::{Channel, Pause, Repeat, Run, StoreError, Subscription, Trigger, address_of};
use crate::schedule::Rule;
use crate::web::{
    BackendError, Leaver, Leaving, MailEntry, Mailbox, StartedRun, Subscribing, SubscriptionEntry, WantsMail,
};

/// Schedules whose last mail is older are told of no more.
const REMEMBERED: TimeDelta = TimeDelta::days(100);

type Name = (ReportId, FieldName);

impl LiveBackend {
    /// What is sent to whoever asks.
    async fn mailbox_of(&self, standing: &Standing) -> Result<Mailbox, StoreError> {
        let Some(person) = standing.viewer().as_person() else { return Ok(Mailbox::default()) };
        let parts = self.runner.parts();
        let (store, now) = (&parts.store, parts.clock.now());
        let address = address_of(person);
        let known = self.known().await?;
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for found in store.subscriptions(None).await? {
            if found.person.name == person.name {
                own.push(self.entry(standing, found, &known, now));
            } else if standing.may(Action::Schedule, Object::Report(&found.report)) {
                others.push(self.entry(standing, found, &known, now));
            }
        }
        let mails = match &address {
            Some(address) => self.mails(address, now).await?,
            None => Vec::new(),
        };
        Ok(Mailbox { address, subscriptions: own, mails, others })
    }

    async fn known(&self) -> Result<Known, StoreError> {
        let store = &self.runner.parts().store;
        let pauses = store.pauses().await?.into_iter();
        let runs = store.latest_of_each().await?.into_iter();
        Ok(Known {
            pauses: pauses.map(|pause| ((pause.report.clone(), pause.schedule.clone()), pause)).collect(),
            runs: runs.map(|run| ((run.report.clone(), run.schedule.clone()), run)).collect(),
        })
    }

    fn entry(
        &self,
        standing: &Standing,
        subscription: Subscription,
        known: &Known,
        now: DateTime<Utc>,
    ) -> SubscriptionEntry {
        let open = standing.may(Action::View, Object::Report(&subscription.report));
        let definition = self.definition(&subscription.report).filter(|_| open);
        let name = (subscription.report.clone(), subscription.id.clone());
        let pause = known.pauses.get(&name).filter(|pause| pause.covers(now)).cloned();
        let schedule = definition.as_ref().zip(subscription.address()).map(|(definition, address)| {
            let schedule = subscription.wish.schedule(definition, &address);
            (definition, schedule)
        });
        // A pause without an end covers every instant: there is none to look for.
        let resumes = pause.as_ref().is_none_or(|pause| pause.until.is_some());
        let schedule = schedule.filter(|(_, schedule)| schedule.enabled && resumes);
        let next = schedule.and_then(|(definition, schedule)| {
            let rule = Rule::of(&schedule, definition, &self.workspace.current().catalog().calendars).ok()?;
            let mut instants = rule.after(now).map(|instant| instant.to_utc());
            instants.find(|at| pause.as_ref().is_none_or(|pause| !pause.covers(*at)))
        });
        SubscriptionEntry {
            title: definition.map(|definition| definition.title.clone()),
            next,
            latest: known.runs.get(&name).cloned(),
            pause,
            subscription,
        }
    }

    fn definition(&self, id: &ReportId) -> Option<Arc<Report>> {
        self.workspace.current().catalog().reports.get(id).cloned()
    }

    async fn mails(&self, address: &str, now: DateTime<Utc>) -> Result<Vec<MailEntry>, StoreError> {
        let store = &self.runner.parts().store;
        let mut mails = Vec::new();
        for (report, schedule, latest) in store.mails_to(address, now - REMEMBERED).await? {
            let Some(definition) = self.definition(&report) else { continue };
            let Some(said) = definition.schedules.get(&schedule) else { continue };
            let left = store.unsubscribed(&report, &schedule).await?.contains(&address.to_lowercase());
            mails.push(MailEntry {
                title: definition.title.clone(),
                zone: said.time_zone.clone().unwrap_or_else(|| definition.time_zone.clone()),
                may_leave: said.deliver.email.as_ref().is_some_and(|email| email.unsubscribe),
                report,
                schedule,
                latest,
                left,
            });
        }
        Ok(mails)
    }

    /// Keeps a subscription of whoever asks; `None` where the report is closed to them, or takes none.
    async fn keep(&self, standing: &Standing, kept: Subscription) -> Result<Option<()>, StoreError> {
        let report = Object::Report(&kept.report);
        let takes = self.definition(&kept.report).is_some_and(|report| report.subscriptions.allowed);
        let may_export = kept.wish.attach.is_empty() || standing.may(Action::Export, report);
        let is_own = standing.viewer().as_person().is_some_and(|person| person.name == kept.person.name);
        if !(takes && may_export && is_own && standing.may(Action::View, report)) {
            return Ok(None);
        }
        let store = &self.runner.parts().store;
        if let Some(before) = store.subscription(&kept.id).await?
            && before.person.name != kept.person.name
        {
            return Ok(None);
        }
        store.keep_subscription(&kept).await.map(Some)
    }

    /// A subscription that has not ended and is whoever asks' own, or one to a report whose schedules they may see.
    async fn open_subscription(
        &self,
        standing: &Standing,
        id: &FieldName,
    ) -> Result<Option<Subscription>, StoreError> {
        let found = self.runner.parts().store.subscription(id).await?;
        Ok(found.filter(|found| {
            let person = standing.viewer().as_person();
            let is_own = person.is_some_and(|person| person.name == found.person.name);
            let may = is_own || standing.may(Action::Schedule, Object::Report(&found.report));
            may && found.ended_at.is_none()
        }))
    }

    /// What a leaver leaves; `None` for a link that this server has not made.
    async fn leaving_of(&self, leaver: &Leaver) -> Result<Option<Leaving>, StoreError> {
        let parts = self.runner.parts();
        let (report, schedule, address) = match leaver {
            Leaver::Address(address, report, schedule) => (report.clone(), schedule.clone(), address.clone()),
            Leaver::Link(token) => {
                let key = parts.settings.leave_key.as_ref();
                let Some(id) = key.and_then(|key| key.delivery(token)) else { return Ok(None) };
                match parts.store.delivery(id).await? {
                    Some((delivery, run)) if delivery.channel == Channel::Email => {
                        (run.report, run.schedule, delivery.recipient)
                    }
                    _ => return Ok(None),
                }
            }
        };
        let Some(definition) = self.definition(&report) else { return Ok(None) };
        let is_subscription = Subscription::is_id(&schedule);
        let (left, may_leave, locale) = if is_subscription {
            let Some(found) = parts.store.subscription(&schedule).await? else { return Ok(None) };
            (found.ended_at.is_some(), true, found.wish.locale)
        } else {
            let said = definition.schedules.get(&schedule);
            let may =
                said.and_then(|said| said.deliver.email.as_ref()).is_some_and(|email| email.unsubscribe);
            let left = parts.store.unsubscribed(&report, &schedule).await?;
            let locale = said.and_then(|said| said.locale).unwrap_or(definition.locale);
            (left.contains(&address.to_lowercase()), may, locale)
        };
        let title = definition.title.clone();
        Ok(Some(Leaving { report, schedule, title, address, locale, is_subscription, left, may_leave }))
    }

    /// Does what a leaver wants; answers how it is then, and whether that was a change.
    async fn do_leave(
        &self,
        leaver: &Leaver,
        wants: WantsMail,
    ) -> Result<Option<(Leaving, bool)>, StoreError> {
        let Some(leaving) = self.leaving_of(leaver).await? else { return Ok(None) };
        let parts = self.runner.parts();
        let (store, now) = (&parts.store, parts.clock.now());
        let out = wants == WantsMail::NoMore;
        let changed = if leaving.is_subscription {
            out && store.end_subscription(&leaving.schedule, &leaving.address, now).await?
        } else if leaving.may_leave {
            let name = (&leaving.report, &leaving.schedule);
            store.set_unsubscribed(name, &leaving.address, out, now).await?
        } else {
            false
        };
        Ok(self.leaving_of(leaver).await?.map(|leaving| (leaving, changed)))
    }
}

impl Subscribing for LiveBackend {
    fn mailbox(&self, standing: Standing) -> BoxFuture<'_, Result<Mailbox, BackendError>> {
        async move { self.mailbox_of(&standing).await.map_err(|error| failed(&error)) }.boxed()
    }

    fn keep_subscription(
        &self,
        standing: Standing,
        kept: Subscription,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async move { self.keep(&standing, kept).await.map_err(|error| failed(&error)) }.boxed()
    }

    fn subscription(
        &self,
        standing: Standing,
        id: FieldName,
    ) -> BoxFuture<'_, Result<Option<Subscription>, BackendError>> {
        async move { self.open_subscription(&standing, &id).await.map_err(|error| failed(&error)) }.boxed()
    }

    fn end_subscription(
        &self,
        standing: Standing,
        id: FieldName,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async move {
            let Some(found) = self.subscription(standing.clone(), id).await? else { return Ok(None) };
            let parts = self.runner.parts();
            let (by, now) = (standing.viewer().name(), parts.clock.now());
            let ended = parts.store.end_subscription(&found.id, by, now).await;
            ended.map(|_| Some(())).map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn pause_subscription(
        &self,
        standing: Standing,
        id: FieldName,
        pause: Option<Pause>,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async move {
            let Some(found) = self.subscription(standing, id).await? else { return Ok(None) };
            let parts = self.runner.parts();
            let done = match pause {
                Some(pause) => {
                    let pause = Pause { report: found.report, schedule: found.id, ..pause };
                    parts.store.pause(&pause).await
                }
                None => parts.store.resume(&found.report, &found.id, parts.clock.now()).await.map(drop),
            };
            done.map(Some).map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn send_subscription(
        &self,
        standing: Standing,
        id: FieldName,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>> {
        async move {
            let Some(found) = self.subscription(standing.clone(), id).await? else { return Ok(None) };
            let order = Order {
                report: found.report,
                schedule: found.id,
                scheduled_at: self.runner.parts().clock.now().trunc_subsecs(3),
                trigger: Trigger::Manual,
                repeat: Repeat::Never,
            };
            self.start(&standing, &order).await
        }
        .boxed()
    }

    fn leaving(&self, leaver: Leaver) -> BoxFuture<'_, Result<Option<Leaving>, BackendError>> {
        async move { self.leaving_of(&leaver).await.map_err(|error| failed(&error)) }.boxed()
    }

    fn leave(
        &self,
        leaver: Leaver,
        wants: WantsMail,
    ) -> BoxFuture<'_, Result<Option<(Leaving, bool)>, BackendError>> {
        async move { self.do_leave(&leaver, wants).await.map_err(|error| failed(&error)) }.boxed()
    }

    fn renew_subscriber(&self, person: Person) -> BoxFuture<'_, Result<(), BackendError>> {
        async move {
            let parts = self.runner.parts();
            let renewed = parts.store.renew_subscriber(&person, parts.clock.now()).await;
            renewed.map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn calendars(&self) -> Vec<(CalendarId, LocalizedText)> {
        let workspace = self.workspace.current();
        let calendars = workspace.catalog().calendars.iter();
        calendars.map(|(id, calendar)| (id.clone(), calendar.title.clone())).collect()
    }
}

/// Pauses and latest runs by name.
struct Known {
    pauses: HashMap<Name, Pause>,
    runs: HashMap<Name, Run>,
}
