//! What people have sent to themselves, and who wants no more mail.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Cells, Delivery, Run, Store, StoreError, new_uuid, to_text};
use crate::access::Person;
use crate::definitions::model::{FieldName, ReportId, Schedule};
use crate::delivery::EmailAddress;
use crate::runs::subscriptions::Wish;

/// A report that somebody has sent to themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// What its runs call the schedule.
    pub id: FieldName,
    /// The report.
    pub report: ReportId,
    /// Who wanted it, with their groups and claims as of `known_at`.
    pub person: Person,
    /// Whether they log in with a password here, so that it is known at any time who they are.
    pub is_local: bool,
    /// When they last proved who they are.
    pub known_at: DateTime<Utc>,
    /// What they want, and when.
    pub wish: Wish,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it.
    pub ended_by: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    name: String,
    groups: BTreeSet<String>,
    claims: BTreeMap<String, Vec<String>>,
}

/// A value as JSON. People and wishes always have one.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

fn person_as_json(person: &Person) -> String {
    let Person { name, groups, claims } = person.clone();
    json(&Snapshot { name, groups, claims })
}

fn read<T: serde::de::DeserializeOwned>(cells: &Cells<'_>, column: &'static str) -> Result<T, StoreError> {
    let text = cells.text(column)?;
    serde_json::from_str(&text).map_err(|_| StoreError::Unreadable { column, value: text })
}

impl Subscription {
    /// One that begins now.
    pub fn new(
        report: ReportId,
        person: Person,
        is_local: bool,
        wish: Wish,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let id = format!("{}{}", Schedule::SUBSCRIPTION, new_uuid(now).simple());
        let id = FieldName::parse(&id).map_err(|_| StoreError::Unreadable { column: "id", value: id })?;
        Ok(Self {
            id,
            report,
            person,
            is_local,
            known_at: now,
            wish,
            created_at: now,
            changed_at: now,
            ended_at: None,
            ended_by: None,
        })
    }

    /// Whether a schedule's name is the id of a subscription.
    pub fn is_id(name: &FieldName) -> bool {
        name.as_str().starts_with(Schedule::SUBSCRIPTION)
    }

    /// The address it is sent to: the name they log in with, or what their directory says.
    pub fn address(&self) -> Option<String> {
        address_of(&self.person)
    }

    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        let Snapshot { name, groups, claims } = read(cells, "person")?;
        Ok(Self {
            id: cells.parsed("id")?,
            report: cells.parsed("report")?,
            person: Person { name, groups, claims },
            is_local: cells.text("login")? == LOCAL,
            known_at: cells.instant("known_at")?,
            wish: read(cells, "wish")?,
            created_at: cells.instant("created_at")?,
            changed_at: cells.instant("changed_at")?,
            ended_at: cells.instant_or_none("ended_at")?,
            ended_by: cells.text_or_none("ended_by")?,
        })
    }
}

const LOCAL: &str = "local";
const ELSEWHERE: &str = "elsewhere";

/// The mail address of somebody: the name they log in with, or what their directory says.
pub fn address_of(person: &Person) -> Option<String> {
    let claimed = person.claims.get("email").and_then(|values| values.first());
    let is_address = |text: &&String| EmailAddress::parse(text).is_ok();
    [Some(&person.name), claimed].into_iter().flatten().find(is_address).cloned()
}

impl Store {
    /// Those that have not ended: of one person, or of everybody; the oldest first.
    pub async fn subscriptions(&self, subscriber: Option<&str>) -> Result<Vec<Subscription>, StoreError> {
        let failed = StoreError::query("reading subscriptions");
        let rows = match subscriber {
            Some(name) => {
                sqlx::query(
                    "SELECT * FROM subscriptions WHERE ended_at IS NULL AND subscriber = $1 ORDER BY created_at, id",
                )
                .bind(name.to_owned())
                .fetch_all(&self.pool)
                .await
            }
            None => {
                sqlx::query("SELECT * FROM subscriptions WHERE ended_at IS NULL ORDER BY created_at, id")
                    .fetch_all(&self.pool)
                    .await
            }
        };
        rows.map_err(failed)?.iter().map(|row| Subscription::from_row(&Cells(row))).collect()
    }

    /// One, also if it has ended.
    pub async fn subscription(&self, id: &FieldName) -> Result<Option<Subscription>, StoreError> {
        let row = sqlx::query("SELECT * FROM subscriptions WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::query("reading a subscription"))?;
        row.as_ref().map(|row| Subscription::from_row(&Cells(row))).transpose()
    }

    /// Keeps one; under an id that is known, what is wanted is changed, unless it has ended.
    pub async fn keep_subscription(&self, kept: &Subscription) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO subscriptions \
             (id, report, subscriber, person, login, known_at, wish, created_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET \
             person = excluded.person, login = excluded.login, known_at = excluded.known_at, \
             wish = excluded.wish, changed_at = excluded.changed_at \
             WHERE subscriptions.ended_at IS NULL",
        )
        .bind(kept.id.to_string())
        .bind(kept.report.to_string())
        .bind(kept.person.name.clone())
        .bind(person_as_json(&kept.person))
        .bind(if kept.is_local { LOCAL } else { ELSEWHERE })
        .bind(to_text(kept.known_at))
        .bind(json(&kept.wish))
        .bind(to_text(kept.created_at))
        .bind(to_text(kept.changed_at))
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("keeping a subscription"))?;
        Ok(())
    }

    /// Ends one; answers whether it had not ended.
    pub async fn end_subscription(
        &self,
        id: &FieldName,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE subscriptions SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at IS NULL",
        )
        .bind(to_text(now))
        .bind(by.to_owned())
        .bind(id.to_string())
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("ending a subscription"))?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes who somebody is who has just logged in elsewhere: what they have sent to themselves is made with these
    /// groups and claims from now on.
    pub async fn renew_subscriber(&self, person: &Person, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE subscriptions SET person = $1, known_at = $2 \
             WHERE subscriber = $3 AND ended_at IS NULL AND login = $4",
        )
        .bind(person_as_json(person))
        .bind(to_text(now))
        .bind(person.name.clone())
        .bind(ELSEWHERE)
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("noting who a subscriber is"))?;
        Ok(())
    }

    /// The addresses, in lower case, that want no more mail of a schedule.
    pub async fn unsubscribed(
        &self,
        report: &ReportId,
        schedule: &FieldName,
    ) -> Result<HashSet<String>, StoreError> {
        Ok(self.leavers(report, schedule).await?.into_iter().map(|(address, _)| address).collect())
    }

    /// Takes an address out of the mail of a schedule, or back in; answers whether that changed anything.
    pub async fn set_unsubscribed(
        &self,
        (report, schedule): (&ReportId, &FieldName),
        address: &str,
        out: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let address = address.to_lowercase();
        let query = if out {
            sqlx::query(
                "INSERT INTO unsubscribed (report, schedule, address, since) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (report, schedule, address) DO NOTHING",
            )
            .bind(report.to_string())
            .bind(schedule.to_string())
            .bind(address)
            .bind(to_text(now))
        } else {
            sqlx::query("DELETE FROM unsubscribed WHERE report = $1 AND schedule = $2 AND address = $3")
                .bind(report.to_string())
                .bind(schedule.to_string())
                .bind(address)
        };
        let done =
            query.execute(&self.pool).await.map_err(StoreError::query("noting who wants no more mail"))?;
        Ok(done.rows_affected() == 1)
    }

    /// The delivery with this id, and its run.
    pub async fn delivery(&self, id: &str) -> Result<Option<(Delivery, Run)>, StoreError> {
        let row = sqlx::query("SELECT * FROM deliveries WHERE id = $1")
            .bind(id.to_owned())
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::query("reading a delivery"))?;
        let Some(row) = row else { return Ok(None) };
        let cells = Cells(&row);
        let delivery = Delivery::from_row(&cells)?;
        Ok(self.run(cells.parsed("run")?).await?.map(|run| (delivery, run)))
    }

    /// The schedules whose mail an address got since `since`, with the latest instant of each; the newest first.
    pub async fn mails_to(
        &self,
        address: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<(ReportId, FieldName, DateTime<Utc>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT r.report, r.schedule, MAX(r.scheduled_at) AS latest FROM deliveries d \
             JOIN runs r ON r.id = d.run WHERE d.channel = 'email' AND d.state IN ('sent', 'in_doubt') \
             AND LOWER(d.recipient) = $1 AND r.scheduled_at >= $2 \
             GROUP BY r.report, r.schedule ORDER BY MAX(r.scheduled_at) DESC, r.report, r.schedule",
        )
        .bind(address.to_lowercase())
        .bind(to_text(since))
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("reading what was sent to an address"))?;
        let row = |row| {
            let cells = Cells(row);
            Ok((cells.parsed("report")?, cells.parsed("schedule")?, cells.instant("latest")?))
        };
        rows.iter().map(row).collect()
    }

    /// Who wants no more mail of a schedule, and since when.
    pub async fn leavers(
        &self,
        report: &ReportId,
        schedule: &FieldName,
    ) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT address, since FROM unsubscribed WHERE report = $1 AND schedule = $2 ORDER BY since, address",
        )
        .bind(report.to_string())
        .bind(schedule.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("reading who wants no more mail"))?;
        rows.iter().map(|row| Ok((Cells(row).text("address")?, Cells(row).instant("since")?))).collect()
    }
}
