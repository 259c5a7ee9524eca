//! `POST /datasets/{dataset}/query`: questions of the caller's own.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::NaiveDate;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::kept;
use super::asked::Body;
use super::cells::Rows;
use super::names::Named;
use crate::definitions::model::{
    AxisField, Compare, DatasetId, FieldFilter, FieldName, FilterOperators, FilterValue, OneOrMany, SortKey,
};
use crate::definitions::period::PeriodSpec;
use crate::error::Kind;
use crate::format::Grain;
use crate::runs::evaluate::{Exploration, ExploreError, Explored, TopMembers};
use crate::web::error::{WebError, status_of};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// A question of a dataset. Give `measures`, `by`, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QueryBody {
    /// Measures and metrics; none asks for the members of `by` alone.
    #[serde(default)]
    #[schemars(length(max = 30))]
    measures: Vec<FieldName>,
    /// What they are grouped by.
    #[serde(default)]
    #[schemars(length(max = 10))]
    by: Vec<GroupBody>,
    /// Conditions by dimension; all must hold.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 30))]
    filters: IndexMap<FieldName, FilterBody>,
    /// The days that count: `last_12_months`, `month_to_date`, `2026-Q1`, `2026-01-01..2026-01-31`; all by default.
    #[schemars(length(max = 64))]
    period: Option<String>,
    /// What the period is compared with: adds a column `<measure>.previous` behind each measure.
    #[serde(default)]
    compare: Compare,
    /// Keeps the largest members of one dimension.
    top: Option<TopBody>,
    /// The order of rows; dimensions and measures that are asked for, `-` before one means from large to small.
    #[serde(default)]
    #[schemars(length(max = 10))]
    sort: Vec<SortKey>,
    /// At most this many rows, 1000 by default; `rows_before_limit` tells how many there were.
    #[serde(default = "usual_limit")]
    #[schemars(range(min = 1, max = 100_000))]
    limit: u32,
    /// Asks for the total over all rows too.
    #[serde(default)]
    totals: bool,
    /// The IANA time zone days are counted in; `Asia/Seoul` by default.
    #[schemars(length(max = 64))]
    time_zone: Option<String>,
}

fn usual_limit() -> u32 {
    1000
}

/// A dimension to group by.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GroupBody {
    /// The dimension.
    dimension: FieldName,
    /// The time bucket, for dates and timestamps.
    grain: Option<Grain>,
}

/// Conditions on a dimension; all that are given must hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FilterBody {
    /// One of these; `null` is the missing value.
    is: Option<Vec<Scalar>>,
    /// None of these.
    not: Option<Vec<Scalar>>,
    /// Greater than.
    gt: Option<Scalar>,
    /// Greater than or equal to.
    gte: Option<Scalar>,
    /// Less than.
    lt: Option<Scalar>,
    /// Less than or equal to.
    lte: Option<Scalar>,
    /// Text that contains this, whatever its case.
    contains: Option<String>,
    /// Text that starts with this.
    starts_with: Option<String>,
    /// `true`: only rows without a value; `false`: only rows with one.
    is_null: Option<bool>,
}

/// A value: text (also a date or an exact decimal), a number, true, false, or nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Missing(()),
}

impl From<Scalar> for FilterValue {
    fn from(value: Scalar) -> Self {
        match value {
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Int(number) => Self::Int(number),
            Scalar::Float(number) => Self::Float(number),
            Scalar::Text(text) => Self::Text(text),
            // As the missing member is written in addresses.
            Scalar::Missing(()) => Self::Text("(null)".into()),
        }
    }
}

/// The largest members of one dimension.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TopBody {
    /// The dimension; one of `by`.
    dimension: FieldName,
    /// By which measure or metric they are ranked.
    measure: FieldName,
    /// How many are kept.
    #[schemars(range(min = 1, max = 1000))]
    count: u32,
    /// Keeps the rest as one member.
    #[serde(default)]
    others: bool,
}

/// The answer to a question.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct QueryAnswer {
    /// The dataset.
    dataset: String,
    #[serde(flatten)]
    rows: Rows,
    /// The days that counted.
    period: Option<Days>,
    /// The days they are compared with.
    compared_with: Option<Days>,
    /// The version of the data: it changes when they do.
    data_version: String,
}

/// Days, both inclusive.
#[derive(Debug, Serialize, JsonSchema)]
struct Days {
    /// The first.
    from: NaiveDate,
    /// The last.
    to: NaiveDate,
}

fn refused(message: impl Into<String>) -> WebError {
    WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying(message)
}

impl From<ExploreError> for WebError {
    fn from(error: ExploreError) -> Self {
        match error.kind() {
            Kind::BadRequest => refused(error.to_string()),
            // Which dataset was asked for, the caller knows.
            Kind::NotFound => Self::no_page(),
            // The cause is in the log already, and the message is for the caller.
            kind => Self::of(status_of(kind)).saying(error.to_string()),
        }
    }
}

/// `POST /datasets/{dataset}/query`
pub(super) async fn query(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    Named(id): Named<DatasetId>,
    headers: HeaderMap,
    body: Result<Body<QueryBody>, WebError>,
) -> Result<Response, WebError> {
    // A dataset that is closed looks absent, whatever is asked of it.
    if !state.backend.datasets(&standing).iter().any(|entry| entry.id == id) {
        return Err(WebError::no_page());
    }
    let asked = body?.0.question(id, &visitor)?;
    let explored = state.backend.explore(standing, asked.clone()).await?;
    kept(&headers, &QueryAnswer::new(&asked.dataset, &explored))
}

impl QueryBody {
    fn question(self, dataset: DatasetId, visitor: &Visitor) -> Result<Exploration, WebError> {
        let within = |what: &str, count: usize, most: usize| {
            let fits = count <= most;
            if fits { Ok(()) } else { Err(refused(format!("`{what}` has at most {most} entries"))) }
        };
        within("measures", self.measures.len(), 30)?;
        within("by", self.by.len(), 10)?;
        within("filters", self.filters.len(), 30)?;
        within("sort", self.sort.len(), 10)?;
        if !(1..=100_000).contains(&self.limit) {
            return Err(refused("`limit` is a number from 1 to 100000"));
        }
        if self.top.as_ref().is_some_and(|top| !(1..=1000).contains(&top.count)) {
            return Err(refused("`top.count` is a number from 1 to 1000"));
        }
        let zone = self.time_zone.as_deref().unwrap_or("Asia/Seoul");
        let time_zone = zone.parse().map_err(|_| {
            let zone: String = zone.chars().filter(|c| !c.is_control()).take(80).collect();
            refused(format!("`{zone}` is no IANA time zone; write one such as `Asia/Hong_Kong`"))
        })?;
        let period = self.period.as_deref().map(PeriodSpec::parse).transpose();
        Ok(Exploration {
            dataset,
            measures: self.measures,
            by: self
                .by
                .into_iter()
                .map(|group| AxisField { field: group.dimension, grain: group.grain })
                .collect(),
            filters: self.filters.into_iter().flat_map(|(field, filter)| filter.conditions(&field)).collect(),
            period: period.map_err(|error| refused(error.to_string()))?,
            compare: self.compare,
            top: self.top.map(|top| TopMembers {
                dimension: top.dimension,
                measure: top.measure,
                count: top.count as usize,
                others: top.others,
            }),
            sort: self.sort,
            limit: self.limit as usize,
            totals: self.totals,
            time_zone,
            locale: visitor.locale.unwrap_or_default(),
        })
    }
}

impl FilterBody {
    fn conditions(self, field: &FieldName) -> Vec<(FieldName, FieldFilter)> {
        let list = |values: Vec<Scalar>| values.into_iter().map(FilterValue::from).collect::<Vec<_>>();
        let text = |text: String| FilterValue::Text(text);
        let operators = FilterOperators {
            not: self.not.map(|values| OneOrMany::Many(list(values))),
            gt: self.gt.map(FilterValue::from),
            gte: self.gte.map(FilterValue::from),
            lt: self.lt.map(FilterValue::from),
            lte: self.lte.map(FilterValue::from),
            contains: self.contains.map(text),
            starts_with: self.starts_with.map(text),
            is_null: self.is_null,
        };
        let own = self.is.map(|values| FieldFilter::OneOf(list(values)));
        let all = own.into_iter().chain([FieldFilter::Operators(Box::new(operators))]);
        all.map(|filter| (field.clone(), filter)).collect()
    }
}

impl QueryAnswer {
    fn new(dataset: &DatasetId, explored: &Explored) -> Self {
        let days = |(from, to)| Days { from, to };
        Self {
            dataset: dataset.to_string(),
            rows: Rows::of(&explored.table),
            period: explored.period.map(days),
            compared_with: explored.compared_with.map(days),
            data_version: explored.data_version.clone(),
        }
    }
}
