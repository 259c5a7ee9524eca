//! Titles, labels and the subtitle in the viewer's language.

use std::sync::Arc;

use super::{Chosen, DateRange, FieldName, Prepared, chosen, words};
use crate::definitions::model::Dataset;
use crate::format::{DateFormat, Grain, Locale, LocalizedText, write_date};
use crate::table::{Role, Table, Value};

/// The title of a field of `dataset`; its name when it has none.
pub(super) fn field_title(dataset: &Dataset, field: &FieldName, locale: Locale) -> String {
    let title = dataset
        .dimensions
        .get(field)
        .and_then(|dimension| dimension.title.as_ref())
        .or_else(|| dataset.measures.get(field).and_then(|measure| measure.title.as_ref()))
        .or_else(|| dataset.metrics.get(field).and_then(|metric| metric.title.as_ref()));
    title.map_or_else(|| field.to_string(), |title| title.get(locale).to_owned())
}

/// The label of a member of a dimension; the member itself when it has none.
pub(super) fn member_label(dataset: &Dataset, field: &FieldName, member: &str, locale: Locale) -> String {
    let labels = dataset.dimensions.get(field).map(|dimension| &dimension.labels);
    let label: Option<&LocalizedText> = labels.and_then(|labels| labels.get(member));
    label.map_or_else(|| member.to_owned(), |label| label.get(locale).to_owned())
}

/// Puts titles and member labels into a table.
/// A comparison column is called by its measure and what it is compared with: "Revenue · last year".
pub(super) fn table(table: &Table, dataset: &Dataset, prepared: &Prepared) -> Table {
    let locale = prepared.locale;
    let compare = chosen::period(&prepared.chosen).map(|period| words::compared(period.compare, locale));
    let mut table = table.clone();
    for column in &mut table.columns {
        let name = column.name.strip_suffix(".previous").filter(|_| column.role == Role::Previous);
        let Ok(field) = FieldName::parse(name.unwrap_or(&column.name)) else { continue };
        column.title = field_title(dataset, &field, locale);
        if let (Role::Previous, Some(compare)) = (column.role, compare) {
            column.title = format!("{} · {compare}", column.title);
        }
        if dataset.dimensions.get(&field).is_some_and(|dimension| !dimension.labels.is_empty()) {
            for cell in &mut column.cells {
                if let Value::Text(member) = cell {
                    *cell = Value::Text(Arc::from(member_label(dataset, &field, member, locale)));
                }
            }
        }
    }
    table
}

/// The period and the chosen members: "2026-11-16 – 2026-11-22 · 국가: 한국".
pub(super) fn subtitle(prepared: &Prepared) -> String {
    let locale = prepared.locale;
    let mut parts: Vec<String> = prepared.range.iter().map(|range| range_text(*range, locale)).collect();
    for (name, chosen) in &prepared.chosen {
        let control = prepared.controls.iter().find(|control| control.name == name.as_str());
        let title = control.map_or(name.as_str(), |control| control.title.as_str());
        match chosen {
            Chosen::Members { members, .. } if !members.is_empty() => {
                let label = |member: &String| {
                    let known =
                        control.and_then(|control| control.choices.iter().find(|(value, _)| value == member));
                    known.map_or_else(|| member.clone(), |(_, label)| label.clone())
                };
                let text = match members.as_slice() {
                    [first, second, third, rest @ ..] if !rest.is_empty() => {
                        let shown = [first, second, third].map(label).join(", ");
                        words::and_more(&shown, rest.len(), locale)
                    }
                    few => few.iter().map(label).collect::<Vec<_>>().join(", "),
                };
                parts.push(format!("{title}: {text}"));
            }
            Chosen::Value(Some(value)) => parts.push(format!("{title}: {value}")),
            _ => {}
        }
    }
    parts.join(" · ")
}

/// The days of a range: a single day once, others as first – last.
pub(super) fn range_text(range: DateRange, locale: Locale) -> String {
    let write = |day| write_date(day, Grain::Day, DateFormat::Full, locale);
    let (first, last) = (range.start, range.last_day());
    if first == last { write(first) } else { format!("{} – {}", write(first), write(last)) }
}

/// A day in full.
pub(super) fn day_text(day: chrono::NaiveDate, locale: Locale) -> String {
    write_date(day, Grain::Day, DateFormat::Full, locale)
}

/// The label of a period in a menu; the dates beside the menu say which days are meant.
pub(super) fn period_label(text: &str, locale: Locale) -> String {
    let Ok(spec) = crate::definitions::period::PeriodSpec::parse(text) else { return text.to_owned() };
    words::period(spec, locale)
}
