//! The form controls of a dashboard.

use super::{Chosen, Evaluator, FieldName, Parameter, Prepared, filters, localize, panel_query, words};
use crate::definitions::model::DatasetId;
use crate::table::Value;

/// One form control of a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// The parameter's name, and the key in the address.
    pub name: String,
    /// Its label.
    pub title: String,
    /// What kind of input it is.
    pub parameter: Parameter,
    /// The chosen value or values, as in the address.
    pub chosen: Vec<String>,
    /// For periods and members: value and label of every choice.
    pub choices: Vec<(String, String)>,
    /// Whether `choices` was cut at the limit.
    pub more: bool,
}

/// The most members a control offers; a text filter serves longer lists better.
const MAX_CHOICES: usize = 1_000;

/// The periods offered when the author names none.
const USUAL_PERIODS: [&str; 10] = [
    "yesterday",
    "last_7_days",
    "last_complete_week",
    "month_to_date",
    "last_complete_month",
    "last_30_days",
    "quarter_to_date",
    "year_to_date",
    "last_12_months",
    "all",
];

impl Evaluator {
    /// The controls of all parameters; members are looked up side by side.
    pub(super) async fn controls(&self, prepared: &Prepared) -> Vec<Control> {
        let controls = prepared
            .report
            .parameters
            .iter()
            .map(|(name, parameter)| self.control(prepared, name, parameter));
        futures::future::join_all(controls).await
    }

    async fn control(&self, prepared: &Prepared, name: &FieldName, parameter: &Parameter) -> Control {
        let locale = prepared.locale;
        let chosen = prepared.chosen.get(name);
        let (title, choices, more) = match parameter {
            Parameter::Period { title, default, options, .. } => {
                let offered: Vec<&str> = if options.is_empty() {
                    USUAL_PERIODS.to_vec()
                } else {
                    options.iter().map(String::as_str).collect()
                };
                let missing = (!offered.contains(&default.as_str())).then_some(default.as_str());
                let choices = missing.into_iter().chain(offered);
                let choices =
                    choices.map(|text| (text.to_owned(), localize::period_label(text, locale))).collect();
                (title, choices, false)
            }
            Parameter::Member { title, of, .. } => {
                let (choices, more) = self.members(prepared, of).await;
                (title, choices, more)
            }
            Parameter::Text { title, .. }
            | Parameter::Number { title, .. }
            | Parameter::Date { title, .. } => (title, Vec::new(), false),
        };
        let fallback = || match parameter {
            Parameter::Member { of, .. } => dataset_of(prepared, of)
                .and_then(|id| prepared.catalog.datasets.get(id))
                .map_or_else(|| name.to_string(), |dataset| localize::field_title(dataset, of, locale)),
            _ => name.to_string(),
        };
        Control {
            name: name.to_string(),
            title: title.as_ref().map_or_else(fallback, |title| title.get(locale).to_owned()),
            parameter: parameter.clone(),
            chosen: match chosen {
                Some(Chosen::Period(period)) => vec![period.spec.to_string()],
                Some(Chosen::Members { members, .. }) => members.clone(),
                Some(Chosen::Value(value)) => value.iter().cloned().collect(),
                None => Vec::new(),
            },
            choices,
            more,
        }
    }

    /// The members of a dimension with their labels. When they cannot be looked up, the control
    /// still shows what is chosen, and the panels say what is wrong.
    async fn members(&self, prepared: &Prepared, of: &FieldName) -> (Vec<(String, String)>, bool) {
        let Some(id) = dataset_of(prepared, of) else { return (Vec::new(), false) };
        let Some(restriction) = prepared.restriction(id) else { return (Vec::new(), false) };
        let Some(ask) = prepared.ask(id, &restriction) else { return (Vec::new(), false) };
        let query = panel_query::members(prepared, of, Vec::new(), MAX_CHOICES);
        let answer = match self.engine.answer(&ask, &query).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(report = %prepared.id, dimension = %of, %error, "the members are not known");
                return (Vec::new(), false);
            }
        };
        let column = answer.table.columns.first();
        let choices = column.into_iter().flat_map(|column| &column.cells).map(|cell| {
            let value = member_value(cell);
            let label = if cell.is_null() {
                words::missing(prepared.locale).to_owned()
            } else {
                localize::member_label(ask.dataset, of, &value, prepared.locale)
            };
            (value, label)
        });
        (choices.collect(), answer.table.rows_before_limit > MAX_CHOICES)
    }
}

/// A member as it stands in an address.
pub(super) fn member_value(cell: &Value) -> String {
    match cell {
        Value::Null | Value::Others => filters::MISSING.to_owned(),
        Value::Text(text) => text.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Timestamp(instant) => instant.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
        Value::Decimal { .. } => cell
            .text(
                &crate::format::NumberFormat::default(),
                None,
                crate::format::NumberStyle::Full,
                crate::format::Locale::En,
            )
            .replace(',', ""),
    }
}

/// The dataset whose members a control offers: the report's, or the first panel's that has the
/// dimension.
fn dataset_of<'a>(prepared: &'a Prepared, of: &FieldName) -> Option<&'a DatasetId> {
    let panels = prepared.report.panels.values().filter_map(|panel| panel.dataset());
    prepared.report.dataset.iter().chain(panels).find(|id| {
        prepared.catalog.datasets.get(*id).is_some_and(|dataset| dataset.dimensions.contains_key(of))
    })
}
