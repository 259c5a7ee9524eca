//! Why a dataset cannot be opened.

use crate::error::Kind;

/// Why a source or dataset cannot be opened or listed.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The URL of the source is of no supported kind or malformed.
    #[error("source `{source_id}`: {problem}")]
    BadSource {
        /// The source.
        source_id: String,
        /// What is wrong and what is valid.
        problem: String,
    },
    /// The dataset's definition does not fit the data or itself.
    #[error("{0}")]
    BadDataset(String),
    /// There is no such file, or nothing below the prefix.
    #[error(
        "no data files at `{path}` in source `{source_id}`; check the path, or run the job that writes them"
    )]
    NoFiles {
        /// The source.
        source_id: String,
        /// The path as defined.
        path: String,
    },
    /// More files than the limit.
    #[error("`{path}` has more than {limit} files; compact them, or raise JANGPYO_MAX_FILES")]
    TooManyFiles {
        /// The path as defined.
        path: String,
        /// The limit in force.
        limit: usize,
    },
    /// A source that computes cannot be reached.
    #[error("source `{source_id}` does not answer: {problem}")]
    Unreachable {
        /// The source.
        source_id: String,
        /// What is known of it.
        problem: String,
    },
    /// The object store did not answer as it should.
    #[error("source `{source_id}` does not answer for `{path}`: {cause}")]
    Store {
        /// The source.
        source_id: String,
        /// The path asked for.
        path: String,
        /// What it answered.
        #[source]
        cause: Box<object_store::Error>,
    },
    /// The files cannot be read as what they should be.
    #[error("`{path}` cannot be read: {cause}")]
    Unreadable {
        /// The path as defined.
        path: String,
        /// The reader's complaint.
        #[source]
        cause: Box<datafusion::error::DataFusionError>,
    },
    /// The reader panicked, which corrupt files can make it do.
    #[error("`{path}` cannot be read: the file is corrupt ({cause})")]
    Corrupt {
        /// The path as defined.
        path: String,
        /// What the panic said.
        cause: String,
    },
}

impl SourceError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::BadSource { .. } | Self::BadDataset(_) => Kind::BadDefinition,
            Self::NoFiles { .. } | Self::Unreadable { .. } | Self::Corrupt { .. } => Kind::BadData,
            Self::Unreachable { .. } => Kind::Unavailable,
            Self::TooManyFiles { .. } => Kind::OverLimit,
            Self::Store { cause, .. } => match **cause {
                object_store::Error::NotFound { .. } => Kind::BadData,
                _ => Kind::Unavailable,
            },
        }
    }
}
