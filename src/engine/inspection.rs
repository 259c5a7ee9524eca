//! What else is asked of a dataset: how far its data go, and whether its fields plan.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::EngineError;
use super::answer::{Ask, Engine, is_changed};
use super::batches::column_cells;
use crate::definitions::FieldPath;
use crate::definitions::model::{Source, SourceId};
use crate::query::{Planner, QueryError};
use crate::table::Value;

impl Engine {
    /// The last day the dataset has data for, in `zone`; `None` for an empty dataset.
    pub async fn latest_day(&self, ask: &Ask<'_>, zone: Tz) -> Result<Option<NaiveDate>, EngineError> {
        if let Some(memory) = ask.memory {
            return self.remembered_latest(memory, ask, zone).await;
        }
        match self.try_latest_day(ask, zone).await {
            Err(error) if is_changed(&error) => {
                self.datasets.forget(ask.id).await;
                self.try_latest_day(ask, zone).await
            }
            result => result,
        }
    }

    async fn try_latest_day(&self, ask: &Ask<'_>, zone: Tz) -> Result<Option<NaiveDate>, EngineError> {
        let input = self.open(ask).await?;
        let plan = Planner::new(ask.dataset, &input, ask.restriction)?.latest(zone)?;
        let batches = self.executor.collect(&input, plan).await?;
        let value = column_cells(&batches, 0)?.into_iter().next().unwrap_or_default();
        match value {
            Value::Null => Ok(None),
            value => Ok(Some(value.as_date().ok_or_else(|| QueryError::BadExpression {
                what: "freshness",
                name: "complete_through".into(),
                problem: "does not give a date or a timestamp".into(),
            })?)),
        }
    }

    /// Whether a source has a file called `path` or, where it ends with `/`, any file with data below it.
    pub async fn has_object(&self, id: &SourceId, source: &Source, path: &str) -> Result<bool, EngineError> {
        self.datasets.has_object(id, source, path).await
    }

    /// Plans every field of the dataset against its data and reports the first problem of each.
    pub async fn check_fields(&self, ask: &Ask<'_>) -> Result<Vec<(FieldPath, QueryError)>, EngineError> {
        let input = self.open(ask).await?;
        let planner = Planner::new(ask.dataset, &input, ask.restriction)?;
        let mut problems = Vec::new();
        for name in ask.dataset.dimensions.keys() {
            if let Err(error) = planner.check_dimension(name) {
                problems.push((FieldPath::root().key("dimensions").key(name.as_str()), error));
            }
        }
        for (section, names) in [
            ("measures", ask.dataset.measures.keys().collect::<Vec<_>>()),
            ("metrics", ask.dataset.metrics.keys().collect()),
        ] {
            for name in names {
                if let Err(error) = planner.check_number(name) {
                    problems.push((FieldPath::root().key(section).key(name.as_str()), error));
                }
            }
        }
        if ask.dataset.time.is_some()
            && let Err(error) = planner.check_latest()
        {
            let path = match ask.dataset.freshness {
                Some(_) => FieldPath::root().key("freshness").key("complete_through"),
                None => FieldPath::root().key("time"),
            };
            problems.push((path, error));
        }
        Ok(problems)
    }
}
