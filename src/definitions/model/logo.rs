//! A picture file that a report names.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A PNG, JPEG or SVG file of the workspace. In a definition it is its path; the bytes are read with the
/// workspace, so that a report and its logo are of one version.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct LogoFile {
    /// Its path from the workspace's folder, with `/` between folders.
    pub path: String,
    /// Its bytes; `None` until the workspace has read and checked them.
    #[serde(skip)]
    pub content: Option<Arc<[u8]>>,
}

impl std::fmt::Debug for LogoFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.content.as_ref().map(|content| content.len());
        f.debug_struct("LogoFile").field("path", &self.path).field("bytes", &bytes).finish()
    }
}
