//! Why a question cannot be planned.

use crate::error::Kind;

/// Why a question cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The dataset has no such field.
    #[error("there is no {what} `{name}`{}; valid are: {}", nearest(name, valid), list(valid))]
    UnknownField {
        /// "dimension", "measure or metric", …
        what: &'static str,
        /// The name asked for.
        name: String,
        /// The names there are.
        valid: Vec<String>,
    },
    /// A dimension without an expression is named as no column is. Only for authors: columns are nobody else's.
    #[error("there is no column `{name}`{}; valid are: {}", nearest(name, valid), list(valid))]
    NoColumn {
        /// The dimension.
        name: String,
        /// The columns there are.
        valid: Vec<String>,
    },
    /// An expression of the dataset does not plan against its data.
    #[error("{what} `{name}`: {problem}")]
    BadExpression {
        /// "dimension", "measure", "metric" or "relationship".
        what: &'static str,
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// Metrics refer to each other in a circle.
    #[error("metrics refer to each other in a circle: {}", path.join(" → "))]
    CyclicMetric {
        /// The circle, its first metric repeated at the end.
        path: Vec<String>,
    },
    /// A value does not fit the type of its dimension.
    #[error("`{value}` is not a value of `{field}`, which holds {expected}")]
    BadValue {
        /// The dimension.
        field: String,
        /// The value as it came.
        value: String,
        /// The type in words.
        expected: String,
    },
    /// It uses a field that the viewer may not see. Which one is not told.
    #[error("a field of the question is not open to the viewer")]
    Hidden,
    /// The source has no equal for something that is asked.
    #[error("{dialect} has no equal for {what}; write it in another way, or make it a column of the table")]
    NoEqual {
        /// What it is.
        what: String,
        /// The source's kind.
        dialect: &'static str,
    },
    /// It cannot be asked of one of the sources that the dataset lies in.
    #[error("in source `{source_id}`: {cause}")]
    InSource {
        /// The source.
        source_id: String,
        /// Why.
        cause: Box<QueryError>,
    },
    /// It adds up something that cannot be told from the parts of a dataset that lies in several sources.
    #[error(
        "`{aggregate}` cannot be told from parts, and the dataset lies in several sources; sums, counts, averages, \
         least and greatest can, and distinct values can be counted"
    )]
    NotFromParts {
        /// The aggregate.
        aggregate: String,
    },
    /// The question does not make sense for this dataset.
    #[error("{0}")]
    BadQuestion(String),
    /// DataFusion could not plan what was built.
    #[error("the query cannot be planned: {0}")]
    Plan(#[from] datafusion::error::DataFusionError),
}

impl QueryError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::UnknownField { .. } | Self::BadValue { .. } | Self::BadQuestion(_) => Kind::BadRequest,
            Self::NoColumn { .. }
            | Self::BadExpression { .. }
            | Self::CyclicMetric { .. }
            | Self::NoEqual { .. }
            | Self::NotFromParts { .. } => Kind::BadDefinition,
            Self::InSource { cause, .. } => cause.kind(),
            Self::Hidden => Kind::Forbidden,
            Self::Plan(_) => Kind::Bug,
        }
    }
}

fn nearest(name: &str, valid: &[String]) -> String {
    valid
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, candidate)| format!(", did you mean `{candidate}`?"))
}

fn list(valid: &[String]) -> String {
    const SHOWN: usize = 30;
    let shown = valid.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if valid.len() > SHOWN { format!("{shown}, … ({} in all)", valid.len()) } else { shown }
}
