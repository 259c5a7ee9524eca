//! `jangpyo verify`

mod report;

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::arguments::{Place, ReportFormat, VerifyArguments};
use super::{Failure, failure, output, progress};
use crate::app::existing_store;
use crate::error::Kind;
use crate::render::pdf::{ReadPdf, provenance_of};
use crate::render::provenance::Provenance;
use crate::runs::store::StoreError;
use crate::runs::verify::{Outcome, Recorded, Rerendered, recorded, rerender};

/// The largest file that is read.
const LARGEST_FILE: u64 = 1 << 30;

/// What is found out about a file.
#[derive(Serialize)]
struct Finding {
    file: String,
    sha256: String,
    pages: usize,
    proof: Provenance,
    /// What the store knows; none where there is no store.
    store: Option<Recorded>,
    rerendered: Option<Rerendered>,
    verdict: Verdict,
}

/// What follows from all witnesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// The file is what was made.
    Confirmed,
    /// The file is not what was made.
    Differs,
    /// No witness could tell.
    NotConfirmed,
}

impl Verdict {
    /// The store has seen the bytes themselves, so its word stands before that of a comparison.
    fn of(store: Option<&Recorded>, rerendered: Option<&Rerendered>) -> Self {
        match (store, rerendered.map(|rerendered| rerendered.outcome)) {
            (Some(Recorded::Produced { .. }), _) => Self::Confirmed,
            (Some(Recorded::Differs { .. }), _) | (_, Some(Outcome::Altered)) => Self::Differs,
            (_, Some(Outcome::Reproduced)) => Self::Confirmed,
            (_, Some(Outcome::NotComparable) | None) => Self::NotConfirmed,
        }
    }
}

pub(super) async fn verify(place: &Place, arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let bytes = read(&arguments.file)?;
    let name = arguments.file.display().to_string();
    let refused = |problem: &dyn std::fmt::Display| {
        Failure::new(Kind::BadData, format!("{name} cannot be verified: {problem}"))
    };
    let pdf = ReadPdf::read(bytes.clone()).map_err(|problem| refused(&problem))?;
    let proof = provenance_of(&pdf).map_err(|problem| refused(&problem))?;
    let sha256 = format!("{:x}", Sha256::digest(&bytes));

    let store = match existing_store(&place.settings_without_workspace()?).await? {
        Some(store) => {
            let failed = |error: StoreError| Failure::new(error.kind(), error);
            let known = recorded(&store, &proof, &sha256).await.map_err(failed)?;
            store.close().await;
            Some(known)
        }
        None => None,
    };
    let rerendered = if arguments.rerender {
        let program = place.program()?;
        let spinner = progress::spinner(format!("rendering {} again", report::shown(&proof.report)));
        let viewer = arguments.viewer(&proof.viewer);
        let is_person = viewer.as_person().is_some();
        let compared = Box::pin(rerender(&program.evaluator, &proof, viewer, &pdf, bytes)).await;
        spinner.finish_and_clear();
        Some(compared.map_err(|error| match error.kind() {
            // A file does not tell the groups of who it was made for.
            Kind::NotFound if is_person => Failure::new(
                Kind::NotFound,
                format!(
                    "{error} that is open to {}; say what they are with --group and --claim",
                    report::shown(&proof.viewer)
                ),
            ),
            kind => Failure::new(kind, error),
        })?)
    } else {
        None
    };
    let verdict = Verdict::of(store.as_ref(), rerendered.as_ref());
    let finding = Finding { file: name, sha256, pages: pdf.len(), proof, store, rerendered, verdict };
    match arguments.format {
        ReportFormat::Json => output::say_json(&finding)?,
        ReportFormat::Text => output::say(&report::text(&finding))?,
    }
    Ok(if verdict == Verdict::Confirmed { ExitCode::SUCCESS } else { ExitCode::from(failure::FAILED) })
}

fn read(path: &Path) -> Result<Bytes, Failure> {
    let unreadable =
        |cause: &dyn std::fmt::Display| Failure::usage(format!("cannot read {}: {cause}", path.display()));
    let file = std::fs::File::open(path).map_err(|cause| unreadable(&cause))?;
    let mut bytes = Vec::new();
    // The limit holds for devices and pipes, whose size nobody knows, as well.
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|cause| unreadable(&cause))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Failure::new(
            Kind::OverLimit,
            format!("{} has more than {} MiB, which no sheet has", path.display(), LARGEST_FILE >> 20),
        ));
    }
    Ok(Bytes::from(bytes))
}
