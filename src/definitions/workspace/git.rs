//! The commit a folder is checked out at, read from `.git` without a git program.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The commit of the repository `folder` lies in; `None` when there is none or it cannot be told.
pub(crate) fn commit(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let git = folder.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    let git = if git.is_dir() { git } else { linked(&git)? };
    let head = text(&git.join("HEAD"))?;
    let Some(reference) = head.trim().strip_prefix("ref: ") else { return hash(&head) };
    if reference.split('/').any(|part| part == "..") || reference.starts_with('/') {
        return None;
    }
    // Work trees keep branches in the main repository.
    let common = text(&git.join("commondir")).map_or_else(|| git.clone(), |common| git.join(common.trim()));
    [&git, &common].into_iter().find_map(|git| hash(&text(&git.join(reference))?)).or_else(|| {
        let packed = text(&common.join("packed-refs"))?;
        packed.lines().find_map(|line| hash(line.strip_suffix(reference)?.strip_suffix(' ')?))
    })
}

/// Work trees and submodules have a file that names the folder.
fn linked(file: &Path) -> Option<PathBuf> {
    let target = text(file)?;
    Some(file.parent()?.join(target.trim().strip_prefix("gitdir: ")?))
}

fn hash(text: &str) -> Option<String> {
    let text = text.trim();
    let valid = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    valid.then(|| text.to_owned())
}

fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    fs::File::open(path).ok()?.take(8 << 20).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_is_found_loose_packed_and_detached() {
        let root = tempfile::tempdir().unwrap();
        let git = root.path().join(".git");
        let (one, two) = ("a".repeat(40), "b".repeat(40));
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::create_dir_all(root.path().join("reports")).unwrap();
        let reports = root.path().join("reports");
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(commit(&reports), None);
        fs::write(git.join("packed-refs"), format!("# pack-refs\n{two} refs/heads/main\n")).unwrap();
        assert_eq!(commit(&reports), Some(two));
        fs::write(git.join("refs/heads/main"), format!("{one}\n")).unwrap();
        assert_eq!(commit(&reports), Some(one.clone()));
        fs::write(git.join("HEAD"), format!("{one}\n")).unwrap();
        assert_eq!(commit(&reports), Some(one));
        fs::write(git.join("HEAD"), "ref: ../../etc/passwd\n").unwrap();
        assert_eq!(commit(&reports), None);
    }
}
