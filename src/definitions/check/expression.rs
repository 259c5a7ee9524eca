//! What a metric's expression refers to, as far as names can be told without a SQL parser.

use std::collections::BTreeMap;

use super::Findings;
use super::circle::{around, circles};
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

/// Every circle once, at its first metric in the file's order by name.
fn cycles(uses: &BTreeMap<&str, Vec<String>>, metrics: &FieldPath, findings: &mut Findings<'_>) {
    for circle in circles(uses) {
        let Some(first) = circle.first() else { continue };
        let message = format!("metric `{first}` is computed from itself: {}", around(&circle));
        let help = "one of them must be computed from measures only".to_owned();
        findings.error(&metrics.key(first).key("sql"), "cycle", message, help);
    }
}

/// The identifiers of an expression: no keywords, function names, texts or numbers.
pub(in crate::definitions) fn references(sql: &str) -> Vec<String> {
    let chars: Vec<char> = sql.chars().collect();
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let (mut word, mut length) = if c == '\'' || c == '"' {
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
        while let Some((part, more)) = next_part(&word, chars.get(at + length..).unwrap_or_default()) {
            word.push_str(&part);
            length += more;
        }
        if !word.is_empty() && !found.contains(&word) {
            found.push(word);
        }
        at += length.max(1);
    }
    found
}

/// What belongs to the name `word` and follows it, where one of its parts is in quotes: of `people."Id"` the `Id`.
fn next_part(word: &str, rest: &[char]) -> Option<(String, usize)> {
    let is_open = word.ends_with('.');
    let dot = usize::from(!is_open && !word.is_empty() && rest.first() == Some(&'.'));
    if !is_open && dot == 0 {
        return None;
    }
    let rest = rest.get(dot..)?;
    let is_quoted = rest.first() == Some(&'"');
    let part: String = if is_quoted {
        rest.iter().skip(1).take_while(|end| **end != '"').collect()
    } else {
        rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect()
    };
    if part.is_empty() {
        return None;
    }
    let length = dot + part.chars().count() + if is_quoted { 2 } else { 0 };
    Some((format!("{}{part}", ".".repeat(dot)), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_names_and_nothing_else() {
        assert_eq!(references("revenue / nullif(orders, 0)"), ["revenue", "orders"]);
        assert_eq!(references("case when 매출 > 1e6 then \"객단가\" else 'x y' end"), ["매출", "객단가"]);
        assert_eq!(references("cast(a as double) * 1.5 + a"), ["a"]);
        assert_eq!(
            references("people.\"Id\" + \"people\".id + \"a\".\"b\" + c."),
            ["people.Id", "people.id", "a.b", "c."]
        );
        assert_eq!(references("'unclosed"), Vec::<String>::new());
    }
}
