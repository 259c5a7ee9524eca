//! What actions are about.

use crate::definitions::model::{DatasetId, ReportId, SourceId};
use crate::definitions::{Catalog, DefinitionKind};

/// Something that actions are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// A source.
    Source(&'a SourceId),
    /// A dataset.
    Dataset(&'a DatasetId),
    /// A report.
    Report(&'a ReportId),
    /// A file of the workspace by its name, valid or not.
    File(&'a str),
    /// The server itself, which is administered.
    Server,
}

impl<'a> Object<'a> {
    /// What a file of the workspace defines; the file itself where that is unknown, or nothing that can be named.
    pub fn in_file(catalog: &'a Catalog, file: &'a str) -> Self {
        let Some(((kind, id), _)) = catalog.files.iter().find(|(_, name)| *name == file) else {
            return Self::File(file);
        };
        let object = match kind {
            DefinitionKind::Source => {
                catalog.sources.get_key_value(id.as_str()).map(|(id, _)| Self::Source(id))
            }
            DefinitionKind::Dataset => {
                catalog.datasets.get_key_value(id.as_str()).map(|(id, _)| Self::Dataset(id))
            }
            DefinitionKind::Report => {
                catalog.reports.get_key_value(id.as_str()).map(|(id, _)| Self::Report(id))
            }
            _ => None,
        };
        object.unwrap_or(Self::File(file))
    }
}
