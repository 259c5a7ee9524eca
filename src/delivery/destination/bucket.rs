//! Files into a bucket.

use std::sync::Arc;

use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore, PutOptions};

use super::{PATIENCE, Upload, with_causes};
use crate::delivery::Outcome;

/// A bucket, or a part of one.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// What people know it by: `s3://bucket/prefix`.
    pub name: String,
    /// Its objects, below the prefix.
    pub store: Arc<dyn ObjectStore>,
}

impl Bucket {
    /// Writes files. Those that are there already are replaced, each as a whole.
    pub async fn put(&self, files: &[Upload]) -> Outcome {
        for file in files {
            let path = match Path::parse(&file.path) {
                Ok(path) => path,
                Err(error) => return Outcome::Refused(format!("`{}` is no path: {error}", file.path)),
            };
            let mut attributes = Attributes::new();
            attributes.insert(Attribute::ContentType, file.media_type.clone().into());
            let options = PutOptions { attributes, ..PutOptions::default() };
            let put = self.store.put_opts(&path, file.bytes.clone().into(), options);
            match tokio::time::timeout(PATIENCE * 4, put).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    let why = format!("{}/{path} cannot be written: {}", self.name, with_causes(&error));
                    return if is_final(&error) {
                        Outcome::Refused(why)
                    } else {
                        Outcome::RefusedForNow(why)
                    };
                }
                Err(_) => {
                    let why = format!("{}/{path} was not written in time", self.name);
                    return Outcome::RefusedForNow(why);
                }
            }
        }
        Outcome::Accepted(super::written(files, &self.name))
    }
}

/// Whether asking again cannot help.
fn is_final(error: &object_store::Error) -> bool {
    use object_store::Error;
    matches!(
        error,
        Error::NotFound { .. }
            | Error::InvalidPath { .. }
            | Error::NotSupported { .. }
            | Error::NotImplemented { .. }
            | Error::PermissionDenied { .. }
            | Error::Unauthenticated { .. }
            | Error::UnknownConfigurationKey { .. }
    )
}
