//! The statements themselves, which nobody may change without seeing it.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

use super::*;
use crate::access::{Restriction, Unrestricted};
use crate::definitions::model::{Dataset, FieldName};
use crate::format::Grain;
use crate::query::{
    Comparison, Condition, DateRange, Filter, GroupBy, Literal, Planner, SemanticQuery, Sort, Top,
};
use crate::sources::{Input, ROWS, RemoteColumn, RemoteTable};

const DATASET: &str = "
owner: test
source: warehouse
table: sales
time: sold_on
dimensions:
  sold_on: {type: date}
  sold_at: {type: timestamp, time_zone: Asia/Seoul}
  paid_at: {type: timestamp}
  store: {}
  odd_case: {sql: '\"Odd Name\"'}
  grade: {}
  area: {sql: stores.area}
  kind: {sql: \"case when store = '강남점' then 'own' else 'other' end\"}
  half: {sql: pieces / 2}
  third: {sql: \"regexp_replace(store, 'a', 'b')\"}
measures:
  revenue: {sql: sum(amount)}
  rows: {sql: count(*)}
  buyers: {sql: count(distinct buyer)}
  mean: {sql: avg(amount)}
  own: {sql: \"sum(amount) filter (where store = '강남점')\"}
  middle: {sql: percentile_cont(0.5) within group (order by weight)}
  last: {sql: max(store)}
  until: {sql: \"max(sold_on) + interval '1 month' - interval '1 day'\"}
metrics:
  average: {sql: revenue / rows}
  odd: {sql: \"revenue * length(initcap('ab'))\"}
relationships:
  stores: {table: stores, on: {store: name}}
";

/// A table as a source that folds names has it: unquoted names stand in capital letters.
fn sales() -> RemoteTable {
    let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let columns = [
        ("sold_on", "SOLD_ON", DataType::Date32),
        ("sold_at", "SOLD_AT", DataType::Timestamp(TimeUnit::Microsecond, None)),
        ("paid_at", "PAID_AT", zoned),
        ("store", "STORE", DataType::Utf8),
        ("Odd Name", "Odd Name", DataType::Utf8),
        ("pieces", "PIECES", DataType::Int64),
        ("buyer", "BUYER", DataType::Utf8),
        ("amount", "AMOUNT", DataType::Decimal128(18, 2)),
        ("weight", "WEIGHT", DataType::Float64),
        ("grade", "GRADE", DataType::Utf8),
    ];
    let remote = columns.iter().map(|(name, exact, _)| RemoteColumn {
        name: (*exact).to_owned(),
        as_text: *name == "buyer",
        is_collated: *name == "grade",
    });
    let fields = columns.iter().map(|(name, _, data_type)| Field::new(*name, data_type.clone(), true));
    RemoteTable::new(vec!["L2".into(), "SALES".into()], remote.collect(), fields.collect())
}

fn stores() -> RemoteTable {
    let columns = [("name", "NAME"), ("area", "AREA")];
    let remote = columns.iter().map(|(_, exact)| RemoteColumn {
        name: (*exact).to_owned(),
        as_text: false,
        is_collated: false,
    });
    let fields = columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true));
    RemoteTable::new(vec!["L2".into(), "STORES".into()], remote.collect(), fields.collect())
}

fn scan(name: &str, table: RemoteTable) -> LogicalPlan {
    let table: Arc<dyn TableProvider> = Arc::new(table);
    let scan = LogicalPlanBuilder::scan(TableReference::bare(name), provider_as_source(table), None);
    scan.unwrap().build().unwrap()
}

fn input() -> Input {
    let mut config = SessionConfig::new();
    config.options_mut().sql_parser.enable_ident_normalization = false;
    let context = SessionContext::new_with_config(config);
    let relationships = HashMap::from([("stores".to_owned(), scan("stores", stores()))]);
    Input::remaining(context, scan(ROWS, sales()), relationships, String::new(), None)
}

fn plans(
    query: &SemanticQuery,
    plan: impl Fn(&Planner<'_>, &SemanticQuery) -> Result<LogicalPlan, QueryError>,
) -> Result<Vec<Statement>, QueryError> {
    let dataset: Dataset = serde_saphyr::from_str(DATASET).unwrap();
    let (input, restriction) = (input(), Restriction::none(Unrestricted::Check));
    let planner = Planner::new(&dataset, &input, &restriction).unwrap();
    let plan = plan(&planner, query)?;
    [SqlDialect::Snowflake, SqlDialect::Postgres]
        .into_iter()
        .map(|dialect| statement(plan.clone(), &input.context, dialect))
        .collect()
}

/// The rows of a question, in both dialects, with the texts.
fn written(query: &SemanticQuery) -> String {
    let statements = plans(query, |planner, query| planner.rows(query, None)).unwrap();
    let text = |statement: Statement| format!("{}\n-- {:?}", statement.text, statement.texts);
    statements.into_iter().map(text).collect::<Vec<_>>().join("\n\n")
}

fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}

fn ask(measures: &[&str], by: &[(&str, Option<Grain>)]) -> SemanticQuery {
    let measures = measures.iter().map(|name| field(name)).collect();
    let by = by.iter().map(|(name, grain)| GroupBy { field: field(name), grain: *grain }).collect();
    SemanticQuery { by, time_zone: chrono_tz::Asia::Seoul, ..SemanticQuery::of_everything(measures) }
}

fn where_(name: &str, condition: Condition) -> Vec<Filter> {
    vec![Filter { field: field(name), condition }]
}

#[test]
fn a_measure_by_a_dimension_in_a_period() {
    let range = DateRange { start: "2026-01-01".parse().unwrap(), end: "2026-02-01".parse().unwrap() };
    let query = SemanticQuery {
        range: Some(range),
        filters: where_("store", Condition::OneOf(vec![Literal::Text("강남점".into()), Literal::Null])),
        sort: vec![Sort { field: field("revenue"), descending: true }],
        limit: Some(10),
        ..ask(&["revenue", "average"], &[("store", None)])
    };
    insta::assert_snapshot!(written(&query));
}

#[test]
fn measures_of_every_kind() {
    insta::assert_snapshot!(written(&ask(
        &["rows", "buyers", "mean", "own", "middle", "last", "until"],
        &[]
    )));
}

#[test]
fn buckets_of_dates_and_of_zones() {
    let by =
        [("sold_on", Some(Grain::Week)), ("sold_at", Some(Grain::Hour)), ("paid_at", Some(Grain::Month))];
    insta::assert_snapshot!(written(&ask(&["rows"], &by)));
}

#[test]
fn joined_computed_and_oddly_named_dimensions() {
    let by = [("area", None), ("kind", None), ("half", None), ("odd_case", None)];
    insta::assert_snapshot!(written(&ask(&["rows"], &by)));
}

#[test]
fn filters_of_every_kind() {
    let conditions = [
        ("store", Condition::NoneOf(vec![Literal::Text("x".into())])),
        ("store", Condition::Contains("50%_'\\".into())),
        ("store", Condition::StartsWith("A".into())),
        ("store", Condition::Compare(Comparison::Less, Literal::Text("m".into()))),
        ("sold_on", Condition::Compare(Comparison::GreaterOrEqual, Literal::Text("2026-01-31".into()))),
        ("paid_at", Condition::Compare(Comparison::Less, Literal::Text("2026-01-31T08:00:00".into()))),
        ("half", Condition::IsNull(false)),
    ];
    let filters = conditions.map(|(name, condition)| Filter { field: field(name), condition }).to_vec();
    insta::assert_snapshot!(written(&SemanticQuery { filters, ..ask(&["rows"], &[]) }));
}

#[test]
fn a_column_that_compares_in_a_way_of_its_own_is_read_as_one_that_does_not() {
    let condition = || Condition::OneOf(vec![Literal::Text("A".into())]);
    let mut filters = where_("grade", condition());
    filters.extend(where_("store", condition()));
    let written = written(&SemanticQuery { filters, ..ask(&["rows"], &[("grade", None)]) });
    assert!(written.contains("COLLATE(\"__rows\".\"GRADE\", 'utf8')"), "{written}");
    assert!(written.contains("(\"__rows\".\"GRADE\" COLLATE pg_catalog.\"default\")"), "{written}");
    // Wherever it stands, and no other column; answers of PostgreSQL are sorted by bytes besides.
    let read = written.matches("\"__rows\".\"GRADE\"").count();
    let own = written.matches("COLLATE").count() - written.matches("COLLATE \"C\"").count();
    assert_eq!(read, own, "{written}");
}

#[test]
fn a_ranking_and_its_others() {
    let top = Top { dimension: field("store"), measure: field("revenue"), count: 3, others: false };
    let query = SemanticQuery { top: Some(top.clone()), ..ask(&["revenue"], &[("store", None)]) };
    let ranking = plans(&query, |planner, query| planner.ranking(query, &top)).unwrap();
    let kept = [ScalarValue::from("강남점"), ScalarValue::Utf8(None)];
    let rows = plans(&query, |planner, query| planner.rows(query, Some(&kept))).unwrap();
    let count = plans(&query, |planner, query| planner.row_count(query, Some(&kept))).unwrap();
    let texts: Vec<String> = [ranking, rows, count]
        .into_iter()
        .flatten()
        .map(|statement| format!("{}\n-- {:?}", statement.text, statement.texts))
        .collect();
    insta::assert_snapshot!(texts.join("\n\n"));
}

#[test]
fn a_text_never_stands_in_a_statement() {
    for text in ["'; DROP TABLE x --", "\\' OR 1=1 --", "$1", "?", "\u{1f600}", "a\"b", "강'남"] {
        let filters = where_("store", Condition::OneOf(vec![Literal::Text(text.into())]));
        let query = SemanticQuery { filters, ..ask(&["rows"], &[]) };
        let other = SemanticQuery {
            filters: where_("store", Condition::OneOf(vec![Literal::Text("x".into())])),
            ..query.clone()
        };
        let one = plans(&query, |planner, query| planner.rows(query, None)).unwrap();
        let other = plans(&other, |planner, query| planner.rows(query, None)).unwrap();
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one.text, other.text, "{text}");
            assert_eq!(one.texts, [text]);
        }
    }
    for text in ["a\0b", "\u{1}x\u{2}"] {
        let filters = where_("store", Condition::OneOf(vec![Literal::Text(text.into())]));
        let refused = plans(&SemanticQuery { filters, ..ask(&["rows"], &[]) }, |planner, query| {
            planner.rows(query, None)
        });
        assert!(refused.is_err(), "{text:?}");
    }
}

#[test]
fn what_a_source_has_no_equal_for_is_refused_by_name() {
    for (name, query) in
        [("regexp_replace", ask(&["rows"], &[("third", None)])), ("initcap", ask(&["odd"], &[]))]
    {
        let error = plans(&query, |planner, query| planner.rows(query, None)).unwrap_err();
        assert!(matches!(error, QueryError::NoEqual { .. }), "{error}");
        assert!(error.to_string().contains(name) && error.to_string().contains("Snowflake"), "{error}");
    }
}

#[test]
fn the_same_question_is_the_same_bytes() {
    let query = ask(&["revenue", "average"], &[("area", None), ("sold_on", Some(Grain::Month))]);
    assert_eq!(written(&query), written(&query));
}
