//! What a plain scalar means by the YAML 1.2 core schema.

use super::Value;

/// Resolves an unquoted scalar. Numbers keep their text, because `007` may be meant as text.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN, text.to_owned()),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Value::Float(f64::INFINITY, text.to_owned())
        }
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY, text.to_owned()),
        _ => number(text).unwrap_or_else(|| Value::Text(text.to_owned())),
    }
}

fn number(text: &str) -> Option<Value> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            return valid
                .then(|| i64::from_str_radix(digits, radix).ok())
                .flatten()
                .map(|n| Value::Int(n, text.to_owned()));
        }
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.parse().map_or_else(
            |_| Value::Float(text.parse().unwrap_or(f64::INFINITY), text.to_owned()),
            |int| Value::Int(int, text.to_owned()),
        ));
    }
    let decimal = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        && digits.bytes().any(|b| b.is_ascii_digit());
    decimal.then(|| text.parse().ok()).flatten().map(|float| Value::Float(float, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_yaml_1_1_are_text_and_numbers_keep_their_text() {
        assert_eq!(resolve("no"), Value::Text("no".into()));
        assert_eq!(resolve("on"), Value::Text("on".into()));
        assert_eq!(resolve("007"), Value::Int(7, "007".into()));
        assert_eq!(resolve("-12"), Value::Int(-12, "-12".into()));
        assert_eq!(resolve("0x1F"), Value::Int(31, "0x1F".into()));
        assert_eq!(resolve("1.5e3"), Value::Float(1500.0, "1.5e3".into()));
        assert_eq!(resolve("99999999999999999999"), Value::Float(1e20, "99999999999999999999".into()));
        for text in ["2026-01-01", "1.2.3", "-", ".", "+", "1e", "0x", "10:00", "1_000"] {
            assert_eq!(resolve(text), Value::Text(text.into()), "{text}");
        }
    }
}
