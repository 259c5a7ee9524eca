//! How long files are kept. Their records stay for good.

use chrono::{DateTime, TimeDelta, Utc};

use super::artefacts::Shelf;
use super::store::{Store, StoreError};

/// What is kept; a rule that is not set keeps everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Files older than this many days go.
    pub max_days: Option<u32>,
    /// The oldest files go until the rest is at most this many bytes.
    pub max_bytes: Option<u64>,
}

/// What a sweep has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Files removed by the rule.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files removed that no record knew: half-finished work of a crash.
    pub strays: usize,
}

/// Removes what `retention` does not keep. Files of runs under way are never touched.
pub async fn sweep(
    store: &Store,
    shelf: &Shelf,
    retention: Retention,
    now: DateTime<Utc>,
) -> Result<Swept, StoreError> {
    let kept = store.kept_artefacts().await?;
    let mut total: u64 = kept.iter().map(|artefact| u64::try_from(artefact.bytes).unwrap_or_default()).sum();
    let oldest =
        retention.max_days.and_then(|days| now.checked_sub_signed(TimeDelta::try_days(i64::from(days))?));
    let mut swept = Swept::default();
    for artefact in &kept {
        let too_old = oldest.is_some_and(|oldest| artefact.created_at < oldest);
        let too_much = retention.max_bytes.is_some_and(|limit| total > limit);
        if !too_old && !too_much {
            continue;
        }
        if let Err(error) = shelf.remove(artefact) {
            tracing::warn!(run = %artefact.run, file = artefact.file_name, %error, "artefact cannot be removed");
            continue;
        }
        store.mark_deleted(artefact, now).await?;
        let bytes = u64::try_from(artefact.bytes).unwrap_or_default();
        total = total.saturating_sub(bytes);
        swept.files += 1;
        swept.bytes += bytes;
    }
    for run in shelf.runs() {
        // A run that is not in the store belongs to another one; leave its files alone.
        if store.run(run).await?.is_some_and(|run| run.state.is_final()) {
            let known = store.all_artefacts(run).await?;
            swept.strays += shelf.remove_strays(run, &known);
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::definitions::model::{FieldName, ReportId};
    use crate::runs::artefacts::{File, FileKind};
    use crate::runs::store::tests::{Temporary, sqlite};
    use crate::runs::store::{Claim, Ending, NewRun, Repeat, RunId, Trigger};

    async fn run_with_file(home: &Temporary, shelf: &Shelf, now: DateTime<Utc>, end: bool) -> RunId {
        let new = NewRun {
            report: ReportId::parse("weekly").unwrap(),
            schedule: FieldName::parse("monday").unwrap(),
            scheduled_at: now,
            trigger: Trigger::Schedule,
            instance: "test".into(),
            definition_version: "1".into(),
            lease_until: now,
            waits_until: None,
        };
        let Claim::New(run) = home.store.claim(&new, Repeat::Never, now).await.unwrap() else { panic!() };
        let file =
            File { kind: FileKind::Pdf, name: "주간.pdf".into(), bytes: Bytes::from(vec![b'x'; 100]) };
        home.store.add_artefact(run.id, &shelf.keep(run.id, "", &file).unwrap(), now).await.unwrap();
        if end {
            home.store.finish(run.id, &Ending::Succeeded, &[], now).await.unwrap();
        }
        run.id
    }

    #[tokio::test]
    async fn old_files_go_and_their_records_stay() {
        let home = sqlite().await;
        let shelf = Shelf::new(home.folder.path().to_owned());
        let now: DateTime<Utc> = "2026-03-01T00:00:00Z".parse().unwrap();
        let old = run_with_file(&home, &shelf, now - TimeDelta::days(31), true).await;
        let young = run_with_file(&home, &shelf, now - TimeDelta::days(29), true).await;
        let swept =
            sweep(&home.store, &shelf, Retention { max_days: Some(30), max_bytes: None }, now).await.unwrap();
        assert_eq!((swept.files, swept.bytes), (1, 100));
        let record = home.store.artefacts(old).await.unwrap().remove(0);
        assert_eq!(record.deleted_at, Some(now));
        assert!(shelf.read(&record).unwrap_err().to_string().contains("no longer kept"));
        assert!(shelf.read(&home.store.artefacts(young).await.unwrap()[0]).is_ok());
        assert!(!home.folder.path().join(format!("artefacts/{old}")).exists());
    }

    #[tokio::test]
    async fn the_oldest_files_go_first_until_the_rest_fits_and_running_ones_stay() {
        let home = sqlite().await;
        let shelf = Shelf::new(home.folder.path().to_owned());
        let now: DateTime<Utc> = "2026-03-01T00:00:00Z".parse().unwrap();
        let running = run_with_file(&home, &shelf, now - TimeDelta::days(9), false).await;
        let mut ended = Vec::new();
        for day in (1..=4).rev() {
            ended.push(run_with_file(&home, &shelf, now - TimeDelta::days(day), true).await);
        }
        let rule = Retention { max_days: None, max_bytes: Some(250) };
        assert_eq!(sweep(&home.store, &shelf, rule, now).await.unwrap().files, 2);
        for (position, run) in ended.iter().enumerate() {
            let gone = home.store.artefacts(*run).await.unwrap()[0].deleted_at.is_some();
            assert_eq!(gone, position < 2);
        }
        assert!(shelf.read(&home.store.artefacts(running).await.unwrap()[0]).is_ok());
        assert_eq!(sweep(&home.store, &shelf, rule, now).await.unwrap(), Swept::default());
    }

    #[tokio::test]
    async fn what_a_crash_left_in_a_folder_is_removed() {
        let home = sqlite().await;
        let shelf = Shelf::new(home.folder.path().to_owned());
        let now: DateTime<Utc> = "2026-03-01T00:00:00Z".parse().unwrap();
        let run = run_with_file(&home, &shelf, now, true).await;
        let stray = home.folder.path().join(format!("artefacts/{run}/.0123.tmp"));
        std::fs::write(&stray, "half").unwrap();
        assert_eq!(sweep(&home.store, &shelf, Retention::default(), now).await.unwrap().strays, 1);
        assert!(!stray.exists());
        assert!(shelf.read(&home.store.artefacts(run).await.unwrap()[0]).is_ok());
    }
}
