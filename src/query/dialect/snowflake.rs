//! Snowflake. Its sessions count in UTC and weeks from Monday, which the statement's parameters say.

use datafusion::arrow::datatypes::DataType;

use super::expression::is_time;
use super::{Dialect, Operand, Span, is_text, plain};

/// How Snowflake writes what plans are made of.
pub(super) struct Snowflake;

impl Dialect for Snowflake {
    fn name(&self) -> &'static str {
        "Snowflake"
    }

    fn longest_name(&self) -> usize {
        255
    }

    fn type_name(&self, data_type: &DataType) -> Option<String> {
        Some(match plain(data_type) {
            DataType::Boolean => "BOOLEAN".into(),
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64 => "NUMBER(38,0)".into(),
            DataType::Float32 | DataType::Float64 => "DOUBLE".into(),
            DataType::Decimal128(precision, scale) => format!("NUMBER({precision},{scale})"),
            DataType::Date32 => "DATE".into(),
            DataType::Timestamp(_, None) => "TIMESTAMP_NTZ".into(),
            DataType::Timestamp(_, Some(_)) => "TIMESTAMP_TZ".into(),
            other if other.is_string() => "VARCHAR".into(),
            _ => return None,
        })
    }

    fn placeholder(&self, _: usize) -> String {
        "?".into()
    }

    fn numbered(&self) -> bool {
        false
    }

    fn local_time(&self, digits: &str) -> String {
        format!("CAST('{digits}' AS TIMESTAMP_NTZ)")
    }

    fn instant(&self, digits: &str) -> String {
        format!("CAST('{digits}+00:00' AS TIMESTAMP_TZ)")
    }

    fn function(&self, name: &str, arguments: &[Operand]) -> Option<String> {
        let [first, rest @ ..] = arguments else { return None };
        let of = |name: &str| {
            let sql: Vec<&str> = arguments.iter().map(|argument| argument.sql.as_str()).collect();
            Some(format!("{name}({})", sql.join(", ")))
        };
        match (name, rest) {
            // These pass over missing values, as the engine does.
            ("greatest", _) => of("GREATEST_IGNORE_NULLS"),
            ("least", _) => of("LEAST_IGNORE_NULLS"),
            ("concat", _) => {
                let parts: Vec<String> =
                    arguments.iter().map(|part| format!("COALESCE({}, '')", part.sql)).collect();
                Some(format!("CONCAT({})", parts.join(", ")))
            }
            ("starts_with", [_]) => of("STARTSWITH"),
            ("ends_with", [_]) => of("ENDSWITH"),
            ("contains", [_]) => of("CONTAINS"),
            ("strpos", [part]) => Some(format!("POSITION({}, {})", part.sql, first.sql)),
            ("lpad" | "rpad" | "split_part", [_, _]) => of(&name.to_uppercase()),
            ("log10", []) => Some(format!("LOG(10, {})", first.sql)),
            ("make_date", [_, _]) => of("DATE_FROM_PARTS"),
            ("to_date", []) if is_text(&first.data_type) => Some(format!("CAST({} AS DATE)", first.sql)),
            ("date_part", [time]) => date_part(first.text()?, time),
            ("date_trunc", [time]) => {
                let unit = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
                    .into_iter()
                    .find(|known| first.text().is_some_and(|name| name.eq_ignore_ascii_case(known)))?;
                Some(format!("DATE_TRUNC('{unit}', CAST({} AS TIMESTAMP_NTZ))", time.sql))
                    .filter(|_| !matches!(time.data_type, DataType::Timestamp(_, Some(_))))
            }
            ("to_local_time", []) => match &first.data_type {
                DataType::Timestamp(_, Some(zone)) => {
                    let zone = zone_name(zone)?;
                    Some(format!("CAST(CONVERT_TIMEZONE({zone}, {}) AS TIMESTAMP_NTZ)", first.sql))
                }
                DataType::Timestamp(_, None) => Some(first.sql.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    fn aggregate(&self, name: &str, arguments: &[Operand], returns: &DataType) -> Option<String> {
        let [first, rest @ ..] = arguments else { return None };
        match (name, rest, returns) {
            // The engine cuts off what follows the digits of its type.
            ("avg", [], DataType::Decimal128(_, scale)) => {
                Some(format!("TRUNC(AVG({}), {scale})", first.sql))
            }
            ("approx_distinct", [], _) => Some(format!("APPROX_COUNT_DISTINCT({})", first.sql)),
            ("bool_and", [], _) => Some(format!("BOOLAND_AGG({})", first.sql)),
            ("bool_or", [], _) => Some(format!("BOOLOR_AGG({})", first.sql)),
            ("corr", [other], _) => Some(format!("CORR({}, {})", first.sql, other.sql)),
            _ => None,
        }
    }

    fn cast(&self, value: &Operand, to: &DataType) -> Option<String> {
        let from = plain(&value.data_type);
        let sql = &value.sql;
        Some(match (from, plain(to)) {
            (DataType::Date32, to) if to.is_integer() => format!("DATEDIFF(day, DATE '1970-01-01', {sql})"),
            (from, DataType::Date32) if from.is_integer() => {
                format!("DATEADD(day, {sql}, DATE '1970-01-01')")
            }
            // In a session that counts in UTC, a time without a zone is one of UTC.
            (DataType::Timestamp(_, None), DataType::Timestamp(_, Some(zone))) => {
                format!("CAST(CONVERT_TIMEZONE({}, 'UTC', {sql}) AS TIMESTAMP_TZ)", zone_name(zone)?)
            }
            (DataType::Timestamp(_, None), to) if is_text(to) => {
                format!("TO_VARCHAR({sql}, 'YYYY-MM-DD\"T\"HH24:MI:SS')")
            }
            (DataType::Boolean, to) if is_text(to) || to.is_integer() => {
                format!("CAST({sql} AS {})", self.type_name(to)?)
            }
            (from, DataType::Boolean) if from.is_integer() => format!("({sql} <> 0)"),
            _ => return None,
        })
    }

    /// Its own division gives six digits behind the point, and rounds them.
    fn whole_division(&self, left: &str, right: &str) -> String {
        format!("(({left} - MOD({left}, {right})) / {right})")
    }

    fn moved(&self, time: &Operand, span: Span) -> String {
        let steps =
            [("month", i64::from(span.months)), ("day", i64::from(span.days)), ("nanosecond", span.nanos)];
        let moved = |sql: String, (unit, count): (&str, i64)| match count {
            0 => sql,
            count => format!("DATEADD({unit}, {count}, {sql})"),
        };
        steps.into_iter().fold(time.sql.clone(), moved)
    }

    fn by_bytes(&self, sql: &str) -> String {
        sql.to_owned()
    }

    /// By the code points, as columns without a collation. What is said of an expression counts before what is said of
    /// a column (Snowflake, "Collation support"), so it holds for whatever the text is compared with.
    fn told_apart(&self, sql: &str) -> String {
        format!("COLLATE({sql}, 'utf8')")
    }

    fn keyed_code(&self, text: &str, inner: &str, outer: &str) -> String {
        format!(
            "LEFT(SHA2_HEX(CONCAT(TO_BINARY({outer}, 'HEX'), \
             SHA2_BINARY(CONCAT(TO_BINARY({inner}, 'HEX'), TO_BINARY({text}, 'UTF-8')), 256)), 256), 16)"
        )
    }

    fn has_filter(&self) -> bool {
        false
    }

    fn answered(&self, column: &Operand) -> Option<String> {
        self.type_name(&column.data_type)?;
        // Whatever digits a column has, so that there is one form to read.
        Some(match &column.data_type {
            DataType::Timestamp(_, None) => format!("CAST({} AS TIMESTAMP_NTZ(9))", column.sql),
            DataType::Timestamp(_, Some(_)) => format!("CAST({} AS TIMESTAMP_TZ(9))", column.sql),
            _ => column.sql.clone(),
        })
    }
}

/// A zone as a literal; the names of zones have no quotes in them.
fn zone_name(zone: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+' | ':');
    zone.chars().all(plain).then(|| format!("'{zone}'"))
}

fn date_part(part: &str, time: &Operand) -> Option<String> {
    let is_local = matches!(time.data_type, DataType::Date32 | DataType::Timestamp(_, None));
    if !is_local || !(time.data_type == DataType::Date32 || is_time(&time.data_type)) {
        return None;
    }
    let part = part.to_ascii_lowercase();
    let name = match part.as_str() {
        "year" | "quarter" | "month" | "day" | "hour" | "minute" | "second" => part.as_str(),
        "week" => "weekiso",
        "doy" => "dayofyear",
        // Counted from Sunday, whatever a session takes for the first day of a week.
        "dow" => return Some(format!("MOD(DAYOFWEEKISO({}), 7)", time.sql)),
        "epoch" => {
            return Some(format!("(CAST(DATE_PART(epoch_microsecond, {}) AS DOUBLE) / 1000000)", time.sql));
        }
        _ => return None,
    };
    Some(format!("DATE_PART({name}, {})", time.sql))
}
