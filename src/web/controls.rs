//! The form controls of a dashboard.

use super::address::CUSTOM_PERIOD;
use super::words::{Words, fill};
use crate::definitions::model::Parameter;
use crate::runs::evaluate::Control;

/// How many members a list has before it gets a search field.
const SEARCH_FROM: usize = 12;

/// A form control ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ControlView {
    /// The key in the address.
    pub(super) name: String,
    /// Its label.
    pub(super) title: String,
    /// Whether something is chosen where an address says nothing, so that nothing must be said.
    pub(super) has_default: bool,
    /// What is wrong with the value in the address.
    pub(super) problem: Option<String>,
    /// The input itself.
    pub(super) input: Input,
}

/// What kind of input a control is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Input {
    /// Named periods, or two dates.
    Period {
        /// The named ones.
        choices: Vec<Choice>,
        /// Whether dates were chosen instead.
        custom: bool,
        /// The first day.
        from: String,
        /// The last day.
        to: String,
    },
    /// One of a list.
    One {
        /// The list.
        choices: Vec<Choice>,
    },
    /// One of more members than can be listed.
    Typed {
        /// The first of them.
        choices: Vec<Choice>,
        /// The chosen one.
        value: String,
    },
    /// Some of a list.
    Many {
        /// The list, chosen members first.
        choices: Vec<Choice>,
        /// What is chosen, in short.
        summary: String,
        /// How many are chosen.
        count: usize,
        /// Whether it gets a search field.
        search: bool,
        /// Whether there are more than are listed.
        more: bool,
    },
    /// Free text.
    Text {
        /// The text.
        value: String,
        /// The longest accepted.
        max_length: u32,
    },
    /// A number.
    Number {
        /// The number.
        value: String,
        /// The smallest accepted; empty for none.
        min: String,
        /// The largest accepted; empty for none.
        max: String,
    },
    /// A date.
    Date {
        /// The date.
        value: String,
    },
}

/// One entry of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// Its value in the address.
    pub(super) value: String,
    /// What people read.
    pub(super) label: String,
    /// Whether it is chosen.
    pub(super) chosen: bool,
}

impl ControlView {
    /// The control with what was `asked` in the address, if that was refused.
    pub(super) fn new(
        control: &Control,
        problem: Option<String>,
        asked: Option<&[String]>,
        words: &Words,
    ) -> Self {
        let chosen = if problem.is_some() { asked.unwrap_or(&control.chosen) } else { &control.chosen };
        let first = chosen.first().cloned().unwrap_or_default();
        let input = match &control.parameter {
            Parameter::Period { .. } => period(control, &first),
            Parameter::Member { multiple: true, .. } => many(control, chosen, words),
            Parameter::Member { .. } if control.more => {
                Input::Typed { choices: choices(control, chosen), value: first }
            }
            Parameter::Member { .. } => Input::One { choices: choices(control, chosen) },
            Parameter::Text { max_length, .. } => {
                Input::Text { value: first, max_length: max_length.unwrap_or(200) }
            }
            Parameter::Number { min, max, .. } => Input::Number {
                value: first,
                min: min.map(|min| min.to_string()).unwrap_or_default(),
                max: max.map(|max| max.to_string()).unwrap_or_default(),
            },
            Parameter::Date { .. } => Input::Date { value: first },
        };
        let has_default = match &control.parameter {
            Parameter::Period { .. } => false,
            Parameter::Member { default, .. } => !default.is_empty(),
            Parameter::Text { default, .. } => default.is_some(),
            Parameter::Number { default, .. } => default.is_some(),
            Parameter::Date { default, .. } => default.is_some(),
        };
        Self { name: control.name.clone(), title: control.title.clone(), has_default, problem, input }
    }
}

fn choices(control: &Control, chosen: &[String]) -> Vec<Choice> {
    control
        .choices
        .iter()
        .map(|(value, label)| Choice {
            value: value.clone(),
            label: label.clone(),
            chosen: chosen.contains(value),
        })
        .collect()
}

fn period(control: &Control, chosen: &str) -> Input {
    let range = chosen.split_once("..");
    let named = control.choices.iter().filter(|(value, _)| value != CUSTOM_PERIOD && !value.contains(".."));
    let mut choices: Vec<Choice> = named
        .map(|(value, label)| Choice { value: value.clone(), label: label.clone(), chosen: value == chosen })
        .collect();
    // A period that is not offered may still stand in an address.
    if range.is_none() && !chosen.is_empty() && !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice { value: chosen.to_owned(), label: chosen.to_owned(), chosen: true });
    }
    let (from, to) = range.unwrap_or_default();
    Input::Period { choices, custom: range.is_some(), from: from.to_owned(), to: to.to_owned() }
}

fn many(control: &Control, chosen: &[String], words: &Words) -> Input {
    let mut choices = choices(control, chosen);
    // Members beyond the list that an address names stay chosen.
    for value in chosen {
        if !choices.iter().any(|choice| choice.value == *value) {
            choices.push(Choice { value: value.clone(), label: value.clone(), chosen: true });
        }
    }
    choices.sort_by_key(|choice| !choice.chosen);
    let labels: Vec<&str> =
        choices.iter().filter(|choice| choice.chosen).map(|choice| choice.label.as_str()).collect();
    let summary = match labels.as_slice() {
        [] => words.all.to_owned(),
        [one] => (*one).to_owned(),
        [one, rest @ ..] => fill(words.and_more, &[("first", one), ("count", &rest.len().to_string())]),
    };
    let count = labels.len();
    Input::Many { summary, count, search: choices.len() >= SEARCH_FROM, choices, more: control.more }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Locale;

    fn control(parameter: Parameter, chosen: &[&str], choices: &[(&str, &str)]) -> Control {
        Control {
            name: "p".into(),
            title: "P".into(),
            parameter,
            chosen: chosen.iter().map(|value| (*value).to_owned()).collect(),
            choices: choices
                .iter()
                .map(|(value, label)| ((*value).to_owned(), (*label).to_owned()))
                .collect(),
            more: false,
        }
    }

    fn member(multiple: bool) -> Parameter {
        serde_json::from_value(serde_json::json!({"type": "member", "of": "country", "multiple": multiple}))
            .unwrap()
    }

    #[test]
    fn what_an_address_names_beyond_the_list_stays_chosen() {
        let control = control(member(true), &["HK", "XX"], &[("KR", "한국"), ("HK", "홍콩")]);
        let view = ControlView::new(&control, None, None, Words::of(Locale::Ko));
        let Input::Many { choices, summary, count, .. } = view.input else { panic!() };
        assert_eq!(choices.iter().map(|c| c.value.as_str()).collect::<Vec<_>>(), ["HK", "XX", "KR"]);
        assert_eq!((summary.as_str(), count), ("홍콩 외 1", 2));
    }

    #[test]
    fn dates_in_the_address_open_the_date_fields() {
        let parameter =
            serde_json::from_value(serde_json::json!({"type": "period", "default": "last_month"})).unwrap();
        let mut control = control(parameter, &["2026-01-01..2026-01-31"], &[("last_month", "지난달")]);
        let words = Words::of(Locale::Ko);
        let Input::Period { custom, from, to, .. } = ControlView::new(&control, None, None, words).input
        else {
            panic!()
        };
        assert_eq!((custom, from.as_str(), to.as_str()), (true, "2026-01-01", "2026-01-31"));
        control.chosen = vec!["last_7_days".into()];
        let Input::Period { choices, .. } = ControlView::new(&control, None, None, words).input else {
            panic!()
        };
        assert!(choices.iter().any(|choice| choice.value == "last_7_days" && choice.chosen));
    }

    #[test]
    fn a_refused_value_stays_in_its_field() {
        let parameter = serde_json::from_value(serde_json::json!({"type": "number"})).unwrap();
        let control = control(parameter, &[], &[]);
        let asked = ["abc".to_owned()];
        let view =
            ControlView::new(&control, Some("not a number".into()), Some(&asked), Words::of(Locale::En));
        let Input::Number { value, .. } = view.input else { panic!() };
        assert_eq!(value, "abc");
    }
}
