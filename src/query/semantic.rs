//! A question in the dataset's words.

use chrono::Weekday;
use chrono_tz::Tz;

use super::DateRange;
use crate::definitions::model::FieldName;
use crate::format::Grain;

/// Measures by dimensions, over the rows that filters and a range of dates leave. Two equal
/// questions have the same answer on the same data, so it is (part of) a cache key: dates in it are
/// absolute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SemanticQuery {
    /// Measures and metrics, in the order of the answer's columns; none asks for the members alone.
    pub measures: Vec<FieldName>,
    /// Dimensions, in the order of the answer's columns.
    pub by: Vec<GroupBy>,
    /// Conditions on dimensions; all must hold.
    pub filters: Vec<Filter>,
    /// The days of the dataset's time dimension that count.
    pub range: Option<DateRange>,
    /// The days the numbers are compared with; adds a `<measure>.previous` column per measure.
    pub compare: Option<DateRange>,
    /// Keeps the largest members of one dimension.
    pub top: Option<Top>,
    /// The order of rows; ties and an empty list are ordered by the dimensions.
    pub sort: Vec<Sort>,
    /// At most this many rows.
    pub limit: Option<usize>,
    /// Asks for the grand total too.
    pub totals: bool,
    /// The zone days are counted in, for timestamps.
    pub time_zone: Tz,
    /// The first day of a week.
    pub week_start: Weekday,
}

impl SemanticQuery {
    /// The measures over all rows, in one row.
    pub fn of_everything(measures: Vec<FieldName>) -> Self {
        Self {
            measures,
            by: Vec::new(),
            filters: Vec::new(),
            range: None,
            compare: None,
            top: None,
            sort: Vec::new(),
            limit: None,
            totals: false,
            time_zone: Tz::UTC,
            week_start: Weekday::Mon,
        }
    }
}

impl SemanticQuery {
    /// The name of the column that the group at `position` has in the answer: its field, with the
    /// grain where the same field is grouped by in several grains.
    pub fn group_name(&self, position: usize) -> String {
        let Some(group) = self.by.get(position) else { return String::new() };
        let is_same = |other: &&GroupBy| other.field == group.field;
        match group.grain.filter(|_| self.by.iter().filter(is_same).count() > 1) {
            Some(grain) => format!("{}:{}", group.field, grain.name()),
            None => group.field.to_string(),
        }
    }

    /// The same question as it is asked and kept: members that are chosen in another order, or twice, are the same choice.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let mut canonical = self.clone();
        for filter in &mut canonical.filters {
            if let Condition::OneOf(members) | Condition::NoneOf(members) = &mut filter.condition {
                members.sort();
                members.dedup();
            }
        }
        canonical
    }

    /// The time bucket that a dimension is grouped by, if it is.
    pub fn grain_of(&self, field: &FieldName) -> Option<Grain> {
        self.by.iter().find(|group| group.field == *field)?.grain
    }

    /// The names of all groups, in order.
    pub fn group_names(&self) -> Vec<String> {
        (0..self.by.len()).map(|position| self.group_name(position)).collect()
    }
}

/// A dimension to group by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupBy {
    /// The dimension.
    pub field: FieldName,
    /// The time bucket, for dates and timestamps.
    pub grain: Option<Grain>,
}

/// A condition on a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter {
    /// The dimension.
    pub field: FieldName,
    /// What must hold.
    pub condition: Condition,
}

/// What must hold of a dimension's value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// It is one of these.
    OneOf(Vec<Literal>),
    /// It is none of these (a missing value is none of them).
    NoneOf(Vec<Literal>),
    /// It compares like this.
    Compare(Comparison, Literal),
    /// Its text contains this, whatever the case.
    Contains(String),
    /// Its text starts with this.
    StartsWith(String),
    /// It is missing (`true`) or present (`false`).
    IsNull(bool),
}

/// An order relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// A value in a condition; it becomes a typed literal of the dimension's type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Literal {
    /// Text, or a date or number written as text.
    Text(String),
    /// A number, as its digits, so that 38-digit decimals stay exact.
    Number(String),
    /// True or false.
    Bool(bool),
    /// The missing value.
    Null,
}

/// Keeps the largest members of one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Top {
    /// The dimension; must be among the grouped ones.
    pub dimension: FieldName,
    /// By which number they are ranked.
    pub measure: FieldName,
    /// How many are kept.
    pub count: usize,
    /// Whether the rest is kept as one member.
    pub others: bool,
}

/// A column to sort by; missing values come last either way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sort {
    /// A grouped dimension or an asked measure.
    pub field: FieldName,
    /// From large to small.
    pub descending: bool,
}
