//! Bars from large to small, and which share of the whole they make together.

use plotters_backend::DrawingBackend;

use super::bar::Lanes;
use super::hotspot::{Detail, Hotspot, together};
use super::labels::fitted;
use super::legend::{Entry, Symbol};
use super::line::crosses;
use super::pen::{Align, Area, Pen};
use super::plot::{Parts, Placing, Plot, ValueAxis};
use super::series::{Category, Data, Span};
use super::theme::Role;
use super::ticks::Scale;
use super::{Chart, ChartError, nothing, words};
use crate::format::{NumberFormat, NumberStyle};

/// The share that the vital few make together.
const VITAL: f64 = 0.8;

const FEW: Role = Role::Series(0);
const MANY: Role = Role::Heat(3);
const LINE: Role = Role::Series(1);

/// A bar with the share of the whole that it and all before it make.
struct Bar<'a> {
    category: &'a Category,
    /// Its place in the table.
    index: usize,
    value: f64,
    share: f64,
    /// Whether those before it fall short of the vital share.
    is_vital: bool,
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    chart: &Chart,
) -> Result<Vec<Hotspot>, ChartError> {
    let Some(series) = data.series.first() else { return Ok(Vec::new()) };
    let locale = data.locale;
    // The whole is the engine's, so that members that were left out count in it.
    let whole = chart.y.first().and_then(|index| chart.table.totals.as_ref()?.get(*index)?.as_f64());
    let (bars, negative) = bars(data, whole);
    if bars.is_empty() {
        return nothing(pen);
    }
    let font = pen.font();
    let places = Data {
        locale,
        grain: data.grain,
        is_time: false,
        categories: bars
            .iter()
            .map(|bar| Category { text: bar.category.text.clone(), instant: None, is_others: false })
            .collect(),
        series: Vec::new(),
        shared: None,
        overlay: data.overlay.clone(),
        events: super::overlay::PlacedEvents::default(),
        links: &[],
    };
    let intervals = match pen.surface().height() {
        ..90.0 => 2,
        90.0..170.0 => 4,
        _ => 5,
    };
    let ticks = (0..=intervals).map(|tick| f64::from(tick) / f64::from(intervals)).collect();
    let shares = Scale { low: 0.0, high: 1.0, ticks };
    let left = Scale::beside(&shares, bars.iter().map(|bar| bar.value).chain(data.overlay.reach()));
    let percent = NumberFormat { percent: true, ..NumberFormat::default() };
    let entry = |name: String, role, symbol| Entry { name, role, symbol };
    let plot = Plot::draw(
        pen,
        &places,
        Parts {
            left: ValueAxis { scale: left, format: series.format.clone() },
            right: Some(ValueAxis { scale: shares, format: percent.clone() }),
            placing: Placing::Bands,
            legend: vec![
                entry(words::on_the_left(&series.name, locale), FEW, Symbol::Square),
                entry(words::on_the_right(words::cumulative_share(locale), locale), LINE, Symbol::Line),
            ],
            right_margin: 0.0,
            top_margin: 0.0,
            bottom_margin: 0.0,
        },
    )?;
    let lanes = Lanes::new(plot.band(), 1);
    for (place, bar) in bars.iter().enumerate() {
        let (from, to) = lanes.sides(plot.x(place), 0);
        let area = Area::new(from, plot.y(bar.value), to, plot.zero());
        let role = if bar.category.is_others {
            Role::Others
        } else if bar.is_vital {
            FEW
        } else {
            MANY
        };
        let radius =
            if area.height() > 3.0 && area.width() > 3.0 { (area.width() * 0.16).min(2.4) } else { 0.0 };
        pen.rounded(area, [radius, radius, 0.0, 0.0], role)?;
    }
    plot.base_line(pen)?;
    let vital = plot.y_right(VITAL);
    pen.dashed(&[(plot.area.left, vital), (plot.area.right, vital)], Role::Muted, 0.8, (3.0, 2.4))?;
    let line: Vec<_> =
        bars.iter().enumerate().map(|(place, bar)| (plot.x(place), plot.y_right(bar.share))).collect();
    pen.line(&line, LINE, 1.6)?;
    if line.len() <= 40 {
        for point in &line {
            pen.ringed_dot(*point, 1.9, LINE)?;
        }
    }
    if negative > 0 {
        let text = words::negatives_left_out(negative, locale);
        let text = fitted(pen, &text, plot.area.width() * 0.5, font)?;
        let at = (plot.area.right - font.size * 0.4, plot.area.bottom - font.size);
        plot.number(pen, &text, (at.0 - pen.width(&text, font)? / 2.0, at.1), font)?;
    }
    plot.draw_overlays(pen, &places)?;
    if chart.labels != Some(false) {
        numbers(pen, &plot, data, &bars, &lanes, &line, chart.labels == Some(true))?;
    }
    // Bars thinner than a finger tip share a hotspot, which tells of the last of them.
    let together = together(plot.band());
    Ok(bars
        .chunks(together)
        .enumerate()
        .filter_map(|(chunk, bars)| {
            let (first, bar) = (bars.first()?, bars.last()?);
            let place = chunk * together;
            let (first, last) = (&first.category.text, &bar.category.text);
            let title = if bars.len() > 1 { format!("{first} … {last}") } else { last.clone() };
            let exact = series.text(bar.index, NumberStyle::Full, locale).unwrap_or_default();
            let one = NumberFormat { decimals: Some(1), ..percent.clone() };
            let share = one.write(bar.share, NumberStyle::Full, locale);
            let label = words::cumulative_share(locale).to_owned();
            let link = data.link_over(Span { first: bar.index, last: bar.index });
            Some(Hotspot {
                link: link.filter(|_| bars.len() == 1),
                area: plot.stripe(place, place + bars.len() - 1),
                title,
                details: vec![
                    Detail { label: series.name.clone(), value: exact, role: Some(FEW) },
                    Detail { label, value: share, role: Some(LINE) },
                ],
            })
        })
        .collect())
}

/// The bars from large to small, "others" last, and how many negative numbers have none.
fn bars<'a>(data: &'a Data<'_>, whole: Option<f64>) -> (Vec<Bar<'a>>, usize) {
    let Some(series) = data.series.first() else { return (Vec::new(), 0) };
    let mut bars: Vec<Bar<'_>> = data
        .categories
        .iter()
        .enumerate()
        .filter_map(|(index, category)| {
            let value = series.held_value(index)?;
            Some(Bar { category, index, value, share: 0.0, is_vital: false })
        })
        .collect();
    let all = bars.len();
    bars.retain(|bar| bar.value >= 0.0);
    let negative = all - bars.len();
    bars.sort_by(|a, b| (a.category.is_others.cmp(&b.category.is_others)).then(b.value.total_cmp(&a.value)));
    let shown: f64 = bars.iter().map(|bar| bar.value / bars.len().max(1) as f64).sum::<f64>();
    let shown = shown * bars.len() as f64;
    let whole = whole.filter(|whole| negative == 0 && *whole >= shown).unwrap_or(shown);
    let mut sum = 0.0;
    for bar in &mut bars {
        bar.is_vital = whole > 0.0 && sum / whole < VITAL;
        sum += bar.value;
        bar.share = if whole > 0.0 { (sum / whole).min(1.0) } else { 0.0 };
    }
    (bars, negative)
}

/// Numbers above the bars, wherever the line does not run through them.
fn numbers<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    data: &Data<'_>,
    bars: &[Bar<'_>],
    lanes: &Lanes,
    line: &[(f64, f64)],
    always: bool,
) -> Result<(), ChartError> {
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.9);
    let Some(series) = data.series.first() else { return Ok(()) };
    let texts: Vec<String> = bars
        .iter()
        .map(|bar| series.text(bar.index, NumberStyle::Mark, data.locale).unwrap_or_default())
        .collect();
    let room = plot.band() - font.size * 0.3;
    if bars.len() > 60 || (!always && pen.widest(texts.iter().map(String::as_str), font)? > room) {
        return Ok(());
    }
    for (place, (bar, text)) in bars.iter().zip(&texts).enumerate() {
        let (left, right) = lanes.sides(plot.x(place), 0);
        let half = pen.width(text, font)? / 2.0;
        let (middle, top) = (f64::midpoint(left, right), plot.y(bar.value));
        let vital = plot.y_right(VITAL);
        let vital = [(plot.area.left, vital), (plot.area.right, vital)];
        let crosses = |area: &Area| crosses(line, area) || crosses(&vital, area);
        let spot = |y: f64| Area::new(middle - half, y - font.size * 0.6, middle + half, y + font.size * 0.6);
        let above = spot(top - font.size * 0.85);
        if half * 2.0 > room || above.top < plot.area.top - font.size || crosses(&above) {
            // Inside the bar, where it is high and wide enough.
            let inside = spot(top + font.size * 0.95);
            let role = if bar.category.is_others {
                Role::Others
            } else if bar.is_vital {
                FEW
            } else {
                MANY
            };
            if half * 2.0 <= right - left - 1.0 && inside.bottom < plot.zero() && !crosses(&inside) {
                pen.text(text, inside.center(), Align::Center, font.role(pen.ink_on(role)))?;
            }
            continue;
        }
        plot.number(pen, text, above.center(), font)?;
    }
    Ok(())
}
