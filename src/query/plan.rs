//! Builds the logical plans that answer a question.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Column, ScalarValue};
use datafusion::functions_aggregate::expr_fn::{count, max};
use datafusion::logical_expr::{
    Expr, ExprSchemable, JoinType, LogicalPlan, LogicalPlanBuilder, SortExpr, lit, when,
};

use super::aggregate::Numbers;
use super::bucket::TimeDimension;
use super::columns::Columns;
use super::expression::{self, Place, aggregate_name, exact_column};
use super::parts::is_same_kind;
use super::{GroupBy, Parts, QueryError, SemanticQuery, Top, dialect, filter, mask, row_rules};
use crate::access::Restriction;
use crate::definitions::model::{Dataset, Dimension, DimensionType, FieldName};
use crate::sources::{Input, ROWS};

/// The column of an answer that is true for the rows of "others"; present when `top` was asked for.
pub const OTHERS_FLAG: &str = "__others";

/// The last column of an answer where small groups are not shown: how many rows each group is about.
pub const ROWS_OF_GROUP: &str = "__rows_of_group";

/// Plans questions to one opened dataset for one viewer. Without a restriction there is no planner.
pub struct Planner<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) input: &'a Input,
    restriction: &'a Restriction,
    columns: Columns,
}

pub(super) struct Parsed {
    pub(super) expression: Expr,
    pub(super) data_type: DataType,
}

impl<'a> Planner<'a> {
    /// A planner for what `restriction` leaves of the dataset.
    pub fn new(
        dataset: &'a Dataset,
        input: &'a Input,
        restriction: &'a Restriction,
    ) -> Result<Self, QueryError> {
        Ok(Self { dataset, input, restriction, columns: Columns::of(dataset, input)? })
    }

    /// The rows of the answer: grouped columns, then [`OTHERS_FLAG`] when `top` is asked for, then measures, then
    /// [`ROWS_OF_GROUP`] where small groups are not shown. `kept` are the members that a ranking found, needed with `top`.
    pub fn rows(
        &self,
        query: &SemanticQuery,
        kept: Option<&[ScalarValue]>,
    ) -> Result<LogicalPlan, QueryError> {
        let group_names = query.group_names();
        let names =
            group_names.iter().map(String::as_str).chain(query.measures.iter().map(FieldName::as_str));
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                return Err(QueryError::BadQuestion(format!("`{name}` is asked for twice; name it once")));
            }
        }
        let mut groups = Vec::new();
        let mut flag = None;
        for (group, name) in query.by.iter().zip(&group_names) {
            let mut expression = self.group(query, group)?;
            if let (Some(top), Some(kept)) = (&query.top, kept)
                && top.dimension == group.field
            {
                let is_kept = is_one_of(&expression, kept);
                let missing = expression::null_of(&expression.get_type(&self.columns.joined)?)?;
                expression = when(is_kept.clone(), expression).otherwise(missing)?;
                flag = Some(Expr::IsNotTrue(Box::new(is_kept)));
            }
            groups.push(expression.alias(name.as_str()));
        }
        let has_flag = flag.is_some();
        groups.extend(flag.map(|flag| flag.alias(OTHERS_FLAG)));
        let mut plan = self.aggregate(query, groups, &query.measures)?;
        if has_flag && query.top.as_ref().is_some_and(|top| !top.others) {
            plan = LogicalPlanBuilder::from(plan)
                .filter(Expr::IsFalse(Box::new(exact_column(OTHERS_FLAG))))?
                .build()?;
        }
        let mut plan = LogicalPlanBuilder::from(plan);
        let order = order(query, has_flag)?;
        if !order.is_empty() {
            plan = plan.sort(order)?;
        }
        Ok(plan.limit(0, query.limit)?.build()?)
    }

    /// How many rows the answer would have without its limit, as one number.
    pub fn row_count(
        &self,
        query: &SemanticQuery,
        kept: Option<&[ScalarValue]>,
    ) -> Result<LogicalPlan, QueryError> {
        let unlimited = SemanticQuery { limit: None, sort: Vec::new(), ..query.clone() };
        let rows = self.rows(&unlimited, kept)?;
        let none: [Expr; 0] = [];
        Ok(LogicalPlanBuilder::from(rows).aggregate(none, [count(lit(1)).alias("rows")])?.build()?)
    }

    /// The members that `top` keeps, largest first, in one column.
    pub fn ranking(&self, query: &SemanticQuery, top: &Top) -> Result<LogicalPlan, QueryError> {
        let group = query.by.iter().find(|group| group.field == top.dimension).ok_or_else(|| {
            QueryError::BadQuestion(format!(
                "top {} is of `{}`, which is not grouped by",
                top.count, top.dimension
            ))
        })?;
        let member = self.group(query, group)?.alias(group.field.as_str());
        let plan = self.aggregate(query, vec![member], std::slice::from_ref(&top.measure))?;
        let order = vec![
            exact_column(top.measure.as_str()).sort(false, false),
            exact_column(group.field.as_str()).sort(true, false),
        ];
        let plan = LogicalPlanBuilder::from(plan).sort(order)?.limit(0, Some(top.count))?;
        Ok(plan.project([exact_column(group.field.as_str())])?.build()?)
    }

    /// The grand total: one row with the asked measures, over all rows of the question.
    pub fn totals(&self, query: &SemanticQuery) -> Result<LogicalPlan, QueryError> {
        self.aggregate(query, Vec::new(), &query.measures)
    }

    /// The last day the dataset is complete through: one row with one date or timestamp. What the
    /// dataset declares about itself in `freshness` is told to everybody who may see any of it; where it
    /// declares nothing, the last day among the rows that the viewer sees.
    pub fn latest(&self, zone: Tz) -> Result<LogicalPlan, QueryError> {
        let place = Place { what: "freshness", name: "complete_through" };
        let none: [Expr; 0] = [];
        let time = self.time_dimension()?;
        let (base, latest) = match &self.dataset.freshness {
            Some(freshness) => {
                let parsed = self.parse(&freshness.complete_through, place)?;
                (self.joined(&parsed.column_refs_qualifiers())?, parsed)
            }
            None => (self.seen(time.expression.column_refs_qualifiers())?, max(time.local(zone)?)),
        };
        Ok(LogicalPlanBuilder::from(base).aggregate(none, [latest.alias("latest")])?.build()?)
    }

    /// For a relationship: one row if its joined columns are not unique, which would multiply rows.
    pub fn duplicates(&self, relationship: &FieldName) -> Result<LogicalPlan, QueryError> {
        let place = Place { what: "relationship", name: relationship.as_str() };
        let (Some(definition), Some(joined)) = (
            self.dataset.relationships.get(relationship),
            self.input.relationships.get(relationship.as_str()),
        ) else {
            return Err(place.error("is not opened"));
        };
        let keys: Vec<Expr> = definition
            .on
            .values()
            .map(|name| Expr::Column(Column::new(Some(relationship.as_str()), name.as_str())))
            .collect();
        let plan = LogicalPlanBuilder::from(joined.clone())
            .aggregate(keys, [count(lit(1)).alias("rows")])?
            .filter(exact_column("rows").gt(lit(1_i64)))?
            .limit(0, Some(1))?;
        Ok(plan.build()?)
    }

    /// The rows that the restriction leaves.
    pub fn open_rows(&self) -> Result<LogicalPlan, QueryError> {
        self.seen(BTreeSet::new())
    }

    /// Plans one measure or metric over all rows.
    pub fn check_number(&self, field: &FieldName) -> Result<(), QueryError> {
        let query = SemanticQuery::of_everything(vec![field.clone()]);
        let plan = self.totals(&query)?;
        let what = if self.dataset.measures.contains_key(field) { "measure" } else { "metric" };
        self.check_plan(plan, Place { what, name: field.as_str() })
    }

    /// Whether one measure or metric can be told from the parts of a dataset that lies in several sources, and is of the
    /// same kind in this one as in `other`.
    pub fn check_parts(&self, field: &FieldName, other: Option<&Planner<'_>>) -> Result<(), QueryError> {
        let query = SemanticQuery::of_everything(vec![field.clone()]);
        let parts = |planner: &Planner<'_>| Parts::of(planner.totals(&query)?, &planner.input.context);
        let own = parts(self)?;
        match other {
            Some(other) => parts(other)?.fits(&own),
            None => Ok(()),
        }
    }

    /// Whether one dimension holds the same kind of values as another source of the dataset does.
    pub fn same_kind(&self, field: &FieldName, other: &Planner<'_>) -> Result<(), QueryError> {
        let (here, there) = (self.dimension(field)?.data_type, other.dimension(field)?.data_type);
        if is_same_kind(&here, &there) {
            return Ok(());
        }
        let place = Place { what: "dimension", name: field.as_str() };
        Err(place
            .error(format!("holds {here}, and {there} in the other source; convert one of them in a view")))
    }

    /// Plans how far the data go.
    pub fn check_latest(&self) -> Result<(), QueryError> {
        let plan = self.latest(Tz::UTC)?;
        let place = match (&self.dataset.freshness, &self.dataset.time) {
            (None, Some(time)) => Place { what: "dimension", name: time.as_str() },
            _ => Place { what: "freshness", name: "complete_through" },
        };
        self.check_plan(plan, place)
    }

    /// Whether whoever answers can be asked so.
    fn check_plan(&self, plan: LogicalPlan, place: Place<'_>) -> Result<(), QueryError> {
        if let Some(remote) = &self.input.remote {
            let written = dialect::statement(plan, &self.input.context, remote.warehouse.dialect());
            return written.map(drop).map_err(|error| place.error(error.to_string()));
        }
        let planned = self.input.context.state().optimize(&plan);
        planned.map(drop).map_err(|cause| place.error(cause.strip_backtrace()))
    }

    /// Plans one dimension and holds its declared type against the data.
    pub fn check_dimension(&self, field: &FieldName) -> Result<(), QueryError> {
        let Parsed { expression, data_type: found } = self.dimension(field)?;
        let values = plain(&found);
        let (name, definition) = self.definition(field)?;
        let fits = match definition.r#type {
            None => true,
            Some(DimensionType::Text) => values.is_string(),
            Some(DimensionType::Number) => values.is_numeric(),
            Some(DimensionType::Bool) => *values == DataType::Boolean,
            Some(DimensionType::Date) => matches!(values, DataType::Date32 | DataType::Date64),
            Some(DimensionType::Timestamp) => matches!(values, DataType::Timestamp(..)),
        };
        let place = Place { what: "dimension", name: name.as_str() };
        let problem = format!(
            "holds {found}, which is not its declared `type`; change one, or convert the data in `sql`"
        );
        if !fits {
            return Err(place.error(problem));
        }
        if self.input.remote.is_none() {
            return Ok(());
        }
        let none: [Expr; 0] = [];
        let rows = LogicalPlanBuilder::from(self.joined(&expression.column_refs_qualifiers())?);
        self.check_plan(rows.aggregate([expression.alias("member")], none)?.build()?, place)
    }

    fn aggregate(
        &self,
        query: &SemanticQuery,
        groups: Vec<Expr>,
        numbers: &[FieldName],
    ) -> Result<LogicalPlan, QueryError> {
        let needed = Numbers::collect(&self.input.context, self.dataset, numbers)?;
        let mut aggregates = Vec::new();
        let mut columns = Vec::new();
        for name in &needed.measures {
            let place = Place { what: "measure", name: name.as_str() };
            let sql = self.dataset.measures.get(name).map_or("", |measure| measure.sql.as_str());
            let parsed = self.parse(sql, place)?;
            if !expression::has_aggregate(&parsed) {
                return Err(place
                    .error("a measure aggregates rows: write sum(…), count(…), avg(…), min(…) or max(…)"));
            }
            let outer = expression::extract_aggregates(parsed, &mut aggregates, place)?;
            columns.push(self.masked_number(name, outer)?.alias(name.as_str()));
        }
        let filters = self.conditions(query)?;
        let qualifiers =
            groups.iter().chain(&aggregates).chain(&filters).flat_map(Qualifiers::column_refs_qualifiers);
        let mut plan = LogicalPlanBuilder::from(self.seen(qualifiers.collect())?);
        for condition in filters {
            plan = plan.filter(condition)?;
        }
        let names: Vec<String> = groups.iter().map(|group| group.schema_name().to_string()).collect();
        let named = aggregates
            .into_iter()
            .enumerate()
            .map(|(position, aggregate)| aggregate.alias(aggregate_name(position)));
        let mut named: Vec<Expr> = named.collect();
        if self.restriction.minimum_group().is_some() {
            named.push(count(lit(1)).alias(ROWS_OF_GROUP));
        }
        // Grouping by nothing and aggregating nothing is not a plan; the members alone are.
        plan = plan.aggregate(groups, named)?;
        if let Some(minimum) = self.restriction.minimum_group() {
            plan = plan.filter(exact_column(ROWS_OF_GROUP).gt_eq(lit(i64::from(minimum))))?;
        }
        let keys = || names.iter().map(|name| exact_column(name));
        let size = || self.restriction.minimum_group().map(|_| exact_column(ROWS_OF_GROUP));
        plan = plan.project(keys().chain(columns).chain(size()).collect::<Vec<_>>())?;
        let mut computed: Vec<String> = needed.measures.iter().map(ToString::to_string).collect();
        for (name, metric) in needed.metrics {
            let metric = self.masked_number(&name, metric)?;
            let known = computed.iter().map(|name| exact_column(name));
            let metric = metric.alias(name.as_str());
            plan = plan.project(keys().chain(known).chain([metric]).chain(size()).collect::<Vec<_>>())?;
            computed.push(name.to_string());
        }
        let asked = numbers.iter().map(|name| exact_column(name.as_str()));
        Ok(plan.project(keys().chain(asked).chain(size()).collect::<Vec<_>>())?.build()?)
    }

    /// The range of days and the filters.
    fn conditions(&self, query: &SemanticQuery) -> Result<Vec<Expr>, QueryError> {
        let mut conditions = Vec::new();
        if let Some(range) = query.range {
            let time = self.time_dimension()?;
            conditions.push(time.expression.clone().gt_eq(time.start_of(range.start, query.time_zone)));
            conditions.push(time.expression.clone().lt(time.start_of(range.end, query.time_zone)));
        }
        for filter in &query.filters {
            let mut dimension = self.dimension(&filter.field)?;
            if matches!(dimension.data_type, DataType::Timestamp(..)) {
                // Values are local times of the report's zone, whatever zone the data are in.
                let expression = self.time(&filter.field)?.local(query.time_zone)?;
                dimension =
                    Parsed { expression, data_type: DataType::Timestamp(TimeUnit::Microsecond, None) };
            }
            let name = filter.field.as_str();
            conditions.push(filter::expression(
                name,
                dimension.expression,
                &dimension.data_type,
                &filter.condition,
            )?);
        }
        Ok(conditions)
    }

    fn group(&self, query: &SemanticQuery, group: &GroupBy) -> Result<Expr, QueryError> {
        if let Some(grain) = group.grain {
            return self.time(&group.field)?.bucket(grain, query.time_zone, query.week_start);
        }
        let dimension = self.dimension(&group.field)?;
        match dimension.data_type {
            // An hour is an hour of the report's zone, whatever zone the data are in.
            DataType::Timestamp(..) => self.time(&group.field)?.local(query.time_zone),
            _ => Ok(dimension.expression),
        }
    }

    /// The rows that the viewer may see, joined with the tables of the relationships in `used`.
    fn seen(&self, mut used: BTreeSet<String>) -> Result<LogicalPlan, QueryError> {
        let Some(test) = self.restriction.rows() else { return self.joined(&used) };
        let raw = |field: &FieldName| {
            let parsed = self.raw_dimension(field)?;
            Ok((parsed.expression, parsed.data_type))
        };
        let rule = row_rules::expression(test, &raw)?;
        used.extend(rule.column_refs_qualifiers());
        Ok(LogicalPlanBuilder::from(self.joined(&used)?).filter(rule)?.build()?)
    }

    fn masked_number(&self, name: &FieldName, number: Expr) -> Result<Expr, QueryError> {
        match self.restriction.mask(name) {
            Some(mask) => mask::of_number(mask, number),
            None => Ok(number),
        }
    }

    /// The rows joined with the tables of the relationships in `used`.
    pub(super) fn joined(&self, used: &BTreeSet<String>) -> Result<LogicalPlan, QueryError> {
        let mut plan = LogicalPlanBuilder::from(self.input.rows.clone());
        for (name, relationship) in &self.dataset.relationships {
            let Some(joined) =
                self.input.relationships.get(name.as_str()).filter(|_| used.contains(name.as_str()))
            else {
                continue;
            };
            let left: Vec<Column> =
                relationship.on.keys().map(|name| Column::new(Some(ROWS), name)).collect();
            let right: Vec<Column> =
                relationship.on.values().map(|column| Column::new(Some(name.as_str()), column)).collect();
            plan = plan.join(joined.clone(), JoinType::Left, (left, right), None)?;
        }
        Ok(plan.build()?)
    }

    pub(super) fn time_dimension(&self) -> Result<TimeDimension<'_>, QueryError> {
        let field = self.dataset.time.as_ref().ok_or_else(|| {
            QueryError::BadQuestion("the dataset has no `time` dimension, so no period applies to it".into())
        })?;
        self.time(field)
    }

    fn time(&self, field: &FieldName) -> Result<TimeDimension<'_>, QueryError> {
        let parsed = self.dimension(field)?;
        let (name, definition) = self.definition(field)?;
        let place = Place { what: "dimension", name: name.as_str() };
        let written_in = match &definition.time_zone {
            Some(zone) => {
                Some(zone.parse::<Tz>().map_err(|_| place.error(format!("`{zone}` is not a time zone")))?)
            }
            None => None,
        };
        Ok(TimeDimension { expression: parsed.expression, data_type: parsed.data_type, written_in, place })
    }

    fn definition(&self, field: &FieldName) -> Result<(&FieldName, &Dimension), QueryError> {
        self.dataset.dimensions.get_key_value(field).ok_or_else(|| QueryError::UnknownField {
            what: "dimension",
            name: field.to_string(),
            valid: self.dataset.dimensions.keys().map(ToString::to_string).collect(),
        })
    }

    /// A dimension as the viewer may see it; every question goes through here.
    fn dimension(&self, field: &FieldName) -> Result<Parsed, QueryError> {
        let raw = self.raw_dimension(field)?;
        let Some(mask) = self.restriction.mask(field) else { return Ok(raw) };
        let expression = mask::of_dimension(mask, raw.expression, &raw.data_type)?;
        let data_type = expression.get_type(&self.columns.joined)?;
        Ok(Parsed { expression, data_type })
    }

    /// A dimension as it is in the data: for row rules only.
    pub(super) fn raw_dimension(&self, field: &FieldName) -> Result<Parsed, QueryError> {
        let (name, definition) = self.definition(field)?;
        let place = Place { what: "dimension", name: name.as_str() };
        let expression = match &definition.sql {
            Some(sql) => self.parse(sql, place)?,
            None => self.columns.own(name.as_str())?,
        };
        if expression::has_aggregate(&expression) {
            return Err(place.error("an aggregate is a measure, not a dimension"));
        }
        let data_type = expression.get_type(&self.columns.joined)?;
        Ok(Parsed { expression, data_type })
    }

    pub(super) fn parse(&self, sql: &str, place: Place<'_>) -> Result<Expr, QueryError> {
        self.columns.parse(self.input, sql, place)
    }
}

/// The type that has the values of a dictionary, or the type itself.
pub(super) fn plain(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => values,
        other => other,
    }
}

fn order(query: &SemanticQuery, has_flag: bool) -> Result<Vec<SortExpr>, QueryError> {
    let mut order: Vec<SortExpr> =
        has_flag.then(|| exact_column(OTHERS_FLAG).sort(true, false)).into_iter().collect();
    for sort in &query.sort {
        let known =
            query.measures.contains(&sort.field) || query.by.iter().any(|group| group.field == sort.field);
        if !known {
            let valid = query.by.iter().map(|group| &group.field).chain(&query.measures);
            let valid = valid.map(ToString::to_string).collect();
            return Err(QueryError::UnknownField {
                what: "column to sort by",
                name: sort.field.to_string(),
                valid,
            });
        }
        let group = query.by.iter().position(|group| group.field == sort.field);
        let name = group.map_or_else(|| sort.field.to_string(), |position| query.group_name(position));
        order.push(exact_column(&name).sort(!sort.descending, false));
    }
    order.extend(query.group_names().iter().map(|name| exact_column(name).sort(true, false)));
    Ok(order)
}

/// The relationships an expression reads from.
pub(super) trait Qualifiers {
    fn column_refs_qualifiers(&self) -> BTreeSet<String>;
}

impl Qualifiers for Expr {
    fn column_refs_qualifiers(&self) -> BTreeSet<String> {
        self.column_refs()
            .iter()
            .filter_map(|column| Some(column.relation.as_ref()?.table().to_owned()))
            .collect()
    }
}

fn is_one_of(member: &Expr, kept: &[ScalarValue]) -> Expr {
    let (missing, values): (Vec<_>, Vec<_>) = kept.iter().partition(|value| value.is_null());
    let values: Vec<Expr> = values.into_iter().map(|value| Expr::Literal(value.clone(), None)).collect();
    let among = if values.is_empty() { lit(false) } else { member.clone().in_list(values, false) };
    if missing.is_empty() { among } else { among.or(member.clone().is_null()) }
}
