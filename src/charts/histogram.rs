//! How often numbers fall into ranges of equal width with round edges.

use plotters_backend::DrawingBackend;

use super::hotspot::{Detail, Hotspot};
use super::labels::clean;
use super::pen::{Align, Area, Pen};
use super::plane::{Parts, Plane};
use super::plot::{ValueAxis, most_ticks};
use super::quartiles::quantile;
use super::theme::Role;
use super::ticks::Scale;
use super::{Chart, ChartError, nothing, words};
use crate::format::{NumberFormat, NumberStyle};
use crate::table::{Role as ColumnRole, Value};

/// How many ranges there are when nobody asks for a number of them.
const USUAL: std::ops::RangeInclusive<usize> = 5..=30;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    chart: &Chart,
    bins: Option<usize>,
) -> Result<Vec<Hotspot>, ChartError> {
    let locale = pen.style.locale;
    let Some(measured) = chart.table.columns.get(chart.x) else { return Ok(Vec::new()) };
    let weight = chart.y.first().and_then(|index| chart.table.columns.get(*index));
    let held = |value: &Value| value.as_f64().map(|value| value.clamp(-1e300, 1e300));
    // A row counts as one, or as much as its measure says.
    let rows: Vec<(f64, f64)> = measured
        .cells
        .iter()
        .enumerate()
        .filter_map(|(row, value)| {
            let weight = match weight {
                Some(column) => held(column.cells.get(row)?)?,
                None => 1.0,
            };
            Some((held(value)?, weight))
        })
        .collect();
    if rows.is_empty() {
        return nothing(pen);
    }
    let mut numbers: Vec<f64> = rows.iter().map(|(number, _)| *number).collect();
    numbers.sort_by(f64::total_cmp);
    let edges = Scale::bins(&numbers, bins.unwrap_or_else(|| usual_bins(&numbers)));
    let heights = heights(&rows, &edges.ticks);
    // What was counted: the members that the rows stand for.
    let counted = chart.table.columns.iter().find(|column| column.role == ColumnRole::Dimension);
    let y_title = match (weight, counted) {
        (Some(column), _) => clean(&column.title),
        (None, Some(column)) => words::count_of(&clean(&column.title), locale),
        (None, None) => words::observations(locale).to_owned(),
    };
    let format = weight.map_or_else(NumberFormat::default, |column| column.format.clone());
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.92);
    let mut scale = Scale::over(heights.iter().copied(), true, most_ticks(pen.surface().height() * 0.8));
    if weight.is_none() {
        // Nobody counts half a store.
        scale.ticks.retain(|tick| (tick - tick.round()).abs() < 1e-9);
    }
    let plane = Plane::draw(
        pen,
        Parts {
            x: |most| thinned(&edges, most),
            x_format: &measured.format,
            x_title: &clean(&measured.title),
            y: ValueAxis { scale, format: format.clone() },
            y_title: &y_title,
            remark: "",
            foot: "",
            legend: Vec::new(),
            upright_grid: false,
            right_margin: 0.0,
            top_margin: font.size * 0.6,
        },
    )?;
    let bars: Vec<(Area, f64, (f64, f64))> = edges
        .ticks
        .windows(2)
        .zip(&heights)
        .filter_map(|(pair, height)| {
            let &[from, to] = pair else { return None };
            let (left, right) = (plane.x(from), plane.x(to));
            let gap = ((right - left) * 0.06).min(0.8) / 2.0;
            let (zero, end) = (plane.y(0.0), plane.y(*height));
            Some((Area::new(left + gap, end.min(zero), right - gap, end.max(zero)), *height, (from, to)))
        })
        .collect();
    for (area, ..) in &bars {
        pen.rect(*area, Role::Series(0))?;
    }
    let zero = plane.y(0.0);
    pen.line(&[(plane.area.left, zero), (plane.area.right, zero)], Role::Axis, 0.8)?;
    if chart.labels != Some(false) {
        let texts: Vec<String> =
            heights.iter().map(|height| format.write(*height, NumberStyle::Mark, locale)).collect();
        let room = bars.first().map_or(0.0, |(area, ..)| area.width()) - 1.0;
        if pen.widest(texts.iter().map(String::as_str), font)? <= room {
            for ((area, height, _), text) in
                bars.iter().zip(&texts).filter(|((_, height, _), _)| *height != 0.0)
            {
                let y =
                    if *height < 0.0 { area.bottom + font.size * 0.8 } else { area.top - font.size * 0.8 };
                pen.text(text, (area.center().0, y), Align::Center, font)?;
            }
        }
    }
    let whole: f64 = heights.iter().map(|height| height / heights.len() as f64).sum();
    let percent = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
    Ok(bars
        .iter()
        .map(|(area, height, (from, to))| {
            let write = |number: f64| measured.format.write(number, NumberStyle::Full, locale);
            let share = percent.write(
                height / heights.len() as f64 / if whole > 0.0 { whole } else { f64::NAN },
                NumberStyle::Full,
                locale,
            );
            let value = format!("{} ({share})", format.write(*height, NumberStyle::Full, locale));
            Hotspot {
                link: None,
                area: Area::new(area.left, plane.area.top, area.right, plane.area.bottom),
                title: format!("{} – {}", write(*from), write(*to)),
                details: vec![Detail { label: y_title.clone(), value, role: Some(Role::Series(0)) }],
            }
        })
        .collect())
}

/// The number of ranges after Freedman and Diaconis (1981); after Sturges where the middle half of the
/// numbers is all the same.
fn usual_bins(sorted: &[f64]) -> usize {
    let range = quantile(sorted, 1.0) - quantile(sorted, 0.0);
    let middle = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    let count = sorted.len().max(1) as f64;
    let bins = if middle > 0.0 && range.is_finite() {
        range / (2.0 * middle / count.cbrt())
    } else {
        count.log2() + 1.0
    };
    (bins.ceil().max(1.0) as usize).clamp(*USUAL.start(), *USUAL.end())
}

/// How much falls into each range: its lower edge belongs to it, the upper one to the next, but to the
/// last range belongs its upper edge too.
fn heights(rows: &[(f64, f64)], edges: &[f64]) -> Vec<f64> {
    let mut heights = vec![0.0; edges.len().saturating_sub(1)];
    for (number, weight) in rows {
        let after = edges.partition_point(|edge| edge <= number);
        let range = after.saturating_sub(1).min(heights.len().saturating_sub(1));
        if let Some(height) = heights.get_mut(range) {
            *height += weight;
        }
    }
    heights.into_iter().map(|height| height.clamp(-1e300, 1e300)).collect()
}

/// The scale over all ranges with about `most` of their edges as ticks, at multiples of their distance.
fn thinned(edges: &Scale, most: usize) -> Scale {
    let step = edges.ticks.len().div_ceil(most.max(1)).max(1);
    let width = (edges.high - edges.low) / edges.ticks.len().saturating_sub(1).max(1) as f64;
    // Zero, or what would be a multiple of the distance from it, is among the ticks.
    let number = (edges.low / width).round();
    let first = if number.abs() < 1e15 { (-number as i64).rem_euclid(step as i64) as usize } else { 0 };
    Scale { ticks: edges.ticks.iter().copied().skip(first).step_by(step).collect(), ..edges.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_belong_to_the_range_above_them_and_the_last_to_the_last() {
        let rows = [0.0, 9.9, 10.0, 19.9, 20.0].map(|number| (number, 1.0));
        assert_eq!(heights(&rows, &[0.0, 10.0, 20.0]), [2.0, 3.0]);
    }

    #[test]
    fn zero_stays_among_the_ticks_that_are_left() {
        let edges = Scale::bins(&[-50.0, 250.0], 7);
        assert_eq!(edges.ticks.len(), 7);
        assert_eq!(thinned(&edges, 4).ticks, [0.0, 100.0, 200.0]);
    }

    #[test]
    fn the_number_of_ranges_follows_the_spread() {
        let even: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(usual_bins(&even), 10);
        assert_eq!(usual_bins(&[3.0; 64]), 7);
        assert_eq!(usual_bins(&[]), 5);
    }
}
