use proptest::prelude::*;

use super::*;
use crate::definitions::condition::Operand;

/// The words chosen when `down` is 1 or 0, with `<name>` for values.
fn chosen(text: &str, down: f64) -> String {
    let narrative = Narrative::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let row = |name: &str| if name == "down" { Operand::Number(down) } else { Operand::Missing };
    let mut names = Vec::new();
    let words = narrative.chosen(&|condition| condition.evaluate(&row), &mut |placeholder| {
        let particle = placeholder.particle.map(Particle::name).unwrap_or_default();
        names.push(format!("<{}{:?}{particle}>", placeholder.name, placeholder.length).replace("Usual", ""));
        Some('\u{1}')
    });
    let mut names = names.into_iter();
    words.chars().map(|c| if c == '\u{1}' { names.next().unwrap() } else { c.to_string() }).collect()
}

#[test]
fn values_and_choices_are_found_in_words() {
    for (text, down, up) in [
        ("매출은 {revenue} 으로", "매출은 <revenue> 으로", "매출은 <revenue> 으로"),
        ("{a|full:이/가}{b:은/는|short}", "<aFull이/가><bShort은/는>", "<aFull이/가><bShort은/는>"),
        ("{{x}} {{{a}}}", "{x} {<a>}", "{x} {<a>}"),
        ("{if down = 1}감소{else}증가{end}.", "감소.", "증가."),
        ("{if down = 1}{if x = 1}a{elif down>0}b{end}{else}c{end}", "b", "c"),
        ("{if nothing > 0}a{elif not nothing > 0}b{else}c{end}", "c", "c"),
        ("{ if down = 1 }a{ end }b", "ab", "b"),
        ("{if down = 1 and '}' = '}'}a{end}b", "ab", "b"),
        ("{매출.change}", "<매출.change>", "<매출.change>"),
        ("", "", ""),
    ] {
        assert_eq!((chosen(text, 1.0).as_str(), chosen(text, 0.0).as_str()), (down, up), "{text}");
    }
}

#[test]
fn directives_on_lines_of_their_own_leave_no_empty_lines() {
    let text = "- 하나\n{if down = 1}\n- 감소\n{else}\n- 증가\n{end}\n- 끝\n";
    assert_eq!(chosen(text, 1.0), "- 하나\n- 감소\n- 끝\n");
    assert_eq!(chosen(text, 0.0), "- 하나\n- 증가\n- 끝\n");
    assert_eq!(chosen("{if down = 1}\na\n{end}", 1.0), "a\n");
    assert_eq!(chosen("가 {if down = 1}나{end}\n다", 1.0), "가 나\n다");
    assert_eq!(chosen("{if down = 1}가{end}\n나", 0.0), "\n나");
    assert_eq!(chosen("  {if down = 1}  \n  a\n  {end}  \nb", 1.0), "  a\nb");
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let cases = [
        "{revenue",
        "가\n나 {revenue\n{x}",
        "revenue}",
        "{}",
        "{|full}",
        "{a|fulll}",
        "{a:이}",
        "{a:을를}",
        "{if a > }x{end}",
        "{if a > 1}x",
        "{if}x{end}",
        "x{end}",
        "{else}",
        "{if a > 1}{else}{else}{end}",
        "{if a > 1}{else}{elif a > 2}{end}",
        "{if a > 1}a{else if a < 0}b{end}",
        "가\n\n{if sum(a) > 1}x{end}",
    ];
    let told = |text: &str| Narrative::parse(text).map_err(|e| format!("{e}; {}", e.help)).unwrap_err();
    let all: Vec<String> = cases.iter().map(|text| format!("{text:?}\n    {}", told(text))).collect();
    insta::assert_snapshot!(all.join("\n"));
    assert!(Narrative::parse(&"{if a > 1}".repeat(40)).unwrap_err().message.contains("deeply"));
    assert!(Narrative::parse(&"가".repeat(MAX_LENGTH + 1)).is_err());
    assert!(Narrative::parse(&"{a}".repeat(4_097)).unwrap_err().message.contains("too many"));
}

#[test]
fn a_reference_is_a_measure_or_an_aspect_of_one() {
    let of = |name| {
        Reference::of(name, |known| known == "revenue" || known == "odd.change")
            .map(|r| (r.measure, r.aspect))
    };
    assert_eq!(of("revenue"), Some(("revenue", Aspect::Value)));
    assert_eq!(of("revenue.change"), Some(("revenue", Aspect::Change)));
    assert_eq!(of("odd.change"), Some(("odd.change", Aspect::Value)));
    assert_eq!(of("odd.change.previous"), Some(("odd.change", Aspect::Previous)));
    assert_eq!((of("revenue.chang"), of("orders"), of("revenue.")), (None, None, None));
}

proptest! {
    #[test]
    fn any_text_is_words_or_a_problem(text in "[a-c가 \n{}|:/'\"=1<>]{0,40}|(\\{if a=1\\}|\\{end\\}|\\{else\\}|\\{a\\}|x|\n){0,12}") {
        if let Ok(narrative) = Narrative::parse(&text) {
            let _ = narrative.chosen(&|_| None, &mut |_| Some('x'));
        }
    }

    #[test]
    fn text_without_braces_stands_as_it_is(text in "[ -z|~\n\t가-힣一-龥]{0,40}") {
        prop_assert_eq!(chosen(&text, 1.0), text);
    }
}
