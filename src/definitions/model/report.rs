//! A report: on screen a dashboard, on paper a PDF.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    DatasetId, FieldFilter, FieldName, Panel, PanelId, Parameter, PrintSettings, Schedule, Span, ThemeId,
    WaitFor,
};
use crate::format::{Locale, LocalizedText};

/// A report: on screen a dashboard, on paper a PDF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// What people call it.
    pub title: LocalizedText,
    /// What it answers.
    pub description: Option<LocalizedText>,
    /// The functional role that answers for it: exactly one.
    pub owner: String,
    /// The dataset of panels that name none.
    pub dataset: Option<DatasetId>,
    /// The IANA time zone days are counted in.
    #[serde(default = "seoul")]
    pub time_zone: String,
    /// The language when neither viewer nor schedule asks for one.
    #[serde(default)]
    pub locale: Locale,
    /// What a viewer can choose.
    #[serde(default)]
    pub parameters: IndexMap<FieldName, Parameter>,
    /// Rows that count, for every panel whose dataset has the field.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// The panels, by id.
    pub panels: IndexMap<PanelId, Panel>,
    /// The layout; by default KPI panels four to a row, then one panel below the other, on A4 portrait.
    #[serde(default)]
    pub pages: Vec<Page>,
    /// What becomes of a panel whose dataset lies in several regions, while one of them cannot be reached: `fail` by
    /// default.
    #[serde(default, skip_serializing_if = "MissingRegion::is_usual")]
    pub missing_region: MissingRegion,
    /// The colours, fonts and logo, on screen and on paper; by default those of `theme.yaml`, if there is
    /// one.
    pub theme: Option<ThemeId>,
    /// The colours of series, on screen and on paper. `standard` by default: those of the theme.
    #[serde(default)]
    pub palette: Palette,
    /// Hatches bars, areas, slices and rectangles, so that series stay apart in a print without
    /// colour.
    #[serde(default)]
    pub patterns: bool,
    /// How it is printed.
    #[serde(default)]
    pub print: PrintSettings,
    /// When it is sent, by name.
    #[serde(default)]
    pub schedules: IndexMap<FieldName, Schedule>,
    /// Whether people can have it sent to themselves, and when it is ready.
    #[serde(default, skip_serializing_if = "Subscriptions::is_usual")]
    pub subscriptions: Subscriptions,
}

/// How people can have a report sent to themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Subscriptions {
    /// Whether they can: everybody who may see it, with their own rights. True by default.
    pub allowed: bool,
    /// What must be there before it is sent to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_for: Option<WaitFor>,
    /// After how long they are told that it is late; an hour by default.
    pub tell_delay: Span,
}

impl Default for Subscriptions {
    fn default() -> Self {
        Self { allowed: true, wait_for: None, tell_delay: Span::HOUR }
    }
}

impl Subscriptions {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

fn seoul() -> String {
    "Asia/Seoul".into()
}

/// What becomes of a panel while a region of its dataset cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingRegion {
    /// It has no numbers, and the report is not sent.
    #[default]
    Fail,
    /// It shows the other regions, and says which one is missing.
    Mark,
}

impl MissingRegion {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    fn is_usual(&self) -> bool {
        *self == Self::Fail
    }
}

/// The colours of series. All but `greys` are safe for colour-blind readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Palette {
    /// Those of the theme; without one, ten colours whose neighbours differ in lightness as well as hue.
    #[default]
    Standard,
    /// The eight colours of Okabe and Ito.
    OkabeIto,
    /// Blues and oranges, dark and light.
    BlueOrange,
    /// Greys.
    Greys,
}

/// One page of the layout; tables that do not fit flow on to further sheets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The size of the sheet.
    #[serde(default)]
    pub paper: Paper,
    /// Upright or lying.
    #[serde(default)]
    pub orientation: Orientation,
    /// Scales the page down, to 75 % at the least, so that it fits on one sheet; what does not fit even
    /// then flows on in its own size.
    #[serde(default)]
    pub fit: bool,
    /// Rows of panels, from top to bottom; panels of a row stand side by side.
    pub rows: Vec<Vec<PanelId>>,
}

/// The size of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Paper {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 297 × 420 mm.
    A3,
    /// 8.5 × 11 in.
    Letter,
}

/// Upright or lying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// Upright.
    #[default]
    Portrait,
    /// Lying.
    Landscape,
}

impl Report {
    /// Every dataset that its panels and their annotations read, each once. A report that names one and
    /// has no panel of it counts as reading it, since its controls do.
    pub fn datasets(&self) -> Vec<&DatasetId> {
        let mut found: Vec<&DatasetId> = Vec::new();
        let of_panels = self.panels.values().flat_map(|panel| {
            let events = match panel {
                Panel::Chart(chart) => chart.annotations.as_ref().map(|events| &events.dataset),
                _ => None,
            };
            panel.dataset().into_iter().chain(events)
        });
        for id in self.dataset.iter().chain(of_panels) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        found
    }
}
