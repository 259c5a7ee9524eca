//! `jangpyo access diff`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use serde_json::json;

use super::super::arguments::{DiffArguments, Place};
use super::super::{Failure, output, progress};
use crate::access::{Right, rights};
use crate::definitions::{Catalog, Workspace};
use crate::error::Kind;
use crate::runs;

pub(super) fn diff(place: &Place, arguments: &DiffArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let before = rights(&version(&place.workspace, &arguments.before)?);
    let after = match &arguments.after {
        Some(after) => version(&place.workspace, after)?,
        None => load(&place.workspace),
    };
    let after = rights(&after);
    let gained: BTreeSet<&Right> = after.difference(&before).collect();
    let lost: BTreeSet<&Right> = before.difference(&after).collect();
    if arguments.json {
        output::say_json(&json!({"gained": gained, "lost": lost}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines: Vec<(&Right, char)> = lost.into_iter().map(|right| (right, '-')).collect();
    lines.extend(gained.into_iter().map(|right| (right, '+')));
    lines.sort();
    let mut subject = "";
    for (right, sign) in &lines {
        if right.subject != subject {
            subject = &right.subject;
            output::say(subject)?;
        }
        output::say(&format!("  {sign} {}  {}", right.object, right.right))?;
    }
    if lines.is_empty() {
        output::say("nobody gains or loses anything")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn load(folder: &Path) -> Arc<Catalog> {
    let workspace = Workspace::load(folder, &crate::definitions::Policy::default(), runs::PART_CHECKS);
    Arc::clone(workspace.catalog())
}

/// The catalogue of a folder, or of a revision of the repository the workspace lies in.
fn version(workspace: &Path, name: &str) -> Result<Arc<Catalog>, Failure> {
    let folder = Path::new(name);
    if folder.is_dir() {
        return Ok(load(folder));
    }
    let checkout = Checkout::of(workspace, name)?;
    Ok(load(&checkout.0))
}

/// The files of a revision in a folder of their own, which is removed afterwards.
struct Checkout(PathBuf);

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
        let names = git(workspace, &["ls-tree", "-r", "-z", "--name-only", &commit])?;
        for name in String::from_utf8_lossy(&names).split('\0').filter(|name| is_part(name)) {
            let content = git(workspace, &["show", &format!("{commit}:./{name}")])?;
            let path = checkout.0.join(name);
            let folder = path.parent().unwrap_or(&checkout.0);
            std::fs::create_dir_all(folder).map_err(|cause| Failure::writing(folder, &cause))?;
            std::fs::write(&path, content).map_err(|cause| Failure::writing(&path, &cause))?;
        }
        Ok(checkout)
    }
}

/// Definitions and what they name; data stay where they are.
fn is_part(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_inside = !name.split('/').any(|part| part == "..") && !name.starts_with('/');
    is_inside && ["yaml", "yml", "svg", "png", "jpg", "jpeg", "otf", "ttf"].contains(&ending)
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
