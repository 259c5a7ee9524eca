//! A grid as the rows and cells of an HTML table.

use super::figures::cell_sparkline_svg;
use super::words::{Words, fill};
use crate::format::{Locale, NegativeStyle, NumberStyle};
use crate::table::{Bar, Grid, Icon, Mark, Part, Tint, ValueKind};

/// A table ready to be written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TableView {
    /// The rows of heads.
    pub(super) heads: Vec<Vec<Head>>,
    /// The rows of members and subtotals.
    pub(super) rows: Vec<Row>,
    /// The rows of grand totals that stand below them.
    pub(super) totals: Vec<Row>,
    /// How many columns there are, row heads included.
    pub(super) width: usize,
    /// The unit note; empty for none.
    pub(super) unit: String,
    /// Whether a click on a head may put the rows in another order.
    pub(super) sortable: bool,
    /// How many rows of members are shown, and how many there were before any cut.
    shown: usize,
    of: usize,
}

/// A head above columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub(super) text: String,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// `stub`, `number` or `group`.
    pub(super) class: &'static str,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Empty, `subtotal`, `total` or `result`.
    pub(super) class: &'static str,
    pub(super) heads: Vec<RowHead>,
    pub(super) cells: Vec<Cell>,
}

/// A head at the left of rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowHead {
    pub(super) text: String,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Where it leads to; empty for nowhere.
    pub(super) link: String,
    /// Whether it stands at the edge of the table.
    pub(super) edge: bool,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// The classes that say how it looks.
    pub(super) class: String,
    /// The plain number, to sort by; empty for none.
    pub(super) number: String,
    /// A character before the number, and the class of its colour; empty for none.
    pub(super) icon: (&'static str, &'static str),
    /// What is drawn behind or instead of the text, as SVG; empty for nothing.
    pub(super) drawing: String,
}

impl TableView {
    /// The first `limit` rows of members, with their subtotals and the totals.
    pub(super) fn new(grid: &Grid, locale: Locale, limit: usize) -> Self {
        let end = end_of(grid, limit);
        // A total above the rows stays there; one below them follows also where rows are cut.
        let is_total = |row: &usize| part(grid, *row) == Part::Total;
        let leading = (0..end).take_while(is_total).count();
        let rows = (0..end).filter(|row| *row < leading || !is_total(row));
        let rows =
            rows.filter(|_| grid.body_rows() > 0).map(|row| row_view(grid, row, end, locale)).collect();
        let below = if grid.body_rows() > 0 { leading } else { 0 };
        let totals = (below..grid.len()).filter(is_total).map(|row| row_view(grid, row, row + 1, locale));
        let totals = totals.collect();
        let shown = (0..end).filter(|row| part(grid, *row) == Part::Body).count();
        Self {
            heads: heads(grid),
            rows,
            totals,
            width: grid.stub.len() + grid.columns.len(),
            unit: grid.unit.as_ref().map(|unit| unit.note(locale)).unwrap_or_default(),
            sortable: !grid.merged && grid.rows.iter().all(|row| row.value.is_none()) && shown > 1,
            shown,
            of: grid.rows_before_limit.max(grid.body_rows()),
        }
    }

    /// Whether rows are missing.
    pub(super) fn is_cut(&self) -> bool {
        self.shown < self.of
    }

    /// What stands below a table with missing rows.
    pub(super) fn cut_text(&self, words: &Words) -> String {
        let (shown, of) = (self.shown.to_string(), self.of.to_string());
        fill(words.first_rows, &[("n", &shown), ("of", &of)])
    }
}

/// The row after the last one that is shown: `limit` rows of members, and the subtotals among them.
fn end_of(grid: &Grid, limit: usize) -> usize {
    let mut left = limit;
    for (position, row) in grid.rows.iter().enumerate() {
        if row.part == Part::Body {
            if left == 0 {
                return position;
            }
            left -= 1;
        }
    }
    grid.len()
}

fn part(grid: &Grid, row: usize) -> Part {
    grid.rows.get(row).map(|row| row.part).unwrap_or_default()
}

fn heads(grid: &Grid) -> Vec<Vec<Head>> {
    let depth = grid.head.len().max(1);
    let mut rows: Vec<Vec<Head>> = vec![Vec::new(); depth];
    if let Some(first) = rows.first_mut() {
        first.extend(grid.stub.iter().map(|column| Head {
            text: column.title.clone(),
            columns: 1,
            rows: depth,
            class: "stub",
        }));
    }
    for (row, cells) in rows.iter_mut().zip(&grid.head) {
        row.extend(cells.iter().map(|cell| Head {
            text: cell.text.clone(),
            columns: cell.columns,
            rows: cell.rows,
            class: if cell.columns > 1 { "group" } else { "number" },
        }));
    }
    rows
}

fn row_view(grid: &Grid, row: usize, end: usize, locale: Locale) -> Row {
    let class = match part(grid, row) {
        Part::Total => "total",
        Part::Subtotal(_) => "subtotal",
        Part::Body if grid.is_emphasised(row) => "result",
        Part::Body => "",
    };
    let heads = grid.stub_cells(row, 0, end, locale);
    let heads = heads
        .into_iter()
        .map(|cell| RowHead {
            edge: cell.column == 0,
            text: cell.text,
            columns: cell.columns,
            rows: cell.rows,
            link: cell.link.unwrap_or_default(),
        })
        .collect();
    Row {
        class,
        heads,
        cells: (0..grid.columns.len()).map(|column| cell_view(grid, row, column, locale)).collect(),
    }
}

fn cell_view(grid: &Grid, row: usize, column: usize, locale: Locale) -> Cell {
    let value = grid.cell(row, column);
    let kind = grid.value_at(row, column).map(|value| value.kind).unwrap_or_default();
    let number = value.as_f64();
    if kind == ValueKind::Sparkline {
        let points = grid.sparkline(row, column);
        let label =
            grid.value_at(row, column).map(|value| value.way_text(points, locale)).unwrap_or_default();
        let drawing = cell_sparkline_svg(points, &label).unwrap_or_default();
        return Cell { class: "spark-cell".into(), drawing, ..Cell::default() };
    }
    let mut class = String::from(if value.as_text().is_some() { "" } else { "number" });
    let negative = grid.value_at(row, column).map(|value| value.format.negative).unwrap_or_default();
    if matches!(kind, ValueKind::Change | ValueKind::Points) && negative == NegativeStyle::Triangle {
        // A triangle says already that it fell.
        class.push_str(if number.is_some_and(|number| number < 0.0) { " change fallen" } else { " change" });
    } else if matches!(kind, ValueKind::Change | ValueKind::Points) {
        class.push_str(match number.map(|number| (number * 1_000.0).round()) {
            Some(size) if size > 0.0 => " change up",
            Some(size) if size < 0.0 => " change down",
            _ => " change",
        });
    } else if number.is_some_and(|number| number < 0.0) {
        class.push_str(" negative");
    }
    let part = grid.columns.get(column).map(|column| column.part).unwrap_or_default();
    if part != Part::Body {
        class.push_str(" sum");
    }
    let (mut icon, mut drawing) = (("", ""), String::new());
    if let Some(mark) = grid.mark(row, column) {
        decorate(mark, &mut class, &mut drawing);
        icon = mark.icon.map(icon_text).unwrap_or_default();
    }
    let text = grid.text(row, column, NumberStyle::Full, locale);
    Cell { text, class, number: number.map(|number| number.to_string()).unwrap_or_default(), icon, drawing }
}

/// Colours are attributes of a drawing behind the text, because the page allows no inline style.
fn decorate(mark: &Mark, class: &mut String, drawing: &mut String) {
    if mark.bold {
        class.push_str(" bold");
    }
    if mark.fill.is_none() && mark.bar.is_none() && mark.ink.is_none() {
        return;
    }
    let mut shapes = String::new();
    if let Some(fill) = mark.fill {
        class.push_str(" filled");
        shapes.push_str(&rect(0.0, 100.0, &format!("fill=\"{}\"", fill.hex())));
    }
    if let Some(Bar { zero, end }) = mark.bar {
        class.push_str(" barred");
        let (from, to) = (zero.min(end) * 100.0, zero.max(end) * 100.0);
        // Bars have classes, which know dark mode and brands.
        let class = if end < zero { "bar negative" } else { "bar" };
        shapes.push_str(&rect(from, to - from, &format!("class=\"{class}\"")));
    }
    if !shapes.is_empty() {
        *drawing = format!(
            "<svg class=\"behind\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{shapes}</svg>"
        );
    }
    if let Some(ink) = mark.ink {
        class.push_str(ink_class(ink));
    }
}

fn rect(x: f32, width: f32, look: &str) -> String {
    format!("<rect x=\"{x:.2}\" y=\"0\" width=\"{width:.2}\" height=\"1\" {look}/>")
}

/// The named inks have a class, which knows dark mode; the nearest of them stands for others.
fn ink_class(ink: Tint) -> &'static str {
    const INKS: [(Tint, &str); 5] = [
        (Tint(0x0f, 0x7b, 0x4f), " ink-good"),
        (Tint(0xc4, 0x32, 0x3a), " ink-bad"),
        (Tint(0xa8, 0x5d, 0x00), " ink-warning"),
        (Tint(0x1f, 0x5f, 0xc8), " ink-accent"),
        (Tint(0x66, 0x70, 0x85), " ink-muted"),
    ];
    let part = |a: u8, b: u8| i32::from(a.abs_diff(b)).pow(2);
    let distance = |to: &Tint| part(ink.0, to.0) + part(ink.1, to.1) + part(ink.2, to.2);
    INKS.iter().min_by_key(|(tint, _)| distance(tint)).map_or("", |(_, class)| class)
}

fn icon_text(icon: Icon) -> (&'static str, &'static str) {
    match icon {
        Icon::Up => ("▲", "good"),
        Icon::Level => ("▬", "even"),
        Icon::Down => ("▼", "bad"),
        Icon::Good => ("●", "good"),
        Icon::Fair => ("◐", "even"),
        Icon::Poor => ("○", "bad"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::NumberFormat;
    use crate::table::{Column, Role, Table, Value};

    fn column(name: &str, role: Role, cells: Vec<Value>) -> Column {
        let title = name.to_owned();
        Column { name: title.clone(), title, role, grain: None, format: NumberFormat::default(), cells }
    }

    #[test]
    fn a_comparison_becomes_a_change_and_rows_beyond_the_limit_are_told() {
        let table = Table {
            columns: vec![
                column("store", Role::Dimension, vec![Value::Text("A".into()), Value::Text("B".into())]),
                column("revenue", Role::Measure, vec![Value::Int(110), Value::Int(-5)]),
                column("revenue.previous", Role::Previous, vec![Value::Int(100), Value::Int(0)]),
            ],
            totals: Some(vec![Value::Null, Value::Int(105), Value::Int(100)]),
            rows_before_limit: 9,
        };
        let grid = Grid::of_table(table, "Change");
        let view = TableView::new(&grid, Locale::En, 1);
        let heads: Vec<&str> = view.heads[0].iter().map(|head| head.text.as_str()).collect();
        assert_eq!(heads, ["store", "revenue", "Change"]);
        assert_eq!(view.rows.len(), 1);
        let cell = &view.rows[0].cells[1];
        assert_eq!((cell.text.as_str(), cell.class.as_str()), ("+10.0%", "number change up"));
        assert_eq!(view.totals.len(), 1);
        assert_eq!(view.totals[0].heads[0].text, "Total");
        assert_eq!(view.totals[0].cells[1].text, "+5.0%");
        assert!(view.is_cut());
        let all = TableView::new(&grid, Locale::En, 9);
        assert_eq!(all.rows[1].cells[0].class, "number negative");
        assert_eq!((all.rows.len(), all.totals.len()), (2, 1));
    }

    #[test]
    fn an_empty_grid_shows_no_rows_but_its_total() {
        let columns =
            vec![column("store", Role::Dimension, vec![]), column("revenue", Role::Measure, vec![])];
        let table = Table { columns, totals: Some(vec![Value::Null, Value::Null]), rows_before_limit: 0 };
        let view = TableView::new(&Grid::of_table(table, ""), Locale::Ko, 10);
        assert_eq!((view.rows.len(), view.totals.len()), (0, 1));
    }
}
