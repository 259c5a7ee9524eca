//! Finding and reading files, without leaving the workspace.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::definitions::diagnostic::Problem;
use crate::definitions::yaml::Place;

/// The largest definition file, in bytes.
pub(crate) const FILE_LIMIT: u64 = 4 << 20;
/// The most definition files of a workspace.
const COUNT_LIMIT: usize = 20_000;
/// How deep folders may lie.
const FOLDER_DEPTH_LIMIT: usize = 12;
/// Folders that hold no definitions: the sample's data and the published schemas.
const SKIPPED: [&str; 2] = ["data", "schemas"];

/// What a walk through the workspace found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Definition files by name relative to the workspace, in order.
    pub(crate) files: Vec<(String, PathBuf)>,
    /// Files that are pictures or fonts by their names, in order: a report may name one as its logo.
    pub(crate) parts: Vec<(String, PathBuf)>,
    /// Folders (`""`: the workspace itself) and files that could not be looked at, and why.
    pub(crate) unreadable: Vec<(String, Problem)>,
}

/// Every definition file below `root`. Symbolic links are followed as long as they stay inside.
pub(crate) fn find(root: &Path) -> Found {
    let mut found = Found::default();
    match root.canonicalize() {
        Ok(real) => walk(root, &real, String::new(), 0, &mut BTreeSet::new(), &mut found),
        Err(error) => found.unreadable.push((String::new(), unreadable("the workspace", &error))),
    }
    found.files.sort();
    found.parts.sort();
    found
}

fn walk(
    folder: &Path,
    root: &Path,
    name: String,
    depth: usize,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut Found,
) {
    let real = match folder.canonicalize() {
        Ok(real) => real,
        Err(error) => return found.unreadable.push((name, unreadable("the folder", &error))),
    };
    if !real.starts_with(root) {
        return found.unreadable.push((name, leaves("folder")));
    }
    // A link back up would never end.
    if !seen.insert(real) {
        return;
    }
    if depth > FOLDER_DEPTH_LIMIT {
        let problem = Problem::at(
            Place::START,
            "too_deep",
            format!("folders are nested more than {FOLDER_DEPTH_LIMIT} deep"),
        );
        return found.unreadable.push((name, problem));
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return found.unreadable.push((name, unreadable("the folder", &error))),
    };
    let mut names: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    names.sort();
    for path in names {
        let Some(file_name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        if file_name.starts_with('.') {
            continue;
        }
        let relative = if name.is_empty() { file_name.clone() } else { format!("{name}/{file_name}") };
        if path.is_dir() {
            if depth > 0 || !SKIPPED.contains(&file_name.as_str()) {
                walk(&path, root, relative, depth + 1, seen, found);
            }
        } else if is_definition(&path) {
            if found.files.len() >= COUNT_LIMIT {
                let problem = Problem::at(
                    Place::START,
                    "too_many",
                    format!("a workspace holds at most {COUNT_LIMIT} definition files"),
                );
                return found.unreadable.push((relative, problem));
            }
            match path.canonicalize() {
                Ok(real) if !real.starts_with(root) => found.unreadable.push((relative, leaves("file"))),
                Ok(_) => found.files.push((relative, path)),
                // It vanished since the folder was listed, or it is a link to nowhere.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && !path.is_symlink() => {}
                Err(error) => found.unreadable.push((relative, unreadable("the file", &error))),
            }
        } else if (has_end(&file_name, &PICTURE_ENDS) || has_end(&file_name, &FONT_ENDS))
            && found.parts.len() < COUNT_LIMIT
        {
            found.parts.push((relative, path));
        }
    }
}

fn is_definition(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}

/// The ends of the names of pictures.
pub(crate) const PICTURE_ENDS: [&str; 4] = ["svg", "png", "jpg", "jpeg"];

/// The ends of the names of fonts.
pub(crate) const FONT_ENDS: [&str; 2] = ["otf", "ttf"];

/// Whether a name ends in one of `ends`, in any case.
pub(crate) fn has_end(name: &str, ends: &[&str]) -> bool {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    ends.iter().any(|known| known.eq_ignore_ascii_case(end))
}

/// The text of a definition file; `Ok(None)` when it has vanished.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Problem> {
    let gone = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    // Before opening: a named pipe would block for ever.
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            return Err(Problem::at(Place::START, "unreadable", "this is not a regular file"));
        }
        Ok(metadata) if metadata.len() > FILE_LIMIT => return Err(too_large(metadata.len())),
        Ok(_) => {}
        Err(error) if gone(&error) => return Ok(None),
        Err(error) => return Err(unreadable("the file", &error)),
    }
    let mut bytes = Vec::new();
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if gone(&error) => return Ok(None),
        Err(error) => return Err(unreadable("the file", &error)),
    };
    if let Err(error) = file.take(FILE_LIMIT + 1).read_to_end(&mut bytes) {
        return Err(unreadable("the file", &error));
    }
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(too_large(bytes.len() as u64));
    }
    decode(bytes).map(Some)
}

/// UTF-8, with or without a byte order mark.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, Problem> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default()).into_owned();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        Problem::at(Place { line, column, width: 1 }, "not_utf8", "the file is not valid UTF-8 from here on")
            .help("save it as UTF-8 (not as EUC-KR, CP949, Big5 or UTF-16)")
    })?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

fn too_large(bytes: u64) -> Problem {
    Problem::at(
        Place::START,
        "too_large",
        format!("the file has {bytes} bytes; a definition file has at most {FILE_LIMIT}"),
    )
    .help("definitions hold no data; split the file if it really is one")
}

fn leaves(what: &str) -> Problem {
    Problem::at(Place::START, "outside", format!("this {what} is a link that leads out of the workspace"))
        .help("put the file itself into the workspace")
}

fn unreadable(what: &str, error: &std::io::Error) -> Problem {
    Problem::at(Place::START, "unreadable", format!("{what} cannot be read: {error}"))
}
