//! Questions that people ask of a dataset themselves, without a report.
//!
//! Every name is held against what the viewer may see before anything is planned: a field that is hidden
//! from them is answered like one that never was, also in what messages offer instead.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{DateRange, Evaluator, account, filters, localize, words};
use crate::access::{Action, Object, Restriction, Standing};
use crate::definitions::model::{AxisField, Compare, Dataset, DatasetId, FieldFilter, FieldName, SortKey};
use crate::definitions::offer;
use crate::definitions::period::PeriodSpec;
use crate::engine::{Account, Ask, Defined, EngineError};
use crate::error::Kind;
use crate::format::Locale;
use crate::query::{Anchor, GroupBy, SemanticQuery, Sort, Top, compared, resolve};
use crate::table::{Role, Table};

/// What somebody asks of a dataset.
#[derive(Debug, Clone)]
pub struct Exploration {
    /// The dataset.
    pub dataset: DatasetId,
    /// Measures and metrics; none asks for the members alone.
    pub measures: Vec<FieldName>,
    /// Dimensions, with their time buckets.
    pub by: Vec<AxisField>,
    /// Conditions on dimensions; all must hold.
    pub filters: Vec<(FieldName, FieldFilter)>,
    /// The days that count; `None` for all.
    pub period: Option<PeriodSpec>,
    /// What the period is compared with.
    pub compare: Compare,
    /// Keeps the largest members of one dimension.
    pub top: Option<TopMembers>,
    /// The order of rows.
    pub sort: Vec<SortKey>,
    /// At most this many rows.
    pub limit: usize,
    /// Asks for the grand total too.
    pub totals: bool,
    /// The zone days are counted in.
    pub time_zone: Tz,
    /// The language of titles.
    pub locale: Locale,
}

/// The largest members of one dimension.
#[derive(Debug, Clone)]
pub struct TopMembers {
    /// The dimension; must be among the grouped ones.
    pub dimension: FieldName,
    /// By which number they are ranked.
    pub measure: FieldName,
    /// How many are kept.
    pub count: usize,
    /// Whether the rest is kept as one member.
    pub others: bool,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Explored {
    /// The rows, with titles in the language asked for.
    pub table: Table,
    /// The first and last day that counted.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The first and last day it is compared with.
    pub compared_with: Option<(NaiveDate, NaiveDate)>,
    /// The version of the data.
    pub data_version: String,
}

/// Why a question has no answer. Every message is for the viewer; causes that are not are logged.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// There is no such dataset, or it is closed to the viewer.
    #[error("there is no dataset `{name}`")]
    NoDataset {
        /// The name asked for.
        name: String,
    },
    /// A name that means nothing, or nothing that is open to the viewer.
    #[error("there is no {what} `{name}`: {offer}")]
    Unknown {
        /// "dimension", "measure or metric", …
        what: &'static str,
        /// The name asked for.
        name: String,
        /// The nearest name and those there are.
        offer: String,
    },
    /// The question does not make sense.
    #[error("{0}")]
    Question(String),
    /// The data did not answer.
    #[error("{message}")]
    Failed {
        /// Whose fault it is.
        kind: Kind,
        /// What the viewer is told.
        message: String,
    },
}

impl ExploreError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoDataset { .. } => Kind::NotFound,
            Self::Unknown { .. } | Self::Question(_) => Kind::BadRequest,
            Self::Failed { kind, .. } => *kind,
        }
    }

    /// Limits and the viewer's own values are for the viewer to change; the rest may name files and columns
    /// that the viewer should not see, and goes to the log.
    fn of_engine(dataset: &DatasetId, error: &EngineError, locale: Locale) -> Self {
        let kind = error.kind();
        tracing::warn!(%dataset, ?kind, %error, "a question of a dataset failed");
        match kind {
            _ if error.is_overspent() => Self::Failed { kind, message: words::overspent(locale).to_owned() },
            Kind::BadRequest => Self::Question(error.to_string()),
            Kind::OverLimit => Self::Failed { kind, message: error.to_string() },
            _ => Self::Failed { kind, message: words::failure(kind, locale).to_owned() },
        }
    }
}

/// A dataset as somebody may see it.
struct Opened<'a> {
    defined: Defined<'a>,
    restriction: Restriction,
    account: Account,
}

fn open<'a>(standing: &'a Standing, id: &DatasetId) -> Option<Opened<'a>> {
    standing.decide(Action::Explore, Object::Dataset(id)).ok()?;
    let restriction = standing.restriction(id).ok()?;
    let defined = Defined::of(standing.catalog(), id)?;
    Some(Opened { defined, restriction, account: account::of(standing, id) })
}

impl Opened<'_> {
    fn ask(&self) -> Ask<'_> {
        Ask::new(self.defined.clone(), &self.restriction, self.account.clone())
    }

    fn dimensions(&self) -> Vec<&str> {
        let names = self.defined.dataset.dimensions.keys();
        names.filter(|name| !self.restriction.hides(name)).map(FieldName::as_str).collect()
    }

    fn numbers(&self) -> Vec<&str> {
        let names = self.defined.dataset.measures.keys().chain(self.defined.dataset.metrics.keys());
        names.filter(|name| !self.restriction.hides(name)).map(FieldName::as_str).collect()
    }

    /// Holds every name of the question against what is open.
    fn check(&self, asked: &Exploration) -> Result<(), ExploreError> {
        let (dimensions, numbers) = (self.dimensions(), self.numbers());
        let by: Vec<&str> = asked.by.iter().map(|group| group.field.as_str()).collect();
        let shown: Vec<&str> =
            by.iter().copied().chain(asked.measures.iter().map(FieldName::as_str)).collect();
        for measure in &asked.measures {
            known("measure or metric", "measures and metrics", measure, &numbers)?;
        }
        for dimension in by.iter().filter_map(|name| FieldName::parse(name).ok()) {
            known("dimension", "dimensions", &dimension, &dimensions)?;
        }
        for (dimension, _) in &asked.filters {
            known("dimension to filter by", "dimensions", dimension, &dimensions)?;
        }
        if let Some(top) = &asked.top {
            known("dimension to rank", "dimensions of `by`", &top.dimension, &by)?;
            known("measure or metric to rank by", "measures and metrics", &top.measure, &numbers)?;
        }
        for key in &asked.sort {
            known("column to sort by", "columns", &key.field, &shown)?;
        }
        let mut seen = std::collections::BTreeSet::new();
        let groups = asked.by.iter().map(|group| format!("{} {:?}", group.field, group.grain));
        let columns = groups.chain(asked.measures.iter().map(ToString::to_string));
        for column in columns {
            if !seen.insert(column.clone()) {
                return Err(ExploreError::Question(format!(
                    "`{}` is asked for twice",
                    column.replace(" None", "")
                )));
            }
        }
        if shown.is_empty() {
            return Err(ExploreError::Question(format!(
                "the question asks for nothing; give `measures`, `by` or both: {}",
                offer("", "measures and metrics", numbers)
            )));
        }
        Ok(())
    }
}

fn known(what: &'static str, these: &str, name: &FieldName, valid: &[&str]) -> Result<(), ExploreError> {
    if valid.contains(&name.as_str()) {
        return Ok(());
    }
    let offer = offer(name.as_str(), these, valid.iter().copied());
    Err(ExploreError::Unknown { what, name: name.to_string(), offer })
}

impl Evaluator {
    /// Answers a question of somebody's own.
    pub async fn explore(
        &self,
        standing: &Standing,
        asked: &Exploration,
        now: DateTime<Utc>,
    ) -> Result<Explored, ExploreError> {
        let closed = || ExploreError::NoDataset { name: asked.dataset.to_string() };
        let opened = open(standing, &asked.dataset).ok_or_else(closed)?;
        opened.check(asked)?;
        let failed = |error: EngineError| ExploreError::of_engine(opened.defined.id, &error, asked.locale);
        let range = match asked.period {
            Some(_) if opened.defined.dataset.time.is_none() => {
                return Err(ExploreError::Question(format!(
                    "`period` counts days of a time dimension, and dataset `{}` has none",
                    opened.defined.id
                )));
            }
            Some(spec) => {
                let latest = match spec {
                    PeriodSpec::AsOfLatest => {
                        self.engine().latest_day(&opened.ask(), asked.time_zone).await.map_err(failed)?
                    }
                    _ => None,
                };
                let anchor = Anchor::at(now, asked.time_zone);
                resolve(spec, anchor, latest, asked.locale.week_start())
            }
            None => None,
        };
        let compare = asked.period.zip(range).and_then(|(spec, range)| compared(spec, range, asked.compare));
        if asked.compare != Compare::None && compare.is_none() {
            return Err(ExploreError::Question(
                "`compare` needs a `period` with a first and a last day".into(),
            ));
        }
        let query = question(asked, range, compare);
        let answer = self.engine().answer(&opened.ask(), &query).await.map_err(failed)?;
        let days = |range: DateRange| (range.start, range.last_day());
        Ok(Explored {
            table: titled(&answer.table, opened.defined.dataset, asked),
            period: range.map(days),
            compared_with: compare.map(days),
            data_version: answer.data_version,
        })
    }

    /// The last day that somebody's rows of a dataset have; `None` without any, and where that cannot be told.
    pub async fn latest_day_of(&self, standing: &Standing, id: &DatasetId) -> Option<NaiveDate> {
        let opened = open(standing, id).filter(|opened| opened.defined.dataset.time.is_some())?;
        match self.engine().latest_day(&opened.ask(), Tz::UTC).await {
            Ok(day) => day,
            Err(error) => {
                tracing::warn!(dataset = %id, %error, "the last day of the data is not known");
                None
            }
        }
    }
}

fn question(asked: &Exploration, range: Option<DateRange>, compare: Option<DateRange>) -> SemanticQuery {
    let group = |group: &AxisField| GroupBy { field: group.field.clone(), grain: group.grain };
    let sort = |key: &SortKey| Sort { field: key.field.clone(), descending: key.descending };
    let top = |top: &TopMembers| Top {
        dimension: top.dimension.clone(),
        measure: top.measure.clone(),
        count: top.count,
        others: top.others,
    };
    SemanticQuery {
        measures: asked.measures.clone(),
        by: asked.by.iter().map(group).collect(),
        filters: filters::without_parameters(&asked.filters),
        range,
        compare,
        top: asked.top.as_ref().map(top),
        sort: asked.sort.iter().map(sort).collect(),
        limit: Some(asked.limit),
        // Without dimensions the one row is the total.
        totals: asked.totals && !asked.by.is_empty(),
        time_zone: asked.time_zone,
        week_start: asked.locale.week_start(),
    }
}

fn titled(table: &Table, dataset: &Dataset, asked: &Exploration) -> Table {
    let mut table = table.clone();
    for column in &mut table.columns {
        let is_previous = column.role == Role::Previous;
        let name = column.name.strip_suffix(".previous").filter(|_| is_previous).unwrap_or(&column.name);
        let name = name.split(':').next().unwrap_or(name);
        let Ok(field) = FieldName::parse(name) else { continue };
        column.title = localize::field_title(dataset, &field, asked.locale);
        if is_previous {
            column.title = format!("{} · {}", column.title, words::compared(asked.compare, asked.locale));
        }
    }
    table
}
