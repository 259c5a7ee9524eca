//! Byte ranges of remote objects, kept in memory.
//!
//! DataFusion never keeps column bytes, so a hot query would fetch the same megabytes again. A
//! range of an object of known ETag never changes, so it may be kept as long as there is room.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use moka::future::Cache;

/// Byte ranges by object identity; bounded by bytes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RangeCache {
    whole_object_bytes: u64,
    ranges: Cache<(Arc<str>, u64, u64), Bytes>,
}

impl RangeCache {
    /// A cache that holds at most `capacity_bytes` of data. Objects of up to `whole_object_bytes` are
    /// kept whole, so that one request serves every later read of them.
    pub fn new(capacity_bytes: u64, whole_object_bytes: u64) -> Self {
        let ranges = Cache::builder()
            .max_capacity(capacity_bytes)
            .weigher(|_, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX).saturating_add(128))
            .build();
        Self { whole_object_bytes, ranges }
    }

    /// Whether an object of this size is kept whole.
    pub(super) fn keeps_whole(&self, size: u64) -> bool {
        size <= self.whole_object_bytes
    }

    /// The bytes of `range` of the object identified by `object` (its source, path and ETag).
    pub(super) async fn get(&self, object: &Arc<str>, range: &Range<u64>) -> Option<Bytes> {
        self.ranges.get(&(Arc::clone(object), range.start, range.end)).await
    }

    /// Keeps the bytes of `range`.
    pub(super) async fn insert(&self, object: &Arc<str>, range: &Range<u64>, bytes: Bytes) {
        // A slice would keep the whole response alive; the copy keeps only what is counted.
        self.ranges
            .insert((Arc::clone(object), range.start, range.end), Bytes::copy_from_slice(&bytes))
            .await;
    }
}
