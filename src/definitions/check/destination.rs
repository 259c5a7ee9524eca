//! Destinations: one place each, reached safely, where the server's settings allow it.

use indexmap::IndexMap;

use super::known::Known;
use super::{Findings, source, text};
use crate::definitions::model::{Destination, Place, SftpDestination, Source, Webhook};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

pub(super) fn check(
    destination: &Destination,
    known: &Known<'_>,
    policy: &Policy,
    findings: &mut Findings<'_>,
) {
    let root = FieldPath::root();
    text::title(destination.title.as_ref(), &root.key("title"), findings);
    text::owner(&destination.owner, findings);
    if let Some(access) = &known.access {
        for (path, role) in super::items(&root.key("open_to"), &destination.open_to) {
            if !access.functional_roles.contains(&role.as_str()) {
                let message = format!("`access.yaml` has no functional role `{role}`");
                let valid = access.functional_roles.iter().copied();
                let help = names::offer(role.as_str(), "functional roles", valid);
                findings.error(&path, "unknown_role", message, help);
            }
        }
    }
    let mut places = destination.places();
    let Some(place) = places.next() else {
        let tried = findings.faulty.iter().any(|faulty| {
            ["slack", "teams", "webhook", "object_store", "sftp"]
                .iter()
                .any(|key| faulty.is_within(&root.key(*key)))
        });
        if !tried {
            let help = "add one of `slack`, `teams`, `webhook`, `object_store` and `sftp`".to_owned();
            findings.error(&root, "missing_key", "the destination does not say where it is", help);
        }
        return;
    };
    if places.next().is_some() {
        let help = "write a file for each".to_owned();
        findings.error(&root, "both", "a destination is one place", help);
    }
    match place {
        // Where a chat is stands in its secret, and is asked when something is sent.
        Place::Slack(_) | Place::Teams(_) => {}
        Place::Webhook(hook) => webhook(hook, &root.key("webhook"), policy, findings),
        Place::ObjectStore(bucket) => {
            let path = root.key("object_store");
            let before = findings.problems.len();
            let place = Source {
                title: None,
                owner: destination.owner.clone(),
                url: bucket.url.clone(),
                s3: bucket.s3.clone(),
                postgres: None,
                region: None,
                batch_minutes: None,
                snowflake: None,
                tables: IndexMap::new(),
            };
            source::place(&place, &path, findings);
            if findings.problems.len() > before {
                return;
            }
            let path = path.key("url");
            if let Some((scheme, rest)) = bucket.url.split_once("://").filter(|(scheme, _)| *scheme != "file")
            {
                let bucket = rest.split('/').next().unwrap_or_default();
                allowed(&format!("{scheme}://{bucket}"), &path, policy, findings);
            } else {
                let help = "use `deliver.folder`, which writes below the server's outbox".to_owned();
                findings.error(&path, "not_applicable", "this is a folder, not a bucket", help);
            }
        }
        Place::Sftp(server) => sftp(server, &root.key("sftp"), policy, findings),
    }
}

fn webhook(hook: &Webhook, path: &FieldPath, policy: &Policy, findings: &mut Findings<'_>) {
    let path = path.key("url");
    let url = match url::Url::parse(&hook.url) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.host_str().is_some() => url,
        _ => {
            let help = "write `https://hooks.example.com/reports`".to_owned();
            findings.error(&path, "bad_url", "this is no address of a web hook", help);
            return;
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        let help = "remove what stands before `@`; messages are signed with `signing_secret`".to_owned();
        findings.error(&path, "secret", "secrets never stand in a definition", help);
    }
    let host = url.host_str().unwrap_or_default();
    allowed(host, &path, policy, findings);
    if url.scheme() == "http" && !policy.lists_destination(host) {
        let help =
            "use https://, or let whoever runs the server add the host to JANGPYO_ALLOWED_DESTINATIONS";
        findings.error(&path, "insecure", "this address is not encrypted", help.to_owned());
    }
}

fn sftp(server: &SftpDestination, path: &FieldPath, policy: &Policy, findings: &mut Findings<'_>) {
    if url::Host::parse(&server.host).is_ok() {
        allowed(&server.host, &path.key("host"), policy, findings);
    } else {
        let help = "write `sftp.example.com`".to_owned();
        findings.error(&path.key("host"), "bad_url", "this is not the name of a server", help);
    }
    text::one_line(&server.user, &path.key("user"), findings);
    match (&server.password_secret, &server.key_secret) {
        (None, None) => {
            let help = "add `key_secret` or `password_secret`".to_owned();
            findings.error(path, "missing_key", "it does not say how to log in", help);
        }
        (Some(_), Some(_)) => {
            let help = "remove one of them".to_owned();
            findings.error(&path.key("password_secret"), "both", "a key or a password, not both", help);
        }
        _ => {}
    }
    let words: Vec<&str> = server.host_key.split_whitespace().collect();
    let is_key = matches!(words[..], [kind, key, ..] if !kind.is_empty() && key.starts_with("AAAA"));
    if !is_key {
        let help = "write what `ssh-keyscan` says of the server, after you have made sure of it: `ssh-ed25519 AAAA…`";
        findings.error(
            &path.key("host_key"),
            "bad_key",
            "this is no public key of a server",
            help.to_owned(),
        );
    }
    folder(&server.folder, &path.key("folder"), findings);
}

/// A folder of another server: it may be absolute there.
fn folder(folder: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    let climbs = folder.split('/').any(|part| part == "..");
    if climbs || folder.chars().any(char::is_control) || folder.chars().count() > 400 {
        let help = "write a folder such as `incoming/reports`".to_owned();
        findings.error(path, "bad_name", "this is not the name of a folder", help);
    }
}

fn allowed(place: &str, path: &FieldPath, policy: &Policy, findings: &mut Findings<'_>) {
    if policy.allows_destination(place) {
        return;
    }
    let listed: Vec<&str> = policy.allowed_destinations.iter().flatten().map(String::as_str).collect();
    let help = if listed.is_empty() {
        "the server's settings allow none; ask whoever runs it".to_owned()
    } else {
        format!("allowed: {}; whoever runs the server can add others", names::list(&listed))
    };
    let message = format!("reports may not go to `{}`", names::printable(place));
    findings.error(path, "destination_not_allowed", message, help);
}
