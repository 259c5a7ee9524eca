//! The type names authors write for CSV and partition columns.

use arrow::datatypes::{DataType, TimeUnit};

use super::SourceError;

const VALID: &str = "text, int, float, decimal(18,2), bool, date, timestamp";

/// Reads `text`, `int`, `float`, `decimal(p,s)`, `bool`, `date` or `timestamp`.
pub(super) fn parse(name: &str) -> Result<DataType, SourceError> {
    let unknown =
        || SourceError::BadDataset(format!("`{name}` is not a column type; valid types are {VALID}"));
    match name.trim() {
        "text" => Ok(DataType::Utf8),
        "int" => Ok(DataType::Int64),
        "float" => Ok(DataType::Float64),
        "bool" => Ok(DataType::Boolean),
        "date" => Ok(DataType::Date32),
        "timestamp" => Ok(DataType::Timestamp(TimeUnit::Microsecond, None)),
        other => {
            let arguments =
                other.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')')).ok_or_else(unknown)?;
            let (precision, scale) = arguments.split_once(',').ok_or_else(unknown)?;
            let precision: u8 = precision.trim().parse().map_err(|_| unknown())?;
            let scale: i8 = scale.trim().parse().map_err(|_| unknown())?;
            let fits = (1..=38).contains(&precision) && scale >= 0 && scale.unsigned_abs() <= precision;
            fits.then_some(DataType::Decimal128(precision, scale)).ok_or_else(unknown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_up_to_38_digits_are_types_and_wider_ones_are_not() {
        assert_eq!(parse("decimal(38, 4)").unwrap(), DataType::Decimal128(38, 4));
        for wrong in ["decimal(39,0)", "decimal(4,5)", "decimal(4)", "number", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
