//! Steps from one total to another: what was added, what was taken away, and where it led.

use plotters_backend::DrawingBackend;

use super::bar::Lanes;
use super::hotspot::{Detail, Hotspot, together};
use super::legend::{Entry, Symbol};
use super::overlay::{Placed, PlacedEvents};
use super::pen::{Area, Pen};
use super::plot::{Parts, Placing, Plot, ValueAxis, most_ticks};
use super::series::{Category, Data, Series, Span};
use super::theme::Role;
use super::ticks::Scale;
use super::{ChartError, Waterfall, words};
use crate::format::{DateFormat, NumberStyle, write_timestamp};

/// Blue and orange stay apart for colour-blind readers, which green and red do not.
const UP: Role = Role::Series(0);
const DOWN: Role = Role::Series(1);
const LEVEL: Role = Role::Series(9);

/// Beyond this many bars no numbers are written.
const MOST_LABELS: usize = 60;

/// A bar of the waterfall.
struct Bar {
    link: Option<String>,
    name: String,
    /// What the axis calls it.
    label: String,
    from: f64,
    to: f64,
    /// Whether it stands on zero.
    is_level: bool,
    /// The number of the table, as it is written there.
    exact: Option<String>,
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    steps: &Waterfall,
    labels: Option<bool>,
) -> Result<Vec<Hotspot>, ChartError> {
    let Some(series) = data.series.first() else { return Ok(Vec::new()) };
    let bars = bars(data, series, steps);
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.92);
    let with_labels = labels != Some(false) && bars.len() <= MOST_LABELS;
    let most = most_ticks(pen.surface().height());
    let broken = broken_at(&bars);
    let scale = match broken {
        Some(low) => Scale::over(bars.iter().map(|bar| bar.to).chain([low]), false, most),
        None => Scale::over(bars.iter().flat_map(|bar| [bar.from, bar.to]), true, most),
    };
    let places = Data {
        locale: data.locale,
        grain: None,
        is_time: false,
        categories: bars
            .iter()
            .map(|bar| Category { text: bar.label.clone(), instant: None, is_others: false })
            .collect(),
        series: Vec::new(),
        shared: None,
        overlay: Placed::default(),
        events: PlacedEvents::default(),
        links: &[],
    };
    let falls = bars.iter().any(|bar| bar.to < bar.from || bar.to < 0.0);
    let plot = Plot::draw(
        pen,
        &places,
        Parts {
            left: ValueAxis { scale, format: series.format.clone() },
            right: None,
            placing: Placing::Bands,
            legend: legend(&bars, data),
            right_margin: 0.0,
            top_margin: if with_labels { font.size * 1.5 } else { 0.0 },
            bottom_margin: if with_labels && falls { font.size * 1.4 } else { 0.0 },
        },
    )?;
    let lanes = Lanes::new(plot.band(), 1);
    let place = |index: usize, bar: &Bar| {
        let (left, right) = lanes.sides(plot.x(index), 0);
        let (from, to) = (plot.y(bar.from), plot.y(bar.to));
        // A step of nothing is a thin line, not a hole.
        let half = if (from - to).abs() < 0.8 { 0.4 } else { 0.0 };
        Area::new(left, from.min(to) - half, right, from.max(to) + half)
    };
    for (index, pair) in bars.windows(2).enumerate() {
        let [bar, next] = pair else { continue };
        let (this, that) = (place(index, bar), place(index + 1, next));
        let y = plot.y(bar.to);
        if that.left - this.right > 0.5 {
            pen.line(&[(this.right, y), (that.left, y)], Role::Previous, 0.7)?;
        }
    }
    for (index, bar) in bars.iter().enumerate() {
        let area = place(index, bar);
        let radius = if area.width() > 4.0 { (area.width() * 0.1).min(1.6) } else { 0.0 };
        pen.round_rect(area, if area.height() > 2.0 * radius { radius } else { 0.0 }, role(bar))?;
    }
    plot.base_line(pen)?;
    if broken.is_some() {
        let reach = bars.iter().enumerate().filter(|(_, bar)| bar.from == 0.0);
        for (index, bar) in reach {
            break_mark(pen, place(index, bar))?;
        }
    }
    if with_labels {
        numbers(pen, &plot, data, series, &bars, place, labels == Some(true))?;
    }
    Ok(hotspots(&plot, &bars, data, series))
}

/// Where the axis begins if not at zero: steps that are small beside the level they start from would
/// be hairlines otherwise. The bars that stand on zero then carry a mark that they are cut.
fn broken_at(bars: &[Bar]) -> Option<f64> {
    let low = bars.iter().map(|bar| bar.to).fold(f64::INFINITY, f64::min);
    let high = bars.iter().map(|bar| bar.to).fold(f64::NEG_INFINITY, f64::max);
    let span = high - low;
    (bars.len() > 2 && low > 0.0 && span > 0.0 && span < 0.2 * high).then_some(low - 0.9 * span)
}

/// Two slanting gaps near the foot of a bar.
fn break_mark<DB: DrawingBackend>(pen: &Pen<'_, DB>, bar: Area) -> Result<(), ChartError> {
    let rise = (bar.width() * 0.12).min(4.0);
    let foot = bar.bottom - (bar.height() * 0.3).min(12.0);
    for y in [foot, foot - 3.6] {
        pen.line(&[(bar.left - 2.0, y + rise / 2.0), (bar.right + 2.0, y - rise / 2.0)], Role::Surface, 1.5)?;
    }
    Ok(())
}

fn role(bar: &Bar) -> Role {
    if bar.is_level {
        LEVEL
    } else if bar.to < bar.from {
        DOWN
    } else {
        UP
    }
}

/// The bars in their order. With a comparison they lead from the period before to this one.
fn bars(data: &Data<'_>, series: &Series<'_>, steps: &Waterfall) -> Vec<Bar> {
    let previous = data.series.iter().find(|series| series.is_previous);
    let mut level = 0.0_f64;
    let mut bars = Vec::new();
    let whole = |name: String, to: f64| Bar {
        link: None,
        label: name.clone(),
        name,
        from: 0.0,
        to,
        is_level: true,
        exact: Some(series.write(to, NumberStyle::Full, data.locale)),
    };
    let count = data.categories.len();
    if let Some(previous) = previous {
        level = (0..count).filter_map(|index| previous.held_value(index)).sum::<f64>().clamp(-1e300, 1e300);
        bars.push(whole(previous.name.clone(), level));
    }
    for (index, category) in data.categories.iter().enumerate() {
        let before = previous.map(|previous| previous.held_value(index));
        let number = match (series.held_value(index), before) {
            (None, None | Some(None)) => continue,
            // A member that is new, or gone, changes by all of it.
            (now, Some(before)) => now.unwrap_or(0.0) - before.unwrap_or(0.0),
            (Some(now), None) => now,
        };
        let is_level = previous.is_none() && steps.totals.contains(&index);
        let from = if is_level { 0.0 } else { level };
        let to = (from + number).clamp(-1e300, 1e300);
        level = to;
        let exact =
            if previous.is_some() { None } else { series.text(index, NumberStyle::Full, data.locale) };
        let label = category.instant.map_or_else(
            || category.text.clone(),
            |instant| write_timestamp(instant, data.grain, DateFormat::Axis, data.locale),
        );
        let link = data.link_over(Span { first: index, last: index });
        bars.push(Bar { link, name: category.text.clone(), label, from, to, is_level, exact });
    }
    if previous.is_some() {
        bars.push(whole(series.name.clone(), level));
    } else if steps.closes && bars.last().is_some_and(|bar| !bar.is_level) {
        bars.push(whole(words::total(data.locale).to_owned(), level));
    }
    bars
}

fn legend(bars: &[Bar], data: &Data<'_>) -> Vec<Entry> {
    let entry = |name: &str, role| Entry { name: name.to_owned(), role, symbol: Symbol::Square };
    [
        (UP, words::increase(data.locale)),
        (DOWN, words::decrease(data.locale)),
        (LEVEL, words::total(data.locale)),
    ]
    .into_iter()
    .filter(|(wanted, _)| bars.iter().any(|bar| role(bar) == *wanted))
    .map(|(role, name)| entry(name, role))
    .collect()
}

/// The size of a step with its sign; a level as it is.
fn text(bar: &Bar, series: &Series<'_>, data: &Data<'_>, style: NumberStyle) -> String {
    let number = bar.to - bar.from;
    let text = series.write(number, style, data.locale);
    if !bar.is_level && number > 0.0 { format!("+{text}") } else { text }
}

/// Numbers above what rises and below what falls, on all bars or on none unless they were asked for.
fn numbers<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    data: &Data<'_>,
    series: &Series<'_>,
    bars: &[Bar],
    place: impl Fn(usize, &Bar) -> Area,
    always: bool,
) -> Result<(), ChartError> {
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.92);
    let room = plot.band() - font.size * 0.2;
    let texts: Vec<String> = bars.iter().map(|bar| text(bar, series, data, NumberStyle::Mark)).collect();
    let fits = pen.widest(texts.iter().map(String::as_str), font)? <= room;
    if !fits && !always {
        return Ok(());
    }
    for (index, (bar, text)) in bars.iter().zip(&texts).enumerate() {
        if !fits && pen.width(text, font)? > room {
            continue;
        }
        let area = place(index, bar);
        let below = bar.to < bar.from;
        let y = if below { area.bottom + 0.8 * font.size } else { area.top - 0.8 * font.size };
        let font = if bar.is_level { font.bold() } else { font };
        plot.number(pen, text, (area.center().0, y), font)?;
    }
    Ok(())
}

fn hotspots(plot: &Plot, bars: &[Bar], data: &Data<'_>, series: &Series<'_>) -> Vec<Hotspot> {
    // Bars thinner than a finger tip share a hotspot, which tells of the last of them.
    let together = together(plot.band());
    bars.chunks(together)
        .enumerate()
        .filter_map(|(chunk, bars)| {
            let (first, bar) = (bars.first()?, bars.last()?);
            let exact = match (&bar.exact, bar.is_level) {
                (Some(exact), true) => exact.clone(),
                (Some(exact), false) if bar.to <= bar.from => exact.clone(),
                (Some(exact), false) => format!("+{exact}"),
                (None, _) => text(bar, series, data, NumberStyle::Full),
            };
            let mut details =
                vec![Detail { label: series.name.clone(), value: exact, role: Some(role(bar)) }];
            if !bar.is_level {
                let value = series.write(bar.to, NumberStyle::Full, data.locale);
                details.push(Detail {
                    label: words::running_total(data.locale).to_owned(),
                    value,
                    role: None,
                });
            }
            let place = chunk * together;
            let title =
                if bars.len() > 1 { format!("{} … {}", first.name, bar.name) } else { bar.name.clone() };
            let link = bar.link.clone().filter(|_| bars.len() == 1);
            Some(Hotspot { area: plot.stripe(place, place + bars.len() - 1), title, details, link })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(from: f64, to: f64) -> Bar {
        let is_level = from == 0.0;
        Bar { link: None, name: String::new(), label: String::new(), from, to, is_level, exact: None }
    }

    #[test]
    fn the_axis_is_broken_only_where_steps_would_be_hairlines() {
        let small = [bar(0.0, 1000.0), bar(1000.0, 1020.0), bar(1020.0, 990.0), bar(0.0, 990.0)];
        assert_eq!(broken_at(&small), Some(990.0 - 27.0));
        let large = [bar(0.0, 1000.0), bar(1000.0, 400.0), bar(0.0, 400.0)];
        assert_eq!(broken_at(&large), None);
        let below = [bar(0.0, -10.0), bar(-10.0, -11.0), bar(0.0, -11.0)];
        assert_eq!(broken_at(&below), None);
    }
}
