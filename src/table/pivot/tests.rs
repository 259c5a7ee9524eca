//! The grid as its readers meet it: order, heads, merged row heads, looks.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::*;
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::table::{
    Column, GridRow, Icon, LabelText, Mark, Paging, Part, Role, StubCell, Table, Tint, Value,
};

fn level(name: &str, subtotal: bool) -> Level {
    Level { name: name.into(), title: name.into(), grain: None, subtotal, labels: HashMap::new() }
}

fn leaf(show: Show) -> Leaf {
    Leaf {
        name: "sales".into(),
        title: "Sales".into(),
        measure: "sales".into(),
        show,
        format: NumberFormat::default(),
        set: 0,
        style: Style::default(),
        emphasis: false,
    }
}

fn shape(rows: Vec<Level>, columns: Vec<Level>, leaves: Vec<Leaf>) -> Shape {
    Shape {
        rows,
        columns,
        heads: (0..leaves.len()).map(LeafHead::Leaf).collect(),
        leaves,
        values_on_rows: false,
        totals: Totals { row: true, column: true },
        place: Place::After,
        order: Vec::new(),
        flat: false,
        limit: None,
        merged: true,
        unit: None,
        link: None,
        stub_links: Vec::new(),
        paging: Paging::default(),
        locale: Locale::En,
    }
}

/// Rows of (country, store, channel, sales).
type Rows<'r> = [(&'r str, &'r str, &'r str, i64)];

const ROWS: &Rows<'_> = &[
    ("KR", "Gangnam", "store", 10),
    ("KR", "Gangnam", "online", 5),
    ("KR", "Busan", "store", 40),
    ("US", "SoHo", "store", 30),
];

/// Sums of `rows` at every depth that `shape` asks for.
fn answers(shape: &Shape, rows: &Rows<'_>) -> Answers {
    let names = |depths: (usize, usize)| {
        let row = ["country", "store"].into_iter().take(depths.0.min(shape.rows.len()));
        row.chain(["channel"].into_iter().take(depths.1)).collect::<Vec<_>>()
    };
    let mut tables = BTreeMap::new();
    for depths in shape.depths() {
        let mut sums: BTreeMap<Vec<&str>, i64> = BTreeMap::new();
        for (country, store, channel, sales) in rows {
            let members =
                [*country, *store].into_iter().take(depths.0).chain([*channel].into_iter().take(depths.1));
            *sums.entry(members.collect()).or_default() += sales;
        }
        let column = |name: &str, role, cells| Column {
            name: name.into(),
            title: name.into(),
            role,
            grain: None,
            format: NumberFormat::default(),
            cells,
        };
        let mut columns: Vec<Column> = names(depths)
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                let cells = sums.keys().map(|members| Value::Text(members[index].into())).collect();
                column(name, Role::Dimension, cells)
            })
            .collect();
        columns.push(column("sales", Role::Measure, sums.values().copied().map(Value::Int).collect()));
        let rows_before_limit = sums.len();
        tables.insert(depths, Arc::new(Table { columns, totals: None, rows_before_limit }));
    }
    Answers { sets: vec![Set { tables }] }
}

fn by_store() -> Shape {
    shape(
        vec![level("country", true), level("store", false)],
        vec![level("channel", false)],
        vec![leaf(Show::Value)],
    )
}

fn lines(grid: &crate::table::Grid) -> Vec<String> {
    (0..grid.len())
        .map(|row| {
            let heads = grid.stub_cells(row, 0, grid.len(), Locale::En).into_iter().map(|cell| cell.text);
            let numbers =
                (0..grid.columns.len()).map(|column| grid.text(row, column, NumberStyle::Full, Locale::En));
            heads.chain(numbers).collect::<Vec<_>>().join(" | ")
        })
        .collect()
}

#[test]
fn groups_have_their_subtotals_and_heads_are_merged() {
    let shape = by_store();
    let grid = build(&shape, &answers(&shape, ROWS));
    assert_eq!(
        lines(&grid),
        [
            "KR | Busan | – | 40 | 40",
            "Gangnam | 5 | 10 | 15",
            "Subtotal | 5 | 50 | 55",
            "US | SoHo | – | 30 | 30",
            "Subtotal | – | 30 | 30",
            "Total | 5 | 80 | 85",
        ]
    );
    let heads: Vec<&str> = grid.head[0].iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(heads, ["online", "store", "Total"], "one measure needs no head of its own");
    let first = grid.stub_cells(0, 0, grid.len(), Locale::En);
    assert_eq!(first[0], StubCell { text: "KR".into(), column: 0, columns: 1, rows: 3, link: None });
    // A sheet that begins with the second row names the group again.
    let cut = grid.stub_cells(1, 1, 3, Locale::En);
    assert_eq!(cut[0], StubCell { text: "KR".into(), column: 0, columns: 1, rows: 2, link: None });
    let total = grid.stub_cells(5, 0, 6, Locale::En);
    assert_eq!(total, [StubCell { text: "Total".into(), column: 0, columns: 2, rows: 1, link: None }]);
}

#[test]
fn subtotals_and_totals_may_lead() {
    let shape = Shape { place: Place::Before, ..by_store() };
    let grid = build(&shape, &answers(&shape, ROWS));
    let parts: Vec<Part> = grid.rows.iter().map(|row| row.part).collect();
    let (body, subtotal) = (Part::Body, Part::Subtotal(0));
    assert_eq!(parts, [Part::Total, subtotal, body, body, subtotal, body]);
    let heads: Vec<&str> = grid.head[0].iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(heads, ["Total", "online", "store"]);
}

#[test]
fn groups_are_ordered_by_their_own_total_and_missing_numbers_come_last() {
    let order = Order { by: OrderBy::Measure("sales".into()), descending: true };
    let shape = Shape { order: vec![order], ..by_store() };
    let rows = [("A", "x", "store", 1), ("A", "y", "store", 3), ("B", "z", "store", 9)];
    let grid = build(&shape, &answers(&shape, &rows));
    assert_eq!(lines(&grid)[..3], ["B | z | 9 | 9", "Subtotal | 9 | 9", "A | y | 3 | 3"]);
}

#[test]
fn a_limit_cuts_rows_but_not_totals_and_leaves_no_empty_group() {
    let shape = Shape { limit: Some(1), ..by_store() };
    let grid = build(&shape, &answers(&shape, ROWS));
    assert_eq!(lines(&grid), ["KR | Busan | – | 40 | 40", "Subtotal | 5 | 50 | 55", "Total | 5 | 80 | 85"]);
    assert_eq!((grid.body_rows(), grid.rows_before_limit), (1, 3));
}

#[test]
fn several_values_stand_under_their_member_and_under_a_spanning_title() {
    let share = Leaf { name: "share".into(), title: "Share".into(), ..leaf(Show::ShareOfColumn) };
    let mut shape =
        shape(vec![level("country", false)], vec![level("channel", false)], vec![leaf(Show::Value), share]);
    shape.heads = vec![LeafHead::Group("Figures".into(), vec![LeafHead::Leaf(0), LeafHead::Leaf(1)])];
    let grid = build(&shape, &answers(&shape, ROWS));
    let texts = |row: usize| grid.head[row].iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>();
    assert_eq!(grid.head.len(), 3);
    assert_eq!(texts(0), ["online", "store", "Total"]);
    assert_eq!(texts(1), ["Figures"; 3]);
    assert_eq!(texts(2), ["Sales", "Share", "Sales", "Share", "Sales", "Share"]);
    assert_eq!(lines(&grid)[0], "KR | 5 | 100.0% | 50 | 62.5% | 55 | 64.7%");
    assert_eq!(grid.columns[2].name, "store.sales");
    assert_eq!(grid.columns[2].title, "store · Sales");
}

#[test]
fn measures_in_rows_have_their_titles_as_row_heads() {
    let second = Leaf { name: "rank".into(), title: "Rank".into(), emphasis: true, ..leaf(Show::Rank) };
    let mut shape = shape(vec![level("country", false)], Vec::new(), vec![leaf(Show::Value), second]);
    (shape.values_on_rows, shape.totals.row) = (true, false);
    let grid = build(&shape, &answers(&shape, ROWS));
    assert_eq!(lines(&grid), ["KR | Sales | 55", "Rank | 1", "US | Sales | 30", "Rank | 2"]);
    assert!(grid.is_emphasised(1) && !grid.is_emphasised(0));
    assert!(
        matches!(&grid.rows[0], GridRow { label: Some(label), .. } if label.text == LabelText::Text("Sales".into()))
    );
}

#[test]
fn rules_see_the_numbers_and_members_of_their_cell() {
    let rule = |when: Test, mark| Rule { when, mark };
    let large: Test = Arc::new(|names: &Names<'_>| {
        let mut found = None;
        names("value", &mut |operand| {
            if let Operand::Number(number) = operand {
                found = Some(number > 20.0);
            }
        });
        found
    });
    let korean: Test = Arc::new(|names: &Names<'_>| {
        let mut found = None;
        names("country", &mut |operand| found = Some(operand == Operand::Text("KR")));
        found
    });
    let ink = Mark { ink: Some(Tint(1, 2, 3)), ..Mark::default() };
    let icon = Mark { icon: Some(Icon::Up), bold: true, ..Mark::default() };
    let style = Style { bars: true, rules: vec![rule(large, ink), rule(korean, icon)], ..Style::default() };
    let shape = shape(
        vec![level("country", false), level("store", false)],
        vec![],
        vec![Leaf { style, ..leaf(Show::Value) }],
    );
    let grid = build(&shape, &answers(&shape, ROWS));
    let mark = |row| grid.mark(row, 0).copied().unwrap_or_default();
    assert_eq!((mark(0).ink, mark(0).icon), (Some(Tint(1, 2, 3)), Some(Icon::Up)), "Busan sells 40");
    assert_eq!((mark(1).ink, mark(1).icon), (None, Some(Icon::Up)), "Gangnam sells 15");
    assert_eq!((mark(2).ink, mark(2).icon), (Some(Tint(1, 2, 3)), None), "SoHo is not in Korea");
    assert_eq!(mark(0).bar.map(|bar| bar.end), Some(1.0));
    let total = grid.len() - 1;
    assert_eq!(mark(total).bar, None, "a total would dwarf all others");
    assert_eq!(mark(total).ink, Some(Tint(1, 2, 3)), "but rules hold for it");
}

#[test]
fn nothing_at_all_gives_heads_and_a_total() {
    let shape = by_store();
    let grid = build(&shape, &answers(&shape, &[]));
    assert!(grid.is_empty());
    assert_eq!(grid.len(), 1);
    let bare = build(&shape, &Answers::default());
    assert_eq!((bare.len(), bare.columns.len()), (1, 1), "not even answers");
}

#[test]
fn members_that_share_a_label_stay_apart() {
    let labels =
        HashMap::from([("KR".to_owned(), "Korea".to_owned()), ("US".to_owned(), "Korea".to_owned())]);
    let shape = shape(vec![Level { labels, ..level("country", false) }], vec![], vec![leaf(Show::Value)]);
    let grid = build(&shape, &answers(&shape, ROWS));
    assert_eq!(lines(&grid), ["Korea | 55", "Korea | 30", "Total | 85"]);
}
