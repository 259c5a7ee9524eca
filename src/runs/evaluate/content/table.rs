//! The rows of a table.

use super::Asking;
use crate::definitions::model::TablePanel;
use crate::engine::EngineError;
use crate::query::SemanticQuery;
use crate::render::document::Content;
use crate::runs::evaluate::{localize, panel_query};

impl Asking<'_> {
    pub(super) async fn table(
        &mut self,
        base: SemanticQuery,
        panel: &TablePanel,
    ) -> Result<Content, EngineError> {
        let query = panel_query::table(base, self.prepared, self.ask.dataset, panel);
        let rows = self.answer(&query).await?;
        Ok(Content::Table(localize::table(&rows, self.ask.dataset, self.prepared)))
    }
}
