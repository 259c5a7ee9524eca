//! A card as an Adaptive Card, for a workflow of Microsoft Teams.

use serde_json::{Value, json};

use super::{Card, CardWords, cut, words};

/// Teams refuses messages beyond 28 kB; this keeps far below.
const FACTS: usize = 20;
const LINE: usize = 1_500;

/// The message with the numbers of `panels`, or with all of them.
pub fn teams(card: &Card, panels: &[String], said: &CardWords) -> Value {
    let facts = card.shown(panels);
    let text = |text: &str| json!({"type": "TextBlock", "text": escaped(&cut(text, LINE)), "wrap": true});
    let mut title = text(&card.title);
    title["size"] = "large".into();
    title["weight"] = "bolder".into();
    let mut body = vec![title];
    if !card.subtitle.is_empty() {
        let mut subtitle = text(&card.subtitle);
        subtitle["isSubtle"] = true.into();
        subtitle["spacing"] = "none".into();
        body.push(subtitle);
    }
    if !card.mark.is_empty() {
        let mut mark = text(&card.mark);
        mark["color"] = "warning".into();
        body.push(mark);
    }
    body.extend(said.message.split("\n\n").filter(|part| !part.trim().is_empty()).map(text));
    if !facts.is_empty() {
        let told: Vec<Value> = facts
            .iter()
            .take(FACTS)
            .map(|fact| {
                let change =
                    if fact.change.is_empty() { String::new() } else { format!(" ({})", fact.change) };
                let value = escaped(&cut(&format!("{}{change}", fact.text), LINE));
                json!({"title": escaped(&cut(&fact.title, LINE)), "value": value})
            })
            .collect();
        body.push(json!({"type": "FactSet", "facts": told}));
    }
    let words = words(card.locale);
    if facts.len() > FACTS {
        body.push(text(&words.more.replace("{n}", &(facts.len() - FACTS).to_string())));
    }
    for (name, url) in said.files.iter().take(20) {
        let mut file = text(name);
        if !url.is_empty() {
            file["text"] = format!("[{}]({url})", escaped(&cut(name, LINE))).into();
        }
        body.push(file);
    }
    let mut content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": card.locale.tag(),
        "body": body,
    });
    if !said.dashboard.is_empty() {
        let open = json!({"type": "Action.OpenUrl", "title": words.open, "url": said.dashboard});
        content["actions"] = json!([open]);
    }
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": content});
    json!({"type": "message", "attachments": [attachment]})
}

/// Adaptive Cards read a part of Markdown; values are never markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '<' | '>') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
