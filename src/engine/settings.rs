//! The limits of the engine.

use std::path::PathBuf;
use std::time::Duration;

use crate::sources::AdbcDriver;

/// The limits of the engine; every one is a setting of the server.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// The folder relative source URLs start from.
    pub workspace: PathBuf,
    /// Further folders that `file://` sources may lie in.
    pub file_roots: Vec<PathBuf>,
    /// Gives a secret by its name; the error says where it is looked for.
    pub secret: fn(&str) -> Result<String, String>,
    /// The driver that large answers of Snowflake come through; the SQL API without it.
    pub adbc: Option<AdbcDriver>,
    /// How long one query may take.
    pub query_timeout: Duration,
    /// The memory of all queries together, in bytes.
    pub memory_bytes: usize,
    /// The most rows an answer may have.
    pub max_rows: usize,
    /// The most files a path may stand for.
    pub max_files: usize,
    /// How many queries run at a time; others wait.
    pub concurrent_queries: usize,
    /// The threads queries run on.
    pub threads: usize,
    /// How long a listing of a dataset's files is trusted.
    pub listing_lifetime: Duration,
    /// The memory for finished answers, in cells.
    pub answer_cache_cells: u64,
    /// The memory for byte ranges of remote files, in bytes.
    pub range_cache_bytes: u64,
    /// Remote files up to this size are fetched and kept whole.
    pub whole_object_bytes: u64,
}

impl Default for EngineSettings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            workspace: PathBuf::from("reports"),
            file_roots: Vec::new(),
            secret: |name| Err(format!("there is no secret `{name}`")),
            adbc: None,
            query_timeout: Duration::from_mins(1),
            memory_bytes: 2 << 30,
            max_rows: 200_000,
            max_files: 100_000,
            concurrent_queries: threads.max(2) * 2,
            threads,
            listing_lifetime: Duration::from_secs(30),
            answer_cache_cells: 20_000_000,
            range_cache_bytes: 256 << 20,
            whole_object_bytes: 4 << 20,
        }
    }
}
