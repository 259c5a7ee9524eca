//! Rules on the rows and columns of a dataset: can they be kept, and do they leave no way around?

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use super::expression::references;
use super::known::{Fields, Known};
use crate::definitions::condition::{Condition, Scalar};
use crate::definitions::model::{Dataset, DimensionType, FieldName, Mask, RoleName, RowRule, Security};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// How conditions name the viewer's attributes.
const VIEWER: &str = "viewer.";

/// Whole numbers beyond this are not exact as the numbers of conditions.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(super) fn check(dataset: &Dataset, fields: Fields<'_>, known: &Known<'_>, findings: &mut Findings<'_>) {
    let Some(security) = &dataset.security else { return };
    let path = FieldPath::root().key("security");
    let Some(access) = &known.access else {
        let help = "write `access.yaml` at the top of the workspace, with the roles of people and objects"
            .to_owned();
        let message = "rules need roles, and the workspace has no `access.yaml`; the dataset stays closed";
        return findings.error_at_key(&path, "no_roles", message, help);
    };
    for (at, role) in super::items(&path.key("access"), &security.access) {
        if !access.access_roles.contains(&role.as_str()) {
            let help = names::offer(role.as_str(), "access roles", access.access_roles.iter().copied());
            findings.error(&at, "unknown_role", format!("there is no access role `{role}`"), help);
        }
    }
    let roles: Vec<&str> = access.functional_roles.iter().chain(&access.access_roles).copied().collect();
    let is_role = |role: &RoleName, at: &FieldPath, findings: &mut Findings<'_>| {
        if !roles.contains(&role.as_str()) {
            let help = names::offer(role.as_str(), "roles", roles.iter().copied());
            findings.error_at_key(at, "unknown_role", format!("there is no role `{role}`"), help);
        }
    };
    for (role, rule) in &security.rows {
        let at = path.key("rows").key(role.as_str());
        is_role(role, &at, findings);
        if let RowRule::Where(condition) = rule {
            rows(condition, dataset, fields, &access.attributes, &at, findings);
        }
    }
    for (field, rule) in &security.columns {
        let at = path.key("columns").key(field.as_str());
        if !dataset.dimensions.contains_key(field) && !dataset.has_number(field) {
            let valid = [fields.dimensions(), fields.numbers()].concat();
            let help = names::offer(field.as_str(), "fields", valid);
            let message = format!("this dataset has no dimension, measure or metric `{field}`");
            findings.error_at_key(&at, "unknown_field", message, help);
            continue;
        }
        if dataset.time.as_ref() == Some(field) {
            let message = "the time dimension cannot be masked, because periods are chosen by it";
            findings.error_at_key(&at, "not_applicable", message, "restrict rows instead".to_owned());
        }
        mask(rule.mask, field, dataset, &at.key("mask"), findings);
        for (role, one) in &rule.roles {
            let at = at.key("roles").key(role.as_str());
            is_role(role, &at, findings);
            mask(*one, field, dataset, &at, findings);
            if one.strength() > rule.mask.strength() {
                let message = "this hides more than the mask for everybody, so it never takes effect";
                let help = "write the strongest mask as `mask`, and what hides less for roles".to_owned();
                findings.warning(&at, "no_effect", message, help);
            }
        }
    }
    ways_around(dataset, security, findings);
}

fn rows(
    condition: &Condition,
    dataset: &Dataset,
    fields: Fields<'_>,
    attributes: &[&str],
    at: &FieldPath,
    findings: &mut Findings<'_>,
) {
    for name in condition.names() {
        if let Some(attribute) = name.strip_prefix(VIEWER) {
            if !attributes.contains(&attribute) {
                let help = names::offer(attribute, "attributes", attributes.iter().copied());
                let message =
                    format!("`access.yaml` knows no attribute `{}` of viewers", names::printable(attribute));
                findings.error(at, "unknown_attribute", message, help);
            }
            continue;
        }
        let known = FieldName::parse(name).is_ok_and(|field| dataset.dimensions.contains_key(&field));
        if !known {
            let message = format!("`{}` is no dimension of this dataset", names::printable(name));
            let mut help = names::offer(name, "dimensions", fields.dimensions());
            if attributes.contains(&name.as_str()) {
                help = format!("did you mean `{VIEWER}{name}`? {help}");
            }
            findings.error(at, "unknown_field", message, help);
        }
    }
    let inexact = condition.test().scalars().into_iter().find_map(|scalar| match scalar {
        Scalar::Number(number) if number.abs() > EXACT => Some(*number),
        _ => None,
    });
    if let Some(number) = inexact {
        let help = "compare it as a text, in quotes; it takes the type of the dimension".to_owned();
        findings.error(at, "out_of_range", format!("{number} is too large to be compared exactly"), help);
    }
}

fn mask(mask: Mask, field: &FieldName, dataset: &Dataset, at: &FieldPath, findings: &mut Findings<'_>) {
    let dimension = dataset.dimensions.get(field);
    let declared = dimension.and_then(|dimension| dimension.r#type);
    let problem = match mask {
        Mask::Rounded(step) if !(step.is_finite() && step > 0.0) => {
            Some("cannot be rounded to that; the step is a number above zero, such as 1000")
        }
        Mask::Rounded(_) if dimension.is_some() && declared != Some(DimensionType::Number) => {
            Some("is a dimension that is not declared as `type: number`, and only numbers are rounded")
        }
        Mask::Partial(_) | Mask::Hash if dimension.is_none() => {
            Some("is a number, and only the members of dimensions are shown in part or as a code")
        }
        Mask::Partial(_) | Mask::Hash if !matches!(declared, None | Some(DimensionType::Text)) => {
            Some("is declared not to be text, and only texts are shown in part or as a code")
        }
        _ => None,
    };
    if let Some(problem) = problem {
        let help =
            "masks are `clear`, `{rounded: 1000}`, `{partial: {first: 1}}`, `hash`, `empty` and `hidden`";
        findings.error(at, "not_applicable", format!("`{field}` {problem}"), help.to_owned());
    }
}

/// What is masked in one field must not be readable through another that is made of the same column, or of one that a
/// relationship makes equal to it, nor from the numbers that a metric is computed from.
fn ways_around(dataset: &Dataset, security: &Security, findings: &mut Findings<'_>) {
    let columns_of = |field: &FieldName| -> BTreeSet<String> {
        let dimension = dataset.dimensions.get(field).map(|dimension| dimension.sql.as_deref());
        let sql = match (dimension, dataset.measures.get(field)) {
            (Some(None), _) => return BTreeSet::from([field.as_str().to_lowercase()]),
            (Some(Some(sql)), _) => sql,
            (None, Some(measure)) => measure.sql.as_str(),
            (None, None) => return BTreeSet::new(),
        };
        references(sql).into_iter().map(|name| name.to_lowercase()).collect()
    };
    let others = dataset.dimensions.keys().chain(dataset.measures.keys());
    let open: Vec<&FieldName> = others.filter(|field| !security.columns.contains_key(*field)).collect();
    for (field, _) in security.columns.iter().filter(|(_, rule)| rule.mask != Mask::Clear) {
        let path = FieldPath::root().key("security").key("columns").key(field.as_str());
        let hidden = columns_of(field);
        let equal = equals(dataset, &hidden);
        for other in &open {
            let read = columns_of(other);
            let message = if let Some(column) = read.intersection(&hidden).next() {
                format!("`{other}` reads the column `{column}` too, and is not masked")
            } else if let Some((column, own)) = equal.iter().find(|(column, _)| read.contains(*column)) {
                format!(
                    "`{other}` reads the column `{column}`, which a relationship makes equal to `{own}`, and is not \
                     masked"
                )
            } else {
                continue;
            };
            let help = format!("mask `{other}` as well; `mask: clear` says that it gives nothing away");
            findings.error_at_key(&path, "way_around", message, help);
        }
        let measures = measures_of(dataset, field);
        if !measures.is_empty() && measures.iter().all(|measure| !security.columns.contains_key(*measure)) {
            let listed =
                measures.iter().map(|measure| format!("`{measure}`")).collect::<Vec<_>>().join(" and ");
            let message = format!("`{field}` can be computed from {listed}, which are not masked");
            let help = "mask one of them as well; `mask: clear` says that they give nothing away".to_owned();
            findings.error_at_key(&path, "way_around", message, help);
        }
    }
}

/// The columns that hold the same as `hidden` wherever a row has a partner, each with the column it is equal to: keys of
/// relationships, and what those are the keys of in turn.
fn equals(dataset: &Dataset, hidden: &BTreeSet<String>) -> BTreeMap<String, String> {
    let pairs: Vec<(String, String)> = dataset
        .relationships
        .iter()
        .flat_map(|(name, relationship)| {
            relationship
                .on
                .iter()
                .map(move |(own, joined)| (own.to_lowercase(), format!("{name}.{joined}").to_lowercase()))
        })
        .collect();
    let mut equal = BTreeMap::new();
    loop {
        let is_known = |column: &String| hidden.contains(column) || equal.contains_key(column);
        let both_ways = pairs.iter().flat_map(|(own, joined)| [(own, joined), (joined, own)]);
        let more = both_ways.filter(|(known, other)| is_known(known) && !is_known(other));
        let more: Vec<_> = more.map(|(known, other)| (other.clone(), known.clone())).collect();
        if more.is_empty() {
            return equal;
        }
        equal.extend(more);
    }
}

/// The measures that a metric is computed from, also by way of other metrics; none of what is no metric.
fn measures_of<'a>(dataset: &'a Dataset, metric: &FieldName) -> BTreeSet<&'a FieldName> {
    let (mut measures, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![metric.clone()]);
    while let Some(name) = open.pop() {
        if let Some((measure, _)) = dataset.measures.get_key_value(&name) {
            measures.insert(measure);
        } else if let Some(metric) = dataset.metrics.get(&name)
            && seen.insert(name)
        {
            open.extend(metric.numbers());
        }
    }
    if dataset.measures.contains_key(metric) { BTreeSet::new() } else { measures }
}
