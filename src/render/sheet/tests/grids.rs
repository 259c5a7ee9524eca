//! Grids over sheets: groups that go on, stay together or begin anew, and more columns than fit.

use std::collections::BTreeSet;

use super::sample::{A4, block, document};
use crate::format::Locale;
use crate::render::canvas::{Op, Page};
use crate::render::document::Content;
use crate::render::sheet::SheetLayout;
use crate::table::{
    Grid, GridColumn, GridRow, GridValue, HeadNode, Label, LabelText, Paging, Part, StubColumn, Value, Wide,
    head_rows,
};

/// `groups` groups of `members` rows and a subtotal each, with `columns` columns under heads of two.
fn grid(groups: usize, members: usize, columns: usize, paging: Paging) -> Grid {
    let text = |text: String| Value::Text(text.into());
    let (mut outer, mut inner, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for group in 0..groups {
        for member in 0..members {
            outer.push(text(format!("group {group}")));
            inner.push(text(format!("member {group}.{member}")));
            rows.push(GridRow { opens: usize::from(member > 0), ..GridRow::default() });
        }
        outer.push(text(format!("group {group}")));
        inner.push(Value::Null);
        let label = Some(Label { from: 1, text: LabelText::Subtotal });
        rows.push(GridRow { part: Part::Subtotal(0), opens: 1, label, ..GridRow::default() });
    }
    let stub = |name: &str, cells| StubColumn {
        name: name.into(),
        title: name.into(),
        grain: None,
        cells,
        links: Vec::new(),
    };
    let numbers = || (0..rows.len()).map(|row| Value::Int(row as i64 * 1_000_000)).collect();
    let column = |position: usize| GridColumn {
        name: format!("c{position}"),
        title: format!("col{position}"),
        cells: numbers(),
        ..GridColumn::default()
    };
    let heads: Vec<HeadNode> = (0..columns.div_ceil(2))
        .map(|pair| {
            let own = (pair * 2..(pair * 2 + 2).min(columns)).map(|c| HeadNode::Column(format!("col{c}")));
            HeadNode::Group(format!("pair {pair}"), own.collect())
        })
        .collect();
    let value = GridValue {
        name: "n".into(),
        title: "n".into(),
        format: crate::format::NumberFormat::default(),
        kind: crate::table::ValueKind::Number,
        emphasis: false,
        looks: crate::table::Looks::default(),
    };
    Grid {
        columns: (0..columns).map(column).collect(),
        stub: vec![stub("outer", outer), stub("inner", inner)],
        head: head_rows(&heads),
        values: vec![value],
        rows_before_limit: groups * members,
        rows,
        merged: true,
        unit: None,
        paging,
    }
}

fn pages(grid: Grid) -> Vec<Page> {
    let document = document(A4, vec![vec![block("t", "Table", Content::Table(Box::new(grid)))]]);
    assert_eq!(document.locale, Locale::Ko);
    SheetLayout::of(&document).pages().collect()
}

fn texts(page: &Page) -> Vec<&str> {
    page.ops
        .iter()
        .filter_map(|op| match op {
            Op::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

fn has(page: &Page, wanted: &str) -> bool {
    texts(page).contains(&wanted)
}

#[test]
fn a_group_that_goes_on_is_named_again_and_a_subtotal_never_stands_alone() {
    let pages = pages(grid(3, 70, 2, Paging::default()));
    assert!(pages.len() >= 4);
    for page in &pages[1..] {
        let words = texts(page);
        let named = words.iter().any(|text| text.starts_with("group ") && text.ends_with("(계속)"));
        let begins = words.iter().any(|text| text.ends_with(".0"));
        assert!(named || begins, "a sheet does not say whose rows it shows: {words:?}");
        let members = words.iter().filter(|text| text.starts_with("member")).count();
        assert!(members >= 1, "a subtotal without a member: {words:?}");
        assert!(has(page, "pair 0") && has(page, "col1"), "heads are repeated");
    }
    let members = pages.iter().flat_map(texts).filter(|text| text.starts_with("member"));
    assert_eq!(members.collect::<BTreeSet<_>>().len(), 210, "every row once");
}

#[test]
fn groups_stay_together_where_they_fit_on_a_sheet() {
    let paging = Paging { keep_groups: true, ..Paging::default() };
    let kept = pages(grid(5, 25, 2, paging));
    for page in &kept {
        let words = texts(page);
        assert!(!words.iter().any(|text| text.ends_with("(계속)") && text.starts_with("group")), "{words:?}");
        let subtotals = words.iter().filter(|text| **text == "소계").count();
        let begun = words.iter().filter(|text| text.ends_with(".0")).count();
        assert_eq!(subtotals, begun, "every group ends on the sheet it begins on");
    }
    assert!(kept.len() > pages(grid(5, 25, 2, Paging::default())).len(), "which takes more sheets");
}

#[test]
fn a_new_sheet_for_every_group_if_the_author_wants_it() {
    let paging = Paging { break_before: Some(0), ..Paging::default() };
    let pages = pages(grid(4, 3, 2, paging));
    assert_eq!(pages.len(), 4);
    for (group, page) in pages.iter().enumerate() {
        assert!(has(page, &format!("group {group}")) && has(page, &format!("member {group}.0")));
    }
}

#[test]
fn columns_that_do_not_fit_go_on_behind_repeated_row_heads_or_shrink() {
    let split = pages(grid(2, 3, 24, Paging::default()));
    let sheets_with = |pages: &[Page], text: &str| pages.iter().filter(|page| has(page, text)).count();
    let parts = split.iter().flat_map(texts).filter(|text| *text == "member 0.0").count();
    assert!(parts > 1, "row heads are repeated");
    for pair in 0..12 {
        let (first, second) = (format!("col{}", pair * 2), format!("col{}", pair * 2 + 1));
        assert_eq!(sheets_with(&split, &format!("pair {pair}")), 1, "a pair is not torn");
        assert_eq!((sheets_with(&split, &first), sheets_with(&split, &second)), (1, 1));
    }
    let small = pages(grid(2, 3, 14, Paging { wide: Wide::Shrink, ..Paging::default() }));
    let parts = small.iter().flat_map(texts).filter(|text| *text == "member 0.0").count();
    assert_eq!(parts, 1, "shrunk to one part");
}

#[test]
fn ten_thousand_groups_and_two_hundred_columns_are_laid_out() {
    let long = grid(2_000, 4, 3, Paging { keep_groups: true, ..Paging::default() });
    assert!(pages(long).len() > 150);
    let wide = grid(1, 3, 200, Paging { wide: Wide::Shrink, ..Paging::default() });
    let columns: BTreeSet<String> = pages(wide)
        .iter()
        .flat_map(texts)
        .filter(|text| text.starts_with("col"))
        .map(str::to_owned)
        .collect();
    assert_eq!(columns.len(), 200);
}
