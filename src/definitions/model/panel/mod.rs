//! One KPI, chart, table, pivot or text.

mod annotation;
mod chart;
mod filter;
mod kpi;
mod overlay;
mod pivot;
mod sort;
mod table;
mod text;
mod value;
mod without;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DatasetId, FieldName};
use crate::format::LocalizedText;

pub use annotation::Annotations;
pub use chart::{ChartKind, ChartPanel, ChartTarget, Stacking};
pub use filter::{FieldFilter, FilterOperators, FilterValue};
pub use kpi::KpiPanel;
pub use overlay::{
    ErrorMeasures, LineDash, LineLevel, LineStatistic, OverlayColor, ReferenceLine, ShadedRange, TrendMethod,
    ValueSide,
};
pub use pivot::{
    AmountUnit, Axes, Axis, AxisField, AxisWord, Drill, GridPrint, Pivot, PivotPanel, Subtotals, TotalsPlace,
    WideTable,
};
pub use sort::SortKey;
pub use table::TablePanel;
pub use text::TextPanel;
pub use value::{
    CellColor, CellIcon, CellRule, CellStyle, ColorScale, ComputedValue, IconSet, IconShape, NamedScale,
    Show, ShownValue, ToDate, ValueGroup, ValueOf,
};

/// One value, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// One KPI, chart, table, pivot or text; which one is told by its key `kpi`, `chart`, `table`, `pivot`
/// or `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Panel {
    /// One number with its change and a sparkline.
    Kpi(KpiPanel),
    /// A chart.
    Chart(Box<ChartPanel>),
    /// A table.
    Table(Box<TablePanel>),
    /// A pivot.
    Pivot(Box<PivotPanel>),
    /// Words.
    Text(TextPanel),
}

impl Panel {
    /// The title the author gave.
    pub fn title(&self) -> Option<&LocalizedText> {
        match self {
            Self::Kpi(panel) => panel.title.as_ref(),
            Self::Chart(panel) => panel.title.as_ref(),
            Self::Table(panel) => panel.title.as_ref(),
            Self::Pivot(panel) => panel.title.as_ref(),
            Self::Text(panel) => panel.title.as_ref(),
        }
    }

    /// The note the author gave.
    pub fn note(&self) -> Option<&LocalizedText> {
        match self {
            Self::Kpi(panel) => panel.note.as_ref(),
            Self::Chart(panel) => panel.note.as_ref(),
            Self::Table(panel) => panel.note.as_ref(),
            Self::Pivot(panel) => panel.note.as_ref(),
            Self::Text(panel) => panel.note.as_ref(),
        }
    }

    /// The footnotes the author gave, in their order.
    pub fn footnotes(&self) -> &[LocalizedText] {
        match self {
            // A card has no room for them; its marks refer to the report's.
            Self::Kpi(_) => &[],
            Self::Chart(panel) => &panel.footnotes,
            Self::Table(panel) => &panel.footnotes,
            Self::Pivot(panel) => &panel.footnotes,
            Self::Text(panel) => &panel.footnotes,
        }
    }

    /// The dataset the author named for this panel.
    pub fn dataset(&self) -> Option<&DatasetId> {
        match self {
            Self::Kpi(panel) => panel.dataset.as_ref(),
            Self::Chart(panel) => panel.dataset.as_ref(),
            Self::Table(panel) => panel.dataset.as_ref(),
            Self::Pivot(panel) => panel.dataset.as_ref(),
            Self::Text(panel) => panel.dataset.as_ref(),
        }
    }

    /// The filters the author wrote on this panel, by field.
    pub fn filters(&self) -> Option<&IndexMap<FieldName, FieldFilter>> {
        match self {
            Self::Kpi(panel) => Some(&panel.filters),
            Self::Chart(panel) => Some(&panel.filters),
            Self::Table(panel) => Some(&panel.filters),
            Self::Pivot(panel) => Some(&panel.filters),
            Self::Text(panel) => Some(&panel.filters),
        }
    }
}
