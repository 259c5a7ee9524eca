//! Sources.

use super::{Findings, text};
use crate::definitions::model::Source;
use crate::definitions::names;
use crate::definitions::path::FieldPath;

const SCHEMES: [&str; 5] = ["s3", "gs", "az", "file", "postgres"];

pub(super) fn check(source: &Source, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    text::title(source.title.as_ref(), &root.key("title"), findings);
    text::owner(&source.owner, findings);
    place(source, &root, findings);
    database(source, &root, findings);
    tables(source, &root.key("tables"), findings);
}

/// How it logs in, where it computes.
fn database(source: &Source, root: &FieldPath, findings: &mut Findings<'_>) {
    let path = root.key("postgres");
    let is_there = source.postgres.is_some() || findings.tree.entry("postgres").is_some();
    match (source.url.starts_with("postgres://"), is_there) {
        (true, false) => {
            let help = "add `postgres: {user: reports, password_secret: reports_password}`".to_owned();
            findings.error(&root.key("url"), "missing_key", "it does not say how to log in", help);
        }
        (false, true) => {
            let help = "remove `postgres`, or let `url` start with postgres://".to_owned();
            findings.error_at_key(
                &path,
                "not_applicable",
                "`postgres` only applies to a `url` that starts with postgres://",
                help,
            );
        }
        _ => {}
    }
    let Some(options) = &source.postgres else { return };
    text::one_line(&options.user, &path.key("user"), findings);
    if !(1..=100).contains(&options.connections) {
        let help = "write a number from 1 to 100".to_owned();
        findings.error(&path.key("connections"), "out_of_range", "this is no number of connections", help);
    }
    let names =
        options.search_path.iter().enumerate().map(|(at, name)| (path.key("search_path").index(at), name));
    for (path, name) in names.chain(options.role.iter().map(|role| (path.key("role"), role))) {
        if !is_name(name) {
            let help = "write the name as the database has it, without quotes".to_owned();
            findings.error(&path, "bad_name", "this is no name of a database", help);
        }
    }
}

/// Whether a database may call something so.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= 255 && !name.chars().any(char::is_control)
}

fn tables(source: &Source, path: &FieldPath, findings: &mut Findings<'_>) {
    for (name, place) in &source.tables {
        let path = path.key(name);
        if place.trim().is_empty() {
            let help =
                "write a file, a prefix or a glob within the source, or the name of a table".to_owned();
            findings.error(&path, "empty", "it does not say where the table is", help);
        } else if source.computes() {
            table_name(place, &path, findings);
        }
    }
}

/// The name of a table in a database.
pub(super) fn table_name(name: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    let parts: Vec<&str> = name.split('.').collect();
    if !(1..=3).contains(&parts.len()) || !parts.iter().all(|part| is_name(part)) {
        let help = "write `table`, `schema.table` or `database.schema.table`".to_owned();
        findings.error(path, "bad_name", "this is not the name of a table", help);
    }
}

/// Where it is; `url` and `s3` stand below `path`.
pub(super) fn place(source: &Source, path: &FieldPath, findings: &mut Findings<'_>) {
    url(&source.url, &path.key("url"), findings);
    let Some(s3) = &source.s3 else { return };
    let path = path.key("s3");
    if !source.url.starts_with("s3://") {
        let help = "remove `s3`, or let `url` start with s3://".to_owned();
        findings.error_at_key(
            &path,
            "not_applicable",
            "`s3` only applies to a `url` that starts with s3://",
            help,
        );
    }
    if let Some(endpoint) = &s3.endpoint {
        let path = path.key("endpoint");
        match url::Url::parse(endpoint) {
            Ok(url) if url.scheme() == "http" && !s3.allow_http => {
                let help = "use https://, or set `allow_http: true`".to_owned();
                findings.error(&path, "insecure", "this endpoint is not encrypted", help);
            }
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none() => {}
            _ => findings.error(
                &path,
                "bad_url",
                "an endpoint is an address such as https://minio.example.com:9000, without user and password",
                None,
            ),
        }
    }
}

fn database_url(text: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    let help = || "write `postgres://host:5432/database`".to_owned();
    let Ok(url) = url::Url::parse(text) else {
        findings.error(path, "bad_url", "this is no address of a database", help());
        return;
    };
    if !url.username().is_empty() || url.password().is_some() {
        let help = "remove the part before `@`; `postgres` says who logs in".to_owned();
        findings.error(path, "secret", "secrets never stand in a definition", help);
    } else if url.host_str().is_none_or(str::is_empty)
        || url.path().trim_matches('/').is_empty()
        || url.path().trim_matches('/').contains('/')
        || url.query().is_some()
    {
        findings.error(path, "bad_url", "this is no address of a database", help());
    }
}

fn url(text: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let help =
            "s3://bucket/prefix, gs://…, az://…, file:///folder, or a folder such as ./data".to_owned();
        findings.error(path, "bad_url", "this does not say where the data are", help);
        return;
    }
    // Without a scheme it is a folder relative to the workspace.
    let Some((scheme, rest)) = text.split_once("://") else { return };
    if scheme == "postgres" {
        return database_url(text, path, findings);
    }
    if !SCHEMES.contains(&scheme) {
        let message = format!("`{}://` is not a kind of source", names::printable(scheme));
        findings.error(path, "unknown_scheme", message, names::offer(scheme, "schemes", SCHEMES));
    } else if scheme == "file" && !rest.starts_with('/') {
        findings.error(
            path,
            "bad_url",
            "a file:// address has three slashes and an absolute folder",
            "write file:///srv/data, or ./data for a folder of the workspace".to_owned(),
        );
    } else if scheme != "file" && rest.split('/').next().is_none_or(str::is_empty) {
        findings.error(path, "bad_url", "the bucket is missing", format!("write {scheme}://bucket/prefix"));
    } else if rest.split('/').next().is_some_and(|bucket| bucket.contains('@')) {
        findings.error(
            path,
            "secret",
            "secrets never stand in a definition",
            "remove the part before `@`; credentials come from the environment".to_owned(),
        );
    }
}
