//! A version of the workspace: a folder, or a commit of the repository it lies in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::super::Failure;
use crate::definitions::{Catalog, Policy, Workspace};
use crate::error::Kind;
use crate::runs;

/// How git lists a symbolic link.
const LINK: &str = "120000";

/// How git lists another repository within this one.
const MODULE: &str = "160000";

/// How a folder of git's own is called.
const GIT: &str = ".git";

/// A version of the workspace.
pub(super) enum Version {
    Folder(PathBuf),
    Commit(Checkout),
}

impl Version {
    /// The version that a name means: a folder, or a revision of the repository the workspace lies in; without a name
    /// the workspace as it is.
    pub(super) fn of(workspace: &Path, name: Option<&str>) -> Result<Self, Failure> {
        let folder = name.map_or(workspace, Path::new);
        Ok(match name {
            Some(revision) if !folder.is_dir() => Self::Commit(Checkout::of(workspace, revision)?),
            _ => Self::Folder(folder.to_owned()),
        })
    }

    fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) | Self::Commit(Checkout(folder)) => folder,
        }
    }

    /// The definitions that are valid in it.
    pub(super) fn catalog(&self) -> Arc<Catalog> {
        let workspace = Workspace::load(self.folder(), &Policy::default(), runs::PART_CHECKS);
        Arc::clone(workspace.catalog())
    }

    /// Every file that the server might read, with a digest of what stands in it. Also those that it passes over: a link
    /// elsewhere could bring them in.
    pub(super) fn files(&self) -> Result<BTreeMap<String, [u8; 32]>, Failure> {
        let mut files = BTreeMap::new();
        // Whatever was brought there counts: links are plain files, as git keeps them.
        let is_checkout = matches!(self, Self::Commit(_));
        let mut open = vec![(self.folder().to_owned(), String::new())];
        while let Some((folder, above)) = open.pop() {
            for entry in fs::read_dir(&folder).map_err(|cause| reading(&folder, &cause))? {
                let path = entry.map_err(|cause| reading(&folder, &cause))?.path();
                let own =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let name = if above.is_empty() { own.clone() } else { format!("{above}/{own}") };
                let content = if path.is_symlink() {
                    let leads_to = fs::read_link(&path).map_err(|cause| reading(&path, &cause))?;
                    leads_to.to_string_lossy().into_owned().into_bytes()
                } else if path.is_dir() {
                    if own != GIT {
                        open.push((path, name));
                    }
                    continue;
                } else if is_checkout || is_part(&name) {
                    fs::read(&path).map_err(|cause| reading(&path, &cause))?
                } else {
                    continue;
                };
                files.insert(name, Sha256::digest(content).into());
            }
        }
        Ok(files)
    }
}

fn reading(path: &Path, cause: &std::io::Error) -> Failure {
    Failure::new(Kind::BadRequest, format!("cannot read {}: {cause}", path.display()))
}

/// The files of a revision in a folder of their own, which is removed afterwards.
pub(super) struct Checkout(PathBuf);

impl Drop for Checkout {
    fn drop(&mut self) {
        // A folder that cannot be removed lies among the system's temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Checkout {
    fn of(workspace: &Path, revision: &str) -> Result<Self, Failure> {
        if revision.starts_with('-') {
            return Err(Failure::usage(format!("`{revision}` is neither a folder nor a revision")));
        }
        let commit = git(workspace, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
            .map_err(|_| {
                Failure::usage(format!(
                    "`{revision}` is neither a folder nor a revision of the workspace's repository"
                ))
            })?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let checkout = Self(std::env::temp_dir().join(format!("jangpyo-{}", uuid::Uuid::now_v7())));
        let tree = git(workspace, &["ls-tree", "-r", "-z", &commit])?;
        for entry in String::from_utf8_lossy(&tree).split('\0') {
            let Some((what, name)) = entry.split_once('\t') else { continue };
            let is_module = what.starts_with(MODULE);
            if !is_inside(name) || !(is_part(name) || what.starts_with(LINK) || is_module) {
                continue;
            }
            let content = if is_module {
                what.as_bytes().to_vec()
            } else {
                git(workspace, &["show", &format!("{commit}:./{name}")])?
            };
            let path = checkout.0.join(name);
            let folder = path.parent().unwrap_or(&checkout.0);
            std::fs::create_dir_all(folder).map_err(|cause| Failure::writing(folder, &cause))?;
            std::fs::write(&path, content).map_err(|cause| Failure::writing(&path, &cause))?;
        }
        Ok(checkout)
    }
}

/// Definitions and what they name; data stay where they are. Endings count in any case, as where they are read.
fn is_part(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["yaml", "yml", "svg", "png", "jpg", "jpeg", "otf", "ttf"]
        .iter()
        .any(|end| end.eq_ignore_ascii_case(ending))
}

fn is_inside(name: &str) -> bool {
    !name.split('/').any(|part| part == "..") && !name.starts_with('/')
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let failed =
        |cause: String| Failure::new(Kind::BadRequest, format!("git {}: {cause}", arguments.join(" ")));
    let done = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let done = done.map_err(|cause| failed(cause.to_string()))?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    Err(failed(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
}
