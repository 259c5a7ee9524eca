//! Which roles somebody holds, and how they came to each.

use std::collections::VecDeque;

use indexmap::IndexMap;

use super::viewer::{Basis, Viewer};
use crate::definitions::Catalog;
use crate::definitions::model::{Access, RoleName};
use crate::format::LocalizedText;

/// The roles a viewer holds, nearest first, each with how it is held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HeldRoles(IndexMap<RoleName, Held>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    way: Way,
    is_functional: bool,
}

/// A role that somebody holds, for whoever shows it in their language.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldRole {
    /// Its name.
    pub name: RoleName,
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// Whether it is a role of people; else one of objects.
    pub is_functional: bool,
    /// On what grounds they hold the first role of the path.
    pub by: HeldBy,
    /// The roles from the first to this one.
    pub path: Vec<RoleName>,
}

impl HeldRole {
    /// How it is held, from the person to it: `group sales-kr → sales_kr → sales_read`.
    pub fn chain(&self) -> String {
        let start = match &self.by {
            HeldBy::Name => Some("listed by name".to_owned()),
            HeldBy::Group(group) => Some(format!("group `{group}`")),
            HeldBy::Gift => None,
        };
        let names = self.path.iter().map(ToString::to_string);
        start.into_iter().chain(names).collect::<Vec<_>>().join(" → ")
    }

    /// How many roles lie between the person and it: 1 for one they hold directly.
    pub fn depth(&self) -> usize {
        self.path.len()
    }
}

/// On what grounds somebody holds a role directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldBy {
    /// The access file lists them.
    Name,
    /// The access file lists a group they are in.
    Group(String),
    /// A schedule or a link was given it.
    Gift,
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

    /// The names of the access roles, nearest first.
    pub(super) fn access_roles(&self) -> impl Iterator<Item = &RoleName> {
        self.0.iter().filter(|(_, held)| !held.is_functional).map(|(name, _)| name)
    }

    /// The roles with what people call them and how each is held, nearest first.
    pub(super) fn told(&self, access: &Access) -> Vec<HeldRole> {
        self.0.keys().map(|name| self.role(name, Some(access))).collect()
    }

    /// How the role is held, from the person to it: `group sales-kr → sales_kr → sales_read`.
    pub(super) fn chain(&self, role: &str) -> String {
        self.0.get_key_value(role).map(|(name, _)| self.role(name, None).chain()).unwrap_or_default()
    }

    /// The role that brings this one, which is held directly.
    pub(super) fn first(&self, role: &str) -> Option<RoleName> {
        let (name, _) = self.0.get_key_value(role)?;
        self.path(name).1.into_iter().next()
    }

    /// A role that is held, with its title where the access file is at hand.
    fn role(&self, name: &RoleName, access: Option<&Access>) -> HeldRole {
        let is_functional = self.0.get(name).is_some_and(|held| held.is_functional);
        let title = access.and_then(|access| {
            if is_functional {
                access.functional_roles.get(name).and_then(|role| role.title.clone())
            } else {
                access.access_roles.get(name).and_then(|role| role.title.clone())
            }
        });
        let (by, path) = self.path(name);
        HeldRole { name: name.clone(), title, is_functional, by, path }
    }

    /// The roles from the one that is held directly to this one, and on what grounds that is.
    fn path(&self, role: &RoleName) -> (HeldBy, Vec<RoleName>) {
        let (mut path, mut at) = (vec![role.clone()], role);
        let by = loop {
            match self.0.get(at).map(|held| &held.way) {
                Some(Way::From(parent)) if path.len() <= self.0.len() => {
                    path.push(parent.clone());
                    at = parent;
                }
                Some(Way::User) => break HeldBy::Name,
                Some(Way::Group(group)) => break HeldBy::Group(group.clone()),
                Some(Way::Given | Way::From(_)) | None => break HeldBy::Gift,
            }
        };
        path.reverse();
        (by, path)
    }
}
