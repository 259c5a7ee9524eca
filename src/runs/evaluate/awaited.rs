//! Whether the data that a schedule waits for are there.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::chosen::{self, ChosenPeriod};
use super::{Evaluator, account, resolve};
use crate::access::{Standing, Viewer};
use crate::definitions::model::{DatasetId, DayWord, Report, WaitFor};
use crate::engine::{Ask, Freshness};
use crate::format::Locale;
use crate::query::{Anchor, DateRange};
use crate::runs::store::Missing;

/// Names and keys of signals.
pub type AwaitedSignals = Vec<(String, String)>;

/// What a run waits for.
#[derive(Debug, Clone)]
pub struct Awaited {
    /// The report.
    pub report: Arc<Report>,
    /// The parameters it will be asked with, which say its period.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// Its language, which says when weeks begin.
    pub locale: Locale,
    /// The instant it is scheduled for.
    pub now: DateTime<Utc>,
    /// The day of that instant in the zone of its schedule.
    pub day: NaiveDate,
    /// Who asks.
    pub viewer: Viewer,
    /// What is waited for.
    pub wait_for: WaitFor,
}

impl Evaluator {
    /// Which data are not there, and the signals that are waited for with their whole keys.
    pub async fn missing(&self, awaited: Awaited) -> (Vec<Missing>, AwaitedSignals) {
        let range = period(&awaited);
        let day = |word: DayWord| match word {
            DayWord::ScheduledDay => Some(awaited.day),
            DayWord::PreviousDay => awaited.day.pred_opt(),
            DayWord::PeriodStart => range.map(|range| range.start),
            DayWord::PeriodEnd => range.and_then(|range| range.end.pred_opt()),
        };
        let catalog = self.catalog();
        let standing = Box::pin(self.standing_in(&catalog, awaited.viewer.clone())).await;
        let mut missing = Vec::new();
        let zone: Tz = awaited.report.time_zone.parse().unwrap_or(Tz::UTC);
        for (id, word) in &awaited.wait_for.datasets {
            match day(*word) {
                Some(wanted) => missing.extend(self.behind(&standing, id, wanted, zone).await),
                None => missing.push(no_day(format!("dataset `{id}`"), *word)),
            }
        }
        for object in awaited.wait_for.objects.as_slice() {
            let path = DayWord::fill(&object.path, day);
            let source = object.source.to_string();
            let Some(definition) = catalog.sources.get(&object.source) else {
                missing.push(unknown(format!("source `{source}`"), "there is no such source"));
                continue;
            };
            let looked = self.engine.has_object(&object.source, definition, &path).await;
            match looked {
                Ok(true) => {}
                Ok(false) => missing.push(Missing::Object { source, path }),
                Err(error) => missing.push(unknown(format!("`{path}` in source `{source}`"), error)),
            }
        }
        let signals = awaited.wait_for.signals.iter();
        (missing, signals.map(|(name, key)| (name.to_string(), DayWord::fill(key, day))).collect())
    }

    /// What is to be said of a dataset whose data end before `wanted`.
    async fn behind(
        &self,
        standing: &Standing,
        id: &DatasetId,
        wanted: NaiveDate,
        zone: Tz,
    ) -> Option<Missing> {
        let what = || format!("dataset `{id}`");
        let catalog = standing.catalog();
        if !catalog.datasets.contains_key(id) {
            return Some(unknown(what(), "there is no such dataset"));
        }
        let Ok(restriction) = standing.restriction(id) else {
            return Some(unknown(what(), "it is not open to the schedule"));
        };
        let Some(ask) = Ask::of(catalog, id, &restriction, account::of(standing, id)) else {
            return Some(unknown(what(), "one of its sources is not defined"));
        };
        let ask = Ask { freshness: Freshness::from_now_on(), ..ask };
        match self.engine.latest_day(&ask, zone).await {
            Ok(Some(found)) if found >= wanted => None,
            Ok(found) => Some(Missing::Dataset { dataset: id.to_string(), wanted, found }),
            Err(error) => Some(unknown(what(), error)),
        }
    }
}

fn unknown(what: String, cause: impl std::fmt::Display) -> Missing {
    Missing::Unknown { what, cause: cause.to_string() }
}

fn no_day(what: String, word: DayWord) -> Missing {
    unknown(what, format!("there is no day `{}`, because the report is about all days", word.name()))
}

/// The days that the report will be about. The check refuses to wait for a period that follows the data.
fn period(awaited: &Awaited) -> Option<DateRange> {
    let chosen = chosen::read(&awaited.report, &awaited.parameters).ok()?;
    let ChosenPeriod { spec, .. } = chosen::period(&chosen)?;
    let zone: Tz = awaited.report.time_zone.parse().unwrap_or(Tz::UTC);
    resolve(spec, Anchor::at(awaited.now, zone), None, awaited.locale.week_start())
}
