//! An L2 table with its semantics.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FieldName, Security, SourceId};
use crate::definitions::references;
use crate::format::{LocalizedText, NumberFormat};

/// An L2 table of one source with its semantics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// What it holds, for people who choose a dataset.
    pub description: Option<LocalizedText>,
    /// The functional role that answers for it: exactly one.
    pub owner: String,
    /// The source its data are in.
    pub source: SourceId,
    /// Other sources that hold more rows of it, in tables of the same names and columns: those of other regions. Each
    /// is asked where its rows lie, and what comes back is put together. Which region a row is from stands in the
    /// column `source_region`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_in: Vec<SourceId>,
    /// The table: a file (`l2/sales.parquet`), a prefix (`l2/sales/`) or a glob
    /// (`l2/sales/*/part-*.parquet`) within the source. Either this or `sql`.
    pub table: Option<String>,
    /// The file format, where the ending does not tell it.
    pub format: Option<FileFormat>,
    /// How its CSV files are written.
    pub csv: Option<CsvOptions>,
    /// The types of hive partition columns in the path (`…/country=KR/…`), by column name.
    #[serde(default)]
    pub partitions: IndexMap<String, String>,
    /// A `SELECT` over `tables`, instead of `table`.
    pub sql: Option<String>,
    /// The tables that `sql` reads, by the name it gives them.
    #[serde(default)]
    pub tables: IndexMap<FieldName, TableFile>,
    /// The dimension of type `date` or `timestamp` that periods apply to.
    pub time: Option<FieldName>,
    /// What numbers can be grouped and filtered by.
    #[serde(default)]
    pub dimensions: IndexMap<FieldName, Dimension>,
    /// Aggregates over rows.
    #[serde(default)]
    pub measures: IndexMap<FieldName, Measure>,
    /// Named expressions over measures and other metrics.
    #[serde(default)]
    pub metrics: IndexMap<FieldName, Metric>,
    /// Small dimension tables of the same source, joined when a field of theirs is asked for.
    #[serde(default)]
    pub relationships: IndexMap<FieldName, Relationship>,
    /// How fresh the data should be.
    pub freshness: Option<Freshness>,
    /// Who may see what of it.
    pub security: Option<Security>,
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values, plain or gzip.
    Csv,
    /// One JSON object per line, plain or gzip.
    Ndjson,
}

/// How CSV files are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CsvOptions {
    /// The first line names the columns. On by default.
    pub header: bool,
    /// One character; a comma by default.
    pub delimiter: String,
    /// What stands for "no value" besides an empty cell: `NA`, `NULL`, `-`.
    pub null_values: Vec<String>,
    /// The types of columns (`text`, `int`, `decimal(18,2)`, `float`, `bool`, `date`, `timestamp`),
    /// where inference would get them wrong.
    pub types: IndexMap<String, String>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { header: true, delimiter: ",".into(), null_values: Vec::new(), types: IndexMap::new() }
    }
}

/// One file or prefix of the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    /// A file, a prefix ending in `/`, or a glob.
    pub path: String,
    /// The file format, where the ending does not tell it.
    pub format: Option<FileFormat>,
    /// How its CSV files are written.
    pub csv: Option<CsvOptions>,
    /// The types of hive partition columns in the path, by column name.
    #[serde(default)]
    pub partitions: IndexMap<String, String>,
}

/// Something numbers can be grouped and filtered by.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dimension {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// What it means.
    pub description: Option<LocalizedText>,
    /// An expression over the columns of the table; by default the column of the same name.
    /// Columns of a relationship are `relationship.column`.
    pub sql: Option<String>,
    /// Its type, checked against the data; by default what the data have.
    #[serde(rename = "type")]
    pub r#type: Option<DimensionType>,
    /// For timestamps without a zone in the data: the IANA zone they are written in. Without it
    /// they are taken as they stand, as local times of the report.
    pub time_zone: Option<String>,
    /// Titles of members, by value: `{KR: {ko: 한국, en: Korea}}`.
    pub labels: IndexMap<String, LocalizedText>,
    /// Where its members lead to in tables: `https://erp.example/orders/{order_id}`, `mailto:{mail}`,
    /// a path of this server such as `/reports/store?store={store}`, or a whole column of web
    /// addresses, `{url}`. In braces stand dimensions that the table shows too.
    pub link: Option<String>,
}

/// The type of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DimensionType {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// A calendar date.
    Date,
    /// A date with a time.
    Timestamp,
}

/// An aggregate over rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// What it means.
    pub description: Option<LocalizedText>,
    /// An aggregate expression: `sum(net_amount)`, `count(distinct order_id)`.
    pub sql: String,
    /// How its numbers are written.
    #[serde(default)]
    pub format: NumberFormat,
    /// Rising numbers are bad news (returns, costs): colours of changes are swapped.
    #[serde(default)]
    pub lower_is_better: bool,
}

/// A named expression over measures and other metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// What it means.
    pub description: Option<LocalizedText>,
    /// An expression over measures and metrics: `revenue / orders`. Division by zero gives no value.
    pub sql: String,
    /// How its numbers are written.
    #[serde(default)]
    pub format: NumberFormat,
    /// Rising numbers are bad news: colours of changes are swapped.
    #[serde(default)]
    pub lower_is_better: bool,
}

/// A small dimension table of the same source, joined many-to-one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relationship {
    /// A file, a prefix or a glob of the same source.
    pub table: String,
    /// The file format, where the ending does not tell it.
    pub format: Option<FileFormat>,
    /// How its CSV files are written.
    pub csv: Option<CsvOptions>,
    /// Which column of the dataset equals which column of the joined table: `{store_id: id}`.
    /// Rows without a partner are kept with empty values; the joined columns must be unique.
    pub on: IndexMap<String, String>,
}

/// How fresh the data should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    /// An aggregate that tells up to when the data are complete: `max(order_date)`.
    pub complete_through: String,
}

impl Metric {
    /// The measures and metrics it is computed from.
    pub fn numbers(&self) -> Vec<FieldName> {
        references(&self.sql).iter().filter_map(|name| FieldName::parse(name).ok()).collect()
    }
}

impl Dataset {
    /// The sources that hold its rows, that of its own first.
    pub fn sources(&self) -> impl Iterator<Item = &SourceId> {
        std::iter::once(&self.source).chain(&self.also_in)
    }

    /// Whether `name` is a measure or a metric.
    pub fn has_number(&self, name: &FieldName) -> bool {
        self.measures.contains_key(name) || self.metrics.contains_key(name)
    }
}
