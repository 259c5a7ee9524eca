//! Property tests: nothing lost, nothing twice, nothing on top of another, nothing off the sheet.

use proptest::prelude::*;

use super::sample::{A4, A4_LANDSCAPE, block, column, document, ledger, of_table, text};
use crate::format::Locale;
use crate::format::rich_text::RichText;
use crate::render::canvas::{FontSet, Op, Page, Rect, Segment};
use crate::render::document::{Block, Content, Document, Failure, Kpi};
use crate::render::sheet::SheetLayout;
use crate::render::sheet::style::MARGIN;
use crate::table::{Role, Table, Value};

struct Placed {
    text: String,
    area: Rect,
}

/// Text with the box its letters stand in.
fn texts(page: &Page) -> Vec<Placed> {
    let fonts = FontSet::bundled();
    let placed = page.ops.iter().filter_map(|op| match op {
        Op::Text { x, y, size, weight, text, turn, .. } => {
            let width = fonts.width(text, *size, *weight);
            let (up, down) = (size * 0.74, size * 0.18);
            let area = if *turn > 45.0 {
                Rect::new(x - up, y - width, up + down, width)
            } else {
                Rect::new(*x, y - up, width, up + down)
            };
            Some(Placed { text: text.clone(), area })
        }
        _ => None,
    });
    placed.collect()
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    let slack = 0.2;
    a.x + slack < b.right() && b.x + slack < a.right() && a.y + slack < b.bottom() && b.y + slack < a.bottom()
}

fn check(document: &Document) -> Result<Vec<Page>, TestCaseError> {
    let layout = SheetLayout::of(document);
    let pages: Vec<Page> = layout.pages().collect();
    prop_assert_eq!(pages.len(), layout.len());
    for page in &pages {
        let texts = texts(page);
        for (index, one) in texts.iter().enumerate() {
            prop_assert!(
                one.area.x >= MARGIN - 0.5 && one.area.right() <= page.width - MARGIN + 0.5,
                "`{}` stands in the left or right margin: {:?}",
                one.text,
                one.area
            );
            prop_assert!(
                one.area.y >= 14.0 && one.area.bottom() <= page.height - 14.0,
                "`{}` stands off the sheet: {:?}",
                one.text,
                one.area
            );
            for other in &texts[index + 1..] {
                prop_assert!(
                    !overlap(&one.area, &other.area),
                    "`{}` and `{}` overlap: {:?} {:?}",
                    one.text,
                    other.text,
                    one.area,
                    other.area
                );
            }
        }
        for op in &page.ops {
            let Op::Path { segments, .. } = op else { continue };
            for segment in segments {
                if let Segment::MoveTo(x, y) | Segment::LineTo(x, y) | Segment::CurveTo(.., x, y) = segment {
                    prop_assert!(*x >= MARGIN - 0.5 && *x <= page.width - MARGIN + 0.5, "path at x {x}");
                    prop_assert!(*y >= 14.0 && *y <= page.height - 14.0, "path at y {y}");
                }
            }
        }
    }
    Ok(pages)
}

/// The numbers of the rows found on each page; every row of the test tables starts with `row N`.
fn rows_on(page: &Page) -> Vec<usize> {
    let number = |placed: Placed| placed.text.strip_prefix("row ")?.split(' ').next()?.parse().ok();
    texts(page).into_iter().filter_map(number).collect()
}

fn table(rows: usize, measures: usize, wordy: bool, totals: bool, long_titles: bool) -> Table {
    let name = |row: usize| {
        let tail = if wordy && row.is_multiple_of(3) {
            "의 매우 긴 매장 이름과 설명, 그리고 (홍콩) 銅鑼灣旗艦店".repeat(3)
        } else {
            String::new()
        };
        text(&format!("row {row} {tail}"))
    };
    let mut columns = vec![column("name", "HEAD", Role::Dimension, (0..rows).map(name).collect())];
    for measure in 0..measures {
        let cells = (0..rows).map(|row| Value::Int((row * 977 + measure) as i64 * 1_003)).collect();
        let title = if long_titles {
            format!("순매출 합계 기준 {measure} (부가세 제외)")
        } else {
            format!("m{measure}")
        };
        columns.push(column(&format!("m{measure}"), &title, Role::Measure, cells));
    }
    let totals = totals.then(|| {
        let mut totals = vec![Value::Null];
        totals.extend((0..measures).map(|measure| Value::Int(measure as i64 * 1_234_567)));
        totals
    });
    Table { columns, totals, rows_before_limit: rows }
}

fn kpi(value: i64) -> Content {
    Content::Kpi(Kpi {
        link: None,
        value: Value::Int(value),
        previous: Some(Value::Int(value / 2 + 1)),
        compared_with: "전주 대비".into(),
        format: crate::format::NumberFormat::default(),
        lower_is_better: false,
        sparkline: Vec::new(),
    })
}

fn any_block() -> impl Strategy<Value = Block> {
    prop_oneof![
        any::<i64>().prop_map(|value| block("k", "매출", kpi(value))),
        (0usize..120, 1usize..6).prop_map(|(rows, measures)| {
            block("t", "표", of_table(table(rows, measures, rows % 2 == 0, rows % 3 == 0, false)))
        }),
        prop::collection::vec("[a-z가-힣 。，]{0,200}", 0..40).prop_map(|paragraphs| block(
            "p",
            "글",
            Content::Text(RichText::plain(&paragraphs))
        )),
        "[a-z가-힣 ]{0,300}".prop_map(|message| Block {
            content: Err(Failure { message, cause: String::new(), error_id: "e1".into(), closed: false }),
            ..block("f", "실패", Content::Text(RichText::default()))
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_table_shows_every_row_once_in_order_with_a_header_on_every_sheet(
        rows in 0usize..400,
        measures in 1usize..6,
        wordy: bool,
        totals: bool,
        landscape: bool,
        above in 0usize..3,
    ) {
        let size = if landscape { A4_LANDSCAPE } else { A4 };
        let mut layout: Vec<Vec<Block>> =
            (0..above).map(|_| vec![block("p", "글", Content::Text(RichText::plain(&["문단입니다.".repeat(200)])))]).collect();
        let table = table(rows, measures, wordy, totals, false);
        layout.push(vec![block("t", "표", of_table(table))]);
        let pages = check(&document(size, layout))?;

        let found: Vec<usize> = pages.iter().flat_map(rows_on).collect();
        prop_assert_eq!(&found, &(0..rows).collect::<Vec<_>>());
        for page in &pages {
            let rows = rows_on(page).len();
            let heads = texts(page).iter().filter(|placed| placed.text == "HEAD").count();
            let total = texts(page).iter().filter(|placed| placed.text == "합계").count();
            prop_assert_eq!(heads, usize::from(rows > 0 || total > 0 || (found.is_empty() && heads > 0)));
            prop_assert!(rows != 1 || found.len() == 1, "a single row under a header");
            prop_assert!(total == 0 || rows >= 2 || found.len() < 2, "totals without rows");
        }
        let drawn = pages.iter().flat_map(texts).filter(|placed| placed.text == "합계").count();
        prop_assert_eq!(drawn, usize::from(totals));
    }

    #[test]
    fn a_table_too_wide_for_the_sheet_shows_every_column_and_repeats_the_first(
        rows in 1usize..90,
        measures in 20usize..60,
        long_titles: bool,
    ) {
        let content = of_table(table(rows, measures, false, true, long_titles));
        let pages = check(&document(A4, vec![vec![block("t", "표", content)]]))?;
        let all: Vec<String> = pages.iter().flat_map(texts).map(|placed| placed.text).collect();
        for measure in 0..measures {
            let last = crate::format::NumberFormat::default().write(
                ((rows - 1) * 977 + measure) as i64 * 1_003,
                crate::format::NumberStyle::Full,
                Locale::Ko,
            );
            prop_assert!(all.contains(&last), "column {measure} lacks {last}");
        }
        for page in &pages {
            prop_assert!(!rows_on(page).is_empty());
        }
    }

    #[test]
    fn blocks_of_any_kind_keep_apart_and_inside_the_margins(
        layout in prop::collection::vec(prop::collection::vec(any_block(), 1..7), 1..7),
        stages in prop::collection::vec("[가-힣]{0,12}", 0..8),
        title in "[a-zA-Z가-힣一-龥 ]{0,120}",
        side in 250.0f32..1250.0,
    ) {
        let mut document = document((side, 1500.0 - side), layout);
        document.approval.stages = stages;
        document.title = title;
        check(&document)?;
    }
}

#[test]
fn numbers_are_never_cut() {
    let mut table = ledger(Locale::Ko, 60);
    for cell in &mut table.columns[3].cells {
        *cell = Value::Decimal { unscaled: 98_765_432_109_876_543_210_987_654_321_098_765_432, scale: 6 };
    }
    let document = document(A4, vec![vec![block("t", "표", of_table(table))]]);
    let layout = SheetLayout::of(&document);
    let all: Vec<String> = layout.pages().flat_map(|page| texts(&page)).map(|placed| placed.text).collect();
    let whole = all.iter().filter(|text| text.contains("98,765,432,109,876,543,210,987,654,321,099")).count();
    assert_eq!(whole, 60);
}

#[test]
fn an_empty_table_says_so_and_a_cut_one_says_how_much_is_missing() {
    let cut = Table { rows_before_limit: 12_345, ..ledger(Locale::En, 10) };
    let empty = ledger(Locale::En, 0);
    let rows = vec![
        vec![block("a", "A", of_table(cut))],
        vec![block("b", "B", of_table(Table { totals: None, ..empty }))],
    ];
    let document = Document { locale: Locale::En, ..document(A4, rows) };
    let all: Vec<String> =
        SheetLayout::of(&document).pages().flat_map(|page| texts(&page)).map(|placed| placed.text).collect();
    assert!(all.iter().any(|text| text == "First 10 of 12,345 rows"), "{all:?}");
    assert!(all.iter().any(|text| text == "There are no data for this selection."));
}

#[test]
fn header_and_footer_know_the_number_of_sheets() {
    let content = of_table(table(500, 3, false, true, false));
    let document = document(A4, vec![vec![block("t", "표", content)]]);
    let pages: Vec<Page> = SheetLayout::of(&document).pages().collect();
    assert!(pages.len() > 5);
    for (index, page) in pages.iter().enumerate() {
        let footer = format!("주간 매출 현황 · {} / {}", index + 1, pages.len());
        assert!(texts(page).iter().any(|placed| placed.text == footer), "{footer}");
    }
}
