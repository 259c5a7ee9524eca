//! The check for sense: do names refer to something, can a chart draw that, does a cron ever fire?
//!
//! Works on definitions whose shape is right, or the parts of them that are. Names are taken from
//! the trees, so that a faulty panel is still known by its name and breeds no follow-up errors.

mod access;
mod additive;
mod burst;
mod business_days;
mod calendar;
mod chart;
mod circle;
mod costs;
mod cron;
mod dataset;
mod deliver;
mod destination;
mod expression;
mod filter;
mod known;
mod narrative;
mod panel;
mod parameter;
mod print;
mod recipient;
mod report;
mod schedule;
mod security;
mod source;
mod text;
mod theme;
mod wait;
mod zone;

pub(super) use expression::references;

use super::diagnostic::{Problem, SHOWN_LIMIT, Severity};
use super::names;
use super::path::FieldPath;
use super::policy::Policy;
use super::workspace::{Draft, Typed};
use super::yaml::Node;
use known::Known;

/// Checks every draft and adds what is wrong to it.
pub(crate) fn check(drafts: &mut [Draft], policy: &Policy) {
    let mut all = Vec::with_capacity(drafts.len());
    {
        let known = Known::of(drafts);
        for draft in drafts.iter() {
            let mut found = Vec::new();
            if let (Some(typed), Some(tree)) = (&draft.typed, &draft.tree) {
                let mut findings = Findings { tree, faulty: draft.faulty_paths(), problems: Vec::new() };
                match typed {
                    Typed::Source(source) => source::check(source, &known, &mut findings),
                    Typed::Dataset(dataset) => dataset::check(dataset, &known, &mut findings),
                    Typed::Report(report) => {
                        report::check(report, &known, policy, &mut findings);
                        wait::check_circles(&draft.id, report, &known, &mut findings);
                    }
                    Typed::Theme(theme) => theme::check(theme, &mut findings),
                    Typed::Calendar(calendar) => calendar::check(calendar, &mut findings),
                    Typed::Destination(destination) => {
                        destination::check(destination, &known, policy, &mut findings);
                    }
                    Typed::Access(access) => {
                        access::check(&draft.name, access, &known, policy, &mut findings);
                    }
                    Typed::Costs(costs) => costs::check(&draft.name, costs, &known, &mut findings),
                }
                known_owner(typed.owner(), &known, &mut findings);
                found = findings.problems;
            }
            all.push(found);
        }
    }
    for (draft, found) in drafts.iter_mut().zip(all) {
        draft.problems.extend(found);
    }
}

/// Where there are roles, the owner is one of them.
fn known_owner(owner: &str, known: &Known<'_>, findings: &mut Findings<'_>) {
    let Some(access) = &known.access else { return };
    if !owner.trim().is_empty() && !access.functional_roles.contains(&owner) {
        let message = format!("`access.yaml` has no functional role `{}`", names::printable(owner));
        let help = names::offer(owner, "functional roles", access.functional_roles.iter().copied());
        findings.error(&FieldPath::root().key("owner"), "unknown_role", message, help);
    }
}

/// What is wrong with one file.
struct Findings<'a> {
    tree: &'a Node,
    faulty: Vec<FieldPath>,
    problems: Vec<Problem>,
}

impl Findings<'_> {
    /// An error about the value at `path`.
    fn error(
        &mut self,
        path: &FieldPath,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        self.push(Problem { help: help.into(), ..Problem::at_path(self.tree, path, code, message) });
    }

    /// An error about the key at the end of `path`.
    fn error_at_key(
        &mut self,
        path: &FieldPath,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        let problem = Problem::at_path(self.tree, path, code, message);
        self.push(Problem { help: help.into(), place: self.tree.locate_key(path), ..problem });
    }

    /// A warning about the value at `path`.
    fn warning(
        &mut self,
        path: &FieldPath,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        self.push(
            Problem { help: help.into(), ..Problem::at_path(self.tree, path, code, message) }.warning(),
        );
    }

    /// A warning about the key at the end of `path`.
    fn warning_at_key(
        &mut self,
        path: &FieldPath,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        let problem = Problem::at_path(self.tree, path, code, message);
        self.push(Problem { help: help.into(), place: self.tree.locate_key(path), ..problem }.warning());
    }

    /// Whether no more errors are shown of this file: what takes long to put in words need not be.
    fn is_full(&self) -> bool {
        self.has_enough(Severity::Error)
    }

    /// Whether as many are known as are shown, and one for the note that there are more. Warnings count by
    /// themselves: however many there are, an error after them still keeps the file out.
    fn has_enough(&self, severity: Severity) -> bool {
        self.problems.iter().filter(|problem| problem.severity == severity).count() > SHOWN_LIMIT
    }

    fn push(&mut self, problem: Problem) {
        if self.has_enough(problem.severity) {
            return;
        }
        let problem = Problem { path: self.tree.as_written(&problem.path), ..problem };
        let known = self.faulty.iter().any(|faulty| problem.path.is_within(faulty));
        if !known {
            self.problems.push(problem);
        }
    }
}

/// The paths of one value or of every item of a list: `y` or `y[0]`, `y[1]`. A single value is also
/// found at index 0.
fn items<'a, T>(path: &FieldPath, values: &'a [T]) -> impl Iterator<Item = (FieldPath, &'a T)> + use<'a, T> {
    let path = path.clone();
    values.iter().enumerate().map(move |(index, value)| (path.index(index), value))
}
