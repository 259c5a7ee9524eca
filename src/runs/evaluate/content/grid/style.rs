//! How cells look, from the definition.

use std::sync::Arc;

use crate::definitions::condition::{Computation, Condition, Operand as Named};
use crate::definitions::model::{
    CellColor, CellIcon, CellRule, CellStyle, ColorScale, IconSet, IconShape, NamedScale,
};
use crate::table::pivot::{Formula, Names, Operand, Rule, Scale, Style, Test};
use crate::table::{Icon, Icons, Mark, Tint};

const WHITE: Tint = Tint(0xff, 0xff, 0xff);
const BLUE: Tint = Tint(0x9c, 0xc3, 0xf0);
const ORANGE: Tint = Tint(0xf6, 0xbd, 0x8b);
const GREEN: Tint = Tint(0xa3, 0xd9, 0xb8);
const RED: Tint = Tint(0xf3, 0xb0, 0xad);

/// The style of a value. A rule whose condition cannot be read is left out: the check has refused it.
pub(super) fn of(style: &CellStyle) -> Style {
    Style {
        bars: style.bars,
        scale: style.scale.as_ref().and_then(scale),
        icons: style.icons.map(icons),
        rules: style.rules.iter().filter_map(rule).collect(),
    }
}

/// The names that the rules of a style refer to.
pub(super) fn names(style: &CellStyle) -> Vec<String> {
    let conditions = style.rules.iter().filter_map(|rule| Condition::parse(&rule.when).ok());
    conditions.flat_map(|condition| condition.names().to_vec()).collect()
}

/// A computation as a formula; `None` if it cannot be read, which the check has refused.
pub(super) fn formula(expression: &str) -> Option<Formula> {
    let computation = Computation::parse(expression).ok()?;
    Some(Arc::new(move |names: &Names<'_>| {
        let known = operands(computation.names(), names);
        computation.evaluate(&|name| named(&known, name))
    }))
}

fn rule(rule: &CellRule) -> Option<Rule> {
    let condition = Condition::parse(&rule.when).ok()?;
    let when: Test = Arc::new(move |names: &Names<'_>| {
        let known = operands(condition.names(), names);
        condition.evaluate(&|name| named(&known, name))
    });
    let mark = Mark {
        ink: rule.color.as_ref().and_then(ink),
        fill: rule.fill.as_ref().and_then(fill),
        bold: rule.bold,
        icon: rule.icon.map(icon),
        bar: None,
    };
    Some(Rule { when, mark })
}

/// An operand that outlives the question for it.
enum Known {
    Number(f64),
    Text(String),
    Missing,
}

fn operands(wanted: &[String], names: &Names<'_>) -> Vec<(String, Known)> {
    let ask = |name: &String| {
        let mut known = Known::Missing;
        names(name, &mut |operand| {
            known = match operand {
                Operand::Number(number) => Known::Number(number),
                Operand::Text(text) => Known::Text(text.to_owned()),
                Operand::Missing => Known::Missing,
            };
        });
        (name.clone(), known)
    };
    wanted.iter().map(ask).collect()
}

fn named<'k>(known: &'k [(String, Known)], name: &str) -> Named<'k> {
    match known.iter().find(|(other, _)| other == name) {
        Some((_, Known::Number(number))) => Named::Number(*number),
        Some((_, Known::Text(text))) => Named::Text(text),
        _ => Named::Missing,
    }
}

fn scale(scale: &ColorScale) -> Option<Scale> {
    Some(match scale {
        ColorScale::Named(NamedScale::Sequential) => Scale { low: WHITE, middle: None, high: BLUE },
        ColorScale::Named(NamedScale::Diverging) => Scale { low: ORANGE, middle: Some(WHITE), high: BLUE },
        ColorScale::Named(NamedScale::Good) => Scale { low: RED, middle: Some(WHITE), high: GREEN },
        ColorScale::Named(NamedScale::Bad) => Scale { low: GREEN, middle: Some(WHITE), high: RED },
        ColorScale::Colors(colors) => {
            let colors: Vec<Tint> = colors.iter().filter_map(fill).collect();
            match colors.as_slice() {
                [low, high] => Scale { low: *low, middle: None, high: *high },
                [low, middle, high] => Scale { low: *low, middle: Some(*middle), high: *high },
                _ => return None,
            }
        }
    })
}

fn icons(icons: IconSet) -> Icons {
    let shapes = match icons.set {
        IconShape::Arrows => [Icon::Down, Icon::Level, Icon::Up],
        IconShape::Circles => [Icon::Poor, Icon::Fair, Icon::Good],
    };
    Icons { icons: shapes, middle_from: icons.middle_from, high_from: icons.high_from }
}

fn icon(icon: CellIcon) -> Icon {
    match icon {
        CellIcon::Up => Icon::Up,
        CellIcon::Level => Icon::Level,
        CellIcon::Down => Icon::Down,
        CellIcon::Good => Icon::Good,
        CellIcon::Fair => Icon::Fair,
        CellIcon::Poor => Icon::Poor,
    }
}

/// A colour for text: dark enough to be read.
fn ink(color: &CellColor) -> Option<Tint> {
    Some(match color.as_str() {
        "good" => Tint(0x0f, 0x7b, 0x4f),
        "bad" => Tint(0xc4, 0x32, 0x3a),
        "warning" => Tint(0xa8, 0x5d, 0x00),
        "accent" => Tint(0x1f, 0x5f, 0xc8),
        "muted" => Tint(0x66, 0x70, 0x85),
        other => return Tint::parse(other),
    })
}

/// A colour for cells: light enough to be written on.
fn fill(color: &CellColor) -> Option<Tint> {
    Some(match color.as_str() {
        "good" => Tint(0xd9, 0xf2, 0xe4),
        "bad" => Tint(0xfb, 0xdf, 0xde),
        "warning" => Tint(0xfd, 0xee, 0xcf),
        "accent" => Tint(0xdb, 0xe8, 0xfb),
        "muted" => Tint(0xee, 0xf0, 0xf3),
        other => return Tint::parse(other),
    })
}
