//! What a definition lists, split into row heads and values.

use crate::definitions::model::{Dataset, FieldName, Show, ShownValue, TablePanel};

/// The fields of a table that lists nothing else and groups nothing; `None` for others.
pub(super) fn plain_fields(panel: &TablePanel) -> Option<Vec<FieldName>> {
    if !panel.subtotals.as_slice().is_empty() {
        return None;
    }
    let field = |item: &ShownValue| match item {
        ShownValue::Field(field) => Some(field.clone()),
        _ => None,
    };
    panel.table.iter().map(field).collect()
}

/// The dimensions among the listed things, and the values.
pub(super) fn split<'p>(
    items: &'p [ShownValue],
    dataset: &Dataset,
) -> (Vec<&'p FieldName>, Vec<&'p ShownValue>) {
    let (mut dimensions, mut values) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            ShownValue::Field(field) if dataset.dimensions.contains_key(field) => dimensions.push(field),
            _ => values.push(item),
        }
    }
    (dimensions, values)
}

/// What is shown, as a part of a name.
pub(super) fn show_name(show: Show) -> &'static str {
    match show {
        Show::Value => "",
        Show::Previous => "previous",
        Show::Difference => "difference",
        Show::Change => "change",
        Show::Ratio => "ratio",
        Show::ShareOfTotal => "share_of_total",
        Show::ShareOfRow => "share_of_row",
        Show::ShareOfColumn => "share_of_column",
        Show::ShareOfGroup => "share_of_group",
        Show::RunningTotal => "running_total",
        Show::Rank => "rank",
        Show::Step => "step",
        Show::StepChange => "step_change",
        Show::Sparkline => "sparkline",
    }
}
