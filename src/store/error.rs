//! What can go wrong with the store.

use crate::error::Kind;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error(
        "the state store at {place} cannot be opened: {source}; check that the folder exists and is writable, or that the database server answers"
    )]
    Open {
        /// The file, or the server without its password.
        place: String,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// The tables cannot be brought to this version's shape.
    #[error(
        "the state store at {place} cannot be migrated: {source}; it may have been written by a newer version of jangpyo"
    )]
    Migrate {
        /// The file, or the server without its password.
        place: String,
        /// What the migration says.
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// The address is not one of a database we know.
    #[error(
        "`{url}` is not the address of a state store; use a file path, `sqlite:///path/state.db` or `postgres://user@host/database`"
    )]
    Address {
        /// The address as given, without its password.
        url: String,
    },
    /// A statement failed.
    #[error("the state store failed while {doing}: {source}")]
    Query {
        /// What was being done.
        doing: &'static str,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// There is no such thing.
    #[error("there is no {what} `{id}`")]
    Missing {
        /// "run", "user".
        what: &'static str,
        /// The id asked for.
        id: String,
    },
    /// The state does not allow this step, because somebody else made one in between.
    #[error("{what} `{id}` cannot become {next}: it is {now}")]
    Illegal {
        /// "run", "delivery".
        what: &'static str,
        /// Its id.
        id: String,
        /// The state it is in.
        now: String,
        /// The state it was to get.
        next: &'static str,
    },
    /// A row holds something this version cannot read.
    #[error(
        "the state store holds an unreadable {column}: `{value}`; was it edited by hand, or written by another version?"
    )]
    Unreadable {
        /// Which column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
}

impl StoreError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Open { .. } | Self::Migrate { .. } | Self::Query { .. } => Kind::Unavailable,
            Self::Address { .. } => Kind::BadRequest,
            Self::Missing { .. } => Kind::NotFound,
            Self::Illegal { .. } => Kind::Bug,
            Self::Unreadable { .. } => Kind::BadData,
        }
    }

    /// Wraps a driver error with what was being done.
    pub(crate) fn query(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Query { doing, source }
    }
}
