//! What else is asked of a dataset: how far its data go, and whether its fields plan.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::EngineError;
use super::account::{Open, Outcome, Served};
use super::answer::{Ask, Engine};
use super::datasets::definition_hash;
use super::places::{Down, Place, Places, Work};
use crate::access::Restriction;
use crate::definitions::FieldPath;
use crate::definitions::model::{DatasetId, Source, SourceId};
use crate::query::{Planner, QueryError};
use crate::sources::Bill;
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
        let result = self.persist(ask, |without| self.try_latest_day(ask, zone, &open, without)).await;
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
        without: Vec<Down>,
    ) -> Result<(Option<NaiveDate>, Served), EngineError> {
        let places = self.open(ask, open, &without).await?;
        let key = LatestKey {
            dataset: ask.id.clone(),
            definition: definition_hash(ask),
            version: places.version.clone(),
            restriction: ask.restriction.clone(),
            asked_for: places.asked_for.clone(),
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
                let work = Work::new(ask, &places, self)?;
                let days = work.each(|planner| planner.latest(zone)).await?;
                let day = |value: &Value| value.as_date().ok_or_else(no_day);
                let days = days
                    .iter()
                    .map(|value| Some(value).filter(|value| !value.is_null()).map(day).transpose());
                let days = days.collect::<Result<Vec<_>, _>>()?;
                // What a dataset declares is complete when the last of its regions is, and not before each has some.
                Ok::<_, EngineError>(match ask.dataset.freshness {
                    Some(_) => days.into_iter().min().flatten(),
                    None => days.into_iter().flatten().max(),
                })
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

    /// The credits of the statements that were asked of a source in a time, by what it calls them.
    pub async fn bill(
        &self,
        id: &SourceId,
        source: &Source,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Bill, EngineError> {
        self.datasets.bill(id, source, (from, to), self.meter()).await
    }

    /// Plans every field of the dataset against its data and reports the first problem of each.
    pub async fn check_fields(&self, ask: &Ask<'_>) -> Result<Vec<(FieldPath, QueryError)>, EngineError> {
        let open = self.on_account(ask);
        let places = self.open(ask, &open, &[]).await?;
        open.ended(Outcome::Answered, Served::Source, 0);
        places.all_answer()?;
        let mut problems = Vec::new();
        for place in &places.open {
            let found = check_place(ask, &places, place)?;
            problems.extend(found.into_iter().map(|(path, error)| (path, places.told_of(place, error))));
        }
        Ok(problems)
    }
}

/// Plans every field of the dataset in one of its places.
fn check_place(
    ask: &Ask<'_>,
    places: &Places,
    place: &Place,
) -> Result<Vec<(FieldPath, QueryError)>, EngineError> {
    let planner = Planner::new(ask.dataset, &place.input, ask.restriction)?;
    let first = places.open.first().filter(|first| !std::ptr::eq(*first, place));
    let first = first.map(|first| Planner::new(ask.dataset, &first.input, ask.restriction)).transpose()?;
    let mut problems = Vec::new();
    for name in ask.dataset.dimensions.keys() {
        let checked = planner.check_dimension(name);
        let checked =
            checked.and_then(|()| first.as_ref().map_or(Ok(()), |first| planner.same_kind(name, first)));
        if let Err(error) = checked {
            problems.push((FieldPath::root().key("dimensions").key(name.as_str()), error));
        }
    }
    for (section, names) in [
        ("measures", ask.dataset.measures.keys().collect::<Vec<_>>()),
        ("metrics", ask.dataset.metrics.keys().collect()),
    ] {
        for name in names {
            let checked = planner.check_number(name);
            let in_parts =
                || if places.are_several() { planner.check_parts(name, first.as_ref()) } else { Ok(()) };
            if let Err(error) = checked.and_then(|()| in_parts()) {
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

fn no_day() -> QueryError {
    QueryError::BadExpression {
        what: "freshness",
        name: "complete_through".into(),
        problem: "does not give a date or a timestamp".into(),
    }
}
