//! PostgreSQL, version 12 and later.

use datafusion::arrow::datatypes::DataType;

use super::expression::is_time;
use super::{Dialect, Operand, Span, is_text, plain};

/// How PostgreSQL writes what plans are made of.
pub(super) struct Postgres;

/// How the engine writes a time as text.
const TIME_AS_TEXT: &str = "YYYY-MM-DD\"T\"HH24:MI:SS";

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn longest_name(&self) -> usize {
        63
    }

    fn type_name(&self, data_type: &DataType) -> Option<String> {
        Some(match plain(data_type) {
            DataType::Boolean => "boolean".into(),
            DataType::Int8 | DataType::Int16 | DataType::UInt8 => "smallint".into(),
            DataType::Int32 | DataType::UInt16 => "integer".into(),
            DataType::Int64 | DataType::UInt32 => "bigint".into(),
            DataType::UInt64 => "numeric(20,0)".into(),
            DataType::Float32 => "real".into(),
            DataType::Float64 => "double precision".into(),
            DataType::Decimal128(precision, scale) => format!("numeric({precision},{scale})"),
            DataType::Date32 => "date".into(),
            DataType::Timestamp(_, None) => "timestamp".into(),
            DataType::Timestamp(_, Some(_)) => "timestamptz".into(),
            other if other.is_string() => "text".into(),
            _ => return None,
        })
    }

    fn placeholder(&self, number: usize) -> String {
        format!("${number}::text")
    }

    fn numbered(&self) -> bool {
        true
    }

    fn local_time(&self, digits: &str) -> String {
        format!("TIMESTAMP '{digits}'")
    }

    fn instant(&self, digits: &str) -> String {
        format!("TIMESTAMPTZ '{digits}+00'")
    }

    fn function(&self, name: &str, arguments: &[Operand]) -> Option<String> {
        let [first, rest @ ..] = arguments else { return None };
        let of = |name: &str| {
            let sql: Vec<&str> = arguments.iter().map(|argument| argument.sql.as_str()).collect();
            Some(format!("{name}({})", sql.join(", ")))
        };
        match (name, rest) {
            ("greatest" | "least" | "concat" | "concat_ws", _) | ("lpad" | "rpad" | "split_part", [_, _]) => {
                of(&name.to_uppercase())
            }
            ("starts_with", [_]) => of("STARTS_WITH"),
            ("strpos", [_]) => of("STRPOS"),
            ("contains", [part]) => Some(format!("(STRPOS({}, {}) > 0)", first.sql, part.sql)),
            ("ends_with", [end]) => {
                Some(format!("(RIGHT({}, LENGTH({end})) = {end})", first.sql, end = end.sql))
            }
            ("log10", []) => of("LOG"),
            ("make_date", [_, _]) => of("MAKE_DATE"),
            ("to_date", []) if is_text(&first.data_type) => Some(format!("CAST({} AS date)", first.sql)),
            ("date_part", [time]) => date_part(first.text()?, time),
            ("date_trunc", [time]) => {
                let unit = unit(first.text()?)?;
                Some(format!("DATE_TRUNC('{unit}', CAST({} AS timestamp))", time.sql))
                    .filter(|_| !matches!(time.data_type, DataType::Timestamp(_, Some(_))))
            }
            ("to_local_time", []) => match &first.data_type {
                DataType::Timestamp(_, Some(zone)) => {
                    Some(format!("({} AT TIME ZONE {})", first.sql, zone_name(zone)?))
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
            ("approx_distinct", [], _) => Some(format!("COUNT(DISTINCT {})", first.sql)),
            ("bool_and" | "bool_or", [], _) => Some(format!("{}({})", name.to_uppercase(), first.sql)),
            ("corr", [other], _) => Some(format!("CORR({}, {})", first.sql, other.sql)),
            _ => None,
        }
    }

    fn cast(&self, value: &Operand, to: &DataType) -> Option<String> {
        let from = plain(&value.data_type);
        let sql = &value.sql;
        Some(match (from, plain(to)) {
            (DataType::Date32, to) if to.is_integer() => {
                format!("CAST({sql} - DATE '1970-01-01' AS {})", self.type_name(to)?)
            }
            (from, DataType::Date32) if from.is_integer() => {
                format!("(DATE '1970-01-01' + CAST({sql} AS integer))")
            }
            (DataType::Timestamp(_, None), DataType::Timestamp(_, Some(zone))) => {
                format!("({sql} AT TIME ZONE {})", zone_name(zone)?)
            }
            (DataType::Timestamp(_, None), to) if is_text(to) => format!("TO_CHAR({sql}, '{TIME_AS_TEXT}')"),
            (DataType::Boolean, to) if is_text(to) => format!("CAST({sql} AS text)"),
            (DataType::Boolean, to) if to.is_integer() => {
                format!("CAST(CAST({sql} AS integer) AS {})", self.type_name(to)?)
            }
            (from, DataType::Boolean) if from.is_integer() => format!("({sql} <> 0)"),
            // Cutting off is for numbers in base 10 only, with digits; those in base 2 have none here.
            (from, to) if from.is_floating() && to.is_integer() => {
                format!("CAST(TRUNC({sql}) AS {})", self.type_name(to)?)
            }
            _ => return None,
        })
    }

    fn whole_division(&self, left: &str, right: &str) -> String {
        format!("({left} / {right})")
    }

    fn moved(&self, time: &Operand, span: Span) -> String {
        let Span { months, days, nanos } = span;
        let (seconds, micros) = (nanos / 1_000_000_000, (nanos % 1_000_000_000) / 1_000);
        let span = format!(
            "INTERVAL '{months} months' + INTERVAL '{days} days' + INTERVAL '{seconds} seconds' + \
             INTERVAL '{micros} microseconds'"
        );
        let whole = if time.data_type == DataType::Date32 { "date" } else { "timestamp" };
        format!("CAST(({} + ({span})) AS {whole})", time.sql)
    }

    fn by_bytes(&self, sql: &str) -> String {
        format!("{sql} COLLATE \"C\"")
    }

    /// Not `"C"`: case and width are those of other columns then, and no collation by default takes texts for the same.
    fn told_apart(&self, sql: &str) -> String {
        format!("({sql} COLLATE pg_catalog.\"default\")")
    }

    fn keyed_code(&self, text: &str, inner: &str, outer: &str) -> String {
        format!(
            "LEFT(ENCODE(SHA256(DECODE({outer}, 'hex') || SHA256(DECODE({inner}, 'hex') || CONVERT_TO({text}, 'UTF8'))), \
             'hex'), 16)"
        )
    }

    fn has_filter(&self) -> bool {
        true
    }

    fn answered(&self, column: &Operand) -> Option<String> {
        self.type_name(&column.data_type)?;
        Some(if is_text(&column.data_type) {
            column.sql.clone()
        } else {
            format!("CAST({} AS text)", column.sql)
        })
    }
}

/// A zone as a literal; the names of zones have no quotes in them.
fn zone_name(zone: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+' | ':');
    zone.chars().all(plain).then(|| format!("'{zone}'"))
}

/// A unit of time that both know by the same name.
fn unit(name: &str) -> Option<&'static str> {
    ["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
        .into_iter()
        .find(|known| name.eq_ignore_ascii_case(known))
}

fn date_part(part: &str, time: &Operand) -> Option<String> {
    let is_date = time.data_type == DataType::Date32;
    if !is_date && !is_time(&time.data_type) {
        return None;
    }
    // An instant's parts are those of its zone, which the engine takes; that is written by `to_local_time`.
    if matches!(time.data_type, DataType::Timestamp(_, Some(_))) {
        return None;
    }
    let part = part.to_ascii_lowercase();
    // A day has no time of day at the source; the engine takes its first moment.
    let sql = if is_date { format!("CAST({} AS timestamp)", time.sql) } else { time.sql.clone() };
    let whole = ["year", "quarter", "month", "week", "day", "doy", "dow", "hour", "minute"];
    if whole.contains(&part.as_str()) {
        return Some(format!("CAST(EXTRACT({} FROM {sql}) AS integer)", part.to_uppercase()));
    }
    match part.as_str() {
        "second" => Some(format!("CAST(FLOOR(EXTRACT(SECOND FROM {sql})) AS integer)")),
        "epoch" => Some(format!("CAST(EXTRACT(EPOCH FROM {sql}) AS double precision)")),
        _ => None,
    }
}
