//! The file shapes: what a source, a dataset and a report file may say.
//!
//! Plain serde types, one file per kind. The published JSON Schemas are generated from them, so the
//! doc comments here are what an author reads in the editor.

mod dataset;
mod delivery;
mod logo;
mod name;
mod panel;
mod parameter;
mod print;
mod report;
mod schedule;
mod source;

pub use dataset::{
    ColumnMask, CsvOptions, Dataset, Dimension, DimensionType, FileFormat, Freshness, Measure, Metric,
    Relationship, Security, TableFile,
};
pub use delivery::{Attachment, Delivery, EmailDelivery, FolderDelivery};
pub use logo::LogoFile;
pub use name::{DatasetId, FieldName, NameError, PanelId, ReportId, SourceId};
pub use panel::{
    AmountUnit, Annotations, Axes, Axis, AxisField, AxisWord, CellColor, CellIcon, CellRule, CellStyle,
    ChartKind, ChartPanel, ChartTarget, ColorScale, ComputedValue, Drill, ErrorMeasures, FieldFilter,
    FilterOperators, FilterValue, GridPrint, IconSet, IconShape, KpiPanel, LineDash, LineLevel,
    LineStatistic, NamedScale, OneOrMany, OverlayColor, Panel, Pivot, PivotPanel, ReferenceLine, ShadedRange,
    Show, ShownValue, SortKey, Stacking, Subtotals, TablePanel, TextPanel, ToDate, TotalsPlace, TrendMethod,
    ValueGroup, ValueOf, ValueSide, WideTable,
};
pub use parameter::{Compare, Parameter, PeriodAnchor, RESERVED};
pub use print::{
    AccessibilityStandard, Approval, ApprovalBox, ArchiveStandard, Corner, Cover, CoverSheet, PreparedBy,
    PrintSettings, RunningLine, RunningParts,
};
pub use report::{Orientation, Page, Palette, Paper, Report};
pub use schedule::{PanelErrorPolicy, Schedule};
pub use source::{S3Options, Source};
