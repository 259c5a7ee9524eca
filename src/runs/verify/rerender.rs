//! Renders the report of a file once more and compares.

use std::collections::BTreeSet;

use bytes::Bytes;
use serde::Serialize;

use super::difference::{Change, PageDifference};
use crate::access::Viewer;
use crate::definitions::model::ReportId;
use crate::engine::{Freshness, Purpose};
use crate::error::Kind;
use crate::render::document::Document;
use crate::render::pdf::{PdfError, ReadError, ReadPdf, pdf};
use crate::render::provenance::Provenance;
use crate::runs::evaluate::{Question, QuestionError};
use crate::runs::execute::Answers;

/// The most pages whose differences are told.
const MOST_PAGES: usize = 20;

/// What a file is beside a rendering of the same report for the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has the same bytes: the content can be made again, and nothing was changed afterwards.
    Reproduced,
    /// Definitions, data and program are what the file says, and it is not what they make.
    Altered,
    /// Definitions, data or program are others than the file says, so nothing can be told.
    NotComparable,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rerendered {
    /// What follows from it.
    pub outcome: Outcome,
    /// Whether the evaluated content has the digest that the file names.
    pub same_content: bool,
    /// Whether the rendering, saying the same of its origin, has the bytes of the file.
    pub same_bytes: bool,
    /// The definitions, where they are others now.
    pub definition: Option<Change>,
    /// The datasets whose data are others now.
    pub data: Vec<Change>,
    /// The program, where another version made the file.
    pub program: Option<Change>,
    /// The pages of the file and of the rendering.
    pub pages: (usize, usize),
    /// How many pages that both have are drawn otherwise.
    pub differing_pages: usize,
    /// The first of them.
    pub differences: Vec<PageDifference>,
    /// The panels that could not be evaluated now, with their cause.
    pub failed: Vec<String>,
}

/// Why a file cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum RerenderError {
    /// The report cannot be asked as the file says.
    #[error("it cannot be rendered again: {0}")]
    Question(#[from] QuestionError),
    /// The proof names no possible report.
    #[error("it cannot be rendered again: {0}")]
    Report(#[from] crate::definitions::model::NameError),
    /// The rendering failed.
    #[error("it cannot be rendered again: {0}")]
    Pdf(#[from] PdfError),
    /// The rendering cannot be read back.
    #[error("the new rendering cannot be read: {0}")]
    Read(#[from] ReadError),
    /// A defect.
    #[error("rendering it again ended early: {0}")]
    Ended(#[from] tokio::task::JoinError),
}

impl RerenderError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Question(error) => error.kind(),
            Self::Report(_) => Kind::BadData,
            Self::Pdf(_) | Self::Read(_) | Self::Ended(_) => Kind::Bug,
        }
    }
}

/// Evaluates and renders, as `viewer` may see it, what `claimed` says that `file`, with these bytes, is, and compares.
///
/// # Errors
/// Those of [`RerenderError`]. A panel that fails is none.
pub async fn rerender(
    answers: &dyn Answers,
    claimed: &Provenance,
    viewer: Viewer,
    file: &ReadPdf,
    bytes: Bytes,
) -> Result<Rerendered, RerenderError> {
    let question = Question {
        report: ReportId::parse(&claimed.report)?,
        parameters: claimed.parameters.clone(),
        locale: Some(claimed.locale),
        now: claimed.evaluated_at,
        viewer,
        freshness: Freshness::from_now_on(),
        memory: None,
        purpose: Purpose::Interactive,
    };
    let mut document = answers.document(question).await?.marked(claimed.marks());
    // Links lead where those of the file lead, whatever server this is.
    document.base_url.clone_from(&claimed.base_url);
    let today = document.provenance.clone();
    let failed = document
        .failures()
        .map(|(block, failure)| format!("panel `{}`: {}", block.id, failure.cause))
        .collect();
    let (definition, data, program) = changes(claimed, &today);
    let same_content = today.digest == claimed.digest;
    let (rendered, same_bytes) = rendered(document, claimed.clone(), bytes).await?;
    let pages = (file.len(), rendered.len());
    let differing = if same_bytes { Vec::new() } else { differing(file, &rendered) };
    let is_as_it_was = definition.is_none() && data.is_empty() && program.is_none();
    let outcome = match (same_content, same_bytes) {
        (true, true) => Outcome::Reproduced,
        // The same content in other bytes, by the same program: somebody else wrote them.
        (true, false) if program.is_none() => Outcome::Altered,
        _ if is_as_it_was => Outcome::Altered,
        _ => Outcome::NotComparable,
    };
    let differences = differing.iter().take(MOST_PAGES).map(|page| {
        PageDifference::of(page + 1, file.text(*page).as_deref(), rendered.text(*page).as_deref())
    });
    Ok(Rerendered {
        outcome,
        same_content,
        same_bytes,
        definition,
        data,
        program,
        pages,
        differing_pages: differing.len(),
        differences: differences.collect(),
        failed,
    })
}

/// What the file says and what is so now, where they differ.
fn changes(claimed: &Provenance, today: &Provenance) -> (Option<Change>, Vec<Change>, Option<Change>) {
    let change = |what: &str, then: Option<&String>, now: Option<&String>| {
        (then != now).then(|| Change { what: what.to_owned(), then: then.cloned(), now: now.cloned() })
    };
    let (then, now) = (&claimed.definition, &today.definition);
    let mut definition = change("definition", Some(&then.content), Some(&now.content));
    // Commits are what people know, if they tell the two apart.
    if let Some(definition) = definition.as_mut().filter(|_| then.commit != now.commit) {
        (definition.then, definition.now) = (Some(then.name().to_owned()), Some(now.name().to_owned()));
    }
    let datasets: BTreeSet<&String> = claimed.data.keys().chain(today.data.keys()).collect();
    let data = datasets.into_iter().filter_map(|id| change(id, claimed.data.get(id), today.data.get(id)));
    (definition, data.collect(), change("program", Some(&claimed.program), Some(&today.program)))
}

/// The document as a file that says of its origin what `claimed` says, and whether it has `bytes`. Versions
/// stand in the proof line, so a comparison with others in it would never come out even.
async fn rendered(
    mut document: Document,
    claimed: Provenance,
    bytes: Bytes,
) -> Result<(ReadPdf, bool), RerenderError> {
    tokio::task::spawn_blocking(move || {
        document.carry(claimed);
        let made = Bytes::from(pdf(&document)?.bytes);
        let same = made == bytes;
        Ok((ReadPdf::read(made)?, same))
    })
    .await?
}

/// The pages, from 0, that both have and that are drawn otherwise.
fn differing(file: &ReadPdf, rendered: &ReadPdf) -> Vec<usize> {
    let pairs = file.drawings().into_iter().zip(rendered.drawings());
    pairs.enumerate().filter(|(_, (then, now))| then != now).map(|(page, _)| page).collect()
}
