//! Artefacts: the record of a file that a run made. The file may go, the record stays.

use chrono::{DateTime, Utc};

use super::{Cells, Run, RunId, Store, StoreError, to_text};
use crate::runs::artefacts::FileKind;

/// A file that a run has made.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Artefact {
    /// Its id.
    pub id: String,
    /// The run that made it.
    pub run: RunId,
    /// The word of its kind: `pdf`, `csv`, …, or `figures` for what runs are compared by.
    pub kind: String,
    /// What a copy of a burst is about; empty for the whole report.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The name a person sees.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub bytes: i64,
    /// The SHA-256 of its content, in lower-case hex.
    pub sha256: String,
    /// Where it is, relative to the state folder.
    #[serde(skip)]
    pub path: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the retention rule removed the file.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A file that has just been written.
#[derive(Debug, Clone)]
pub struct NewArtefact {
    /// The word of its kind: `pdf`, `csv`, …, or `figures` for what runs are compared by.
    pub kind: String,
    /// What a copy of a burst is about; empty for the whole report.
    pub about: String,
    /// The name a person sees.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its content, in lower-case hex.
    pub sha256: String,
    /// Where it is, relative to the state folder.
    pub path: String,
}

impl Artefact {
    /// Whether it is made for readers; others are for comparing runs and for attempts to come.
    pub fn is_for_readers(&self) -> bool {
        FileKind::of_word(&self.kind).is_none_or(FileKind::is_for_readers)
    }

    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.text("id")?,
            run: cells.parsed("run")?,
            kind: cells.text("kind")?,
            about: cells.text("about")?,
            file_name: cells.text("file_name")?,
            media_type: cells.text("media_type")?,
            bytes: cells.number("bytes")?,
            sha256: cells.text("sha256")?,
            path: cells.text("path")?,
            created_at: cells.instant("created_at")?,
            deleted_at: cells.instant_or_none("deleted_at")?,
        })
    }
}

impl Store {
    /// Records a file of a run; answers with its id.
    pub async fn add_artefact(
        &self,
        run: RunId,
        new: &NewArtefact,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let id = super::new_uuid(now).to_string();
        sqlx::query(
            "INSERT INTO artefacts (id, run, kind, file_name, media_type, bytes, sha256, path, created_at, about) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(id.clone())
        .bind(run.to_string())
        .bind(new.kind.clone())
        .bind(new.file_name.clone())
        .bind(new.media_type.clone())
        .bind(i64::try_from(new.bytes).unwrap_or(i64::MAX))
        .bind(new.sha256.clone())
        .bind(new.path.clone())
        .bind(to_text(now))
        .bind(new.about.clone())
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("recording an artefact"))?;
        Ok(id)
    }

    /// One artefact that people may have.
    pub async fn artefact(&self, id: &str) -> Result<Option<Artefact>, StoreError> {
        let row = sqlx::query("SELECT * FROM artefacts WHERE id = $1 AND kind <> 'sealed'")
            .bind(id.to_owned())
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::query("reading an artefact"))?;
        row.map(|row| Artefact::from_row(&Cells(&row))).transpose()
    }

    /// The artefacts of a run that people may have, by file name; first what is for readers.
    pub async fn artefacts(&self, run: RunId) -> Result<Vec<Artefact>, StoreError> {
        let mut all = self.all_artefacts(run).await?;
        all.retain(|artefact| artefact.kind != FileKind::Sealed.word());
        Ok(all)
    }

    /// The same with what is kept for attempts to come.
    pub async fn all_artefacts(&self, run: RunId) -> Result<Vec<Artefact>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM artefacts WHERE run = $1 \
             ORDER BY CASE WHEN kind IN ('figures', 'sealed') THEN 1 ELSE 0 END, file_name",
        )
        .bind(run.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("listing artefacts"))?;
        rows.iter().map(|row| Artefact::from_row(&Cells(row))).collect()
    }

    /// What earlier attempts for the instant of `run` have sealed and still keep, the latest last.
    pub async fn sealed_before(&self, run: &Run) -> Result<Vec<Artefact>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.* FROM artefacts a JOIN runs r ON r.id = a.run \
             WHERE r.report = $1 AND r.schedule = $2 AND r.scheduled_at = $3 AND r.id <> $4 \
             AND r.attempt IS NOT NULL AND COALESCE(r.origin, '') = $5 \
             AND a.kind = 'sealed' AND a.deleted_at IS NULL \
             ORDER BY r.attempt, a.created_at, a.id",
        )
        .bind(run.report.to_string())
        .bind(run.schedule.to_string())
        .bind(to_text(run.scheduled_at))
        .bind(run.id.to_string())
        .bind(run.origin.map(|origin| origin.to_string()).unwrap_or_default())
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("reading what earlier attempts made"))?;
        rows.iter().map(|row| Artefact::from_row(&Cells(row))).collect()
    }

    /// Every artefact whose file should still be there and whose run has ended, oldest first.
    pub async fn kept_artefacts(&self) -> Result<Vec<Artefact>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.* FROM artefacts a JOIN runs r ON r.id = a.run \
             WHERE a.deleted_at IS NULL AND r.state <> 'running' ORDER BY a.created_at, a.id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("listing kept artefacts"))?;
        rows.iter().map(|row| Artefact::from_row(&Cells(row))).collect()
    }

    /// Notes that the file is gone.
    pub async fn mark_deleted(&self, artefact: &Artefact, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE artefacts SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL")
            .bind(to_text(now))
            .bind(artefact.id.clone())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting that an artefact was removed"))?;
        Ok(())
    }
}
