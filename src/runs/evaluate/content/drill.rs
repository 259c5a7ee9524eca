//! Where a click on a row, a mark or a number leads to: another report with its members as parameters.

use url::form_urlencoded::Serializer;

use crate::access::{Action, Object};
use crate::definitions::model::{Drill, FieldName, Parameter};
use crate::format::{Grain, NumberFormat, NumberStyle};
use crate::query::DateRange;
use crate::runs::evaluate::filters::MISSING;
use crate::runs::evaluate::{Chosen, Prepared};
use crate::table::{Role, Table, Value};

/// Builds addresses for rows.
pub(super) struct Links {
    path: String,
    /// The parameters that stay, in the order of the report.
    kept: Vec<(String, String)>,
    bind: Vec<Bound>,
    /// The days the report is about, which a bucket at their edge does not leave.
    range: Option<DateRange>,
    week_start: chrono::Weekday,
}

/// A dimension that gives a parameter of the other report its value.
struct Bound {
    from: FieldName,
    to: FieldName,
    /// Whether the parameter is a period: a bucket of time becomes its days.
    is_period: bool,
    grain: Grain,
}

impl Links {
    /// The addresses that `drill` makes; `grain` gives the time bucket of a dimension that has one. `None`
    /// where the other report is closed.
    pub(super) fn new(
        prepared: &Prepared,
        drill: &Drill,
        grain: impl Fn(&FieldName) -> Option<Grain>,
    ) -> Option<Self> {
        // A link would tell of a report that looks absent to this viewer.
        if !prepared.standing.may(Action::View, Object::Report(&drill.report)) {
            return None;
        }
        // Whoever came through a link finds the login behind addresses of pages, also of this report.
        if prepared.standing.viewer().stays_in_reports() {
            return None;
        }
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
        let is_period = |name: &FieldName| {
            let parameter = target.and_then(|target| target.parameters.get(name));
            matches!(parameter, Some(Parameter::Period { .. }))
        };
        let bind = drill.bind.iter().map(|(from, to)| Bound {
            is_period: is_period(to),
            grain: grain(from).unwrap_or(Grain::Day),
            from: from.clone(),
            to: to.clone(),
        });
        Some(Self {
            path,
            kept,
            bind: bind.collect(),
            range: prepared.range,
            week_start: prepared.locale.week_start(),
        })
    }

    /// The address for a row with these members; `None` where a bound member is not among them.
    pub(super) fn of(&self, member: impl Fn(&str) -> Option<Value>) -> Option<String> {
        let mut query = Serializer::new(String::new());
        for (name, value) in &self.kept {
            query.append_pair(name, value);
        }
        for bound in &self.bind {
            let value = member(bound.from.as_str())?;
            let text = if bound.is_period { self.days(&value, bound.grain)? } else { text(&value)? };
            query.append_pair(bound.to.as_str(), &text);
        }
        let query = query.finish();
        Some(if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) })
    }
}

impl Links {
    /// The days of a bucket that the report is about, as a period: `2026-10-01..2026-10-31`.
    fn days(&self, bucket: &Value, grain: Grain) -> Option<String> {
        let start = bucket.as_date()?;
        let year = DateRange { start, end: start.checked_add_days(chrono::Days::new(400))? };
        let next = match grain {
            Grain::Hour | Grain::Day => start.succ_opt()?,
            grain => year.buckets(grain, self.week_start).nth(1)?,
        };
        let (start, end) = match self.range {
            Some(range) => (start.max(range.start), next.min(range.end)),
            None => (start, next),
        };
        (start < end).then(|| format!("{start}..{}", DateRange { start, end }.last_day()))
    }
}

/// The addresses of the rows of a plain table, whose time dimensions are in buckets of `grain`.
pub(super) fn of_table(
    prepared: &Prepared,
    drill: Option<&Drill>,
    table: &Table,
    grain: impl Fn(&FieldName) -> Option<Grain>,
) -> Vec<Option<String>> {
    let Some(links) = drill.and_then(|drill| Links::new(prepared, drill, grain)) else { return Vec::new() };
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
pub(super) fn text(member: &Value) -> Option<String> {
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
