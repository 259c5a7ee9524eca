//! The file shapes: what a source, a dataset, a theme, a calendar, a destination and a report file may say.
//!
//! Plain serde types, one file per kind. The published JSON Schemas are generated from them, so the
//! doc comments here are what an author reads in the editor.

mod access;
mod action;
mod burst;
mod calendar;
mod costs;
mod dataset;
mod delivery;
mod destination;
mod name;
mod panel;
mod parameter;
mod part;
mod print;
mod report;
mod schedule;
mod security;
mod source;
mod theme;
mod wait;

pub use access::{Access, AccessRole, Attribute, ClaimAttribute, DatasetAttribute, FunctionalRole, Grant};
pub use action::Action;
pub use burst::{Burst, BurstRecipient, RunAs};
pub use calendar::{Calendar, CalendarDay, DayOff, Weekday};
pub use costs::{Budget, Costs, Prices};
pub use dataset::{
    CsvOptions, Dataset, Dimension, DimensionType, FileFormat, Freshness, Measure, Metric, Relationship,
    TableFile,
};
pub use delivery::{
    Attachment, CsvFiles, Delivery, DestinationDelivery, EmailDelivery, FolderDelivery, Mails,
};
pub use destination::{ChatHook, Destination, ObjectStoreDestination, Place, SftpDestination, Webhook};
pub use name::{
    CalendarId, DatasetId, DestinationId, FieldName, NameError, PanelId, RegionName, ReportId, RoleName,
    SecretName, SourceId, ThemeId,
};
pub use panel::{
    AmountUnit, Annotations, Axes, Axis, AxisField, AxisWord, CellColor, CellIcon, CellRule, CellStyle,
    ChartKind, ChartPanel, ChartTarget, ColorScale, ComputedValue, Drill, ErrorMeasures, FieldFilter,
    FilterOperators, FilterValue, GridPrint, IconSet, IconShape, KpiPanel, LineDash, LineLevel,
    LineStatistic, NamedScale, OneOrMany, OverlayColor, Panel, Pivot, PivotPanel, ReferenceLine, ShadedRange,
    Show, ShownValue, SortKey, Stacking, Subtotals, TablePanel, TextPanel, ToDate, TotalsPlace, TrendMethod,
    ValueGroup, ValueOf, ValueSide, WideTable,
};
pub use parameter::{Compare, Parameter, PeriodAnchor, RESERVED};
pub use part::PartFile;
pub use print::{
    AccessibilityStandard, Approval, ApprovalBox, ArchiveStandard, Corner, Cover, CoverSheet, PreparedBy,
    PrintSettings, RunningLine, RunningParts,
};
pub use report::{MissingRegion, Orientation, Page, Palette, Paper, Report};
pub use schedule::{Blackout, BlackoutRange, CatchUp, HolidayRule, PanelErrorPolicy, Schedule};
pub use security::{ColumnRule, Mask, PartialMask, RowRule, Security};
pub use source::{PostgresOptions, S3Options, SnowflakeOptions, SnowflakeRole, Source};
pub use theme::{ColorPair, Theme, ThemeColor, ThemeColors, ThemeFonts};
pub use wait::{AtDeadline, AwaitedObject, DayWord, SendIf, Span, Threshold, WaitFor};
