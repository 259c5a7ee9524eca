//! A typed look into a row.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::StoreError;

/// A typed look into a row.
pub(crate) struct Cells<'r>(pub(crate) &'r AnyRow);

impl Cells<'_> {
    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    pub(crate) fn text_or_none(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<i64, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    pub(crate) fn number_or_none(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    pub(crate) fn instant(&self, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
        to_instant(column, &self.text(column)?)
    }

    pub(crate) fn instant_or_none(&self, column: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.text_or_none(column)?.map(|text| to_instant(column, &text)).transpose()
    }

    /// A name or word with its own reader.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| StoreError::Unreadable { column, value: text })
    }

    pub(crate) fn parsed_or_none<T: std::str::FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.text_or_none(column)?
            .map(|text| text.parse().map_err(|_| StoreError::Unreadable { column, value: text }))
            .transpose()
    }
}

fn to_instant(column: &'static str, text: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.to_utc())
        .map_err(|_| StoreError::Unreadable { column, value: text.to_owned() })
}
