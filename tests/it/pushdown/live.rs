//! A real Snowflake account, where somebody has one. `JANGPYO_LIVE_SNOWFLAKE` names a file with a source whose `url` leads to
//! `SNOWFLAKE_SAMPLE_DATA/TPCH_SF1`, which every account can see; its secrets come from the environment as for the server:
//!
//! ```text
//! JANGPYO_LIVE_SNOWFLAKE=source.yaml JANGPYO_SECRET_SNOWFLAKE_KEY="$(cat key.pem)" cargo test live_snowflake
//! ```
//!
//! The numbers expected are those that the TPC publishes for this data. Without the variable only the questions are held against
//! the double, with a handful of rows.

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::query::{Condition, DateRange, Filter, GroupBy, Literal, SemanticQuery, Top};
use jangpyo::table::{Table, Value};

use crate::support::dataset::{TestDataset, field};
use crate::support::snowflake::Snowflake;

const LINES: &str = "
owner: test
source: lake
table: LINEITEM
time: shipped
dimensions:
  shipped: {sql: l_shipdate}
  returned: {sql: l_returnflag}
  status: {sql: l_linestatus}
measures:
  quantity: {sql: sum(l_quantity)}
  lines: {sql: count(*)}
  orders: {sql: count(distinct l_orderkey)}
  mean_price: {sql: avg(l_extendedprice)}
";

const CUSTOMERS: &str = "
owner: test
source: lake
table: CUSTOMER
dimensions: {nation: {sql: nations.n_name}, segment: {sql: c_mktsegment}}
measures: {customers: {sql: count(*)}, balance: {sql: sum(c_acctbal)}}
relationships: {nations: {table: NATION, on: {c_nationkey: n_nationkey}}}
";

fn secret(name: &str) -> Result<String, String> {
    let variable = format!("JANGPYO_SECRET_{}", name.to_uppercase());
    Snowflake::secret(name)
        .or_else(|_| std::env::var(&variable).map_err(|_| format!("{variable} is not set")))
}

fn dataset(source: &str, definition: &str) -> TestDataset {
    TestDataset::new(source, definition, |settings| settings.secret = secret)
}

fn by(measures: &[&str], groups: &[&str]) -> SemanticQuery {
    let groups = groups.iter().map(|name| GroupBy { field: field(name), grain: None });
    SemanticQuery {
        by: groups.collect(),
        ..SemanticQuery::of_everything(measures.iter().map(|name| field(name)).collect())
    }
}

fn number(table: &Table, row: usize, column: usize) -> f64 {
    table.cell(row, column).as_f64().unwrap_or_else(|| panic!("{:?}", table.cell(row, column)))
}

/// What the questions must answer.
struct Expected<'a> {
    /// Returned, status, quantity and lines of what was shipped until 2 September 1998: the first query of TPC-H.
    pricing: &'a [(&'a str, &'a str, f64, f64)],
    orders: f64,
    customers: f64,
    nations: usize,
}

async fn held_against(source: &str, expected: &Expected<'_>) {
    let lines = dataset(source, LINES);
    let range = DateRange { start: "1992-01-01".parse().unwrap(), end: "1998-09-03".parse().unwrap() };
    let query = SemanticQuery {
        range: Some(range),
        ..by(&["quantity", "lines", "mean_price"], &["returned", "status"])
    };
    let pricing = lines.answer(&query).await.unwrap().table;
    assert_eq!(pricing.len(), expected.pricing.len(), "{pricing:?}");
    for (row, (returned, status, quantity, lines)) in expected.pricing.iter().enumerate() {
        assert_eq!(pricing.cell(row, 0), &Value::Text((*returned).into()));
        assert_eq!(pricing.cell(row, 1), &Value::Text((*status).into()));
        assert_eq!((number(&pricing, row, 2), number(&pricing, row, 3)), (*quantity, *lines));
        assert!(number(&pricing, row, 4) > 0.0);
    }
    let orders = lines.answer(&by(&["orders"], &[])).await.unwrap().table;
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 1e-6;
    assert!(near(number(&orders, 0, 0), expected.orders), "{orders:?}");
    let restriction = Restriction::none(Unrestricted::Operator);
    let last = lines.engine.latest_day(&lines.ask(&restriction), chrono_tz::Tz::UTC).await.unwrap();
    assert!(last > Some("1998-01-01".parse().unwrap()), "{last:?}");
    assert!(lines.engine.check_fields(&lines.ask(&restriction)).await.unwrap().is_empty());

    let customers = dataset(source, CUSTOMERS);
    let top = Top { dimension: field("nation"), measure: field("customers"), count: 2, others: true };
    let ranked = customers
        .answer(&SemanticQuery { top: Some(top), totals: true, ..by(&["customers"], &["nation"]) })
        .await;
    let ranked = ranked.unwrap().table;
    assert_eq!((ranked.len(), ranked.cell(2, 0)), (3, &Value::Others));
    let total = ranked.totals.as_ref().and_then(|totals| totals.get(1)?.as_f64());
    assert_eq!(total, Some(expected.customers));
    let nations = customers.answer(&by(&["customers"], &["nation"])).await.unwrap().table;
    assert_eq!(nations.len(), expected.nations);
    // A text that was bound, and one that nothing is called.
    for (name, some) in [("GERMANY", true), ("O'Nowhere \\ ?", false)] {
        let condition = Condition::OneOf(vec![Literal::Text(name.into())]);
        let filters = vec![Filter { field: field("nation"), condition }];
        let found =
            customers.answer(&SemanticQuery { filters, ..by(&["customers"], &[]) }).await.unwrap().table;
        assert_eq!(number(&found, 0, 0) > 0.0, some, "{name}");
    }
    let expected = dataset(source, LINES).estimating();
    expected.answer(&by(&["quantity"], &[])).await.unwrap();
}

#[tokio::test]
async fn live_snowflake_answers_what_the_tpc_publishes() {
    let Ok(file) = std::env::var("JANGPYO_LIVE_SNOWFLAKE") else {
        println!("JANGPYO_LIVE_SNOWFLAKE is not set: no real account was asked");
        return;
    };
    let source = std::fs::read_to_string(file).unwrap();
    let pricing = [
        ("A", "F", 37_734_107.0, 1_478_493.0),
        ("N", "F", 991_417.0, 38_854.0),
        ("N", "O", 74_476_040.0, 2_920_374.0),
        ("R", "F", 37_719_753.0, 1_478_870.0),
    ];
    let expected = Expected { pricing: &pricing, orders: 1_500_000.0, customers: 150_000.0, nations: 25 };
    Box::pin(held_against(&source, &expected)).await;
}

#[tokio::test]
async fn the_questions_for_a_live_account_are_answered_by_the_double() {
    let snowflake = Snowflake::start();
    let statements = [
        "CREATE TABLE LINEITEM (L_ORDERKEY NUMBER(38,0), L_QUANTITY NUMBER(12,2), L_EXTENDEDPRICE NUMBER(12,2), \
         L_RETURNFLAG VARCHAR(1), L_LINESTATUS VARCHAR(1), L_SHIPDATE DATE)",
        "INSERT INTO LINEITEM VALUES (1, 17, 21168.23, 'N', 'O', '1996-03-13'), (1, 36, 45983.16, 'N', 'O', '1996-04-12'), \
         (3, 45, 54058.05, 'R', 'F', '1994-02-02'), (5, 15, 22824.48, 'R', 'F', '1994-10-31'), \
         (7, 5, 10.00, 'N', 'O', '1998-11-30')",
        "CREATE TABLE CUSTOMER (C_CUSTKEY NUMBER(38,0), C_NATIONKEY NUMBER(38,0), C_ACCTBAL NUMBER(12,2), C_MKTSEGMENT VARCHAR(10))",
        "INSERT INTO CUSTOMER VALUES (1, 7, 711.56, 'BUILDING'), (2, 7, 121.65, 'AUTOMOBILE'), (3, 1, 7498.12, 'AUTOMOBILE'), \
         (4, 2, 2866.83, 'MACHINERY')",
        "CREATE TABLE NATION (N_NATIONKEY NUMBER(38,0), N_NAME VARCHAR(25))",
        "INSERT INTO NATION VALUES (7, 'GERMANY'), (1, 'ARGENTINA'), (2, 'BRAZIL')",
    ];
    snowflake.execute(&statements.map(str::to_owned)).await;
    let pricing = [("N", "O", 53.0, 2.0), ("R", "F", 60.0, 2.0)];
    let source = format!("owner: test\n{}", snowflake.as_source(""));
    let expected = Expected { pricing: &pricing, orders: 4.0, customers: 4.0, nations: 3 };
    Box::pin(held_against(&source, &expected)).await;
}
