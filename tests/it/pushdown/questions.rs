//! What is asked: every kind of measure, dimension, bucket, filter, ranking and comparison.

use chrono::Weekday;
use jangpyo::format::Grain;
use jangpyo::query::{Comparison, Condition, DateRange, Filter, GroupBy, Literal, SemanticQuery, Sort, Top};

use crate::support::dataset::field;

fn ask(measures: &[&str], by: &[&str]) -> SemanticQuery {
    let measures = measures.iter().map(|name| field(name)).collect();
    let by = by.iter().map(|name| {
        let (name, grain) =
            name.split_once(':').map_or((*name, None), |(name, grain)| (name, Some(grain_of(grain))));
        GroupBy { field: field(name), grain }
    });
    SemanticQuery {
        by: by.collect(),
        time_zone: chrono_tz::Asia::Seoul,
        ..SemanticQuery::of_everything(measures)
    }
}

fn grain_of(name: &str) -> Grain {
    let all = [Grain::Hour, Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];
    all.into_iter().find(|grain| grain.name() == name).unwrap()
}

fn range(start: &str, end: &str) -> DateRange {
    DateRange { start: start.parse().unwrap(), end: end.parse().unwrap() }
}

fn where_(name: &str, condition: Condition) -> SemanticQuery {
    let filters = vec![Filter { field: field(name), condition }];
    SemanticQuery { filters, totals: true, ..ask(&["revenue", "rows"], &["channel"]) }
}

fn text(text: &str) -> Literal {
    Literal::Text(text.into())
}

fn top(count: usize, others: bool) -> Top {
    Top { dimension: field("store"), measure: field("revenue"), count, others }
}

fn sort(name: &str, descending: bool) -> Vec<Sort> {
    vec![Sort { field: field(name), descending }]
}

/// Questions by what is special about them.
pub(super) fn questions() -> Vec<(&'static str, SemanticQuery)> {
    let new_york = chrono_tz::America::New_York;
    let year = Some(range("2025-01-01", "2026-01-01"));
    vec![
        ("everything", ask(&["revenue", "rows", "pieces_sold", "buyers", "stores_sold", "weight"], &[])),
        ("means", ask(&["mean_amount", "mean_pieces", "mean_weight"], &["channel"])),
        ("ends", ask(&["largest", "smallest", "first_channel", "last_store", "last_day"], &["area"])),
        ("spans of time", ask(&["month_end", "later"], &["channel"])),
        ("spread", ask(&["spread", "middle"], &["channel"])),
        ("filtered measures", ask(&["web", "web_rows", "kept", "net", "price"], &["store"])),
        ("metrics", ask(&["average", "per_buyer", "web_share", "twice", "margin", "rounded"], &["store"])),
        ("members alone", ask(&[], &["store"])),
        ("pairs of members", ask(&[], &["store", "channel"])),
        ("by text", ask(&["revenue"], &["store"])),
        ("by number", ask(&["revenue"], &["pieces"])),
        ("by whole halves", ask(&["rows"], &["half"])),
        ("by what divides by zero", ask(&["rows"], &["rate", "rest"])),
        ("divided rows", ask(&["each", "each_weight", "taxed"], &["channel"])),
        ("divided by nothing", ask(&["nothing", "rows"], &["store"])),
        ("by truth", ask(&["revenue"], &["returned"])),
        ("by a case", ask(&["revenue", "buyers"], &["kind", "size"])),
        ("by a function", ask(&["rows"], &["initial", "known_store"])),
        ("by the day of a week", ask(&["rows"], &["weekday"])),
        ("by a joined field", ask(&["revenue"], &["area"])),
        ("by a joined day", ask(&["revenue"], &["opened:year"])),
        ("by joined and own", ask(&["rows"], &["place"])),
        ("days", ask(&["revenue"], &["sold_on:day"])),
        ("weeks from Monday", ask(&["revenue"], &["sold_on:week"])),
        (
            "weeks from Sunday",
            SemanticQuery { week_start: Weekday::Sun, ..ask(&["revenue"], &["sold_on:week"]) },
        ),
        ("months", ask(&["revenue"], &["sold_on:month"])),
        ("quarters and channels", ask(&["revenue"], &["sold_on:quarter", "channel"])),
        ("years", ask(&["revenue", "buyers"], &["sold_on:year"])),
        ("two grains", ask(&["rows"], &["sold_on:year", "sold_on:month"])),
        (
            "local hours elsewhere",
            SemanticQuery {
                time_zone: new_york,
                range: Some(range("2025-03-01", "2025-04-01")),
                ..ask(&["rows"], &["sold_at:hour"])
            },
        ),
        ("local days elsewhere", SemanticQuery { time_zone: new_york, ..ask(&["rows"], &["sold_at:day"]) }),
        ("instants by day", ask(&["rows"], &["paid_at:day"])),
        (
            "instants by week elsewhere",
            SemanticQuery { time_zone: new_york, ..ask(&["rows"], &["paid_at:week"]) },
        ),
        ("instants themselves", SemanticQuery { limit: Some(50), ..ask(&["rows"], &["paid_at"]) }),
        ("a range of days", SemanticQuery { range: year, totals: true, ..ask(&["revenue"], &["channel"]) }),
        (
            "one of",
            where_("store", Condition::OneOf(vec![text("강남점"), text("O'Neil's"), text("back\\slash")])),
        ),
        ("one of, or missing", where_("store", Condition::OneOf(vec![text("명동점"), Literal::Null]))),
        ("none of", where_("store", Condition::NoneOf(vec![text("강남점")]))),
        ("none of, and not missing", where_("store", Condition::NoneOf(vec![text("강남점"), Literal::Null]))),
        ("greater", where_("pieces", Condition::Compare(Comparison::Greater, Literal::Number("3".into())))),
        ("text from", where_("store", Condition::Compare(Comparison::GreaterOrEqual, text("back")))),
        ("day before", where_("sold_on", Condition::Compare(Comparison::Less, text("2025-06-01")))),
        (
            "instant from",
            where_("paid_at", Condition::Compare(Comparison::GreaterOrEqual, text("2025-06-01T08:30:00"))),
        ),
        ("contains", where_("channel", Condition::Contains("P%_".into()))),
        ("contains Korean", where_("store", Condition::Contains("점".into()))),
        ("starts with", where_("channel", Condition::StartsWith("sh".into()))),
        ("missing", where_("returned", Condition::IsNull(true))),
        ("a joined filter", where_("area", Condition::OneOf(vec![text("서울"), text("香港")]))),
        ("true", where_("returned", Condition::OneOf(vec![Literal::Bool(true)]))),
        ("top three", SemanticQuery { top: Some(top(3, false)), ..ask(&["revenue"], &["store"]) }),
        (
            "top three and others",
            SemanticQuery {
                top: Some(top(3, true)),
                totals: true,
                ..ask(&["revenue", "buyers"], &["store", "channel"])
            },
        ),
        (
            "top by month",
            SemanticQuery {
                top: Some(top(2, true)),
                range: year,
                ..ask(&["revenue"], &["sold_on:month", "store"])
            },
        ),
        (
            "compared",
            SemanticQuery {
                range: Some(range("2025-07-01", "2025-08-01")),
                compare: Some(range("2025-06-01", "2025-07-01")),
                totals: true,
                ..ask(&["revenue", "average"], &["channel"])
            },
        ),
        (
            "compared by week",
            SemanticQuery {
                range: Some(range("2025-09-01", "2025-10-06")),
                compare: Some(range("2024-12-02", "2025-01-06")),
                ..ask(&["revenue"], &["sold_on:week"])
            },
        ),
        (
            "sorted",
            SemanticQuery {
                sort: sort("revenue", true),
                limit: Some(5),
                totals: true,
                ..ask(&["revenue", "web"], &["store", "channel"])
            },
        ),
        (
            "sorted with missing ones",
            SemanticQuery { sort: sort("web", false), ..ask(&["web"], &["store", "channel"]) },
        ),
    ]
}
