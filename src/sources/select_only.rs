//! Plans an author's SQL, if it only reads.

use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
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
    match plan {
        LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_) => {
            Err(bad(&"only a SELECT gives rows; EXPLAIN and DESCRIBE do not"))
        }
        plan => Ok(plan),
    }
}
