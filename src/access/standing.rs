//! What somebody may do in a workspace, and why.

use std::sync::Arc;

use super::ground::{Ground, Why};
use super::restriction::{ColumnMask, MaskKey, Restriction, Unrestricted, column_mask, weaker};
use super::roles::{HeldRole, HeldRoles};
use super::row_filter::RowTest;
use super::viewer::{Attributes, Basis, Viewer};
use super::{Action, Object, Refusal, objects};
use crate::definitions::model::{
    Attribute, Dataset, DatasetAttribute, DatasetId, Grant, Report, ReportId, RoleName, RowRule,
};
use crate::definitions::{Catalog, DefinitionKind};

/// Why something is allowed, in words: the chain of roles from the person to the grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(pub String);

/// A viewer before one version of the workspace, with what is known of them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Standing {
    viewer: Viewer,
    catalog: Arc<Catalog>,
    held: Arc<HeldRoles>,
    attributes: Arc<Attributes>,
    key: MaskKey,
}

impl Standing {
    /// The standing of `viewer`. `looked_up` are the attributes that datasets tell, see
    /// [`attributes_to_look_up`]; those that claims tell are taken from the person.
    pub fn new(viewer: Viewer, catalog: Arc<Catalog>, looked_up: &Attributes, key: MaskKey) -> Self {
        let mut attributes = Attributes::new();
        if let Some(access) = &catalog.access {
            for (name, attribute) in &access.attributes {
                let values = match attribute {
                    Attribute::Claim(claim) => viewer
                        .as_person()
                        .and_then(|person| person.claims.get(&claim.claim))
                        .map(|values| values.iter().cloned().collect()),
                    Attribute::Dataset(_) => looked_up.get(name.as_str()).cloned(),
                };
                attributes.extend(values.map(|values| (name.to_string(), values)));
            }
        }
        Self::with_attributes(viewer, catalog, attributes, key)
    }

    /// The standing of a viewer of whom exactly `attributes` are known.
    pub(super) fn with_attributes(
        viewer: Viewer,
        catalog: Arc<Catalog>,
        attributes: Attributes,
        key: MaskKey,
    ) -> Self {
        let access = catalog.access.as_deref();
        let held = access.map(|access| HeldRoles::of(&viewer, access, &catalog)).unwrap_or_default();
        Self { viewer, catalog, held: Arc::new(held), attributes: Arc::new(attributes), key }
    }

    /// Who it is.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The version of the workspace that it is about.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// What is known of them.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The roles they hold, nearest first, each with how it is held.
    pub fn roles(&self) -> Vec<HeldRole> {
        self.catalog.access.as_deref().map(|access| self.held.told(access)).unwrap_or_default()
    }

    /// Whether they may.
    pub fn may(&self, action: Action, object: Object<'_>) -> bool {
        self.within_scope(&[action], object).is_ok() && self.allowed(action, object).is_ok()
    }

    /// Whether they hold the role that owns a report.
    pub fn owns(&self, report: &ReportId) -> bool {
        self.owner(Object::Report(report)).is_some_and(|owner| self.held.contains(owner))
    }

    /// Whether they may with any report, dataset or source.
    pub fn may_with_any(&self, action: Action) -> bool {
        objects(&self.catalog).iter().any(|(_, object)| self.may(action, *object))
    }

    /// Whether they may, and why or why not.
    pub fn decide(&self, action: Action, object: Object<'_>) -> Result<Reason, Refusal> {
        let allowed = self.within_scope(&[action], object).and_then(|()| self.allowed(action, object));
        allowed.map(|ground| self.reason(ground)).map_err(|refusal| self.in_full(refusal, object))
    }

    /// The words for what allows it: kept apart, because most decisions are asked for their answer only.
    fn reason(&self, ground: Ground<'_>) -> Reason {
        Reason(match ground {
            Ground::Operator => "whoever has the machine may do everything".into(),
            Ground::NoRoles => "a workspace without roles hides nothing from schedules".into(),
            Ground::Role(role, why) => format!("{} ({why})", self.held.chain(role)),
        })
    }

    /// A refusal with the roles that would grant what was asked.
    fn in_full(&self, refusal: Refusal, object: Object<'_>) -> Refusal {
        match refusal {
            Refusal::NoGrant { action, .. } => {
                Refusal::NoGrant { action, roles: self.granting(action, object) }
            }
            Refusal::ClosedDataset { dataset, because } => {
                let because = Box::new(self.in_full(*because, Object::Dataset(&dataset)));
                Refusal::ClosedDataset { dataset, because }
            }
            other => other,
        }
    }

    /// Whether they may see the numbers of a report, on screen or in a file: what a token for files only asks
    /// of their roles is the same.
    pub fn may_see(&self, report: &ReportId) -> bool {
        let object = Object::Report(report);
        self.within_scope(&[Action::View, Action::Export], object).is_ok()
            && self.allowed(Action::View, object).is_ok()
    }

    /// Whether the token or link that they came through, if any, was made for one of these actions.
    fn within_scope(&self, actions: &[Action], object: Object<'_>) -> Result<(), Refusal> {
        let scope = self.viewer.scope();
        if scope.actions.as_ref().is_some_and(|made_for| actions.iter().all(|one| !made_for.contains(one))) {
            return Err(Refusal::OutOfScope);
        }
        match (&scope.reports, object) {
            (Some(reports), Object::Report(id)) if !reports.contains(id) => Err(Refusal::OutOfScope),
            _ => Ok(()),
        }
    }

    /// What their roles say, whatever they came through. A refusal does not name the roles that would grant it.
    fn allowed(&self, action: Action, object: Object<'_>) -> Result<Ground<'_>, Refusal> {
        if self.viewer.is_operator() {
            return Ok(Ground::Operator);
        }
        if self.catalog.access.is_none() {
            // The check keeps datasets with rules out of a workspace without roles.
            return match self.viewer.basis() {
                Basis::Owner(_) => Ok(Ground::NoRoles),
                _ => Err(Refusal::NoRoles),
            };
        }
        let ground = self.granted(action, object)?;
        match (action, object) {
            (Action::View | Action::Explore | Action::Export, Object::Dataset(id)) => {
                let dataset = self.catalog.datasets.get(id).ok_or(Refusal::NoObject)?;
                self.rows(dataset)?;
            }
            (Action::View | Action::Explore | Action::Export | Action::Schedule, Object::Report(id)) => {
                let report = self.catalog.reports.get(id).ok_or(Refusal::NoObject)?;
                let needed = if action == Action::Schedule { Action::View } else { action };
                for dataset in report.datasets() {
                    self.allowed(needed, Object::Dataset(dataset)).map_err(|refusal| {
                        Refusal::ClosedDataset { dataset: dataset.clone(), because: Box::new(refusal) }
                    })?;
                }
            }
            _ => {}
        }
        Ok(ground)
    }

    /// What they may see of a dataset in reports and own questions.
    pub fn restriction(&self, id: &DatasetId) -> Result<Restriction, Refusal> {
        if self.viewer.is_operator() {
            return Ok(Restriction::none(Unrestricted::Operator));
        }
        // Rows and columns are the same on screen, in files and in answers to own questions: a token that was
        // made for one of them need not be made for the others.
        self.within_scope(&[Action::View, Action::Explore, Action::Export], Object::Dataset(id))?;
        let object = Object::Dataset(id);
        self.allowed(Action::View, object).map_err(|refusal| self.in_full(refusal, object))?;
        let dataset = self.catalog.datasets.get(id).ok_or(Refusal::NoObject)?;
        let mut restriction = Restriction::none(Unrestricted::Check);
        restriction.rows = self.rows(dataset)?;
        let Some(security) = &dataset.security else { return Ok(restriction) };
        restriction.minimum_group = security.minimum_group;
        for (field, rule) in &security.columns {
            let of_roles = rule.roles.iter().filter(|(role, _)| self.held.contains(role.as_str()));
            // What everybody sees is never taken away by a role.
            let mask = of_roles.map(|(_, mask)| *mask).fold(rule.mask, weaker);
            restriction.columns.extend(column_mask(mask, self.key).map(|mask| (field.clone(), mask)));
        }
        hide_what_follows(dataset, &mut restriction);
        Ok(restriction)
    }

    /// A digest of what they may see of everything a report shows: whoever has the same may see the same
    /// files of it.
    pub fn fingerprint(&self, report: &Report) -> Result<String, Refusal> {
        let mut prints = Vec::new();
        for id in report.datasets() {
            prints.push(format!("{id} {}", self.restriction(id)?.fingerprint()));
            prints.extend(self.roles_at_sources(id).map(|role| format!("{id} as {role}")));
        }
        prints.sort();
        prints.dedup();
        Ok(prints.join("\n"))
    }

    /// The roles that sources of a dataset are asked as for them, where these know such: rules of the source's own may
    /// tell them apart.
    fn roles_at_sources<'a>(&'a self, dataset: &'a DatasetId) -> impl Iterator<Item = &'a str> {
        let payer = self.payer(dataset);
        let sources = self.catalog.datasets.get(dataset).into_iter().flat_map(|dataset| dataset.sources());
        let sources = sources.filter_map(|id| self.catalog.sources.get(id));
        sources.filter_map(move |source| source.role_for(payer.as_ref()?.as_str()))
    }

    /// The rows that the rules of their roles leave together.
    fn rows(&self, dataset: &Dataset) -> Result<RowTest, Refusal> {
        let rules = dataset.security.as_ref().map(|security| &security.rows).filter(|rows| !rows.is_empty());
        let Some(rules) = rules else { return Ok(RowTest::Known(Some(true))) };
        let held: Vec<_> = rules.iter().filter(|(role, _)| self.held.contains(role.as_str())).collect();
        if held.is_empty() {
            return Err(Refusal::NoRowRule { roles: rules.keys().cloned().collect() });
        }
        let tests = held.iter().map(|(_, rule)| match rule {
            RowRule::All => RowTest::Known(Some(true)),
            RowRule::Where(condition) => RowTest::of(condition, &self.attributes),
        });
        let together = RowTest::any_of(tests);
        if together.may_hold() {
            return Ok(together);
        }
        let unknown = held.iter().flat_map(|(_, rule)| match rule {
            RowRule::Where(condition) => condition.names(),
            RowRule::All => &[],
        });
        let unknown = unknown.filter_map(|name| name.strip_prefix("viewer."));
        let unknown = unknown.filter(|name| !self.attributes.contains_key(*name)).map(str::to_owned);
        Err(Refusal::NoRows { unknown: unknown.collect() })
    }

    /// The functional role on whose account they see a dataset: of those that they hold directly, the one that lets
    /// them, by the shortest way. `None` where no role does, as for whoever has the machine.
    pub fn payer(&self, dataset: &DatasetId) -> Option<RoleName> {
        let (role, _) = self.granting_role(Action::View, Object::Dataset(dataset))?;
        self.held.first(role)
    }

    /// Why the action itself is allowed.
    fn granted(&self, action: Action, object: Object<'_>) -> Result<Ground<'_>, Refusal> {
        if self.catalog.access.is_none() {
            return Err(Refusal::NoRoles);
        }
        match self.granting_role(action, object) {
            Some((role, why)) => Ok(Ground::Role(role, why)),
            None if self.exists(object) => Err(Refusal::NoGrant { action, roles: Vec::new() }),
            None => Err(Refusal::NoObject),
        }
    }

    /// The role that allows the action itself, and by what.
    fn granting_role(&self, action: Action, object: Object<'_>) -> Option<(&str, Why)> {
        let access = self.catalog.access.as_ref()?;
        if action != Action::Administer
            && let Some(owner) = self.owner(object)
            && self.held.contains(owner)
        {
            return Some((owner, Why::Owner));
        }
        let by_grant = self.held.access_roles().find(|name| {
            let grants = access.access_roles.get(*name).map(|role| role.grants.as_slice());
            grants.unwrap_or_default().iter().any(|grant| self.covers(grant, action, object))
        });
        if let Some(role) = by_grant {
            return Some((role.as_str(), Why::Grants(action)));
        }
        if let (Action::View | Action::Explore | Action::Export, Object::Dataset(id)) = (action, object) {
            let dataset = self.catalog.datasets.get(id)?;
            let listed = dataset.security.iter().flat_map(|security| &security.access);
            let role = listed.into_iter().find(|role| self.held.contains(role.as_str()))?;
            return Some((role.as_str(), Why::Listed));
        }
        None
    }

    /// The access roles that grant it, for whoever explains a refusal.
    fn granting(&self, action: Action, object: Object<'_>) -> Vec<RoleName> {
        let Some(access) = &self.catalog.access else { return Vec::new() };
        let mut roles: Vec<RoleName> = access
            .access_roles
            .iter()
            .filter(|(_, role)| role.grants.iter().any(|grant| self.covers(grant, action, object)))
            .map(|(name, _)| name.clone())
            .collect();
        if let (Action::View | Action::Explore | Action::Export, Object::Dataset(id)) = (action, object) {
            let listed = self.catalog.datasets.get(id).and_then(|dataset| dataset.security.as_ref());
            roles.extend(listed.into_iter().flat_map(|security| security.access.iter().cloned()));
        }
        roles
    }

    fn covers(&self, grant: &Grant, action: Action, object: Object<'_>) -> bool {
        if !grant.actions.contains(&action) {
            return false;
        }
        let named = match object {
            Object::Source(id) => grant.sources.contains(id),
            Object::Dataset(id) => {
                let in_sources = || {
                    let dataset = self.catalog.datasets.get(id);
                    // Rows of a source that is not granted do not come with those of one that is.
                    dataset
                        .is_some_and(|dataset| dataset.sources().all(|source| grant.sources.contains(source)))
                };
                grant.datasets.contains(id) || in_sources()
            }
            Object::Report(id) => grant.reports.contains(id),
            Object::File(_) => false,
            Object::Server => return action == Action::Administer,
        };
        named || self.in_folder(grant, object)
    }

    fn in_folder(&self, grant: &Grant, object: Object<'_>) -> bool {
        if grant.folders.is_empty() {
            return false;
        }
        let of_object = || key(object).and_then(|key| self.catalog.files.get(&key)).map(String::as_str);
        let file = if let Object::File(file) = object { Some(file) } else { of_object() };
        let Some(file) = file else { return false };
        grant.folders.iter().map(|folder| folder.trim_matches('/')).any(|folder| {
            folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    fn owner(&self, object: Object<'_>) -> Option<&str> {
        Some(match object {
            Object::Source(id) => &self.catalog.sources.get(id)?.owner,
            Object::Dataset(id) => &self.catalog.datasets.get(id)?.owner,
            Object::Report(id) => &self.catalog.reports.get(id)?.owner,
            Object::File(file) => {
                let key = self.catalog.files.iter().find(|(_, name)| *name == file)?.0;
                return self.owner_of(key.0, &key.1);
            }
            Object::Server => return None,
        })
    }

    fn owner_of(&self, kind: DefinitionKind, id: &str) -> Option<&str> {
        let catalog = &self.catalog;
        Some(match kind {
            DefinitionKind::Source => &catalog.sources.get(id)?.owner,
            DefinitionKind::Dataset => &catalog.datasets.get(id)?.owner,
            DefinitionKind::Report => &catalog.reports.get(id)?.owner,
            DefinitionKind::Theme => &catalog.themes.get(id)?.owner,
            DefinitionKind::Calendar => &catalog.calendars.get(id)?.owner,
            DefinitionKind::Destination => &catalog.destinations.get(id)?.owner,
            DefinitionKind::Access => &catalog.access.as_ref()?.owner,
            DefinitionKind::Costs => &catalog.costs.as_ref()?.owner,
        })
    }

    fn exists(&self, object: Object<'_>) -> bool {
        matches!(object, Object::Server | Object::File(_)) || self.owner(object).is_some()
    }
}

/// Metrics that are computed from hidden numbers are hidden too: their values would tell them.
fn hide_what_follows(dataset: &Dataset, restriction: &mut Restriction) {
    loop {
        let open = dataset.metrics.iter().filter(|(name, _)| !restriction.hides(name));
        let told = open.filter(|(_, metric)| metric.numbers().iter().any(|number| restriction.hides(number)));
        let told: Vec<_> = told.map(|(name, _)| (name.clone(), ColumnMask::Hidden)).collect();
        if told.is_empty() {
            return;
        }
        restriction.columns.extend(told);
    }
}

/// The attributes of `viewer` that datasets tell, by name.
pub fn attributes_to_look_up<'a>(
    viewer: &Viewer,
    catalog: &'a Catalog,
) -> Vec<(&'a str, &'a DatasetAttribute)> {
    let Basis::Person(_) = viewer.basis() else { return Vec::new() };
    let attributes = catalog.access.iter().flat_map(|access| &access.attributes);
    attributes
        .filter_map(|(name, attribute)| match attribute {
            Attribute::Dataset(of) => Some((name.as_str(), of)),
            Attribute::Claim(_) => None,
        })
        .collect()
}

fn key(object: Object<'_>) -> Option<(DefinitionKind, String)> {
    Some(match object {
        Object::Source(id) => (DefinitionKind::Source, id.to_string()),
        Object::Dataset(id) => (DefinitionKind::Dataset, id.to_string()),
        Object::Report(id) => (DefinitionKind::Report, id.to_string()),
        Object::File(_) | Object::Server => return None,
    })
}
