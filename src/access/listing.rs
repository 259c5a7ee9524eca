//! Everything that everybody named in the access file may do, so that two versions can be compared.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::{Action, Attributes, MaskKey, Object, Person, Standing, Viewer};
use crate::definitions::Catalog;
use crate::definitions::model::Access;

/// One thing that one subject may do or see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Right {
    /// `role sales_kr`, `user kim@example.com`, `group sales`.
    pub subject: String,
    /// `report weekly-sales`, `dataset sales`, `source lake`, `server`.
    pub object: String,
    /// An action, or what is seen of a dataset: `view`, `rows: country = 'KR'`, `cost: hidden`.
    pub right: String,
}

/// Every right of every role, person and group that the access file of `catalog` names. Attributes of
/// viewers stand by their names.
pub fn rights(catalog: &Arc<Catalog>) -> BTreeSet<Right> {
    let mut all = BTreeSet::new();
    let Some(access) = &catalog.access else { return all };
    let mut symbolic = Attributes::new();
    for name in access.attributes.keys() {
        symbolic.insert(name.to_string(), BTreeSet::from([format!("viewer.{name}")]));
    }
    for (subject, viewer) in subjects(access) {
        let standing =
            Standing::with_attributes(viewer, Arc::clone(catalog), symbolic.clone(), MaskKey::new([0; 32]));
        let mut add = |object: &str, right: String| {
            all.insert(Right { subject: subject.clone(), object: object.to_owned(), right });
        };
        for (name, object) in objects(catalog) {
            for action in Action::ALL.into_iter().filter(|action| standing.may(*action, object)) {
                add(&name, action.to_string());
            }
            if let Object::Dataset(id) = object
                && let Ok(restriction) = standing.restriction(id)
            {
                restriction.told().into_iter().for_each(|line| add(&name, line));
            }
        }
    }
    all
}

/// Everything that actions are about, with its name in words.
pub fn objects(catalog: &Catalog) -> Vec<(String, Object<'_>)> {
    let sources = catalog.sources.keys().map(|id| (format!("source {id}"), Object::Source(id)));
    let datasets = catalog.datasets.keys().map(|id| (format!("dataset {id}"), Object::Dataset(id)));
    let reports = catalog.reports.keys().map(|id| (format!("report {id}"), Object::Report(id)));
    sources.chain(datasets).chain(reports).chain([("server".to_owned(), Object::Server)]).collect()
}

fn subjects(access: &Access) -> Vec<(String, Viewer)> {
    let roles = access.functional_roles.keys().map(|role| {
        let name = format!("role {role}");
        (name.clone(), Viewer::role(name, role.as_str()))
    });
    let of_roles = access.functional_roles.values();
    let users: BTreeSet<&String> = of_roles.clone().flat_map(|role| &role.users).collect();
    let groups: BTreeSet<&String> = of_roles.flat_map(|role| &role.groups).collect();
    let users = users.into_iter().map(|user| {
        (format!("user {user}"), Viewer::person(Person { name: user.clone(), ..Person::default() }))
    });
    let groups = groups.into_iter().map(|group| {
        let groups = BTreeSet::from([group.clone()]);
        (format!("group {group}"), Viewer::person(Person { groups, ..Person::default() }))
    });
    roles.chain(users).chain(groups).collect()
}
