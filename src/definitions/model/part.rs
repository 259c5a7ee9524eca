//! A file that a definition names.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A logo (PNG, JPEG or SVG) or a font (OpenType or TrueType) of the workspace. In a definition it is its
/// path; the bytes are read with the workspace, so that a definition and its files are of one version.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PartFile {
    /// Its path from the workspace's folder, with `/` between folders.
    pub path: String,
    /// Its bytes; `None` until the workspace has read and checked them.
    #[serde(skip)]
    pub content: Option<Arc<[u8]>>,
}

impl std::fmt::Debug for PartFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.content.as_ref().map(|content| content.len());
        f.debug_struct("PartFile").field("path", &self.path).field("bytes", &bytes).finish()
    }
}
