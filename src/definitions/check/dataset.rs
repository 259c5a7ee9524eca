//! Datasets.

use super::known::{Fields, Known};
use super::{Findings, expression, known, security, text, zone};
use crate::definitions::LinkTemplate;
use crate::definitions::model::{CsvOptions, Dataset, Dimension, FieldName, SourceId};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// The types a column can be given, as `csv.types` and `partitions` write them.
const COLUMN_TYPES: [&str; 7] = ["text", "int", "decimal(18,2)", "float", "bool", "date", "timestamp"];

pub(super) fn check(dataset: &Dataset, known: &Known<'_>, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    let fields = Fields::of_file(findings.tree, dataset);
    text::title(dataset.title.as_ref(), &root.key("title"), findings);
    text::paragraphs(dataset.description.as_ref(), &root.key("description"), findings);
    text::owner(&dataset.owner, findings);
    source(&dataset.source, &root.key("source"), known, findings);
    regions(dataset, known, findings);
    table_or_sql(dataset, findings);
    columns(dataset.csv.as_ref(), &dataset.partitions, &root, findings);
    for (name, table) in &dataset.tables {
        columns(table.csv.as_ref(), &table.partitions, &root.key("tables").key(name.as_str()), findings);
    }
    time(dataset, fields, findings);
    dimensions(dataset, findings);
    numbers(dataset, findings);
    same_names(findings);
    expression::check(dataset, fields, findings);
    relationships(dataset, findings);
    freshness(dataset, findings);
    security::check(dataset, fields, known, findings);
}

fn source(id: &SourceId, path: &FieldPath, known: &Known<'_>, findings: &mut Findings<'_>) {
    if !known.sources.contains(&id.as_str()) {
        let help = names::offer(id.as_str(), "sources", known.sources.iter().copied());
        findings.error(path, "unknown_source", format!("there is no source `{id}`"), help);
    }
}

/// Where parts of it lie: sources of different regions, each of which has a name.
fn regions(dataset: &Dataset, known: &Known<'_>, findings: &mut Findings<'_>) {
    if dataset.also_in.is_empty() {
        return;
    }
    let root = FieldPath::root();
    let mut seen: Vec<(&str, &SourceId)> = Vec::new();
    for (position, id) in dataset.sources().enumerate() {
        let path = match position.checked_sub(1) {
            None => root.key("source"),
            Some(position) => {
                let path = root.key("also_in").index(position);
                source(id, &path, known, findings);
                path
            }
        };
        match known.regions.get(id.as_str()) {
            Some(Some(region)) => {
                if let Some((_, other)) = seen.iter().find(|(known, _)| known == region) {
                    let message = if *other == id {
                        format!("source `{id}` is named twice")
                    } else {
                        format!("sources `{other}` and `{id}` are both in the region `{region}`")
                    };
                    let help = "name one source for each region".to_owned();
                    findings.error(&path, "same_region", message, help);
                }
                seen.push((region, id));
            }
            Some(None) => {
                let message = format!("source `{id}` does not say which region it is in");
                let help = "write `region: hongkong` or the like into the source; results say by it what is \
                            missing"
                    .to_owned();
                findings.error(&path, "no_region", message, help);
            }
            None => {}
        }
    }
}

/// The address can be one, and the dimensions in it exist.
fn link(dataset: &Dataset, dimension: &Dimension, path: &FieldPath, findings: &mut Findings<'_>) {
    let Some(link) = &dimension.link else { return };
    let template = match LinkTemplate::parse(link) {
        Ok(template) => template,
        Err(problem) => {
            let help = "write it as `https://erp.example/orders/{order_id}`".to_owned();
            return findings.error(path, "bad_link", problem, help);
        }
    };
    for field in template.fields().filter(|field| !dataset.dimensions.contains_key(*field)) {
        let message = format!("this dataset has no dimension `{field}`");
        let help =
            names::offer(field.as_str(), "dimensions", dataset.dimensions.keys().map(FieldName::as_str));
        findings.error(path, "unknown_field", message, help);
    }
}

fn table_or_sql(dataset: &Dataset, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    match (&dataset.table, &dataset.sql) {
        (Some(_), Some(_)) => {
            let help = "keep one of them".to_owned();
            findings.error_at_key(
                &root.key("sql"),
                "ambiguous",
                "`table` and `sql` cannot stand together",
                help,
            );
        }
        (None, None) if findings.tree.entry("table").or(findings.tree.entry("sql")).is_none() => {
            let help = "write `table: l2/sales/`, or `sql: |` with a SELECT over `tables`".to_owned();
            findings.error(&root, "missing_key", "the dataset says neither `table` nor `sql`", help);
        }
        (Some(table), None) if table.trim().is_empty() => {
            findings.error(
                &root.key("table"),
                "empty",
                "the table is empty",
                "write a file, a prefix or a glob within the source".to_owned(),
            );
        }
        (None, Some(sql)) if sql.trim().is_empty() => {
            findings.error(
                &root.key("sql"),
                "empty",
                "the query is empty",
                "write a SELECT over `tables`".to_owned(),
            );
        }
        (None, Some(_)) if dataset.tables.is_empty() && findings.tree.entry("tables").is_none() => {
            let help = "name every file the query reads: `tables: {orders: {path: l2/orders/}}`".to_owned();
            findings.error(&root.key("sql"), "missing_key", "`sql` needs `tables` to read from", help);
        }
        _ => {}
    }
    if dataset.sql.is_none() && findings.tree.entry("sql").is_none() && !dataset.tables.is_empty() {
        let help = "remove `tables`, or add `sql`".to_owned();
        findings.error_at_key(&root.key("tables"), "not_applicable", "`tables` only goes with `sql`", help);
    }
}

fn columns(
    csv: Option<&CsvOptions>,
    partitions: &indexmap::IndexMap<String, String>,
    path: &FieldPath,
    findings: &mut Findings<'_>,
) {
    for (column, kind) in partitions {
        column_type(kind, &path.key("partitions").key(column), findings);
    }
    let Some(csv) = csv else { return };
    let path = path.key("csv");
    if csv.delimiter.chars().count() != 1 || !csv.delimiter.is_ascii() {
        let help = "write `\",\"`, `\";\"` or `\"\\t\"` in double quotes".to_owned();
        findings.error(
            &path.key("delimiter"),
            "bad_delimiter",
            "the delimiter must be one ASCII character",
            help,
        );
    }
    for (column, kind) in &csv.types {
        column_type(kind, &path.key("types").key(column), findings);
    }
}

fn column_type(kind: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    let decimal = || {
        let (precision, scale) = kind.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?;
        let (precision, scale): (u8, u8) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
        Some((1..=38).contains(&precision) && scale <= precision)
    };
    if COLUMN_TYPES.contains(&kind) || decimal() == Some(true) {
        return;
    }
    let message = format!("`{}` is not a column type", names::printable(kind));
    findings.error(path, "unknown_choice", message, names::offer(kind, "types", COLUMN_TYPES));
}

fn time(dataset: &Dataset, fields: Fields<'_>, findings: &mut Findings<'_>) {
    let Some(time) = &dataset.time else { return };
    let path = FieldPath::root().key("time");
    if !fields.has_dimension(time) {
        let help = format!(
            "{}; declare it under `dimensions` with `type: date` or `timestamp`",
            names::offer(time.as_str(), "dimensions", fields.dimensions())
        );
        findings.error(
            &path,
            "unknown_field",
            format!("the time dimension `{time}` is not among the dimensions"),
            help,
        );
    } else if fields.type_of(time).is_some_and(|kind| !known::is_temporal(kind)) {
        let help = format!("set `type: date` or `type: timestamp` on dimension `{time}`, or choose another");
        findings.error(
            &path,
            "wrong_type",
            format!("the time dimension `{time}` is neither a date nor a timestamp"),
            help,
        );
    }
}

fn dimensions(dataset: &Dataset, findings: &mut Findings<'_>) {
    for (name, dimension) in &dataset.dimensions {
        let path = FieldPath::root().key("dimensions").key(name.as_str());
        text::title(dimension.title.as_ref(), &path.key("title"), findings);
        text::paragraphs(dimension.description.as_ref(), &path.key("description"), findings);
        link(dataset, dimension, &path.key("link"), findings);
        for (member, label) in &dimension.labels {
            text::title(Some(label), &path.key("labels").key(member), findings);
        }
        if let Some(zone) = &dimension.time_zone {
            zone::check(zone, &path.key("time_zone"), findings);
        }
        match &dimension.sql {
            Some(sql) if sql.trim().is_empty() => {
                let help =
                    "write an expression, or remove `sql` to take the column of the same name".to_owned();
                findings.error(&path.key("sql"), "empty", "the expression is empty", help);
            }
            Some(_) => {}
            None => {
                // `store.region` without an expression is the column of a relationship.
                if let Some((relationship, _)) = name.as_str().split_once('.') {
                    let valid = findings.tree.keys_of("relationships");
                    if !valid.contains(&relationship) {
                        let help = names::offer(relationship, "relationships", valid);
                        findings.error_at_key(
                            &path,
                            "unknown_relationship",
                            format!("there is no relationship `{}`", names::printable(relationship)),
                            help,
                        );
                    }
                }
            }
        }
    }
}

fn numbers(dataset: &Dataset, findings: &mut Findings<'_>) {
    let measures = dataset
        .measures
        .iter()
        .map(|(name, measure)| ("measures", name, &measure.title, &measure.description, &measure.format));
    let metrics = dataset
        .metrics
        .iter()
        .map(|(name, metric)| ("metrics", name, &metric.title, &metric.description, &metric.format));
    for (group, name, title, description, format) in measures.chain(metrics) {
        let path = FieldPath::root().key(group).key(name.as_str());
        text::title(title.as_ref(), &path.key("title"), findings);
        text::paragraphs(description.as_ref(), &path.key("description"), findings);
        let path = path.key("format");
        if let Some(currency) = &format.currency
            && !(currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()))
        {
            let help = "three capital letters, such as KRW, HKD or USD".to_owned();
            findings.error(
                &path.key("currency"),
                "unknown_choice",
                format!("`{}` is not a currency code", names::printable(currency)),
                help,
            );
        }
        if format.currency.is_some() && format.percent {
            findings.error(
                &path,
                "ambiguous",
                "a number is written as a currency or in per cent, not both",
                None,
            );
        }
        if let Some(unit) = &format.unit {
            text::one_line(unit, &path.key("unit"), findings);
        }
    }
    for (name, measure) in &dataset.measures {
        if measure.sql.trim().is_empty() {
            let path = FieldPath::root().key("measures").key(name.as_str()).key("sql");
            findings.error(
                &path,
                "empty",
                format!("measure `{name}` has no expression"),
                "write an aggregate such as `sum(net_amount)`".to_owned(),
            );
        }
    }
}

/// Panels name fields without saying of which kind, so a name can only stand once.
fn same_names(findings: &mut Findings<'_>) {
    let groups = ["dimensions", "measures", "metrics"];
    let mut seen: std::collections::HashMap<&str, &str> = std::collections::HashMap::new();
    let tree = findings.tree;
    for group in groups {
        for name in tree.keys_of(group) {
            if let Some(other) = seen.get(name) {
                let path = FieldPath::root().key(group).key(name);
                let message =
                    format!("`{}` is the name of one of the {other} already", names::printable(name));
                findings.error_at_key(
                    &path,
                    "duplicate_name",
                    message,
                    "rename one of them; its `title` may stay".to_owned(),
                );
            } else {
                seen.insert(name, group);
            }
        }
    }
}

fn relationships(dataset: &Dataset, findings: &mut Findings<'_>) {
    for (name, relationship) in &dataset.relationships {
        let path = FieldPath::root().key("relationships").key(name.as_str());
        if name.as_str().contains('.') {
            findings.error_at_key(&path, "bad_name", "the name of a relationship cannot contain `.`", None);
        }
        if relationship.on.is_empty() {
            let help = "write which column equals which: `on: {store_id: id}`".to_owned();
            findings.error(
                &path.key("on"),
                "empty",
                format!("relationship `{name}` says no columns to join on"),
                help,
            );
        }
        if relationship.table.trim().is_empty() {
            findings.error(&path.key("table"), "empty", format!("relationship `{name}` has no table"), None);
        }
        columns(relationship.csv.as_ref(), &indexmap::IndexMap::new(), &path, findings);
    }
}

fn freshness(dataset: &Dataset, findings: &mut Findings<'_>) {
    let Some(freshness) = &dataset.freshness else { return };
    let path = FieldPath::root().key("freshness");
    if freshness.complete_through.trim().is_empty() {
        findings.error(
            &path.key("complete_through"),
            "empty",
            "the expression is empty",
            "write an aggregate such as `max(order_date)`".to_owned(),
        );
    }
}
