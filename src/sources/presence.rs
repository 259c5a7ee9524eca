//! Whether a file is there.

use futures::TryStreamExt as _;
use object_store::ObjectStoreExt as _;

use super::file_set::{is_data, parse_path, store_error};
use super::{OpenedSource, SourceError};

/// Whether there is a file called `path`, or, where it ends with `/`, any file with data in that folder. Costs a HEAD or
/// one page of a LIST.
///
/// # Errors
/// The path leaves the source, or the store does not answer.
pub async fn has_object(source: &OpenedSource, path: &str) -> Result<bool, SourceError> {
    let trimmed = path.trim_start_matches("./").trim_start_matches('/');
    let location = parse_path(path, trimmed.trim_end_matches('/'))?;
    if trimmed.ends_with('/') {
        let mut listed = source.store.list(Some(&location));
        while let Some(meta) = listed.try_next().await.map_err(|cause| store_error(source, path, cause))? {
            if is_data(&meta, &location) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match source.store.head(&location).await {
        Ok(_) => Ok(true),
        Err(object_store::Error::NotFound { .. }) => Ok(false),
        Err(cause) => Err(store_error(source, path, cause)),
    }
}
