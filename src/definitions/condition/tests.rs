use proptest::prelude::*;

use super::*;

fn row(name: &str) -> Operand<'static> {
    match name {
        "revenue" => Operand::Number(80.0),
        "target" => Operand::Number(100.0),
        "revenue.change" => Operand::Number(-0.2),
        "매출 합계" | "매출2" => Operand::Number(3.0),
        "region" => Operand::Text("서울"),
        "nan" => Operand::Number(f64::NAN),
        "zero" => Operand::Number(0.0),
        _ => Operand::Missing,
    }
}

fn holds(text: &str) -> Option<bool> {
    Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).evaluate(&row)
}

fn computed(text: &str) -> Option<f64> {
    Computation::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).evaluate(&row)
}

#[test]
fn conditions_hold_as_in_sql() {
    for (text, expected) in [
        ("revenue < target * 0.9 and revenue.change < 0", Some(true)),
        ("revenue between 80 and 90", Some(true)),
        ("revenue NOT BETWEEN 0 AND 0.2", Some(true)),
        ("missing is null or not (revenue >= 10)", Some(true)),
        ("missing > 1", None),
        ("not missing > 1", None),
        ("missing > 1 and revenue < 0", Some(false)),
        ("missing > 1 or revenue > 0", Some(true)),
        ("missing > 1 or revenue < 0", None),
        ("missing between 0 and 1", None),
        ("revenue between missing and 1", Some(false)),
        ("revenue in (1, 80)", Some(true)),
        ("revenue in (1, missing)", None),
        ("revenue not in (1, 2)", Some(true)),
        ("nan is null", Some(true)),
        ("revenue / zero is null", Some(true)),
        ("region = '서울'", Some(true)),
        ("region <> '서울'", Some(false)),
        ("region in ('부산', '서울')", Some(true)),
        ("region = 1", None),
        ("region > 1", None),
        ("\"매출 합계\" = 매출2", Some(true)),
        ("true and not false", Some(true)),
        ("-revenue < -.5e1", Some(true)),
        ("revenue = 80 or revenue / zero > 1", Some(true)),
        ("region = 'it''s'", Some(false)),
        ("a = 1 or revenue = 80 and target = 1", None),
    ] {
        assert_eq!(holds(text), expected, "{text}");
    }
}

#[test]
fn computations_follow_the_rules_of_arithmetic() {
    assert_eq!(computed("revenue / target - 1"), Some(80.0 / 100.0 - 1.0));
    assert_eq!(computed("2 + 3 * -(1 - 4)"), Some(11.0));
    assert_eq!(computed("7 / 2"), Some(3.5));
    assert_eq!(computed("revenue / zero"), None);
    assert_eq!(computed("revenue + missing"), None);
    assert_eq!(computed("revenue + region"), None);
    assert_eq!(computed("1e308 * 10"), None);
}

#[test]
fn names_are_given_once_in_their_order() {
    let condition = Condition::parse("b > a.previous and b < \"그 외\" or a.previous is null").unwrap();
    assert_eq!(condition.names(), ["b", "a.previous", "그 외"]);
    assert_eq!(Computation::parse("1 + 2").unwrap().names(), [""; 0]);
}

#[test]
fn what_is_not_allowed_is_refused_by_name() {
    let told = |text: &str| Condition::parse(text).map_or_else(|e| e.to_string(), |_| String::new());
    let cases = [
        "",
        "   ",
        "revenue",
        "revenue * 2",
        "revenue >",
        "revenue > 0 revenue < 9",
        "net revenue > 0",
        "0 < revenue < 9",
        "revenue > 90%",
        "revenue % 2 = 0",
        "revenue = null",
        "revenue > '5'",
        "region + 'x' = 'y'",
        "(revenue > 1) + 1 > 0",
        "abs(revenue) > 1",
        "case when revenue > 1 then true end",
        "revenue > (select 1)",
        "exists (select 1)",
        "region like '서%'",
        "cast(revenue as int) > 1",
        "revenue > 1 && revenue < 2",
        "revenue > 1 || revenue < 2",
        "revenue > 1e999",
        "region = 'unclosed",
        "(revenue > 1",
        "revenue > now()",
        "revenue > current_date",
        "revenue > interval '1 day'",
        "revenue; drop table x",
        "revenue is true",
        "revenue > 1 -- and more (",
        "revenue[1] > 1",
        "revenue::int > 1",
        "revenue ≥ 1",
        "revenue between 1",
        "and revenue > 1",
        "revenue in ()",
        "revenue in (select 1)",
        "revenue > not 1",
        "1 > 2 = true",
        "revenue.",
    ];
    let all: Vec<String> = cases.iter().map(|text| format!("{text:?}\n    {}", told(text))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn length_and_depth_are_bounded() {
    let deep = format!("{}revenue > 1{}", "(".repeat(200), ")".repeat(200));
    let told = |text: &str| Condition::parse(text).unwrap_err().message;
    assert_eq!(told(&deep), "the expression is nested too deeply");
    assert_eq!(
        told(&format!("{}revenue > 1{}", "not (".repeat(150), ")".repeat(150))),
        "the expression is nested too deeply"
    );
    assert!(told(&format!("a > {}", "1 + ".repeat(300))).contains("characters"));
    // Time grows with the length, also where something is wrong at the end of it.
    assert!(Condition::parse(&"not (".repeat(60)).is_err());
    assert!(Condition::parse(&"a in (".repeat(60)).is_err());
    // A long list is not deep.
    let long = (0..100).map(|n| format!("a={n}")).collect::<Vec<_>>().join(" or ");
    assert!(Condition::parse(&long).is_ok());
    assert!(Computation::parse(&vec!["a"; 400].join("+")).is_ok());
}

#[test]
fn they_are_strings_in_files() {
    let condition: Condition = serde_json::from_str("\"a  > 1\"").unwrap();
    assert_eq!(serde_json::to_string(&condition).unwrap(), "\"a  > 1\"");
    assert!(serde_json::from_str::<Computation>("\"a > 1\"").is_err());
}

/// An expression with the value it has, computed beside it and not from its text.
#[derive(Debug, Clone)]
struct Sample<T> {
    text: String,
    value: Option<T>,
}

fn scalar() -> impl Strategy<Value = Sample<f64>> {
    let leaf = prop_oneof![
        (0_i32..20).prop_map(|n| Sample { text: n.to_string(), value: Some(f64::from(n)) }),
        (1_i32..400).prop_map(|n| {
            let value = f64::from(n) / 8.0;
            Sample { text: value.to_string(), value: Some(value) }
        }),
        Just(Sample { text: "revenue".into(), value: Some(80.0) }),
        Just(Sample { text: "revenue.change".into(), value: Some(-0.2) }),
        Just(Sample { text: "missing".into(), value: None }),
        Just(Sample { text: "nan".into(), value: None }),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        (inner.clone(), 0_usize..5, inner).prop_map(|(left, operator, right)| {
            let both = left.value.zip(right.value);
            let (text, value) = match operator {
                0 => (format!("({} + {})", left.text, right.text), both.map(|(a, b)| a + b)),
                1 => (format!("({} - {})", left.text, right.text), both.map(|(a, b)| a - b)),
                2 => (format!("({} * {})", left.text, right.text), both.map(|(a, b)| a * b)),
                3 => (
                    format!("({} / {})", left.text, right.text),
                    both.filter(|(_, b)| *b != 0.0).map(|(a, b)| a / b),
                ),
                _ => (format!("(-({}))", left.text), left.value.map(|a| -a)),
            };
            Sample { text, value: value.filter(|value| value.is_finite()) }
        })
    })
}

/// SQL's logic as the minimum and maximum of false < unknown < true.
fn rank(value: Option<bool>) -> u8 {
    match value {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

fn of_rank(rank: u8) -> Option<bool> {
    [Some(false), None, Some(true)][usize::from(rank)]
}

#[expect(clippy::float_cmp, reason = "the condition compares exactly too")]
fn test() -> impl Strategy<Value = Sample<bool>> {
    let leaf = (scalar(), 0_usize..7, scalar()).prop_map(|(left, relation, right)| {
        let both = left.value.zip(right.value);
        let (a, b) = (&left.text, &right.text);
        let (text, value) = match relation {
            0 => (format!("{a} < {b}"), both.map(|(a, b)| a < b)),
            1 => (format!("{a} <= {b}"), both.map(|(a, b)| a <= b)),
            2 => (format!("{a} = {b}"), both.map(|(a, b)| a == b)),
            3 => (format!("{a} <> {b}"), both.map(|(a, b)| a != b)),
            4 => (format!("{a} is null"), Some(left.value.is_none())),
            5 => (format!("{a} is not null"), Some(left.value.is_some())),
            _ => (format!("{a} between {b} and {b}"), both.map(|(a, b)| a == b)),
        };
        Sample { text, value }
    });
    leaf.prop_recursive(4, 16, 2, |inner| {
        (inner.clone(), 0_usize..3, inner).prop_map(|(left, operator, right)| {
            let (a, b) = (rank(left.value), rank(right.value));
            match operator {
                0 => Sample { text: format!("({} and {})", left.text, right.text), value: of_rank(a.min(b)) },
                1 => Sample { text: format!("({} or {})", left.text, right.text), value: of_rank(a.max(b)) },
                _ => Sample { text: format!("not ({})", left.text), value: of_rank(2 - a) },
            }
        })
    })
}

proptest! {
    #[test]
    fn computations_are_what_a_naive_evaluation_gives(sample in scalar()) {
        prop_assume!(sample.text.chars().count() <= MAX_LENGTH);
        prop_assert_eq!(Computation::parse(&sample.text).unwrap().evaluate(&row), sample.value);
    }

    #[test]
    fn conditions_are_what_a_naive_evaluation_gives(sample in test()) {
        prop_assume!(sample.text.chars().count() <= MAX_LENGTH);
        prop_assert_eq!(Condition::parse(&sample.text).unwrap().evaluate(&row), sample.value);
    }

    #[test]
    fn hostile_text_is_answered(text in "[a-z가-힣 0-9.()'\"<>=+*/%;:,\\[\\]{}~!@#$^&|?\\\\-]{0,60}") {
        if let Ok(condition) = Condition::parse(&text) {
            let _ = condition.evaluate(&row);
        }
        let _ = Computation::parse(&text);
    }
}
