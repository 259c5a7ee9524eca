//! Which roles somebody holds, and how they came to each.

use std::collections::VecDeque;

use indexmap::IndexMap;

use super::viewer::{Basis, Viewer};
use crate::definitions::Catalog;
use crate::definitions::model::{Access, RoleName};

/// The roles a viewer holds, nearest first, each with how it is held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HeldRoles(IndexMap<RoleName, Held>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    way: Way,
    is_functional: bool,
}

/// How a role is held.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// The role file lists the person.
    User,
    /// The role file lists a group they are in.
    Group(String),
    /// A schedule or a link was given it.
    Given,
    /// Another role brings it.
    From(RoleName),
}

impl HeldRoles {
    /// The roles of a viewer. Breadth first, so that the shortest chain is the one that is told; a
    /// circle, which the check refuses, ends by itself.
    pub(super) fn of(viewer: &Viewer, access: &Access, catalog: &Catalog) -> Self {
        let mut held = IndexMap::new();
        let mut waiting = VecDeque::new();
        for (name, role) in &access.functional_roles {
            let way = match viewer.basis() {
                Basis::Operator => None,
                Basis::Role(given) => (given == name.as_str()).then_some(Way::Given),
                Basis::Owner(report) => {
                    let owner = catalog.reports.get(report).map(|report| report.owner.as_str());
                    (owner == Some(name.as_str())).then_some(Way::Given)
                }
                Basis::Person(person) => {
                    let group = role.groups.iter().find(|group| person.groups.contains(*group));
                    let by_name = role.users.contains(&person.name).then_some(Way::User);
                    by_name.or_else(|| group.map(|group| Way::Group(group.clone())))
                }
            };
            if let Some(way) = way {
                waiting.push_back((name, Held { way, is_functional: true }));
            }
        }
        while let Some((name, how)) = waiting.pop_front() {
            if held.contains_key(name) {
                continue;
            }
            let is_functional = how.is_functional;
            held.insert(name.clone(), how);
            let mut bring = |role, is_functional| {
                waiting.push_back((role, Held { way: Way::From(name.clone()), is_functional }));
            };
            if is_functional {
                let Some(role) = access.functional_roles.get(name) else { continue };
                role.inherits.iter().for_each(|role| bring(role, true));
                role.access.iter().for_each(|role| bring(role, false));
            } else if let Some(role) = access.access_roles.get(name) {
                role.inherits.iter().for_each(|role| bring(role, false));
            }
        }
        Self(held)
    }

    /// Whether the role is held.
    pub(super) fn contains(&self, role: &str) -> bool {
        self.0.contains_key(role)
    }

    /// The names, nearest first.
    pub(super) fn names(&self) -> impl Iterator<Item = &RoleName> {
        self.0.keys()
    }

    /// The names of the access roles, nearest first.
    pub(super) fn access_roles(&self) -> impl Iterator<Item = &RoleName> {
        self.0.iter().filter(|(_, held)| !held.is_functional).map(|(name, _)| name)
    }

    /// How the role is held, from the person to it: `group sales-kr → sales_kr → sales_read`.
    pub(super) fn chain(&self, role: &str) -> String {
        let mut names: Vec<&str> = Vec::new();
        let mut at = role;
        let start = loop {
            let Some((name, held)) = self.0.get_key_value(at) else { break None };
            names.push(name.as_str());
            match &held.way {
                Way::From(parent) if names.len() <= self.0.len() => at = parent.as_str(),
                Way::From(_) | Way::Given => break None,
                Way::User => break Some("listed by name".to_owned()),
                Way::Group(group) => break Some(format!("group `{group}`")),
            }
        };
        start.into_iter().chain(names.into_iter().rev().map(str::to_owned)).collect::<Vec<_>>().join(" → ")
    }

    /// How many roles lie between the person and the role: 1 for one they hold directly.
    pub(super) fn depth(&self, role: &str) -> usize {
        let mut depth = 0;
        let mut at = role;
        while let Some(held) = self.0.get(at).filter(|_| depth < self.0.len()) {
            depth += 1;
            match &held.way {
                Way::From(parent) => at = parent.as_str(),
                Way::User | Way::Group(_) | Way::Given => break,
            }
        }
        depth
    }
}
