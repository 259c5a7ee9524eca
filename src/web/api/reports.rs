//! `/reports`: what there is, and all numbers of one.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::kept;
use super::names::Named;
use super::panels::{PanelData, PanelKind};
use crate::access::{Action, Object, Standing};
use crate::definitions::model::{Compare, PanelId, Parameter, ReportId};
use crate::format::Locale;
use crate::runs::evaluate::Control;
use crate::web::address::Address;
use crate::web::backend::{Fresh, OpenReport, ReportEntry};
use crate::web::dashboard::wish;
use crate::web::downloads::may_export;
use crate::web::error::WebError;
use crate::web::panel::answer_or_broken;
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// Reports.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Reports {
    /// In the order of their titles.
    reports: Vec<ReportOut>,
}

/// A report in a list.
#[derive(Debug, Serialize, JsonSchema)]
struct ReportOut {
    /// Its id.
    id: String,
    /// What people call it.
    title: String,
    /// What it answers.
    description: Option<String>,
    /// The functional role that answers for it.
    owner: String,
    /// The dataset of panels that name none.
    dataset: Option<String>,
    /// When one of its schedules fires next.
    next_run_at: Option<DateTime<Utc>>,
    /// How many problems its file has, where an earlier version of it is shown.
    problems: Option<usize>,
}

/// A report.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReportDetail {
    /// Its id.
    id: String,
    /// What people call it.
    title: String,
    /// What it answers.
    description: Option<String>,
    /// The functional role that answers for it.
    owner: String,
    /// The dataset of panels that name none.
    dataset: Option<String>,
    /// The zone days are counted in.
    time_zone: String,
    /// The language of titles here.
    locale: Locale,
    /// The period and members that are chosen, in words.
    subtitle: String,
    /// What can be chosen.
    parameters: Vec<ParameterOut>,
    /// Its panels.
    panels: Vec<PanelOut>,
    /// When it is sent; empty unless the caller may see its schedules.
    schedules: Vec<ScheduleOut>,
    /// What the caller may do with it.
    actions: Vec<Action>,
    /// How many problems its file has, where an earlier version of it is shown.
    problems: Option<usize>,
}

/// What kind of value a parameter takes.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ParameterKind {
    /// A range of dates: one of the choices, or `2026-01-01..2026-01-31`.
    Period,
    /// Members of a dimension.
    Member,
    /// Text.
    Text,
    /// A number.
    Number,
    /// A date.
    Date,
}

/// Something that can be chosen.
#[derive(Debug, Serialize, JsonSchema)]
struct ParameterOut {
    /// Its name, and the key behind `?`.
    name: String,
    /// What people call it.
    title: String,
    /// What kind of value it takes.
    r#type: ParameterKind,
    /// Whether it may be given more than once.
    multiple: bool,
    /// What is chosen.
    chosen: Vec<String>,
    /// What can be chosen; empty where anything of its kind can.
    choices: Vec<Choice>,
    /// Whether there are more choices than these.
    more_choices: bool,
    /// What the numbers of a period are compared with.
    compare: Option<Compare>,
}

/// A choice.
#[derive(Debug, Serialize, JsonSchema)]
struct Choice {
    /// As it stands behind `?`.
    value: String,
    /// What people read.
    title: String,
}

/// A panel.
#[derive(Debug, Serialize, JsonSchema)]
struct PanelOut {
    /// Its id.
    id: String,
    /// What it is.
    kind: PanelKind,
    /// What stands above it, where its author says so.
    title: Option<String>,
}

/// A schedule.
#[derive(Debug, Serialize, JsonSchema)]
struct ScheduleOut {
    /// Its name.
    name: String,
    /// When: minute, hour, day of month, month, day of week.
    cron: String,
    /// The zone of `cron`.
    time_zone: String,
    /// Whether it fires.
    enabled: bool,
}

/// All numbers of a report.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReportData {
    /// Its id.
    id: String,
    /// What people call it.
    title: String,
    /// The period and members that are chosen, in words.
    subtitle: String,
    /// Its panels, in the order of its file. One that failed says so and leaves the others alone.
    panels: Vec<PanelData>,
}

/// `GET /reports`
pub(super) async fn list(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or_default();
    let entries = state.backend.reports(&standing).into_iter();
    let mut reports: Vec<ReportOut> = entries.filter_map(|entry| ReportOut::new(entry, locale)).collect();
    reports.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.id.cmp(&b.id)));
    kept(&headers, &Reports { reports })
}

impl ReportOut {
    /// `None` for a file that was never valid: there is nothing to open.
    fn new(entry: ReportEntry, locale: Locale) -> Option<Self> {
        let report = entry.report?;
        Some(Self {
            id: entry.id.to_string(),
            title: report.title.get(locale).to_owned(),
            description: report.description.as_ref().map(|text| text.get(locale).to_owned()),
            owner: report.owner.clone(),
            dataset: report.dataset.as_ref().map(ToString::to_string),
            next_run_at: entry.next,
            problems: match entry.fresh {
                Fresh::Current => None,
                Fresh::Stale(problems) => Some(problems),
            },
        })
    }
}

/// Opens a report with the parameters of the address.
pub(super) async fn open(
    state: &WebState,
    visitor: &Visitor,
    report: &ReportId,
    address: &Address,
) -> Result<OpenReport, WebError> {
    Ok(state.backend.open(wish(report, visitor, address.parameters())).await?)
}

/// `GET /reports/{report}`
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    Named(id): Named<ReportId>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let open = open(&state, &visitor, &id, &address).await?;
    kept(&headers, &ReportDetail::new(&open, &standing))
}

impl ReportDetail {
    fn new(open: &OpenReport, standing: &Standing) -> Self {
        let (report, locale) = (&open.report, open.locale);
        let may = |action: &Action| standing.may(*action, Object::Report(&open.id));
        let schedules = report.schedules.iter().filter(|_| may(&Action::Schedule));
        Self {
            id: open.id.to_string(),
            title: report.title.get(locale).to_owned(),
            description: report.description.as_ref().map(|text| text.get(locale).to_owned()),
            owner: report.owner.clone(),
            dataset: report.dataset.as_ref().map(ToString::to_string),
            time_zone: report.time_zone.clone(),
            locale,
            subtitle: open.subtitle.clone(),
            parameters: open.controls.iter().map(ParameterOut::new).collect(),
            panels: report
                .panels
                .iter()
                .map(|(id, panel)| PanelOut {
                    id: id.to_string(),
                    kind: PanelKind::of(panel),
                    title: panel.title().map(|title| title.get(locale).to_owned()),
                })
                .collect(),
            schedules: schedules
                .map(|(name, schedule)| ScheduleOut {
                    name: name.to_string(),
                    cron: schedule.cron.clone(),
                    time_zone: schedule.time_zone.clone().unwrap_or_else(|| report.time_zone.clone()),
                    enabled: schedule.enabled,
                })
                .collect(),
            actions: Action::ALL.into_iter().filter(may).collect(),
            problems: open.stale_problems,
        }
    }
}

impl ParameterOut {
    fn new(control: &Control) -> Self {
        let (kind, multiple, compare) = match &control.parameter {
            Parameter::Period { compare, .. } => (ParameterKind::Period, false, Some(*compare)),
            Parameter::Member { multiple, .. } => (ParameterKind::Member, *multiple, None),
            Parameter::Text { .. } => (ParameterKind::Text, false, None),
            Parameter::Number { .. } => (ParameterKind::Number, false, None),
            Parameter::Date { .. } => (ParameterKind::Date, false, None),
        };
        let choice =
            |(value, title): &(String, String)| Choice { value: value.clone(), title: title.clone() };
        Self {
            name: control.name.clone(),
            title: control.title.clone(),
            r#type: kind,
            multiple,
            chosen: control.chosen.clone(),
            choices: control.choices.iter().map(choice).collect(),
            more_choices: control.more,
            compare,
        }
    }
}

/// How many panels of one report are answered at a time.
const PANELS_AT_A_TIME: usize = 4;

/// `GET /reports/{report}/data`
pub(super) async fn data(
    State(state): State<WebState>,
    visitor: Visitor,
    Named(id): Named<ReportId>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let open = open(&state, &visitor, &id, &address).await?;
    may_export(&open)?;
    let report = Arc::clone(&open.report);
    let panels: Vec<_> = report.panels.iter().map(|(id, panel)| (id.clone(), PanelKind::of(panel))).collect();
    let answers: Vec<Result<PanelData, WebError>> = stream::iter(panels)
        .map(|(id, kind)| answered(open.clone(), id, kind))
        .buffered(PANELS_AT_A_TIME)
        .collect()
        .await;
    let panels = answers.into_iter().collect::<Result<_, _>>()?;
    let title = report.title.get(open.locale).to_owned();
    kept(&headers, &ReportData { id: id.to_string(), title, subtitle: open.subtitle.clone(), panels })
}

async fn answered(open: OpenReport, id: PanelId, kind: PanelKind) -> Result<PanelData, WebError> {
    let locale = open.locale;
    let answer = answer_or_broken(open, id.clone()).await?;
    Ok(PanelData::new(id.as_str(), kind, answer, locale))
}
