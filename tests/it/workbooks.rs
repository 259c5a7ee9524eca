//! Workbooks as two independent readers see them: openpyxl and calamine.

use std::io::Cursor;
use std::process::Command;

use calamine::{Data, Reader, Xlsx};
use jangpyo::charts::Kind;
use jangpyo::format::Locale;
use jangpyo::render::document::{Block, Content, Document};
use jangpyo::render::workbook::workbook;
use jangpyo::table::{Column, Grid, Part, Role, Table, Value};
use serde_json::Value as Json;

use crate::support::python;
use crate::support::workspace::TestWorkspace;

fn read(bytes: &[u8]) -> Json {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, bytes).unwrap();
    let output =
        Command::new(python::interpreter()).arg(python::script("workbook_reader.py")).arg(&path).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn sheet<'j>(book: &'j Json, name: &str) -> &'j Json {
    let sheets = book["sheets"].as_array().unwrap();
    let names: Vec<&str> = sheets.iter().filter_map(|sheet| sheet["name"].as_str()).collect();
    sheets.iter().find(|sheet| sheet["name"] == name).unwrap_or_else(|| panic!("no `{name}` among {names:?}"))
}

/// `AB12` for a cell counted from 0.
fn coordinate(row: usize, mut column: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + (column % 26) as u8));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    format!("{letters}{}", row + 1)
}

/// Where the numbers of a grid's worksheet begin.
fn first_row(grid: &Grid) -> usize {
    3 + grid.head.len().max(1)
}

#[tokio::test]
async fn every_number_of_the_sheets_stands_in_its_cell() {
    let workspace = TestWorkspace::sample();
    for report in ["monthly-sales", "profit-and-loss", "store-results", "year-on-year", "inventory-status"] {
        let document = workspace.document(report, Locale::Ko).await;
        let failed: Vec<_> =
            document.failures().map(|(block, failure)| (&block.id, &failure.cause)).collect();
        assert!(failed.is_empty(), "{report}: {failed:?}");
        let bytes = workbook(&document).unwrap();
        assert_eq!(bytes, workbook(&document).unwrap(), "{report}: the same document, the same bytes");
        let book = read(&bytes);
        let mut calamine: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book["title"], document.title.as_str());
        let mut numbers = 0;
        for block in document.blocks() {
            let Ok(Content::Table(grid)) = &block.content else { continue };
            let own = sheet(&book, &block.title.replace(['[', ']', ':', '*', '?', '/', '\\'], ""));
            let range = calamine.worksheet_range(own["name"].as_str().unwrap()).unwrap();
            let (top, stub) = (first_row(grid), grid.stub.len());
            assert_eq!(own["frozen"], coordinate(top, stub).as_str(), "{report}/{}", block.id);
            assert!(grid.head.len() < 2 || !own["merged"].as_array().unwrap().is_empty(), "merged heads");
            for row in 0..grid.len() {
                for column in 0..grid.columns.len() {
                    let Some(number) = grid.cell(row, column).as_f64() else { continue };
                    let value = grid.value_at(row, column).unwrap();
                    let power = value.format.power;
                    // Excel has no 만 and 억: those amounts are divided; others are shown divided.
                    let number = if power % 3 == 0 { number } else { number / 10f64.powi(i32::from(power)) };
                    let at = coordinate(top + row, stub + column);
                    let found = own["cells"][&at]["value"].as_f64();
                    let what = format!("{report}/{} {at}", block.id);
                    let points = matches!(value.kind, jangpyo::table::ValueKind::Points);
                    let number = if points { number * 100.0 } else { number };
                    let found = found.unwrap_or_else(|| panic!("{what}: {}", own["cells"][&at]));
                    assert!(
                        (found - number).abs() <= 1e-9 * number.abs().max(1.0),
                        "{what}: {found} is not {number}"
                    );
                    let position = ((top + row) as u32, (stub + column) as u32);
                    let Some(Data::Float(other)) = range.get_value(position) else {
                        panic!("{what}: calamine reads {:?}", range.get_value(position));
                    };
                    assert!((other - found).abs() <= 1e-9 * found.abs().max(1.0), "{what}");
                    let is_total = grid.rows[row].part != Part::Body;
                    assert!(!is_total || own["cells"][&at]["bold"] == true, "{what}: totals are bold");
                    numbers += 1;
                }
            }
        }
        assert!(numbers > 30, "{report}: {numbers}");
    }
}

#[tokio::test]
async fn charts_that_excel_has_are_drawn_by_excel() {
    let document = TestWorkspace::sample().document("monthly-sales", Locale::En).await;
    let chart = document.blocks().find_map(|block| match &block.content {
        Ok(Content::Chart(chart)) => Some((block, chart)),
        _ => None,
    });
    let (block, chart) = chart.unwrap();
    assert!(matches!(chart.kind, Kind::Bar { .. }));
    let book = read(&workbook(&document).unwrap());
    let own = sheet(&book, &block.title);
    assert_eq!(own["charts"], serde_json::json!(["BarChart"]));
    assert_eq!(own["series"], serde_json::json!([3]), "a series per country");
    assert_eq!(own["cells"]["A5"]["type"], "d", "days are dates: {}", own["cells"]["A5"]);
    assert_eq!(book["sheets"][0]["name"], "Summary");
    assert_eq!(book["sheets"][0]["cells"]["A6"]["value"], "Revenue");
}

fn document_of(grid: Grid) -> Document {
    let block = Block {
        id: "t".into(),
        title: "T".into(),
        note: None,
        missing: Vec::new(),
        content: Ok(Content::Table(Box::new(grid))),
    };
    let mut document = jangpyo_sample();
    document.pages[0].rows = vec![vec![block]];
    document
}

/// Any document, to put a block into.
fn jangpyo_sample() -> Document {
    let runtime = std::thread::spawn(|| {
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(async { TestWorkspace::sample().document("store-ledger", Locale::Ko).await })
    });
    runtime.join().unwrap()
}

fn column(name: &str, role: Role, cells: Vec<Value>) -> Column {
    let title = name.to_owned();
    Column {
        name: title.clone(),
        title,
        role,
        grain: None,
        format: jangpyo::format::NumberFormat::default(),
        cells,
    }
}

#[test]
fn text_that_looks_like_a_formula_stays_text_and_dates_are_dates() {
    let text = |text: &str| Value::Text(text.into());
    let evil = ["=1+1", "+82", "-3", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "plain"];
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
    let old = chrono::NaiveDate::from_ymd_opt(1850, 1, 5).unwrap();
    let days = [day, old, day, day, day, day].map(Value::Date).to_vec();
    let table = Table {
        columns: vec![
            column("name", Role::Dimension, evil.map(text).to_vec()),
            column("day", Role::Dimension, days),
            column(
                "n",
                Role::Measure,
                vec![
                    Value::Int(1),
                    Value::Null,
                    Value::Float(f64::NAN),
                    Value::Int(2),
                    Value::Int(3),
                    Value::Int(4),
                ],
            ),
        ],
        totals: None,
        rows_before_limit: 6,
    };
    let book = read(&workbook(&document_of(Grid::of_table(table, ""))).unwrap());
    let cells = &sheet(&book, "T")["cells"];
    for (row, expected) in evil.iter().enumerate() {
        let cell = &cells[coordinate(4 + row, 0)];
        assert_eq!((cell["value"].as_str(), cell["type"].as_str()), (Some(*expected), Some("s")), "{cell}");
    }
    assert_eq!(cells["B5"]["value"], "2026-01-05T00:00:00");
    assert_eq!(cells["B6"]["value"], "1850-01-05", "before Excel's calendar a date is text");
    assert_eq!(cells["C6"], Json::Null, "no value is an empty cell");
    assert_eq!(cells["C7"], Json::Null, "and so is what is no number");
}

#[test]
fn a_hundred_thousand_rows_are_streamed() {
    let rows = 100_000;
    let table = Table {
        columns: vec![
            column(
                "name",
                Role::Dimension,
                (0..rows).map(|row| Value::Text(format!("row {row}").into())).collect(),
            ),
            column("n", Role::Measure, (0..rows).map(Value::Int).collect()),
        ],
        totals: Some(vec![Value::Null, Value::Int(rows * (rows - 1) / 2)]),
        rows_before_limit: rows as usize,
    };
    let bytes = workbook(&document_of(Grid::of_table(table, ""))).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("T").unwrap();
    assert_eq!(range.get_value((4 + 99_999, 0)), Some(&Data::String("row 99999".into())));
    assert_eq!(range.get_value((4 + 99_999, 1)), Some(&Data::Float(99_999.0)));
    assert_eq!(range.get_value((4 + 100_000, 1)), Some(&Data::Float(4_999_950_000.0)));
}

#[tokio::test]
async fn a_workbook_says_where_it_comes_from() {
    let mut document = TestWorkspace::sample().document("weekly-sales", Locale::Ko).await;
    document.made_by_run("0193".repeat(100));
    let book = read(&workbook(&document).unwrap());
    let (origin, custom) = (&document.provenance, &book["custom"]);
    assert_eq!(book["description"], document.proof.as_str());
    assert_eq!(custom["jangpyo report"], "weekly-sales");
    assert_eq!(custom["jangpyo definition content"], origin.definition.content.as_str());
    assert_eq!(custom["jangpyo data sales"], origin.data["sales"].as_str());
    assert_eq!(custom["jangpyo evaluated at"], "2026-11-01T23:00:00+00:00");
    assert_eq!(custom["jangpyo viewer"], "local");
    assert_eq!(custom["jangpyo digest"], origin.digest.as_str());
    assert_eq!(custom["jangpyo run"].as_str().unwrap().len(), 255, "Excel's limit");
}

/// What stands in a part of the file, which openpyxl leaves out when it reads.
fn part(bytes: &[u8], name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, bytes).unwrap();
    let program =
        "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let output = Command::new(python::interpreter()).args(["-c", program]).arg(&path).arg(name).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The worksheet called `name` as XML.
fn worksheet(bytes: &[u8], name: &str) -> String {
    let book = read(bytes);
    let position = book["sheets"].as_array().unwrap().iter().position(|sheet| sheet["name"] == name).unwrap();
    part(bytes, &format!("xl/worksheets/sheet{}.xml", position + 1))
}

#[tokio::test]
async fn bars_lie_on_members_alone_and_end_where_the_sheet_ends_them() {
    let document = TestWorkspace::sample().document("monthly-sales", Locale::Ko).await;
    let (block, grid) = document
        .blocks()
        .find_map(|block| match &block.content {
            Ok(Content::Table(grid)) => Some((block, grid)),
            _ => None,
        })
        .unwrap();
    let bars = grid.values.iter().find_map(|value| value.looks.bars).unwrap();
    let largest = (0..grid.len())
        .filter(|row| grid.is_member(*row, 0))
        .filter_map(|row| grid.cell(row, 0).as_f64())
        .fold(0.0, f64::max);
    assert!(bars.low.abs() < 1e-9 && (bars.high - largest).abs() < 1e-9, "{bars:?} {largest}");
    let xml = worksheet(&workbook(&document).unwrap(), &block.title);
    // Three countries with six categories each; the rows between are their subtotals.
    assert!(xml.contains("<xm:sqref>C6:C11 C13:C18 C20:C25</xm:sqref>"), "no totals: {xml}");
    assert!(xml.contains(&format!("<xm:f>{largest}</xm:f>")), "the sheet's own end");
    assert_eq!(grid.rows[6].part, Part::Subtotal(0));
}

#[tokio::test]
async fn sparklines_have_their_numbers_in_a_hidden_worksheet() {
    let document = TestWorkspace::sample().document("monthly-sales", Locale::En).await;
    let bytes = workbook(&document).unwrap();
    let book = read(&bytes);
    let sheets = book["sheets"].as_array().unwrap();
    let hidden: Vec<&Json> = sheets.iter().filter(|sheet| sheet["state"] == "hidden").collect();
    let [points] = hidden.as_slice() else { panic!("one hidden worksheet: {sheets:?}") };
    let name = points["name"].as_str().unwrap();
    assert!(name.starts_with("Trend data "), "{name}");
    let (block, grid) = document
        .blocks()
        .find_map(|block| match &block.content {
            Ok(Content::Table(grid)) => Some((block, grid)),
            _ => None,
        })
        .unwrap();
    let column = grid.columns.iter().position(|column| !column.sparklines.is_empty()).unwrap();
    let drawn = grid.sparkline(0, column);
    let top = first_row(grid);
    for (position, point) in drawn.iter().enumerate() {
        let found = points["cells"][coordinate(top, position)]["value"].as_f64();
        assert_eq!(found, *point, "point {position}");
    }
    let xml = worksheet(&bytes, &block.title);
    let first = format!("{}:{}", coordinate(top, 0), coordinate(top, drawn.len() - 1));
    assert!(xml.contains(&format!("<xm:f>'{name}'!{first}</xm:f>")), "{xml}");
    let rows = xml.matches("<x14:sparkline>").count();
    assert_eq!(rows, grid.len(), "one per row");
    let shown = &sheet(&book, &block.title)["cells"][coordinate(top, grid.stub.len() + column)];
    assert_eq!(shown["format"], ";;;", "the number below is not seen: {shown}");
}

/// Numbers with a colour scale and icons, of which a rule has painted one anew.
fn marked() -> Grid {
    use jangpyo::table::{GridColumn, GridRow, GridValue, Icon, Icons, Looks, Mark, Stops, Tint, ValueKind};
    let (white, blue, red) = (Tint(255, 255, 255), Tint(0, 0, 255), Tint(255, 0, 0));
    let looks = Looks {
        bars: None,
        scale: Some(Stops { low: (-10_000.0, white), middle: None, high: (30_000.0, blue) }),
        icons: Some(Icons {
            icons: [Icon::Down, Icon::Level, Icon::Up],
            middle_from: 0.0,
            high_from: 20_000.0,
        }),
    };
    let numbers = [-10_000.0, 0.0, 30_000.0, 10_000.0, 30_000.0];
    let mut marks: Vec<Option<Mark>> = numbers.iter().map(|number| Some(looks.mark(*number, true))).collect();
    marks[3] = Some(Mark { fill: Some(red), icon: Some(Icon::Poor), ..Mark::default() });
    marks[4] = Some(looks.mark(30_000.0, false));
    let mut rows = vec![GridRow::default(); 5];
    rows[4].part = Part::Total;
    // Numbers in 만, which Excel has no format for: they are divided, and so are the limits.
    let format = jangpyo::format::NumberFormat { power: 4, ..Default::default() };
    let value = GridValue {
        name: "n".into(),
        title: "n".into(),
        format,
        kind: ValueKind::Number,
        emphasis: false,
        looks,
    };
    let column = GridColumn {
        name: "n".into(),
        title: "n".into(),
        cells: numbers.map(Value::Float).to_vec(),
        marks,
        ..GridColumn::default()
    };
    Grid {
        columns: vec![column],
        values: vec![value],
        rows,
        rows_before_limit: 4,
        unit: Some(jangpyo::table::Unit { power: 4, currencies: Vec::new() }),
        ..Grid::default()
    }
}

#[test]
fn colours_and_icons_are_excels_own_where_no_rule_painted_over_them() {
    let bytes = workbook(&document_of(marked())).unwrap();
    let xml = worksheet(&bytes, "T");
    let scale = "<cfvo type=\"num\" val=\"-1\"/><cfvo type=\"num\" val=\"3\"/>";
    assert!(xml.contains("<conditionalFormatting sqref=\"A5:A7\"><cfRule type=\"colorScale\""), "{xml}");
    assert!(xml.contains(scale), "limits in 만: {xml}");
    assert!(xml.contains("<xm:sqref>A5:A7 A9</xm:sqref>"), "the total has its icon too: {xml}");
    assert!(xml.contains("<x14:cfvo type=\"num\"><xm:f>2</xm:f></x14:cfvo>"), "{xml}");
    assert!(xml.contains("iconSet=\"5Quarters\" iconId=\"0\"") && xml.contains("<xm:sqref>A8</xm:sqref>"));
    let cells = &read(&bytes)["sheets"][0]["cells"];
    assert_eq!(cells["A8"]["fill"], "FFFF0000", "the rule's colour is the cell's: {cells}");
    assert_eq!(cells["A7"]["fill"], Json::Null, "Excel colours this one itself");
}

#[test]
fn a_table_longer_than_a_worksheet_goes_on_on_the_next() {
    let count = 25;
    let table = Table {
        columns: vec![
            column(
                "name",
                Role::Dimension,
                (0..count).map(|row| Value::Text(format!("r{row}").into())).collect(),
            ),
            column("n", Role::Measure, (0..count).map(Value::Int).collect()),
        ],
        totals: Some(vec![Value::Null, Value::Int(300)]),
        rows_before_limit: 40,
    };
    let limits = jangpyo::render::workbook::Limits { rows: 15, streamed_from: 8 };
    let document = document_of(Grid::of_table(table, ""));
    let bytes = jangpyo::render::workbook::workbook_within(&document, limits).unwrap();
    let book = read(&bytes);
    let names: Vec<&str> =
        book["sheets"].as_array().unwrap().iter().filter_map(|sheet| sheet["name"].as_str()).collect();
    assert_eq!(names, ["T", "T (2)", "T (3)"]);
    let mut found = Vec::new();
    for sheet in book["sheets"].as_array().unwrap() {
        assert!(sheet["rows"].as_u64().unwrap() <= 15, "{}", sheet["name"]);
        assert_eq!(sheet["cells"]["B4"]["value"], "n", "every worksheet has the heads");
        assert_eq!(sheet["frozen"], "B5");
        found.extend((5..16).filter_map(|row| sheet["cells"][format!("B{row}")]["value"].as_i64()));
    }
    assert_eq!(found, (0..count).chain([300]).collect::<Vec<_>>(), "every row once, in order");
    assert_eq!(sheet(&book, "T (3)")["cells"]["A11"]["value"], "전체 40건 중 처음 25건");
}

#[tokio::test]
async fn charts_have_the_reports_colours_and_axes_that_say_their_unit() {
    let document = TestWorkspace::sample().document("monthly-sales", Locale::Ko).await;
    let chart = part(&workbook(&document).unwrap(), "xl/charts/chart1.xml");
    let (red, green, blue) = jangpyo::charts::Look::default().color(1);
    assert!(chart.contains(&format!("<a:srgbClr val=\"{red:02X}{green:02X}{blue:02X}\"/>")), "{chart}");
    assert!(chart.contains("formatCode=\"yyyy-mm-dd\""), "days on the axis are days: {chart}");
}

#[tokio::test]
async fn the_workbook_of_a_panel_says_where_it_comes_from() {
    let workspace = TestWorkspace::sample();
    let whole = workspace.document("monthly-sales", Locale::Ko).await;
    let document = workspace.panel("monthly-sales", "categories", Locale::Ko).await;
    let book = read(&jangpyo::render::workbook::panel_workbook(&document).unwrap().unwrap());
    let custom = &book["custom"];
    assert_eq!(custom["jangpyo panel"], "categories");
    assert_eq!(custom["jangpyo report"], "monthly-sales");
    assert_eq!(custom["jangpyo definition content"], whole.provenance.definition.content.as_str());
    assert_eq!(custom["jangpyo data sales"], whole.provenance.data["sales"].as_str());
    assert_eq!(custom["jangpyo digest"], document.provenance.digest.as_str());
    assert_ne!(document.provenance.digest, whole.provenance.digest, "it is that of the panel's content");
    assert_eq!(book["sheets"][0]["cells"]["A3"]["value"], document.proof.as_str(), "and people read it too");
}
