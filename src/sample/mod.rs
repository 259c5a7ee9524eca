//! The sample data: two years of a fashion retailer's daily sales in Korea, Hong Kong and the USA, its
//! monthly accounts, its weekly stock, its staff and what happened meanwhile.
//!
//! Takes a folder and a seed; writes the same Parquet files for the same seed on every machine: a
//! pseudo-random generator with a published algorithm (ChaCha8) and no trigonometry, whose last
//! digits differ between systems.

mod accounts;
mod events;
mod inventory;
mod sales;
mod staff;
mod stores;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use chrono::{Datelike, NaiveDate};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

pub use stores::{STORES, Store};

/// The seed of the data that come with the product.
pub const SEED: u64 = 20_261_031;

/// Why the sample cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The disk refused.
    #[error("cannot write {}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// The Parquet writer refused.
    #[error("cannot write {}: {cause}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        #[source]
        cause: parquet::errors::ParquetError,
    },
    /// The rows do not fit their schema.
    #[error("the sample rows are malformed: {0}")]
    Rows(#[from] arrow::error::ArrowError),
}

/// The first and the last day of the data.
pub fn days() -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(2024, 11, 1)?, NaiveDate::from_ymd_opt(2026, 10, 31)?))
}

/// Writes `l2/sales/year=…/part-0.parquet`, `l2/stores.parquet`, `l2/staff.parquet`,
/// `l2/events.parquet`, `l2/accounts.parquet` and `l2/inventory.parquet` below `folder` and gives their paths.
pub fn write(folder: &Path, seed: u64) -> Result<Vec<PathBuf>, SampleError> {
    let mut written = vec![write_file(folder.join("l2/stores.parquet"), &stores::batch()?)?];
    written.push(write_file(folder.join("l2/staff.parquet"), &staff::batch()?)?);
    written.push(write_file(folder.join("l2/events.parquet"), &events::batch()?)?);
    let Some((first, last)) = days() else { return Ok(written) };
    written.push(write_file(folder.join("l2/accounts.parquet"), &accounts::batch(seed, first, last)?)?);
    written.push(write_file(folder.join("l2/inventory.parquet"), &inventory::batch(seed, first, last)?)?);
    let mut generator = sales::Generator::new(seed);
    let mut start = first;
    while start <= last {
        let end = NaiveDate::from_ymd_opt(start.year(), 12, 31).map_or(last, |end| end.min(last));
        let path = folder.join(format!("l2/sales/year={}/part-0.parquet", start.year()));
        written.push(write_file(path, &generator.batch(start, end)?)?);
        start = end.succ_opt().unwrap_or(end);
    }
    Ok(written)
}

fn write_file(path: PathBuf, batch: &RecordBatch) -> Result<PathBuf, SampleError> {
    let failed = |cause| SampleError::Io { path: path.clone(), cause };
    let parquet_failed = |cause| SampleError::Parquet { path: path.clone(), cause };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // Written beside and moved into place, so that a reader never meets half a file.
    let partial = path.with_extension("parquet.partial");
    let file = File::create(&partial).map_err(failed)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("jangpyo sample".into())
        .build();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(parquet_failed)?;
    writer.write(batch).map_err(parquet_failed)?;
    writer.close().map_err(parquet_failed)?;
    std::fs::rename(&partial, &path).map_err(failed)?;
    Ok(path)
}

fn text_column<'a>(values: impl IntoIterator<Item = &'a str>) -> arrow::array::ArrayRef {
    Arc::new(arrow::array::StringArray::from_iter_values(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_writes_the_same_bytes_and_another_seed_others() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, seed| {
            let paths = write(&folder.path().join(name), seed).unwrap();
            paths.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>()
        };
        let (first, second, other) = (read("a", 7), read("b", 7), read("c", 8));
        assert_eq!(first.len(), 8);
        assert!(first == second, "the same seed");
        assert!(first != other, "another seed");
    }
}
