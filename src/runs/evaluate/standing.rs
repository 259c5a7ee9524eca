//! What a viewer may do in the workspace as it is now, with the attributes that datasets tell of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Evaluator;
use super::control::member_value;
use crate::access::{Attributes, Restriction, Standing, Unrestricted, Viewer, attributes_to_look_up};
use crate::definitions::Catalog;
use crate::definitions::model::DatasetAttribute;
use crate::engine::{Account, Ask, EngineError, Purpose};
use crate::query::{Condition, Filter, GroupBy, Literal, SemanticQuery};

/// The most values an attribute of one person may have; with more they see nothing by it.
const MOST_VALUES: usize = 10_000;

impl Evaluator {
    /// What `viewer` may do in the workspace as it is now.
    pub async fn standing(&self, viewer: Viewer) -> Standing {
        Box::pin(self.standing_in(&self.catalog(), viewer)).await
    }

    pub(super) async fn standing_in(&self, catalog: &Arc<Catalog>, viewer: Viewer) -> Standing {
        let mut looked_up = Attributes::new();
        if let Some(person) = viewer.as_person() {
            for (name, of) in attributes_to_look_up(&viewer, catalog) {
                match self.attribute(catalog, of, &person.name).await {
                    Ok(values) if values.is_empty() => {}
                    Ok(values) => {
                        looked_up.insert(name.to_owned(), values);
                    }
                    // Without it rules that ask for it leave no row, so nothing opens by this.
                    Err(error) => {
                        tracing::warn!(viewer = viewer.name(), attribute = name, %error, "an attribute is not known");
                    }
                }
            }
        }
        Standing::new(viewer, Arc::clone(catalog), &looked_up, self.mask_key)
    }

    /// The values in the rows of a person; kept by the engine like every answer.
    async fn attribute(
        &self,
        catalog: &Catalog,
        of: &DatasetAttribute,
        person: &str,
    ) -> Result<BTreeSet<String>, EngineError> {
        let restriction = Restriction::none(Unrestricted::Attributes);
        let account =
            Account { viewer: person.to_owned(), purpose: Purpose::Attributes, ..Account::default() };
        let Some(ask) = Ask::of(catalog, &of.dataset, &restriction, account) else {
            return Ok(BTreeSet::new());
        };
        let query = SemanticQuery {
            by: vec![GroupBy { field: of.value.clone(), grain: None }],
            filters: vec![Filter {
                field: of.person.clone(),
                condition: Condition::OneOf(vec![Literal::Text(person.to_owned())]),
            }],
            limit: Some(MOST_VALUES),
            ..SemanticQuery::of_everything(Vec::new())
        };
        let answer = self.engine.answer(&ask, &query).await?;
        let cells = answer.table.columns.first().map(|column| column.cells.as_slice()).unwrap_or_default();
        if answer.table.rows_before_limit > MOST_VALUES {
            return Ok(BTreeSet::new());
        }
        Ok(cells.iter().filter(|cell| !cell.is_null()).map(member_value).collect())
    }
}
