//! The numbers of a run's documents, kept beside their files.

use bytes::Bytes;

use super::part::Part;
use super::{StageFailure, Ticket, files};
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
