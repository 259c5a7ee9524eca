//! Cover, approval box, running lines and watermark, on every paper.

use super::sample::{self, A4, A4_LANDSCAPE, block, document, ledger, of_table};
use crate::format::Locale;
use crate::format::rich_text::{RichText, TextAlign, markdown};
use crate::render::canvas::{FontSet, Op, Page, Rect, Tag};
use crate::render::document::{Approval, Content, Cover, Document, Logo, Running, SheetPage};
use crate::render::sheet::SheetLayout;

const A3: (f32, f32) = (841.89, 1190.55);
const LETTER: (f32, f32) = (612.0, 792.0);
const LONG: &str = "아주 긴 이름의 전사 영업관리 및 손익 분석 통합 보고 체계 개편 추진 위원회 ";

fn words(page: &Page) -> Vec<String> {
    let text = |op: &Op| match op {
        Op::Text { text, turn, .. } if *turn == 0.0 => Some(text.clone()),
        _ => None,
    };
    page.ops.iter().filter_map(text).collect()
}

/// A mark of the proportions of a view box.
fn logo(view: &str, alt: &str) -> Logo {
    let [_, _, width, height] = *view.split(' ').collect::<Vec<_>>() else { panic!("{view}") };
    let file = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='{view}'><path fill='#14345f' d='M0 0H{width}V{height}H0z'/></svg>"
    );
    Logo { file: file.into_bytes().into(), alt: alt.to_owned() }
}

/// Where the logo stands on a sheet, and what is heard of it.
fn drawn_logo(page: &Page) -> Option<(Rect, String)> {
    let position = page.ops.iter().position(|op| matches!(op, Op::Drawing { .. } | Op::Image { .. }))?;
    let (Op::Drawing { area, .. } | Op::Image { area, .. }) = &page.ops[position] else { return None };
    let Op::Begin(Tag::Figure { alt }) = &page.ops[position - 1] else { panic!("the logo is not tagged") };
    Some((*area, alt.clone()))
}

/// A document with everything that can stand around the panels.
pub(super) fn formal(size: (f32, f32), corner: (bool, bool), long: bool) -> Document {
    let name = |text: &str| if long { LONG.repeat(3) } else { text.to_owned() };
    let summary = "# 요약\n\n이번 주 매출은 **12억 3,456만**으로 *전주 대비 +4.2%* 늘었습니다. 수도권 매장이 성장을 \
                   이끌었고, 온라인 채널은 행사 종료로 다소 줄었습니다. 😀\n\n1. 수도권: 강남·잠실 신규 매장 효과\n2. 지방: 보합\n   \
                   - 부산은 우천으로 방문객 감소\n   - 대구는 회복세\n\n> 재고 회전일은 다음 주 회의에서 다시 보고합니다.\n\n\
                   자세한 내용은 [대시보드](https://example.com/r)를 참고하세요.";
    let text = markdown(summary, &[], TextAlign::Justify);
    let table = ledger(Locale::Ko, 90);
    let mut notes = block("footnotes", "", Content::Text(RichText::default()));
    notes.note =
        Some("¹ 순매출은 반품과 부가세를 뺀 금액입니다.\n² 전년 동기는 같은 요일 기준입니다.".into());
    let rows = vec![
        vec![block("text", "주요 내용", Content::Text(text))],
        vec![block("ledger", "매장별 실적", of_table(table))],
    ];
    let mut document = document(size, rows);
    document.pages.push(SheetPage {
        fit: false,
        size,
        rows: vec![vec![block("end", "끝", Content::Text(RichText::plain(&["이상.".into()])))], vec![notes]],
    });
    document.title = name("주간 매출 현황");
    document.approval = Approval {
        stages: ["담당", "팀장", "본부장", "대표"].map(name).to_vec(),
        names: ["김영희", "이철수"].map(name).to_vec(),
        label: String::new(),
        at_left: corner.0,
        at_foot: corner.1,
    };
    document.cover = Some(Cover {
        title: name("2026년 11월 3주차 주간 매출 현황 보고"),
        subtitle: name("2026-11-16 – 2026-11-22"),
        organisation: name("장표상사 영업본부"),
        date: "2026-11-23".into(),
        note: name("본 자료는 사내 참고용입니다."),
    });
    document.prepared = [
        ("작성자", "김영희"),
        ("작성부서", "영업기획팀"),
        ("작성일", "2026-11-23"),
        ("기준일", "2026-11-16 – 2026-11-22"),
    ]
    .map(|(label, value)| (label.to_owned(), name(value)))
    .to_vec();
    document.logo = Some(logo(if long { "0 0 400 40" } else { "0 0 96 96" }, ""));
    document.watermark =
        if long { "대외비 — CONFIDENTIAL — 對外保密".into() } else { "대외비".into() };
    document.header = Running::Parts([name("장표상사"), name("주간 매출 현황"), name("대외비")]);
    document.footer = Running::Parts([
        name("영업기획팀"),
        "- {page} / {pages} -".into(),
        "절 {section_page}/{section_pages}".into(),
    ]);
    document
}

#[test]
fn nothing_leaves_the_sheet_and_no_two_texts_meet() {
    for size in [A4, A4_LANDSCAPE, A3, LETTER] {
        for corner in [(false, false), (true, false), (false, true), (true, true)] {
            for long in [false, true] {
                let document = formal(size, corner, long);
                for page in SheetLayout::of(&document).pages() {
                    check(&page);
                }
            }
        }
    }
}

fn check(page: &Page) {
    let fonts = FontSet::bundled();
    let mut areas: Vec<(f32, f32, f32, f32, String)> = Vec::new();
    for op in &page.ops {
        let Op::Text { x, y, size, weight, text, turn, .. } = op else { continue };
        let width = fonts.width(text.trim_end(), *size, *weight);
        if *turn != 0.0 {
            let (sin, cos) = turn.to_radians().sin_cos();
            let (end_x, end_y) = (x + cos * width, y - sin * width);
            assert!(*x > -1.0 && end_x < page.width && end_y > 0.0 && *y < page.height, "{text} is cut");
            continue;
        }
        assert!(*x >= 0.0 && x + width <= page.width + 0.5 && *y <= page.height, "{text} leaves the sheet");
        areas.push((*x, y - size * 0.6, x + width, *y, text.clone()));
    }
    for (position, one) in areas.iter().enumerate() {
        for other in &areas[position + 1..] {
            let apart = one.2 <= other.0 + 0.5
                || other.2 <= one.0 + 0.5
                || one.3 <= other.1 + 0.3
                || other.3 <= one.1 + 0.3;
            assert!(apart, "{:?} and {:?} meet", one.4, other.4);
        }
    }
    let Some((logo, _)) = drawn_logo(page) else { return };
    assert!(logo.x >= 0.0 && logo.y >= 0.0 && logo.right() <= page.width && logo.bottom() <= page.height);
    for (left, top, right, bottom, text) in &areas {
        let apart = *right <= logo.x || *left >= logo.right() || *bottom <= logo.y || *top >= logo.bottom();
        assert!(apart, "{text:?} meets the logo at {logo:?}");
    }
}

#[test]
fn the_logo_stands_on_the_cover_and_beside_the_first_title_only() {
    for view in ["0 0 96 96", "0 0 400 40", "0 0 10 4000", "0 0 4000 10"] {
        let mut document = formal(A4, (false, false), false);
        document.logo = Some(logo(view, "장표상사"));
        let pages: Vec<Page> = SheetLayout::of(&document).pages().collect();
        let logos: Vec<Option<(Rect, String)>> = pages.iter().map(drawn_logo).collect();
        assert!(logos[0].is_some() && logos[1].is_some(), "{view}");
        assert!(logos[2..].iter().all(Option::is_none), "{view}");
        for (area, alt) in logos.into_iter().flatten() {
            assert_eq!(alt, "장표상사");
            let [_, _, width, height] =
                view.split(' ').map(|n| n.parse::<f32>().unwrap()).collect::<Vec<_>>()[..]
            else {
                panic!()
            };
            assert!((area.width / area.height / (width / height) - 1.0).abs() < 0.01, "{view} is stretched");
        }
        document.logo = Some(logo(view, " "));
        let heard = SheetLayout::of(&document).pages().next().as_ref().and_then(drawn_logo);
        assert_eq!(heard.unwrap().1, "로고");
    }
    let plain = document(A4, Vec::new());
    assert!(SheetLayout::of(&plain).pages().all(|page| drawn_logo(&page).is_none()));
}

#[test]
fn a_logo_that_cannot_be_drawn_is_told() {
    let mut document = formal(A4, (false, false), false);
    document.logo = Some(Logo { file: b"GIF89a".as_slice().into(), alt: String::new() });
    let layout = SheetLayout::of(&document);
    assert!(layout.pages().all(|page| drawn_logo(&page).is_none()));
    let undrawn = layout.undrawn();
    assert!(undrawn[0].block == "logo" && undrawn[0].problem.contains("PNG"), "{undrawn:?}");
}

#[test]
fn sheets_are_counted_in_the_document_and_in_their_section() {
    let document = formal(A4, (false, false), false);
    let pages: Vec<Page> = SheetLayout::of(&document).pages().collect();
    let count = pages.len();
    assert!(count > 3);
    let has = |page: &Page, text: &str| words(page).iter().any(|word| word == text);
    assert!(
        !has(&pages[0], "- 1 / 4 -") && has(&pages[0], "장표상사 영업본부"),
        "a cover has no running lines"
    );
    assert!(has(&pages[1], &format!("- 2 / {count} -")) && has(&pages[1], &format!("절 1/{}", count - 2)));
    assert!(has(&pages[count - 2], &format!("절 {}/{}", count - 2, count - 2)));
    assert!(
        has(&pages[count - 1], "절 1/1") && has(&pages[count - 1], "² 전년 동기는 같은 요일 기준입니다.")
    );
}

#[test]
fn the_watermark_is_faint_turned_and_hidden_by_nothing() {
    let document = formal(A4, (false, false), false);
    for page in SheetLayout::of(&document).pages() {
        let Some(Op::Text { text, turn, opacity, .. }) = page.ops.last() else { panic!("no watermark") };
        assert!(text == "대외비" && *turn > 40.0 && *turn < 70.0 && *opacity < 0.2);
    }
}

#[test]
fn a_page_that_is_to_fit_is_scaled_to_one_sheet_and_no_smaller_than_can_be_read() {
    let sheets = |fit: bool, rows: usize| {
        let mut document = sample::report(Locale::Ko, (595.28, 841.89), 4, rows);
        document.pages.iter_mut().for_each(|page| page.fit = fit);
        let layout = SheetLayout::of(&document);
        let smallest = |page: &Page| {
            let sizes = page.ops.iter().filter_map(|op| match op {
                Op::Text { size, .. } => Some(*size),
                _ => None,
            });
            sizes.fold(f32::INFINITY, f32::min)
        };
        let pages: Vec<Page> = layout.pages().collect();
        (pages.len(), pages.iter().map(smallest).fold(f32::INFINITY, f32::min))
    };
    // As many rows as need a second sheet by a few lines.
    let rows = (1..60).find(|rows| sheets(false, *rows).0 == 2).unwrap() + 3;
    let ((own, own_size), (fitted, fitted_size)) = (sheets(false, rows), sheets(true, rows));
    assert_eq!((own, fitted), (2, 1));
    assert!(fitted_size >= own_size * 0.74, "{fitted_size} {own_size}");
    assert_eq!(sheets(true, rows * 4), sheets(false, rows * 4), "what cannot fit is not scaled");
}

#[test]
fn footnotes_of_tables_and_charts_stand_line_by_line_and_none_is_cut() {
    let mut document = sample::report(Locale::Ko, (595.28, 841.89), 4, 8);
    let note = "기준: 결제일\n¹ 부가세 제외\n² 매출은 반품과 할인을 뺀 순매출이며, 원화로 환산할 때에는 매월 마지막 영업일의 \
                매매기준율을 쓰고, 환율이 없는 날에는 그 앞의 영업일의 것을 쓴다";
    for block in document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten()) {
        if matches!(block.content, Ok(Content::Table(_) | Content::Chart(_))) {
            block.note = Some(note.into());
        }
    }
    let pages: Vec<Page> = SheetLayout::of(&document).pages().collect();
    let blocks = document.blocks().filter(|block| block.note.is_some()).count();
    let all: Vec<String> = pages.iter().flat_map(words).collect();
    for begins in ["기준: 결제일", "¹ 부가세 제외", "² 매출은"] {
        let found = all.iter().filter(|text| text.contains(begins)).count();
        assert!(found >= blocks, "{begins}: {found} of {blocks}");
    }
    assert!(!all.iter().any(|text| text.starts_with("² 매출은") && text.ends_with('…')), "{all:?}");
    assert!(all.iter().filter(|text| text.ends_with("것을 쓴다")).count() >= blocks, "{all:?}");
}

#[test]
fn the_approval_box_stands_in_the_corner_that_is_asked_for() {
    for (at_left, at_foot) in [(false, false), (true, false), (false, true), (true, true)] {
        let document = formal(A4, (at_left, at_foot), false);
        let page = SheetLayout::of(&document).pages().nth(1).unwrap();
        let found = page.ops.iter().find_map(|op| match op {
            Op::Text { x, y, text, .. } if text == "담당" => Some((*x, *y)),
            _ => None,
        });
        let (x, y) = found.unwrap();
        assert_eq!((x < page.width / 2.0, y > page.height / 2.0), (at_left, at_foot));
        let signed = words(&page);
        assert!(signed.contains(&"김영희".to_owned()) && signed.contains(&"이철수".to_owned()));
    }
}
