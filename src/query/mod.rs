//! From a question in the dataset's words to a plan the engine runs.
//!
//! Takes a [`SemanticQuery`], the dataset's definition, an opened input and the viewer's
//! restriction; gives logical plans. Periods are resolved here, against a given now. Values travel
//! as typed literals, never as text.

mod aggregate;
mod bucket;
mod calendar;
mod columns;
mod dialect;
mod error;
mod expression;
mod filter;
mod load;
mod mask;
mod parts;
mod period;
mod plan;
mod row_rules;
mod semantic;

use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;

pub use calendar::{Buckets, DateRange, bucket_of};
pub use dialect::statement;
pub use error::QueryError;
pub use load::{Needs, SLICE};
pub use parts::Parts;
pub use period::{Anchor, compared, resolve};
pub use plan::{OTHERS_FLAG, Planner, ROWS_OF_GROUP};
pub use semantic::{Comparison, Condition, Filter, GroupBy, Literal, SemanticQuery, Sort, Top};

/// A plan with its types made explicit: what is compared, added up or put side by side has one type.
fn typed(plan: LogicalPlan, context: &SessionContext) -> Result<LogicalPlan, QueryError> {
    let state = context.state();
    Ok(state.analyzer().execute_and_check(plan, state.config_options(), |_, _| {})?)
}
