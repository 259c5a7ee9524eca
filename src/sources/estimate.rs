//! What a plan over files will read, told from their footers without reading the rows.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::parquet::{
    ParquetAccessPlan, ParquetFileMetrics, RowGroupAccessPlanFilter,
};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;

use super::pinned_store::{GAP, PinnedStore};
use super::{Input, Meter, SourceError};

impl Input {
    /// Counts on `meter` what `plan` would take of the files: the columns that it needs, of the row groups that their
    /// statistics do not rule out. Reads footers, which `meter` does not count.
    pub async fn estimate(&self, plan: &LogicalPlan, meter: &Meter) -> Result<(), SourceError> {
        let Some(store) = &self.store else { return Ok(()) };
        let context = self.metered(&Arc::default())?;
        let unplanned = |cause: DataFusionError| SourceError::BadDataset(cause.to_string());
        let physical = context.state().create_physical_plan(plan).await.map_err(unplanned)?;
        let mut scans = Vec::new();
        let looked = physical.apply(|node| {
            let scan = node.downcast_ref::<DataSourceExec>().map(DataSourceExec::data_source);
            scans.extend(scan.and_then(|source| source.downcast_ref::<FileScanConfig>()).cloned());
            Ok(TreeNodeRecursion::Continue)
        });
        looked.map_err(unplanned)?;
        let store = store.metered(&Arc::default());
        for scan in &scans {
            // A large file is read by several threads, each its part of it.
            let mut seen = HashSet::new();
            let files = scan.file_groups.iter().flat_map(FileGroup::iter);
            for file in files.filter(|file| seen.insert(&file.object_meta.location)) {
                let (bytes, requests) =
                    read_of(scan, file, &store).await.map_err(|cause| SourceError::Unreadable {
                        path: file.object_meta.location.to_string(),
                        cause: Box::new(cause),
                    })?;
                meter.add(|meter| &meter.scanned, bytes);
                meter.add(|meter| &meter.moved, bytes);
                meter.add(|meter| &meter.gets, requests);
            }
        }
        Ok(())
    }
}

/// How many bytes of a file are read, in how many requests.
async fn read_of(
    scan: &FileScanConfig,
    file: &PartitionedFile,
    store: &PinnedStore,
) -> Result<(u64, u64), DataFusionError> {
    let meta = &file.object_meta;
    if scan.file_source().file_type() != "parquet" {
        return Ok((meta.size, 1));
    }
    let footer = DFParquetMetadata::new(store, meta).fetch_metadata().await?;
    let groups = footer.row_groups();
    let mut wanted = RowGroupAccessPlanFilter::new(ParquetAccessPlan::new_all(groups.len()));
    let schema = scan.file_schema();
    let columns = footer.file_metadata().schema_descr();
    // What cannot rule anything out is no error: all of it is read.
    let ruling = PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema));
    if let Some(Ok(predicate)) = scan.file_source().filter().map(|filter| ruling.try_build(filter)) {
        let counted = ParquetFileMetrics::new(0, meta.location.as_ref(), &ExecutionPlanMetricsSet::new());
        wanted.prune_by_statistics(schema, columns, groups, &predicate, &counted);
    }
    let read: Option<HashSet<&str>> = scan.file_source().projection().map(|columns| {
        // Those of the folders' names come last, and are in no file.
        columns
            .column_indices()
            .into_iter()
            .filter_map(|at| Some(schema.fields().get(at)?.name().as_str()))
            .collect()
    });
    let is_read = |leaf: usize| {
        let root = columns.get_column_root(leaf).name();
        read.as_ref().is_none_or(|read| read.contains(root))
    };
    let (mut bytes, mut requests) = (0, 0);
    for group in wanted.row_group_indexes().filter_map(|index| groups.get(index)) {
        let chunks = group.columns().iter().enumerate().filter(|(leaf, _)| is_read(*leaf));
        for range in together(chunks.map(|(_, chunk)| chunk.byte_range()).collect()) {
            bytes += range.end - range.start;
            requests += 1;
        }
    }
    Ok((bytes, requests))
}

/// Ranges as they are read: those that are near each other in one request, with what lies between them.
fn together(mut chunks: Vec<(u64, u64)>) -> Vec<Range<u64>> {
    chunks.sort_unstable();
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for (start, length) in chunks {
        match ranges.last_mut() {
            Some(last) if start <= last.end + GAP => last.end = last.end.max(start + length),
            _ => ranges.push(start..start + length),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_are_near_each_other_are_one_request() {
        let far = 10 + GAP + 6;
        assert_eq!(together(vec![(far, 4), (0, 5), (8, 2)]), [0..10, far..far + 4]);
        assert_eq!(together(Vec::new()), []);
    }
}
