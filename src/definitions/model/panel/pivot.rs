//! A pivot: numbers by rows and columns.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FieldFilter, OneOrMany, ShownValue, SortKey};
use crate::definitions::model::{DatasetId, FieldName, PanelId, ReportId};
use crate::format::{Grain, LocalizedText, NegativeStyle};

/// A pivot: numbers by rows and columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PivotPanel {
    /// Rows, columns and what stands in the cells.
    pub pivot: Pivot,
    /// What stands above it.
    pub title: Option<LocalizedText>,
    /// A small line below.
    pub note: Option<LocalizedText>,
    /// Notes below it, numbered ¹ ² ³ in their order; `[^1]` in its texts refers to the first.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub footnotes: Vec<LocalizedText>,
    /// Another dataset than the report's.
    pub dataset: Option<DatasetId>,
    /// Rows that count.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// The unit that amounts are divided by, with a note "(단위: 백만원)" that says so.
    pub unit: Option<AmountUnit>,
    /// How negative numbers look; by default as each measure says.
    pub negative: Option<NegativeStyle>,
    /// Negative numbers are red besides.
    #[serde(default)]
    pub red_negatives: bool,
    /// Where a click on a row leads to.
    pub drill: Option<Drill>,
    /// How it is spread over sheets.
    #[serde(default)]
    pub print: GridPrint,
}

/// Rows, columns and what stands in the cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pivot {
    /// What is shown in each cell.
    pub values: Vec<ShownValue>,
    /// The dimensions of the rows, outermost first; `order_date:month` for a time bucket.
    #[serde(default)]
    pub rows: Vec<AxisField>,
    /// The dimensions of the columns, outermost first; `order_date:month` for a time bucket.
    #[serde(default)]
    pub columns: Vec<AxisField>,
    /// Whether the values stand side by side in columns or below each other in rows.
    #[serde(default)]
    pub values_on: Axis,
    /// A subtotal for every member of all but the innermost dimension.
    #[serde(default)]
    pub subtotals: Subtotals,
    /// Grand totals.
    #[serde(default)]
    pub totals: Axes,
    /// Where subtotals and totals stand.
    #[serde(default)]
    pub place: TotalsPlace,
    /// The order of rows on every level: by a measure, or by a dimension of the rows; by default by the
    /// dimensions.
    #[serde(default)]
    pub sort: OneOrMany<SortKey>,
    /// At most this many rows; what is cut is said below, and totals are still over all.
    #[schemars(range(min = 1))]
    pub limit: Option<u32>,
}

/// A dimension, with a time bucket behind a colon: `order_date:month`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AxisField {
    /// The dimension.
    pub field: FieldName,
    /// The time bucket.
    pub grain: Option<Grain>,
}

/// Rows or columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Side by side.
    #[default]
    Columns,
    /// Below each other.
    Rows,
}

/// Rows, columns, both or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Axes {
    /// `true` for both, `false` for neither.
    All(bool),
    /// Of these.
    Of(AxisWord),
}

impl Default for Axes {
    fn default() -> Self {
        Self::All(false)
    }
}

/// Rows, columns, both or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AxisWord {
    /// Neither.
    #[default]
    None,
    /// A row.
    Rows,
    /// A column.
    Columns,
    /// Both.
    Both,
}

/// Which dimensions have subtotals: all of an axis, or these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Subtotals {
    /// All but the innermost of `rows`, `columns` or `both`; or `none`.
    All(AxisWord),
    /// Of these dimensions.
    Of(Vec<FieldName>),
}

impl Default for Subtotals {
    fn default() -> Self {
        Self::All(AxisWord::None)
    }
}

/// Where subtotals and totals stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TotalsPlace {
    /// Below or right of what they are of.
    #[default]
    After,
    /// Above or left of it.
    Before,
}

/// What amounts are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// Nothing; symbols of currencies move into the note.
    One,
    /// 천
    Thousand,
    /// 만, 萬
    TenThousand,
    /// 백만, 百萬
    Million,
    /// 억, 億
    HundredMillion,
    /// 십억
    Billion,
    /// 조, 兆
    Trillion,
}

impl AmountUnit {
    /// The power of ten.
    pub fn power(self) -> u8 {
        match self {
            Self::One => 0,
            Self::Thousand => 3,
            Self::TenThousand => 4,
            Self::Million => 6,
            Self::HundredMillion => 8,
            Self::Billion => 9,
            Self::Trillion => 12,
        }
    }
}

/// Where a click on a row leads to: another report, with the row's members as parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// The report.
    pub report: ReportId,
    /// A panel of it, to be shown alone.
    pub panel: Option<PanelId>,
    /// The report's parameters by the dimension of the row that gives their value: `country: market`
    /// sets the parameter `market`.
    #[serde(default)]
    pub bind: IndexMap<FieldName, FieldName>,
    /// Whether the chosen values of parameters of the same name go along. On by default.
    pub keep_parameters: Option<bool>,
}

/// How a table is spread over sheets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GridPrint {
    /// What happens if it is wider than the sheet.
    pub wide: WideTable,
    /// Every member of this dimension of the rows begins a new sheet.
    pub break_before: Option<FieldName>,
    /// Members of the outermost dimension are not torn where they fit on one sheet.
    pub keep_groups: bool,
}

/// What happens if a table is wider than the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WideTable {
    /// Its columns go on over further sheets, behind repeated row heads.
    #[default]
    Split,
    /// It is drawn smaller, down to half size; then it is split as well.
    Shrink,
}

impl std::str::FromStr for AxisField {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, grain) = match text.split_once(':') {
            Some((name, grain)) => {
                let grain = Grain::parse(grain.trim()).ok_or_else(|| {
                    format!("`{}` is not a grain; use hour, day, week, month, quarter or year", grain.trim())
                })?;
                (name.trim(), Some(grain))
            }
            None => (text, None),
        };
        Ok(Self { field: FieldName::parse(name).map_err(|error| error.to_string())?, grain })
    }
}

impl<'de> Deserialize<'de> for AxisField {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for AxisField {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.grain {
            Some(grain) => serializer.collect_str(&format_args!("{}:{}", self.field, grain.name())),
            None => serializer.collect_str(&self.field),
        }
    }
}

impl JsonSchema for AxisField {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AxisField".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[\\p{L}_][\\p{L}\\p{N}_.]{0,127}(:(hour|day|week|month|quarter|year))?$",
            "description": "A dimension, with a time bucket behind a colon: `order_date:month`."
        })
    }
}

impl Axes {
    /// Whether rows are meant, and whether columns are.
    pub fn rows_and_columns(self) -> (bool, bool) {
        match self {
            Self::All(all) => (all, all),
            Self::Of(word) => word.rows_and_columns(),
        }
    }
}

impl AxisWord {
    /// Whether rows are meant, and whether columns are.
    pub fn rows_and_columns(self) -> (bool, bool) {
        (matches!(self, Self::Rows | Self::Both), matches!(self, Self::Columns | Self::Both))
    }
}
