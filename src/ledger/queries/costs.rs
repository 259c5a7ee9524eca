//! The ledger added up.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::filter::LINES;
use super::{CostFilter, QueryLedger};
use crate::store::{Cells, StoreError, stored_enum};

stored_enum! {
    /// By what costs are added up.
    CostBy in "what costs are added up by" {
        /// By the functional role that pays.
        Role = "role",
        /// By report.
        Report = "report",
        /// By panel of a report: `report/panel`.
        Panel = "panel",
        /// By schedule of a report: `report/schedule`.
        Schedule = "schedule",
        /// By dataset.
        Dataset = "dataset",
        /// By source.
        Source = "source",
        /// By region.
        Region = "region",
        /// By who asked.
        Viewer = "viewer",
        /// By what it was for.
        Purpose = "purpose",
        /// By day.
        Day = "day",
        /// By month.
        Month = "month",
    }
}

impl CostBy {
    /// What stands in SQL for it. Where there is no panel or schedule, nothing does.
    fn expression(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Report => "report",
            Self::Panel => "CASE WHEN panel = '' THEN '' ELSE report || '/' || panel END",
            Self::Schedule => "CASE WHEN schedule = '' THEN '' ELSE report || '/' || schedule END",
            Self::Dataset => "dataset",
            Self::Source => "source",
            Self::Region => "region",
            Self::Viewer => "viewer",
            Self::Purpose => "purpose",
            Self::Day => "day",
            Self::Month => "SUBSTR(day, 1, 7)",
        }
    }
}

/// What some questions have in common, and cost together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CostRow {
    /// The role, report, dataset … ; empty for those without one.
    pub key: String,
    /// How many questions.
    pub queries: u64,
    /// How many of them were asked of the source.
    pub asked: u64,
    /// How many failed or were given up.
    pub failed: u64,
    /// Bytes of files that were read.
    pub scanned: u64,
    /// Bytes that came from sources.
    pub moved: u64,
    /// Bytes of them that left a region: parts of answers that were asked elsewhere.
    pub crossed: u64,
    /// What would have left it if all that these parts were asked of had been copied once a day.
    pub copied: u64,
    /// Requests and statements.
    pub requests: u64,
    /// How long queries ran, in microseconds.
    pub busy_micros: u64,
    /// What they cost, in millionths of the currency.
    pub cost: i64,
}

/// A part that was asked in another region is no question of its own.
const COLUMNS: &str = "CAST(SUM(CASE WHEN whole IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS queries, \
    CAST(SUM(CASE WHEN whole IS NULL AND served = 'source' THEN 1 ELSE 0 END) AS BIGINT) AS asked, \
    CAST(SUM(CASE WHEN whole IS NULL AND outcome <> 'answered' THEN 1 ELSE 0 END) AS BIGINT) AS failed, \
    CAST(SUM(scanned) AS BIGINT) AS scanned, CAST(SUM(moved) AS BIGINT) AS moved, \
    CAST(SUM(CASE WHEN whole IS NULL THEN 0 ELSE moved END) AS BIGINT) AS crossed, \
    CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(busy_micros) AS BIGINT) AS busy_micros, \
    CAST(SUM(CASE WHEN currency = $9 THEN cost ELSE 0 END) AS BIGINT) AS cost";

impl QueryLedger {
    /// What questions cost, the dearest first; days and months in their order.
    pub async fn costs(&self, filter: &CostFilter, by: CostBy) -> Result<Vec<CostRow>, StoreError> {
        let mut rows = self.grouped(filter, by.expression()).await?;
        match by {
            CostBy::Day | CostBy::Month => rows.sort_by(|a, b| a.key.cmp(&b.key)),
            _ => rows.sort_by(|a, b| {
                (b.cost, b.moved, b.queries, &a.key).cmp(&(a.cost, a.moved, a.queries, &b.key))
            }),
        }
        Ok(rows)
    }

    /// What each role has spent in the month of `day`, in millionths of the currency.
    pub async fn spent(&self, day: NaiveDate, currency: &str) -> Result<HashMap<String, i64>, StoreError> {
        let rows = self.costs(&CostFilter::of_month(day, currency), CostBy::Role).await?;
        Ok(rows.into_iter().map(|row| (row.key, row.cost)).collect())
    }

    /// What all of them cost. Not the sum of rows: a copy that several of them would have needed counts once.
    pub async fn total(&self, filter: &CostFilter) -> Result<CostRow, StoreError> {
        // No constant, which PostgreSQL does not group by.
        Ok(self.grouped(filter, "SUBSTR(day, 1, 0)").await?.into_iter().next().unwrap_or_default())
    }

    /// How long a question that went to a source ran there, in seconds, by source; parts in other regions are questions to
    /// theirs.
    pub async fn seconds_of_sources(&self, filter: &CostFilter) -> Result<HashMap<String, f64>, StoreError> {
        let sql = format!(
            "SELECT source, CAST(SUM(busy_micros) AS BIGINT) AS busy, CAST(COUNT(*) AS BIGINT) AS questions {LINES} \
             AND served = 'source' AND outcome = 'answered' AND busy_micros > 0 GROUP BY source"
        );
        // Nothing but constants of this file stands in it.
        let rows = filter
            .bound(sqlx::query(AssertSqlSafe(sql.as_str())))
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("reading how long questions run"))?;
        let pair = |cells: Cells<'_>| {
            let seconds = cells.number("busy")? as f64 / 1e6 / cells.number("questions")?.max(1) as f64;
            Ok((cells.text("source")?, seconds))
        };
        rows.iter().map(|row| pair(Cells(row))).collect()
    }

    async fn grouped(&self, filter: &CostFilter, expression: &str) -> Result<Vec<CostRow>, StoreError> {
        let sql = format!("SELECT {expression} AS name, {COLUMNS} {LINES} GROUP BY {expression}");
        // Nothing but constants of this file stands in it.
        let rows = filter
            .bound(sqlx::query(AssertSqlSafe(sql.as_str())))
            .bind(filter.currency.clone())
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("adding up costs"))?;
        let mut rows: Vec<CostRow> =
            rows.iter().map(|row| CostRow::of(&Cells(row))).collect::<Result<_, _>>()?;
        if rows.iter().any(|row| row.crossed > 0) {
            let copied = self.copied(filter, expression).await?;
            for row in &mut rows {
                row.copied = copied.get(&row.key).copied().unwrap_or_default();
            }
        }
        Ok(rows)
    }

    /// What copies of what was asked elsewhere would have moved, one of each table and day.
    async fn copied(
        &self,
        filter: &CostFilter,
        expression: &str,
    ) -> Result<HashMap<String, u64>, StoreError> {
        let sql = format!(
            "SELECT name, CAST(SUM(once) AS BIGINT) AS copied FROM (SELECT {expression} AS name, MAX(whole) AS once \
             {LINES} AND whole IS NOT NULL GROUP BY {expression}, day, dataset, source) AS parts GROUP BY name"
        );
        // Nothing but constants of this file stands in it.
        let rows = filter
            .bound(sqlx::query(AssertSqlSafe(sql.as_str())))
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("adding up what copies would have moved"))?;
        let pair = |cells: Cells<'_>| {
            Ok((cells.text("name")?, u64::try_from(cells.number("copied")?).unwrap_or_default()))
        };
        rows.iter().map(|row| pair(Cells(row))).collect()
    }
}

impl CostRow {
    fn of(cells: &Cells<'_>) -> Result<Self, StoreError> {
        let count = |column| Ok::<_, StoreError>(u64::try_from(cells.number(column)?).unwrap_or_default());
        Ok(Self {
            key: cells.text("name")?,
            queries: count("queries")?,
            asked: count("asked")?,
            failed: count("failed")?,
            scanned: count("scanned")?,
            moved: count("moved")?,
            crossed: count("crossed")?,
            copied: 0,
            requests: count("requests")?,
            busy_micros: count("busy_micros")?,
            cost: cells.number("cost")?,
        })
    }
}
