//! From the definition of a table or pivot to the shape of its grid and the questions it needs.

use std::collections::HashMap;
use std::sync::Arc;

use super::sets::{self, Sets};
use super::{items, paging, style, words};
use crate::definitions::condition::Computation;
use crate::definitions::model::{
    AmountUnit, Axis, AxisField, CellStyle, Compare, ComputedValue, Dataset, Drill, FieldName, OneOrMany,
    PivotPanel, Show as Shown, ShownValue, SortKey, Subtotals, TablePanel, TotalsPlace, ValueGroup, ValueOf,
};
use crate::format::{Grain, NegativeStyle, NumberFormat};
use crate::query::{DateRange, GroupBy, SemanticQuery, Sort};
use crate::runs::evaluate::content::drill::Links;
use crate::runs::evaluate::content::member_links;
use crate::runs::evaluate::{Prepared, localize, panel_query};
use crate::table::pivot::{Leaf, LeafHead, Level, Order, OrderBy, Place, Shape, Show, Totals};
use crate::table::{Paging, Value};

/// A question, and where its answer belongs.
pub(super) struct Question {
    pub(super) set: usize,
    pub(super) depths: (usize, usize),
    pub(super) query: SemanticQuery,
}

/// The shape of a grid and its sets of questions.
pub(super) struct Plan {
    pub(super) shape: Shape,
    sets: Sets,
    rows: Vec<GroupBy>,
    columns: Vec<GroupBy>,
    /// The order of rows, where they stand in the order of the answer.
    sort: Vec<Sort>,
}

/// What reads the values of a definition.
struct Reader<'a> {
    prepared: &'a Prepared,
    dataset: &'a Dataset,
    range: Option<DateRange>,
    negative: Option<NegativeStyle>,
    red_negatives: bool,
    sets: Sets,
    leaves: Vec<Leaf>,
}

impl Plan {
    pub(super) fn of_pivot(
        prepared: &Prepared,
        dataset: &Dataset,
        base: &SemanticQuery,
        panel: &PivotPanel,
    ) -> Self {
        let pivot = &panel.pivot;
        let mut reader = Reader::new(prepared, dataset, base, panel.negative, panel.red_negatives);
        let heads = reader.heads(&pivot.values.iter().collect::<Vec<_>>());
        let (rows, columns) = pivot.totals.rows_and_columns();
        let all = match &pivot.subtotals {
            Subtotals::All(word) => word.rows_and_columns(),
            Subtotals::Of(_) => (false, false),
        };
        let named =
            |field: &FieldName| matches!(&pivot.subtotals, Subtotals::Of(names) if names.contains(field));
        let level =
            |axis: &AxisField, all: bool| reader.level(&axis.field, axis.grain, all || named(&axis.field));
        let row_levels: Vec<Level> = pivot.rows.iter().map(|axis| level(axis, all.0)).collect();
        let column_levels: Vec<Level> = pivot.columns.iter().map(|axis| level(axis, all.1)).collect();
        let order = pivot.sort.as_slice().iter().map(|key| order_of(key, &row_levels)).collect();
        let row_grain = |field: &FieldName| pivot.rows.iter().find(|axis| axis.field == *field)?.grain;
        let paging = paging(&panel.print, row_levels.iter().map(|level| level.name.as_str()));
        let shape = Shape {
            stub_links: reader.stub_links(&row_levels),
            rows: row_levels,
            columns: column_levels,
            heads,
            values_on_rows: pivot.values_on == Axis::Rows,
            totals: Totals { row: rows, column: columns },
            place: place(pivot.place),
            order,
            flat: false,
            limit: pivot.limit.map(|limit| limit as usize),
            merged: true,
            ..reader.shape(panel.unit, panel.drill.as_ref(), row_grain, paging)
        };
        for key in pivot.sort.as_slice() {
            reader.need(&key.field);
        }
        let group = |axis: &AxisField| GroupBy { field: axis.field.clone(), grain: axis.grain };
        let (rows, columns) =
            (pivot.rows.iter().map(group).collect(), pivot.columns.iter().map(group).collect());
        Self { shape, rows, columns, sort: Vec::new(), sets: reader.sets }
    }

    pub(super) fn of_table(
        prepared: &Prepared,
        dataset: &Dataset,
        base: &SemanticQuery,
        panel: &TablePanel,
    ) -> Self {
        let (dimensions, values) = items::split(&panel.table, dataset);
        let mut reader = Reader::new(prepared, dataset, base, panel.negative, panel.red_negatives);
        let heads = reader.heads(&values);
        let is_time = |field: &FieldName| dataset.time.as_ref() == Some(field);
        let grain = |field: &FieldName| panel.grain.filter(|_| is_time(field));
        let subtotals = panel.subtotals.as_slice();
        let levels: Vec<Level> = dimensions
            .iter()
            .map(|field| reader.level(field, grain(field), subtotals.contains(field)))
            .collect();
        let grouped = !subtotals.is_empty();
        let order = if grouped { panel.sort.as_slice() } else { &[] };
        let order = order.iter().map(|key| order_of(key, &levels)).collect();
        let paging = paging(&panel.print, levels.iter().map(|level| level.name.as_str()));
        let shape = Shape {
            stub_links: reader.stub_links(&levels),
            rows: levels,
            heads,
            totals: Totals { row: panel.totals, column: false },
            order,
            flat: !grouped,
            limit: panel.limit.map(|limit| limit as usize),
            merged: panel.merge.unwrap_or(grouped),
            ..reader.shape(panel.unit, panel.drill.as_ref(), grain, paging)
        };
        let sort = if grouped { Vec::new() } else { sorts(&panel.sort) };
        for key in &sort {
            reader.need(&key.field);
        }
        let rows =
            dimensions.iter().map(|field| GroupBy { field: (*field).clone(), grain: grain(field) }).collect();
        Self { shape, rows, columns: Vec::new(), sort, sets: reader.sets }
    }

    /// How many sets of questions there are.
    pub(super) fn sets(&self) -> usize {
        self.sets.0.len()
    }

    /// Every question: each set at every depth.
    pub(super) fn questions(&self, base: &SemanticQuery) -> Vec<Question> {
        let depths = self.shape.depths();
        let mut questions = Vec::new();
        for (set, plan) in self.sets.0.iter().enumerate() {
            for &(rows, columns) in &depths {
                let mut by: Vec<GroupBy> =
                    self.rows.iter().take(rows).chain(self.columns.iter().take(columns)).cloned().collect();
                by.extend(plan.points.clone().map(|(field, grain)| GroupBy { field, grain: Some(grain) }));
                let is_body = rows == self.rows.len() && columns == 0;
                let query = SemanticQuery {
                    measures: plan.measures.clone(),
                    by,
                    range: plan.range,
                    compare: plan.compare,
                    sort: if is_body && plan.points.is_none() { self.sort.clone() } else { Vec::new() },
                    ..base.clone()
                };
                questions.push(Question { set, depths: (rows, columns), query });
            }
        }
        questions
    }
}

impl<'a> Reader<'a> {
    fn new(
        prepared: &'a Prepared,
        dataset: &'a Dataset,
        base: &SemanticQuery,
        negative: Option<NegativeStyle>,
        red_negatives: bool,
    ) -> Self {
        let (sets, leaves) = (Sets::default(), Vec::new());
        Self { prepared, dataset, range: base.range, negative, red_negatives, sets, leaves }
    }

    /// What does not depend on whether it is a table or a pivot.
    fn shape(
        &self,
        unit: Option<AmountUnit>,
        drill: Option<&Drill>,
        grain: impl Fn(&FieldName) -> Option<Grain>,
        paging: Paging,
    ) -> Shape {
        let links = drill.and_then(|drill| Links::new(self.prepared, drill, grain));
        let link = links.map(|links| {
            let link = move |member: &dyn Fn(&str) -> Option<Value>| links.of(member);
            Arc::new(link) as crate::table::pivot::Link
        });
        Shape {
            rows: Vec::new(),
            columns: Vec::new(),
            leaves: self.leaves.clone(),
            heads: Vec::new(),
            values_on_rows: false,
            totals: Totals::default(),
            place: Place::After,
            order: Vec::new(),
            flat: false,
            limit: None,
            merged: false,
            unit: unit.map(AmountUnit::power),
            link,
            stub_links: Vec::new(),
            paging,
            locale: self.prepared.locale,
        }
    }

    /// Where the members of each level lead to.
    fn stub_links(&self, levels: &[Level]) -> Vec<Option<crate::table::pivot::Link>> {
        let link = |level: &Level| {
            let template = member_links::template(self.dataset, &level.name)?;
            let link = move |member: &dyn Fn(&str) -> Option<Value>| member_links::fill(&template, member);
            Some(Arc::new(link) as crate::table::pivot::Link)
        };
        levels.iter().map(link).collect()
    }

    fn level(&self, field: &FieldName, grain: Option<Grain>, subtotal: bool) -> Level {
        let locale = self.prepared.locale;
        let labels = self.dataset.dimensions.get(field).map(|dimension| &dimension.labels);
        let labels = labels
            .into_iter()
            .flatten()
            .map(|(member, label)| (member.clone(), label.get(locale).to_owned()));
        Level {
            name: field.to_string(),
            title: localize::field_title(self.dataset, field, locale),
            grain,
            subtotal,
            labels: labels.collect::<HashMap<String, String>>(),
        }
    }

    /// Asks for a measure in the first set, to sort by.
    fn need(&mut self, field: &FieldName) {
        let is_measure =
            self.dataset.measures.contains_key(field) || self.dataset.metrics.contains_key(field);
        if let Some(set) = self.sets.0.first_mut().filter(|set| is_measure && !set.measures.contains(field)) {
            set.measures.push(field.clone());
        }
    }

    fn heads(&mut self, values: &[&ShownValue]) -> Vec<LeafHead> {
        values.iter().map(|value| self.head(value)).collect()
    }

    fn head(&mut self, value: &ShownValue) -> LeafHead {
        match value {
            ShownValue::Field(field) => {
                let plain = ValueOf {
                    of: field.clone(),
                    show: Shown::Value,
                    title: None,
                    compare: None,
                    period: None,
                    grain: None,
                    format: None,
                    emphasis: false,
                    style: CellStyle::default(),
                };
                self.of(&plain)
            }
            ShownValue::Of(value) => self.of(value),
            ShownValue::Computed(value) => self.computed(value),
            ShownValue::Group(group) => self.value_group(group),
        }
    }

    fn value_group(&mut self, group: &ValueGroup) -> LeafHead {
        let title = group.group.get(self.prepared.locale).to_owned();
        LeafHead::Group(title, self.heads(&group.values.iter().collect::<Vec<_>>()))
    }

    fn of(&mut self, value: &ValueOf) -> LeafHead {
        let locale = self.prepared.locale;
        let compare = sets::compare_of(self.prepared, value.compare);
        let shown = words::show(value.show, compare, locale);
        let title = match (&value.title, shown, value.period) {
            (Some(title), ..) => title.get(locale).to_owned(),
            (None, Some(shown), _) => shown.to_owned(),
            (None, None, Some(period)) => words::to_date(period, locale).to_owned(),
            (None, None, None) => localize::field_title(self.dataset, &value.of, locale),
        };
        let format = value.format.clone().unwrap_or_else(|| self.format_of(&value.of));
        let mut measures = vec![value.of.clone()];
        measures.extend(self.measures(&style::names(&value.style)));
        let (days, points, show) = self.show(value, compare);
        let set = self.sets.with(days, points, &measures);
        let name = match items::show_name(value.show) {
            "" => value.of.to_string(),
            show => format!("{}.{show}", value.of),
        };
        self.leaf(name, title, value.of.to_string(), show, format, set, &value.style, value.emphasis)
    }

    fn computed(&mut self, value: &ComputedValue) -> LeafHead {
        let expression = style::formula(&value.expression);
        let mut names = Computation::parse(&value.expression)
            .map(|computation| computation.names().to_vec())
            .unwrap_or_default();
        names.extend(style::names(&value.style));
        let measures = self.measures(&names);
        let is_compared = names.iter().any(|name| name.contains('.') && !self.is_number(name));
        let compare = value.compare.or((!is_compared).then_some(Compare::None));
        let days = sets::days(self.prepared, self.range, value.period, compare);
        let set = self.sets.with(days, None, &measures);
        let measure = measures.first().map(ToString::to_string).unwrap_or_default();
        let show = expression.map_or(Show::Value, Show::Computed);
        let title = value.title.get(self.prepared.locale).to_owned();
        let name = format!("computed_{}", self.leaves.len() + 1);
        self.leaf(name, title, measure, show, value.format.clone(), set, &value.style, value.emphasis)
    }

    /// What is shown, the days it is about, and the time buckets of a sparkline.
    #[expect(clippy::type_complexity, reason = "the days, the buckets and what is shown belong together")]
    fn show(
        &self,
        value: &ValueOf,
        compare: Compare,
    ) -> ((Option<DateRange>, Option<DateRange>), Option<(FieldName, Grain)>, Show) {
        let rules = style::names(&value.style);
        let needs_comparison =
            matches!(value.show, Shown::Previous | Shown::Difference | Shown::Change | Shown::Ratio)
                || rules.iter().any(|name| name.contains('.') && !self.is_number(name));
        let compare = if needs_comparison { compare } else { Compare::None };
        let days = sets::days(self.prepared, self.range, value.period, Some(compare));
        let show = match value.show {
            Shown::Value => Show::Value,
            Shown::Previous => Show::Previous,
            Shown::Difference => Show::Difference,
            Shown::Change => Show::Change,
            Shown::Ratio => Show::Ratio,
            Shown::ShareOfTotal => Show::ShareOfTotal,
            Shown::ShareOfRow => Show::ShareOfRow,
            Shown::ShareOfColumn => Show::ShareOfColumn,
            Shown::ShareOfGroup => Show::ShareOfGroup,
            Shown::RunningTotal => Show::RunningTotal,
            Shown::Rank => Show::Rank,
            Shown::Step => Show::Step,
            Shown::StepChange => Show::StepChange,
            Shown::Sparkline => {
                let Some(time) = self.dataset.time.clone() else { return (days, None, Show::Value) };
                let (grain, range) = panel_query::points(value.grain, days.0);
                let week_start = self.prepared.locale.week_start();
                let buckets = range.map(|range| range.buckets(grain, week_start).take(MOST_POINTS).collect());
                return ((range, None), Some((time, grain)), Show::Sparkline(buckets.unwrap_or_default()));
            }
        };
        (days, None, show)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a leaf, each from another place")]
    fn leaf(
        &mut self,
        name: String,
        title: String,
        measure: String,
        show: Show,
        format: NumberFormat,
        set: usize,
        style: &CellStyle,
        emphasis: bool,
    ) -> LeafHead {
        let format = NumberFormat {
            negative: self.negative.unwrap_or(format.negative),
            red_negatives: format.red_negatives || self.red_negatives,
            ..format
        };
        self.leaves.push(Leaf { name, title, measure, show, format, set, style: style::of(style), emphasis });
        LeafHead::Leaf(self.leaves.len() - 1)
    }

    fn format_of(&self, field: &FieldName) -> NumberFormat {
        let measure = self.dataset.measures.get(field).map(|measure| &measure.format);
        let metric = || self.dataset.metrics.get(field).map(|metric| &metric.format);
        measure.or_else(metric).cloned().unwrap_or_default()
    }

    fn is_number(&self, name: &str) -> bool {
        FieldName::parse(name).is_ok_and(|field| {
            self.dataset.measures.contains_key(&field) || self.dataset.metrics.contains_key(&field)
        })
    }

    /// The measures among names of a condition, without what is derived from them.
    fn measures(&self, names: &[String]) -> Vec<FieldName> {
        let measure = |name: &String| {
            let base = [".previous", ".difference", ".change"].iter().find_map(|end| name.strip_suffix(end));
            let name = if self.is_number(name) { name.as_str() } else { base.unwrap_or(name) };
            FieldName::parse(name).ok().filter(|_| self.is_number(name))
        };
        names.iter().filter_map(measure).collect()
    }
}

/// The most points of a sparkline; more cannot be told apart in a cell.
const MOST_POINTS: usize = 400;

fn place(place: TotalsPlace) -> Place {
    match place {
        TotalsPlace::After => Place::After,
        TotalsPlace::Before => Place::Before,
    }
}

fn order_of(key: &SortKey, levels: &[Level]) -> Order {
    let level = levels.iter().position(|level| level.name == key.field.as_str());
    let by = level.map_or_else(|| OrderBy::Measure(key.field.to_string()), OrderBy::Level);
    Order { by, descending: key.descending }
}

fn sorts(keys: &OneOrMany<SortKey>) -> Vec<Sort> {
    keys.as_slice().iter().map(|key| Sort { field: key.field.clone(), descending: key.descending }).collect()
}
