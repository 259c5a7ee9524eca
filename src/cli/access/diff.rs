//! `jangpyo access diff`

use std::collections::BTreeSet;
use std::process::ExitCode;

use serde_json::json;

use super::super::arguments::{DiffArguments, Place};
use super::super::{Failure, output, progress};
use super::version::Version;
use crate::access::{Right, rights};

pub(super) fn diff(place: &Place, arguments: &DiffArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let before = rights(&Version::of(&place.workspace, Some(&arguments.before))?.catalog());
    let after = rights(&Version::of(&place.workspace, arguments.after.as_deref())?.catalog());
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
