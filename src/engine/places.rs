//! Where the rows of a dataset lie: in one source, or in one for each region. Each place is asked where it is, and
//! what comes back is put together.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::logical_expr::LogicalPlan;
use futures::future::try_join_all;
use sha2::{Digest as _, Sha256};

use super::account::{Open, Purpose};
use super::answer::{Ask, Engine};
use super::datasets::{Freshness, Spot, is_down};
use super::execution::{Bounds, Executor};
use super::{EngineError, batches};
use crate::access::Restriction;
use crate::definitions::model::{Dataset, MissingRegion, Source, SourceId};
use crate::query::{Parts, Planner, QueryError};
use crate::sources::{Input, Meter, hex};
use crate::table::Value;

/// A dataset, opened in all its places.
pub(super) struct Places {
    /// Those that answer, that of the dataset's own source first if it does. There is one at least.
    pub(super) open: Vec<Place>,
    /// Those that do not.
    down: Vec<Down>,
    /// A digest of the data of those that answer.
    pub(super) version: String,
    /// For which functional role sources are asked in a way of its own.
    pub(super) asked_for: Option<String>,
    several: bool,
}

/// A region that cannot be reached, and why.
#[derive(Debug, Clone)]
pub(super) struct Down {
    pub(super) region: String,
    pub(super) cause: Arc<EngineError>,
}

impl PartialEq for Down {
    fn eq(&self, other: &Self) -> bool {
        self.region == other.region
    }
}

impl From<Down> for EngineError {
    fn from(Down { region, cause }: Down) -> Self {
        Self::RegionDown { region, cause }
    }
}

/// One place.
pub(super) struct Place {
    pub(super) source: SourceId,
    pub(super) input: Arc<Input>,
    /// Counts what it is asked.
    pub(super) meter: Arc<Meter>,
    region: String,
}

impl Places {
    /// Rows that were read before, which are all there are.
    pub(super) fn in_memory(ask: &Ask<'_>, input: Arc<Input>, meter: &Arc<Meter>) -> Self {
        let (version, asked_for) = (input.version.clone(), input.asked_for.clone());
        let place = Place {
            source: ask.dataset.source.clone(),
            input,
            meter: Arc::clone(meter),
            region: String::new(),
        };
        Self { open: vec![place], down: Vec::new(), version, asked_for, several: false }
    }

    /// Whether its rows lie in several places.
    pub(super) fn are_several(&self) -> bool {
        self.only().is_none()
    }

    /// Refuses where one of them does not answer.
    pub(super) fn all_answer(&self) -> Result<(), EngineError> {
        self.down.first().map_or(Ok(()), |down| Err(down.clone().into()))
    }

    /// An error of a plan, with the source where there are several.
    pub(super) fn told_of(&self, place: &Place, error: QueryError) -> QueryError {
        if self.only().is_some() {
            return error;
        }
        QueryError::InSource { source_id: place.source.to_string(), cause: Box::new(error) }
    }

    /// The only place, if the dataset has but one.
    fn only(&self) -> Option<&Place> {
        self.open.first().filter(|_| !self.several)
    }
}

impl Engine {
    /// Opens a dataset in all its places, but for the regions that were found down while it was asked. For who has spent
    /// the budget nothing is asked: people who look see what was last known of it, and what is sent is not made of that.
    pub(super) async fn open(
        &self,
        ask: &Ask<'_>,
        books: &Open,
        without: &[Down],
    ) -> Result<Places, EngineError> {
        let Err(spent) = books.admit() else { return self.open_now(ask, books, without).await };
        if ask.freshness != Freshness::Recent {
            return Err(spent);
        }
        let as_known = Ask { freshness: Freshness::Known, ..ask.clone() };
        self.open_now(&as_known, books, without).await.map_err(|_| spent)
    }

    async fn open_now(&self, ask: &Ask<'_>, books: &Open, without: &[Down]) -> Result<Places, EngineError> {
        let several = !ask.others.is_empty();
        let home = self.place(ask, 0, (&ask.dataset.source, ask.source), books, without).await?;
        let others = ask.others.iter().enumerate().map(async |(position, (id, source))| {
            // Whoever may not see a region does not wait for it, and pays nothing for it.
            if let (Ok(home), Some(region)) = (&home, &source.region) {
                let input = home.input.in_region(region.as_str())?;
                let rows = Planner::new(ask.dataset, &input, ask.restriction)?.open_rows()?;
                if input.reads_nothing(&rows)? {
                    return Ok::<_, EngineError>(None);
                }
            }
            self.place(ask, position + 1, (id, source), books, without).await.map(Some)
        });
        let others = try_join_all(others).await?;
        let (mut open, mut down) = (Vec::new(), Vec::new());
        for found in std::iter::once(home).chain(others.into_iter().flatten()) {
            match found {
                Ok(place) => open.push(place),
                Err(one) => down.push(one),
            }
        }
        let Some(first) = open.first() else {
            // Without any of them nothing is known, not even the columns.
            let down = down.into_iter().next();
            return Err(
                down.map_or_else(|| EngineError::Bug("a dataset without a place".into()), EngineError::from)
            );
        };
        let asked_for = open.iter().find_map(|place: &Place| place.input.asked_for.clone());
        let version =
            if several { version_of(&open, &down, ask.missing_region) } else { first.input.version.clone() };
        Ok(Places { open, down, version, asked_for, several })
    }

    /// Opens a dataset in one of its sources, or tells that the region is down.
    async fn place(
        &self,
        ask: &Ask<'_>,
        position: usize,
        (source_id, source): (&SourceId, &Source),
        books: &Open,
        without: &[Down],
    ) -> Result<Result<Place, Down>, EngineError> {
        let several = !ask.others.is_empty();
        let region = source.region.as_ref().filter(|_| several).map(ToString::to_string);
        let spot = Spot {
            id: ask.id,
            dataset: ask.dataset,
            source_id,
            source,
            freshness: ask.freshness,
            region: region.as_deref(),
            is_abroad: position > 0,
        };
        let name = region.clone().unwrap_or_default();
        if let Some(down) = without.iter().find(|down| several && down.region == name) {
            return Ok(Err(down.clone()));
        }
        let meter = books.meter_of(position);
        match self.datasets.open(&self.executor, &spot, meter).await {
            Ok(input) => {
                books.holds(position, input.bytes);
                let of_role = ask.account.asked_as().and_then(|role| input.of_role(role));
                let input = of_role.map_or(input, Arc::new);
                let (source, meter) = (source_id.clone(), Arc::clone(meter));
                Ok(Ok(Place { source, input, meter, region: name }))
            }
            Err(error) if several && is_down(&error) => {
                Ok(Err(Down { region: name, cause: Arc::new(error) }))
            }
            Err(error) => Err(error),
        }
    }
}

fn version_of(places: &[Place], down: &[Down], when_missing: MissingRegion) -> String {
    let mut digest = Sha256::new();
    for Place { source, input, .. } in places {
        digest.update(format!("{source} {}\n", input.version));
    }
    // What may lack a region is no answer to who must have all of them.
    if when_missing == MissingRegion::Mark {
        for down in down {
            digest.update(format!("without {}\n", down.region));
        }
    }
    hex(&digest.finalize())
}

/// What the queries of one question have in common.
pub(super) struct Work<'a> {
    pub(super) dataset: &'a Dataset,
    restriction: &'a Restriction,
    executor: &'a Executor,
    places: &'a Places,
    planners: Vec<Planner<'a>>,
    /// Nothing is run: what it would take is counted, and every answer is empty.
    pub(super) estimates: bool,
    when_missing: MissingRegion,
    missing: Mutex<BTreeSet<String>>,
}

impl<'a> Work<'a> {
    pub(super) fn new(ask: &Ask<'a>, places: &'a Places, engine: &'a Engine) -> Result<Self, EngineError> {
        let planners = places.open.iter().map(|place| {
            Planner::new(ask.dataset, &place.input, ask.restriction)
                .map_err(|error| places.told_of(place, error))
        });
        Ok(Self {
            dataset: ask.dataset,
            restriction: ask.restriction,
            executor: &engine.executor,
            places,
            planners: planners.collect::<Result<_, _>>()?,
            // What somebody may see decides what is read, so that is looked up in any case.
            estimates: engine.estimates && ask.account.purpose != Purpose::Attributes,
            when_missing: ask.missing_region,
            missing: Mutex::default(),
        })
    }

    /// The fewest rows that a group must be about to be shown, if there are.
    pub(super) fn fewest(&self) -> Option<u32> {
        self.restriction.minimum_group()
    }

    /// The regions that the answers so far lack.
    pub(super) fn missing(&self) -> Vec<String> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The rows of a plan over the whole dataset.
    pub(super) async fn rows(
        &self,
        plan: impl Fn(&Planner<'_>) -> Result<LogicalPlan, QueryError>,
    ) -> Result<Vec<RecordBatch>, EngineError> {
        let planned = self.places.open.iter().zip(&self.planners);
        if let (Some(place), [planner]) = (self.places.only(), self.planners.as_slice()) {
            if self.estimates {
                self.executor.estimate(&place.input, plan(planner)?, &place.meter).await?;
                return Ok(Vec::new());
            }
            return self.executor.collect(&place.input, plan(planner)?, &place.meter).await;
        }
        let Some(first) = self.places.open.first() else {
            return Err(EngineError::Bug("a question to no place".into()));
        };
        let mut whole = None;
        let mut asked = Vec::new();
        for (place, planner) in planned {
            let parts = plan(planner).and_then(|plan| Parts::of(plan, &place.input.context));
            let parts = parts.map_err(|error| self.places.told_of(place, error))?;
            if !place.input.reads_nothing(&parts.part)? {
                asked.push((place, parts.part.clone()));
            }
            let whole: &Parts = whole.get_or_insert_with(|| parts.clone());
            whole.fits(&parts).map_err(|error| self.places.told_of(place, error))?;
        }
        self.do_without(first, &plan)?;
        let Some(whole) = whole else { return Err(EngineError::Bug("a question without a plan".into())) };
        let schema = nullable(&whole.part);
        let answered = try_join_all(asked.into_iter().map(|(place, part)| self.part(place, part, &schema)));
        let answered: Vec<RecordBatch> = answered.await?.into_iter().flatten().collect();
        // They are put together here, so it is nobody's source that works.
        let together = Arc::new(first.input.over(schema, answered)?);
        let plan = whole.merged(together.rows.clone())?;
        self.executor.collect(&together, plan, &Arc::default()).await
    }

    /// Notes the regions that should be asked and are down, where the answer may lack them.
    fn do_without(
        &self,
        like: &Place,
        plan: impl Fn(&Planner<'_>) -> Result<LogicalPlan, QueryError>,
    ) -> Result<(), EngineError> {
        for down in &self.places.down {
            // Whether it matters can be told without it: its tables are like the others', rows of another region aside.
            let input = like.input.in_region(&down.region)?;
            let planner = Planner::new(self.dataset, &input, self.restriction)?;
            let part = Parts::of(plan(&planner)?, &input.context)?.part;
            if !input.reads_nothing(&part)? {
                self.lacks(down)?;
            }
        }
        Ok(())
    }

    fn lacks(&self, down: &Down) -> Result<(), EngineError> {
        if self.when_missing == MissingRegion::Fail {
            return Err(down.clone().into());
        }
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(down.region.clone());
        Ok(())
    }

    /// What one place answers, with the columns of `schema`.
    async fn part(
        &self,
        place: &Place,
        part: LogicalPlan,
        schema: &SchemaRef,
    ) -> Result<Vec<RecordBatch>, EngineError> {
        if self.estimates {
            let told = self.executor.estimate(&place.input, part, &place.meter).await;
            return told.map(|()| Vec::new()).map_err(|error| down(place, error));
        }
        let answered = self.executor.collect_within(&place.input, part, Bounds::OF_MANY, &place.meter).await;
        let answered = answered.map_err(|error| down(place, error))?;
        let rows = answered.iter().map(RecordBatch::num_rows).sum::<usize>();
        place.meter.add(|meter| &meter.rows, rows as u64);
        answered.iter().map(|batch| shaped(batch, schema, &place.source)).collect()
    }

    /// One value of each place, such as its last day; places whose rows cannot count are left out.
    pub(super) async fn each(
        &self,
        plan: impl Fn(&Planner<'_>) -> Result<LogicalPlan, QueryError>,
    ) -> Result<Vec<Value>, EngineError> {
        let mut asked = Vec::new();
        for (place, planner) in self.places.open.iter().zip(&self.planners) {
            let plan = plan(planner).map_err(|error| self.places.told_of(place, error))?;
            if self.places.only().is_some() || !place.input.reads_nothing(&plan)? {
                asked.push((place, plan));
            }
        }
        if let Some(first) = self.places.open.first() {
            self.do_without(first, &plan)?;
        }
        let values = asked.into_iter().map(async |(place, plan)| {
            let answered = self.executor.collect(&place.input, plan, &place.meter).await;
            let answered = answered
                .map_err(|error| if self.places.only().is_some() { error } else { down(place, error) })?;
            Ok::<_, EngineError>(batches::column_cells(&answered, 0)?.into_iter().next().unwrap_or_default())
        });
        try_join_all(values).await
    }
}

fn down(place: &Place, error: EngineError) -> EngineError {
    // A question that takes too long says nothing of the region.
    if matches!(error, EngineError::Unreachable(_)) {
        return EngineError::RegionDown { region: place.region.clone(), cause: Arc::new(error) };
    }
    error
}

fn nullable(part: &LogicalPlan) -> SchemaRef {
    let fields = part.schema().fields().iter();
    let fields = fields.map(|field| Field::new(field.name(), field.data_type().clone(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Tables of the same columns may have other types for them: `int` here and `bigint` there.
fn shaped(batch: &RecordBatch, schema: &SchemaRef, source: &SourceId) -> Result<RecordBatch, EngineError> {
    // What does not fit is an error, and no missing value.
    let exactly = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| {
        cast_with_options(column, field.data_type(), &exactly).map_err(|error| {
            let (found, wanted) = (column.data_type(), field.data_type());
            EngineError::BadData(format!("source `{source}` has {found} where others have {wanted}: {error}"))
        })
    });
    let columns = columns.collect::<Result<_, _>>()?;
    let options = arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
        .map_err(|error| EngineError::Bug(error.to_string()))
}
