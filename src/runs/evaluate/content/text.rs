//! Words, with the values that stand in them.

use std::collections::HashMap;

use super::Asking;
use crate::definitions::condition::{Condition, Operand};
use crate::definitions::model::{Dataset, FieldName, TextPanel};
use crate::definitions::narrative::{Aspect, Length, Narrative, Placeholder, Reference, SETTING_NAMES};
use crate::engine::EngineError;
use crate::format::rich_text::{self, RichText};
use crate::format::{NO_NUMBER, NumberFormat, NumberStyle};
use crate::query::SemanticQuery;
use crate::render::document::Content;
use crate::runs::evaluate::{Prepared, localize};
use crate::table::{Change, Table, Value};

impl Asking<'_> {
    pub(super) async fn text(
        &mut self,
        base: SemanticQuery,
        panel: &TextPanel,
    ) -> Result<Content, EngineError> {
        let narrative = narrative(panel, self.prepared);
        let dataset = self.ask.dataset;
        let references = references(&narrative, dataset);
        let mut measures: Vec<FieldName> = Vec::new();
        let mut is_compared = false;
        for reference in &references {
            is_compared |= reference.aspect != Aspect::Value;
            if let Ok(measure) = FieldName::parse(reference.measure)
                && !measures.contains(&measure)
            {
                measures.push(measure);
            }
        }
        if measures.is_empty() {
            return Ok(Content::Text(words(&narrative, panel, self.prepared, None)));
        }
        let compare = base.range.and(self.prepared.compare).filter(|_| is_compared);
        let table = self.answer(&SemanticQuery { measures, compare, ..base }).await?;
        let numbers = Numbers { dataset, table: &table };
        Ok(Content::Text(words(&narrative, panel, self.prepared, Some(&numbers))))
    }
}

/// A text panel that asks no dataset.
pub(super) fn plain(panel: &TextPanel, prepared: &Prepared) -> Content {
    Content::Text(words(&narrative(panel, prepared), panel, prepared, None))
}

/// The panel's words; a text with faulty braces, which the check refuses, stands without values.
fn narrative(panel: &TextPanel, prepared: &Prepared) -> Narrative {
    let text = panel.text.get(prepared.locale);
    Narrative::parse(text).unwrap_or_else(|_| Narrative::plain(text))
}

fn references<'n>(narrative: &'n Narrative, dataset: &Dataset) -> Vec<Reference<'n>> {
    let placeholders = narrative.placeholders().into_iter().map(|placeholder| placeholder.name.as_str());
    let settings = |name: &&str| !SETTING_NAMES.contains(name);
    let conditions = narrative.conditions().into_iter().flat_map(|condition| condition.value.names());
    let names = placeholders.filter(settings).chain(conditions.map(String::as_str));
    names.filter_map(|name| Reference::of(name, |known| is_number(dataset, known))).collect()
}

fn is_number(dataset: &Dataset, name: &str) -> bool {
    dataset.measures.contains_key(name) || dataset.metrics.contains_key(name)
}

/// The numbers of the panel: one row.
struct Numbers<'a> {
    dataset: &'a Dataset,
    table: &'a Table,
}

impl Numbers<'_> {
    fn reference<'n>(&self, name: &'n str) -> Option<Reference<'n>> {
        Reference::of(name, |known| is_number(self.dataset, known))
    }

    /// The numbers of a measure in the period and in the comparison period.
    fn pair(&self, measure: &str) -> (Value, Value) {
        let cell = |name: &str| {
            self.table.index_of(name).map_or(Value::Null, |column| self.table.cell(0, column).clone())
        };
        (cell(measure), cell(&format!("{measure}.previous")))
    }

    fn format(&self, measure: &str) -> NumberFormat {
        let own = self.dataset.measures.get(measure).map(|measure| &measure.format);
        own.or(self.dataset.metrics.get(measure).map(|metric| &metric.format)).cloned().unwrap_or_default()
    }

    /// The number a condition sees.
    fn operand(&self, name: &str) -> Operand<'static> {
        let Some(reference) = self.reference(name) else { return Operand::Missing };
        let (now, before) = self.pair(reference.measure);
        let number = match reference.aspect {
            Aspect::Value => now.as_f64(),
            Aspect::Previous => before.as_f64(),
            Aspect::Difference => difference(&now, &before).as_f64(),
            Aspect::Change => {
                Change::between(&now, &before, &self.format(reference.measure)).map(Change::size)
            }
        };
        number.map_or(Operand::Missing, Operand::Number)
    }

    fn written(&self, placeholder: &Placeholder, prepared: &Prepared) -> String {
        let Some(reference) = self.reference(&placeholder.name) else { return NO_NUMBER.to_owned() };
        let locale = prepared.locale;
        let mut format = self.format(reference.measure);
        let style = match placeholder.length {
            Length::Full => NumberStyle::Full,
            Length::Usual => NumberStyle::Headline,
            Length::Short => {
                format.compact = true;
                NumberStyle::Headline
            }
        };
        let (now, before) = self.pair(reference.measure);
        let write = |value: &Value| value.text(&format, None, style, locale);
        match reference.aspect {
            Aspect::Value => write(&now),
            Aspect::Previous => write(&before),
            // The difference of two percentages is in points.
            Aspect::Difference if format.percent => Change::between(&now, &before, &format)
                .map_or(NO_NUMBER.to_owned(), |points| {
                    points.text(format.negative, locale).trim_start_matches('+').to_owned()
                }),
            Aspect::Difference => write(&difference(&now, &before)),
            Aspect::Change => Change::between(&now, &before, &format)
                .map_or(NO_NUMBER.to_owned(), |change| change.text(format.negative, locale)),
        }
    }
}

/// `now - before`, exact where both are.
fn difference(now: &Value, before: &Value) -> Value {
    match (now, before) {
        (Value::Int(now), Value::Int(before)) => now.checked_sub(*before).map_or(Value::Null, Value::Int),
        (Value::Decimal { unscaled: now, scale }, Value::Decimal { unscaled: before, scale: other })
            if scale == other =>
        {
            now.checked_sub(*before)
                .map_or(Value::Null, |unscaled| Value::Decimal { unscaled, scale: *scale })
        }
        _ => {
            now.as_f64().zip(before.as_f64()).map_or(Value::Null, |(now, before)| Value::Float(now - before))
        }
    }
}

fn words(
    narrative: &Narrative,
    panel: &TextPanel,
    prepared: &Prepared,
    numbers: Option<&Numbers<'_>>,
) -> RichText {
    let operand = |name: &str| numbers.map_or(Operand::Missing, |numbers| numbers.operand(name));
    let holds = |condition: &Condition| condition.evaluate(&operand);
    let mut values: Vec<String> = Vec::new();
    // The same value written the same way is the same value again.
    let mut known: HashMap<(String, Length, Option<crate::format::Particle>), usize> = HashMap::new();
    let source = narrative.chosen(&holds, &mut |placeholder| {
        let key = (placeholder.name.clone(), placeholder.length, placeholder.particle);
        let position = *known.entry(key).or_insert_with(|| {
            let mut text = setting(&placeholder.name, prepared).unwrap_or_else(|| {
                numbers.map_or(NO_NUMBER.to_owned(), |numbers| numbers.written(placeholder, prepared))
            });
            if let Some(particle) = placeholder.particle {
                text.push_str(&particle.after(&text));
            }
            values.push(text);
            values.len() - 1
        });
        rich_text::placeholder(position)
    });
    rich_text::markdown(&source, &values, panel.align)
}

/// What is not a number of the dataset.
fn setting(name: &str, prepared: &Prepared) -> Option<String> {
    let range = |range: Option<crate::query::DateRange>| {
        range.map_or(NO_NUMBER.to_owned(), |range| localize::range_text(range, prepared.locale))
    };
    Some(match name {
        "title" => prepared.report.title.get(prepared.locale).to_owned(),
        "owner" => prepared.report.owner.clone(),
        "period" => range(prepared.range),
        "previous_period" => range(prepared.compare),
        "now" => prepared.now.with_timezone(&prepared.time_zone).format("%Y-%m-%d %H:%M").to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_exact_where_numbers_are() {
        assert_eq!(difference(&Value::Int(5), &Value::Int(7)), Value::Int(-2));
        assert_eq!(difference(&Value::Int(i64::MIN), &Value::Int(1)), Value::Null);
        let decimal = |unscaled| Value::Decimal { unscaled, scale: 2 };
        assert_eq!(difference(&decimal(30), &decimal(10)), decimal(20));
        assert_eq!(difference(&Value::Int(5), &Value::Float(0.5)), Value::Float(4.5));
        assert_eq!(difference(&Value::Null, &Value::Int(1)), Value::Null);
        assert_eq!(difference(&Value::Float(f64::NAN), &Value::Int(1)), Value::Null);
    }
}
