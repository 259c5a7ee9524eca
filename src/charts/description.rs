//! A chart in words, for those who do not see it: what it is, over what, its extremes, where it went.

use super::{Chart, Kind};
use crate::format::{Locale, NegativeStyle, NumberStyle};
use crate::table::{Change, Column, Value};

/// So many measures are told of, and so many series are named.
const MOST_MEASURES: usize = 4;
const MOST_SERIES: usize = 8;
/// Longer names are cut, in characters.
const LONGEST_NAME: usize = 60;

/// What the chart shows, written from its data: its kind, the range of its axis, the series, and of
/// every measure the highest and lowest number with their members and, over time, the change from
/// the first to the last. One line of plain text; never empty.
pub fn description(chart: &Chart, locale: Locale) -> String {
    let mut sentences = vec![opening(chart, locale)];
    if let Some(axis) = axis(chart, locale) {
        sentences.push(axis);
    }
    if let Some(series) = series(chart, locale) {
        sentences.push(series);
    }
    let mut measures: Vec<usize> = Vec::new();
    for measure in chart.y.iter().chain(&chart.line) {
        if !measures.contains(measure) {
            measures.push(*measure);
        }
    }
    let told = measures.iter().take(MOST_MEASURES).filter_map(|measure| told(chart, *measure, locale));
    let before = sentences.len();
    sentences.extend(told);
    if sentences.len() == before {
        sentences.push(super::words::no_data(locale).to_owned());
    }
    sentences.extend(super::overlay::told(chart, locale));
    let (separator, stop) = match locale {
        Locale::Ko | Locale::En => (". ", "."),
        Locale::ZhHk => ("。", "。"),
    };
    sentences.join(separator) + stop
}

fn opening(chart: &Chart, locale: Locale) -> String {
    let columns = &chart.table.columns;
    let titles = chart.y.iter().chain(&chart.line).filter_map(|measure| columns.get(*measure));
    let mut titles: Vec<String> = titles.map(|column| short(&column.title)).collect();
    titles.dedup();
    let kind = kind(&chart.kind, locale);
    match locale {
        Locale::Ko | Locale::En => format!("{kind}: {}", titles.join(", ")),
        Locale::ZhHk => format!("{kind}：{}", titles.join("、")),
    }
}

fn kind(kind: &Kind, locale: Locale) -> &'static str {
    let [korean, english, chinese] = match kind {
        Kind::Line => ["선 그래프", "Line chart", "折線圖"],
        Kind::Area(_) => ["영역 그래프", "Area chart", "面積圖"],
        Kind::Bar { horizontal: false, .. } => ["세로 막대 그래프", "Column chart", "柱形圖"],
        Kind::Bar { horizontal: true, .. } => ["가로 막대 그래프", "Bar chart", "橫條圖"],
        Kind::Donut => ["도넛 그래프", "Donut chart", "環形圖"],
        Kind::Combo => ["막대와 선 그래프", "Column and line chart", "柱形折線組合圖"],
        Kind::Heatmap => ["히트맵", "Heat map", "熱力圖"],
        Kind::Waterfall(_) => ["폭포 그래프", "Waterfall chart", "瀑布圖"],
        Kind::Scatter { .. } => ["산점도", "Scatter plot", "散點圖"],
        Kind::Histogram { .. } => ["히스토그램", "Histogram", "直方圖"],
        Kind::Box => ["상자 그림", "Box plot", "箱形圖"],
        Kind::Pareto => ["파레토 그래프", "Pareto chart", "柏拉圖"],
        Kind::Bullet(_) => ["불릿 그래프", "Bullet chart", "子彈圖"],
        Kind::Gauge { .. } => ["게이지", "Gauge", "儀表圖"],
        Kind::Funnel => ["깔때기 그래프", "Funnel chart", "漏斗圖"],
        Kind::Treemap => ["트리맵", "Treemap", "矩形樹圖"],
        Kind::Slope => ["기울기 그래프", "Slope chart", "斜率圖"],
        Kind::Calendar => ["달력 히트맵", "Calendar heat map", "日曆熱力圖"],
    };
    match locale {
        Locale::Ko => korean,
        Locale::En => english,
        Locale::ZhHk => chinese,
    }
}

/// The members along the axis: how many, from which to which.
fn axis(chart: &Chart, locale: Locale) -> Option<String> {
    let column = chart.table.columns.get(chart.x)?;
    let members = distinct(column);
    let (first, last) = (members.first()?, members.last()?);
    let (first, last) = (member(column, first, locale), member(column, last, locale));
    let (title, count) = (short(&column.title), members.len());
    Some(match (locale, count) {
        (_, 1) => format!("{title} {first}"),
        (Locale::Ko, _) => format!("{title} {first}부터 {last}까지 {count}개"),
        (Locale::En, _) => format!("{title}: {count}, from {first} to {last}"),
        (Locale::ZhHk, _) => format!("{title} 由 {first} 至 {last}，共 {count} 項"),
    })
}

fn series(chart: &Chart, locale: Locale) -> Option<String> {
    let column = chart.table.columns.get(chart.by?)?;
    let members = distinct(column);
    let mut names: Vec<String> =
        members.iter().take(MOST_SERIES).map(|value| member(column, value, locale)).collect();
    if let Some(more) = members.len().checked_sub(MOST_SERIES).filter(|more| *more > 0) {
        names.push(super::words::more(more, locale));
    }
    let title = short(&column.title);
    Some(match locale {
        Locale::Ko => format!("{title}별: {}", names.join(", ")),
        Locale::En => format!("By {title}: {}", names.join(", ")),
        Locale::ZhHk => format!("按{title}：{}", names.join("、")),
    })
}

/// The extremes of a measure, and its way over time when it has one; `None` without numbers.
fn told(chart: &Chart, measure: usize, locale: Locale) -> Option<String> {
    let column = chart.table.columns.get(measure)?;
    let numbers = || {
        let cells = column.cells.iter().enumerate();
        cells.filter_map(|(row, value)| value.as_f64().map(|number| (row, number)))
    };
    let highest = numbers().reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let lowest = numbers().reduce(|best, next| if next.1 < best.1 { next } else { best })?;
    let title = short(&column.title);
    let told = |row: usize| {
        let number = column.text(chart.table.cell(row, measure), NumberStyle::Full, locale);
        format!("{number} ({})", place(chart, row, locale))
    };
    let (high, low) = (told(highest.0), told(lowest.0));
    let is_flat = highest.0 == lowest.0 || (highest.1 - lowest.1).abs() <= f64::EPSILON * highest.1.abs();
    let extremes = match (locale, is_flat) {
        (Locale::Ko | Locale::En, true) => format!("{title}: {high}"),
        (Locale::ZhHk, true) => format!("{title}：{high}"),
        (Locale::Ko, false) => format!("{title} 최고 {high}, 최저 {low}"),
        (Locale::En, false) => format!("{title}: highest {high}, lowest {low}"),
        (Locale::ZhHk, false) => format!("{title} 最高 {high}，最低 {low}"),
    };
    Some(match way(chart, column, locale) {
        Some(way) => format!("{extremes}{}{way}", if locale == Locale::ZhHk { "，" } else { ", " }),
        None => extremes,
    })
}

/// From the first to the last number of a single series over time.
fn way(chart: &Chart, column: &Column, locale: Locale) -> Option<String> {
    let axis = chart.table.columns.get(chart.x)?;
    let is_time = axis.grain.is_some() || axis.cells.iter().any(|cell| cell.as_date().is_some());
    if chart.by.is_some() || !is_time {
        return None;
    }
    let mut numbers = column.cells.iter().filter(|cell| cell.as_f64().is_some());
    let (first, last) = (numbers.next()?, numbers.next_back()?);
    let change = Change::between(last, first, &column.format)?.text(NegativeStyle::Minus, locale);
    let text = |value: &Value| column.text(value, NumberStyle::Full, locale);
    let (first, last) = (text(first), text(last));
    Some(match locale {
        Locale::Ko => format!("처음 {first}, 마지막 {last} ({change})"),
        Locale::En => format!("from {first} at first to {last} at last ({change})"),
        Locale::ZhHk => format!("由最初 {first} 至最後 {last}，{change}"),
    })
}

/// The members a row stands for.
fn place(chart: &Chart, row: usize, locale: Locale) -> String {
    let columns = [Some(chart.x), chart.by].into_iter().flatten();
    let names = columns.filter_map(|index| {
        let column = chart.table.columns.get(index)?;
        Some(member(column, column.cells.get(row)?, locale))
    });
    names.collect::<Vec<_>>().join(", ")
}

fn member(column: &Column, value: &Value, locale: Locale) -> String {
    short(&column.text(value, NumberStyle::Full, locale))
}

/// The different members of a column, in the order they come.
fn distinct(column: &Column) -> Vec<&Value> {
    let mut seen = std::collections::HashSet::new();
    column.cells.iter().filter(|value| seen.insert(format!("{value:?}"))).collect()
}

/// A name as one line that can be listened to.
pub(super) fn short(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    if clean.chars().count() <= LONGEST_NAME {
        return clean.to_owned();
    }
    clean.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples::{column, floats, months, plain, split, texts, time, won};
    use super::*;
    use crate::format::Grain;
    use crate::table::Role;

    #[test]
    fn a_line_over_time_tells_its_range_extremes_and_way() {
        let chart = plain(
            Kind::Line,
            vec![time("월", Grain::Month, months(3)), won("매출", floats(&[100.0, 80.0, 150.0]))],
        );
        assert_eq!(
            description(&chart, Locale::Ko),
            "선 그래프: 매출. 월 2024년 7월부터 2024년 9월까지 3개. 매출 최고 ₩150 (2024년 9월), \
             최저 ₩80 (2024년 8월), 처음 ₩100, 마지막 ₩150 (+50.0%)."
        );
        assert!(description(&chart, Locale::En).contains("from ₩100 at first to ₩150 at last (+50.0%)"));
        assert!(description(&chart, Locale::ZhHk).starts_with("折線圖：매출。"));
    }

    #[test]
    fn series_are_named_and_extremes_say_whose_they_are() {
        let columns = vec![
            column("매장", Role::Dimension, texts(&["강남", "강남", "홍콩", "홍콩"])),
            column("분류", Role::Dimension, texts(&["신발", "가방", "신발", "가방"])),
            won("매출", floats(&[5.0, -2.0, 9.0, f64::NAN])),
        ];
        let text = description(&split(Kind::Donut, columns), Locale::En);
        assert_eq!(
            text,
            "Donut chart: 매출. 매장: 2, from 강남 to 홍콩. By 분류: 신발, 가방. \
             매출: highest ₩9 (홍콩, 신발), lowest −₩2 (강남, 가방)."
        );
    }

    #[test]
    fn nothing_one_row_all_equal_and_hostile_names_are_told_as_well() {
        let empty = plain(Kind::Line, vec![column("a", Role::Dimension, vec![]), won("b", vec![])]);
        assert_eq!(description(&empty, Locale::En), "Line chart: b. No data to show.");
        let nulls =
            plain(Kind::Line, vec![column("a", Role::Dimension, texts(&["x"])), won("b", vec![Value::Null])]);
        assert_eq!(description(&nulls, Locale::En), "Line chart: b. a x. No data to show.");
        let one =
            plain(Kind::Heatmap, vec![column("a", Role::Dimension, texts(&["x"])), won("b", floats(&[3.0]))]);
        assert_eq!(description(&one, Locale::Ko), "히트맵: b. a x. b: ₩3 (x).");
        let long = "가\u{0}\n나".repeat(5_000);
        let names: Vec<&str> = std::iter::repeat_n(long.as_str(), 3).collect();
        let chart = plain(
            Kind::Donut,
            vec![column(&long, Role::Dimension, texts(&names)), won(&long, floats(&[1.0, 1.0, 1.0]))],
        );
        let text = description(&chart, Locale::Ko);
        assert!(text.chars().count() < 600 && !text.contains(char::is_control), "{text}");
        let broken = Chart { x: 9, y: vec![7], by: Some(8), ..chart };
        assert!(!description(&broken, Locale::ZhHk).is_empty());
    }
}
