//! What of a dataset somebody may see.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::row_filter::RowTest;
use crate::definitions::model::{FieldName, Mask, PartialMask};

/// What a viewer may see of a dataset: an argument of every plan and part of every cache key.
///
/// Made only by [`Standing::restriction`](super::Standing::restriction) and, for work that shows nothing
/// to anybody, by [`Restriction::none`]. Nobody else can make one, and a planner is not made without:
///
/// ```compile_fail
/// let forged = jangpyo::access::Restriction { rows: None, columns: Default::default(), minimum_group: None };
/// ```
///
/// ```compile_fail
/// # fn plan(dataset: &jangpyo::definitions::model::Dataset, input: &jangpyo::sources::Input) {
/// let planner = jangpyo::query::Planner::new(dataset, input);
/// # }
/// ```
///
/// With a restriction the same compiles:
///
/// ```
/// # use jangpyo::access::{Restriction, Unrestricted};
/// # fn plan(dataset: &jangpyo::definitions::model::Dataset, input: &jangpyo::sources::Input) {
/// let restriction = Restriction::none(Unrestricted::Check);
/// let planner = jangpyo::query::Planner::new(dataset, input, &restriction);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Restriction {
    pub(super) rows: RowTest,
    pub(super) columns: BTreeMap<FieldName, ColumnMask>,
    pub(super) minimum_group: Option<u32>,
}

/// Why something may be read without a restriction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unrestricted {
    /// Whoever asks has the machine and so the data.
    Operator,
    /// A check of definitions, which shows no values.
    Check,
    /// Attributes of a person, looked up to find out what they may see.
    Attributes,
    /// Rows kept for many slices; the question of every slice carries the restriction of its own.
    Slices,
}

/// How a field is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ColumnMask {
    /// To a multiple of this.
    Rounded(Step),
    /// The ends of a text.
    Partial {
        /// The characters shown at the start.
        first: u8,
        /// The characters shown at the end.
        last: u8,
    },
    /// A code.
    Hash(MaskKey),
    /// No value.
    Empty,
    /// Nothing at all.
    Hidden,
}

/// A step to round to, above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Step(u64);

impl Step {
    /// The number.
    pub fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// The secret that codes of masked values are made with, so that nobody can compute them from guesses.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaskKey([u8; 32]);

impl MaskKey {
    /// A key from secret bytes.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// A key nobody knows. Codes made with it are of no use to another process.
    ///
    /// # Panics
    /// When the system gives no random numbers.
    pub fn random() -> Self {
        use ring::rand::SecureRandom;

        let mut secret = [0; 32];
        // The system's generator fails on no system this runs on; codes of a known key would be no secret.
        let filled = ring::rand::SystemRandom::new().fill(&mut secret);
        assert!(filled.is_ok(), "the system gives no random numbers");
        Self(secret)
    }

    /// The bytes, for whoever computes codes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MaskKey(…)")
    }
}

impl Serialize for MaskKey {
    /// A digest: equal for equal keys, and no way back.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:x}", Sha256::digest(self.0)))
    }
}

impl Restriction {
    /// No restriction, for a reason that stands in the code.
    pub fn none(_: Unrestricted) -> Self {
        Self { rows: RowTest::Known(Some(true)), columns: BTreeMap::new(), minimum_group: None }
    }

    /// Which rows count; `None` for all.
    pub fn rows(&self) -> Option<&RowTest> {
        (self.rows != RowTest::Known(Some(true))).then_some(&self.rows)
    }

    /// How a dimension, measure or metric is masked; `None` if it is not.
    pub fn mask(&self, field: &FieldName) -> Option<ColumnMask> {
        self.columns.get(field).copied()
    }

    /// Whether nothing of the field may be seen.
    pub fn hides(&self, field: &FieldName) -> bool {
        self.mask(field) == Some(ColumnMask::Hidden)
    }

    /// Whether any field is hidden.
    pub fn hides_any(&self) -> bool {
        self.columns.values().any(|mask| *mask == ColumnMask::Hidden)
    }

    /// The fewest rows a number may be about.
    pub fn minimum_group(&self) -> Option<u32> {
        self.minimum_group
    }

    /// 64 hexadecimal digits that are equal for equal restrictions, also of other processes.
    pub fn fingerprint(&self) -> String {
        format!("{:x}", Sha256::digest(serde_json::to_string(self).unwrap_or_default()))
    }
}

/// The less hiding of two masks; of two that round, the finer, and of two that show parts, the longer.
pub(super) fn weaker(a: Mask, b: Mask) -> Mask {
    let shown = |part: PartialMask| u16::from(part.first) + u16::from(part.last);
    match (a, b) {
        (Mask::Rounded(x), Mask::Rounded(y)) => Mask::Rounded(x.min(y)),
        (Mask::Partial(x), Mask::Partial(y)) => {
            if shown(x) >= shown(y) {
                a
            } else {
                b
            }
        }
        _ if a.strength() <= b.strength() => a,
        _ => b,
    }
}

/// The mask with the key it needs; `None` for a clear view.
pub(super) fn column_mask(mask: Mask, key: MaskKey) -> Option<ColumnMask> {
    Some(match mask {
        Mask::Clear => return None,
        Mask::Rounded(step) => ColumnMask::Rounded(Step(step.to_bits())),
        Mask::Partial(part) => ColumnMask::Partial { first: part.first, last: part.last },
        Mask::Hash => ColumnMask::Hash(key),
        Mask::Empty => ColumnMask::Empty,
        Mask::Hidden => ColumnMask::Hidden,
    })
}
