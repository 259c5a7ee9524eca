//! Replaces estimates of the ledger by what sources say that their statements cost.

use chrono::{DateTime, TimeDelta, Utc};

use super::books::price;
use super::{Program, ProgramError, existing_store};
use crate::definitions::model::{Prices, SourceId};
use crate::engine::EngineError;
use crate::error::Kind;
use crate::ledger::queries::QueryLedger;
use crate::sources::{Bill, Measured};
use crate::store::StoreError;

/// The longest that a question takes.
const LONGEST: TimeDelta = TimeDelta::hours(2);

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum BillError {
    /// There is no such source.
    #[error("there is no source `{name}`; valid are: {valid}")]
    NoSource {
        /// The name asked for.
        name: SourceId,
        /// The names there are.
        valid: String,
    },
    /// Credits have no price.
    #[error(
        "`costs.yaml` does not say what a credit of source `{0}` costs; write `prices: {{{0}: {{per_credit: 3.00}}}}`"
    )]
    NoPrice(SourceId),
    /// Nothing was recorded yet.
    #[error("there is no store in {0} yet; nothing was asked")]
    NoStore(String),
    /// The source does not tell.
    #[error(transparent)]
    Source(#[from] EngineError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store cannot be opened.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

impl BillError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoSource { .. } | Self::NoStore(_) => Kind::NotFound,
            Self::NoPrice(_) => Kind::BadDefinition,
            Self::Source(error) => error.kind(),
            Self::Store(_) => Kind::Unavailable,
            Self::Program(error) => error.kind(),
        }
    }
}

/// What was imported.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Imported {
    /// Up to when the account has told; later lines keep their estimates.
    pub until: DateTime<Utc>,
    /// Lines of the ledger whose estimate was replaced.
    pub lines: u64,
    /// Statements that the account told credits of.
    pub statements: u64,
    /// Their credits, with their share of what ran idle.
    pub credits: f64,
    /// What the lines had been estimated at, in millionths of the currency.
    pub estimated: i64,
    /// What they cost.
    pub billed: i64,
}

/// Replaces the estimates of what was asked of a source in a time, as far as its account has told: it does so up to eight hours
/// late, and what is later keeps its estimate.
///
/// # Errors
/// Those of [`BillError`].
pub async fn import_bill(
    program: &Program,
    id: &SourceId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Imported, BillError> {
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let source = catalog.sources.get(id).ok_or_else(|| BillError::NoSource {
        name: id.clone(),
        valid: catalog.sources.keys().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    })?;
    let currency = catalog.costs.as_ref().map(|costs| costs.currency.clone()).unwrap_or_default();
    let prices = catalog.costs.as_ref().and_then(|costs| costs.prices.get(id)).copied();
    let prices =
        prices.filter(|prices| prices.per_credit > 0.0).ok_or_else(|| BillError::NoPrice(id.clone()))?;
    let state = program.settings.state.display().to_string();
    let store = existing_store(&program.settings).await?.ok_or(BillError::NoStore(state))?;
    // A line is as old as its end, and its statements began before.
    let credits = program.evaluator.engine().bill(id, source, from - LONGEST, to).await;
    let ledger = QueryLedger::new(store.clone());
    let imported = async {
        let Bill { credits, until } = credits?;
        let mut imported = Imported { until, ..Imported::default() };
        // By the computing time only: what moved and was requested has its own prices, whoever tells the credits.
        let besides = Prices { per_hour: 0.0, ..prices };
        let mut bills = Vec::new();
        for (line_id, line) in ledger.of_source(id.as_str(), from, until).await? {
            let of_line: Vec<f64> =
                line.statements.iter().filter_map(|statement| credits.get(statement).copied()).collect();
            // What was told once is not taken back because a copy of the history is shorter now.
            if of_line.is_empty() && line.billed {
                continue;
            }
            let measured = Measured {
                requests: line.requests,
                scanned: line.scanned,
                moved: line.moved,
                ..Measured::default()
            };
            let of_line_credits = of_line.iter().sum::<f64>();
            let computing = of_line_credits * prices.per_credit * 1e6;
            let cost = price(&besides, &measured).saturating_add(computing.round() as i64);
            imported.lines += 1;
            imported.statements += of_line.len() as u64;
            imported.credits += of_line_credits;
            imported.estimated += line.cost;
            imported.billed += cost;
            bills.push((line_id, cost));
        }
        ledger.bill(&bills, &currency).await?;
        Ok(imported)
    };
    let imported = imported.await;
    store.close().await;
    imported
}
