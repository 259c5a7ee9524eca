//! The access file: do roles and objects exist, is there a way around in a circle, and does everybody
//! who is named hold something?

use std::collections::{BTreeMap, BTreeSet, HashSet};

use indexmap::IndexSet;

use super::circle::{around, circles};
use super::known::Known;
use super::{Findings, recipient, text};
use crate::definitions::catalog::ACCESS_ID;
use crate::definitions::diagnostic::Severity;
use crate::definitions::model::{Access, Action, Attribute, Grant, RoleName};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

pub(super) fn check(
    file: &str,
    access: &Access,
    known: &Known<'_>,
    policy: &Policy,
    findings: &mut Findings<'_>,
) {
    let root = FieldPath::root();
    if !matches!(file, "access.yaml" | "access.yml") {
        let message = format!("the access file stands as `{ACCESS_ID}.yaml` at the top of the workspace");
        findings.error(&root, "bad_place", message, "there is one for all reports; move it there".to_owned());
    }
    text::owner(&access.owner, findings);
    attributes(access, known, findings);
    let functional: IndexSet<&str> = access.functional_roles.keys().map(RoleName::as_str).collect();
    let objects: IndexSet<&str> = access.access_roles.keys().map(RoleName::as_str).collect();
    for name in functional.iter().filter(|name| objects.contains(*name)) {
        let path = root.key("access_roles").key(name);
        let message = format!("`{name}` is the name of a functional role already");
        let help = "roles share one list of names; end one of them in `_read` or the like".to_owned();
        findings.error_at_key(&path, "duplicate_name", message, help);
    }
    people(access, &functional, &objects, policy, findings);
    grants(access, &functional, &objects, known, findings);
    unheld(access, findings);
}

fn attributes(access: &Access, known: &Known<'_>, findings: &mut Findings<'_>) {
    for (name, attribute) in &access.attributes {
        let path = FieldPath::root().key("attributes").key(name.as_str());
        if name.as_str().contains('.') {
            findings.error_at_key(&path, "bad_name", "the name of an attribute cannot contain `.`", None);
        }
        match attribute {
            Attribute::Claim(claim) => text::one_line(&claim.claim, &path.key("claim"), findings),
            Attribute::Dataset(of) => {
                let Some(fields) = known.datasets.get(of.dataset.as_str()) else {
                    let help = names::offer(of.dataset.as_str(), "datasets", known.datasets.keys().copied());
                    let message = format!("there is no dataset `{}`", of.dataset);
                    findings.error(&path.key("dataset"), "unknown_dataset", message, help);
                    continue;
                };
                for (key, field) in [("person", &of.person), ("value", &of.value)] {
                    if fields.is_readable() && !fields.has_dimension(field) {
                        let (message, help) = fields.no_dimension(of.dataset.as_str(), field);
                        findings.error(&path.key(key), "unknown_field", message, help);
                    }
                }
            }
        }
    }
}

/// The functional roles.
fn people(
    access: &Access,
    functional: &IndexSet<&str>,
    objects: &IndexSet<&str>,
    policy: &Policy,
    findings: &mut Findings<'_>,
) {
    let root = FieldPath::root().key("functional_roles");
    let mut uses = BTreeMap::new();
    for (name, role) in &access.functional_roles {
        let path = root.key(name.as_str());
        text::title(role.title.as_ref(), &path.key("title"), findings);
        if let Some(contact) = &role.contact {
            recipient::check(contact, &path.key("contact"), policy, findings);
        }
        for (at, group) in super::items(&path.key("groups"), &role.groups) {
            text::one_line(group, &at, findings);
        }
        for (at, user) in super::items(&path.key("users"), &role.users) {
            text::one_line(user, &at, findings);
            if user.trim() != user || user.to_lowercase() != *user {
                let help = format!("write `{}`", user.trim().to_lowercase());
                findings.error(&at, "bad_name", "people are named in lower case and without spaces", help);
            }
        }
        let hint = |other: &str| {
            objects.contains(other).then(|| format!("`{other}` is an access role; list it under `access`"))
        };
        roles(&role.inherits, &path.key("inherits"), functional, "functional role", hint, findings);
        let hint = |other: &str| {
            let is_functional = functional.contains(other);
            is_functional.then(|| format!("`{other}` is a functional role; list it under `inherits`"))
        };
        roles(&role.access, &path.key("access"), objects, "access role", hint, findings);
        uses.insert(name.as_str(), role.inherits.iter().map(ToString::to_string).collect());
    }
    no_circles(&uses, &root, findings);
}

/// The access roles and their grants.
fn grants(
    access: &Access,
    functional: &IndexSet<&str>,
    objects: &IndexSet<&str>,
    known: &Known<'_>,
    findings: &mut Findings<'_>,
) {
    let root = FieldPath::root().key("access_roles");
    let mut uses = BTreeMap::new();
    let datasets: IndexSet<&str> = known.datasets.keys().copied().collect();
    let reports: IndexSet<&str> = known.reports.keys().copied().collect();
    let sources: IndexSet<&str> = known.sources.iter().copied().collect();
    let valid = [("source", &sources), ("dataset", &datasets), ("report", &reports)];
    for (name, role) in &access.access_roles {
        let path = root.key(name.as_str());
        text::title(role.title.as_ref(), &path.key("title"), findings);
        let hint = |other: &str| {
            let is_functional = functional.contains(other);
            is_functional
                .then(|| format!("`{other}` is a functional role, and access roles do not inherit those"))
        };
        roles(&role.inherits, &path.key("inherits"), objects, "access role", hint, findings);
        for (index, grant) in role.grants.iter().enumerate() {
            objects_of(grant, &path.key("grants").index(index), valid, &known.folders, findings);
        }
        uses.insert(name.as_str(), role.inherits.iter().map(ToString::to_string).collect());
    }
    no_circles(&uses, &root, findings);
}

/// The objects of a grant: do they exist? `valid` are those that do, by what they are called.
fn objects_of(
    grant: &Grant,
    path: &FieldPath,
    valid: [(&str, &IndexSet<&str>); 3],
    folders: &BTreeSet<String>,
    findings: &mut Findings<'_>,
) {
    if grant.actions.is_empty() {
        findings.error(
            &path.key("actions"),
            "empty",
            "the grant allows nothing",
            "name an action".to_owned(),
        );
    }
    let count = grant.sources.len() + grant.datasets.len() + grant.reports.len() + grant.folders.len();
    let administers = grant.actions.contains(&Action::Administer);
    if administers && (count > 0 || grant.actions.len() > 1) {
        let help = "write `- actions: [administer]` as a grant of its own".to_owned();
        let message = "`administer` is about the whole server; it stands alone and without objects";
        findings.error(&path.key("actions"), "not_applicable", message, help);
    } else if !administers && count == 0 {
        let help = "name `reports`, `datasets`, `sources` or `folders`; `folders: [/]` is all".to_owned();
        findings.error(path, "missing_key", "the grant names no objects", help);
    }
    let given: [Vec<&str>; 3] = [
        grant.sources.iter().map(AsRef::as_ref).collect(),
        grant.datasets.iter().map(AsRef::as_ref).collect(),
        grant.reports.iter().map(AsRef::as_ref).collect(),
    ];
    for (given, (what, valid)) in given.iter().zip(valid) {
        exist(given, &path.key(format!("{what}s")), what, valid, findings);
    }
    for (at, folder) in super::items(&path.key("folders"), &grant.folders) {
        let name = folder.trim_matches('/');
        if !name.is_empty() && !folders.contains(name) && !findings.is_full() {
            let help = names::offer(name, "folders", folders.iter().map(String::as_str));
            let message = format!("no definition is in a folder `{}`", names::printable(folder));
            findings.error(&at, "unknown_folder", message, help);
        }
    }
}

fn exist(given: &[&str], path: &FieldPath, what: &str, valid: &IndexSet<&str>, findings: &mut Findings<'_>) {
    for (index, name) in given.iter().enumerate().filter(|(_, name)| !valid.contains(*name)) {
        if findings.is_full() {
            return;
        }
        let help = names::offer(name, &format!("{what}s"), valid.iter().copied());
        findings.error(&path.index(index), "unknown_object", format!("there is no {what} `{name}`"), help);
    }
}

fn roles(
    given: &[RoleName],
    path: &FieldPath,
    valid: &IndexSet<&str>,
    what: &str,
    hint: impl Fn(&str) -> Option<String>,
    findings: &mut Findings<'_>,
) {
    for (at, name) in super::items(path, given) {
        // Looking for the nearest name takes its time: not for what is not shown.
        if !findings.is_full() && !valid.contains(name.as_str()) {
            let offer = || names::offer(name.as_str(), &format!("{what}s"), valid.iter().copied());
            let help = hint(name.as_str()).unwrap_or_else(offer);
            findings.error(&at, "unknown_role", format!("there is no {what} `{name}`"), help);
        }
    }
}

fn no_circles(uses: &BTreeMap<&str, Vec<String>>, path: &FieldPath, findings: &mut Findings<'_>) {
    for circle in circles(uses) {
        let Some(first) = circle.first() else { continue };
        let message = format!("role `{first}` inherits from itself: {}", around(&circle));
        let help = "take one of these out; the upper role inherits from the lower".to_owned();
        findings.error(&path.key(first).key("inherits"), "cycle", message, help);
    }
}

/// A role that nobody can come to hold grants nothing, which is seldom meant.
fn unheld(access: &Access, findings: &mut Findings<'_>) {
    let functional = access.functional_roles.values();
    let held: HashSet<&str> = functional
        .flat_map(|role| role.inherits.iter().chain(&role.access))
        .chain(access.access_roles.values().flat_map(|role| &role.inherits))
        .map(RoleName::as_str)
        .collect();
    for name in access.access_roles.keys().filter(|name| !held.contains(name.as_str())) {
        if findings.has_enough(Severity::Warning) {
            return;
        }
        let path = FieldPath::root().key("access_roles").key(name.as_str());
        let message = format!("no functional role holds the access role `{name}`");
        findings.warning_at_key(&path, "unused", message, "list it under `access` of one".to_owned());
    }
    for (name, role) in &access.functional_roles {
        let has_people = !role.users.is_empty() || !role.groups.is_empty();
        if !findings.has_enough(Severity::Warning) && !has_people && !held.contains(name.as_str()) {
            let path = FieldPath::root().key("functional_roles").key(name.as_str());
            let message = format!("nobody holds the functional role `{name}`");
            let help = "list its `groups` or `users`; schedules of its reports still run with it".to_owned();
            findings.warning_at_key(&path, "unused", message, help);
        }
    }
}
