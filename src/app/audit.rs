//! What the server itself tells the audit log: definitions, schedules and roles that changed; and how long
//! events are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::LiveWorkspace;
use crate::access::{Right, rights};
use crate::definitions::{Catalog, DefinitionFile, Workspace};
use crate::ledger::audit::{AuditAction, AuditLog, Change, Event, Found, Method};
use crate::runs::Clock;
use crate::store::StoreError;

/// How often old events are looked for, and the head is told.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// How many gained and lost rights an event names; `jangpyo access diff` tells all.
const RIGHTS_NAMED: usize = 5;

/// What is kept of a file that defines nothing valid.
const INVALID: &str = "invalid";

/// Who removes old events.
const RETENTION: &str = "retention";

/// Tells the audit log what the server notices.
pub(super) struct Auditor {
    pub(super) audit: AuditLog,
    pub(super) clock: Clock,
    pub(super) workspace: LiveWorkspace,
    /// Events older than this many days are removed; `None` keeps all.
    pub(super) keep_days: Option<u32>,
}

impl Auditor {
    /// Looks at once, whenever the workspace was loaded again, and every hour; until `stop`.
    pub(super) async fn run(self, mut loaded: watch::Receiver<u64>, stop: CancellationToken) {
        let mut hours = tokio::time::interval(PRUNE_EVERY);
        let mut before: Option<(Arc<Workspace>, Seen)> = None;
        loop {
            let now = self.workspace.current();
            if before.as_ref().is_none_or(|(before, _)| !Arc::ptr_eq(before, &now)) {
                let rights = before.as_ref().map(|(_, seen)| &seen.rights);
                // What could not be told is told at the next look.
                if let Some(seen) = self.look(rights, Arc::clone(&now)).await {
                    before = Some((now, seen));
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                Ok(()) = loaded.changed() => {}
                _ = hours.tick() => {
                    self.prune().await;
                    self.tell_head().await;
                }
            }
        }
    }

    /// What was seen, once everything that differs is told.
    async fn look(&self, before: Option<&BTreeSet<Right>>, now: Arc<Workspace>) -> Option<Seen> {
        // A panic in it has been written to the log.
        let seen = tokio::task::spawn_blocking(move || Seen::of(&now)).await.ok()?;
        match seen.tell(&self.audit, before, self.clock.now()).await {
            Ok(()) => Some(seen),
            Err(error) => {
                tracing::error!(%error, "changes of definitions were not recorded");
                None
            }
        }
    }

    /// Whoever keeps logs elsewhere has the head there, at most an hour old: what is rewritten later is found out.
    async fn tell_head(&self) {
        match self.audit.head().await {
            Ok(head) => tracing::info!(%head, "the head of the audit log"),
            Err(error) => tracing::warn!(%error, "the head of the audit log is not known"),
        }
    }

    async fn prune(&self) {
        let Some(days) = self.keep_days else { return };
        let now = self.clock.now();
        let Some(oldest) = TimeDelta::try_days(i64::from(days)).and_then(|days| now.checked_sub_signed(days))
        else {
            return;
        };
        match self.audit.prune(oldest, (RETENTION, Method::Schedule), now).await {
            Ok(None) => {}
            Ok(Some(pruned)) => {
                tracing::info!(removed = pruned.removed, head = %pruned.head, "old events of the audit log removed");
            }
            Err(error) => tracing::error!(%error, "old events of the audit log were not removed"),
        }
    }
}

/// What of a workspace is compared.
struct Seen {
    version: String,
    definitions: BTreeMap<String, String>,
    schedules: BTreeMap<String, String>,
    rights: BTreeSet<Right>,
}

impl Seen {
    fn of(workspace: &Workspace) -> Self {
        let catalog = workspace.catalog();
        let content = |file: &DefinitionFile| match file.definition {
            Some(_) => file.digest(),
            // There was no valid one since the server started.
            None => INVALID.to_owned(),
        };
        Self {
            version: catalog.version_name().to_owned(),
            definitions: workspace.files().map(|file| (file.name.clone(), content(file))).collect(),
            schedules: schedules(catalog),
            rights: rights(catalog),
        }
    }

    async fn tell(
        &self,
        audit: &AuditLog,
        before: Option<&BTreeSet<Right>>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let event = |action, change: &Change<'_>| {
            Event::new(action, now)
                .by("", Method::Files)
                .with("change", change.word())
                .with("version", self.version.clone())
                .with("since", change.since)
        };
        let found = |kind, things| Found { kind, things, version: &self.version };
        let of_files = |change: &Change<'_>| {
            let event = event(AuditAction::DefinitionChanged, change).on("definition", change.id);
            if change.after == Some(INVALID) { event.with("valid", false) } else { event }
        };
        audit.note_changes(found("definition", &self.definitions), of_files).await?;
        let of_schedules = |change: &Change<'_>| {
            let event = event(AuditAction::ScheduleChanged, change).on("schedule", change.id);
            let keys = changed_keys(change);
            if keys.is_empty() { event } else { event.with("keys", keys.join(", ")) }
        };
        audit.note_changes(found("schedule", &self.schedules), of_schedules).await?;
        let all = BTreeMap::from([("all".to_owned(), digest(&self.rights))]);
        let of_rights = |change: &Change<'_>| {
            let event = event(AuditAction::RolesChanged, change).on("roles", change.id);
            match before {
                Some(before) => self.compared(event, before),
                // Over a restart only the versions are known, which `jangpyo access diff` compares.
                None => event,
            }
        };
        audit.note_changes(found("rights", &all), of_rights).await?;
        Ok(())
    }

    /// `event` with what was gained and lost.
    fn compared(&self, event: Event, before: &BTreeSet<Right>) -> Event {
        let told = |event: Event, word: &str, rights: Vec<&Right>| {
            let first = rights.iter().take(RIGHTS_NAMED);
            let lines: Vec<String> =
                first.map(|right| format!("{}: {} {}", right.subject, right.object, right.right)).collect();
            let event = event.with(word, rights.len());
            if lines.is_empty() { event } else { event.with(&format!("{word}_first"), lines.join("; ")) }
        };
        let event = told(event, "gained", self.rights.difference(before).collect());
        told(event, "lost", before.difference(&self.rights).collect())
    }
}

/// Every schedule as it stands in its file, by `report/schedule`.
fn schedules(catalog: &Catalog) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (id, report) in &catalog.reports {
        for (name, schedule) in &report.schedules {
            // Recipients are told apart without being kept a second time.
            let content = serde_json::to_value(schedule).unwrap_or_default();
            let keys = content.as_object().into_iter().flatten();
            let digests: BTreeMap<&str, String> =
                keys.map(|(key, value)| (key.as_str(), short(&value.to_string()))).collect();
            all.insert(format!("{id}/{name}"), serde_json::to_string(&digests).unwrap_or_default());
        }
    }
    all
}

/// Which keys of a schedule are other than they were.
fn changed_keys(change: &Change<'_>) -> Vec<String> {
    let keys = |content: &str| serde_json::from_str::<BTreeMap<String, String>>(content).unwrap_or_default();
    let (Some(before), Some(after)) = (change.before.map(keys), change.after.map(keys)) else {
        return Vec::new();
    };
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    all.into_iter().filter(|key| before.get(*key) != after.get(*key)).cloned().collect()
}

fn short(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes())).chars().take(16).collect()
}

fn digest(rights: &BTreeSet<Right>) -> String {
    let mut digest = Sha256::new();
    for Right { subject, object, right } in rights {
        digest.update(format!("{subject}\0{object}\0{right}\n"));
    }
    format!("{:x}", digest.finalize())
}
