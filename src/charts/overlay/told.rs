//! Overlays in words, for those who do not see the chart.

use super::{ErrorBars, Event, Level, Overlays, ReferenceLine, ShadedRange};
use crate::charts::description::short;
use crate::charts::{Chart, Kind, words};
use crate::format::{DateFormat, Grain, Locale, NumberFormat, NumberStyle, write_date};

/// So many events are named; the rest is counted.
const MOST_EVENTS: usize = 12;

/// One sentence per kind of overlay that the chart has.
pub(in crate::charts) fn told(chart: &Chart, locale: Locale) -> Vec<String> {
    let overlays = &chart.overlays;
    let mut sentences = Vec::new();
    let lines: Vec<String> = overlays.lines.iter().map(|at| line(chart, at, locale)).collect();
    sentences.extend(listed(["기준선", "Reference lines", "參考線"], &lines, locale));
    let ranges: Vec<String> = overlays.ranges.iter().map(|at| range(chart, at, locale)).collect();
    sentences.extend(listed(["음영 구간", "Shaded ranges", "陰影範圍"], &ranges, locale));
    sentences.extend(trend(chart, locale));
    sentences.extend(error(overlays, chart, locale));
    sentences.extend(events(overlays, locale));
    sentences
}

fn listed(what: [&str; 3], items: &[String], locale: Locale) -> Option<String> {
    if items.is_empty() {
        return None;
    }
    let [korean, english, chinese] = what;
    Some(match locale {
        Locale::Ko => format!("{korean}: {}", items.join(", ")),
        Locale::En => format!("{english}: {}", items.join(", ")),
        Locale::ZhHk => format!("{chinese}：{}", items.join("、")),
    })
}

/// How numbers of the axis are written.
fn format(chart: &Chart, on_right: bool) -> NumberFormat {
    use crate::charts::Stacking::Percent;
    if matches!(chart.kind, Kind::Area(Percent) | Kind::Bar { stacking: Percent, .. }) {
        return NumberFormat { percent: true, ..NumberFormat::default() };
    }
    let measures = if on_right { &chart.line } else { &chart.y };
    let column = measures.first().and_then(|measure| chart.table.columns.get(*measure));
    column.map(|column| column.format.clone()).unwrap_or_default()
}

fn line(chart: &Chart, line: &ReferenceLine, locale: Locale) -> String {
    let own = || words::level(line.at, locale).to_owned();
    let name = line.label.as_deref().map_or_else(own, short);
    match line.at {
        Level::Value(number) => {
            let number = format(chart, line.on_right).write(number, NumberStyle::Full, locale);
            if name.is_empty() { number } else { format!("{name} {number}") }
        }
        // The statistic of what is drawn is named; its label may say something else.
        at if name != words::level(at, locale) => format!("{name} ({})", words::level(at, locale)),
        _ => name,
    }
}

fn range(chart: &Chart, range: &ShadedRange, locale: Locale) -> String {
    let format = format(chart, false);
    let write = |number: f64| format.write(number, NumberStyle::Full, locale);
    let ends = match (range.from.map(write), range.to.map(write), locale) {
        (Some(from), Some(to), _) => format!("{from} – {to}"),
        (Some(from), None, Locale::Ko) => format!("{from} 이상"),
        (Some(from), None, Locale::En) => format!("from {from}"),
        (Some(from), None, Locale::ZhHk) => format!("{from} 或以上"),
        (None, Some(to), Locale::Ko) => format!("{to} 이하"),
        (None, Some(to), Locale::En) => format!("up to {to}"),
        (None, Some(to), Locale::ZhHk) => format!("{to} 或以下"),
        (None, None, _) => String::new(),
    };
    match range.label.as_deref().map(short).filter(|label| !label.is_empty()) {
        Some(label) => format!("{label} {ends}"),
        None => ends,
    }
}

fn trend(chart: &Chart, locale: Locale) -> Option<String> {
    chart.overlays.trend.then(|| {
        let words = match locale {
            Locale::Ko => "선형 추세선 포함",
            Locale::En => "With a linear trend line",
            Locale::ZhHk => "附線性趨勢線",
        };
        words.to_owned()
    })
}

fn error(overlays: &Overlays, chart: &Chart, locale: Locale) -> Option<String> {
    let title = |column: usize| chart.table.columns.get(column).map(|column| short(&column.title));
    let measures = match overlays.error? {
        ErrorBars::Around(column) => format!("± {}", title(column)?),
        ErrorBars::Between { low, high } => format!("{} – {}", title(low)?, title(high)?),
    };
    listed(["오차 막대", "Error bars", "誤差線"], &[measures], locale)
}

fn events(overlays: &Overlays, locale: Locale) -> Option<String> {
    let events = overlays.events.as_ref()?;
    let told = |event: &Event| {
        let day = event.day.map(|day| write_date(day, Grain::Day, DateFormat::Full, locale));
        let place = || short(&event.at.text(&NumberFormat::default(), None, NumberStyle::Full, locale));
        format!("{} {}", day.unwrap_or_else(place), short(&event.text))
    };
    let mut named: Vec<String> = events.list.iter().take(MOST_EVENTS).map(told).collect();
    let rest = (events.list.len() + events.left_out).saturating_sub(MOST_EVENTS);
    if rest > 0 {
        named.push(words::more(rest, locale));
    }
    listed(["이벤트", "Events", "活動"], &named, locale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::samples::{column, floats, months, plain, texts, time, won};
    use crate::charts::{Dash, Events, Tone};
    use crate::table::{Role, Value};

    fn chart(overlays: Overlays) -> Chart {
        let columns = vec![
            time("월", Grain::Month, months(3)),
            won("매출", floats(&[100.0, 80.0, 150.0])),
            won("표준오차", floats(&[5.0, 5.0, 5.0])),
        ];
        Chart { overlays, y: vec![1], ..plain(Kind::Line, columns) }
    }

    #[test]
    fn what_is_drawn_over_the_marks_is_told_in_every_language() {
        let line = |at, label: Option<&str>| ReferenceLine {
            at,
            label: label.map(str::to_owned),
            tone: Tone::Ink,
            dash: Dash::Dashed,
            on_right: false,
        };
        let range =
            |from, to, label: &str| ShadedRange { from, to, label: Some(label.into()), tone: Tone::Good };
        let chart = chart(Overlays {
            lines: vec![line(Level::Value(120.0), Some("목표")), line(Level::Average, None)],
            ranges: vec![range(Some(90.0), Some(110.0), "정상"), range(None, Some(50.0), "경고")],
            trend: true,
            error: Some(ErrorBars::Around(2)),
            events: None,
        });
        assert_eq!(
            told(&chart, Locale::Ko),
            [
                "기준선: 목표 ₩120, 평균",
                "음영 구간: 정상 ₩90 – ₩110, 경고 ₩50 이하",
                "선형 추세선 포함",
                "오차 막대: ± 표준오차"
            ]
        );
        let english = crate::charts::description(&chart, Locale::En);
        assert!(
            english.contains(". Reference lines: 목표 ₩120, Average. Shaded ranges: 정상 ₩90 – ₩110, "),
            "{english}"
        );
        assert!(english.ends_with(". With a linear trend line. Error bars: ± 표준오차."), "{english}");
        assert!(
            crate::charts::description(&chart, Locale::ZhHk)
                .ends_with("。附線性趨勢線。誤差線：± 표준오차。")
        );
        assert!(told(&self::chart(Overlays::default()), Locale::Ko).is_empty());
    }

    #[test]
    fn events_are_named_with_their_days_and_many_are_counted() {
        let day = chrono::NaiveDate::from_ymd_opt(2024, 9, 14);
        let start = chrono::NaiveDate::from_ymd_opt(2024, 9, 1).unwrap();
        let event = Event { at: Value::Date(start), day, text: "추석 세일".into() };
        let list = vec![event; 14];
        let overlays = Overlays {
            events: Some(Events { title: "이벤트".into(), list, left_out: 3 }),
            ..Overlays::default()
        };
        let [sentence] = &told(&chart(overlays), Locale::Ko)[..] else { panic!("one sentence") };
        assert!(sentence.starts_with("이벤트: 2024-09-14 추석 세일, "), "{sentence}");
        assert!(sentence.ends_with("외 5개"), "{sentence}");
        let stores = vec![column("매장", Role::Dimension, texts(&["강남"])), won("매출", floats(&[1.0]))];
        let list = vec![Event { at: texts(&["강남"]).remove(0), day: None, text: "재단장".into() }];
        let overlays = Overlays {
            events: Some(Events { title: "이벤트".into(), list, left_out: 0 }),
            ..Overlays::default()
        };
        let chart = Chart {
            overlays,
            ..plain(Kind::Bar { stacking: crate::charts::Stacking::None, horizontal: false }, stores)
        };
        assert_eq!(told(&chart, Locale::En), ["Events: 강남 재단장"]);
    }
}
