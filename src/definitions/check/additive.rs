//! Whether the numbers of members may be added up.

use crate::definitions::check::expression::references;
use crate::definitions::model::{Dataset, FieldName};

/// Aggregates whose values for parts do not add up to that for the whole.
const NOT_ADDITIVE: [&str; 14] = [
    "avg",
    "mean",
    "median",
    "min",
    "max",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "var",
    "var_pop",
    "var_samp",
    "percentile_cont",
    "approx_percentile_cont",
    "approx_distinct",
];

/// How many metrics may stand on metrics before nobody follows them any more.
const DEEPEST: usize = 16;

/// Whether the sum over members of a measure or metric may differ from its value for all of them,
/// as far as can be told from its words: averages, distinct counts and ratios do.
pub(super) fn is_not_additive(dataset: &Dataset, name: &FieldName) -> bool {
    follows(dataset, name.as_str(), DEEPEST)
}

fn follows(dataset: &Dataset, name: &str, depth: usize) -> bool {
    let Ok(field) = FieldName::parse(name) else { return false };
    if let Some(measure) = dataset.measures.get(&field) {
        let words = words(&measure.sql);
        return words.iter().any(|word| word == "distinct" || NOT_ADDITIVE.contains(&word.as_str()))
            || divides_aggregates(&measure.sql);
    }
    let Some(metric) = dataset.metrics.get(&field) else { return false };
    divides_aggregates(&metric.sql)
        || depth > 0 && references(&metric.sql).iter().any(|inner| follows(dataset, inner, depth - 1))
}

fn words(sql: &str) -> Vec<String> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase).collect()
}

/// Whether something outside of a function's brackets is divided by something that is not a number.
fn divides_aggregates(sql: &str) -> bool {
    let mut calls: Vec<bool> = Vec::new();
    let mut before = ' ';
    for (at, c) in sql.char_indices() {
        match c {
            '(' => calls.push(before.is_alphanumeric() || before == '_'),
            ')' => {
                calls.pop();
            }
            '/' if !calls.contains(&true) => {
                let divisor = sql.get(at + 1..).unwrap_or_default().trim_start();
                if !divisor.starts_with(|c: char| c.is_ascii_digit()) {
                    return true;
                }
            }
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_told_from_scaled_sums() {
        assert!(divides_aggregates("revenue / orders"));
        assert!(divides_aggregates("(revenue - cost) / nullif(revenue, 0)"));
        assert!(!divides_aggregates("revenue / 1000"));
        assert!(!divides_aggregates("sum(price / rate)"));
        assert!(!divides_aggregates("sum(a) - sum(b)"));
    }
}
