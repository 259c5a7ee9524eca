//! Documents that differ in known ways.

use chrono::NaiveDate;

use super::{Figures, Raw, Shown, compare};
use crate::format::{Locale, NumberFormat};
use crate::render::document::{Content, Document, Kpi};
use crate::render::sheet::sample;
use crate::table::{Grid, Value};

fn document() -> Document {
    sample::report(Locale::Ko, (595.28, 841.89), 4, 40)
}

fn read_back(figures: &Figures) -> Figures {
    serde_json::from_slice(&serde_json::to_vec(figures).unwrap()).unwrap()
}

fn grid(document: &mut Document) -> &mut Grid {
    let mut blocks = document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten());
    blocks
        .find_map(|block| match block.content.as_mut() {
            Ok(Content::Table(grid)) => Some(&mut **grid),
            _ => None,
        })
        .unwrap()
}

fn kpi(document: &mut Document) -> &mut Kpi {
    let mut blocks = document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten());
    blocks
        .find_map(|block| match block.content.as_mut() {
            Ok(Content::Kpi(kpi)) => Some(kpi),
            _ => None,
        })
        .unwrap()
}

#[test]
fn figures_hold_every_panel_and_read_back_as_they_were() {
    let mut document = document();
    let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
    document.period = Some((day("2026-11-16"), day("2026-11-22")));
    let figures = Figures::of(&document, "강남");
    assert_eq!(read_back(&figures), figures);
    assert_eq!(figures.about, "강남");
    let with_content = document.blocks().filter(|block| !block.id.starts_with('.')).count();
    assert!(figures.panels.len() + 1 >= with_content && figures.panels.len() > 3);
    let rows = grid(&mut document).len();
    let numbers = figures.panels.iter().filter_map(|panel| match &panel.shows {
        Shown::Numbers(numbers) => Some(numbers),
        _ => None,
    });
    assert!(numbers.into_iter().any(|numbers| numbers.rows.len() == rows));
}

#[test]
fn the_same_document_does_not_differ() {
    let one = Figures::of(&document(), "");
    let found = compare(&one, &read_back(&one), 10);
    assert!(found.is_none(), "{found:?}");
    assert_eq!(found.equal, one.panels.len());
}

#[test]
fn a_number_is_told_with_its_difference_and_its_proportion() {
    let (mut before, mut after) = (document(), document());
    let format = NumberFormat { currency: Some("KRW".into()), ..NumberFormat::default() };
    for (document, value) in [(&mut before, 1_000), (&mut after, 1_250)] {
        let kpi = kpi(document);
        (kpi.value, kpi.format) = (Value::Int(value), format.clone());
    }
    let found = compare(&Figures::of(&before, ""), &Figures::of(&after, ""), 10);
    assert_eq!((found.panels.len(), found.panels[0].values.total), (1, 1), "{found:?}");
    let value = &found.panels[0].values.items[0];
    assert_eq!((value.before.as_str(), value.after.as_str()), ("₩1,000", "₩1,250"));
    assert_eq!((value.difference.as_deref(), value.percent.as_deref()), (Some("+₩250"), Some("+25.0%")));
    let kpi = kpi(&mut after);
    (kpi.value, kpi.format) =
        (Value::Float(0.552), NumberFormat { percent: true, ..NumberFormat::default() });
    let mut points = after.clone();
    self::kpi(&mut points).value = Value::Float(0.545);
    let found = compare(&Figures::of(&points, ""), &Figures::of(&after, ""), 10);
    let value = &found.panels[0].values.items[0];
    assert_eq!((value.difference.as_deref(), value.percent.as_deref()), (Some("+0.7%p"), None));
}

#[test]
fn decimals_differ_exactly() {
    use super::Cell;
    use super::difference::{is_same, told};
    let written = super::Written {
        name: "x".into(),
        format: NumberFormat::default(),
        kind: crate::table::ValueKind::Number,
    };
    let decimal = |unscaled, scale| Cell(Raw::from(&Value::Decimal { unscaled, scale }), String::new());
    let (before, after) =
        (decimal(100_000_000_000_000_000_000_001, 2), decimal(100_000_000_000_000_000_000_003, 2));
    let (difference, _) = told(&before, &after, &written, Locale::En);
    assert_eq!(difference.as_deref(), Some("+0.02"));
    let same = |one: Value, other: Value| {
        let cell = |value: &Value| Cell(value.into(), "5".into());
        is_same(&cell(&one), &cell(&other))
    };
    let float = Value::Float;
    assert!(same(Value::Decimal { unscaled: 50, scale: 1 }, Value::Decimal { unscaled: 500, scale: 2 }));
    assert!(same(Value::Int(5), float(5.0)) && same(float(f64::NAN), float(f64::NAN)));
    // The order of a sum leaves dust; what is more is a difference, even if it is not seen.
    assert!(same(float(0.1 + 0.2), float(0.3)) && !same(float(0.3), float(0.300_000_1)));
    assert!(!same(Value::Text("5".into()), Value::Int(5)) && !same(Value::Null, Value::Int(0)));
}

#[test]
fn rows_are_matched_by_their_members_wherever_they_stand() {
    let (before, mut after) = (document(), document());
    let grid = grid(&mut after);
    let rows = grid.len();
    // Two rows of members change places; nothing else does.
    let swap = |cells: &mut Vec<Value>| cells.swap(0, 1);
    grid.stub.iter_mut().for_each(|stub| swap(&mut stub.cells));
    grid.columns.iter_mut().for_each(|column| {
        swap(&mut column.cells);
        column.compared.iter_mut().for_each(|compared| swap(&mut compared.cells));
    });
    let found = compare(&Figures::of(&before, ""), &Figures::of(&after, ""), 10);
    assert!(found.is_none(), "{found:?}");
    // A row goes.
    let grid = self::grid(&mut after);
    grid.stub.iter_mut().for_each(|stub| drop(stub.cells.remove(0)));
    grid.columns.iter_mut().for_each(|column| {
        column.cells.remove(0);
        column.compared.iter_mut().for_each(|compared| drop(compared.cells.remove(0)));
    });
    grid.rows.remove(0);
    let found = compare(&Figures::of(&before, ""), &Figures::of(&after, ""), 10);
    assert_eq!((found.panels.len(), found.panels[0].rows_removed.total), (1, 1), "{found:?}");
    assert!(found.panels[0].values.is_empty() && found.panels[0].rows_added.is_empty(), "{found:?}");
    let back = compare(&Figures::of(&after, ""), &Figures::of(&before, ""), 10);
    assert_eq!(back.panels[0].rows_added.total, 1);
    // Every number is another, and only the first are told.
    let mut all = before.clone();
    let grid = self::grid(&mut all);
    grid.columns.iter_mut().for_each(|column| column.cells.fill(Value::Int(-77)));
    let found = compare(&Figures::of(&before, ""), &Figures::of(&all, ""), 3);
    let values = &found.panels[0].values;
    assert!(values.items.len() == 3 && values.total >= rows && values.is_cut(), "{values:?}");
}

#[test]
fn a_region_that_one_of_them_lacks_is_told_even_where_no_number_differs() {
    let before = Figures::of(&document(), "");
    let mut later = document();
    let block = later.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten());
    let block = block.into_iter().find(|block| matches!(block.content, Ok(Content::Kpi(_)))).unwrap();
    block.missing = vec!["usa".into()];
    let after = read_back(&Figures::of(&later, ""));
    let found = compare(&before, &after, 10);
    let [panel] = found.panels.as_slice() else { panic!("{found:?}") };
    assert_eq!(panel.missing, Some((Vec::new(), vec!["usa".into()])));
    assert!(compare(&after, &after, 10).is_none());
}
