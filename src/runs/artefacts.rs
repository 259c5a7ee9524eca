//! The files of runs, below the state folder: `artefacts/<run id>/<file name>`.

use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::store::{Artefact, NewArtefact, RunId};
use crate::delivery::write_durably;
use crate::error::Kind;

/// Why a file cannot be kept or found again.
#[derive(Debug, thiserror::Error)]
pub enum ArtefactError {
    /// The disk refused.
    #[error(
        "artefact {path} cannot be written: {source}; free disk space, make the folder writable, or keep \
         artefacts for a shorter time"
    )]
    Write {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not where the store says.
    #[error("artefact {path} cannot be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The retention rule has removed it.
    #[error("`{file_name}` is no longer kept; run the schedule again for the same instant to make it anew")]
    Gone {
        /// The name of the file.
        file_name: String,
    },
}

impl ArtefactError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Write { .. } | Self::Read { .. } => Kind::Unavailable,
            Self::Gone { .. } => Kind::NotFound,
        }
    }
}

/// A file that a run has made, still in memory.
#[derive(Debug, Clone)]
pub struct File {
    /// Which kind.
    pub kind: FileKind,
    /// A safe name with its ending.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

/// A kind of file a run makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// The sheets.
    Pdf,
    /// One table.
    Csv,
    /// All tables and charts.
    Xlsx,
    /// A sheet as a picture.
    Png,
    /// Several files in one, or files that open with a password.
    Zip,
    /// The sheets, to be opened with a password.
    LockedPdf,
    /// The numbers of every panel, for comparing runs; nothing to send.
    Figures,
    /// What was handed over besides the files, for attempts to come; nobody downloads it.
    Sealed,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Pdf,
        Self::Csv,
        Self::Xlsx,
        Self::Png,
        Self::Zip,
        Self::LockedPdf,
        Self::Figures,
        Self::Sealed,
    ];

    /// The ending of its name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf | Self::LockedPdf => "pdf",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Png => "png",
            Self::Zip => "zip",
            Self::Figures => "figures.json",
            Self::Sealed => "json",
        }
    }

    /// Its word in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::LockedPdf => "locked_pdf",
            Self::Figures => "figures",
            Self::Sealed => "sealed",
            plain => plain.extension(),
        }
    }

    /// The kind that a word of the store stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether people read such files; others are the program's own.
    pub fn is_for_readers(self) -> bool {
        !matches!(self, Self::Figures | Self::Sealed)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf | Self::LockedPdf => "application/pdf",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Png => "image/png",
            Self::Zip => "application/zip",
            Self::Figures | Self::Sealed => "application/json",
        }
    }
}

/// The state folder's shelf of files. Cheap to clone. Its functions block on the disk.
#[derive(Debug, Clone)]
pub struct Shelf {
    state: PathBuf,
}

impl Shelf {
    /// A shelf below the state folder `state`.
    pub fn new(state: PathBuf) -> Self {
        Self { state }
    }

    /// Writes a file of a copy about something so that it survives a power cut, or not at all.
    pub fn keep(&self, run: RunId, about: &str, file: &File) -> Result<NewArtefact, ArtefactError> {
        let path = format!("artefacts/{run}/{}", file.name);
        let target = self.state.join(&path);
        let write = || {
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            write_durably(&target, &file.bytes)
        };
        write().map_err(|source| ArtefactError::Write { path: target.display().to_string(), source })?;
        Ok(NewArtefact {
            kind: file.kind.word().into(),
            about: about.to_owned(),
            file_name: file.name.clone(),
            media_type: file.kind.media_type().into(),
            bytes: file.bytes.len() as u64,
            sha256: format!("{:x}", Sha256::digest(&file.bytes)),
            path,
        })
    }

    /// Where the file of `artefact` is.
    pub fn path_of(&self, artefact: &Artefact) -> Result<PathBuf, ArtefactError> {
        let gone = || ArtefactError::Gone { file_name: artefact.file_name.clone() };
        let path = Path::new(&artefact.path);
        // The store may have been edited: never leave the shelf for a path in it.
        let inside =
            path.starts_with("artefacts") && path.components().all(|c| matches!(c, Component::Normal(_)));
        if artefact.deleted_at.is_some() || !inside { Err(gone()) } else { Ok(self.state.join(path)) }
    }

    /// The content of `artefact`.
    pub fn read(&self, artefact: &Artefact) -> Result<Bytes, ArtefactError> {
        let path = self.path_of(artefact)?;
        match std::fs::read(&path) {
            Ok(bytes) => Ok(bytes.into()),
            Err(source) => Err(ArtefactError::Read { path: path.display().to_string(), source }),
        }
    }

    /// Removes the file of `artefact`, and its folder if that is then empty. A file that is not
    /// there counts as removed.
    pub(super) fn remove(&self, artefact: &Artefact) -> std::io::Result<()> {
        let Ok(path) = self.path_of(artefact) else { return Ok(()) };
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        if let Some(folder) = path.parent() {
            // Fails while other files are in it, as it should.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }

    /// The runs that have a folder.
    pub(super) fn runs(&self) -> Vec<RunId> {
        let Ok(entries) = std::fs::read_dir(self.state.join("artefacts")) else { return Vec::new() };
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
    }

    /// Removes files in the folder of `run` that are not in `known`: what a crash left behind.
    pub(super) fn remove_strays(&self, run: RunId, known: &[Artefact]) -> usize {
        let folder = self.state.join(format!("artefacts/{run}"));
        let Ok(entries) = std::fs::read_dir(&folder) else { return 0 };
        let mut removed = 0;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_known = known.iter().any(|artefact| name.to_str() == Some(&artefact.file_name));
            if !is_known && std::fs::remove_file(entry.path()).is_ok() {
                removed += 1;
            }
        }
        let _ = std::fs::remove_dir(&folder);
        removed
    }
}
