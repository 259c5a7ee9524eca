//! The numbers of a document, taken before it is drawn.

use super::{Cell, FORM, Figures, KeyColumn, NumberColumn, Numbers, PanelFigures, Raw, Row, Shown, Written};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::render::document::{Block, Content, Document, Kpi};
use crate::table::{Grid, Part, Role, Table, Value, ValueKind, total};

impl Figures {
    /// Those of `document`, a copy about `about` or the whole report.
    pub fn of(document: &Document, about: &str) -> Self {
        let provenance = &document.provenance;
        Self {
            form: FORM,
            report: provenance.report.clone(),
            title: document.title.clone(),
            locale: document.locale,
            time_zone: provenance.time_zone,
            about: about.to_owned(),
            period: document.period,
            subtitle: document.subtitle.clone(),
            parameters: provenance.parameters.clone(),
            evaluated_at: document.evaluated_at,
            definition: provenance.definition.name().to_owned(),
            data: provenance.data.clone(),
            digest: provenance.digest.clone(),
            panels: document.blocks().filter_map(|block| panel(block, document.locale)).collect(),
        }
    }
}

/// What a block shows; `None` for one that is no panel, such as a mark or the footnotes.
fn panel(block: &Block, locale: Locale) -> Option<PanelFigures> {
    if block.id.starts_with('.') {
        return None;
    }
    let shows = match &block.content {
        Ok(Content::Kpi(kpi)) => Shown::Numbers(of_kpi(kpi, &block.title, locale)),
        Ok(Content::Chart(chart)) => Shown::Numbers(of_table(&chart.table, locale)),
        Ok(Content::Table(grid)) => Shown::Numbers(of_grid(grid, locale)),
        Ok(Content::Text(text)) if text.is_empty() => return None,
        Ok(Content::Text(text)) => Shown::Words(text.lines()),
        Err(failure) => Shown::Failed(failure.message.clone()),
    };
    let (id, title, missing) = (block.id.clone(), block.title.clone(), block.missing.clone());
    Some(PanelFigures { id, title, missing, shows })
}

fn of_kpi(kpi: &Kpi, title: &str, locale: Locale) -> Numbers {
    let cell = |value: &Value| Cell(value.into(), kpi.format_text(value, locale));
    let format = Written { name: "value".into(), format: kpi.format.clone(), kind: ValueKind::Number };
    let column = |name: &str, title: &str| NumberColumn { name: name.into(), title: title.into(), format: 0 };
    let mut columns = vec![column("value", title)];
    let mut cells = vec![cell(&kpi.value)];
    if let Some(previous) = &kpi.previous {
        columns.push(column("previous", &kpi.compared_with));
        cells.push(cell(previous));
    }
    let row = Row { part: None, key: Vec::new(), format: None, cells };
    Numbers { keys: Vec::new(), formats: vec![format], columns, rows: vec![row], rows_before_limit: 1 }
}

fn of_table(table: &Table, locale: Locale) -> Numbers {
    let (keys, numbers): (Vec<_>, Vec<_>) =
        table.columns.iter().enumerate().partition(|(_, column)| column.role == Role::Dimension);
    let cell = |position: usize, value: &Value| {
        let text = table.columns.get(position).map(|column| column.text(value, NumberStyle::Full, locale));
        Cell(value.into(), text.unwrap_or_default())
    };
    let body = (0..table.len()).map(|row| Row {
        part: None,
        key: keys.iter().map(|(position, _)| cell(*position, table.cell(row, *position))).collect(),
        format: None,
        cells: numbers.iter().map(|(position, _)| cell(*position, table.cell(row, *position))).collect(),
    });
    let in_all = table.totals.as_ref().map(|totals| {
        let value = |position: usize| totals.get(position).unwrap_or(&Value::Null);
        Row {
            part: Some(TOTAL.into()),
            key: keys.iter().enumerate().map(|(place, _)| label(place, total(locale))).collect(),
            format: None,
            cells: numbers.iter().map(|(position, _)| cell(*position, value(*position))).collect(),
        }
    });
    Numbers {
        keys: keys.iter().map(|(_, column)| key_column(&column.name, &column.title)).collect(),
        formats: numbers
            .iter()
            .map(|(_, column)| Written {
                name: column.name.clone(),
                format: column.format.clone(),
                kind: ValueKind::Number,
            })
            .collect(),
        columns: numbers
            .iter()
            .enumerate()
            .map(|(format, (_, column))| NumberColumn {
                name: column.name.clone(),
                title: column.title.clone(),
                format,
            })
            .collect(),
        rows: body.chain(in_all).collect(),
        rows_before_limit: table.rows_before_limit.max(table.len()),
    }
}

fn of_grid(grid: &Grid, locale: Locale) -> Numbers {
    let mut formats: Vec<Written> = grid
        .values
        .iter()
        .map(|value| Written { name: value.name.clone(), format: value.format.clone(), kind: value.kind })
        .collect();
    let mut columns = Vec::new();
    // The numbers that changes are from stand beside them, in the format of plain numbers.
    let mut lanes: Vec<(usize, bool)> = Vec::new();
    for (position, column) in grid.columns.iter().enumerate() {
        if let Some(compared) = &column.compared {
            let format = grid.values.get(column.value).map(|value| value.format.clone()).unwrap_or_default();
            formats.push(Written { name: compared.name.clone(), format, kind: ValueKind::Number });
            columns.push(NumberColumn {
                name: compared.name.clone(),
                title: compared.title.clone(),
                format: formats.len() - 1,
            });
            lanes.push((position, true));
        }
        columns.push(NumberColumn {
            name: column.name.clone(),
            title: column.title.clone(),
            format: column.value,
        });
        lanes.push((position, false));
    }
    let rows = (0..grid.len()).map(|row| {
        let own = grid.rows.get(row);
        Row {
            part: own.and_then(|row| part(row.part)),
            key: key(grid, row, locale),
            format: own.and_then(|row| row.value),
            cells: lanes.iter().map(|lane| lane_cell(grid, row, *lane, locale)).collect(),
        }
    });
    Numbers {
        keys: grid.stub.iter().map(|stub| key_column(&stub.name, &stub.title)).collect(),
        columns,
        rows: rows.collect(),
        formats,
        rows_before_limit: grid.rows_before_limit.max(grid.body_rows()),
    }
}

fn lane_cell(grid: &Grid, row: usize, (position, is_compared): (usize, bool), locale: Locale) -> Cell {
    let compared = grid.columns.get(position).and_then(|column| column.compared.as_ref());
    if let (true, Some(compared)) = (is_compared, compared) {
        let value = compared.cells.get(row).unwrap_or(&Value::Null);
        let format = grid.value_at(row, position).map(|value| &value.format);
        let text = value.text(format.unwrap_or(&NumberFormat::default()), None, NumberStyle::Full, locale);
        return Cell(value.into(), text);
    }
    let value = grid.cell(row, position);
    let text = match grid.value_at(row, position) {
        // A way is drawn; its last number stands for it.
        Some(shape) if shape.kind == ValueKind::Sparkline => {
            value.text(&shape.format, None, NumberStyle::Full, locale)
        }
        Some(shape) => shape.text(value, NumberStyle::Full, locale),
        None => String::new(),
    };
    Cell(value.into(), text)
}

/// The members that a row of a grid stands for; where a label stands in their place, the label.
fn key(grid: &Grid, row: usize, locale: Locale) -> Vec<Cell> {
    let label_of = grid.label_text(row, locale);
    let cell = |(position, stub): (usize, &crate::table::StubColumn)| match &label_of {
        Some((from, text)) if position >= *from => label(position - from, text),
        _ => {
            let value = stub.cells.get(row).unwrap_or(&Value::Null);
            Cell(value.into(), grid.member_text(row, position, locale))
        }
    };
    grid.stub.iter().enumerate().map(cell).collect()
}

/// The word of a row of totals.
const TOTAL: &str = "total";

fn part(part: Part) -> Option<String> {
    match part {
        Part::Body => None,
        Part::Subtotal(level) => Some(format!("subtotal {level}")),
        Part::Total => Some(TOTAL.into()),
    }
}

/// A text in place of members: no member itself, and written once.
fn label(place: usize, text: &str) -> Cell {
    Cell(Raw::Null, if place == 0 { text.to_owned() } else { String::new() })
}

fn key_column(name: &str, title: &str) -> KeyColumn {
    KeyColumn { name: name.to_owned(), title: title.to_owned() }
}

impl Kpi {
    /// One of its numbers as it is written in full.
    fn format_text(&self, value: &Value, locale: Locale) -> String {
        value.text(&self.format, None, NumberStyle::Full, locale)
    }
}
