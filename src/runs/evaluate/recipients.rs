//! Who the recipients of a burst are, where they are the rows of a dataset.

use super::control::member_value;
use super::{Evaluator, account};
use crate::access::Viewer;
use crate::definitions::model::{DatasetId, FieldName};
use crate::engine::{Ask, EngineError, Freshness};
use crate::query::{GroupBy, SemanticQuery};

/// The most recipients of a burst.
pub const MOST_RECIPIENTS: usize = 20_000;

/// Why the recipients are not known.
#[derive(Debug, thiserror::Error)]
pub enum RecipientsError {
    /// There is no such dataset, or the report's owner may not see it.
    #[error("dataset `{0}`, which has the recipients, does not exist or is not open to the report's owner")]
    Closed(DatasetId),
    /// A column is hidden from the owner.
    #[error("dimension `{field}` of dataset `{dataset}` is hidden or masked for the report's owner")]
    Masked {
        /// The dataset.
        dataset: DatasetId,
        /// The dimension.
        field: FieldName,
    },
    /// There are too many.
    #[error("the burst has more than {MOST_RECIPIENTS} recipients")]
    TooMany,
    /// The dataset cannot be asked.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl RecipientsError {
    /// Whose fault it is.
    pub fn kind(&self) -> crate::error::Kind {
        match self {
            Self::Closed(_) | Self::Masked { .. } | Self::TooMany => crate::error::Kind::BadDefinition,
            Self::Engine(error) => error.kind(),
        }
    }
}

impl Evaluator {
    /// The distinct values of `fields` in the rows of a dataset that `viewer` may see, as they stand in addresses;
    /// `None` for a missing one.
    ///
    /// # Errors
    /// Those of [`RecipientsError`].
    pub async fn rows_of(
        &self,
        id: &DatasetId,
        fields: &[FieldName],
        viewer: Viewer,
    ) -> Result<Vec<Vec<Option<String>>>, RecipientsError> {
        let catalog = self.catalog();
        let standing = Box::pin(self.standing_in(&catalog, viewer)).await;
        let closed = || RecipientsError::Closed(id.clone());
        let restriction = standing.restriction(id).map_err(|_| closed())?;
        // A masked address would lead to somebody else, and a masked member show something else.
        if let Some(field) = fields.iter().find(|field| restriction.mask(field).is_some()) {
            return Err(RecipientsError::Masked { dataset: id.clone(), field: field.clone() });
        }
        let ask = Ask::of(&catalog, id, &restriction, account::of(&standing, id)).ok_or_else(closed)?;
        let ask = Ask { freshness: Freshness::from_now_on(), ..ask };
        let query = SemanticQuery {
            by: fields.iter().map(|field| GroupBy { field: field.clone(), grain: None }).collect(),
            limit: Some(MOST_RECIPIENTS + 1),
            ..SemanticQuery::of_everything(Vec::new())
        };
        let table = self.engine.answer(&ask, &query).await?.table;
        if table.len() > MOST_RECIPIENTS {
            return Err(RecipientsError::TooMany);
        }
        let cell = |row: usize, column: usize| {
            let cell = table.cell(row, column);
            (!cell.is_null()).then(|| member_value(cell))
        };
        Ok((0..table.len()).map(|row| (0..fields.len()).map(|column| cell(row, column)).collect()).collect())
    }
}
