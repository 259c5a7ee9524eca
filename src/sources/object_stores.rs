//! Opens the object store a source names.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use url::Url;

use super::{SourceError, aws_profile};
use crate::definitions::model::{S3Options, Source};

/// An opened source.
#[derive(Debug, Clone)]
pub struct OpenedSource {
    /// The id of its definition.
    pub id: String,
    /// Its files, relative to the source's URL.
    pub store: Arc<dyn ObjectStore>,
    /// Whether reading costs a network round trip.
    pub remote: bool,
}

/// Opens a source. Local folders must lie below `workspace` or below one of `file_roots`, so that a
/// definition file cannot read the server's other files.
pub fn open_source(
    id: &str,
    source: &Source,
    workspace: &Path,
    file_roots: &[PathBuf],
) -> Result<OpenedSource, SourceError> {
    let bad = |problem: String| SourceError::BadSource { source_id: id.to_owned(), problem };
    let opened = |store: Arc<dyn ObjectStore>, prefix: &str, remote| {
        let prefix =
            object_store::path::Path::from_url_path(prefix).map_err(|error| bad(error.to_string()))?;
        let store =
            if prefix.as_ref().is_empty() { store } else { Arc::new(PrefixStore::new(store, prefix)) };
        Ok(OpenedSource { id: id.to_owned(), store, remote })
    };
    if source.url.starts_with("./") || source.url == "." || source.url.starts_with("file:") {
        let folder = local_folder(&source.url, workspace, file_roots).map_err(bad)?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| bad(error.to_string()))?;
        return opened(Arc::new(store), "", false);
    }
    let url = Url::parse(&source.url).map_err(|_| bad(bad_url(&source.url)))?;
    let bucket = url.host_str().filter(|bucket| !bucket.is_empty());
    let bucket = bucket.ok_or_else(|| bad(format!("`{}` names no bucket", source.url)))?;
    let store: Arc<dyn ObjectStore> = match url.scheme() {
        "s3" => Arc::new(
            s3(bucket, source.s3.as_ref().unwrap_or(&S3Options::default()))
                .build()
                .map_err(|error| bad(error.to_string()))?,
        ),
        "gs" => Arc::new(
            GoogleCloudStorageBuilder::from_env()
                .with_bucket_name(bucket)
                .with_retry(retries())
                .build()
                .map_err(|error| bad(error.to_string()))?,
        ),
        "az" => Arc::new(
            MicrosoftAzureBuilder::from_env()
                .with_container_name(bucket)
                .with_retry(retries())
                .build()
                .map_err(|error| bad(error.to_string()))?,
        ),
        _ => return Err(bad(bad_url(&source.url))),
    };
    opened(store, url.path(), true)
}

fn bad_url(url: &str) -> String {
    format!(
        "`{url}` is not a supported location; use s3://bucket/prefix, gs://…, az://…, file:///folder or ./folder"
    )
}

fn local_folder(url: &str, workspace: &Path, file_roots: &[PathBuf]) -> Result<PathBuf, String> {
    let folder = if url.starts_with("file:") {
        let parsed = Url::parse(url).map_err(|_| bad_url(url))?;
        parsed
            .to_file_path()
            .map_err(|()| format!("`{url}` is not a local folder; write file:///absolute/folder"))?
    } else {
        workspace.join(url)
    };
    let folder =
        folder.canonicalize().map_err(|error| format!("the folder `{url}` cannot be opened: {error}"))?;
    let allowed = std::iter::once(workspace)
        .chain(file_roots.iter().map(PathBuf::as_path))
        .filter_map(|root| root.canonicalize().ok())
        .any(|root| folder.starts_with(root));
    if allowed {
        Ok(folder)
    } else {
        Err(format!(
            "the folder `{url}` lies outside the workspace; the operator may allow it with JANGPYO_FILE_ROOTS"
        ))
    }
}

fn s3(bucket: &str, options: &S3Options) -> AmazonS3Builder {
    // `from_env` reads AWS_ACCESS_KEY_ID …, web identity, container and instance credentials.
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retries());
    if let Some(keys) = aws_profile::keys(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    {
        builder =
            builder.with_access_key_id(keys.access_key_id).with_secret_access_key(keys.secret_access_key);
        if let Some(token) = keys.session_token {
            builder = builder.with_token(token);
        }
    }
    if let Some(region) = &options.region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    let path_style = options.path_style.unwrap_or(options.endpoint.is_some());
    builder = builder.with_virtual_hosted_style_request(!path_style);
    if options.anonymous {
        builder = builder.with_skip_signature(true);
    }
    let client = ClientOptions::new()
        .with_allow_http(options.allow_http)
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(Duration::from_mins(1));
    builder.with_client_options(client)
}

/// Throttling (503, 429), 5xx and broken connections are tried again for at most 20 seconds.
fn retries() -> RetryConfig {
    RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(url: &str) -> Source {
        serde_json::from_value(serde_json::json!({"owner": "data", "url": url})).unwrap()
    }

    #[test]
    fn a_folder_outside_the_workspace_is_refused_unless_the_operator_allows_it() {
        let (workspace, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let url = format!("file://{}", outside.path().display());
        let refused = open_source("lake", &source(&url), workspace.path(), &[]).unwrap_err();
        assert!(refused.to_string().contains("JANGPYO_FILE_ROOTS"), "{refused}");
        open_source("lake", &source(&url), workspace.path(), &[outside.path().to_owned()]).unwrap();
        let climbing = open_source("lake", &source("./../.."), workspace.path(), &[]).unwrap_err();
        assert!(climbing.to_string().contains("outside the workspace"), "{climbing}");
    }

    #[test]
    fn an_unknown_scheme_lists_the_valid_ones() {
        let error = open_source("lake", &source("ftp://host/x"), Path::new("."), &[]).unwrap_err();
        assert!(error.to_string().contains("s3://bucket/prefix"), "{error}");
    }
}
