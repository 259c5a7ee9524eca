//! A connection to data.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RegionName, RoleName, SecretName};
use crate::format::LocalizedText;

/// A connection: an object store, a folder of files, or a database that computes. Secrets never stand here; they come
/// from the environment (for S3 the standard AWS chain) or are named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// The functional role that answers for it.
    pub owner: String,
    /// Where it is: `s3://bucket/prefix`, `gs://…`, `az://…`, `file:///absolute/folder`, a folder relative to the
    /// workspace such as `./data`, `postgres://host:5432/database`, or
    /// `snowflake://account/DATABASE/SCHEMA`.
    pub url: String,
    /// Where in the world its data lie, as costs and the ledger of queries call it: `seoul`, `us-east-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionName>,
    /// Minutes that divide an hour, such as 10. Schedules whose reports ask this source and whose times fall into the same
    /// ten minutes begin together, at their end: a warehouse that is billed by its starts is started once for all of them.
    /// Their reports are about their own times all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_minutes: Option<u32>,
    /// How to reach an S3 endpoint; only with `s3://`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3: Option<S3Options>,
    /// How to reach a PostgreSQL database; only with `postgres://`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postgres: Option<PostgresOptions>,
    /// How to reach a Snowflake account; only with `snowflake://`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snowflake: Option<SnowflakeOptions>,
    /// What datasets may call its tables, and where these are: `{sales: l2/sales/}` for files, `{sales: l2.sales}` for
    /// a database. A dataset that uses such a name can move to another source by changing its `source` alone.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tables: IndexMap<String, String>,
}

impl Source {
    /// Where a table is that a dataset calls `name`.
    pub fn table<'a>(&'a self, name: &'a str) -> &'a str {
        self.tables.get(name).map_or(name, String::as_str)
    }

    /// The role of its own that it is asked as for a functional role: what it answers may be another then.
    pub fn role_for(&self, functional: &str) -> Option<&str> {
        self.snowflake.as_ref()?.for_roles.get(functional)?.role.as_deref()
    }

    /// Whether it computes: statements go there, and answers come back.
    pub fn computes(&self) -> bool {
        ["postgres://", "snowflake://"].iter().any(|scheme| self.url.starts_with(scheme))
    }
}

/// How to reach a PostgreSQL database. Everything is asked in transactions that only read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostgresOptions {
    /// The user to log in as; give it rights to read, and no others.
    pub user: String,
    /// The name of the secret that holds the user's password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_secret: Option<SecretName>,
    /// The schemas that tables without one are looked for in, in order; `public` by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search_path: Vec<String>,
    /// The role that queries are asked as, if it is not the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The most connections at a time.
    #[serde(default = "usual_connections")]
    pub connections: u32,
    /// Allows a connection that is not encrypted. Off by default; the certificate of the server is verified.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_unencrypted: bool,
}

fn usual_connections() -> u32 {
    4
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

/// How to reach a Snowflake account. One of `key_secret`, `token_secret` and `oauth_secret` is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnowflakeOptions {
    /// The user whose key it is; only with `key_secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The name of the secret that holds the user's private key: PEM, without a pass phrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_secret: Option<SecretName>,
    /// The name of the secret that holds a programmatic access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_secret: Option<SecretName>,
    /// The name of the secret that holds an access token of OAuth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_secret: Option<SecretName>,
    /// The role that statements are asked as, its exact name; the user's own by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The warehouse that computes, its exact name; the user's own by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// Roles and warehouses of their own for functional roles that pay: `{finance: {warehouse: FINANCE_WH}}`. Others are
    /// asked as `role` on `warehouse`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub for_roles: IndexMap<RoleName, SnowflakeRole>,
    /// The schema that shows the account's usage, `SNOWFLAKE.ACCOUNT_USAGE` by default; one that has its views
    /// `QUERY_ATTRIBUTION_HISTORY` and `WAREHOUSE_METERING_HISTORY`. Asked by `jangpyo costs import` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Another host than `<account>.snowflakecomputing.com`, such as one of PrivateLink; with a port if need be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The proxy that leads there: `http://proxy.example.com:3128`; by default what the environment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The most statements at a time.
    #[serde(default = "usual_statements")]
    pub statements: u32,
    /// Asks without encryption; on this machine only. Off by default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_unencrypted: bool,
}

/// How statements of a functional role are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnowflakeRole {
    /// The role, its exact name; that of the source by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The warehouse, its exact name; that of the source by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
}

fn usual_statements() -> u32 {
    8
}
