//! Things that change elsewhere, such as files in git: what they were is kept, so that a change is one event,
//! whichever instance finds it first, and also when nobody looked while it was made.

use std::collections::BTreeMap;

use sqlx::{Any, Transaction};

use super::append::{extend, take_head};
use super::{AuditLog, Event};
use crate::store::{Cells, StoreError};

/// What was found of a kind of things.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The kind: `definition`, `schedule`.
    pub kind: &'a str,
    /// What each is now, by its id, which is not empty.
    pub things: &'a BTreeMap<String, String>,
    /// The version of the whole that they were found in: a commit, or a digest.
    pub version: &'a str,
}

/// One thing that is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it was; `None` if it is new.
    pub before: Option<&'a str>,
    /// What it is; `None` if it is gone.
    pub after: Option<&'a str>,
    /// The version of the whole when it was last looked at; empty if it is new.
    pub since: &'a str,
}

impl Change<'_> {
    /// `added`, `changed` or `removed`.
    pub fn word(&self) -> &'static str {
        match (self.before, self.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

struct Known {
    content: String,
    version: String,
}

impl AuditLog {
    /// Appends `event` of everything that is not what it was when this kind was last looked at, and keeps what
    /// it is now; answers with how many there were. The first look at a kind keeps and tells nothing.
    pub async fn note_changes(
        &self,
        found: Found<'_>,
        event: impl Fn(&Change<'_>) -> Event,
    ) -> Result<usize, StoreError> {
        let mut transaction = self.store.pool.begin().await.map_err(failed)?;
        // Whoever looks at the same time waits here, and then finds nothing new.
        let head = take_head(&mut transaction).await?;
        let known = known(&mut transaction, found.kind).await?;
        let changes = changes(&known, found.things);
        let first = !known.contains_key("");
        if first {
            keep(&mut transaction, found, "", "").await?;
        }
        for change in &changes {
            match change.after {
                Some(content) => keep(&mut transaction, found, change.id, content).await?,
                None => forget(&mut transaction, found.kind, change.id).await?,
            }
        }
        let events: Vec<Event> = changes.iter().filter(|_| !first).map(event).collect();
        if !events.is_empty() {
            extend(&mut transaction, head, &events).await?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(events.len())
    }
}

fn failed(source: sqlx::Error) -> StoreError {
    StoreError::query("comparing definitions with what they were")(source)
}

async fn known(
    transaction: &mut Transaction<'_, Any>,
    kind: &str,
) -> Result<BTreeMap<String, Known>, StoreError> {
    let rows = sqlx::query("SELECT id, content, version FROM audit_known WHERE kind = $1")
        .bind(kind.to_owned())
        .fetch_all(&mut **transaction)
        .await
        .map_err(failed)?;
    rows.iter()
        .map(|row| {
            let cells = Cells(row);
            let known = Known { content: cells.text("content")?, version: cells.text("version")? };
            Ok((cells.text("id")?, known))
        })
        .collect()
}

fn changes<'a>(known: &'a BTreeMap<String, Known>, things: &'a BTreeMap<String, String>) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    for (id, now) in things {
        let before = known.get(id);
        if before.is_none_or(|before| before.content != *now) {
            changes.push(Change {
                id,
                before: before.map(|before| before.content.as_str()),
                after: Some(now),
                since: before.map_or("", |before| &before.version),
            });
        }
    }
    for (id, before) in known.iter().filter(|(id, _)| !id.is_empty() && !things.contains_key(*id)) {
        changes.push(Change { id, before: Some(&before.content), after: None, since: &before.version });
    }
    changes
}

async fn keep(
    transaction: &mut Transaction<'_, Any>,
    found: Found<'_>,
    id: &str,
    content: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit_known (kind, id, content, version) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (kind, id) DO UPDATE SET content = excluded.content, version = excluded.version",
    )
    .bind(found.kind.to_owned())
    .bind(id.to_owned())
    .bind(content.to_owned())
    .bind(found.version.to_owned())
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(())
}

async fn forget(transaction: &mut Transaction<'_, Any>, kind: &str, id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM audit_known WHERE kind = $1 AND id = $2")
        .bind(kind.to_owned())
        .bind(id.to_owned())
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    Ok(())
}
