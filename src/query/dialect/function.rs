//! The functions that sources can be asked, each with what it is called there.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use super::block::put;
use super::{Dialect, Operand, is_text, no_equal};
use crate::query::QueryError;
use crate::query::mask;

/// A call of a function.
pub(super) fn scalar(
    function: &ScalarUDF,
    arguments: &[Operand],
    dialect: &dyn Dialect,
) -> Result<String, QueryError> {
    let name = function.name();
    if let Some(code) = mask::code_of(function) {
        let text = arguments.first().map(|text| text.sql.as_str()).unwrap_or_default();
        return masked(code, text, dialect);
    }
    let known = dialect.function(name, arguments).or_else(|| common(name, arguments, dialect));
    known.ok_or_else(|| {
        let types: Vec<String> = arguments.iter().map(|one| one.data_type.to_string()).collect();
        no_equal(format!("`{name}({})`", types.join(", ")), dialect)
    })
}

/// What is called and does the same everywhere.
fn common(name: &str, arguments: &[Operand], dialect: &dyn Dialect) -> Option<String> {
    let sql: Vec<&str> = arguments.iter().map(|argument| argument.sql.as_str()).collect();
    let called = |name: &str| Some(format!("{name}({})", sql.join(", ")));
    let number = |at: usize| arguments.get(at).is_some_and(|argument| argument.data_type.is_numeric());
    let float = |at: usize| arguments.get(at).is_some_and(|argument| argument.data_type.is_floating());
    match (name, arguments.len()) {
        ("abs" | "ceil" | "floor" | "trunc", 1) if number(0) => called(&name.to_uppercase()),
        ("sqrt" | "exp" | "ln", 1) | ("power", 2) if float(0) => called(&name.to_uppercase()),
        ("signum", 1) if number(0) => {
            Some(format!("CAST(SIGN({}) AS {})", sql.first()?, dialect.type_name(&DataType::Float64)?))
        }
        // Half away from zero, also of numbers in base 2, which sources round to even.
        ("round", 1 | 2) if float(0) => {
            let scale = match arguments.get(1) {
                None => 0,
                Some(digits) => digits.whole()?,
            };
            let number = sql.first()?;
            if scale == 0 {
                return Some(format!("(SIGN({number}) * FLOOR(ABS({number}) + 0.5))"));
            }
            let factor = format!("{}", 10_f64.powi(i32::try_from(scale).ok()?));
            Some(format!("(SIGN({number}) * FLOOR(ABS({number}) * {factor} + 0.5) / {factor})"))
        }
        ("round", 1) if number(0) => called("ROUND"),
        ("round", 2) if number(0) => Some(format!("ROUND({}, {})", sql.first()?, arguments.get(1)?.whole()?)),
        ("nvl", 2) => called("COALESCE"),
        ("coalesce", 1..)
        | ("nullif" | "repeat", 2)
        | ("lower" | "upper" | "reverse" | "ltrim" | "rtrim", 1)
        | ("replace", 3) => called(&name.to_uppercase()),
        ("btrim", 1) => called("TRIM"),
        ("character_length", 1) => called("LENGTH"),
        // A negative place or length means something else in each.
        ("left" | "right", 2) if arguments.get(1)?.whole()? >= 0 => called(&name.to_uppercase()),
        ("substr", 2 | 3) if arguments.get(1)?.whole()? >= 1 => called("SUBSTR"),
        _ => None,
    }
}

/// An aggregate that is called.
pub(super) struct Aggregate<'a> {
    pub name: &'a str,
    pub arguments: &'a [Operand],
    pub distinct: bool,
    /// What the rows are sorted by within the aggregate, and whether from small to large.
    pub sorted: Option<(Operand, bool)>,
}

impl Aggregate<'_> {
    /// The call; its value is of type `returns`.
    pub(super) fn write(&self, returns: &DataType, dialect: &dyn Dialect) -> Result<String, QueryError> {
        self.known(returns, dialect).ok_or_else(|| {
            let types: Vec<String> = self.arguments.iter().map(|one| one.data_type.to_string()).collect();
            let distinct = if self.distinct { "distinct " } else { "" };
            no_equal(format!("`{}({distinct}{})`", self.name, types.join(", ")), dialect)
        })
    }

    fn known(&self, returns: &DataType, dialect: &dyn Dialect) -> Option<String> {
        let [first, rest @ ..] = self.arguments else { return None };
        let ordered = |name: &str| {
            // `percentile_cont(p) WITHIN GROUP (ORDER BY x)` comes as the value, then the fraction.
            // Sources want a constant, and none that has to be computed.
            let fraction = match rest.first()?.value.as_ref()? {
                ScalarValue::Float64(Some(fraction)) => fraction.to_string(),
                _ => return None,
            };
            let by = self.sorted.as_ref().map_or((first, true), |(by, ascending)| (by, *ascending));
            let direction = if by.1 { "ASC" } else { "DESC" };
            Some(format!("{name}({}) WITHIN GROUP (ORDER BY {} {direction})", fraction, by.0.sql))
        };
        match self.name {
            "percentile_cont" | "approx_percentile_cont" if !self.distinct => {
                return ordered("PERCENTILE_CONT");
            }
            "median" if !self.distinct && rest.is_empty() => {
                return Some(format!("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {} ASC)", first.sql));
            }
            _ => {}
        }
        // An order changes nothing of the others.
        if self.sorted.is_some() {
            return None;
        }
        if !self.distinct
            && let Some(known) = dialect.aggregate(self.name, self.arguments, returns)
        {
            return Some(known);
        }
        if !rest.is_empty() {
            return None;
        }
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        // Every row, whatever is counted of it.
        if self.name == "count"
            && !self.distinct
            && first.value.as_ref().is_some_and(|value| !value.is_null())
        {
            return Some("COUNT(*)".into());
        }
        let is_text = is_text(&first.data_type);
        let of = match self.name {
            "min" | "max" if is_text => dialect.by_bytes(&first.sql),
            _ => first.sql.clone(),
        };
        let name = match self.name {
            "sum" if first.data_type.is_numeric() => "SUM",
            "count" => "COUNT",
            "min" => "MIN",
            "max" => "MAX",
            "avg" if first.data_type.is_floating() => "AVG",
            "stddev" => "STDDEV_SAMP",
            "stddev_pop" => "STDDEV_POP",
            "var" => "VAR_SAMP",
            "var_pop" => "VAR_POP",
            _ => return None,
        };
        let call = format!("{name}({distinct}{of})");
        // The engine cuts off what follows its digits.
        Some(call)
    }
}

/// A masked text.
fn masked(code: mask::Code, text: &str, dialect: &dyn Dialect) -> Result<String, QueryError> {
    Ok(match code {
        mask::Code::Ends { first, last } => {
            let stars = super::literal::write(&mask::STARS.into(), dialect)?;
            let least = u16::from(first) + u16::from(last);
            format!(
                "CASE WHEN {text} IS NULL THEN NULL WHEN LENGTH({text}) <= {least} THEN {stars} \
                 ELSE LEFT({text}, {first}) || {stars} || RIGHT({text}, {last}) END"
            )
        }
        mask::Code::Hash(key) => {
            // The keys of the two hashes that an HMAC consists of (RFC 2104), each as long as a block.
            let padded = |with: u8| {
                let block = key.bytes().iter().copied().chain(std::iter::repeat(0)).take(64);
                block.fold(String::new(), |mut digits, byte| {
                    put(&mut digits, format_args!("{:02x}", byte ^ with));
                    digits
                })
            };
            let write = |digits: String| super::literal::write(&digits.into(), dialect);
            let (inner, outer) = (write(padded(0x36))?, write(padded(0x5c))?);
            dialect.keyed_code(text, &inner, &outer)
        }
    })
}
