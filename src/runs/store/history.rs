//! What was sent to whom, over all runs: a search, and who is still without.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{
    Cells, Channel, Delivery, DeliveryState, Run, RunId, RunState, Store, StoreError, Trigger, to_text,
};
use crate::definitions::model::{FieldName, ReportId};

/// How many are counted of those who are still without; more are only "more".
pub const MOST_COUNTED: usize = 1000;

/// Where deliveries that are looked for stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedState {
    /// In this state.
    In(DeliveryState),
    /// The recipient is still without: it failed, is in doubt, or was never handed over because its run ended, and no
    /// later attempt for the same report, instant, channel, recipient and slice has taken its place.
    Undelivered,
}

impl WantedState {
    /// The word of those who are still without.
    pub const UNDELIVERED: &'static str = "undelivered";

    /// Its word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In(state) => state.as_str(),
            Self::Undelivered => Self::UNDELIVERED,
        }
    }

    /// Every word there is.
    pub fn words() -> impl Iterator<Item = &'static str> {
        DeliveryState::ALL.iter().map(|state| state.as_str()).chain([Self::UNDELIVERED])
    }
}

impl std::str::FromStr for WantedState {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text == Self::UNDELIVERED { Ok(Self::Undelivered) } else { text.parse().map(Self::In) }
    }
}

/// Which deliveries; what is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeliveryFilter {
    /// Of this report.
    pub report: Option<ReportId>,
    /// Only of these reports.
    pub among: Option<Vec<ReportId>>,
    /// Copies of bursts only of these reports, each as far as its runs saw what is said; what is sent as a whole is not
    /// meant.
    pub copies: Option<Vec<(ReportId, Seen)>>,
    /// Of this schedule.
    pub schedule: Option<FieldName>,
    /// With this anywhere in the address or path; letters' case does not count.
    pub recipient: Option<String>,
    /// On this way.
    pub channel: Option<Channel>,
    /// That stand so.
    pub state: Option<WantedState>,
    /// Of runs for this instant or a later one.
    pub from: Option<DateTime<Utc>>,
    /// Of runs for an instant before this one.
    pub until: Option<DateTime<Utc>>,
    /// Only older than this delivery: the last of the page before.
    pub before: Option<String>,
}

/// Which runs of a report are meant, by what they saw of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Whatever they saw.
    Any,
    /// Those that saw just this, by its digest: see [`Run::seen`].
    Just(String),
    /// No run.
    None,
}

/// A delivery with the run that it belongs to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DeliveryEntry {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// The instant the run stands for.
    pub scheduled_at: DateTime<Utc>,
    /// Which attempt for the instant the run is.
    pub attempt: Option<i64>,
    /// What started the run.
    pub trigger: Trigger,
    /// Whether sending its run again would send it: it surely did not arrive, and no later attempt has taken its place.
    pub resendable: bool,
    /// Whether it can be sent again by itself: the recipient is still without, and nobody is sending just now. What is
    /// in doubt may then arrive twice.
    pub open: bool,
}

/// One page of deliveries, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<DeliveryEntry>,
    /// Whether there are older ones; ask with [`DeliveryFilter::before`] set to the last of these.
    pub more: bool,
}

/// A run that ended well, and did not send a copy, had its reasons: `send_if`. Such a recipient is not without.
const UNDELIVERED: &str = "d.state IN ('failed', 'in_doubt', 'unsent') AND r.attempt IS NOT NULL \
     AND (d.state <> 'unsent' OR r.state IN ('failed', 'interrupted')) \
     AND NOT EXISTS (SELECT 1 FROM runs n JOIN deliveries m ON m.run = n.id \
       WHERE n.report = r.report AND n.schedule = r.schedule AND n.scheduled_at = r.scheduled_at \
       AND n.attempt > r.attempt AND m.channel = d.channel AND m.recipient = d.recipient AND m.slice = d.slice)";

/// The conditions of a filter with the values of their places.
#[derive(Default)]
struct Conditions {
    text: String,
    values: Vec<String>,
}

impl Conditions {
    fn of(filter: &DeliveryFilter) -> Self {
        let mut conditions = Self { text: "1 = 1".to_owned(), values: Vec::new() };
        let exactly = [
            ("r.report =", filter.report.as_ref().map(ToString::to_string)),
            ("r.schedule =", filter.schedule.as_ref().map(ToString::to_string)),
            ("d.channel =", filter.channel.map(|channel| channel.as_str().to_owned())),
            ("r.scheduled_at >=", filter.from.map(to_text)),
            ("r.scheduled_at <", filter.until.map(to_text)),
            ("d.id <", filter.before.clone()),
        ];
        for (test, value) in exactly {
            if let Some(value) = value {
                let place = conditions.place(value);
                conditions.and(&format!("{test} {place}"));
            }
        }
        if let Some(reports) = &filter.among {
            let places: Vec<String> =
                reports.iter().map(|report| conditions.place(report.to_string())).collect();
            let list = if places.is_empty() { "NULL".to_owned() } else { places.join(", ") };
            conditions.and(&format!("r.report IN ({list})"));
        }
        if let Some(copies) = &filter.copies {
            let mut told = vec!["d.slice = '' AND r.burst IS NULL".to_owned()];
            for (report, seen) in copies {
                let and_seen = match seen {
                    Seen::Any => String::new(),
                    Seen::Just(seen) => format!(" AND r.seen = {}", conditions.place(seen.clone())),
                    Seen::None => continue,
                };
                told.push(format!("r.report = {}{and_seen}", conditions.place(report.to_string())));
            }
            conditions.and(&format!("({})", told.join(" OR ")));
        }
        if let Some(part) = &filter.recipient {
            let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let place = conditions.place(format!("%{escaped}%"));
            conditions.and(&format!("lower(d.recipient) LIKE lower(CAST({place} AS TEXT)) ESCAPE '\\'"));
        }
        match filter.state {
            Some(WantedState::In(state)) => {
                let place = conditions.place(state.as_str().to_owned());
                conditions.and(&format!("d.state = {place}"));
            }
            Some(WantedState::Undelivered) => conditions.and(UNDELIVERED),
            None => {}
        }
        conditions
    }

    fn place(&mut self, value: String) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn and(&mut self, condition: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
    }

    /// A statement made of texts of this file; values of others only stand in its places.
    fn statement(
        &self,
        text: String,
    ) -> sqlx::query::Query<'static, sqlx::Any, <sqlx::Any as sqlx::Database>::Arguments> {
        let query = sqlx::query(sqlx::AssertSqlSafe(text));
        self.values.iter().fold(query, |query, value| query.bind(value.clone()))
    }
}

impl DeliveryEntry {
    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        let delivery = Delivery::from_row(cells)?;
        let latest: Option<RunState> = cells.parsed_or_none("latest_state")?;
        let is_over = latest.is_some_and(|state| state != RunState::Running);
        let open = is_over && cells.number("without")? == 1;
        Ok(Self {
            resendable: open && delivery.state.never_arrived(),
            open,
            delivery,
            report: cells.parsed("report")?,
            schedule: cells.parsed("schedule")?,
            scheduled_at: cells.instant("scheduled_at")?,
            attempt: cells.number_or_none("attempt")?,
            trigger: cells.parsed("trigger_kind")?,
        })
    }
}

impl Store {
    /// At most `limit` (1 to 500) deliveries, newest first.
    pub async fn search_deliveries(
        &self,
        filter: &DeliveryFilter,
        limit: usize,
    ) -> Result<DeliveryPage, StoreError> {
        let limit = limit.clamp(1, 500);
        let conditions = Conditions::of(filter);
        let text = format!(
            "SELECT d.*, r.report, r.schedule, r.scheduled_at, r.attempt, r.trigger_kind, \
             (SELECT n.state FROM runs n WHERE n.report = r.report AND n.schedule = r.schedule \
               AND n.scheduled_at = r.scheduled_at AND n.attempt IS NOT NULL \
               ORDER BY n.attempt DESC LIMIT 1) AS latest_state, \
             CASE WHEN {UNDELIVERED} THEN 1 ELSE 0 END AS without \
             FROM deliveries d JOIN runs r ON r.id = d.run WHERE {} ORDER BY d.id DESC LIMIT {}",
            conditions.text,
            limit + 1
        );
        let rows = conditions.statement(text).fetch_all(&self.pool).await;
        let rows = rows.map_err(StoreError::query("searching deliveries"))?;
        let more = rows.len() > limit;
        let entries = rows.iter().take(limit).map(|row| DeliveryEntry::from_row(&Cells(row)));
        Ok(DeliveryPage { deliveries: entries.collect::<Result<_, _>>()?, more })
    }

    /// The ids of the deliveries of a run whose recipients are still without.
    pub async fn without(&self, run: RunId) -> Result<HashSet<String>, StoreError> {
        let text = format!(
            "SELECT d.id FROM deliveries d JOIN runs r ON r.id = d.run WHERE d.run = $1 AND {UNDELIVERED}"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(run.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(StoreError::query("reading who is without"))?;
        rows.iter().map(|row| Cells(row).text("id")).collect()
    }

    /// Whether an attempt for the instant of `run` has left somebody without who surely did not get it.
    pub async fn has_unsent(&self, run: &Run) -> Result<bool, StoreError> {
        let text = format!(
            "SELECT d.id FROM deliveries d JOIN runs r ON r.id = d.run WHERE r.report = $1 AND r.schedule = $2 \
             AND r.scheduled_at = $3 AND d.state <> 'in_doubt' AND {UNDELIVERED} LIMIT 1"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(run.report.to_string())
            .bind(run.schedule.to_string())
            .bind(to_text(run.scheduled_at))
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::query("looking for somebody who is without"))?;
        Ok(row.is_some())
    }

    /// When the report of the instant of `run` was first sent, by attempts that it does not carry on; what may have
    /// arrived counts.
    pub async fn first_sent_before(&self, run: &Run) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query(
            "SELECT MIN(d.updated_at) AS sent_at FROM deliveries d JOIN runs r ON r.id = d.run \
             WHERE r.report = $1 AND r.schedule = $2 AND r.scheduled_at = $3 AND r.attempt < $4 \
             AND COALESCE(r.origin, '') <> $5 AND d.state IN ('sent', 'in_doubt')",
        )
        .bind(run.report.to_string())
        .bind(run.schedule.to_string())
        .bind(to_text(run.scheduled_at))
        .bind(run.attempt.unwrap_or_default())
        .bind(run.origin.map(|origin| origin.to_string()).unwrap_or_default())
        .fetch_one(&self.pool)
        .await
        .map_err(StoreError::query("reading when a report was first sent"))?;
        Cells(&row).instant_or_none("sent_at")
    }

    /// The runs with kept figures that `run` is usually compared with: the latest attempt for the instant before in its
    /// schedule, and the other attempts for its own.
    pub async fn comparable(&self, run: &Run) -> Result<(Option<Run>, Vec<Run>), StoreError> {
        const FIGURES: &str = "EXISTS (SELECT 1 FROM artefacts a WHERE a.run = r.id AND a.kind = 'figures' \
             AND a.deleted_at IS NULL)";
        let of_schedule = "r.report = $1 AND r.schedule = $2 AND r.attempt IS NOT NULL";
        let before = format!(
            "SELECT r.* FROM runs r WHERE {of_schedule} AND r.scheduled_at < $3 AND {FIGURES} \
             ORDER BY r.scheduled_at DESC, r.attempt DESC LIMIT 1"
        );
        let others = format!(
            "SELECT r.* FROM runs r WHERE {of_schedule} AND r.scheduled_at = $3 AND {FIGURES} \
             ORDER BY r.attempt DESC LIMIT 20"
        );
        let mut found = Vec::new();
        for text in [before, others] {
            let rows = sqlx::query(sqlx::AssertSqlSafe(text))
                .bind(run.report.to_string())
                .bind(run.schedule.to_string())
                .bind(to_text(run.scheduled_at))
                .fetch_all(&self.pool)
                .await
                .map_err(StoreError::query("looking for runs to compare with"))?;
            found.push(rows.iter().map(|row| Run::from_row(&Cells(row))).collect::<Result<Vec<_>, _>>()?);
        }
        let mut others = found.pop().unwrap_or_default();
        others.retain(|other| other.id != run.id);
        Ok((found.pop().and_then(|mut before| before.pop()), others))
    }

    /// How many deliveries of those that `filter` tells have recipients who are still without; counted up to one more
    /// than [`MOST_COUNTED`].
    pub async fn count_undelivered(&self, filter: &DeliveryFilter) -> Result<usize, StoreError> {
        let filter = DeliveryFilter { state: Some(WantedState::Undelivered), ..filter.clone() };
        let conditions = Conditions::of(&filter);
        let text = format!(
            "SELECT COUNT(*) AS found FROM (SELECT 1 AS one FROM deliveries d JOIN runs r ON r.id = d.run \
             WHERE {} LIMIT {}) counted",
            conditions.text,
            MOST_COUNTED + 1
        );
        let row = conditions.statement(text).fetch_one(&self.pool).await;
        let row = row.map_err(StoreError::query("counting what was not delivered"))?;
        Ok(usize::try_from(Cells(&row).number("found")?).unwrap_or_default())
    }
}
