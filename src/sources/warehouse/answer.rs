//! From the texts of an answer to columns of the types that were asked for.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, RecordBatch, StringBuilder, TimestampMicrosecondBuilder};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use arrow::util::display::FormatOptions;
use chrono::{DateTime, NaiveDateTime};

use super::StatementError;

/// Rows of texts, gathered column by column.
pub(in crate::sources) struct TextColumns {
    schema: SchemaRef,
    columns: Vec<StringBuilder>,
    rows: usize,
}

impl TextColumns {
    /// None yet.
    pub(in crate::sources) fn new(schema: SchemaRef) -> Self {
        let columns = schema.fields().iter().map(|_| StringBuilder::new()).collect();
        Self { schema, columns, rows: 0 }
    }

    /// How many rows were added.
    pub(in crate::sources) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a row, which has a cell for each column.
    pub(in crate::sources) fn push<'a>(
        &mut self,
        mut cells: impl Iterator<Item = Option<&'a str>>,
    ) -> Result<(), StatementError> {
        for column in &mut self.columns {
            let cell = cells.next().ok_or_else(|| bad("a row of the answer is too short"))?;
            column.append_option(cell);
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows, each column of its type.
    pub(in crate::sources) fn finish(mut self) -> Result<RecordBatch, StatementError> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for (builder, field) in self.columns.iter_mut().zip(self.schema.fields()) {
            let texts: ArrayRef = Arc::new(builder.finish());
            let column = typed(&texts, field.data_type())
                .map_err(|why| bad(format!("column `{}` of the answer: {why}", field.name())))?;
            columns.push(column);
        }
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(self.rows));
        RecordBatch::try_new_with_options(nullable(&self.schema), columns, &options)
            .map_err(|error| bad(error.to_string()))
    }
}

/// A source may not know that a column has no missing values.
pub(super) fn nullable(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
    Arc::new(arrow::datatypes::Schema::new(fields.collect::<Vec<_>>()))
}

/// Texts as values of a type. The error says what does not fit.
pub(super) fn typed(texts: &ArrayRef, data_type: &DataType) -> Result<ArrayRef, String> {
    let options = CastOptions { safe: false, format_options: FormatOptions::default() };
    let DataType::Timestamp(unit, zone) = data_type else {
        return cast_with_options(texts, data_type, &options).map_err(|error| error.to_string());
    };
    // Written with a blank and a short offset, which are not of ISO 8601.
    let texts = texts.as_any().downcast_ref::<arrow::array::StringArray>().ok_or("not read as text")?;
    let mut instants = TimestampMicrosecondBuilder::with_capacity(texts.len());
    for text in texts {
        instants.append_option(text.map(|text| micros(text, zone.is_some())).transpose()?);
    }
    let instants: ArrayRef = Arc::new(instants.finish().with_timezone_opt(zone.clone()));
    if *unit == TimeUnit::Microsecond {
        return Ok(instants);
    }
    cast_with_options(&instants, data_type, &options).map_err(|error| error.to_string())
}

fn micros(text: &str, zoned: bool) -> Result<i64, String> {
    let unreadable = || format!("`{text}` is no time");
    if zoned {
        let instant = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z").map_err(|_| unreadable())?;
        return Ok(instant.timestamp_micros());
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map_err(|_| unreadable())?;
    Ok(local.and_utc().timestamp_micros())
}

fn bad(why: impl Into<String>) -> StatementError {
    StatementError::BadAnswer(why.into())
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray as _;
    use arrow::datatypes::{Decimal128Type, Field, Int64Type, Schema, TimestampMicrosecondType};

    use super::*;

    fn read(data_type: DataType, texts: &[Option<&str>]) -> Result<ArrayRef, StatementError> {
        let schema = Arc::new(Schema::new(vec![Field::new("x", data_type, false)]));
        let mut columns = TextColumns::new(schema);
        for text in texts {
            columns.push(std::iter::once(*text))?;
        }
        Ok(Arc::clone(columns.finish()?.column(0)))
    }

    #[test]
    fn texts_become_values_of_the_type_that_was_asked_for() {
        let wide = "12345678901234567890123456789012345678";
        let decimals = read(DataType::Decimal128(38, 0), &[Some(wide), None]).unwrap();
        let decimals = decimals.as_primitive::<Decimal128Type>();
        assert_eq!(decimals.value(0).to_string(), wide);
        assert!(arrow::array::Array::is_null(decimals, 1));
        let whole = read(DataType::Int64, &[Some("-7")]).unwrap();
        assert_eq!(whole.as_primitive::<Int64Type>().value(0), -7);
        let flags = read(DataType::Boolean, &[Some("true"), Some("f")]).unwrap();
        assert!(flags.as_boolean().value(0) && !flags.as_boolean().value(1));
        let zone = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        for text in ["1970-01-01 09:00:01.5+09", "1970-01-01 00:00:01.500000+00:00"] {
            let instants = read(zone.clone(), &[Some(text)]).unwrap();
            assert_eq!(instants.as_primitive::<TimestampMicrosecondType>().value(0), 1_500_000);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_not_missing() {
        for (data_type, text) in [
            (DataType::Int64, "1.5"),
            (DataType::Int64, "99999999999999999999"),
            (DataType::Date32, "infinity"),
            (DataType::Timestamp(TimeUnit::Microsecond, None), "infinity"),
        ] {
            let error = read(data_type, &[Some(text)]).unwrap_err();
            assert!(error.to_string().contains('x'), "{error}");
        }
    }
}
