//! Files into a folder below a base folder, and nowhere else.

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

use crate::error::Kind;

/// Why a file was not put into a folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The path leads, or could lead, out of the base folder.
    #[error("folder path `{path}` is refused: {reason}; use a relative path such as `finance/weekly`")]
    Path {
        /// The path as given.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The disk refused.
    #[error("{path} cannot be written: {source}; free disk space or make the folder writable")]
    Write {
        /// The file or folder.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl FolderError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Path { .. } => Kind::BadDefinition,
            Self::Write { .. } => Kind::Unavailable,
        }
    }
}

/// The base folder of folder deliveries.
#[derive(Debug, Clone)]
pub struct Folder {
    base: PathBuf,
}

impl Folder {
    /// Deliveries go below `base`, which is made when the first one comes.
    pub fn new(base: PathBuf) -> Self {
        Self { base }
    }

    /// Writes a file into `path` below the base. A file of the same name is replaced as a whole.
    /// Blocks on the disk.
    pub fn put(&self, path: &str, file_name: &str, bytes: &Bytes) -> Result<PathBuf, FolderError> {
        let (stem, extension) = file_name.rsplit_once('.').unwrap_or((file_name, "bin"));
        let target = self.enter(path)?.join(super::safe_file_name(stem, extension));
        // A symbolic link standing in the file's place is replaced by the rename, never followed.
        write_durably(&target, bytes)
            .map_err(|source| FolderError::Write { path: target.display().to_string(), source })?;
        Ok(target)
    }

    /// Makes the folders of `path` one by one, refusing to walk through a symbolic link: somebody
    /// with access to the folder could point one outside. The base itself may be one.
    fn enter(&self, path: &str) -> Result<PathBuf, FolderError> {
        let refuse = |reason: &str| FolderError::Path {
            path: path.chars().filter(|c| !c.is_control()).take(200).collect(),
            reason: reason.to_owned(),
        };
        let write = |path: &Path, source| FolderError::Write { path: path.display().to_string(), source };
        if path.contains(['\\', '\0']) || path.chars().any(char::is_control) {
            return Err(refuse("it holds a backslash or a control character"));
        }
        std::fs::create_dir_all(&self.base).map_err(|source| write(&self.base, source))?;
        let mut folder = self.base.clone();
        for component in Path::new(path).components() {
            let name = match component {
                Component::Normal(name) => name,
                Component::CurDir => continue,
                Component::ParentDir => return Err(refuse("`..` leads out of the folder")),
                Component::RootDir | Component::Prefix(_) => return Err(refuse("it is an absolute path")),
            };
            folder.push(name);
            match std::fs::symlink_metadata(&folder) {
                Ok(found) if found.is_symlink() => return Err(refuse("it goes through a symbolic link")),
                Ok(found) if !found.is_dir() => return Err(refuse("a file stands in the way")),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    std::fs::create_dir(&folder).map_err(|source| write(&folder, source))?;
                }
                Err(source) => return Err(write(&folder, source)),
            }
        }
        Ok(folder)
    }
}

/// Writes a file so that after a crash there is the old one, the new one or none, but never half of
/// one: temporary name, fsync, rename, fsync of the folder.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let temporary = folder.join(format!(".{}.tmp", uuid::Uuid::now_v7()));
    let written = (|| {
        let mut file = std::fs::File::create_new(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    })();
    if written.is_err() {
        // Best effort: the first error is the one to tell.
        let _ = std::fs::remove_file(&temporary);
    }
    written?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(base: &Path, path: &str) -> Result<PathBuf, FolderError> {
        Folder::new(base.to_owned()).put(path, "주간.pdf", &Bytes::from_static(b"%PDF"))
    }

    #[test]
    fn a_file_lands_below_the_base_and_is_replaced_whole() {
        let base = tempfile::tempdir().unwrap();
        let first = put(base.path(), "finance/weekly").unwrap();
        assert_eq!(first, base.path().join("finance/weekly/주간.pdf"));
        put(base.path(), "./finance//weekly/").unwrap();
        let names: Vec<_> =
            std::fs::read_dir(first.parent().unwrap()).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(names, ["주간.pdf"], "no temporary file stays behind");
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        let base = tempfile::tempdir().unwrap();
        for path in ["..", "a/../../b", "/etc", "a\\..\\b", "a\0b", "a\nb"] {
            assert!(matches!(put(base.path(), path), Err(FolderError::Path { .. })), "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_not_followed() {
        let (base, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(outside.path(), base.path().join("link")).unwrap();
        let error = put(base.path(), "link").unwrap_err();
        assert!(error.to_string().contains("symbolic link"), "{error}");
        let secret = outside.path().join("secret");
        std::fs::write(&secret, "keep").unwrap();
        std::os::unix::fs::symlink(&secret, base.path().join("주간.pdf")).unwrap();
        put(base.path(), "").unwrap();
        assert_eq!(std::fs::read_to_string(&secret).unwrap(), "keep");
    }

    #[test]
    fn a_file_in_the_way_is_an_error_and_nothing_is_left() {
        let base = tempfile::tempdir().unwrap();
        std::fs::write(base.path().join("finance"), "x").unwrap();
        assert!(put(base.path(), "finance/weekly").unwrap_err().to_string().contains("in the way"));
    }
}
