//! Parts put together are as the whole: random rows, dealt out to places that may be empty.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use proptest::prelude::*;

use super::*;
use crate::access::{Restriction, Unrestricted};
use crate::definitions::model::{Dataset, FieldName};
use crate::query::{GroupBy, Planner, SemanticQuery};
use crate::sources::Input;

const DATASET: &str = "
owner: test
source: lake
table: sales
dimensions: {shop: {}, kind: {sql: 'case when pieces > 2 then shop end'}}
measures:
  rows: {sql: count(*)}
  pieces: {sql: sum(pieces)}
  known: {sql: count(pieces)}
  least: {sql: min(shop)}
  most: {sql: max(amount)}
  mean: {sql: avg(pieces)}
  mean_amount: {sql: avg(amount)}
  kinds: {sql: count(distinct pieces)}
  different: {sql: 'sum(distinct pieces)'}
  some_kinds: {sql: 'count(distinct pieces) filter (where amount > 0)'}
  gains: {sql: 'sum(amount) filter (where amount > 0)'}
  mean_gain: {sql: 'avg(amount) filter (where amount > 0)'}
  about: {sql: approx_distinct(pieces)}
  median: {sql: median(pieces)}
  price: {sql: sum(amount) / sum(pieces)}
metrics:
  share: {sql: gains / rows}
";

type Row = (Option<u8>, Option<i64>, Option<i32>);

fn rows_of(rows: &[Row]) -> RecordBatch {
    let shops = rows.iter().map(|(shop, ..)| shop.map(|shop| format!("shop {shop}")));
    let cents = rows.iter().map(|(.., cents)| cents.map(i128::from)).collect::<Decimal128Array>();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("shop", Arc::new(shops.collect::<StringArray>())),
        ("pieces", Arc::new(rows.iter().map(|(_, pieces, _)| *pieces).collect::<Int64Array>())),
        ("amount", Arc::new(cents.with_precision_and_scale(18, 2).unwrap())),
        ("weight", Arc::new(rows.iter().map(|_| Some(0.5)).collect::<Float64Array>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .unwrap()
}

fn scan(batch: RecordBatch) -> LogicalPlan {
    let table: Arc<dyn TableProvider> =
        Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap());
    let scan = LogicalPlanBuilder::scan(TableReference::bare(ROWS), provider_as_source(table), None);
    scan.unwrap().build().unwrap()
}

fn input(rows: &[Row]) -> Input {
    let mut config = SessionConfig::new().with_target_partitions(2);
    config.options_mut().sql_parser.enable_ident_normalization = false;
    let context = SessionContext::new_with_config(config);
    Input::remaining(context, scan(rows_of(rows)), HashMap::new(), String::new(), None)
}

fn question(measures: &[&str], by: &[&str]) -> SemanticQuery {
    let field = |name: &&str| FieldName::parse(name).unwrap();
    let by = by.iter().map(|name| GroupBy { field: field(name), grain: None }).collect();
    SemanticQuery { by, ..SemanticQuery::of_everything(measures.iter().map(field).collect()) }
}

fn planned(input: &Input, query: &SemanticQuery) -> LogicalPlan {
    let dataset: Dataset = serde_saphyr::from_str(DATASET).unwrap();
    let restriction = Restriction::none(Unrestricted::Check);
    Planner::new(&dataset, input, &restriction).unwrap().rows(query, None).unwrap()
}

async fn run(context: &SessionContext, plan: LogicalPlan) -> Vec<RecordBatch> {
    context.execute_logical_plan(plan).await.unwrap().collect().await.unwrap()
}

/// The answer over all rows, and that of the places put together.
async fn both(places: &[Vec<Row>], query: &SemanticQuery) -> (String, String) {
    let all = input(&places.concat());
    let whole = run(&all.context, planned(&all, query)).await;
    let mut first = None;
    let mut answers = Vec::new();
    for rows in places {
        let place = input(rows);
        let parts = Parts::of(planned(&place, query), &place.context).unwrap();
        answers.extend(run(&place.context, parts.part.clone()).await);
        first.get_or_insert(parts);
    }
    let first = first.unwrap();
    let schema = Arc::new(first.part.schema().as_arrow().clone());
    let answers = answers
        .iter()
        .map(|batch| RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec()).unwrap());
    let answers: Vec<RecordBatch> = answers.collect();
    let together = if answers.is_empty() {
        RecordBatch::new_empty(Arc::clone(&schema))
    } else {
        concat_batches(&schema, &answers).unwrap()
    };
    let merged = run(&all.context, first.merged(scan(together)).unwrap()).await;
    let text = |batches: &[RecordBatch]| pretty_format_batches(batches).unwrap().to_string();
    (text(&whole), text(&merged))
}

fn row() -> impl Strategy<Value = Row> {
    let shop = proptest::option::weighted(0.9, 0..4_u8);
    let pieces = proptest::option::weighted(0.8, -3..9_i64);
    (shop, pieces, proptest::option::weighted(0.8, -5_000..90_000_i32))
}

const NUMBERS: [&str; 13] = [
    "rows",
    "pieces",
    "known",
    "least",
    "most",
    "mean",
    "mean_amount",
    "kinds",
    "different",
    "some_kinds",
    "gains",
    "mean_gain",
    "price",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn places_put_together_are_as_one(
        places in proptest::collection::vec(proptest::collection::vec(row(), 0..30), 1..4),
        asked in proptest::sample::subsequence(NUMBERS.to_vec(), 1..6),
        by in proptest::sample::subsequence(vec!["shop", "kind"], 0..=2),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let query = question(&asked, &by);
        let (whole, merged) = runtime.block_on(both(&places, &query));
        prop_assert_eq!(whole, merged, "{:?} by {:?}", asked, by);
    }
}

#[tokio::test]
async fn metrics_and_members_are_told_by_parts_too() {
    let places =
        [vec![(Some(1), Some(3), Some(250)), (None, None, None)], vec![(Some(1), Some(4), Some(-100))]];
    for (measures, by) in [(vec!["share", "about"], vec!["shop"]), (vec![], vec!["kind", "shop"])] {
        let (whole, merged) = both(&places, &question(&measures, &by)).await;
        assert_eq!(whole, merged);
    }
    let (whole, merged) =
        both(&[Vec::new(), Vec::new()], &question(&["rows", "kinds", "mean", "about"], &[])).await;
    assert_eq!(whole, merged, "nothing is nothing, and counts of it are 0");
}

#[test]
fn what_parts_do_not_tell_is_refused() {
    let place = input(&[]);
    let refused = |measures: &[&str]| {
        Parts::of(planned(&place, &question(measures, &[])), &place.context).unwrap_err().to_string()
    };
    assert!(refused(&["median"]).contains("`median` cannot be told from parts"), "{}", refused(&["median"]));
}

#[tokio::test]
async fn a_sketch_of_many_values_is_near_and_travels_as_buckets() {
    let places: Vec<Vec<Row>> = [0..6_000_i64, 4_000..9_000]
        .map(|range| range.map(|number| (Some(1), Some(number), None)).collect())
        .to_vec();
    let place = input(&places[0]);
    let query = question(&["about"], &[]);
    let parts = Parts::of(planned(&place, &query), &place.context).unwrap();
    let travelled: usize = run(&place.context, parts.part).await.iter().map(RecordBatch::num_rows).sum();
    assert!(travelled < 4_096, "{travelled} rows");
    let (_, merged) = both(&places, &query).await;
    let about: f64 = merged.split('|').filter_map(|cell| cell.trim().parse().ok()).next_back().unwrap();
    assert!((about / 9_000.0 - 1.0).abs() < 0.06, "{about} of 9,000");
}
