//! Tables and pivots with columns left out that are hidden from who looks.

use super::{OneOrMany, Panel, ShownValue, SortKey};
use crate::definitions::condition::Computation;
use crate::definitions::model::FieldName;

/// Whether a field is hidden.
type Hides<'a> = &'a dyn Fn(&FieldName) -> bool;

impl Panel {
    /// The panel without the columns, rows and orders of fields that are hidden; charts and key numbers
    /// stay as they are, because they mean nothing without theirs.
    #[must_use]
    pub fn without(&self, hides: Hides<'_>) -> Self {
        let mut panel = self.clone();
        match &mut panel {
            Self::Table(table) => {
                table.table = shown(&table.table, hides);
                table.subtotals = kept(&table.subtotals, |field| !hides(field));
                table.sort = order(&table.sort, hides);
            }
            Self::Pivot(pivot) => {
                let pivot = &mut pivot.pivot;
                pivot.values = shown(&pivot.values, hides);
                pivot.rows.retain(|axis| !hides(&axis.field));
                pivot.columns.retain(|axis| !hides(&axis.field));
                pivot.sort = order(&pivot.sort, hides);
            }
            Self::Kpi(_) | Self::Chart(_) | Self::Text(_) => {}
        }
        panel
    }

    /// Whether a table or pivot shows nothing at all.
    pub fn is_bare(&self) -> bool {
        match self {
            Self::Table(table) => table.table.is_empty(),
            Self::Pivot(pivot) => pivot.pivot.values.is_empty(),
            Self::Kpi(_) | Self::Chart(_) | Self::Text(_) => false,
        }
    }
}

fn shown(values: &[ShownValue], hides: Hides<'_>) -> Vec<ShownValue> {
    let mut kept = Vec::new();
    for value in values {
        match value {
            ShownValue::Field(field) if hides(field) => {}
            ShownValue::Of(of) if hides(&of.of) => {}
            ShownValue::Computed(computed) if uses_hidden(&computed.expression, hides) => {}
            ShownValue::Group(group) => {
                let mut group = group.clone();
                group.values = shown(&group.values, hides);
                if !group.values.is_empty() {
                    kept.push(ShownValue::Group(group));
                }
            }
            other => kept.push(other.clone()),
        }
    }
    kept
}

/// Whether a computation names a hidden field, or something derived from one: `cost.previous`.
fn uses_hidden(expression: &str, hides: Hides<'_>) -> bool {
    let Ok(computation) = Computation::parse(expression) else { return true };
    computation.names().iter().any(|name| {
        let base = name.rsplit_once('.').map_or(name.as_str(), |(base, _)| base);
        [name.as_str(), base].iter().any(|name| FieldName::parse(name).is_ok_and(|field| hides(&field)))
    })
}

fn kept<T: Clone>(values: &OneOrMany<T>, keep: impl Fn(&T) -> bool) -> OneOrMany<T> {
    OneOrMany::Many(values.as_slice().iter().filter(|value| keep(value)).cloned().collect())
}

fn order(keys: &OneOrMany<SortKey>, hides: Hides<'_>) -> OneOrMany<SortKey> {
    kept(keys, |key| !hides(&key.field))
}
