//! Reads the files that definitions name: logos and fonts.
//!
//! Only files that the walk through the workspace found are read, so that no path leads out of it and
//! every one of them is watched for changes.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::draft::{Draft, Typed};
use super::files::{FONT_ENDS, PICTURE_ENDS, has_end};
use crate::definitions::diagnostic::Problem;
use crate::definitions::model::PartFile;
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::yaml::Place;

/// Says why the bytes of a file cannot be drawn, or be drawn with.
pub type PartCheck = fn(&[u8]) -> Result<(), String>;

/// The checks of files that definitions name. Whoever draws brings them along: the definitions know
/// nothing of pictures and fonts.
#[derive(Debug, Clone, Copy)]
pub struct PartChecks {
    /// Of logos.
    pub picture: PartCheck,
    /// Of fonts.
    pub font: PartCheck,
}

/// What a file is named as.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Logo,
    Font,
}

/// A file is read once, whatever names it.
type Contents = HashMap<(Role, String), Result<Arc<[u8]>, Problem>>;

/// Gives every definition the bytes of the files it names, or a problem.
pub(super) fn give(drafts: &mut [Draft], root: &Path, found: &[(String, PathBuf)], checks: PartChecks) {
    let mut contents = Contents::new();
    let reader = Reader { root, found, checks };
    for draft in drafts {
        let problems = &mut draft.problems;
        let tree = draft.tree.as_ref();
        let mut give = |part: Option<&mut PartFile>, role: Role, keys: &[&str]| {
            let Some(part) = part else { return };
            let content =
                contents.entry((role, part.path.clone())).or_insert_with(|| reader.content(&part.path, role));
            match content {
                Ok(content) => part.content = Some(Arc::clone(content)),
                Err(problem) => {
                    let path = keys.iter().fold(FieldPath::root(), |path, key| path.key(key));
                    let place = tree.map_or(Place::START, |tree| tree.locate(&path));
                    problems.push(Problem { place, path, ..problem.clone() });
                }
            }
        };
        match &mut draft.typed {
            Some(Typed::Report(report)) => {
                give(report.print.logo.as_mut(), Role::Logo, &["print", "logo"]);
            }
            Some(Typed::Theme(theme)) => {
                give(theme.logo.as_mut(), Role::Logo, &["logo"]);
                if let Some(fonts) = &mut theme.fonts {
                    give(Some(&mut fonts.regular), Role::Font, &["fonts", "regular"]);
                    give(fonts.bold.as_mut(), Role::Font, &["fonts", "bold"]);
                }
            }
            Some(
                Typed::Source(_)
                | Typed::Dataset(_)
                | Typed::Calendar(_)
                | Typed::Destination(_)
                | Typed::Access(_)
                | Typed::Costs(_),
            )
            | None => {}
        }
    }
}

impl Role {
    fn noun(self) -> &'static str {
        match self {
            Self::Logo => "picture",
            Self::Font => "font",
        }
    }

    fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Logo => &PICTURE_ENDS,
            Self::Font => &FONT_ENDS,
        }
    }

    /// The folder it would usually be in.
    fn folder(self) -> &'static str {
        match self {
            Self::Logo => "logos",
            Self::Font => "fonts",
        }
    }

    /// What a path that is right looks like.
    fn example(self) -> &'static str {
        match self {
            Self::Logo => "write its path from the workspace's folder, such as `logos/acme.svg`",
            Self::Font => "write its path from the workspace's folder, such as `fonts/acme-regular.otf`",
        }
    }

    /// The largest file, in bytes. Fonts with every ideograph have some 20 MB.
    fn largest(self) -> u64 {
        match self {
            Self::Logo => 2 << 20,
            Self::Font => 24 << 20,
        }
    }

    fn too_large(self, shown: &str, size: u64) -> Problem {
        let largest = self.largest();
        let (message, help) = match self {
            Self::Logo => (
                format!("`{shown}` has {size} bytes; a logo has at most {largest}"),
                "a logo is printed small: scale it down, or use SVG",
            ),
            Self::Font => (
                format!("`{shown}` has {size} bytes; a font has at most {largest}"),
                "leave out scripts that no report needs: the bundled fonts have Latin, Hangul and ideographs",
            ),
        };
        problem("too_large", message).help(help)
    }
}

struct Reader<'a> {
    root: &'a Path,
    found: &'a [(String, PathBuf)],
    checks: PartChecks,
}

impl Reader<'_> {
    fn content(&self, name: &str, role: Role) -> Result<Arc<[u8]>, Problem> {
        well_formed(name, role)?;
        let shown = names::printable(name);
        let noun = role.noun();
        let Some((_, path)) = self.found.iter().find(|(known, _)| known == name) else {
            let alike = self.found.iter().map(|(name, _)| name.as_str());
            let alike = alike.filter(|name| has_end(name, role.ends()));
            let message = format!("there is no {noun} `{shown}` in the workspace");
            let nouns = format!("{noun}s");
            return Err(problem("unknown_file", message).help(names::offer(name, &nouns, alike)));
        };
        let bytes = read(path, self.root, &shown, role)?;
        let (check, code, help) = match role {
            Role::Logo => (
                self.checks.picture,
                "bad_picture",
                "a logo is a PNG, JPEG or SVG file; save it anew from the program that made it",
            ),
            Role::Font => (
                self.checks.font,
                "bad_font",
                "a font is an OpenType (.otf) or TrueType (.ttf) file that may be embedded in documents",
            ),
        };
        check(&bytes).map_err(|reason| {
            let verb = if role == Role::Logo { "drawn" } else { "used" };
            problem(code, format!("`{shown}` cannot be {verb}: {reason}")).help(help)
        })?;
        Ok(bytes.into())
    }
}

/// Refuses what cannot be a path within the workspace, before any file is looked at.
fn well_formed(name: &str, role: Role) -> Result<(), Problem> {
    let shown = names::printable(name);
    let outside =
        name.starts_with('/') || name.contains(['\\', ':']) || name.split('/').any(|part| part == "..");
    if outside {
        let message = format!("`{shown}` is not a path within the workspace");
        return Err(problem("outside", message).help(role.example()));
    }
    let odd = |part: &str| part.is_empty() || part.starts_with('.') || part.chars().any(char::is_control);
    if name.split('/').any(odd) {
        let message = format!("`{shown}` is not the path of a file that can be seen");
        return Err(problem("bad_path", message).help(role.example()));
    }
    if let Some(folder @ ("data" | "schemas")) = name.split_once('/').map(|(folder, _)| folder) {
        let message = format!("the folder `{folder}` holds no parts of definitions");
        let what = if role == Role::Logo { "logo" } else { "font" };
        let help = format!("put the {what} into a folder such as `{}`", role.folder());
        return Err(problem("bad_path", message).help(help));
    }
    if !has_end(name, role.ends()) {
        let message = format!("`{shown}` is no {} by its name", role.noun());
        let ends: Vec<String> = role.ends().iter().map(|end| format!("`.{end}`")).collect();
        return Err(problem("bad_path", message).help(format!("its name ends in one of {}", ends.join(", "))));
    }
    Ok(())
}

fn read(path: &Path, root: &Path, shown: &str, role: Role) -> Result<Vec<u8>, Problem> {
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
        return Err(problem("unreadable", format!("`{shown}` is not a regular file")).help(role.example()));
    }
    let mut bytes = Vec::new();
    File::open(&real)
        .and_then(|file| file.take(role.largest() + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > role.largest() {
        let size = metadata.len().max(bytes.len() as u64);
        return Err(role.too_large(shown, size));
    }
    Ok(bytes)
}

/// Its place is known where it is used.
fn problem(code: &'static str, message: String) -> Problem {
    Problem::at(Place::START, code, message)
}
