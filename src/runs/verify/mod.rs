//! Whether a file is what it says it is.
//!
//! Two witnesses: the store, which keeps the SHA-256 of every file a run has made, and a rendering of
//! the same report for the same instant now. Takes a file that was read and its [`Provenance`], which
//! anybody may have written; gives what agrees and what does not.

mod difference;
mod rerender;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::store::{RunId, Store, StoreError};
use crate::render::provenance::Provenance;

pub use difference::{Change, PageDifference};
pub use rerender::{Outcome, RerenderError, Rerendered, rerender};

/// What the store knows of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Recorded {
    /// The run it names has made a file of exactly these bytes.
    Produced {
        /// The run.
        run: RunId,
        /// What the file was called.
        file_name: String,
        /// When it was made.
        made_at: DateTime<Utc>,
    },
    /// The run it names has made no such file.
    Differs {
        /// The run.
        run: RunId,
        /// The SHA-256 of the PDFs it has made.
        made: Vec<String>,
    },
    /// The store does not have the run it names.
    RunUnknown {
        /// The run.
        run: String,
    },
    /// It names no run: somebody rendered it by hand or downloaded it.
    NoRun,
}

/// Asks the store whether the run that `claimed` names has made a file whose SHA-256 is `sha256`, in
/// lower-case hex.
///
/// # Errors
/// The store does not answer.
pub async fn recorded(store: &Store, claimed: &Provenance, sha256: &str) -> Result<Recorded, StoreError> {
    let Some(name) = &claimed.run else { return Ok(Recorded::NoRun) };
    let unknown = || Recorded::RunUnknown { run: name.clone() };
    let Ok(run) = name.parse::<RunId>() else { return Ok(unknown()) };
    if store.run(run).await?.is_none() {
        return Ok(unknown());
    }
    let artefacts = store.artefacts(run).await?;
    if let Some(same) = artefacts.iter().find(|artefact| artefact.sha256 == sha256) {
        let (file_name, made_at) = (same.file_name.clone(), same.created_at);
        return Ok(Recorded::Produced { run, file_name, made_at });
    }
    let pdfs = artefacts.into_iter().filter(|artefact| artefact.kind == "pdf");
    Ok(Recorded::Differs { run, made: pdfs.map(|artefact| artefact.sha256).collect() })
}
