//! Everything that everybody named in the access file may do, so that two versions can be compared.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;

use super::effects::{Effect, Effects};
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
    let mut known: HashMap<Effect, Vec<(String, String)>> = HashMap::new();
    for (subject, effect, viewer) in subjects(access, catalog) {
        let own = known.entry(effect).or_insert_with(|| {
            let (catalog, attributes) = (Arc::clone(catalog), symbolic.clone());
            of(&Standing::with_attributes(viewer, catalog, attributes, MaskKey::new([0; 32])))
        });
        let right = |(object, right): &(String, String)| Right {
            subject: subject.clone(),
            object: object.clone(),
            right: right.clone(),
        };
        all.extend(own.iter().map(right));
    }
    all
}

/// Everything that somebody may do or see: with what, and what.
fn of(standing: &Standing) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (name, object) in objects(standing.catalog()) {
        let allowed = Action::ALL.into_iter().filter(|action| standing.may(*action, object));
        all.extend(allowed.map(|action| (name.clone(), action.to_string())));
        if let Object::Dataset(id) = object
            && let Ok(restriction) = standing.restriction(id)
        {
            all.extend(restriction.told().into_iter().map(|line| (name.clone(), line)));
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

/// Every role, person and group that the access file names, with what makes their rights.
fn subjects<'a>(
    access: &'a Access,
    catalog: &Catalog,
) -> impl Iterator<Item = (String, Effect, Viewer)> + use<'a> {
    let effects = Effects::of(access, catalog);
    let users = effects.of_listed(access, |role| &role.users).into_iter().map(|(user, effect)| {
        let viewer = Viewer::person(Person { name: user.to_owned(), ..Person::default() });
        (format!("user {user}"), effect, viewer)
    });
    let groups = effects.of_listed(access, |role| &role.groups).into_iter().map(|(group, effect)| {
        let groups = BTreeSet::from([group.to_owned()]);
        (format!("group {group}"), effect, Viewer::person(Person { groups, ..Person::default() }))
    });
    let roles = access.functional_roles.keys().map(move |role| {
        let name = format!("role {role}");
        (name.clone(), effects.of_role(role.as_str()), Viewer::role(name, role.as_str()))
    });
    roles.chain(users).chain(groups)
}
