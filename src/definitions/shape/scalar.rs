//! Single values: text, numbers, true or false, and names with rules.

use serde_json::{Number, Value as Json};

use super::{Spot, Walk, kind};
use crate::definitions::catalog::DefinitionKind;
use crate::definitions::condition::{Computation, Condition, ConditionError};
use crate::definitions::diagnostic::Problem;
use crate::definitions::model::{
    AxisField, CalendarDay, CellColor, FieldName, NameError, PanelId, RowRule, SortKey, Span,
};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::yaml::{Place, Value};
use crate::format::Color;

impl<'a> Walk<'a> {
    pub(super) fn scalar(&mut self, spot: Spot<'_>, schema: &'a Json, path: &FieldPath) -> Option<Json> {
        let value = match (&spot.node.value, kind(schema)) {
            // A number where text is wanted (`default: 2026`) can only mean its own text.
            (Value::Text(text) | Value::Int(_, text) | Value::Float(_, text), "string") => {
                return self.text(spot, text, schema, path);
            }
            (Value::Bool(value), "boolean") => Json::Bool(*value),
            (Value::Int(value, _), "integer") => Json::from(*value),
            (Value::Int(value, _), "number") => Json::from(*value as f64),
            (Value::Float(value, _), "number") => match Number::from_f64(*value) {
                Some(number) => Json::Number(number),
                None => return self.refuse(spot, path, "out_of_range", "this number is not finite".into()),
            },
            _ => {
                self.wrong_type(spot, schema, path);
                return None;
            }
        };
        self.in_range(spot, &value, schema, path).then_some(value)
    }

    fn text(&mut self, spot: Spot<'_>, text: &str, schema: &Json, path: &FieldPath) -> Option<Json> {
        if let Some(expected) = schema.get("const").and_then(Json::as_str)
            && text != expected
        {
            let kinds = DefinitionKind::ALL.map(DefinitionKind::name);
            let message =
                format!("`{}` is not what is expected here, `{expected}` is", names::printable(text));
            let problem =
                Problem::at(spot.place(), "unknown_choice", message).help(names::offer(text, "kinds", kinds));
            self.push(problem, path);
            return None;
        }
        if let Some(pattern) = schema.get("pattern").and_then(Json::as_str)
            && let Some(problem) = pattern_problem(pattern, text)
        {
            self.push(problem.place(spot.place()), path);
            return None;
        }
        if schema.get("format").and_then(Json::as_str) == Some("date")
            && text.parse::<chrono::NaiveDate>().is_err()
        {
            return self.refuse(
                spot,
                path,
                "bad_date",
                "this is not a date of the calendar; write it as 2026-01-31".into(),
            );
        }
        let expression = match schema.get("format").and_then(Json::as_str) {
            Some("condition") => Condition::parse(text).map(drop),
            Some("row_rule") => RowRule::parse(text).map(drop),
            Some("computation") => Computation::parse(text).map(drop),
            _ => Ok(()),
        };
        if let Err(ConditionError { message, help }) = expression {
            self.push(Problem::at(spot.place(), "bad_expression", message).help(help), path);
            return None;
        }
        Some(Json::String(text.to_owned()))
    }

    fn in_range(&mut self, spot: Spot<'_>, value: &Json, schema: &Json, path: &FieldPath) -> bool {
        let Some(number) = value.as_f64() else { return true };
        let format_limit = match schema.get("format").and_then(Json::as_str) {
            Some("uint8") => Some(f64::from(u8::MAX)),
            Some("uint16") => Some(f64::from(u16::MAX)),
            Some("uint32") => Some(f64::from(u32::MAX)),
            _ => None,
        };
        let min = schema.get("minimum").and_then(Json::as_f64);
        let max = schema.get("maximum").and_then(Json::as_f64).or(format_limit);
        if min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max) {
            return true;
        }
        let stated_max = schema.get("maximum").and_then(Json::as_f64);
        let too_large = max.is_some_and(|max| number > max);
        let message = match (min, stated_max.or(max.filter(|_| too_large))) {
            (Some(min), Some(max)) => format!("this number must be {min} to {max}"),
            (Some(min), None) => format!("this number must be at least {min}"),
            (None, max) => format!("this number must be at most {}", max.unwrap_or_default()),
        };
        self.refuse(spot, path, "out_of_range", message);
        false
    }

    fn refuse(
        &mut self,
        spot: Spot<'_>,
        path: &FieldPath,
        code: &'static str,
        message: String,
    ) -> Option<Json> {
        self.push(Problem::at(spot.place(), code, message), path);
        None
    }
}

/// What is wrong with a name, by the pattern its schema states. The patterns are those of
/// `model::name`; its own parsers decide, since they know a little more than the patterns can say.
pub(super) fn pattern_problem(pattern: &str, name: &str) -> Option<Problem> {
    if pattern.starts_with("^(good|") {
        return CellColor::parse(name).err().map(|problem| bad_name(name, "is no colour").help(problem));
    }
    if pattern.starts_with("^#") {
        let help = "write red, green and blue in two digits of 0-9 and a-f each: \"#0b5cad\"";
        return Color::parse(name).is_none().then(|| bad_name(name, "is no colour").help(help));
    }
    if pattern == CalendarDay::PATTERN {
        let problem = Problem::at(Place::START, "bad_date", "this is not a date of the calendar");
        return CalendarDay::parse(name).is_none().then(|| problem.help("write it as 2026-01-31"));
    }
    if pattern == Span::PATTERN {
        let problem = Problem::at(Place::START, "bad_length", "this is not a length of time up to 48 hours");
        return Span::parse(name).is_none().then(|| problem.help("write minutes or hours: 45m, 4h"));
    }
    if pattern.contains("(:(hour|") {
        let problem = name.parse::<AxisField>().err()?;
        return Some(bad_name(name, "is no dimension to group by").help(problem));
    }
    let refused: NameError = if pattern.starts_with("^[a-z0-9]") {
        PanelId::parse(name).err()?
    } else if pattern.starts_with("^-?") {
        name.parse::<SortKey>().err()?
    } else {
        FieldName::parse(name).err()?
    };
    Some(bad_name(&refused.name, "cannot be a name here").help(refused.rule))
}

fn bad_name(name: &str, what: &str) -> Problem {
    Problem::at(Place::START, "bad_name", format!("`{}` {what}", names::printable(name)))
}
