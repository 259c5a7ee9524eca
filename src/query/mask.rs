//! Masks as engine expressions: what takes the place of a value before anything is grouped, filtered or
//! added up by it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringArray, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::common::cast::as_string_array;
use datafusion::error::DataFusionError;
use datafusion::functions::math::expr_fn::round;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast, lit,
};

use super::QueryError;
use super::expression::null_of;
use crate::access::{ColumnMask, MaskKey};

/// The members of a dimension as they may be seen, with their type.
pub(super) fn of_dimension(
    mask: ColumnMask,
    expression: Expr,
    data_type: &DataType,
) -> Result<Expr, QueryError> {
    Ok(match mask {
        ColumnMask::Hidden => return Err(QueryError::Hidden),
        ColumnMask::Empty => null_of(data_type)?,
        // Back to the type of the data, so that filters and row numbers keep meaning the same.
        ColumnMask::Rounded(step) => cast(rounded(expression, step.value()), data_type.clone()),
        ColumnMask::Partial { first, last } => text(Code::Ends { first, last }, expression),
        ColumnMask::Hash(key) => text(Code::Hash(key), expression),
    })
}

/// A measure or metric as it may be seen.
pub(super) fn of_number(mask: ColumnMask, expression: Expr) -> Result<Expr, QueryError> {
    Ok(match mask {
        ColumnMask::Rounded(step) => rounded(expression, step.value()),
        ColumnMask::Empty => lit(ScalarValue::Float64(None)),
        // The check accepts codes for members only; whatever else comes here stays closed.
        ColumnMask::Hidden | ColumnMask::Partial { .. } | ColumnMask::Hash(_) => {
            return Err(QueryError::Hidden);
        }
    })
}

fn rounded(expression: Expr, step: f64) -> Expr {
    round(vec![cast(expression, DataType::Float64) / lit(step)]) * lit(step)
}

fn text(code: Code, expression: Expr) -> Expr {
    let function = ScalarUDF::from(MaskText {
        code,
        signature: Signature::exact(vec![DataType::Utf8], Volatility::Immutable),
    });
    function.call(vec![cast(expression, DataType::Utf8)])
}

/// A code of 16 hexadecimal digits for each value, equal for equal values wherever it is made. No secret: for counting.
pub(super) fn unkeyed_code(expression: Expr) -> Expr {
    text(Code::Hash(MaskKey::new([0; 32])), expression)
}

/// What becomes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Code {
    Ends { first: u8, last: u8 },
    Hash(MaskKey),
}

/// The stars between the ends; always as many, so that they do not tell the length.
pub(super) const STARS: &str = "***";

impl Code {
    fn of(self, text: &str) -> String {
        match self {
            Self::Ends { first, last } => {
                let (first, last) = (usize::from(first), usize::from(last));
                let length = text.chars().count();
                // Both ends of a short text would be all of it.
                if first + last >= length {
                    return STARS.to_owned();
                }
                let start: String = text.chars().take(first).collect();
                let end: String = text.chars().skip(length - last).collect();
                format!("{start}{STARS}{end}")
            }
            Self::Hash(key) => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.bytes());
                let tag = ring::hmac::sign(&key, text.as_bytes());
                let start: [u8; 8] =
                    std::array::from_fn(|at| tag.as_ref().get(at).copied().unwrap_or_default());
                format!("{:016x}", u64::from_be_bytes(start))
            }
        }
    }
}

/// What a function makes of a text, if it is a mask.
pub(super) fn code_of(function: &ScalarUDF) -> Option<Code> {
    function.inner().downcast_ref::<MaskText>().map(|mask| mask.code)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct MaskText {
    code: Code,
    signature: Signature,
}

impl ScalarUDFImpl for MaskText {
    fn name(&self) -> &'static str {
        "mask_text"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let Some(texts) = arrays.first() else { return Ok(ColumnarValue::Scalar(ScalarValue::Utf8(None))) };
        let texts: &StringArray = as_string_array(texts)?;
        let mut masked = StringBuilder::with_capacity(texts.len(), texts.len() * 16);
        for text in texts {
            masked.append_option(text.map(|text| self.code.of(text)));
        }
        Ok(ColumnarValue::Array(Arc::new(masked.finish()) as ArrayRef))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_text_never_are_all_of_it() {
        let ends = Code::Ends { first: 1, last: 1 };
        assert_eq!(ends.of("김민수"), "김***수");
        assert_eq!(ends.of("김수"), "***");
        assert_eq!(ends.of(""), "***");
        assert_eq!(Code::Ends { first: 0, last: 4 }.of("010-1234-5678"), "***5678");
    }

    #[test]
    fn codes_are_equal_for_equal_texts_and_keys_only() {
        let code = |key: u8, text: &str| Code::Hash(MaskKey::new([key; 32])).of(text);
        assert_eq!(code(1, "강남점").len(), 16);
        assert_eq!(code(1, "강남점"), code(1, "강남점"));
        assert_ne!(code(1, "강남점"), code(1, "종로점"));
        assert_ne!(code(1, "강남점"), code(2, "강남점"));
    }
}
