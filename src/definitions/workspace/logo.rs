//! Reads the logos that reports name.
//!
//! Only files that the walk through the workspace found are read, so that no path leads out of it and
//! every logo is watched for changes.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::draft::{Draft, Typed};
use super::files::{PICTURE_ENDS, is_picture};
use crate::definitions::diagnostic::Problem;
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::yaml::Place;

/// Says why the bytes of a file are no picture that can be drawn. Whoever draws brings it along: the
/// definitions know nothing of pictures.
pub type PictureCheck = fn(&[u8]) -> Result<(), String>;

/// The largest logo, in bytes.
const LARGEST: u64 = 2 << 20;
/// What a path that is right looks like.
const EXAMPLE: &str = "write its path from the workspace's folder, such as `logos/acme.svg`";

/// Gives every report the bytes of its logo, or a problem. A file that several reports name is read once.
pub(super) fn give(drafts: &mut [Draft], root: &Path, found: &[(String, PathBuf)], check: PictureCheck) {
    let mut known: HashMap<String, Result<Arc<[u8]>, Problem>> = HashMap::new();
    for draft in drafts {
        let Some(Typed::Report(report)) = &mut draft.typed else { continue };
        let Some(logo) = &mut report.print.logo else { continue };
        let content =
            known.entry(logo.path.clone()).or_insert_with(|| content(&logo.path, root, found, check));
        match content {
            Ok(content) => logo.content = Some(Arc::clone(content)),
            Err(problem) => {
                let path = FieldPath::root().key("print").key("logo");
                let place = draft.tree.as_ref().map_or(Place::START, |tree| tree.locate(&path));
                draft.problems.push(Problem { place, path, ..problem.clone() });
            }
        }
    }
}

fn content(
    name: &str,
    root: &Path,
    found: &[(String, PathBuf)],
    check: PictureCheck,
) -> Result<Arc<[u8]>, Problem> {
    well_formed(name)?;
    let shown = names::printable(name);
    let Some((_, path)) = found.iter().find(|(known, _)| known == name) else {
        let pictures = found.iter().map(|(name, _)| name.as_str());
        let message = format!("there is no picture `{shown}` in the workspace");
        return Err(problem("unknown_file", message).help(names::offer(name, "pictures", pictures)));
    };
    let bytes = read(path, root, &shown)?;
    check(&bytes).map_err(|reason| {
        problem("bad_picture", format!("`{shown}` cannot be drawn: {reason}"))
            .help("a logo is a PNG, JPEG or SVG file; save it anew from the program that made it")
    })?;
    Ok(bytes.into())
}

/// Refuses what cannot be a path within the workspace, before any file is looked at.
fn well_formed(name: &str) -> Result<(), Problem> {
    let shown = names::printable(name);
    let outside =
        name.starts_with('/') || name.contains(['\\', ':']) || name.split('/').any(|part| part == "..");
    if outside {
        let message = format!("`{shown}` is not a path within the workspace");
        return Err(problem("outside", message).help(EXAMPLE));
    }
    let odd = |part: &str| part.is_empty() || part.starts_with('.') || part.chars().any(char::is_control);
    if name.split('/').any(odd) {
        let message = format!("`{shown}` is not the path of a file that can be seen");
        return Err(problem("bad_path", message).help(EXAMPLE));
    }
    if let Some(folder @ ("data" | "schemas")) = name.split_once('/').map(|(folder, _)| folder) {
        let message = format!("the folder `{folder}` holds no parts of definitions");
        return Err(problem("bad_path", message).help("put the logo into a folder such as `logos`"));
    }
    if !is_picture(name) {
        let ends = PICTURE_ENDS.map(|end| format!("`.{end}`")).join(", ");
        let message = format!("`{shown}` is no picture by its name");
        return Err(problem("bad_path", message).help(format!("its name ends in one of {ends}")));
    }
    Ok(())
}

fn read(path: &Path, root: &Path, shown: &str) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| {
        problem("unreadable", format!("`{shown}` cannot be read: {error}"))
            .help("see that the file is there and that the server may read it")
    };
    let real = path.canonicalize().map_err(unreadable)?;
    if !real.starts_with(root.canonicalize().map_err(unreadable)?) {
        let message = format!("`{shown}` is a link that leads out of the workspace");
        return Err(problem("outside", message).help("put the file itself into the workspace"));
    }
    // Before opening: a named pipe would block for ever.
    let metadata = real.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(problem("unreadable", format!("`{shown}` is not a regular file")).help(EXAMPLE));
    }
    let mut bytes = Vec::new();
    File::open(&real).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        let size = metadata.len().max(bytes.len() as u64);
        let message = format!("`{shown}` has {size} bytes; a logo has at most {LARGEST}");
        return Err(problem("too_large", message).help("a logo is printed small: scale it down, or use SVG"));
    }
    Ok(bytes)
}

/// Its place is known where it is used.
fn problem(code: &'static str, message: String) -> Problem {
    Problem::at(Place::START, code, message)
}
