//! Plans an author's SQL, if it only reads.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::prelude::SessionContext;

use super::SourceError;

/// Plans `sql`, which must be one `SELECT` over the tables registered in `context`.
pub(super) async fn plan(context: &SessionContext, sql: &str) -> Result<LogicalPlan, SourceError> {
    let reads_only =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let bad = |cause: &dyn std::fmt::Display| SourceError::BadDataset(format!("sql: {cause}"));
    let plan = context.state().create_logical_plan(sql).await.map_err(|cause| bad(&cause))?;
    reads_only
        .verify_plan(&plan)
        .map_err(|_| bad(&"only one SELECT is allowed; nothing that writes, creates, copies or sets"))?;
    if let Some(function) = volatile_function(&plan).map_err(|cause| bad(&cause))? {
        return Err(bad(&format!(
            "`{function}()` changes by itself, so the same question would have another answer each time; use a period \
             parameter for dates relative to now"
        )));
    }
    match plan {
        LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_) => {
            Err(bad(&"only a SELECT gives rows; EXPLAIN and DESCRIBE do not"))
        }
        plan => Ok(plan),
    }
}

/// The first function in `plan` whose result does not follow from the data alone.
fn volatile_function(plan: &LogicalPlan) -> datafusion::error::Result<Option<String>> {
    let mut found = None;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                if let Expr::ScalarFunction(call) = part
                    && call.func.signature().volatility != Volatility::Immutable
                {
                    found = Some(call.func.name().to_owned());
                    return Ok(TreeNodeRecursion::Stop);
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}
