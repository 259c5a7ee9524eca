//! What differs between two runs: their documents, paired by what each is about.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{DocumentDifferences, Figures, compare};
use crate::error::Kind;
use crate::runs::artefacts::{ArtefactError, FileKind, Shelf};
use crate::runs::store::{Artefact, Run, RunId, Store, StoreError};

/// How much is told and looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Of each kind of difference in a panel, this many.
    pub differences: usize,
    /// Documents that differ, this many.
    pub documents: usize,
    /// Documents that are looked at, this many.
    pub looked_at: usize,
}

/// What came of comparing two runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Compared {
    /// They were compared.
    Done(Box<Comparison>),
    /// One of them has no figures.
    Without {
        /// Which.
        run: RunId,
        /// Whether it had some, and retention removed them.
        removed: bool,
    },
    /// They are runs of different reports.
    OtherReport,
}

/// What differs between two runs of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The run for the earlier instant; of one instant, the earlier attempt.
    pub before: RunSide,
    /// The other.
    pub after: RunSide,
    /// The definitions, where they are others.
    pub definition: Option<Version>,
    /// The datasets whose data are others.
    pub data: Vec<Version>,
    /// The first documents that differ.
    pub documents: Vec<DocumentDifferences>,
    /// How many differ in all.
    pub differing: usize,
    /// How many are equal in every number.
    pub equal: usize,
    /// What copies of a burst are about that only the later run has.
    pub added: Vec<String>,
    /// What copies of a burst are about that only the earlier run has.
    pub removed: Vec<String>,
    /// How many pairs of documents were not looked at.
    pub not_looked_at: usize,
}

/// One of two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunSide {
    /// Its id.
    pub run: RunId,
    /// The report.
    pub report: String,
    /// The schedule.
    pub schedule: String,
    /// The instant it stands for.
    pub scheduled_at: DateTime<Utc>,
    /// Which attempt for the instant; none for dry runs.
    pub attempt: Option<i64>,
}

/// Something of which there are versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Version {
    /// What: a dataset, or `definition`.
    pub what: String,
    /// The earlier run's; none if it had no such thing.
    pub before: Option<String>,
    /// The later run's.
    pub after: Option<String>,
}

/// Why two runs cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file is not where it should be.
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
    /// A file is not what was written.
    #[error("the figures of run {run} in `{file_name}` cannot be read: {cause}")]
    Damaged {
        /// The run.
        run: RunId,
        /// The file.
        file_name: String,
        /// What is wrong.
        cause: serde_json::Error,
    },
    /// A defect.
    #[error("comparing ended early: {0}")]
    Ended(#[from] tokio::task::JoinError),
}

impl FiguresError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Store(error) => error.kind(),
            Self::Artefact(error) => error.kind(),
            Self::Damaged { .. } => Kind::BadData,
            Self::Ended(_) => Kind::Bug,
        }
    }
}

impl From<&Run> for RunSide {
    fn from(run: &Run) -> Self {
        Self {
            run: run.id,
            report: run.report.to_string(),
            schedule: run.schedule.to_string(),
            scheduled_at: run.scheduled_at,
            attempt: run.attempt,
        }
    }
}

/// Compares two runs. The one for the earlier instant, or of one instant the one made first, stands before the other.
///
/// # Errors
/// Those of [`FiguresError`].
pub async fn compare_runs(
    store: &Store,
    shelf: &Shelf,
    one: &Run,
    other: &Run,
    bounds: Bounds,
) -> Result<Compared, FiguresError> {
    if one.report != other.report {
        return Ok(Compared::OtherReport);
    }
    let is_earlier = (one.scheduled_at, one.id) <= (other.scheduled_at, other.id);
    let (before, after) = if is_earlier { (one, other) } else { (other, one) };
    let mut sides = Vec::new();
    for run in [before, after] {
        let artefacts = store.artefacts(run.id).await?;
        let all: Vec<Artefact> =
            artefacts.into_iter().filter(|artefact| artefact.kind == FileKind::Figures.word()).collect();
        let removed = all.iter().any(|artefact| artefact.deleted_at.is_some());
        let kept: Vec<Artefact> = all.into_iter().filter(|artefact| artefact.deleted_at.is_none()).collect();
        if kept.is_empty() {
            return Ok(Compared::Without { run: run.id, removed });
        }
        sides.push(kept);
    }
    let (Some(later), Some(earlier)) = (sides.pop(), sides.pop()) else {
        return Ok(Compared::Without { run: before.id, removed: false });
    };
    let (shelf, ends) = (shelf.clone(), (RunSide::from(before), RunSide::from(after)));
    let found = tokio::task::spawn_blocking(move || of_files(&shelf, ends, earlier, later, bounds));
    Ok(Compared::Done(Box::new(found.await??)))
}

/// Files by what they are about; several of one are in several languages.
fn by_subject(artefacts: Vec<Artefact>) -> BTreeMap<String, Vec<Artefact>> {
    let mut subjects: BTreeMap<String, Vec<Artefact>> = BTreeMap::new();
    for artefact in artefacts {
        subjects.entry(artefact.about.clone()).or_default().push(artefact);
    }
    subjects
}

fn of_files(
    shelf: &Shelf,
    (before, after): (RunSide, RunSide),
    earlier: Vec<Artefact>,
    later: Vec<Artefact>,
    bounds: Bounds,
) -> Result<Comparison, FiguresError> {
    let (mut earlier, later) = (by_subject(earlier), by_subject(later));
    let mut comparison = Comparison {
        before,
        after,
        definition: None,
        data: Vec::new(),
        documents: Vec::new(),
        differing: 0,
        equal: 0,
        added: Vec::new(),
        removed: Vec::new(),
        not_looked_at: 0,
    };
    let mut versions = BTreeSet::new();
    let mut looked_at = 0;
    for (about, files) in later {
        let Some(counterparts) = earlier.remove(&about) else {
            comparison.added.push(about);
            continue;
        };
        if looked_at >= bounds.looked_at {
            comparison.not_looked_at += files.len();
            continue;
        }
        looked_at += files.len();
        let mut then: Vec<Figures> =
            counterparts.iter().map(|file| read(shelf, file)).collect::<Result<_, _>>()?;
        for file in &files {
            let now = read(shelf, file)?;
            // One copy may be in another language than before.
            let same = then.iter().position(|figures| figures.locale == now.locale);
            let Some(at) = same.or((!then.is_empty()).then_some(0)) else {
                comparison.added.push(about.clone());
                continue;
            };
            comparison.add(&then.remove(at), &now, &mut versions, bounds);
        }
        comparison.removed.extend(then.iter().map(|figures| figures.about.clone()));
    }
    comparison.removed.extend(earlier.into_keys());
    comparison.data = versions.into_iter().collect();
    Ok(comparison)
}

impl Comparison {
    fn add(&mut self, then: &Figures, now: &Figures, versions: &mut BTreeSet<Version>, bounds: Bounds) {
        if then.definition != now.definition {
            let (before, after) = (Some(then.definition.clone()), Some(now.definition.clone()));
            self.definition = Some(Version { what: "definition".into(), before, after });
        }
        let datasets: BTreeSet<&String> = then.data.keys().chain(now.data.keys()).collect();
        versions.extend(datasets.into_iter().filter_map(|id| {
            let (before, after) = (then.data.get(id).cloned(), now.data.get(id).cloned());
            (before != after).then(|| Version { what: id.clone(), before, after })
        }));
        let found = compare(then, now, bounds.differences);
        if found.is_none() {
            self.equal += 1;
            return;
        }
        self.differing += 1;
        if self.documents.len() < bounds.documents {
            self.documents.push(found);
        }
    }
}

fn read(shelf: &Shelf, artefact: &Artefact) -> Result<Figures, FiguresError> {
    let bytes = shelf.read(artefact)?;
    serde_json::from_slice(&bytes).map_err(|cause| FiguresError::Damaged {
        run: artefact.run,
        file_name: artefact.file_name.clone(),
        cause,
    })
}
