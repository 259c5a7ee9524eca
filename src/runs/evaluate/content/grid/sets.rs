//! The sets of questions a grid needs: one per period and comparison, and one per sparkline.

use crate::definitions::model::{Compare, FieldName, ToDate};
use crate::definitions::period::{PeriodSpec, PeriodUnit};
use crate::format::Grain;
use crate::query::{DateRange, bucket_of, compared};
use crate::runs::evaluate::{Prepared, chosen};

/// Questions about the same days, differing in depth only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SetPlan {
    pub(super) range: Option<DateRange>,
    pub(super) compare: Option<DateRange>,
    /// For a sparkline: the time dimension and its bucket.
    pub(super) points: Option<(FieldName, Grain)>,
    pub(super) measures: Vec<FieldName>,
}

/// The sets, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Sets(pub(super) Vec<SetPlan>);

impl Sets {
    /// The position of the set about these days, with these measures among its own.
    pub(super) fn with(
        &mut self,
        days: (Option<DateRange>, Option<DateRange>),
        points: Option<(FieldName, Grain)>,
        measures: &[FieldName],
    ) -> usize {
        let (range, compare) = days;
        let is_same = |set: &SetPlan| set.range == range && set.compare == compare && set.points == points;
        let position = self.0.iter().position(is_same).unwrap_or_else(|| {
            self.0.push(SetPlan { range, compare, points, measures: Vec::new() });
            self.0.len() - 1
        });
        if let Some(set) = self.0.get_mut(position) {
            for measure in measures {
                if !set.measures.contains(measure) {
                    set.measures.push(measure.clone());
                }
            }
        }
        position
    }
}

/// The days a value is about, and those it is compared with: the report's own, unless it says others.
pub(super) fn days(
    prepared: &Prepared,
    range: Option<DateRange>,
    period: Option<ToDate>,
    compare: Option<Compare>,
) -> (Option<DateRange>, Option<DateRange>) {
    let own = chosen::period(&prepared.chosen);
    let Some(range) = range else { return (None, None) };
    let (spec, range) = match period {
        None => (
            own.map_or(PeriodSpec::Between { start: range.start, end: range.last_day() }, |own| own.spec),
            range,
        ),
        Some(period) => to_date(period, range, prepared),
    };
    let compare = compare.or(own.map(|own| own.compare)).unwrap_or_default();
    (Some(range), compared(spec, range, compare))
}

/// What the report's own comparison is, unless the value says another.
pub(super) fn compare_of(prepared: &Prepared, compare: Option<Compare>) -> Compare {
    compare.or(chosen::period(&prepared.chosen).map(|own| own.compare)).unwrap_or_default()
}

fn to_date(period: ToDate, range: DateRange, prepared: &Prepared) -> (PeriodSpec, DateRange) {
    let last = range.last_day();
    let from = |grain| bucket_of(last, grain, prepared.locale.week_start());
    let with = |unit, start| (PeriodSpec::ToDate(unit), DateRange { start, end: range.end });
    match period {
        ToDate::MonthToDate => with(PeriodUnit::Month, from(Grain::Month)),
        ToDate::QuarterToDate => with(PeriodUnit::Quarter, from(Grain::Quarter)),
        ToDate::YearToDate => with(PeriodUnit::Year, from(Grain::Year)),
        ToDate::Last12Months => {
            let start = range.end.checked_sub_months(chrono::Months::new(12)).unwrap_or(range.start);
            (PeriodSpec::Last { count: 12, unit: PeriodUnit::Month }, DateRange { start, end: range.end })
        }
    }
}
