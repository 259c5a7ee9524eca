//! The ledger of queries: for whom each was, what was asked of the source, what it cost.

mod append;
mod costs;
mod filter;
mod line;
mod search;
mod told;

pub use costs::{CostBy, CostRow};
pub use filter::{CostFilter, first_of_month};
pub use line::{Ended, Purpose, QueryLine, ServedFrom};
pub use told::BudgetNotice;

use crate::store::Store;

/// The ledger of queries of a store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct QueryLedger {
    store: Store,
}

impl QueryLedger {
    /// The ledger in `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[cfg(test)]
mod tests;
