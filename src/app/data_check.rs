//! Checks definitions against the data they describe.

use futures::StreamExt;

use super::Program;
use crate::access::{Restriction, Unrestricted};
use crate::definitions::{DefinitionKind, Diagnostic, FieldPath};
use crate::engine::{Account, Ask, Freshness, Purpose};
use crate::error::Kind;
use crate::query::QueryError;

/// How many datasets are opened at a time.
const DATASETS_AT_A_TIME: usize = 4;

/// Plans every dimension, measure and metric of every valid dataset against its data, and gives a
/// diagnostic at the line of each that does not plan. Sources that cannot be reached are problems of
/// the dataset's `source`, its path or its SQL.
pub async fn check_against_data(program: &Program) -> Vec<Diagnostic> {
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let restriction = Restriction::none(Unrestricted::Check);
    let found = futures::stream::iter(&catalog.datasets).map(|(id, dataset)| {
        let restriction = &restriction;
        let file = workspace.file_of(DefinitionKind::Dataset, id.as_str());
        async move {
            let account = Account { purpose: Purpose::Check, ..Account::default() };
            let (Some(ask), Some(file)) = (Ask::of(catalog, id, restriction, account), file) else {
                return Vec::new();
            };
            let ask = Ask { freshness: Freshness::from_now_on(), ..ask };
            match program.evaluator.engine().check_fields(&ask).await {
                Ok(problems) => problems
                    .into_iter()
                    .map(|(path, error)| file.problem(&path, code(&error), error.to_string(), help(&error)))
                    .collect(),
                Err(error) => {
                    let key = match error.kind() {
                        Kind::Unavailable | Kind::OverLimit => "source",
                        _ if dataset.sql.is_some() => "sql",
                        _ => "table",
                    };
                    vec![file.problem(
                        &FieldPath::root().key(key),
                        "unreadable_data",
                        error.to_string(),
                        None,
                    )]
                }
            }
        }
    });
    found.buffered(DATASETS_AT_A_TIME).concat().await
}

fn code(error: &QueryError) -> &'static str {
    match error {
        QueryError::NoColumn { .. } => "unknown_column",
        QueryError::CyclicMetric { .. } => "cyclic_metric",
        _ => "bad_expression",
    }
}

fn help(error: &QueryError) -> Option<String> {
    match error {
        QueryError::NoColumn { .. } => {
            Some("give the dimension a `sql` expression over these columns".into())
        }
        _ => None,
    }
}
