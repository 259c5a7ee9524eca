//! Every function that sources are asked, over rows with missing values, other scripts and negative numbers: each is
//! the same everywhere, or refused where it would not be.

use std::fmt::Write as _;
use std::sync::Arc;

use jangpyo::query::{GroupBy, SemanticQuery};
use jangpyo::table::{Table, Value};

use super::{AtDatabase, DATASET, over_files_of, same};
use crate::support::dataset::{TestDataset, field};
use crate::support::snowflake::Snowflake;

/// What is worked out for each row.
const OF_ROWS: [&str; 73] = [
    "lower(store)",
    "upper(channel)",
    "reverse(store)",
    "ltrim(concat('  ', channel))",
    "rtrim(concat(channel, '  '))",
    "btrim(concat(' ', channel, ' '))",
    "trim(concat(' ', channel, ' '))",
    "replace(store, 'e', '3')",
    "repeat(channel, 2)",
    "left(store, 2)",
    "right(store, 2)",
    "substr(store, 2)",
    "substr(store, 2, 3)",
    "lpad(channel, 6, '*')",
    "rpad(channel, 6, '*')",
    "split_part(store, ' ', 1)",
    "strpos(store, 'a')",
    "starts_with(channel, 's')",
    "ends_with(channel, 'b')",
    "contains(channel, 'e')",
    "concat(channel, '-', store)",
    "channel || '/' || store",
    "character_length(store)",
    "length(store)",
    "channel like 'sh%'",
    "channel not like '%e%'",
    "channel ilike 'T%'",
    "channel like 'shop\\%\\_'",
    "nullif(channel, 'web')",
    "coalesce(channel, store, '?')",
    "nvl(channel, '?')",
    "channel in ('web', 'Tel')",
    "case channel when 'web' then 1 when 'Tel' then 2 end",
    "channel < 'shop'",
    "abs(pieces)",
    "abs(weight)",
    "ceil(weight)",
    "floor(weight)",
    "trunc(weight)",
    "sqrt(weight)",
    "exp(pieces)",
    "ln(weight + 1)",
    "log10(weight + 1)",
    "power(weight, 2)",
    "signum(pieces)",
    "round(weight)",
    "round(weight, 1)",
    "round(amount)",
    "round(amount, 1)",
    "greatest(pieces, 3)",
    "least(pieces, 3)",
    "pieces % 4",
    "1000 / (pieces * 3)",
    "1000 / length(replace(store, 'o', 'oo'))",
    "-pieces",
    "amount * 2",
    "amount + pieces",
    "amount * weight",
    "cast(pieces as varchar)",
    "cast(amount as double)",
    "cast(weight as bigint)",
    "cast(returned as int)",
    "cast(sold_on as varchar)",
    "cast(store as varchar)",
    "sold_on > cast('2025-06-01' as date)",
    "sold_on + interval '1 month'",
    "date_trunc('month', sold_on)",
    "date_trunc('week', sold_at)",
    "date_trunc('hour', sold_at)",
    "returned is not true",
    "not returned or pieces > 3",
    "pieces between 2 and 4",
    "store is distinct from channel",
];

/// Parts of days and times.
const PARTS: [&str; 12] =
    ["year", "quarter", "month", "week", "day", "doy", "dow", "hour", "minute", "second", "epoch", "isodow"];

/// What is added up.
const OF_GROUPS: [&str; 20] = [
    "median(weight)",
    "percentile_cont(0.9) within group (order by weight)",
    "percentile_cont(0.25) within group (order by weight desc)",
    "stddev(weight)",
    "stddev_pop(weight)",
    "var_samp(weight)",
    "var_pop(weight)",
    "bool_and(returned)",
    "bool_or(returned)",
    "corr(weight, pieces)",
    "count(distinct store)",
    "sum(distinct pieces)",
    "avg(amount)",
    "avg(pieces)",
    "min(store)",
    "max(sold_at)",
    "sum(pieces) filter (where returned)",
    "sum(amount) / count(*)",
    "count(returned)",
    "sum(case when channel like 'shop%' then amount end)",
];

/// What is refused at a database, which has no equal of it.
const REFUSED: [&str; 1] = ["date_part('isodow'"];

/// What the emulator cannot execute, though Snowflake can.
const BEYOND_THE_EMULATOR: [&str; 1] = ["sum(distinct pieces)"];

fn definition() -> String {
    let (head, _) = DATASET.split_once("dimensions:\n").unwrap();
    let (_, relationships) = DATASET.split_once("relationships:\n").unwrap();
    let mut text = format!("{head}dimensions:\n  sold_on: {{type: date}}\n  channel: {{type: text}}\n");
    let quoted = |sql: &str| sql.replace('\\', "\\\\").replace('"', "\\\"");
    for (number, sql) in rows().iter().enumerate() {
        writeln!(text, "  f{number}: {{sql: \"{}\"}}", quoted(sql)).unwrap();
    }
    text.push_str("measures:\n  rows: {sql: count(*)}\n");
    for (number, sql) in OF_GROUPS.iter().enumerate() {
        writeln!(text, "  g{number}: {{sql: \"{}\"}}", quoted(sql)).unwrap();
    }
    format!("{text}relationships:\n{relationships}")
}

fn rows() -> Vec<String> {
    let parts = PARTS
        .iter()
        .flat_map(|part| ["sold_on", "sold_at"].map(|time| format!("date_part('{part}', {time})")));
    OF_ROWS.iter().map(|sql| (*sql).to_owned()).chain(parts).collect()
}

/// Each with the question that it stands in.
fn questions() -> Vec<(String, SemanticQuery)> {
    let by = |name: &str| vec![GroupBy { field: field(name), grain: None }];
    let of_rows = rows().into_iter().enumerate().map(|(number, sql)| {
        let query = SemanticQuery::of_everything(vec![field("rows")]);
        (sql, SemanticQuery { by: by(&format!("f{number}")), ..query })
    });
    let of_groups = OF_GROUPS.iter().enumerate().map(|(number, sql)| {
        let query = SemanticQuery::of_everything(vec![field(&format!("g{number}"))]);
        ((*sql).to_owned(), SemanticQuery { by: by("channel"), ..query })
    });
    of_rows.chain(of_groups).collect()
}

/// What is other than over files, or refused though it is not known to be.
async fn wrong(source: &str, remote: &TestDataset) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let local = over_files_of(folder.path(), &definition());
    let mut wrong = Vec::new();
    for (sql, query) in questions() {
        if source == "Snowflake" && BEYOND_THE_EMULATOR.contains(&&*sql) {
            continue;
        }
        let expected = local.answer(&query).await;
        let answered = remote.answer(&query).await;
        let is_refused = REFUSED.iter().any(|known| sql.starts_with(known));
        let why = match (expected, answered) {
            (Ok(expected), Ok(answer)) => {
                let different = same(&rounded(expected.table, &sql), &rounded(answer.table, &sql)).err();
                if is_refused { Some("it is not refused".to_owned()) } else { different }
            }
            (Err(error), _) => Some(format!("over files: {error}")),
            (_, Err(error)) if is_refused && error.to_string().contains(source) => None,
            (_, Err(error)) => Some(error.to_string()),
        };
        wrong.extend(why.map(|why| format!("{sql}: {why}")));
    }
    wrong
}

/// Numbers as they are compared: decimals by their value, and percentiles to eight digits, as the engine has them.
fn rounded(table: Arc<Table>, sql: &str) -> Table {
    let mut table = Arc::unwrap_or_clone(table);
    for column in &mut table.columns {
        for cell in &mut column.cells {
            *cell = match std::mem::replace(cell, Value::Null) {
                Value::Decimal { mut unscaled, mut scale } => {
                    while scale > 0 && unscaled % 10 == 0 {
                        (unscaled, scale) = (unscaled / 10, scale - 1);
                    }
                    Value::Decimal { unscaled, scale }
                }
                Value::Float(number) if sql.starts_with("percentile") => {
                    Value::Float((number * 1e4).round() / 1e4)
                }
                other => other,
            };
        }
    }
    table
}

#[tokio::test]
async fn every_function_is_the_same_at_a_database_or_refused() {
    let Some(AtDatabase { database, .. }) = AtDatabase::new().await else { return };
    let wrong = wrong("PostgreSQL", &AtDatabase::dataset(&database, &definition())).await;
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    database.remove().await;
}

#[tokio::test]
async fn every_function_is_the_same_in_snowflake_or_refused() {
    let snowflake = Snowflake::start();
    snowflake.execute(&super::snowflake_rows()).await;
    let remote = super::snowflake::over(&snowflake.as_source(""), &definition());
    let wrong = wrong("Snowflake", &remote).await;
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
