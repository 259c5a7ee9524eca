//! What roles bring, so that those who hold the same are asked about once: of ten thousand roles most differ in nothing
//! but their names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::definitions::Catalog;
use crate::definitions::model::{Access, FunctionalRole, RoleName};

/// What somebody holds of all that makes a difference: roles that objects name, and lists of grants. Whoever has the
/// same has the same rights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Effect(Vec<u64>);

impl Effect {
    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (number % 64);
        }
    }

    /// Adds what `other` has, and says whether that is anything new.
    fn add(&mut self, other: &Self) -> bool {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut is_new = false;
        for (mine, more) in self.0.iter_mut().zip(&other.0) {
            is_new |= *more & !*mine != 0;
            *mine |= more;
        }
        is_new
    }
}

/// What each functional role brings, with all that it inherits.
#[derive(Debug)]
pub(super) struct Effects<'a> {
    of: HashMap<&'a str, Effect>,
}

impl<'a> Effects<'a> {
    pub(super) fn of(access: &'a Access, catalog: &Catalog) -> Self {
        let (graph, count) = (Graph::of(access), access.functional_roles.len());
        let mut effects = own(access, catalog);
        // From below upwards once is enough where there is no circle; the check refuses those, and this ends with them.
        let order = graph.lowest_first();
        let mut changed = true;
        while changed {
            changed = false;
            for role in &order {
                let mut whole = effects.get_mut(*role).map(std::mem::take).unwrap_or_default();
                for below in graph.0.get(*role).into_iter().flatten() {
                    changed |= effects.get(*below).is_some_and(|effect| whole.add(effect));
                }
                if let Some(effect) = effects.get_mut(*role) {
                    *effect = whole;
                }
            }
        }
        let names = access.functional_roles.keys().map(RoleName::as_str);
        Self { of: names.zip(effects.into_iter().take(count)).collect() }
    }

    /// What a role brings.
    pub(super) fn of_role(&self, role: &str) -> Effect {
        self.of.get(role).cloned().unwrap_or_default()
    }

    /// What each of those whom `listed` names in a role has together.
    pub(super) fn of_listed(
        &self,
        access: &'a Access,
        listed: impl Fn(&'a FunctionalRole) -> &'a [String],
    ) -> BTreeMap<&'a str, Effect> {
        let mut all: BTreeMap<&str, Effect> = BTreeMap::new();
        for (name, role) in &access.functional_roles {
            let Some(effect) = self.of.get(name.as_str()) else { continue };
            for one in listed(role) {
                all.entry(one.as_str()).or_default().add(effect);
            }
        }
        all
    }
}

/// What each role has by itself: functional roles first, in the order of the file.
fn own(access: &Access, catalog: &Catalog) -> Vec<Effect> {
    let named = named(catalog);
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut number = |what: String| {
        let next = numbers.len();
        *numbers.entry(what).or_insert(next)
    };
    let functional = access.functional_roles.keys().map(|name| (name, None));
    let roles = functional.chain(access.access_roles.iter().map(|(name, role)| (name, Some(&role.grants))));
    let effect = |(name, grants): (&RoleName, Option<&Vec<_>>)| {
        let mut effect = Effect::default();
        if named.contains(name.as_str()) {
            effect.insert(number(format!("role {name}")));
        }
        if let Some(grants) = grants.filter(|grants| !grants.is_empty()) {
            effect.insert(number(format!("{grants:?}")));
        }
        effect
    };
    roles.map(effect).collect()
}

/// The roles that objects name: who holds such a one may see others than who does not.
fn named(catalog: &Catalog) -> BTreeSet<&str> {
    let mut named: BTreeSet<&str> = catalog.sources.values().map(|source| source.owner.as_str()).collect();
    named.extend(catalog.reports.values().map(|report| report.owner.as_str()));
    for dataset in catalog.datasets.values() {
        named.insert(&dataset.owner);
        if let Some(security) = &dataset.security {
            named.extend(security.access.iter().map(RoleName::as_str));
            named.extend(security.rows.keys().map(RoleName::as_str));
            let columns = security.columns.values();
            named.extend(columns.flat_map(|rule| rule.roles.keys()).map(RoleName::as_str));
        }
    }
    named
}

/// Which roles each brings, by their places: functional roles first, in the order of the file.
struct Graph(Vec<Vec<usize>>);

impl Graph {
    fn of(access: &Access) -> Self {
        let count = access.functional_roles.len();
        let functional = |name: &RoleName| access.functional_roles.get_index_of(name);
        let objects = |name: &RoleName| access.access_roles.get_index_of(name).map(|place| count + place);
        let people = access.functional_roles.values().map(|role| {
            let inherits = role.inherits.iter().filter_map(functional);
            inherits.chain(role.access.iter().filter_map(objects)).collect()
        });
        let grants =
            access.access_roles.values().map(|role| role.inherits.iter().filter_map(objects).collect());
        Self(people.chain(grants).collect())
    }

    /// Every role after those that it brings, as far as there is no circle.
    fn lowest_first(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.0.len());
        let mut seen = vec![false; self.0.len()];
        let mut open: Vec<(usize, bool)> = (0..self.0.len()).rev().map(|role| (role, false)).collect();
        // With an own stack: a chain may be as long as the file allows.
        while let Some((role, is_done)) = open.pop() {
            if is_done {
                order.push(role);
                continue;
            }
            if seen.get(role).copied().unwrap_or(true) {
                continue;
            }
            seen.get_mut(role).into_iter().for_each(|seen| *seen = true);
            open.push((role, true));
            open.extend(self.0.get(role).into_iter().flatten().map(|below| (*below, false)));
        }
        order
    }
}
