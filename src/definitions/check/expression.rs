//! What a metric's expression refers to, as far as names can be told without a SQL parser.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use super::known::Fields;
use crate::definitions::model::{Dataset, FieldName};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// Words of SQL that may stand in an expression over measures.
const KEYWORDS: [&str; 22] = [
    "and", "or", "not", "case", "when", "then", "else", "end", "null", "true", "false", "is", "in",
    "between", "cast", "as", "double", "decimal", "bigint", "int", "float", "distinct",
];

/// Metrics refer to measures and other metrics of their dataset, and never to themselves.
pub(super) fn check(dataset: &Dataset, fields: Fields<'_>, findings: &mut Findings<'_>) {
    let numbers = fields.numbers();
    let metrics = FieldPath::root().key("metrics");
    let mut uses: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, metric) in &dataset.metrics {
        let path = metrics.key(name.as_str()).key("sql");
        if metric.sql.trim().is_empty() {
            findings.error(
                &path,
                "empty",
                format!("metric `{name}` has no expression"),
                "write one such as `revenue / orders`".to_owned(),
            );
            continue;
        }
        let referred = references(&metric.sql);
        for unknown in referred.iter().filter(|word| !numbers.contains(&word.as_str())) {
            let shown = names::printable(unknown);
            let (message, help) = match FieldName::parse(unknown) {
                Ok(field) if fields.has_dimension(&field) => (
                    format!("`{shown}` is a dimension; a metric is computed from measures and metrics"),
                    format!("make a measure of it first, such as `sum({shown})`"),
                ),
                _ => (
                    format!("metric `{name}` refers to `{shown}`, which is no measure or metric"),
                    names::offer(unknown, "measures and metrics", numbers.iter().copied()),
                ),
            };
            findings.error(&path, "unknown_field", message, help);
        }
        uses.insert(name.as_str(), referred);
    }
    cycles(&uses, &metrics, findings);
}

/// Every cycle once, at its first metric in the file's order by name.
fn cycles(uses: &BTreeMap<&str, Vec<String>>, metrics: &FieldPath, findings: &mut Findings<'_>) {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in uses.keys() {
        // Depth first with an own stack: a chain of metrics may be as long as the file allows.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_way: BTreeSet<&str> = BTreeSet::from([*start]);
        while let Some((name, next)) = way.last_mut() {
            let referred =
                if done.contains(*name) { None } else { uses.get(*name).and_then(|uses| uses.get(*next)) };
            *next += 1;
            let Some(referred) = referred else {
                done.insert(name);
                on_way.remove(*name);
                way.pop();
                continue;
            };
            let Some((referred, _)) = uses.get_key_value(referred.as_str()) else { continue };
            if on_way.contains(referred) {
                let from = way.iter().position(|(name, _)| name == referred).unwrap_or_default();
                let mut names: Vec<&str> = way.iter().skip(from).map(|(name, _)| *name).collect();
                names.push(referred);
                let path = metrics.key(referred).key("sql");
                let message = format!("metric `{referred}` is computed from itself: {}", names.join(" → "));
                findings.error(
                    &path,
                    "cycle",
                    message,
                    "one of them must be computed from measures only".to_owned(),
                );
            } else if !done.contains(referred) {
                on_way.insert(referred);
                way.push((referred, 0));
            }
        }
    }
}

/// The identifiers of an expression: no keywords, function names, texts or numbers.
pub(super) fn references(sql: &str) -> Vec<String> {
    let chars: Vec<char> = sql.chars().collect();
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let (word, length) = if c == '\'' || c == '"' {
            let inner: String = rest.iter().skip(1).take_while(|end| **end != c).collect();
            let length = inner.chars().count() + 2;
            (if c == '"' { inner } else { String::new() }, length)
        } else if c.is_alphabetic() || c == '_' {
            let word: String =
                rest.iter().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).collect();
            let length = word.chars().count();
            let is_call = rest.iter().skip(length).find(|c| !c.is_whitespace()) == Some(&'(');
            let keyword = KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(&word));
            (if is_call || keyword { String::new() } else { word }, length)
        } else if c.is_ascii_digit() {
            // `1e6` holds no name.
            (String::new(), rest.iter().take_while(|c| c.is_alphanumeric() || **c == '.').count())
        } else {
            (String::new(), 1)
        };
        if !word.is_empty() && !found.contains(&word) {
            found.push(word);
        }
        at += length.max(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_names_and_nothing_else() {
        assert_eq!(references("revenue / nullif(orders, 0)"), ["revenue", "orders"]);
        assert_eq!(references("case when 매출 > 1e6 then \"객단가\" else 'x y' end"), ["매출", "객단가"]);
        assert_eq!(references("cast(a as double) * 1.5 + a"), ["a"]);
        assert_eq!(references("'unclosed"), Vec::<String>::new());
    }
}
