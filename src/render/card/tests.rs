use super::*;
use crate::render::sheet::sample;

fn card() -> Card {
    let mut document = sample::report(Locale::Ko, (595.28, 841.89), 4, 5);
    document.title = "<b>주간</b> *매출* [x](https://evil.example)".into();
    Card::of(&document, "데이터가 모두 오지 않았습니다".into())
}

fn said() -> CardWords {
    CardWords {
        message: "첫 줄\n\n<@channel> _둘째_".into(),
        dashboard: "https://reports.example/reports/weekly".into(),
        files: vec![("주간 | 매출.pdf".into(), "https://reports.example/artefacts/1".into())],
    }
}

#[test]
fn words_of_the_data_are_never_markup_for_slack() {
    let message = slack(&card(), &[], &said());
    let text = message.to_string();
    assert!(text.contains("&lt;@channel&gt;") && !text.contains("<@channel>"), "{text}");
    assert!(
        message["text"].as_str().unwrap().starts_with("&lt;b&gt;주간&lt;/b&gt; *\u{200b}매출*"),
        "{text}"
    );
    // A header is plain text: nothing in it means anything, and nothing is escaped.
    assert_eq!(message["blocks"][0]["text"]["type"], "plain_text");
    assert!(text.contains("<https://reports.example/artefacts/1|주간 / 매출.pdf>"), "{text}");
    let sections = message["blocks"].as_array().unwrap();
    let fields = sections.iter().find_map(|block| block["fields"].as_array()).unwrap();
    assert_eq!(fields.len(), card().facts.len());
}

#[test]
fn a_card_of_teams_has_the_numbers_and_no_links_of_the_data() {
    let message = teams(&card(), &[], &said());
    let content = &message["attachments"][0]["content"];
    let title = content["body"][0]["text"].as_str().unwrap();
    assert!(title.contains(r"\[x\]\(https://evil.example\)"), "{title}");
    let facts = content["body"].as_array().unwrap().iter().find(|part| part["type"] == "FactSet").unwrap();
    assert_eq!(facts["facts"].as_array().unwrap().len(), card().facts.len());
    assert_eq!(content["actions"][0]["url"], said().dashboard.as_str());
}

#[test]
fn the_panels_that_are_named_are_shown_in_their_order() {
    let card = card();
    let named: Vec<String> = card.facts.iter().rev().take(2).map(|fact| fact.panel.clone()).collect();
    let shown: Vec<&String> = card.shown(&named).into_iter().map(|fact| &fact.panel).collect();
    assert_eq!(shown, named.iter().collect::<Vec<_>>());
}
