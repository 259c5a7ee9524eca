//! The numbers of a run's documents, kept beside their files.

use bytes::Bytes;

use super::part::Part;
use super::{Parts, StageFailure, Ticket, files};
use crate::delivery::safe_file_name;
use crate::error::Kind;
use crate::render::document::Document;
use crate::runs::artefacts::{File, FileKind};
use crate::runs::figures::Figures;
use crate::runs::store::Stage;

/// The file with the numbers of `document`. Runs beside the other tasks: a ledger has hundreds of thousands.
pub(super) async fn file(
    document: Document,
    ticket: &Ticket,
    part: &Part,
) -> Result<(Document, File), StageFailure> {
    let name = safe_file_name(&files::stem(&document, ticket, part), FileKind::Figures.extension());
    let about = part.about.clone();
    let written = tokio::task::spawn_blocking(move || {
        let bytes = serde_json::to_vec(&Figures::of(&document, &about));
        (document, bytes)
    });
    let bug = |cause: String| StageFailure::new(Stage::Render, Kind::Bug, cause);
    let (document, bytes) = written.await.map_err(|error| bug(error.to_string()))?;
    let bytes = Bytes::from(bytes.map_err(|error| bug(error.to_string()))?);
    Ok((document, File { kind: FileKind::Figures, name, bytes }))
}

/// Writes it to disk and records what it is about.
pub(super) async fn keep(
    parts: &Parts,
    ticket: &Ticket,
    part: &Part,
    file: File,
) -> Result<(), StageFailure> {
    let (shelf, run) = (parts.shelf.clone(), ticket.run.id);
    let kept = tokio::task::spawn_blocking(move || shelf.keep(run, &file))
        .await
        .map_err(|error| StageFailure::new(Stage::Store, Kind::Bug, error.to_string()))?
        .map_err(|error| StageFailure::new(Stage::Store, error.kind(), error.to_string()))?;
    let kept = crate::runs::store::NewArtefact { about: part.about.clone(), ..kept };
    let recorded = parts.store.add_artefact(run, &kept, parts.clock.now()).await;
    recorded.map_err(StageFailure::store(Stage::Store))
}
