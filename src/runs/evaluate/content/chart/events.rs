//! Events of another dataset, joined to the places of a chart's axis.

use std::collections::HashMap;

use crate::charts::{Event, Events};
use crate::definitions::model::{Annotations, DimensionType, FieldName};
use crate::engine::EngineError;
use crate::format::{Grain, NumberFormat, NumberStyle};
use crate::query::{GroupBy, SemanticQuery};
use crate::runs::evaluate::content::Asking;
use crate::runs::evaluate::{filters, localize};
use crate::table::{Table, Value};

/// More events than these are counted by the engine and not fetched.
const MOST_FETCHED: usize = 500;

/// What stands along the axis.
pub(super) struct Axis {
    /// The bucket, on an axis of time.
    grain: Option<Grain>,
    /// The members as they are shown, by what the data call them.
    members: HashMap<String, Value>,
}

impl Axis {
    /// The axis of `x`; `raw` and `shown` are the same rows before and after they were localized.
    pub(super) fn of(query: &SemanticQuery, raw: &Table, shown: &Table, x: &FieldName) -> Self {
        let grain = query.by.first().filter(|group| group.field == *x).and_then(|group| group.grain);
        let mut members = HashMap::new();
        if let (None, Some(column)) = (grain, raw.index_of(x.as_str())) {
            for row in 0..raw.len() {
                members.entry(key(raw.cell(row, column))).or_insert_with(|| shown.cell(row, column).clone());
            }
        }
        Self { grain, members }
    }
}

/// A member as text: two datasets may hold the same key as different types.
fn key(value: &Value) -> String {
    value.text(&NumberFormat::default(), None, NumberStyle::Full, crate::format::Locale::En)
}

impl Asking<'_> {
    /// The events that `annotations` ask for. What restricts the panel's dataset restricts theirs as
    /// far as it has the fields; the bucket of an event is found by the engine, in the same zone and
    /// with the same first day of the week as those of the axis.
    pub(super) async fn events(
        &mut self,
        annotations: &Annotations,
        axis: &Axis,
    ) -> Result<Events, EngineError> {
        let prepared = self.prepared;
        let none = Events { title: String::new(), list: Vec::new(), left_out: 0 };
        // The check refuses a report whose dataset is not there.
        let Some(restriction) = prepared.restriction(&annotations.dataset) else { return Ok(none) };
        let Some(mut ask) = prepared.ask(&annotations.dataset, &restriction) else { return Ok(none) };
        ask.account.panel.clone_from(&self.ask.account.panel);
        let dataset = ask.dataset;
        let at_grain = axis.grain.map(|grain| {
            let has_hours = dataset.dimensions.get(&annotations.at).and_then(|at| at.r#type)
                == Some(DimensionType::Timestamp);
            // A date has no hour: its event stands at the first hour of the day.
            if grain == Grain::Hour && !has_hours { Grain::Day } else { grain }
        });
        let group = |field: &FieldName, grain| GroupBy { field: field.clone(), grain };
        let mut by = vec![group(&annotations.at, at_grain)];
        if at_grain.is_some_and(|grain| grain != Grain::Day) {
            by.push(group(&annotations.at, Some(Grain::Day)));
        }
        by.push(group(&annotations.text, None));
        let query = SemanticQuery {
            filters: filters::with(prepared, dataset, Some(&annotations.filters)),
            range: prepared.range.filter(|_| dataset.time.is_some()),
            time_zone: prepared.time_zone,
            week_start: prepared.locale.week_start(),
            limit: Some(MOST_FETCHED),
            by,
            ..SemanticQuery::of_everything(Vec::new())
        };
        let answer = self.evaluator.engine.answer(&ask, &query).await?;
        self.further.insert(annotations.dataset.clone(), answer.data_version);
        self.missing.extend(answer.missing);
        let rows = answer.table;
        let (day, text) = (query.by.len() - 2, query.by.len() - 1);
        let mut list = Vec::new();
        for row in 0..rows.len() {
            let cell = rows.cell(row, 0);
            let day = axis.grain.and_then(|_| rows.cell(row, day).as_date());
            let in_period = match (prepared.range, day) {
                (Some(range), Some(day)) => range.start <= day && day < range.end,
                _ => true,
            };
            let at = if axis.grain.is_some() { Some(cell) } else { axis.members.get(&key(cell)) };
            let words = rows.cell(row, text);
            if let (Some(at), true, false) = (at, in_period, words.is_null()) {
                let words = key(words);
                let text = localize::member_label(dataset, &annotations.text, &words, prepared.locale);
                list.push(Event { at: at.clone(), day, text });
            }
        }
        let left_out = rows.rows_before_limit.saturating_sub(rows.len());
        Ok(Events {
            title: localize::field_title(dataset, &annotations.text, prepared.locale),
            list,
            left_out,
        })
    }
}
