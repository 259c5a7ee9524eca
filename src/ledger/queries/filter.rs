//! Which lines of the ledger.

use chrono::{Datelike as _, Months, NaiveDate};
use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::Query;

use super::CostBy;

/// Which lines; what is not said does not matter. An empty text asks for lines without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostFilter {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last.
    pub to: NaiveDate,
    /// The currency of costs; those in others are not added.
    pub currency: String,
    /// Paid by this role.
    pub role: Option<String>,
    /// Of this report.
    pub report: Option<String>,
    /// Of this dataset.
    pub dataset: Option<String>,
    /// Of this source.
    pub source: Option<String>,
    /// Of this region.
    pub region: Option<String>,
    /// Asked by this viewer.
    pub viewer: Option<String>,
}

/// The lines of a filter, which is bound to its first eight places.
pub(super) const LINES: &str = "FROM queries WHERE day >= $1 AND day < $2 \
    AND (CAST($3 AS TEXT) IS NULL OR role = $3) AND (CAST($4 AS TEXT) IS NULL OR report = $4) \
    AND (CAST($5 AS TEXT) IS NULL OR dataset = $5) AND (CAST($6 AS TEXT) IS NULL OR source = $6) \
    AND (CAST($7 AS TEXT) IS NULL OR region = $7) AND (CAST($8 AS TEXT) IS NULL OR viewer = $8)";

/// The first day of the month that `day` is in.
pub fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

impl CostFilter {
    /// All lines of some days.
    pub fn of_days(from: NaiveDate, to: NaiveDate, currency: &str) -> Self {
        Self {
            from,
            to,
            currency: currency.to_owned(),
            role: None,
            report: None,
            dataset: None,
            source: None,
            region: None,
            viewer: None,
        }
    }

    /// All lines of the month that `day` is in.
    pub fn of_month(day: NaiveDate, currency: &str) -> Self {
        let first = first_of_month(day);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
        Self::of_days(first, next, currency)
    }

    /// All lines that are added up by `by` for the month that `day` is in: those of the month, and by months those of the
    /// year that ends with it.
    pub fn of_month_by(day: NaiveDate, by: CostBy, currency: &str) -> Self {
        let month = Self::of_month(day, currency);
        let back = if by == CostBy::Month { Months::new(11) } else { Months::new(0) };
        Self { from: month.from.checked_sub_months(back).unwrap_or(month.from), ..month }
    }

    /// The query with its first eight places bound.
    pub(super) fn bound<'q>(&self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        query
            .bind(self.from.to_string())
            .bind(self.to.to_string())
            .bind(self.role.clone())
            .bind(self.report.clone())
            .bind(self.dataset.clone())
            .bind(self.source.clone())
            .bind(self.region.clone())
            .bind(self.viewer.clone())
    }
}
