//! What queries cost, for the page and the API.

use chrono::{DateTime, NaiveDate, Utc};

use crate::definitions::Catalog;
use crate::ledger::queries::{CostFilter, QueryLedger, QueryLine, first_of_month};
use crate::store::StoreError;
use crate::web::{CostsAsked, CostsOnly, FoundCosts};

/// The costs of the month that is asked for.
pub(super) async fn found(
    ledger: &QueryLedger,
    catalog: &Catalog,
    now: DateTime<Utc>,
    asked: CostsAsked,
) -> Result<FoundCosts, StoreError> {
    let costs = catalog.costs.as_deref();
    let this_month = this_month(catalog, now);
    let month = asked.month.map_or(this_month, first_of_month);
    let currency = costs.map(|costs| costs.currency.clone());
    let filter =
        filter(CostFilter::of_month_by(month, asked.by, currency.as_deref().unwrap_or_default()), asked.only);
    let rows = ledger.costs(&filter, asked.by).await?;
    let total = ledger.total(&filter).await?;
    let mut budgets = Vec::new();
    if let Some(costs) = costs.filter(|costs| !costs.budgets.is_empty()) {
        let spent = ledger.spent(month, &costs.currency).await?;
        budgets.extend(costs.budgets.iter().map(|(role, budget)| {
            let spent = spent.get(role.as_str()).copied().unwrap_or_default();
            (role.to_string(), *budget, spent)
        }));
    }
    Ok(FoundCosts { from: filter.from, month, this_month, currency, rows, total, budgets })
}

/// The single lines of the month that is asked for.
pub(super) async fn lines(
    ledger: &QueryLedger,
    catalog: &Catalog,
    now: DateTime<Utc>,
    asked: CostsAsked,
    limit: usize,
) -> Result<Vec<QueryLine>, StoreError> {
    let month = asked.month.map_or_else(|| this_month(catalog, now), first_of_month);
    ledger.lines(&filter(CostFilter::of_month(month, ""), asked.only), limit).await
}

fn this_month(catalog: &Catalog, now: DateTime<Utc>) -> NaiveDate {
    first_of_month(catalog.costs.as_ref().map_or_else(|| now.date_naive(), |costs| costs.day_of(now)))
}

fn filter(days: CostFilter, only: CostsOnly) -> CostFilter {
    let CostsOnly { role, report, dataset, source, region, viewer } = only;
    CostFilter { role, report, dataset, source, region, viewer, ..days }
}
