//! Who a question is answered for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Person};
use crate::definitions::model::ReportId;

/// Who a question is answered for, and on what grounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    name: String,
    basis: Basis,
    scope: Scope,
}

/// The name of whoever has the machine.
const OPERATOR: &str = "local";

/// How the names of schedules begin.
const SCHEDULE: &str = "schedule:";

/// The grounds on which somebody sees anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Basis {
    /// Whoever has the machine, and so the data: the command line, and a demo server without login,
    /// which listens on loopback only.
    Operator,
    /// Somebody who logged in.
    Person(Person),
    /// A link, which sees what a functional role sees.
    Role(String),
    /// A schedule, which sees what the functional role that owns its report sees.
    Owner(ReportId),
}

/// What of a viewer's rights a token or a link passes on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only these actions; `None` for all.
    pub actions: Option<BTreeSet<Action>>,
    /// Only these reports; `None` for all.
    pub reports: Option<BTreeSet<ReportId>>,
}

impl Viewer {
    /// Whoever has the machine: nothing is hidden from them.
    pub fn operator() -> Self {
        Self { name: OPERATOR.into(), basis: Basis::Operator, scope: Scope::default() }
    }

    /// Whoever has not said who they are: everything is closed to them.
    pub fn nobody() -> Self {
        Self::person(Person::default())
    }

    /// Somebody who logged in.
    pub fn person(person: Person) -> Self {
        Self { name: person.name.clone(), basis: Basis::Person(person), scope: Scope::default() }
    }

    /// A link called `name` that sees what the functional role `role` sees. A role has no attributes.
    pub fn role(name: impl Into<String>, role: impl Into<String>) -> Self {
        Self { name: name.into(), basis: Basis::Role(role.into()), scope: Scope::default() }
    }

    /// A schedule of a report: it sees what the role that owns the report sees.
    pub fn schedule(report: &ReportId, schedule: &str) -> Self {
        let name = format!("{SCHEDULE}{report}/{schedule}");
        Self { name, basis: Basis::Owner(report.clone()), scope: Scope::default() }
    }

    /// The viewer that a document says it was made for. Of a person nothing but the name is known then.
    pub fn named(name: &str) -> Self {
        let scheduled = name.strip_prefix(SCHEDULE).and_then(|rest| rest.split_once('/'));
        match scheduled.map(|(report, schedule)| (ReportId::parse(report), schedule)) {
            Some((Ok(report), schedule)) => Self::schedule(&report, schedule),
            _ if name == OPERATOR => Self::operator(),
            _ => Self::person(Person { name: name.to_owned(), ..Person::default() }),
        }
    }

    /// The same viewer through a token or a link that passes on less.
    #[must_use]
    pub fn within(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// How logs, runs and the ledger call them.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether nothing is hidden from them.
    pub fn is_operator(&self) -> bool {
        self.basis == Basis::Operator
    }

    /// The person, if it is one.
    pub fn as_person(&self) -> Option<&Person> {
        match &self.basis {
            Basis::Person(person) => Some(person),
            Basis::Operator | Basis::Role(_) | Basis::Owner(_) => None,
        }
    }

    /// The report and the name of the schedule, if it is one.
    pub fn as_schedule(&self) -> Option<(&ReportId, &str)> {
        let Basis::Owner(report) = &self.basis else { return None };
        let (_, schedule) = self.name.strip_prefix(SCHEDULE)?.split_once('/')?;
        Some((report, schedule))
    }

    /// Whether they came through a link or token for certain reports: pages of this server are not theirs
    /// to follow links to.
    pub fn stays_in_reports(&self) -> bool {
        self.scope.reports.is_some()
    }

    pub(super) fn basis(&self) -> &Basis {
        &self.basis
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// What is known of a viewer, by the names that row rules use after `viewer.`.
pub type Attributes = BTreeMap<String, BTreeSet<String>>;
