use proptest::prelude::*;

use super::*;
use crate::format::rich_text::markdown;
use crate::render::canvas::{Op, Page, Rect};

fn laid(source: &str, width: f32, align: TextAlign) -> Vec<Line> {
    lines(&markdown(source, &[], align), width, &Typesetter::default())
}

fn words(line: &Line) -> String {
    line.runs.iter().map(|run| run.text.as_str()).collect()
}

fn right_edge(line: &Line) -> f32 {
    line.runs.iter().map(|run| run.x + run.style.width(run.text.trim_end())).fold(0.0, f32::max)
}

#[test]
fn bold_is_set_in_the_bold_face_and_counts_its_own_width() {
    let lines = laid("매출은 **1억 2,345만** 이다", 400.0, TextAlign::Left);
    let runs: Vec<_> = lines[0].runs.iter().map(|run| (run.text.as_str(), run.style.weight)).collect();
    assert_eq!(
        runs,
        [("매출은 ", Weight::Regular), ("1억 2,345만", Weight::Bold), (" 이다", Weight::Regular)]
    );
    let x: f32 = lines[0].runs[0].style.width("매출은 ") + lines[0].runs[1].style.width("1억 2,345만");
    assert!((lines[0].runs[2].x - x).abs() < 0.01);
}

#[test]
fn a_word_of_mixed_weight_is_not_torn_at_the_change_of_face() {
    for width in 60..160 {
        let lines = laid("가나 다라 **마바**사 아자 차카타파", width as f32, TextAlign::Left);
        let all: Vec<String> = lines.iter().map(words).collect();
        assert!(all.iter().any(|line| line.contains("마바사")), "{width}: {all:?}");
    }
}

#[test]
fn justified_lines_end_at_the_edge_but_for_the_last() {
    let text = "이번 달 매출은 전월보다 늘었고 특히 수도권 매장이 성장을 이끌었습니다. ".repeat(4);
    let width = 230.0;
    let lines = laid(&text, width, TextAlign::Justify);
    assert!(lines.len() > 3);
    for line in &lines[..lines.len() - 1] {
        assert!((right_edge(line) - width).abs() < 0.5, "{} {}", right_edge(line), words(line));
    }
    assert!(right_edge(&lines[lines.len() - 1]) < width);
    let chinese =
        laid(&"本月銷售額較上月上升，主要來自九龍及新界的門市。".repeat(5), width, TextAlign::Justify);
    assert!((right_edge(&chinese[0]) - width).abs() < 0.5);
}

#[test]
fn numbers_of_a_list_stand_with_their_points_below_each_other() {
    let source: Vec<String> = (1..=12).map(|n| format!("{n}. 항목\n")).collect();
    let source = source.concat();
    let lines = laid(&source, 300.0, TextAlign::Left);
    let ends: Vec<f32> = lines.iter().map(|line| line.runs[0].x + line.runs[0].width).collect();
    assert!(ends.iter().all(|end| (end - ends[0]).abs() < 0.01), "{ends:?}");
    assert!(lines.iter().all(|line| (line.runs[1].x - lines[0].runs[1].x).abs() < 0.01));
}

#[test]
fn a_sheet_does_not_end_with_a_heading_nor_with_the_first_line_of_a_paragraph() {
    let source: Vec<String> =
        (0..30).map(|n| format!("# 제목 {n}\n\n{}\n\n", "본문이 이어집니다. ".repeat(12))).collect();
    let source = source.concat();
    let lines = laid(&source, 200.0, TextAlign::Left);
    for room in 80..200 {
        let parts = cut(&lines, room as f32 / 2.0 + 40.0, room as f32);
        assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), lines.len());
        for part in &parts[..parts.len() - 1] {
            assert!(!part.last().unwrap().keep_with_next, "{room}: {}", words(part.last().unwrap()));
            assert!(height(part) <= room as f32 / 1.0 + 40.0);
        }
    }
}

#[test]
fn a_link_covers_its_words() {
    let lines = laid("자세히는 [대시보드](https://example.com/r)를 보세요", 300.0, TextAlign::Left);
    let mut page = Page::new(400.0, 100.0);
    draw(&mut page, &lines, Rect::new(10.0, 10.0, 300.0, 80.0));
    let links: Vec<_> = page
        .ops
        .iter()
        .filter_map(|op| match op {
            Op::Link { area, url } => Some((area, url)),
            _ => None,
        })
        .collect();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].1, "https://example.com/r");
    assert!(links[0].0.width > 20.0 && links[0].0.x > 40.0);
}

proptest! {
    #[test]
    fn no_line_is_wider_than_its_column(source in "[a-z가-힣一-龥，。「」（） \n*>0-9.\\-]{0,160}", width in 60.0f32..300.0, justify: bool) {
        let align = if justify { TextAlign::Justify } else { TextAlign::Left };
        for line in laid(&source, width, align) {
            prop_assert!(right_edge(&line) <= width + 0.5, "{} > {width}: {}", right_edge(&line), words(&line));
        }
    }
}
