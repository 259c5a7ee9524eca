//! A burst over a source that computes: one statement reads what all copies need, and each is as if it was asked alone.

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::definitions::model::FieldName;
use jangpyo::engine::{Ask, Freshness, Memory, Served};
use jangpyo::query::{Condition, Filter, GroupBy, Literal, SemanticQuery};

use super::same;
use crate::support::dataset::{TestDataset, field};
use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

pub(super) fn of_store(store: &str) -> SemanticQuery {
    let by = ["channel", "area"].map(|name| GroupBy { field: field(name), grain: None }).to_vec();
    let measures: Vec<FieldName> =
        ["revenue", "buyers", "mean_weight", "middle", "last_day"].map(field).to_vec();
    let filters = vec![Filter {
        field: field("store"),
        condition: Condition::OneOf(vec![Literal::Text(store.into())]),
    }];
    SemanticQuery { by, filters, totals: true, ..SemanticQuery::of_everything(measures) }
}

pub(super) async fn slices_are_as_if_asked_alone(dataset: TestDataset, alone: TestDataset) {
    let restriction = Restriction::none(Unrestricted::Operator);
    let memory = Memory::new(vec![field("store")]);
    let freshness = Freshness::from_now_on();
    let ask = || Ask { memory: Some(&memory), freshness, ..dataset.ask(&restriction) };
    let first = dataset.engine.answer(&ask(), &of_store("강남점")).await.unwrap();
    assert_eq!(first.usage.served, Served::Source);
    dataset.engine.load(&memory).await;
    let before = dataset.engine.meter().read().requests;
    for store in ["명동점", "해운대점", "Causeway Bay", "O'Neil's", "back\\slash", "없는점"] {
        let slice = dataset.engine.answer(&ask(), &of_store(store)).await.unwrap();
        assert_eq!(slice.usage.served, Served::Slice, "{store}");
        let expected = alone.answer(&of_store(store)).await.unwrap();
        assert!(!expected.table.is_empty(), "{store}: nothing was compared");
        same(&expected.table, &slice.table).unwrap_or_else(|why| panic!("{store}: {why}"));
    }
    assert_eq!(dataset.engine.meter().read().requests, before, "nothing is asked any more");
    let used = memory.used();
    assert_eq!((used.scans, used.sliced, used.refused.len()), (1, 6, 0), "{used:?}");
}

#[tokio::test]
async fn a_burst_reads_a_database_once() {
    let Some(database) = Database::new().await else { return };
    let dataset = crate::pushdown::in_postgres(&database).await;
    let alone = super::AtDatabase::dataset(&database, super::DATASET);
    slices_are_as_if_asked_alone(dataset, alone).await;
    database.remove().await;
}

#[tokio::test]
async fn a_burst_reads_snowflake_once() {
    let snowflake = Snowflake::start();
    snowflake.execute(&crate::pushdown::snowflake_rows()).await;
    let [dataset, alone] = [0, 1].map(|_| crate::pushdown::in_snowflake(&snowflake));
    slices_are_as_if_asked_alone(dataset, alone).await;
}
