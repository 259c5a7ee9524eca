//! A table that stays where it is: its name and columns, for planning.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

/// A column of a table at its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteColumn {
    /// Its exact name there.
    pub name: String,
    /// Whether its type there is none that answers can have, so that it is read as text.
    pub as_text: bool,
    /// Whether its texts compare there in a way of their own, which may take different ones for the same: it is read as
    /// a text that compares as it would over files.
    pub is_collated: bool,
}

/// A table at its source. Plans name it; nothing scans it here.
#[derive(Debug, Clone)]
pub struct RemoteTable {
    /// The exact parts of its name: database, schema and table, as far as they are given.
    pub path: Vec<String>,
    /// Its columns, in the order of the schema.
    pub columns: Vec<RemoteColumn>,
    schema: SchemaRef,
}

impl RemoteTable {
    /// A table whose columns are known here by the names of `fields`.
    pub fn new(path: Vec<String>, columns: Vec<RemoteColumn>, fields: Vec<Field>) -> Self {
        Self { path, columns, schema: Arc::new(Schema::new(fields)) }
    }

    /// The column that is called `name` here.
    pub fn column(&self, name: &str) -> Option<&RemoteColumn> {
        self.columns.get(self.schema.index_of(name).ok()?)
    }

    /// The columns as they are known here.
    pub fn fields(&self) -> &SchemaRef {
        &self.schema
    }
}

#[async_trait]
impl TableProvider for RemoteTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        Err(DataFusionError::Internal(format!("`{}` is asked at its source", self.path.join("."))))
    }
}
