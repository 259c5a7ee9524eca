//! Answers of the engine against a naive evaluation over the same rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Days, NaiveDate, Weekday};
use jangpyo::engine::Served;
use jangpyo::format::Grain;
use jangpyo::query::{
    Comparison, Condition, DateRange, Filter, GroupBy, Literal, SemanticQuery, Sort, Top, bucket_of,
};
use jangpyo::table::Value;
use proptest::prelude::*;

use crate::support::dataset::{TestDataset, field};

const DATASET: &str = "
owner: test
source: lake
table: rows.csv
csv: {types: {day: date, amount: 'decimal(18,2)'}, null_values: ['NA']}
time: day
dimensions:
  day: {}
  store: {}
  channel: {}
measures:
  amount: {sql: sum(amount)}
  rows: {sql: count(*)}
  buyers: {sql: count(distinct buyer)}
metrics:
  average: {sql: amount / rows}
  per_buyer: {sql: amount / buyers}
  double_average: {sql: average * 2}
";

#[derive(Debug, Clone)]
struct Row {
    day: NaiveDate,
    store: Option<String>,
    channel: String,
    buyer: u8,
    cents: Option<i64>,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        0u64..90,
        prop::option::weighted(0.9, 0u8..9),
        0u8..3,
        0u8..12,
        prop::option::weighted(0.9, -500i64..9_000),
    )
        .prop_map(|(day, store, channel, buyer, cents)| Row {
            day: start() + Days::new(day),
            store: store.map(|number| format!("매장 {number}")),
            channel: ["web", "shop", "tel"][channel as usize].to_owned(),
            buyer,
            cents,
        });
    prop::collection::vec(row, 1..120)
}

fn start() -> NaiveDate {
    "2025-12-15".parse().unwrap()
}

fn csv(rows: &[Row]) -> String {
    let mut text = "day,store,channel,buyer,amount\n".to_owned();
    for row in rows {
        let amount =
            row.cents.map_or("NA".into(), |cents| format!("{}.{:02}", cents / 100, (cents % 100).abs()));
        let sign = if row.cents.is_some_and(|cents| cents < 0 && cents > -100) { "-" } else { "" };
        let store = row.store.as_deref().unwrap_or("NA");
        writeln!(text, "{},{store},{},{},{sign}{amount}", row.day, row.channel, row.buyer).unwrap();
    }
    text
}

#[derive(Debug, Clone)]
struct Asked {
    grain: Option<Grain>,
    by_store: bool,
    range: Option<(u64, u64)>,
    channels: Vec<&'static str>,
    only_with_store: bool,
    top: Option<usize>,
}

fn asked() -> impl Strategy<Value = Asked> {
    (
        prop::option::of(prop::sample::select(vec![
            Grain::Day,
            Grain::Week,
            Grain::Month,
            Grain::Quarter,
            Grain::Year,
        ])),
        any::<bool>(),
        prop::option::of((0u64..60, 1u64..60)),
        prop::sample::subsequence(vec!["web", "shop", "tel"], 0..3),
        any::<bool>(),
        prop::option::of(1usize..4),
    )
        .prop_map(|(grain, by_store, range, channels, only_with_store, top)| Asked {
            grain,
            by_store,
            range,
            channels,
            only_with_store,
            top: top.filter(|_| by_store),
        })
}

impl Asked {
    fn query(&self) -> SemanticQuery {
        let mut by = Vec::new();
        by.extend(self.grain.map(|grain| GroupBy { field: field("day"), grain: Some(grain) }));
        by.extend(self.by_store.then(|| GroupBy { field: field("store"), grain: None }));
        let mut filters = Vec::new();
        if !self.channels.is_empty() {
            let literals = self.channels.iter().map(|channel| Literal::Text((*channel).into())).collect();
            filters.push(Filter { field: field("channel"), condition: Condition::OneOf(literals) });
        }
        if self.only_with_store {
            filters.push(Filter { field: field("store"), condition: Condition::IsNull(false) });
        }
        let top = self.top.map(|count| Top {
            dimension: field("store"),
            measure: field("rows"),
            count,
            others: true,
        });
        SemanticQuery {
            by,
            filters,
            top,
            totals: true,
            range: self.range.map(|(from, days)| DateRange {
                start: start() + Days::new(from),
                end: start() + Days::new(from + days),
            }),
            ..SemanticQuery::of_everything(
                ["amount", "rows", "buyers", "average", "double_average"].map(field).to_vec(),
            )
        }
    }

    fn keeps(&self, row: &Row) -> bool {
        let day = (row.day - start()).num_days() as u64;
        self.range.is_none_or(|(from, days)| (from..from + days).contains(&day))
            && (self.channels.is_empty() || self.channels.contains(&row.channel.as_str()))
            && (!self.only_with_store || row.store.is_some())
    }
}

/// amount in cents (None: all missing), rows, distinct buyers
type Sums = (Option<i64>, i64, i64);

fn naive(rows: &[&Row]) -> Sums {
    let cents: Vec<i64> = rows.iter().filter_map(|row| row.cents).collect();
    let buyers: std::collections::BTreeSet<u8> = rows.iter().map(|row| row.buyer).collect();
    ((!cents.is_empty()).then(|| cents.iter().sum()), rows.len() as i64, buyers.len() as i64)
}

fn same(values: &[&Value], expected: Sums) -> Result<(), TestCaseError> {
    let cents = values[0].as_f64().map(|amount| (amount * 100.0).round() as i64);
    prop_assert_eq!(cents, expected.0);
    prop_assert_eq!(values[1].as_f64(), Some(expected.1 as f64));
    prop_assert_eq!(values[2].as_f64(), Some(expected.2 as f64));
    let naive = expected.0.map(|cents| cents as f64 / 100.0 / expected.1 as f64);
    for (found, naive) in
        [(values[3].as_f64(), naive), (values[4].as_f64(), naive.map(|average| average * 2.0))]
    {
        match (found, naive) {
            (Some(found), Some(naive)) => prop_assert!((found - naive).abs() < 1e-6, "{found} {naive}"),
            (found, naive) => prop_assert_eq!(found.is_some(), naive.is_some()),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_what_adding_up_the_rows_gives(rows in rows(), asked in asked()) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rows.csv"), csv(&rows)).unwrap();
        let dataset = TestDataset::in_folder(folder.path(), DATASET);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(dataset.answer(&asked.query())).unwrap();
        let table = &answer.table;

        let kept: Vec<&Row> = rows.iter().filter(|row| asked.keeps(row)).collect();
        let mut members: BTreeMap<Option<String>, i64> = BTreeMap::new();
        for row in &kept {
            *members.entry(row.store.clone()).or_default() += 1;
        }
        let mut ranked: Vec<_> = members.into_iter().collect();
        // Largest first; ties by name, the missing one last.
        ranked.sort_by_key(|(store, count)| (-count, store.is_none(), store.clone()));
        let top: Option<Vec<_>> = asked.top.map(|count| ranked.iter().take(count).map(|(store, _)| store.clone()).collect());

        let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in &kept {
            let mut key = Vec::new();
            key.extend(asked.grain.map(|grain| format!("{:?}", Value::Date(bucket_of(row.day, grain, Weekday::Mon)))));
            if asked.by_store {
                let store = row.store.as_deref().map_or(Value::Null, |store| Value::Text(store.into()));
                let others = top.as_ref().is_some_and(|top| !top.contains(&row.store));
                key.push(format!("{:?}", if others { Value::Others } else { store }));
            }
            groups.entry(key.join("|")).or_default().push(row);
        }
        let dimensions = usize::from(asked.grain.is_some()) + usize::from(asked.by_store);
        if dimensions > 0 {
            prop_assert_eq!(table.len(), groups.len());
            for row in 0..table.len() {
                let key = (0..dimensions).map(|column| format!("{:?}", table.cell(row, column))).collect::<Vec<_>>().join("|");
                let group = groups.get(&key);
                prop_assert!(group.is_some(), "unexpected row {key}");
                let values: Vec<_> = (dimensions..dimensions + 5).map(|column| table.cell(row, column)).collect();
                same(&values, naive(group.unwrap()))?;
            }
        }
        let totals = table.totals.as_ref().unwrap();
        if !kept.is_empty() {
            same(&totals[dimensions..].iter().collect::<Vec<_>>(), naive(&kept))?;
        }
    }
}

fn small() -> (tempfile::TempDir, TestDataset) {
    let folder = tempfile::tempdir().unwrap();
    let text = "day,store,channel,buyer,amount\n\
                2026-01-05,A,web,1,10.00\n2026-01-06,A,web,2,20.00\n2026-01-06,B,shop,1,5.00\n\
                2026-01-12,A,web,1,40.00\n2026-01-13,B,tel,3,NA\n2026-01-13,\"<script>\",tel,3,7.00\n";
    std::fs::write(folder.path().join("rows.csv"), text).unwrap();
    let dataset = TestDataset::in_folder(folder.path(), DATASET);
    (folder, dataset)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_comparison_puts_the_nth_day_beside_the_nth_day() {
    let (_folder, dataset) = small();
    let query = SemanticQuery {
        by: vec![GroupBy { field: field("day"), grain: Some(Grain::Day) }],
        range: Some(DateRange { start: day("2026-01-12"), end: day("2026-01-19") }),
        compare: Some(DateRange { start: day("2026-01-05"), end: day("2026-01-12") }),
        totals: true,
        ..SemanticQuery::of_everything(vec![field("amount")])
    };
    let table = dataset.answer(&query).await.unwrap().table;
    let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["day", "amount", "amount.previous"]);
    let numbers: Vec<_> =
        (0..2).map(|row| (table.cell(row, 1).as_f64(), table.cell(row, 2).as_f64())).collect();
    assert_eq!(numbers, [(Some(40.0), Some(10.0)), (Some(7.0), Some(25.0))]);
    let totals: Vec<_> = table.totals.as_ref().unwrap().iter().map(Value::as_f64).collect();
    assert_eq!(totals, [None, Some(47.0), Some(35.0)]);
}

#[tokio::test]
async fn a_limit_says_how_many_rows_there_were() {
    let (_folder, dataset) = small();
    let query = SemanticQuery {
        by: vec![GroupBy { field: field("store"), grain: None }],
        sort: vec![Sort { field: field("amount"), descending: true }],
        limit: Some(2),
        ..SemanticQuery::of_everything(vec![field("amount")])
    };
    let table = dataset.answer(&query).await.unwrap().table;
    assert_eq!((table.len(), table.rows_before_limit), (2, 3));
    assert_eq!(table.cell(0, 0), &Value::Text("A".into()));
}

#[tokio::test]
async fn values_are_literals_and_never_sql() {
    let (_folder, dataset) = small();
    for hostile in ["A' OR '1'='1", "'; DROP TABLE rows; --", "\u{0}", "<script>"] {
        let condition = Condition::OneOf(vec![Literal::Text(hostile.into())]);
        let query = SemanticQuery {
            filters: vec![Filter { field: field("store"), condition }],
            ..SemanticQuery::of_everything(vec![field("rows")])
        };
        let table = dataset.answer(&query).await.unwrap().table;
        let expected = i64::from(hostile == "<script>");
        assert_eq!(table.cell(0, 0), &Value::Int(expected), "{hostile}");
    }
}

#[tokio::test]
async fn a_value_of_another_type_is_refused_with_the_type_it_should_have() {
    let (_folder, dataset) = small();
    let condition = Condition::Compare(Comparison::GreaterOrEqual, Literal::Text("soon".into()));
    let query = SemanticQuery {
        filters: vec![Filter { field: field("day"), condition }],
        ..SemanticQuery::of_everything(vec![field("rows")])
    };
    let error = dataset.answer(&query).await.unwrap_err().to_string();
    assert_eq!(error, "`soon` is not a value of `day`, which holds dates such as 2026-01-31");
}

#[tokio::test]
async fn equal_questions_are_answered_once_per_data_version() {
    let (folder, dataset) = small();
    let query = SemanticQuery::of_everything(vec![field("rows")]);
    let (first, second) = tokio::join!(dataset.answer(&query), dataset.answer(&query));
    assert_eq!(
        [first, second]
            .map(|answer| answer.unwrap().usage.served)
            .iter()
            .filter(|served| **served == Served::Kept)
            .count(),
        1
    );
    let path = folder.path().join("rows.csv");
    let longer = std::fs::read_to_string(&path).unwrap() + "2026-01-14,C,web,9,1.00\n";
    std::fs::write(&path, longer).unwrap();
    let changed = dataset.answer(&query).await.unwrap();
    assert_eq!(changed.table.cell(0, 0), &Value::Int(7));
    assert_eq!(changed.usage.served, Served::Source);
}

const EVENTS: &str = "
owner: test
source: lake
table: events.csv
csv: {types: {at: timestamp}}
time: at
dimensions: {at: {time_zone: UTC}}
measures: {events: {sql: count(*)}}
";

#[tokio::test]
async fn instants_written_in_utc_are_counted_on_the_days_and_hours_of_the_report() {
    let folder = tempfile::tempdir().unwrap();
    // 08:30 on the 5th in Seoul, 23:59 on the 4th, and 01:30 EST and EDT on a day of 25 hours in New York.
    let text = "at\n2026-01-04T23:30:00\n2026-01-04T14:59:00\n2026-11-01T05:30:00\n2026-11-01T06:30:00\n";
    std::fs::write(folder.path().join("events.csv"), text).unwrap();
    let dataset = TestDataset::in_folder(folder.path(), EVENTS);
    let ask = |zone, grain, range: Option<(&str, &str)>| SemanticQuery {
        by: vec![GroupBy { field: field("at"), grain }],
        range: range.map(|(start, end)| DateRange { start: day(start), end: day(end) }),
        time_zone: zone,
        ..SemanticQuery::of_everything(vec![field("events")])
    };
    let rows = |table: &jangpyo::table::Table| -> Vec<(String, Option<f64>)> {
        (0..table.len())
            .map(|row| (format!("{:?}", table.cell(row, 0)), table.cell(row, 1).as_f64()))
            .collect()
    };
    let january = Some(("2026-01-05", "2026-01-06"));
    let seoul = dataset.answer(&ask(chrono_tz::Asia::Seoul, Some(Grain::Day), january)).await.unwrap().table;
    assert_eq!(rows(&seoul), [("Date(2026-01-05)".into(), Some(1.0))]);
    let exact = dataset.answer(&ask(chrono_tz::Asia::Seoul, None, january)).await.unwrap().table;
    assert_eq!(rows(&exact), [("Timestamp(2026-01-05T08:30:00)".into(), Some(1.0))]);
    let november = Some(("2026-11-01", "2026-11-02"));
    let new_york = chrono_tz::America::New_York;
    let long_day = dataset.answer(&ask(new_york, Some(Grain::Hour), november)).await.unwrap().table;
    assert_eq!(rows(&long_day), [("Timestamp(2026-11-01T01:00:00)".into(), Some(2.0))]);
    let filters = vec![Filter {
        field: field("at"),
        condition: Condition::Compare(Comparison::Less, Literal::Text("2026-01-05T08:00:00".into())),
    }];
    let before = SemanticQuery { filters, by: vec![], ..ask(chrono_tz::Asia::Seoul, None, None) };
    assert_eq!(dataset.answer(&before).await.unwrap().table.cell(0, 0), &Value::Int(1));
}
