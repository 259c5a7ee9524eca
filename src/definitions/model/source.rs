//! A connection to data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::format::LocalizedText;

/// A connection: an object store or a folder of files. Secrets never stand here; they come from
/// the environment (for S3 the standard AWS chain).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// The functional role that answers for it.
    pub owner: String,
    /// Where it is: `s3://bucket/prefix`, `gs://…`, `az://…`, `file:///absolute/folder`, or a
    /// folder relative to the workspace such as `./data`.
    pub url: String,
    /// How to reach an S3 endpoint; only with `s3://`.
    pub s3: Option<S3Options>,
}

/// How to reach an S3-compatible endpoint.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct S3Options {
    /// Another endpoint than AWS: `https://minio.example.com:9000`.
    pub endpoint: Option<String>,
    /// The bucket's region, such as `ap-northeast-2`; by default what the AWS chain says.
    pub region: Option<String>,
    /// `true` puts the bucket into the path (MinIO and most others), `false` into the host name.
    /// By default true with an own endpoint, false with AWS.
    pub path_style: Option<bool>,
    /// Allows an `http://` endpoint. Off by default.
    pub allow_http: bool,
    /// Sends unsigned requests, for public buckets. Off by default.
    pub anonymous: bool,
}
