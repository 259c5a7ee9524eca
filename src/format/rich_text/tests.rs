use proptest::prelude::*;

use super::super::*;

fn read(source: &str) -> RichText {
    markdown(source, &[], TextAlign::Left)
}

/// A reading of blocks that is easy to compare.
fn shown(blocks: &[TextBlock]) -> String {
    let spans = |spans: &[Span]| {
        spans
            .iter()
            .map(|span| {
                let mut text = span.text.replace('\n', "⏎");
                if span.emphasis {
                    text = format!("/{text}/");
                }
                if span.strong {
                    text = format!("*{text}*");
                }
                span.link.as_ref().map_or(text.clone(), |link| format!("<{text}→{link}>"))
            })
            .collect::<String>()
    };
    let block = |block: &TextBlock| match block {
        TextBlock::Heading(level, text) => format!("h{level} {}", spans(text)),
        TextBlock::Paragraph(text) => spans(text),
        TextBlock::List { first, items } => {
            let items: Vec<String> = items.iter().map(|item| shown(item)).collect();
            format!("{}[{}]", first.map(|n| n.to_string()).unwrap_or_default(), items.join("; "))
        }
        TextBlock::Quote(inner) => format!("> {}", shown(inner)),
        TextBlock::Code(lines) => format!("`{}`", lines.join("⏎")),
        TextBlock::Rule => "—".into(),
    };
    blocks.iter().map(block).collect::<Vec<_>>().join(" | ")
}

#[test]
fn the_structure_of_markdown_is_kept() {
    for (source, expected) in [
        ("# 제목\n첫 문단\n이어짐\n\n둘째  \n줄", "h1 제목 | 첫 문단 이어짐 | 둘째⏎줄"),
        ("**굵게** 그리고 *기울임* ***둘***", "*굵게* 그리고 /기울임/ */둘/*"),
        ("- a\n- b\n  - c\n  - d\n- e", "[a; b | [c; d]; e]"),
        ("3. a\n4. b", "3[a; b]"),
        ("> 인용\n> 둘", "> 인용 둘"),
        ("```\nx < 1\n  y\n```", "`x < 1⏎  y`"),
        ("[보기](https://example.com/a)", "<보기→https://example.com/a>"),
        ("[나쁨](javascript:alert(1)) 뒤", "나쁨 뒤"),
        ("<b>x</b> <script>alert(1)</script>", "<b>x</b> <script>alert(1)</script>"),
        ("<div>\n블록\n</div>", "<div>⏎블록⏎</div>"),
        ("a\n\n---\n\nb", "a | — | b"),
        ("| a | b |\n|---|---|", "| a | b | |---|---|"),
        ("", ""),
        ("   \n\n ", ""),
        ("![그림](https://example.com/a.png)", "<그림→https://example.com/a.png>"),
        ("1 < 2 & 3 > 2 &amp; \\* \\#", "1 < 2 & 3 > 2 & * #"),
    ] {
        assert_eq!(shown(&read(source).blocks), expected, "{source}");
    }
}

#[test]
fn bold_beside_korean_and_chinese_needs_no_spaces() {
    for (source, expected) in [
        ("**\"매출\"**이 늘었다", "*\"매출\"*이 늘었다"),
        ("이번 달**(순매출)**은", "이번 달*(순매출)*은"),
        ("**重要。**銷售", "*重要。*銷售"),
        ("**12.3%**로", "*12.3%*로"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ] {
        assert_eq!(shown(&read(source).blocks), expected, "{source}");
    }
}

#[test]
fn values_are_text_and_nothing_else() {
    let hostile = ["**굵게** <b>x</b> [a](https://evil.example)\n# h".to_owned(), "`code`".to_owned()];
    let source = format!("매출 **{}** 은 {}", placeholder(0).unwrap(), placeholder(1).unwrap());
    let text = markdown(&source, &hostile, TextAlign::Left);
    assert_eq!(
        shown(&text.blocks),
        "매출 *\u{2a}\u{2a}굵게** <b>x</b> [a](https://evil.example) # h* 은 `code`"
    );
    // Not in an address either.
    let source = format!("[보기](https://example.com/{})", placeholder(0).unwrap());
    assert_eq!(shown(&markdown(&source, &hostile, TextAlign::Left).blocks), "보기");
    assert_eq!(bad_addresses(&source), ["https://example.com/"]);
    assert_eq!(placeholder(MAX_PLACEHOLDERS), None);
}

#[test]
fn lists_are_words_too() {
    let text = read("# 요약\n1. 하나\n2. 둘\n   - 셋\n\n> 끝");
    assert_eq!(text.lines(), ["요약", "1. 하나", "2. 둘", "  • 셋", "> 끝"]);
}

#[test]
fn deep_nesting_is_bounded_and_loses_no_text() {
    let deep = format!("{}끝", "> ".repeat(300));
    let text = read(&deep);
    assert!(text.lines().concat().contains('끝'));
    let list: Vec<String> = (0..200).map(|n| format!("{}- {n}\n", "  ".repeat(n))).collect();
    let list = list.concat();
    let lines = read(&list).lines().join("\n");
    assert!(lines.contains("199"), "{lines}");
}

proptest! {
    #[test]
    fn any_text_is_read_and_no_letter_is_lost(source in "[a-z가-하 \n*_#>0-9.\\-)!<;]{0,120}") {
        // A tag's name may hold letters that are no text only for a browser.
        let lines = read(&source).lines().concat();
        let letters = |text: &str| text.chars().filter(|c| ('가'..='힣').contains(c)).collect::<String>();
        prop_assert_eq!(letters(&lines), letters(&source));
    }

    #[test]
    fn hostile_text_is_read(source in "[a가 \n*_#>`0-9.\\[\\]()!<&;:/~|\\\\-]{0,120}") {
        let _ = read(&source).lines();
    }
}
