//! The same questions over files and at a database that computes: the same answers.

#[cfg(feature = "adbc")]
mod adbc;
mod collations;
mod faults;
mod functions;
mod live;
mod one_line;
mod questions;
mod regions;
mod rows;
mod slices;
mod snowflake;

use std::path::Path;

use jangpyo::table::{Table, Value};

use self::questions::questions;
use self::rows::Dealt;
use crate::support::dataset::TestDataset;
use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

/// Everything that a definition says, so that only `source` differs between where the data are.
const DATASET: &str = include_str!("sales.yaml");

/// The dataset over files in `folder`.
fn over_files(folder: &Path) -> TestDataset {
    over_files_of(folder, DATASET)
}

fn over_files_of(folder: &Path, dataset: &str) -> TestDataset {
    rows::as_files(folder, Dealt::All);
    let source = "{owner: test, url: ./, tables: {sales: sales.parquet, stores: stores.csv}}";
    TestDataset::new(source, dataset, |settings| folder.clone_into(&mut settings.workspace))
}

/// The dataset in a database of its own.
struct AtDatabase {
    database: Database,
    dataset: TestDataset,
}

/// Where the tables of the dataset are in the database.
const TABLES: &str = "tables: {sales: l2.sales, stores: l2.stores}";

impl AtDatabase {
    async fn new() -> Option<Self> {
        let database = Database::new().await?;
        database.execute(&rows::as_statements(Dealt::All)).await;
        let dataset = Self::dataset(&database, DATASET);
        Some(Self { database, dataset })
    }

    fn dataset(database: &Database, dataset: &str) -> TestDataset {
        let source = format!("owner: test\n{TABLES}\n{}", database.as_source(""));
        TestDataset::new(&source, dataset, |settings| settings.secret = Database::password)
    }
}

/// Whether two answers are the same: texts, dates and whole numbers exactly, others to twelve digits.
fn same(one: &Table, other: &Table) -> Result<(), String> {
    let names = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    if names(one) != names(other)
        || one.len() != other.len()
        || one.rows_before_limit != other.rows_before_limit
    {
        return Err(format!("{:?} × {} and {:?} × {}", names(one), one.len(), names(other), other.len()));
    }
    for (left, right) in one.columns.iter().zip(&other.columns) {
        for (row, (left_cell, right_cell)) in left.cells.iter().zip(&right.cells).enumerate() {
            if !equal(left_cell, right_cell) {
                return Err(format!("`{}` of row {row}: {left_cell:?} and {right_cell:?}", left.name));
            }
        }
    }
    let totals = |table: &Table| table.totals.clone().unwrap_or_default();
    let different = totals(one).iter().zip(&totals(other)).any(|(left, right)| !equal(left, right));
    if different { Err(format!("totals {:?} and {:?}", one.totals, other.totals)) } else { Ok(()) }
}

fn equal(one: &Value, other: &Value) -> bool {
    if one == other {
        return true;
    }
    let (Value::Float(one), Value::Float(other)) = (one, other) else { return false };
    (one - other).abs() <= 1e-12 * one.abs().max(other.abs())
}

#[tokio::test]
async fn the_same_questions_have_the_same_answers_over_files_and_at_a_database() {
    let Some(remote) = AtDatabase::new().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let local = over_files(folder.path());
    let mut wrong = Vec::new();
    let questions = questions();
    assert!(questions.len() >= 40, "{} questions", questions.len());
    for (name, query) in &questions {
        let local = local.answer(query).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        match remote.dataset.answer(query).await {
            Ok(remote) => {
                assert!(!local.table.is_empty(), "{name}: nothing was compared");
                wrong.extend(same(&local.table, &remote.table).err().map(|why| format!("{name}: {why}")));
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), questions.len(), wrong.join("\n"));
    remote.database.remove().await;
}

/// The statements that put the dataset's rows into Snowflake.
pub(crate) fn snowflake_rows() -> Vec<String> {
    rows::for_snowflake(Dealt::All)
}

/// The dataset's rows as files.
pub(crate) fn rows_as_files(folder: &Path) {
    rows::as_files(folder, Dealt::All);
}

/// The dataset in a database, which is given its rows.
pub(crate) async fn in_postgres(database: &Database) -> TestDataset {
    database.execute(&rows::as_statements(Dealt::All)).await;
    AtDatabase::dataset(database, DATASET)
}

/// The dataset in an account that has its rows.
pub(crate) fn in_snowflake(account: &Snowflake) -> TestDataset {
    snowflake::dataset(&account.as_source(""))
}
