//! What else is asked of a dataset: how far its data go, and whether its fields plan.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::EngineError;
use super::account::{Open, Outcome, Served};
use super::answer::{Ask, Engine, is_changed};
use super::batches::column_cells;
use super::datasets::definition_hash;
use crate::access::Restriction;
use crate::definitions::FieldPath;
use crate::definitions::model::{DatasetId, Source, SourceId};
use crate::query::{Planner, QueryError};
use crate::table::Value;

/// Whose last day it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct LatestKey {
    dataset: DatasetId,
    definition: u64,
    version: String,
    restriction: Restriction,
    asked_for: Option<String>,
    zone: Tz,
}

impl Engine {
    /// The last day the dataset has data for, in `zone`; `None` for an empty dataset.
    pub async fn latest_day(&self, ask: &Ask<'_>, zone: Tz) -> Result<Option<NaiveDate>, EngineError> {
        if let Some(memory) = ask.memory {
            return self.remembered_latest(memory, ask, zone).await;
        }
        let open = self.on_account(ask);
        let result = match Box::pin(self.try_latest_day(ask, zone, &open)).await {
            Err(error) if is_changed(&error) => {
                self.datasets.forget(ask.id).await;
                Box::pin(self.try_latest_day(ask, zone, &open)).await
            }
            result => result,
        };
        match result {
            Ok((latest, served)) => {
                open.ended(Outcome::Answered, served, 1);
                Ok(latest)
            }
            Err(error) => {
                open.ended(Outcome::Failed, Served::Source, 0);
                Err(error)
            }
        }
    }

    async fn try_latest_day(
        &self,
        ask: &Ask<'_>,
        zone: Tz,
        open: &Open,
    ) -> Result<(Option<NaiveDate>, Served), EngineError> {
        let input = self.open(ask, &open.meter).await?;
        let key = LatestKey {
            dataset: ask.id.clone(),
            definition: definition_hash(ask.dataset, ask.source),
            version: input.version.clone(),
            restriction: ask.restriction.clone(),
            asked_for: input.asked_for.clone(),
            zone,
        };
        // Before waiting for somebody else's answer: their role's budget is not this one's.
        if !self.latest.contains_key(&key) {
            open.admit()?;
        }
        let entry = self
            .latest
            .entry(key)
            .or_try_insert_with(async {
                let plan = Planner::new(ask.dataset, &input, ask.restriction)?.latest(zone)?;
                let batches = self.executor.collect(&input, plan, &open.meter).await?;
                match column_cells(&batches, 0)?.into_iter().next().unwrap_or_default() {
                    Value::Null => Ok::<_, EngineError>(None),
                    value => Ok(Some(value.as_date().ok_or_else(|| QueryError::BadExpression {
                        what: "freshness",
                        name: "complete_through".into(),
                        problem: "does not give a date or a timestamp".into(),
                    })?)),
                }
            })
            .await
            .map_err(EngineError::Shared)?;
        let served = if entry.is_fresh() { Served::Source } else { Served::Kept };
        Ok((entry.into_value(), served))
    }

    /// Whether a source has a file called `path` or, where it ends with `/`, any file with data below it.
    pub async fn has_object(&self, id: &SourceId, source: &Source, path: &str) -> Result<bool, EngineError> {
        self.datasets.has_object(id, source, path).await
    }

    /// Plans every field of the dataset against its data and reports the first problem of each.
    pub async fn check_fields(&self, ask: &Ask<'_>) -> Result<Vec<(FieldPath, QueryError)>, EngineError> {
        let open = self.on_account(ask);
        let input = self.open(ask, &open.meter).await?;
        open.ended(Outcome::Answered, Served::Source, 0);
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
