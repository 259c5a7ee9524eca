//! Which roles somebody holds, and how they came to each.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use super::viewer::{Basis, Viewer};
use crate::definitions::Catalog;
use crate::definitions::model::{Access, RoleName};
use crate::format::LocalizedText;

/// How many roles of a long path are told at its beginning and at its end.
const TOLD: usize = 20;

/// The roles a viewer holds, nearest first, each with how it is held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HeldRoles(IndexMap<RoleName, Held>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    way: Way,
    is_functional: bool,
    depth: usize,
    /// The first roles of the path to it, by their places: at most [`TOLD`].
    begin: Arc<[usize]>,
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
    /// The roles from the first to this one; of a long path without its middle, or what is told of many roles would
    /// grow with the square of their number.
    pub path: Vec<PathStep>,
    depth: usize,
}

/// A step on the path to a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// By this role.
    Role(RoleName),
    /// By so many roles that are not named.
    LeftOut(usize),
}

impl fmt::Display for PathStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "{role}"),
            Self::LeftOut(count) => write!(f, "… {count} more …"),
        }
    }
}

impl HeldRole {
    /// How it is held, from the person to it: `group sales-kr → sales_kr → sales_read`.
    pub fn chain(&self) -> String {
        chain(&self.by, self.path.iter())
    }

    /// How many roles lie between the person and it: 1 for one they hold directly.
    pub fn depth(&self) -> usize {
        self.depth
    }
}

fn chain(by: &HeldBy, path: impl Iterator<Item = impl fmt::Display>) -> String {
    let start = match by {
        HeldBy::Name => Some("listed by name".to_owned()),
        HeldBy::Group(group) => Some(format!("group `{group}`")),
        HeldBy::Gift => None,
    };
    start.into_iter().chain(path.map(|step| step.to_string())).collect::<Vec<_>>().join(" → ")
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
    /// The role at this place brings it.
    From(usize),
}

impl HeldRoles {
    /// The roles of a viewer. Breadth first, so that the shortest chain is the one that is told; a
    /// circle, which the check refuses, ends by itself.
    pub(super) fn of(viewer: &Viewer, access: &Access, catalog: &Catalog) -> Self {
        let mut held: IndexMap<RoleName, Held> = IndexMap::new();
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
                waiting.push_back((name, way, true));
            }
        }
        while let Some((name, way, is_functional)) = waiting.pop_front() {
            if held.contains_key(name) {
                continue;
            }
            let place = held.len();
            let above = if let Way::From(above) = way { held.get_index(above) } else { None };
            let (depth, begin) = match above {
                Some((_, above)) if above.begin.len() < TOLD => {
                    (above.depth + 1, above.begin.iter().copied().chain([place]).collect())
                }
                Some((_, above)) => (above.depth + 1, Arc::clone(&above.begin)),
                None => (1, Arc::from([place])),
            };
            held.insert(name.clone(), Held { way, is_functional, depth, begin });
            let mut bring = |role, is_functional| waiting.push_back((role, Way::From(place), is_functional));
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
        let all = self.0.iter().enumerate();
        all.map(|(place, (name, held))| self.role(place, name, held, access)).collect()
    }

    /// How the role is held, from the person to it: `group sales-kr → sales_kr → sales_read`. All of it, however long.
    pub(super) fn chain(&self, role: &str) -> String {
        let Some((place, _, held)) = self.0.get_full(role) else { return String::new() };
        let mut path: Vec<&RoleName> = self.upwards(place).take(held.depth).collect();
        path.reverse();
        chain(&self.by(held), path.into_iter())
    }

    /// The role that brings this one, which is held directly.
    pub(super) fn first(&self, role: &str) -> Option<RoleName> {
        let first = self.0.get(role)?.begin.first()?;
        self.0.get_index(*first).map(|(name, _)| name.clone())
    }

    /// A role that is held, with its title.
    fn role(&self, place: usize, name: &RoleName, held: &Held, access: &Access) -> HeldRole {
        let title = if held.is_functional {
            access.functional_roles.get(name).and_then(|role| role.title.clone())
        } else {
            access.access_roles.get(name).and_then(|role| role.title.clone())
        };
        let begin = held.begin.iter().filter_map(|place| self.0.get_index(*place));
        let mut path: Vec<PathStep> = begin.map(|(name, _)| PathStep::Role(name.clone())).collect();
        let rest = held.depth.saturating_sub(path.len());
        if rest > TOLD {
            path.push(PathStep::LeftOut(rest - TOLD));
        }
        let mut end: Vec<&RoleName> = self.upwards(place).take(rest.min(TOLD)).collect();
        end.reverse();
        path.extend(end.into_iter().cloned().map(PathStep::Role));
        HeldRole {
            name: name.clone(),
            title,
            is_functional: held.is_functional,
            by: self.by(held),
            path,
            depth: held.depth,
        }
    }

    /// The roles of the path to the one at this place, from it upwards.
    fn upwards(&self, place: usize) -> impl Iterator<Item = &RoleName> {
        let mut at = Some(place);
        std::iter::from_fn(move || {
            let (name, held) = self.0.get_index(at?)?;
            at = if let Way::From(above) = held.way { Some(above) } else { None };
            Some(name)
        })
    }

    /// On what grounds the first role of the path is held.
    fn by(&self, held: &Held) -> HeldBy {
        let first = held.begin.first().and_then(|place| self.0.get_index(*place));
        match first.map(|(_, held)| &held.way) {
            Some(Way::User) => HeldBy::Name,
            Some(Way::Group(group)) => HeldBy::Group(group.clone()),
            Some(Way::Given | Way::From(_)) | None => HeldBy::Gift,
        }
    }
}
