//! A read-only view of the files of one snapshot.
//!
//! Lists and heads are answered from the snapshot without asking the store; reads carry the
//! snapshot's ETag, so a file that was overwritten gives an error instead of a mixture of versions.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    OBJECT_STORE_COALESCE_DEFAULT, ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result, coalesce_ranges,
};

use super::{Meter, RangeCache};

/// Ranges with so many bytes between them are read in one request.
pub(super) const GAP: u64 = OBJECT_STORE_COALESCE_DEFAULT;

/// The files of one snapshot, and nothing else, read-only.
pub(super) struct PinnedStore {
    inner: Arc<dyn ObjectStore>,
    files: Arc<BTreeMap<Path, ObjectMeta>>,
    source_id: String,
    cache: Option<RangeCache>,
    meter: Arc<Meter>,
}

impl PinnedStore {
    pub(super) fn new(
        inner: Arc<dyn ObjectStore>,
        files: Arc<BTreeMap<Path, ObjectMeta>>,
        source_id: String,
        cache: Option<RangeCache>,
        meter: Arc<Meter>,
    ) -> Self {
        Self { inner, files, source_id, cache, meter }
    }

    /// The same files, with another meter that counts what is asked for.
    pub(super) fn metered(&self, meter: &Arc<Meter>) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            files: Arc::clone(&self.files),
            source_id: self.source_id.clone(),
            cache: self.cache.clone(),
            meter: Arc::clone(meter),
        }
    }

    fn meta(&self, location: &Path) -> Result<&ObjectMeta> {
        self.files.get(location).ok_or_else(|| Error::NotFound {
            path: location.to_string(),
            source: "the file is not part of the dataset's snapshot".into(),
        })
    }

    fn refuse<T>(operation: &str) -> Result<T> {
        Err(Error::NotSupported { source: format!("sources are read-only: {operation} is refused").into() })
    }

    /// What identifies the bytes of an object, by the same measure as the data version: the ETag,
    /// or, for stores without one, the size and the time of the last change.
    fn identity(&self, meta: &ObjectMeta) -> Arc<str> {
        let version = meta
            .e_tag
            .clone()
            .unwrap_or_else(|| format!("{} {}", meta.size, meta.last_modified.to_rfc3339()));
        format!("{}\n{}\n{version}", self.source_id, meta.location).into()
    }

    async fn get_pinned(&self, meta: ObjectMeta, mut options: GetOptions) -> Result<GetResult> {
        options.if_match.clone_from(&meta.e_tag);
        let result = self.inner.get_opts(&meta.location, options).await?;
        self.meter.add(|meter| &meter.gets, 1);
        self.meter.add(|meter| &meter.moved, result.range.end - result.range.start);
        Ok(result)
    }

    /// Answers from the whole object, which is fetched once: readers of CSV and JSON ask for all of
    /// it with every query, and joined tables are of this kind.
    async fn get_small(
        &self,
        cache: &RangeCache,
        meta: ObjectMeta,
        options: GetOptions,
    ) -> Result<GetResult> {
        let (object, whole) = (self.identity(&meta), 0..meta.size);
        let bytes = if let Some(bytes) = cache.get(&object, &whole).await {
            self.meter.add(|meter| &meter.range_hits, 1);
            bytes
        } else {
            let bytes = self.get_pinned(meta.clone(), GetOptions::default()).await?.bytes().await?;
            cache.insert(&object, &whole, bytes.clone()).await;
            bytes
        };
        let range = match &options.range {
            Some(range) => range
                .as_range(bytes.len() as u64)
                .map_err(|error| Error::Generic { store: "jangpyo", source: Box::new(error) })?,
            None => whole,
        };
        // `as_range` keeps within the object.
        let part = bytes.slice(range.start as usize..range.end as usize);
        let payload = GetResultPayload::Stream(stream::once(async move { Ok(part) }).boxed());
        Ok(GetResult { payload, range, meta, attributes: object_store::Attributes::default() })
    }

    async fn fetch(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        coalesce_ranges(
            ranges,
            |range| async move {
                let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
                self.get_opts(location, options).await?.bytes().await
            },
            GAP,
        )
        .await
    }
}

impl fmt::Debug for PinnedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PinnedStore({}, {} files)", self.source_id, self.files.len())
    }
}

impl fmt::Display for PinnedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "source {}", self.source_id)
    }
}

#[async_trait]
impl ObjectStore for PinnedStore {
    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Self::refuse("put")
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Self::refuse("put")
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let meta = self.meta(location)?.clone();
        if options.head {
            return Ok(GetResult {
                payload: GetResultPayload::Stream(stream::empty().boxed()),
                range: 0..meta.size,
                meta,
                attributes: object_store::Attributes::default(),
            });
        }
        let result = match &self.cache {
            Some(cache) if cache.keeps_whole(meta.size) => self.get_small(cache, meta, options).await,
            _ => self.get_pinned(meta, options).await,
        }?;
        self.meter.add(|meter| &meter.scanned, result.range.end - result.range.start);
        Ok(result)
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let object = self.identity(self.meta(location)?);
        let Some(cache) = &self.cache else { return self.fetch(location, ranges).await };
        let mut found = Vec::with_capacity(ranges.len());
        for range in ranges {
            found.push(cache.get(&object, range).await);
        }
        for bytes in found.iter().flatten() {
            self.meter.add(|meter| &meter.scanned, bytes.len() as u64);
        }
        let missing: Vec<Range<u64>> = ranges
            .iter()
            .zip(&found)
            .filter(|(_, bytes)| bytes.is_none())
            .map(|(range, _)| range.clone())
            .collect();
        self.meter.add(|meter| &meter.range_hits, (ranges.len() - missing.len()) as u64);
        let mut fetched = self.fetch(location, &missing).await?.into_iter();
        let mut complete = Vec::with_capacity(ranges.len());
        for (range, bytes) in ranges.iter().zip(found) {
            match bytes.map_or_else(|| (true, fetched.next()), |bytes| (false, Some(bytes))) {
                (fresh, Some(bytes)) => {
                    if fresh {
                        cache.insert(&object, range, bytes.clone()).await;
                    }
                    complete.push(bytes);
                }
                (_, None) => {
                    return Err(Error::Generic {
                        store: "jangpyo",
                        source: "a byte range is missing".into(),
                    });
                }
            }
        }
        Ok(complete)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        locations.map(|_| Self::refuse("delete")).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let prefix = prefix.cloned().unwrap_or_default();
        let found: Vec<_> = self
            .files
            .values()
            .filter(|meta| meta.location.prefix_matches(&prefix))
            .cloned()
            .map(Ok)
            .collect();
        stream::iter(found).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let prefix = prefix.cloned().unwrap_or_default();
        let mut folders = std::collections::BTreeSet::new();
        let mut objects = Vec::new();
        for meta in self.files.values() {
            let Some(mut rest) = meta.location.prefix_match(&prefix) else { continue };
            match (rest.next(), rest.next()) {
                (Some(_), None) => objects.push(meta.clone()),
                (Some(folder), Some(_)) => _ = folders.insert(prefix.clone().join(folder)),
                _ => {}
            }
        }
        Ok(ListResult { common_prefixes: folders.into_iter().collect(), objects })
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Self::refuse("copy")
    }
}
