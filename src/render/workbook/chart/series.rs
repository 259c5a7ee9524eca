//! The numbers of a chart as columns: one per series, and what its overlays need.

use rust_xlsxwriter::ChartType;

use crate::charts::{Chart, Dash, ErrorBars, Look, Role as ColorRole, level_lines};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::table::{Column, Role, Tint, Value};

/// A column of the worksheet.
pub(super) struct Series {
    pub(super) title: String,
    pub(super) format: NumberFormat,
    /// One per row of the worksheet.
    pub(super) cells: Vec<Value>,
    pub(super) part: Part,
}

/// What a column is in the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// A series in its colour.
    Own(Tint),
    /// A series drawn as a line on the right axis.
    Line(Tint),
    /// The comparison of the series before.
    Previous(Tint),
    /// A reference line.
    Level { color: Tint, dash: Dash, on_right: bool },
    /// How far the bars of the first series reach above or below its numbers.
    Above,
    /// See [`Part::Above`].
    Below,
}

/// The members along the axis and the columns of their numbers.
pub(super) struct Wide {
    pub(super) members: Vec<Value>,
    pub(super) series: Vec<Series>,
}

impl Wide {
    /// The numbers of `chart` for a drawing of this type.
    pub(super) fn of(chart: &Chart, kind: ChartType, locale: Locale) -> Self {
        let mut wide = Self { members: Vec::new(), series: Vec::new() };
        let rows = wide.find_members(chart);
        let measures = chart.y.iter().map(|y| (*y, false)).chain(chart.line.iter().map(|y| (*y, true)));
        for (measure, is_line) in measures {
            if let Some(column) = chart.table.columns.get(measure) {
                wide.measure(chart, &rows, (measure, column), is_line, locale);
            }
        }
        wide.levels(chart, kind, locale);
        wide.errors(chart, &rows);
        wide
    }

    /// The member of every row.
    fn find_members(&mut self, chart: &Chart) -> Vec<usize> {
        let table = &chart.table;
        let place = |row: usize| {
            let value = table.cell(row, chart.x);
            self.members.iter().position(|member| member == value).unwrap_or_else(|| {
                self.members.push(value.clone());
                self.members.len() - 1
            })
        };
        (0..table.len()).map(place).collect()
    }

    fn empty(&self, title: String, column: &Column, part: Part) -> Series {
        let cells = vec![Value::Null; self.members.len()];
        Series { title, format: column.format.clone(), cells, part }
    }

    /// The colour of the next series.
    fn next_color(&self, look: Look) -> Tint {
        let is_own = |series: &&Series| matches!(series.part, Part::Own(_) | Part::Line(_));
        tint(look.color(self.series.iter().filter(is_own).count()))
    }

    /// A column of a measure, or one per member that splits it, and its comparison.
    fn measure(
        &mut self,
        chart: &Chart,
        rows: &[usize],
        (measure, column): (usize, &Column),
        is_line: bool,
        locale: Locale,
    ) {
        let table = &chart.table;
        let by = chart.by.filter(|_| !is_line);
        let mut splits: Vec<(&Value, usize)> = Vec::new();
        for (row, at) in rows.iter().enumerate() {
            let member = by.map_or(&Value::Null, |by| table.cell(row, by));
            let known = splits.iter().find(|(other, _)| *other == member).map(|(_, index)| *index);
            let index = known.unwrap_or_else(|| {
                let title = match by.and_then(|by| table.columns.get(by)) {
                    Some(by) => member.text(&NumberFormat::default(), by.grain, NumberStyle::Full, locale),
                    None => column.title.clone(),
                };
                let color = self.next_color(chart.look);
                let others = tint(ColorRole::Others.swatch().light);
                let part = match (is_line, member) {
                    (true, _) => Part::Line(color),
                    (false, Value::Others) => Part::Own(others),
                    (false, _) => Part::Own(color),
                };
                self.series.push(self.empty(title, column, part));
                splits.push((member, self.series.len() - 1));
                self.series.len() - 1
            });
            if let Some(cell) = self.series.get_mut(index).and_then(|series| series.cells.get_mut(*at)) {
                *cell = table.cell(row, measure).clone();
            }
        }
        let next = table.columns.get(measure + 1);
        if let Some(previous) = next.filter(|next| next.role == Role::Previous && chart.by.is_none()) {
            let color = tint(ColorRole::Previous.swatch().light);
            let mut compared = self.empty(previous.title.clone(), previous, Part::Previous(color));
            for (row, at) in rows.iter().enumerate() {
                if let Some(cell) = compared.cells.get_mut(*at) {
                    *cell = table.cell(row, measure + 1).clone();
                }
            }
            self.series.push(compared);
        }
    }

    /// A column with the same number in every row per reference line. Excel lays no line over lying
    /// bars, shares of 100 % or rings.
    fn levels(&mut self, chart: &Chart, kind: ChartType, locale: Locale) {
        let takes = matches!(
            kind,
            ChartType::Line
                | ChartType::Area
                | ChartType::AreaStacked
                | ChartType::Column
                | ChartType::ColumnStacked
        );
        if !takes || self.members.len() < 2 {
            return;
        }
        let own = |measures: &[usize]| measures.first().and_then(|first| chart.table.columns.get(*first));
        for line in level_lines(chart, locale) {
            let column = if line.on_right { own(&chart.line) } else { own(&chart.y) };
            let Some(column) = column else { continue };
            let part = Part::Level { color: tint(line.color), dash: line.dash, on_right: line.on_right };
            let mut level = self.empty(line.name, column, part);
            level.cells.fill(Value::Float(line.value));
            self.series.push(level);
        }
    }

    /// How far the error bars of the only series reach.
    fn errors(&mut self, chart: &Chart, rows: &[usize]) {
        let Some(error) = chart.overlays.error.filter(|_| chart.by.is_none()) else { return };
        let Some((measure, column)) =
            chart.y.first().and_then(|first| Some((*first, chart.table.columns.get(*first)?)))
        else {
            return;
        };
        let table = &chart.table;
        let number = |row: usize, column: usize| table.cell(row, column).as_f64();
        let title = |column: usize| table.columns.get(column).map_or("", |column| &column.title);
        let titles = match error {
            ErrorBars::Around(around) => [format!("+ {}", title(around)), format!("− {}", title(around))],
            ErrorBars::Between { low, high } => [format!("+ {}", title(high)), format!("− {}", title(low))],
        };
        let [above, below] = titles;
        let mut above = self.empty(above, column, Part::Above);
        let mut below = self.empty(below, column, Part::Below);
        for (row, at) in rows.iter().enumerate() {
            let reach = || {
                let value = number(row, measure)?;
                Some(match error {
                    ErrorBars::Around(column) => {
                        let around = number(row, column)?.abs();
                        (around, around)
                    }
                    ErrorBars::Between { low, high } => {
                        let (low, high) = (number(row, low)?, number(row, high)?);
                        (low.max(high) - value, value - low.min(high))
                    }
                })
            };
            if let (Some((up, down)), Some(above), Some(below)) =
                (reach(), above.cells.get_mut(*at), below.cells.get_mut(*at))
            {
                (*above, *below) = (Value::Float(up), Value::Float(down));
            }
        }
        self.series.extend([above, below]);
    }
}

pub(super) fn tint((red, green, blue): (u8, u8, u8)) -> Tint {
    Tint(red, green, blue)
}
