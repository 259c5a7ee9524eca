//! How sure numbers are: a thin bar from the least to the most they may be.

use plotters_backend::DrawingBackend;

use super::{ErrorBars, Overlays};
use crate::charts::ChartError;
use crate::charts::pen::Pen;
use crate::charts::theme::Role;
use crate::table::{Table, Value};

/// The ends of the bar of every row, lower one first; `None` where a number is missing.
pub(in crate::charts) fn bounds(
    overlays: &Overlays,
    table: &Table,
    measure: usize,
) -> Option<Vec<Option<(f64, f64)>>> {
    let cells = |column: usize| table.columns.get(column).map(|column| column.cells.as_slice());
    let number = |value: &Value| value.as_f64().map(|value| value.clamp(-1e300, 1e300));
    Some(match overlays.error? {
        ErrorBars::Around(column) => cells(measure)?
            .iter()
            .zip(cells(column)?)
            .map(|(value, around)| {
                let (value, around) = (number(value)?, number(around)?.abs());
                Some((value - around, value + around))
            })
            .collect(),
        ErrorBars::Between { low, high } => cells(low)?
            .iter()
            .zip(cells(high)?)
            .map(|(low, high)| {
                let (low, high) = (number(low)?, number(high)?);
                Some((low.min(high), low.max(high)))
            })
            .collect(),
    })
}

/// Draws one bar with its caps: along the value axis from `from` to `to`, across it at `middle`.
/// `room` is how thick its mark is.
pub(in crate::charts) fn error_bar<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (from, to): (f64, f64),
    middle: f64,
    room: f64,
    upright: bool,
) -> Result<(), ChartError> {
    let cap = (room * 0.22).clamp(0.6, 4.0);
    let point = |along: f64, across: f64| if upright { (across, along) } else { (along, across) };
    pen.line(&[point(from, middle), point(to, middle)], Role::Ink, 0.9)?;
    for end in [from, to] {
        pen.line(&[point(end, middle - cap), point(end, middle + cap)], Role::Ink, 0.9)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::samples::{column, floats};
    use crate::table::Role;

    fn table(columns: &[&[Value]]) -> Table {
        let columns: Vec<_> =
            columns.iter().map(|cells| column("n", Role::Measure, cells.to_vec())).collect();
        let rows_before_limit = columns[0].cells.len();
        Table { columns, totals: None, rows_before_limit }
    }

    #[test]
    fn bars_reach_around_a_number_or_between_two() {
        let mut around = floats(&[2.0, -3.0, 1.0]);
        around[2] = Value::Null;
        let numbers = table(&[&floats(&[10.0, 20.0, 30.0]), &around]);
        let overlays = |error| Overlays { error: Some(error), ..Overlays::default() };
        let found = bounds(&overlays(ErrorBars::Around(1)), &numbers, 0).unwrap();
        assert_eq!(found, [Some((8.0, 12.0)), Some((17.0, 23.0)), None]);
        let numbers = table(&[&floats(&[10.0, 20.0]), &floats(&[9.0, 25.0]), &floats(&[11.0, 15.0])]);
        let found = bounds(&overlays(ErrorBars::Between { low: 1, high: 2 }), &numbers, 0).unwrap();
        assert_eq!(found, [Some((9.0, 11.0)), Some((15.0, 25.0))], "ends may come in any order");
        assert_eq!(bounds(&Overlays::default(), &numbers, 0), None);
    }
}
