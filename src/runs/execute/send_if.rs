//! Whether a schedule has something to send.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{StageFailure, Ticket};
use crate::definitions::model::{PanelId, SendIf};
use crate::render::document::{Block, Content, Document};
use crate::runs::store::{Repeat, Stage, Store};

/// Why there is nothing to send, by what the schedule says; `None` where it is to be sent. Whoever sends a run
/// again means it, and is not asked.
pub(super) async fn nothing_to_send(
    store: &Store,
    ticket: &Ticket,
    document: &Document,
) -> Result<Option<String>, StageFailure> {
    let Some(send_if) = &ticket.schedule.send_if else { return Ok(None) };
    let digests: BTreeMap<String, String> = send_if
        .changed
        .as_slice()
        .iter()
        .filter_map(|panel| Some((panel.to_string(), digest(block(document, panel)?))))
        .collect();
    let failed = StageFailure::store(Stage::Evaluate);
    if !digests.is_empty() {
        store.note_shown(ticket.run.id, &digests).await.map_err(&failed)?;
    }
    if ticket.repeat != Repeat::Never {
        return Ok(None);
    }
    if let Some(reason) = without_rows(send_if, document).or_else(|| not_crossed(send_if, document)) {
        return Ok(Some(reason));
    }
    if !digests.is_empty() {
        let before = store.shown_before(&ticket.run).await.map_err(&failed)?;
        if before
            .is_some_and(|before| digests.iter().all(|(panel, digest)| before.get(panel) == Some(digest)))
        {
            let panels = names(digests.keys().map(String::as_str));
            return Ok(Some(format!("not sent, because {panels} shows the same as in the run before")));
        }
    }
    Ok(None)
}

fn without_rows(send_if: &SendIf, document: &Document) -> Option<String> {
    let panels = send_if.rows_in.as_slice();
    let has_rows = |panel: &PanelId| match whole(document, panel).map(|block| &block.content) {
        Some(Ok(Content::Table(grid))) => !grid.is_empty(),
        Some(Ok(Content::Chart(chart))) => !chart.table.is_empty(),
        // What cannot be told is no reason to be silent.
        Some(Ok(Content::Kpi(_) | Content::Text(_)) | Err(_)) | None => true,
    };
    let empty = !panels.is_empty() && !panels.iter().any(has_rows);
    empty.then(|| {
        format!("not sent, because there are no rows in {}", names(panels.iter().map(PanelId::as_str)))
    })
}

fn not_crossed(send_if: &SendIf, document: &Document) -> Option<String> {
    let is_crossed =
        |(panel, threshold): (&PanelId, &crate::definitions::model::Threshold)| match whole(document, panel)
            .map(|block| &block.content)
        {
            Some(Ok(Content::Kpi(kpi))) => {
                kpi.value.as_f64().is_some_and(|number| threshold.is_crossed_by(number))
            }
            _ => true,
        };
    let calm = !send_if.crossed.is_empty() && !send_if.crossed.iter().any(is_crossed);
    let panels = || names(send_if.crossed.keys().map(PanelId::as_str));
    calm.then(|| format!("not sent, because {} is within its threshold", panels()))
}

fn block<'a>(document: &'a Document, panel: &PanelId) -> Option<&'a Block> {
    document.blocks().find(|block| block.id == panel.as_str())
}

/// The same; `None` too where rows are missing from it, because what they would say is not known.
fn whole<'a>(document: &'a Document, panel: &PanelId) -> Option<&'a Block> {
    block(document, panel).filter(|block| block.missing.is_empty())
}

/// A digest of what a panel shows; its title, which may name the period, is no part of it.
fn digest(block: &Block) -> String {
    let content = block.content.as_ref().ok().and_then(|content| serde_json::to_vec(content).ok());
    format!("{:x}", Sha256::digest(content.unwrap_or_default()))
}

fn names<'a>(panels: impl Iterator<Item = &'a str>) -> String {
    panels.map(|panel| format!("`{panel}`")).collect::<Vec<_>>().join(", ")
}
