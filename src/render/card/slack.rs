//! A card as a message of Slack's incoming webhooks (Block Kit).

use serde_json::{Value, json};

use super::{Card, CardWords, cut, words};

/// Slack takes no more fields in a section, and this many characters in each.
const FIELDS: usize = 10;
const FIELD: usize = 2_000;
/// The longest section and header.
const SECTION: usize = 2_900;
const HEADER: usize = 150;

/// The message with the numbers of `panels`, or with all of them.
pub fn slack(card: &Card, panels: &[String], said: &CardWords) -> Value {
    let facts = card.shown(panels);
    let section = |text: String| json!({"type": "section", "text": {"type": "mrkdwn", "text": text}});
    let mut blocks =
        vec![json!({"type": "header", "text": {"type": "plain_text", "text": cut(&card.title, HEADER)}})];
    if !card.subtitle.is_empty() {
        let text = escaped(&cut(&card.subtitle, SECTION));
        blocks.push(json!({"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}));
    }
    if !card.mark.is_empty() {
        blocks.push(section(format!(":warning: {}", escaped(&cut(&card.mark, SECTION)))));
    }
    if !said.message.is_empty() {
        blocks.push(section(escaped(&cut(&said.message, SECTION))));
    }
    for (place, facts) in facts.chunks(FIELDS).enumerate().take(3) {
        let fields: Vec<Value> = facts
            .iter()
            .map(|fact| {
                let change = if fact.change.is_empty() {
                    String::new()
                } else {
                    format!("\n{}", escaped(&fact.change))
                };
                let text = format!("*{}*\n{}{change}", escaped(&fact.title), escaped(&fact.text));
                json!({"type": "mrkdwn", "text": cut(&text, FIELD)})
            })
            .collect();
        blocks.push(json!({"type": "section", "block_id": format!("numbers-{place}"), "fields": fields}));
    }
    if !said.files.is_empty() {
        let links: Vec<String> = said
            .files
            .iter()
            .take(20)
            .map(|(name, url)| {
                if url.is_empty() {
                    escaped(name)
                } else {
                    format!("<{url}|{}>", escaped(name).replace('|', "/"))
                }
            })
            .collect();
        blocks.push(section(links.join("\n")));
    }
    let words = words(card.locale);
    if !said.dashboard.is_empty() {
        let text = json!({"type": "plain_text", "text": words.open});
        let button = json!({"type": "button", "text": text, "url": said.dashboard});
        blocks.push(json!({"type": "actions", "elements": [button]}));
    }
    json!({"text": fallback(card, &facts, words.more), "blocks": blocks, "unfurl_links": false})
}

/// What notifications show, and readers that show no blocks.
fn fallback(card: &Card, facts: &[&super::Fact], more: &str) -> String {
    let told: Vec<String> =
        facts.iter().take(4).map(|fact| format!("{} {}", fact.title, fact.text)).collect();
    let mut parts = vec![card.title.clone()];
    parts.extend((!card.mark.is_empty()).then(|| card.mark.clone()));
    parts.extend((!told.is_empty()).then(|| told.join(", ")));
    if facts.len() > 4 {
        parts.push(more.replace("{n}", &(facts.len() - 4).to_string()));
    }
    escaped(&cut(&parts.join(" · "), SECTION))
}

/// The three characters that mean something in any text of Slack, and those that set its words bold, struck or in
/// code: a zero-width space behind them keeps them as they are.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '*' | '_' | '~' | '`' => {
                safe.push(c);
                safe.push('\u{200b}');
            }
            c => safe.push(c),
        }
    }
    safe
}
