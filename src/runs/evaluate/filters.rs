//! Filters of files and parameters as conditions of a query.

use indexmap::IndexMap;

use super::{Chosen, Prepared};
use crate::definitions::model::{
    Dataset, FieldFilter, FieldName, FilterOperators, FilterValue, OneOrMany, Panel,
};
use crate::query::{Comparison, Condition, Filter, Literal};

/// How a missing member is written in addresses and filters.
pub(super) const MISSING: &str = "(null)";

/// Everything that restricts the rows of `panel`: member parameters and the report's filters, for
/// the fields its dataset has, and the panel's own filters.
pub(super) fn of_panel(prepared: &Prepared, dataset: &Dataset, panel: &Panel) -> Vec<Filter> {
    with(prepared, dataset, panel.filters())
}

/// The same for filters that stand elsewhere than on the panel itself.
pub(super) fn with(
    prepared: &Prepared,
    dataset: &Dataset,
    own: Option<&IndexMap<FieldName, FieldFilter>>,
) -> Vec<Filter> {
    let mut filters = Vec::new();
    for chosen in prepared.chosen.values() {
        if let Chosen::Members { of, members } = chosen
            && dataset.dimensions.contains_key(of)
            && !members.is_empty()
        {
            let members = members.iter().map(|member| text_literal(member)).collect();
            filters.push(Filter { field: of.clone(), condition: Condition::OneOf(members) });
        }
    }
    let shared = prepared.report.filters.iter().filter(|(field, _)| dataset.dimensions.contains_key(*field));
    for (field, filter) in shared.chain(own.into_iter().flatten()) {
        add(&prepared.chosen, field, filter, &mut filters);
    }
    filters
}

/// Filters of a question that has no parameters.
pub(super) fn without_parameters(given: &[(FieldName, FieldFilter)]) -> Vec<Filter> {
    let (none, mut filters) = (Choices::new(), Vec::new());
    for (field, filter) in given {
        add(&none, field, filter, &mut filters);
    }
    filters
}

/// What is chosen, by parameter.
type Choices = IndexMap<FieldName, Chosen>;

fn add(choices: &Choices, field: &FieldName, filter: &FieldFilter, filters: &mut Vec<Filter>) {
    let mut push = |condition| filters.push(Filter { field: field.clone(), condition });
    match filter {
        FieldFilter::Parameter { parameter } => {
            let literals = parameter_literals(choices, parameter);
            if !literals.is_empty() {
                push(Condition::OneOf(literals));
            }
        }
        FieldFilter::Is(value) => {
            let literals = literals(choices, value);
            if !literals.is_empty() {
                push(Condition::OneOf(literals));
            }
        }
        FieldFilter::OneOf(values) => {
            let literals: Vec<_> = values.iter().flat_map(|value| literals(choices, value)).collect();
            // An author's empty list allows nothing; a parameter without a value filters nothing.
            if values.is_empty() || !literals.is_empty() {
                push(Condition::OneOf(literals));
            }
        }
        FieldFilter::Operators(operators) => {
            operator_conditions(choices, operators).into_iter().for_each(push);
        }
    }
}

fn operator_conditions(choices: &Choices, operators: &FilterOperators) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let excluded = operators.not.as_ref().map_or(&[][..], OneOrMany::as_slice);
    let excluded: Vec<_> = excluded.iter().flat_map(|value| literals(choices, value)).collect();
    if !excluded.is_empty() {
        conditions.push(Condition::NoneOf(excluded));
    }
    let first = |value: &Option<FilterValue>| literals(choices, value.as_ref()?).into_iter().next();
    for (comparison, value) in [
        (Comparison::Greater, &operators.gt),
        (Comparison::GreaterOrEqual, &operators.gte),
        (Comparison::Less, &operators.lt),
        (Comparison::LessOrEqual, &operators.lte),
    ] {
        conditions.extend(first(value).map(|literal| Condition::Compare(comparison, literal)));
    }
    conditions.extend(first(&operators.contains).and_then(as_text).map(Condition::Contains));
    conditions.extend(first(&operators.starts_with).and_then(as_text).map(Condition::StartsWith));
    conditions.extend(operators.is_null.map(Condition::IsNull));
    conditions
}

fn literals(choices: &Choices, value: &FilterValue) -> Vec<Literal> {
    match value {
        FilterValue::Bool(value) => vec![Literal::Bool(*value)],
        FilterValue::Int(number) => vec![Literal::Number(number.to_string())],
        FilterValue::Float(number) => vec![Literal::Number(number.to_string())],
        FilterValue::Text(text) => vec![text_literal(text)],
        FilterValue::Parameter { parameter } => parameter_literals(choices, parameter),
    }
}

fn parameter_literals(choices: &Choices, parameter: &FieldName) -> Vec<Literal> {
    match choices.get(parameter) {
        Some(Chosen::Value(Some(text))) => vec![Literal::Text(text.clone())],
        Some(Chosen::Members { members, .. }) => members.iter().map(|member| text_literal(member)).collect(),
        _ => Vec::new(),
    }
}

fn text_literal(text: &str) -> Literal {
    if text == MISSING { Literal::Null } else { Literal::Text(text.to_owned()) }
}

fn as_text(literal: Literal) -> Option<String> {
    match literal {
        Literal::Text(text) | Literal::Number(text) => Some(text),
        Literal::Bool(value) => Some(value.to_string()),
        Literal::Null => None,
    }
}
