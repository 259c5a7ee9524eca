//! From a connection to something the engine can scan.
//!
//! Takes a source and a dataset definition; gives an [`Input`]: an immutable snapshot of the
//! dataset's files (listed once, pinned by ETag) as logical plans. Read-only by construction: the
//! store handed to the engine refuses every write, and only `SELECT` is planned.

mod aws_profile;
mod column_type;
mod error;
mod estimate;
mod file_set;
mod file_table;
mod input;
mod meter;
mod object_stores;
mod pinned_store;
mod presence;
mod range_cache;
mod select_only;
mod warehouse;

pub use error::SourceError;
pub(crate) use input::hex;
pub use input::{Input, InputOptions, REGION_COLUMN, ROWS, current_version, open_input};
pub use meter::{Measured, Meter};
pub use object_stores::{OpenedSource, open_source};
pub use presence::has_object;
pub use range_cache::RangeCache;
pub use warehouse::{
    AdbcDriver, Bill, Limits, Remote, RemoteColumn, RemoteTable, SqlDialect, Statement, StatementError,
    Warehouse, open_remote, open_warehouse, remote_size, remote_version,
};
