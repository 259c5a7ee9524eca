//! Tables and pivots: rows, columns, totals, order, drill-through and print.

use super::value::{self, Frame};
use super::{Spot, drill};
use crate::definitions::check::{Findings, items};
use crate::definitions::model::{
    AxisField, FieldName, GridPrint, PivotPanel, ShownValue, SortKey, Subtotals, TablePanel,
};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// The levels of one axis; more heads than numbers help nobody.
const MOST_LEVELS: usize = 8;

pub(super) fn table(panel: &TablePanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path;
    if panel.table.is_empty() {
        let help = "list dimensions, measures and metrics".to_owned();
        findings.error(&path.key("table"), "empty", "the table has no columns", help);
    }
    let plain: Vec<&FieldName> = panel.table.iter().filter_map(plain_field).collect();
    let rows: Vec<&FieldName> =
        plain.iter().copied().filter(|field| spot.fields.has_dimension(field)).collect();
    let frame = Frame { rows: rows.clone(), has_columns: false, takes_dimensions: true };
    value::check(&panel.table, &path.key("table"), &frame, spot, findings);
    grain(panel, &rows, spot, findings);
    let is_derived = plain.len() < panel.table.len() || !panel.subtotals.as_slice().is_empty();
    let has_number = is_derived || plain.iter().any(|column| spot.fields.has_number(column));
    if panel.totals && !has_number {
        let message = "there is no measure or metric to total";
        findings.warning(&path.key("totals"), "not_applicable", message, None);
    }
    if panel.compare {
        spot.compare(findings);
        if is_derived {
            let help = "remove it, and list `{of: …, show: change}` where the change is to stand".to_owned();
            let message = "`compare` goes with tables of plain fields without subtotals";
            findings.error(&path.key("compare"), "not_applicable", message, help);
        }
    }
    subtotals(panel, &rows, spot, findings);
    sort(panel.sort.as_slice(), &path.key("sort"), &plain, spot, is_derived, findings);
    drill::check(panel.drill.as_ref(), &rows, "the rows", spot, findings);
    print(&panel.print, &rows, path, findings);
}

fn plain_field(item: &ShownValue) -> Option<&FieldName> {
    match item {
        ShownValue::Field(field) => Some(field),
        _ => None,
    }
}

fn grain(panel: &TablePanel, rows: &[&FieldName], spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let Some(grain) = panel.grain else { return };
    let path = spot.path.key("grain");
    let dated: Vec<&&FieldName> = rows.iter().filter(|column| spot.fields.may_be_temporal(column)).collect();
    match dated.as_slice() {
        [] if !panel.table.is_empty() => {
            let help = "remove `grain`, or add the time dimension to the columns".to_owned();
            findings.error(&path, "not_applicable", "`grain` needs a column of dates", help);
        }
        [only] => spot.grain(grain, only, &path, findings),
        _ => {}
    }
}

/// Subtotals are of leading dimensions, and never of the innermost, whose rows they would repeat.
fn subtotals(panel: &TablePanel, rows: &[&FieldName], spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let (_, outer) = rows.split_last().map_or((None, &[][..]), |(last, outer)| (Some(last), outer));
    for (path, field) in items(&spot.path.key("subtotals"), panel.subtotals.as_slice()) {
        if !outer.contains(&field) {
            let message = format!("`{field}` is no dimension of this table with others below it");
            let help = names::offer(field.as_str(), "dimensions", outer.iter().map(|field| field.as_str()));
            findings.error(&path, "unknown_field", message, help);
        }
    }
}

pub(super) fn pivot(panel: &PivotPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path.key("pivot");
    let pivot = &panel.pivot;
    let values = path.key("values");
    let has_faulty = findings.faulty.iter().any(|faulty| faulty.is_within(&values));
    if pivot.values.is_empty() && !has_faulty {
        let help = "name at least one measure or metric".to_owned();
        findings.error(&values, "empty", "the pivot shows no numbers", help);
    }
    axis(&pivot.rows, &path.key("rows"), &[], spot, findings);
    axis(&pivot.columns, &path.key("columns"), &pivot.rows, spot, findings);
    let rows: Vec<&FieldName> = pivot.rows.iter().map(|axis| &axis.field).collect();
    let frame = Frame { rows: rows.clone(), has_columns: !pivot.columns.is_empty(), takes_dimensions: false };
    value::check(&pivot.values, &path.key("values"), &frame, spot, findings);
    if let Subtotals::Of(fields) = &pivot.subtotals {
        let inner = |axis: &'_ [AxisField]| axis.len().saturating_sub(1);
        let outer = pivot.rows.iter().take(inner(&pivot.rows));
        let outer = outer.chain(pivot.columns.iter().take(inner(&pivot.columns)));
        let outer: Vec<&FieldName> = outer.map(|axis| &axis.field).collect();
        for (path, field) in items(&path.key("subtotals"), fields) {
            if !outer.contains(&field) {
                let message = format!("`{field}` is no dimension of this pivot with others below it");
                let help =
                    names::offer(field.as_str(), "dimensions", outer.iter().map(|field| field.as_str()));
                findings.error(&path, "unknown_field", message, help);
            }
        }
    }
    for (path, key) in items(&path.key("sort"), pivot.sort.as_slice()) {
        if !rows.contains(&&key.field) {
            spot.number(&key.field, &path, findings);
        }
    }
    drill::check(panel.drill.as_ref(), &rows, "the rows", spot, findings);
    print(&panel.print, &rows, spot.path, findings);
}

fn axis(
    fields: &[AxisField],
    path: &FieldPath,
    others: &[AxisField],
    spot: &Spot<'_, '_>,
    findings: &mut Findings<'_>,
) {
    if fields.len() > MOST_LEVELS {
        let message = format!("{} dimensions nest too deep; at most {MOST_LEVELS} do", fields.len());
        findings.error(path, "too_many", message, None);
    }
    for (index, (path, axis)) in items(path, fields).enumerate() {
        let earlier = fields.iter().take(index).chain(others);
        if earlier.into_iter().any(|other| other == axis) {
            let message = format!("`{}` stands twice", axis.field);
            findings.error(&path, "duplicate_name", message, "remove one".to_owned());
            continue;
        }
        spot.dimension(&axis.field, &path, findings);
        if let Some(grain) = axis.grain {
            spot.grain(grain, &axis.field, &path, findings);
        }
    }
}

/// A plain table is sorted by what it shows; one with derived values also by other measures.
fn sort(
    keys: &[SortKey],
    path: &FieldPath,
    shown: &[&FieldName],
    spot: &Spot<'_, '_>,
    is_derived: bool,
    findings: &mut Findings<'_>,
) {
    if !is_derived {
        return spot.sort(keys, shown, findings);
    }
    for (path, key) in items(path, keys) {
        if !shown.contains(&&key.field) {
            spot.number(&key.field, &path, findings);
        }
    }
}

fn print(print: &GridPrint, rows: &[&FieldName], path: &FieldPath, findings: &mut Findings<'_>) {
    if let Some(field) = &print.break_before
        && !rows.contains(&field)
    {
        let message = format!("`{field}` is no dimension of the rows");
        let help = names::offer(field.as_str(), "dimensions", rows.iter().map(|field| field.as_str()));
        findings.error(&path.key("print").key("break_before"), "unknown_field", message, help);
    }
}
