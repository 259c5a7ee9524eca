//! Events as text for other programs.

use serde_json::json;

use super::Recorded;

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values with a head line.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

const HEAD: [&str; 12] = [
    "seq",
    "at",
    "actor",
    "method",
    "address",
    "action",
    "object_kind",
    "object_id",
    "outcome",
    "request",
    "details",
    "hash",
];

impl ExportFormat {
    /// What stands before the events.
    pub fn head(self) -> String {
        match self {
            Self::Csv => HEAD.join(",") + "\r\n",
            Self::Ndjson => String::new(),
        }
    }

    /// One event, with its line end.
    pub fn line(self, recorded: &Recorded) -> String {
        let Recorded { seq, event, hash } = recorded;
        let at = crate::store::to_text(event.at);
        match self {
            Self::Csv => {
                let details = event.details_text();
                let seq = seq.to_string();
                let cells = [
                    seq.as_str(),
                    &at,
                    &event.actor,
                    event.method.as_str(),
                    &event.address,
                    event.action.as_str(),
                    &event.object_kind,
                    &event.object_id,
                    event.outcome.as_str(),
                    &event.request,
                    &details,
                    hash,
                ];
                cells.map(cell).join(",") + "\r\n"
            }
            Self::Ndjson => {
                let object = json!({
                    "seq": seq, "at": at, "actor": event.actor, "method": event.method.as_str(),
                    "address": event.address, "action": event.action.as_str(), "object_kind": event.object_kind,
                    "object_id": event.object_id, "outcome": event.outcome.as_str(), "request": event.request,
                    "details": event.details, "hash": hash,
                });
                format!("{object}\n")
            }
        }
    }
}

/// Quoted where it must be; what a spreadsheet would take for a formula is told to be text: names of
/// failed logins are chosen by strangers.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if formula || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
