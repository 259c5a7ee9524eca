//! Which files a dataset's path stands for, at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use sha2::{Digest, Sha256};

use super::{OpenedSource, SourceError};

/// The files of one table, listed once.
#[derive(Debug, Clone)]
pub(super) struct FileSet {
    /// The path as defined, for messages.
    pub path: String,
    /// The files, by location.
    pub files: BTreeMap<Path, ObjectMeta>,
    /// What they have in common: a folder, or the one file.
    pub prefix: Path,
    /// Whether the path names one file.
    pub single: bool,
    /// The names of hive partition columns (`…/country=KR/…`), from the outside in.
    pub partition_columns: Vec<String>,
}

impl FileSet {
    /// Lists `path`: a file, a prefix (`l2/sales/` or `l2/sales`) or a glob.
    pub(super) async fn list(source: &OpenedSource, path: &str, limit: usize) -> Result<Self, SourceError> {
        let trimmed = path.trim_start_matches("./").trim_start_matches('/');
        let set = match trimmed.find(['*', '?', '[']) {
            Some(first) => Self::list_glob(source, path, trimmed, first, limit).await?,
            None => Self::list_file_or_prefix(source, path, trimmed, limit).await?,
        };
        if set.files.is_empty() {
            return Err(SourceError::NoFiles { source_id: source.id.clone(), path: path.to_owned() });
        }
        Ok(set)
    }

    async fn list_glob(
        source: &OpenedSource,
        path: &str,
        trimmed: &str,
        first_wildcard: usize,
        limit: usize,
    ) -> Result<Self, SourceError> {
        let pattern = glob::Pattern::new(trimmed).map_err(|error| {
            SourceError::BadDataset(format!("`{path}` is not a valid glob: {}", error.msg))
        })?;
        let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
        let folder = trimmed[..first_wildcard].rsplit_once('/').map_or("", |(folder, _)| folder);
        let prefix = parse_path(path, folder)?;
        let keep = |meta: &ObjectMeta| pattern.matches_with(meta.location.as_ref(), options);
        let files = list_prefix(source, path, &prefix, limit, keep).await?;
        Self::of_prefix(path, prefix, files)
    }

    async fn list_file_or_prefix(
        source: &OpenedSource,
        path: &str,
        trimmed: &str,
        limit: usize,
    ) -> Result<Self, SourceError> {
        let location = parse_path(path, trimmed.trim_end_matches('/'))?;
        if !trimmed.is_empty() && !trimmed.ends_with('/') {
            match source.store.head(&location).await {
                Ok(meta) => {
                    let files = BTreeMap::from([(location.clone(), meta)]);
                    let partition_columns = Vec::new();
                    return Ok(Self {
                        path: path.to_owned(),
                        files,
                        prefix: location,
                        single: true,
                        partition_columns,
                    });
                }
                Err(object_store::Error::NotFound { .. }) => {} // perhaps a prefix without its slash
                Err(cause) => return Err(store_error(source, path, cause)),
            }
        }
        let files = list_prefix(source, path, &location, limit, |_| true).await?;
        Self::of_prefix(path, location, files)
    }

    fn of_prefix(path: &str, prefix: Path, files: BTreeMap<Path, ObjectMeta>) -> Result<Self, SourceError> {
        let mut partition_columns: Option<Vec<String>> = None;
        for location in files.keys() {
            let keys = partition_keys(location, &prefix);
            match &partition_columns {
                None => partition_columns = Some(keys),
                Some(known) if *known == keys => {}
                Some(known) => {
                    return Err(SourceError::BadDataset(format!(
                        "`{path}` mixes partition folders: `{location}` has ({}) where others have ({})",
                        keys.join(", "),
                        known.join(", ")
                    )));
                }
            }
        }
        let partition_columns = partition_columns.unwrap_or_default();
        Ok(Self { path: path.to_owned(), files, prefix, single: false, partition_columns })
    }

    /// A digest of names, sizes and versions: it changes when any file does.
    pub(super) fn add_to_digest(&self, digest: &mut Sha256) {
        for meta in self.files.values() {
            let version = meta.e_tag.clone().unwrap_or_else(|| meta.last_modified.to_rfc3339());
            digest.update(format!("{}\n{}\n{version}\n", meta.location, meta.size));
        }
    }

    /// The sum of the files' sizes in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|meta| meta.size).sum()
    }

    /// The name of the first file, which tells the format.
    pub(super) fn first_name(&self) -> String {
        self.files.keys().next().and_then(Path::filename).unwrap_or_default().to_ascii_lowercase()
    }

    /// The files, to be shared with a store.
    pub(super) fn shared(sets: &[&Self]) -> Arc<BTreeMap<Path, ObjectMeta>> {
        Arc::new(sets.iter().flat_map(|set| set.files.clone()).collect())
    }
}

pub(super) fn parse_path(path: &str, text: &str) -> Result<Path, SourceError> {
    if text.split('/').any(|part| part == "..") {
        return Err(SourceError::BadDataset(format!(
            "`{path}` leaves the source: `..` is not allowed in a path"
        )));
    }
    Path::parse(text)
        .map_err(|error| SourceError::BadDataset(format!("`{path}` is not a valid path: {error}")))
}

async fn list_prefix(
    source: &OpenedSource,
    path: &str,
    prefix: &Path,
    limit: usize,
    keep: impl Fn(&ObjectMeta) -> bool,
) -> Result<BTreeMap<Path, ObjectMeta>, SourceError> {
    let mut files = BTreeMap::new();
    let mut listed = source.store.list(Some(prefix));
    while let Some(meta) = listed.try_next().await.map_err(|cause| store_error(source, path, cause))? {
        if is_data(&meta, prefix) && keep(&meta) {
            files.insert(meta.location.clone(), meta);
            if files.len() > limit {
                return Err(SourceError::TooManyFiles { path: path.to_owned(), limit });
            }
        }
    }
    Ok(files)
}

/// Markers (`_SUCCESS`), hidden files and empty placeholders of folders are not data.
pub(super) fn is_data(meta: &ObjectMeta, prefix: &Path) -> bool {
    let Some(mut parts) = meta.location.prefix_match(prefix) else { return false };
    let hidden = |part: &str| part.starts_with('.') || (part.starts_with('_') && !part.contains('='));
    meta.size > 0 && !parts.any(|part| hidden(part.as_ref()))
}

fn partition_keys(location: &Path, prefix: &Path) -> Vec<String> {
    let Some(parts) = location.prefix_match(prefix) else { return Vec::new() };
    let parts: Vec<_> = parts.collect();
    let folders = parts.len().saturating_sub(1);
    parts.iter().take(folders).filter_map(|part| Some(part.as_ref().split_once('=')?.0.to_owned())).collect()
}

pub(super) fn store_error(source: &OpenedSource, path: &str, cause: object_store::Error) -> SourceError {
    SourceError::Store { source_id: source.id.clone(), path: path.to_owned(), cause: Box::new(cause) }
}
