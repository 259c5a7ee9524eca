//! A file on its way to a definition.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{DefinitionFile, files};
use crate::definitions::catalog::{Definition, DefinitionKind};
use crate::definitions::diagnostic::{Diagnostic, Problem, SHOWN_LIMIT, Severity};
use crate::definitions::model::{
    Access, Calendar, CalendarId, Costs, Dataset, DatasetId, Destination, DestinationId, PartFile, Report,
    ReportId, Source, SourceId, Theme, ThemeId,
};
use crate::definitions::path::FieldPath;
use crate::definitions::yaml::{self, Node, Place, Value};
use crate::definitions::{names, schema, shape};

/// A file as far as it can be understood, with what is wrong so far.
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) kind: Option<DefinitionKind>,
    pub(crate) text: Arc<str>,
    pub(crate) tree: Option<Arc<Node>>,
    /// The definition without its faulty parts.
    pub(crate) typed: Option<Typed>,
    pub(crate) problems: Vec<Problem>,
}

/// A definition that may still have errors.
pub(crate) enum Typed {
    Source(Box<Source>),
    Dataset(Box<Dataset>),
    Report(Box<Report>),
    Theme(Box<Theme>),
    Calendar(Box<Calendar>),
    Destination(Box<Destination>),
    Access(Box<Access>),
    Costs(Box<Costs>),
}

impl Typed {
    /// The functional role that answers for it.
    pub(crate) fn owner(&self) -> &str {
        match self {
            Self::Source(source) => &source.owner,
            Self::Dataset(dataset) => &dataset.owner,
            Self::Report(report) => &report.owner,
            Self::Theme(theme) => &theme.owner,
            Self::Calendar(calendar) => &calendar.owner,
            Self::Destination(destination) => &destination.owner,
            Self::Access(access) => &access.owner,
            Self::Costs(costs) => &costs.owner,
        }
    }

    /// The files it names.
    fn parts(&self) -> impl Iterator<Item = &PartFile> {
        let (logo, fonts) = match self {
            Self::Report(report) => (report.print.logo.as_ref(), None),
            Self::Theme(theme) => (theme.logo.as_ref(), theme.fonts.as_ref()),
            Self::Source(_)
            | Self::Dataset(_)
            | Self::Calendar(_)
            | Self::Destination(_)
            | Self::Access(_)
            | Self::Costs(_) => (None, None),
        };
        let fonts = fonts.into_iter().flat_map(|fonts| [Some(&fonts.regular), fonts.bold.as_ref()]);
        logo.into_iter().chain(fonts.flatten())
    }
}

impl Draft {
    /// Reads one file; `None` when it has vanished meanwhile.
    pub(crate) fn read(name: &str, path: &Path) -> Option<Self> {
        match files::read(path) {
            Ok(text) => Some(Self::parse(name, &text?)),
            Err(problem) => {
                let mut draft = Self::empty(name, "");
                draft.problems.push(problem);
                Some(draft)
            }
        }
    }

    fn empty(name: &str, text: &str) -> Self {
        let file = name.rsplit('/').next().unwrap_or(name);
        let id = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
        Self {
            name: name.to_owned(),
            id,
            kind: None,
            text: text.into(),
            tree: None,
            typed: None,
            problems: Vec::new(),
        }
    }

    /// Understands one file's text.
    pub(crate) fn parse(name: &str, text: &str) -> Self {
        let mut draft = Self::empty(name, text);
        let (tree, problems) = yaml::read(text);
        draft.problems = problems;
        match tree {
            Some(tree) if matches!(tree.value, Value::Map(_)) => {
                draft.understand(&tree);
                draft.tree = Some(Arc::new(tree));
            }
            Some(tree) if !matches!(tree.value, Value::Null) => {
                let message = format!(
                    "a definition is a mapping of keys to values, but this is {}",
                    tree.value.describe()
                );
                draft
                    .problems
                    .push(Problem::at(tree.place, "wrong_type", message).help("start with `kind: report`"));
            }
            _ if draft.problems.is_empty() => draft.problems.push(
                Problem::at(Place::START, "empty", "the file is empty")
                    .help("start with `kind: report`, or delete it"),
            ),
            _ => {}
        }
        draft
    }

    fn understand(&mut self, tree: &Node) {
        let kind = self.kind_of(tree);
        self.kind = Some(kind);
        let id = match kind {
            DefinitionKind::Source => SourceId::parse(&self.id).map(drop),
            DefinitionKind::Dataset => DatasetId::parse(&self.id).map(drop),
            DefinitionKind::Report => ReportId::parse(&self.id).map(drop),
            DefinitionKind::Theme => ThemeId::parse(&self.id).map(drop),
            DefinitionKind::Calendar => CalendarId::parse(&self.id).map(drop),
            DefinitionKind::Destination => DestinationId::parse(&self.id).map(drop),
            // There is one, and the check says where.
            DefinitionKind::Access | DefinitionKind::Costs => Ok(()),
        };
        if let Err(error) = id {
            let message =
                format!("the file's name is the {}, but `{}` cannot be one", error.what, error.name);
            self.problems.push(Problem::at(Place::START, "bad_name", message).help(error.rule));
        }
        let shaped = shape::check(tree, schema_of(kind));
        let fine = shaped.problems.is_empty();
        self.problems.extend(shaped.problems);
        let Some(value) = shaped.value else { return };
        let typed = match kind {
            DefinitionKind::Source => typed(value).map(|source| Typed::Source(Box::new(source))),
            DefinitionKind::Dataset => typed(value).map(|dataset| Typed::Dataset(Box::new(dataset))),
            DefinitionKind::Report => typed(value).map(|report| Typed::Report(Box::new(report))),
            DefinitionKind::Theme => typed(value).map(|theme| Typed::Theme(Box::new(theme))),
            DefinitionKind::Calendar => typed(value).map(|calendar| Typed::Calendar(Box::new(calendar))),
            DefinitionKind::Destination => {
                typed(value).map(|destination| Typed::Destination(Box::new(destination)))
            }
            DefinitionKind::Access => typed(value).map(|access| Typed::Access(Box::new(access))),
            DefinitionKind::Costs => typed(value).map(|costs| Typed::Costs(Box::new(costs))),
        };
        match typed {
            Ok(typed) => self.typed = Some(typed),
            Err(error) if fine => {
                let message = format!("this {} cannot be read: {error}", kind.name());
                self.problems.push(Problem::at(Place::START, "unreadable", message));
            }
            Err(_) => {}
        }
    }

    /// What the file says it is; where it does not say, what its folder suggests, so that the rest
    /// of it can be checked. A missing or wrong `kind` is reported by the structural check.
    fn kind_of(&self, tree: &Node) -> DefinitionKind {
        let said = tree.entry("kind").and_then(|entry| match &entry.node.value {
            Value::Text(text) => DefinitionKind::ALL.into_iter().find(|kind| {
                kind.name() == text
                    || names::nearest(text, DefinitionKind::ALL.map(DefinitionKind::name))
                        == Some(kind.name())
            }),
            _ => None,
        });
        said.unwrap_or_else(|| match self.name.split('/').next() {
            Some("sources") => DefinitionKind::Source,
            Some("datasets") => DefinitionKind::Dataset,
            Some("access.yaml" | "access.yml") => DefinitionKind::Access,
            Some("costs.yaml" | "costs.yml") => DefinitionKind::Costs,
            Some("themes" | "theme.yaml" | "theme.yml") => DefinitionKind::Theme,
            Some("calendars") => DefinitionKind::Calendar,
            Some("destinations") => DefinitionKind::Destination,
            _ => DefinitionKind::Report,
        })
    }

    /// Whether the file can be used as it is.
    fn is_valid(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }

    /// A digest of the file, and of the logo and fonts it names: a report with another logo is another
    /// version.
    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.text.as_bytes());
        for content in self.typed.iter().flat_map(Typed::parts).filter_map(|part| part.content.as_ref()) {
            digest.update([0]);
            digest.update(content);
        }
        digest.finalize().into()
    }

    /// The file with its definition, or with the one it had `before`.
    pub(crate) fn finish(
        self,
        before: &BTreeMap<String, DefinitionFile>,
    ) -> (DefinitionFile, Vec<Diagnostic>) {
        let digest_now = self.digest();
        let current =
            if self.is_valid() { self.typed.and_then(|typed| define(&self.id, typed)) } else { None };
        let mut problems = self.problems;
        problems.sort_by_key(|problem| (problem.severity, problem.place.line, problem.place.column));
        if let Some(next) = problems.get(SHOWN_LIMIT).map(|problem| problem.place) {
            problems.truncate(SHOWN_LIMIT);
            let message =
                format!("only {SHOWN_LIMIT} problems of this file are shown; there are more from here on");
            problems.push(Problem::at(next, "more_problems", message));
        }
        let diagnostics =
            problems.into_iter().map(|problem| problem.in_file(&self.name, &self.text)).collect();
        let old = before.get(&self.name);
        // An author who is closing a dataset must not be answered with its open version.
        let closing = old.and_then(|old| old.kind) == Some(DefinitionKind::Dataset)
            && match &self.tree {
                Some(tree) => tree.entry("security").is_some(),
                None => self.text.contains("security"),
            };
        let (definition, stale, digest) = match (current, old) {
            (Some(definition), _) => (Some(definition), false, digest_now),
            // The kind may be unknown now; a file that turned into another kind starts anew.
            (None, Some(old)) if !closing && (self.tree.is_none() || old.kind == self.kind) => {
                (old.definition.clone(), old.definition.is_some(), old.digest)
            }
            (None, _) => (None, false, [0; 32]),
        };
        let kind = self.kind.or_else(|| definition.as_ref().map(Definition::kind));
        let file = DefinitionFile {
            name: self.name,
            kind,
            id: self.id,
            definition,
            stale,
            digest,
            text: self.text,
            tree: self.tree,
        };
        (file, diagnostics)
    }
}

/// Ids are unique per kind, whatever folder a file is in.
pub(crate) fn refuse_same_ids(drafts: &mut [Draft]) {
    let mut first: HashMap<(DefinitionKind, String), String> = HashMap::new();
    for draft in drafts {
        let Some(kind) = draft.kind else { continue };
        let key = (kind, draft.id.clone());
        if let Some(other) = first.get(&key) {
            let message = format!(
                "the {} `{}` is defined in `{other}` already",
                kind.name(),
                names::printable(&draft.id)
            );
            let problem = Problem::at(Place::START, "duplicate_id", message);
            draft
                .problems
                .push(problem.help("the file name is the id, whatever the folder; rename one of the files"));
        } else {
            first.insert(key, draft.name.clone());
        }
    }
}

fn define(id: &str, typed: Typed) -> Option<Definition> {
    Some(match typed {
        Typed::Source(source) => Definition::Source(SourceId::parse(id).ok()?, Arc::new(*source)),
        Typed::Dataset(dataset) => Definition::Dataset(DatasetId::parse(id).ok()?, Arc::from(dataset)),
        Typed::Report(report) => Definition::Report(ReportId::parse(id).ok()?, Arc::from(report)),
        Typed::Theme(theme) => Definition::Theme(ThemeId::parse(id).ok()?, Arc::from(theme)),
        Typed::Calendar(calendar) => Definition::Calendar(CalendarId::parse(id).ok()?, Arc::from(calendar)),
        Typed::Destination(destination) => {
            Definition::Destination(DestinationId::parse(id).ok()?, Arc::from(destination))
        }
        Typed::Access(access) => Definition::Access(Arc::from(access)),
        Typed::Costs(costs) => Definition::Costs(Arc::from(costs)),
    })
}

fn typed<T: DeserializeOwned>(mut value: Json) -> Result<T, serde_json::Error> {
    if let Some(keys) = value.as_object_mut() {
        // Every file has it, no type does.
        keys.shift_remove("kind");
    }
    serde_json::from_value(value)
}

fn schema_of(kind: DefinitionKind) -> &'static Json {
    static SCHEMAS: LazyLock<[Json; 8]> = LazyLock::new(|| schema::all().map(|(_, schema)| schema));
    let [source, dataset, report, theme, calendar, destination, access, costs] = &*SCHEMAS;
    match kind {
        DefinitionKind::Source => source,
        DefinitionKind::Dataset => dataset,
        DefinitionKind::Report => report,
        DefinitionKind::Theme => theme,
        DefinitionKind::Calendar => calendar,
        DefinitionKind::Destination => destination,
        DefinitionKind::Access => access,
        DefinitionKind::Costs => costs,
    }
}

impl Draft {
    /// The paths that have problems already, so that no follow-up is reported there.
    pub(crate) fn faulty_paths(&self) -> Vec<FieldPath> {
        self.problems
            .iter()
            .map(|problem| problem.path.clone())
            .filter(|path| !path.steps().is_empty())
            .collect()
    }
}
