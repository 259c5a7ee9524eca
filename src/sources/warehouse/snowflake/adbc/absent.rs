//! What stands for the driver in a build that cannot load one.

use std::convert::Infallible;
use std::future::Ready;
use std::path::Path;

use arrow::record_batch::RecordBatch;

use super::Account;
use crate::sources::{Limits, Meter, Statement, StatementError};

/// A driver that there never is.
#[derive(Debug, Clone)]
pub struct AdbcDriver(Infallible);

impl AdbcDriver {
    /// Loads nothing.
    ///
    /// # Errors
    /// Always: this build has no ADBC.
    pub fn load(_: &Path) -> Result<Self, String> {
        Err("this jangpyo was built without ADBC; build it with `--features adbc`".into())
    }

    /// Is never asked.
    pub(in crate::sources::warehouse::snowflake) fn extract(
        &self,
        _: &Account,
        _: &Statement,
        _: Limits,
        _: &Meter,
    ) -> Ready<Result<Vec<RecordBatch>, StatementError>> {
        match self.0 {}
    }
}
