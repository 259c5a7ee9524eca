//! A folder of definition files, loaded and checked as a whole.

mod draft;
pub(crate) mod files;
mod git;
mod parts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::catalog::{Catalog, Definition, DefinitionKind};
use super::check;
use super::diagnostic::{Diagnostic, Problem, Severity};
use super::path::FieldPath;
use super::policy::Policy;
use super::yaml::{Node, Place};
pub(crate) use draft::{Draft, Typed};
pub use parts::{PartCheck, PartChecks};

/// A loaded workspace: what is valid, what is wrong, and what is still served from before.
#[derive(Debug, Clone)]
pub struct Workspace {
    dir: PathBuf,
    policy: Policy,
    checks: PartChecks,
    files: BTreeMap<String, DefinitionFile>,
    catalog: Arc<Catalog>,
    diagnostics: Vec<Diagnostic>,
}

/// One definition file.
#[derive(Debug, Clone)]
pub struct DefinitionFile {
    /// Its name relative to the workspace, with `/` between folders.
    pub name: String,
    /// What it defines, where that can be told.
    pub kind: Option<DefinitionKind>,
    /// The id its name gives it, valid or not.
    pub id: String,
    /// The definition in use; `None` when the file is broken and never was valid.
    pub definition: Option<Definition>,
    /// The definition in use is an older one, because the file as it is now has errors.
    pub stale: bool,
    digest: [u8; 32],
    text: Arc<str>,
    tree: Option<Arc<Node>>,
}

impl Workspace {
    /// Reads and checks every definition file below `dir`, and the logos and fonts they name with `checks`.
    /// Never fails as a whole: what cannot be read is a diagnostic. Blocks on the file system.
    pub fn load(dir: &Path, policy: &Policy, checks: PartChecks) -> Self {
        Self::build(dir, policy, checks, &BTreeMap::new())
    }

    /// Loads again. A file that became invalid keeps its last valid definition, marked
    /// [`stale`](DefinitionFile::stale); a deleted file is gone. Blocks on the file system.
    #[must_use]
    pub fn reload(&self) -> Self {
        Self::build(&self.dir, &self.policy, self.checks, &self.files)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The valid definitions.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Every problem, by file and line.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether any problem is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The problems of one file.
    pub fn diagnostics_of<'a>(&'a self, file: &'a str) -> impl Iterator<Item = &'a Diagnostic> {
        self.diagnostics.iter().filter(move |diagnostic| diagnostic.file == file)
    }

    /// Every file, by name.
    pub fn files(&self) -> impl Iterator<Item = &DefinitionFile> {
        self.files.values()
    }

    /// The file that defines the object of this kind and id, valid or not.
    pub fn file_of(&self, kind: DefinitionKind, id: &str) -> Option<&DefinitionFile> {
        let matching = |file: &&DefinitionFile| file.kind == Some(kind) && file.id == id;
        let mut candidates = self.files.values().filter(matching);
        let first = candidates.next()?;
        Some(std::iter::once(first).chain(candidates).find(|file| file.definition.is_some()).unwrap_or(first))
    }

    /// Adds what a check that needs more than the files found, such as planning a measure against
    /// the data; build each with [`DefinitionFile::problem`].
    pub fn add(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
        sort(&mut self.diagnostics);
    }

    fn build(
        dir: &Path,
        policy: &Policy,
        checks: PartChecks,
        before: &BTreeMap<String, DefinitionFile>,
    ) -> Self {
        let found = files::find(dir);
        let mut diagnostics: Vec<Diagnostic> =
            found.unreadable.iter().map(|(name, problem)| problem.clone().in_file(name, "")).collect();
        let mut drafts: Vec<Draft> =
            found.files.iter().filter_map(|(name, path)| Draft::read(name, path)).collect();
        draft::refuse_same_ids(&mut drafts);
        check::check(&mut drafts, policy);
        parts::give(&mut drafts, dir, &found.parts, checks);

        let mut files = BTreeMap::new();
        for draft in drafts {
            let (file, problems) = draft.finish(before);
            diagnostics.extend(problems);
            files.insert(file.name.clone(), file);
        }
        // What cannot be looked at is not known to be deleted.
        for (name, _) in &found.unreadable {
            for (old, file) in before {
                let below = name.is_empty() || old == name || old.starts_with(&format!("{name}/"));
                if below && !files.contains_key(old) {
                    files.insert(old.clone(), DefinitionFile { stale: true, ..file.clone() });
                }
            }
        }
        sort(&mut diagnostics);
        let catalog = Arc::new(catalog(files.values(), git::commit(dir)));
        Self { dir: dir.to_owned(), policy: policy.clone(), checks, files, catalog, diagnostics }
    }
}

impl DefinitionFile {
    /// An error about the value at `path` of this file, as it is now. `code` names the kind of
    /// problem (`bad_expression`), `help` the next step for the author.
    pub fn problem(
        &self,
        path: &FieldPath,
        code: &'static str,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Diagnostic {
        let place = self.tree.as_ref().map_or(Place::START, |tree| tree.locate(path));
        let problem = Problem { path: path.clone(), help, ..Problem::at(place, code, message) };
        problem.in_file(&self.name, &self.text)
    }

    /// A digest (64 hexadecimal digits) of the definition in use and the files that it names.
    pub fn digest(&self) -> String {
        use std::fmt::Write as _;
        self.digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The file's text as it is now; empty when it cannot be read.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        (&a.file, a.line, a.column, &a.message).cmp(&(&b.file, b.line, b.column, &b.message))
    });
}

fn catalog<'a>(files: impl Iterator<Item = &'a DefinitionFile>, commit: Option<String>) -> Catalog {
    let mut catalog = Catalog { commit, ..Catalog::default() };
    let mut digest = Sha256::new();
    for file in files {
        match &file.definition {
            Some(Definition::Source(id, source)) => insert(&mut catalog.sources, id, source),
            Some(Definition::Dataset(id, dataset)) => insert(&mut catalog.datasets, id, dataset),
            Some(Definition::Report(id, report)) => insert(&mut catalog.reports, id, report),
            Some(Definition::Theme(id, theme)) => insert(&mut catalog.themes, id, theme),
            Some(Definition::Calendar(id, calendar)) => insert(&mut catalog.calendars, id, calendar),
            Some(Definition::Destination(id, destination)) => {
                insert(&mut catalog.destinations, id, destination);
            }
            Some(Definition::Access(access)) => {
                catalog.access.get_or_insert_with(|| Arc::clone(access));
            }
            Some(Definition::Costs(costs)) => {
                catalog.costs.get_or_insert_with(|| Arc::clone(costs));
            }
            None => continue,
        }
        if let Some(definition) = &file.definition {
            let key = (definition.kind(), definition.id().to_owned());
            catalog.files.entry(key).or_insert_with(|| file.name.clone());
        }
        digest.update(file.name.as_bytes());
        digest.update([0]);
        digest.update(file.digest);
    }
    catalog.version = format!("{:x}", digest.finalize());
    catalog
}

/// A stale definition never pushes out a valid one of the same id.
fn insert<I: Clone + Eq + std::hash::Hash, T>(map: &mut IndexMap<I, Arc<T>>, id: &I, definition: &Arc<T>) {
    map.entry(id.clone()).or_insert_with(|| Arc::clone(definition));
}
