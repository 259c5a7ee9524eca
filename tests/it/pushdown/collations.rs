//! Columns whose own comparison takes different texts for the same: they are compared as files compare.

use std::collections::BTreeMap;
use std::sync::Arc;

use jangpyo::access::{Attributes, MaskKey, Person, Restriction, Standing, Unrestricted, Viewer};
use jangpyo::definitions::Catalog;
use jangpyo::definitions::model::{Dataset, DatasetId};
use jangpyo::query::{Condition, Filter, GroupBy, Literal, SemanticQuery};
use jangpyo::table::{Table, Value};
use serde_json::json;

use crate::support::dataset::{TestDataset, field};
use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

const TABLES: &str =
    "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN code AS text COLLATE ci;
CREATE TABLE sales (id int, country text COLLATE ci, store code, plain text);
CREATE TABLE stores (name text COLLATE ci, area text COLLATE ci);
INSERT INTO stores VALUES ('a', 'North'), ('A', 'NORTH');
INSERT INTO sales VALUES (1, 'KR', 'a', 'x'), (2, 'kr', 'A', 'x'), (3, 'Kr', 'a', 'X'), (4, NULL, NULL, NULL),
  (5, 'KR', 'A', 'x')";

const DATASET: &str = "
owner: test
source: lake
table: sales
dimensions:
  country: {}
  store: {}
  plain: {}
  big: {sql: upper(country)}
measures:
  rows: {sql: count(*)}
  countries: {sql: count(distinct country)}
  korean: {sql: \"count(*) filter (where country = 'KR')\"}
  last: {sql: max(country)}
";

const JOINED: &str = "relationships:
  stores: {table: stores, on: {store: name}}
";

async fn asked(dataset: &TestDataset, query: &SemanticQuery) -> Table {
    asked_by(dataset, query, &Restriction::none(Unrestricted::Operator)).await
}

async fn asked_by(dataset: &TestDataset, query: &SemanticQuery, restriction: &Restriction) -> Table {
    dataset.engine.answer(&dataset.ask(restriction), query).await.unwrap().table.as_ref().clone()
}

fn by(name: &str) -> SemanticQuery {
    let by = vec![GroupBy { field: field(name), grain: None }];
    SemanticQuery { by, ..SemanticQuery::of_everything(vec![field("rows")]) }
}

fn of(name: &str, condition: Condition) -> SemanticQuery {
    let filters = vec![Filter { field: field(name), condition }];
    SemanticQuery { filters, ..SemanticQuery::of_everything(vec![field("rows")]) }
}

fn one_of(member: &str) -> Condition {
    Condition::OneOf(vec![Literal::Text(member.to_owned())])
}

/// Members with their numbers of rows.
fn members(table: &Table) -> Vec<(Option<String>, i64)> {
    let row = |row: usize| {
        let Value::Int(count) = table.cell(row, 1) else { panic!("no count") };
        (table.cell(row, 0).as_text().map(str::to_owned), *count)
    };
    (0..table.len()).map(row).collect()
}

fn member(name: &str, rows: i64) -> (Option<String>, i64) {
    (Some(name.to_owned()), rows)
}

/// What somebody may see whose rule is `rule`.
fn ruled(rule: &str) -> Restriction {
    let dataset =
        DATASET.replacen("source: lake", &format!("source: lake\nsecurity: {{rows: {{r: \"{rule}\"}}}}"), 1);
    let access = json!({
        "owner": "r",
        "functional_roles": {"r": {"groups": ["g"], "access": ["read"]}},
        "access_roles": {"read": {"grants": [{"actions": ["view"], "folders": ["/"]}]}},
    });
    let id = DatasetId::parse("test").unwrap();
    let mut catalog =
        Catalog { access: Some(Arc::new(serde_json::from_value(access).unwrap())), ..Catalog::default() };
    let dataset: Dataset = serde_saphyr::from_str(&dataset.replacen("owner: test", "owner: r", 1)).unwrap();
    catalog.datasets.insert(id.clone(), Arc::new(dataset));
    let viewer = Viewer::person(Person {
        name: "somebody".to_owned(),
        groups: ["g".to_owned()].into_iter().collect(),
        claims: BTreeMap::new(),
    });
    let standing = Standing::new(viewer, Arc::new(catalog), &Attributes::new(), MaskKey::new([7; 32]));
    standing.restriction(&id).unwrap()
}

fn over(database: &Database, dataset: &str) -> TestDataset {
    let source = format!("owner: test\n{}", database.as_source(""));
    TestDataset::new(&source, dataset, |settings| settings.secret = Database::password)
}

#[tokio::test]
async fn a_collation_that_does_not_tell_case_apart_widens_no_rule_and_merges_no_groups() {
    let Some(database) = Database::new().await else { return };
    database.execute(TABLES).await;
    let dataset = over(&database, DATASET);
    // Rules first: what they let through is what nobody else may see.
    for (rule, expected) in [
        ("country = 'KR'", vec![member("KR", 2)]),
        ("country in ('KR', 'x')", vec![member("KR", 2)]),
        ("not (country = 'KR')", vec![member("Kr", 1), member("kr", 1)]),
        ("store = 'a'", vec![member("KR", 1), member("Kr", 1)]),
    ] {
        assert_eq!(members(&asked_by(&dataset, &by("country"), &ruled(rule)).await), expected, "{rule}");
    }
    let nobody = || (None, 1);
    for (dimension, expected) in [
        ("country", vec![member("KR", 2), member("Kr", 1), member("kr", 1), nobody()]),
        ("store", vec![member("A", 2), member("a", 2), nobody()]),
        ("plain", vec![member("X", 1), member("x", 3), nobody()]),
        ("big", vec![member("KR", 4), nobody()]),
    ] {
        assert_eq!(members(&asked(&dataset, &by(dimension)).await), expected, "{dimension}");
    }
    // Keys of a joined table are told apart too, so that each row has one partner.
    let joined = DATASET.replace("  plain: {}", "  plain: {}\n  area: {sql: stores.area}");
    let table = asked(&over(&database, &format!("{joined}{JOINED}")), &by("area")).await;
    assert_eq!(members(&table), vec![member("NORTH", 2), member("North", 2), nobody()]);
    let numbers = SemanticQuery::of_everything(["countries", "korean", "last"].map(field).to_vec());
    let numbers = asked(&dataset, &numbers).await;
    assert_eq!(
        (numbers.cell(0, 0), numbers.cell(0, 1), numbers.cell(0, 2).as_text()),
        (&Value::Int(3), &Value::Int(2), Some("kr"))
    );
    for (condition, expected) in [
        (one_of("KR"), 2),
        (Condition::NoneOf(vec![Literal::Text("KR".to_owned())]), 3),
        (Condition::Contains("kr".to_owned()), 4),
        (Condition::StartsWith("K".to_owned()), 3),
    ] {
        let table = asked(&dataset, &of("country", condition.clone())).await;
        assert_eq!(table.cell(0, 0), &Value::Int(expected), "{condition:?}");
    }
    database.remove().await;
}

#[tokio::test]
async fn a_collation_that_snowflake_tells_of_is_asked_around() {
    let account = Snowflake::start();
    let text =
        |name: &str, collation: Option<&str>| json!({"name": name, "type": "text", "collation": collation});
    let described =
        json!([[], [text("COUNTRY", Some("en-ci")), text("STORE", Some("")), text("PLAIN", None)]]);
    let count = json!({"name": "rows", "type": "fixed", "precision": 18, "scale": 0});
    let grouped = json!([[["KR", "x", "2"]], [text("country", None), text("plain", None), count]]);
    account.answers(json!({"LIMIT 0": described, "GROUP BY": grouped})).await;
    let source = format!("owner: test\ntables: {{sales: SALES}}\n{}", account.as_source(""));
    let dataset = TestDataset::new(&source, DATASET, |settings| settings.secret = Snowflake::secret);
    let by = ["country", "plain"].map(|name| GroupBy { field: field(name), grain: None });
    let query = SemanticQuery { by: by.to_vec(), ..SemanticQuery::of_everything(vec![field("rows")]) };
    dataset.engine.answer(&dataset.ask(&ruled("country = 'KR' or store = 'a'")), &query).await.unwrap();
    let seen = account.seen().await;
    let asked =
        seen["statements"].as_array().unwrap().last().unwrap()["statement"].as_str().unwrap().to_owned();
    let read = "COLLATE(\"__rows\".\"COUNTRY\", 'utf8')";
    // In the rule and in the groups; the others are left to whatever keeps them in order there.
    assert!(asked.matches(read).count() >= 2, "{asked}");
    assert_eq!(asked.matches("\"__rows\".\"COUNTRY\"").count(), asked.matches(read).count(), "{asked}");
    assert_eq!(asked.matches("COLLATE").count(), asked.matches(read).count(), "{asked}");
}
