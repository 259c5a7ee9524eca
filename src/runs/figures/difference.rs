//! How far two values are apart.

use super::{Cell, Raw, Written};
use crate::format::{Locale, Number, NumberStyle};
use crate::table::{Change, Value, ValueKind};

/// How far two floating-point numbers may be apart, in proportion to the larger, that only the order they were summed in
/// tells apart; it differs from one evaluation of the same data to the next.
const DUST: f64 = 1e-12;

/// Whether two cells hold the same.
pub(super) fn is_same(before: &Cell, after: &Cell) -> bool {
    same_value(&before.0, &after.0) || (before.1 == after.1 && is_dust(&before.0, &after.0))
}

fn is_dust(before: &Raw, after: &Raw) -> bool {
    match (before.value(), after.value()) {
        (Value::Float(before), Value::Float(after)) => {
            (after - before).abs() <= DUST * before.abs().max(after.abs())
        }
        _ => false,
    }
}

/// Whether two values are the same, also where a number has changed its type.
fn same_value(before: &Raw, after: &Raw) -> bool {
    if before == after {
        return true;
    }
    match (before.value().number(), after.value().number()) {
        (Some(before), Some(after)) => match between(before, after) {
            Some(Number::Int(apart)) => apart == 0,
            Some(Number::Decimal { unscaled, .. }) => unscaled == 0,
            Some(Number::Float(apart)) => apart == 0.0,
            None => false,
        },
        _ => false,
    }
}

/// The difference and the change in per cent, in words; nothing where one of them is no number.
pub(super) fn told(
    before: &Cell,
    after: &Cell,
    written: &Written,
    locale: Locale,
) -> (Option<String>, Option<String>) {
    let (then, now) = (before.0.value(), after.0.value());
    let (Some(from), Some(to)) = (then.number(), now.number()) else { return (None, None) };
    let Some(apart) = between(from, to) else { return (None, None) };
    let negative = written.format.negative;
    // What is in per cent already differs in points.
    let in_points = written.format.percent || matches!(written.kind, ValueKind::Change | ValueKind::Points);
    if in_points && written.kind != ValueKind::Rank {
        return (Some(Change::Points(as_float(apart)).text(negative, locale)), None);
    }
    let plain = crate::format::NumberFormat::default();
    let format = if written.kind == ValueKind::Rank { &plain } else { &written.format };
    let text = format.write(apart, NumberStyle::Full, locale);
    let signed = if as_float(apart) > 0.0 { format!("+{text}") } else { text };
    let percent = (written.kind != ValueKind::Rank)
        .then(|| Change::between(&now, &then, &plain))
        .flatten()
        .map(|change| change.text(negative, locale));
    (Some(signed), percent)
}

/// `after` less `before`, exactly where both are exact; `None` for what is no finite number.
fn between(before: Number, after: Number) -> Option<Number> {
    let exact = |number: Number| match number {
        Number::Int(number) => Some((i128::from(number), 0)),
        Number::Decimal { unscaled, scale } => Some((unscaled, scale)),
        Number::Float(_) => None,
    };
    if let (Some(before), Some(after)) = (exact(before), exact(after))
        && let Some((unscaled, scale)) = less(after, before)
    {
        return Some(match i64::try_from(unscaled) {
            Ok(number) if scale == 0 => Number::Int(number),
            _ => Number::Decimal { unscaled, scale },
        });
    }
    let apart = as_float(after) - as_float(before);
    apart.is_finite().then_some(Number::Float(apart))
}

/// One decimal less another; `None` where their digits do not fit.
fn less(one: (i128, i8), other: (i128, i8)) -> Option<(i128, i8)> {
    let scale = one.1.max(other.1);
    let lifted = |(unscaled, own): (i128, i8)| {
        let zeros = u32::try_from(i16::from(scale) - i16::from(own)).ok()?;
        unscaled.checked_mul(10_i128.checked_pow(zeros)?)
    };
    Some((lifted(one)?.checked_sub(lifted(other)?)?, scale))
}

fn as_float(number: Number) -> f64 {
    let value = match number {
        Number::Int(number) => Value::Int(number),
        Number::Float(number) => Value::Float(number),
        Number::Decimal { unscaled, scale } => Value::Decimal { unscaled, scale },
    };
    value.as_f64().unwrap_or(f64::NAN)
}
