//! Where a click on a row leads to: another report with the row's members as parameters.

use url::form_urlencoded::Serializer;

use crate::definitions::model::{Drill, FieldName};
use crate::format::{NumberFormat, NumberStyle};
use crate::runs::evaluate::filters::MISSING;
use crate::runs::evaluate::{Chosen, Prepared};
use crate::table::{Role, Table, Value};

/// Builds addresses for rows.
pub(super) struct Links {
    path: String,
    /// The parameters that stay, in the order of the report.
    kept: Vec<(String, String)>,
    /// Dimension of the row → parameter of the other report.
    bind: Vec<(FieldName, FieldName)>,
}

impl Links {
    pub(super) fn new(prepared: &Prepared, drill: &Drill) -> Self {
        let mut path = format!("/reports/{}", drill.report);
        if let Some(panel) = &drill.panel {
            path.push_str("/panels/");
            path.push_str(panel.as_str());
        }
        let target = prepared.catalog.reports.get(&drill.report);
        let is_bound = |name: &FieldName| drill.bind.values().any(|parameter| parameter == name);
        let mut kept = Vec::new();
        if drill.keep_parameters.unwrap_or(true) {
            for (name, chosen) in &prepared.chosen {
                let known = target.is_some_and(|target| target.parameters.contains_key(name));
                if known && !is_bound(name) {
                    kept.extend(values(chosen).into_iter().map(|value| (name.to_string(), value)));
                }
            }
        }
        Self { path, kept, bind: drill.bind.iter().map(|(from, to)| (from.clone(), to.clone())).collect() }
    }

    /// The address for a row with these members; `None` where a bound member is not among them.
    pub(super) fn of(&self, member: impl Fn(&str) -> Option<Value>) -> Option<String> {
        let mut query = Serializer::new(String::new());
        for (name, value) in &self.kept {
            query.append_pair(name, value);
        }
        for (from, to) in &self.bind {
            query.append_pair(to.as_str(), &text(&member(from.as_str())?)?);
        }
        let query = query.finish();
        Some(if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) })
    }
}

/// The addresses of the rows of a plain table.
pub(super) fn of_table(prepared: &Prepared, drill: Option<&Drill>, table: &Table) -> Vec<Option<String>> {
    let Some(links) = drill.map(|drill| Links::new(prepared, drill)) else { return Vec::new() };
    let dimensions: Vec<(usize, &str)> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.role == Role::Dimension)
        .map(|(position, column)| (position, column.name.as_str()))
        .collect();
    let address = |row: usize| {
        links.of(|name| {
            let (position, _) = dimensions.iter().find(|(_, other)| *other == name)?;
            Some(table.cell(row, *position).clone())
        })
    };
    (0..table.len()).map(address).collect()
}

/// A chosen value as it stands in an address.
fn values(chosen: &Chosen) -> Vec<String> {
    match chosen {
        Chosen::Period(period) => vec![period.spec.to_string()],
        Chosen::Members { members, .. } => members.clone(),
        Chosen::Value(value) => value.iter().cloned().collect(),
    }
}

/// A member as it stands in an address; `None` for "others", which is no member.
fn text(member: &Value) -> Option<String> {
    Some(match member {
        Value::Null => MISSING.to_owned(),
        Value::Others => return None,
        Value::Text(text) => text.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Date(date) => date.format("%Y-%m-%d").to_string(),
        other => other
            .text(&NumberFormat::default(), None, NumberStyle::Full, crate::format::Locale::En)
            .replace(',', ""),
    })
}
