//! Sources.

use super::known::Known;
use super::{Findings, text};
use crate::definitions::model::{PostgresOptions, SnowflakeOptions, Source};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

const SCHEMES: [&str; 6] = ["s3", "gs", "az", "file", "postgres", "snowflake"];

pub(super) fn check(source: &Source, known: &Known<'_>, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    text::title(source.title.as_ref(), &root.key("title"), findings);
    text::owner(&source.owner, findings);
    if source.batch_minutes.is_some_and(|minutes| minutes == 0 || minutes > 60 || 60 % minutes != 0) {
        let help = "write 5, 10, 15, 20, 30 or 60".to_owned();
        let path = root.key("batch_minutes");
        findings.error(&path, "out_of_range", "a batch has minutes that divide an hour", help);
    }
    place(source, &root, findings);
    database(source, &root, findings);
    if let Some(options) = &source.snowflake {
        for_roles(options, &root.key("snowflake").key("for_roles"), known, findings);
    }
    tables(source, &root.key("tables"), findings);
}

/// How it logs in, where it computes.
fn database(source: &Source, root: &FieldPath, findings: &mut Findings<'_>) {
    let kinds = [
        (
            "postgres",
            source.postgres.is_some(),
            "postgres: {user: reports, password_secret: reports_password}",
        ),
        ("snowflake", source.snowflake.is_some(), "snowflake: {user: REPORTS, key_secret: snowflake_key}"),
    ];
    for (kind, is_read, example) in kinds {
        let is_there = is_read || findings.tree.entry(kind).is_some();
        match (source.url.starts_with(&format!("{kind}://")), is_there) {
            (true, false) => {
                let help = format!("add `{example}`");
                findings.error(&root.key("url"), "missing_key", "it does not say how to log in", help);
            }
            (false, true) => {
                let message = format!("`{kind}` only applies to a `url` that starts with {kind}://");
                let help = format!("remove `{kind}`, or let `url` start with {kind}://");
                findings.error_at_key(&root.key(kind), "not_applicable", message, help);
            }
            _ => {}
        }
    }
    if let Some(options) = &source.postgres {
        postgres(options, &root.key("postgres"), findings);
    }
    if let Some(options) = &source.snowflake {
        snowflake(options, &root.key("snowflake"), findings);
    }
}

fn for_roles(options: &SnowflakeOptions, path: &FieldPath, known: &Known<'_>, findings: &mut Findings<'_>) {
    let roles = known.access.as_ref().map(|access| access.functional_roles.as_slice()).unwrap_or_default();
    for (name, asked) in &options.for_roles {
        let path = path.key(name.as_str());
        if !roles.contains(&name.as_str()) {
            let message = format!("`access.yaml` has no functional role `{name}`");
            let help = names::offer(name.as_str(), "functional roles", roles.iter().copied());
            findings.error_at_key(&path, "unknown_role", message, help);
        }
        if asked.role.is_none() && asked.warehouse.is_none() {
            let help = "add `role`, `warehouse` or both, or leave the role out".to_owned();
            findings.error(&path, "missing_key", "it does not say how the role asks", help);
        }
        for (key, name) in [("role", &asked.role), ("warehouse", &asked.warehouse)] {
            snowflake_name(name.as_deref(), &path.key(key), findings);
        }
    }
}

fn snowflake_name(name: Option<&str>, path: &FieldPath, findings: &mut Findings<'_>) {
    if name.is_some_and(|name| !is_name(name)) {
        let help = "write the name as Snowflake has it, without quotes".to_owned();
        findings.error(path, "bad_name", "this is no name in Snowflake", help);
    }
}

fn snowflake(options: &SnowflakeOptions, path: &FieldPath, findings: &mut Findings<'_>) {
    let given = [
        ("key_secret", options.key_secret.is_some()),
        ("token_secret", options.token_secret.is_some()),
        ("oauth_secret", options.oauth_secret.is_some()),
    ];
    let mut given = given.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name);
    match (given.next(), given.next()) {
        (None, _) => {
            let help = "add one of `key_secret`, `token_secret` and `oauth_secret`".to_owned();
            findings.error(path, "missing_key", "it does not say how to log in", help);
        }
        (Some(first), Some(second)) => {
            let help = format!("keep `{first}` or `{second}`");
            findings.error(&path.key(second), "both", "there is one way to log in", help);
        }
        (Some("key_secret"), None) if options.user.is_none() => {
            let help = "add `user`, whose key it is".to_owned();
            findings.error(&path.key("key_secret"), "missing_key", "a key is that of a user", help);
        }
        _ => {}
    }
    if !(1..=100).contains(&options.statements) {
        let help = "write a number from 1 to 100".to_owned();
        findings.error(&path.key("statements"), "out_of_range", "this is no number of statements", help);
    }
    let names = [("user", &options.user), ("role", &options.role), ("warehouse", &options.warehouse)];
    for (key, name) in names {
        snowflake_name(name.as_deref(), &path.key(key), findings);
    }
    if options.usage.as_deref().is_some_and(|usage| {
        let parts: Vec<&str> = usage.split('.').collect();
        parts.len() != 2 || !parts.into_iter().all(is_name)
    }) {
        let help = "write it as `DATABASE.SCHEMA`, as Snowflake has the names".to_owned();
        findings.error(&path.key("usage"), "bad_name", "this is no schema of a database", help);
    }
    let host = options.host.as_deref().map(|host| url::Url::parse(&format!("https://{host}")));
    match host {
        None => {
            if options.allow_unencrypted {
                let help = "remove it; it is for a `host` on this machine".to_owned();
                findings.error(
                    &path.key("allow_unencrypted"),
                    "insecure",
                    "Snowflake is asked encrypted",
                    help,
                );
            }
        }
        Some(Ok(url)) if url.path() == "/" && url.host().is_some() && url.username().is_empty() => {
            let is_here = match url.host() {
                Some(url::Host::Domain(name)) => name == "localhost",
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            };
            if options.allow_unencrypted && !is_here {
                let help = "remove it".to_owned();
                findings.error(
                    &path.key("allow_unencrypted"),
                    "insecure",
                    "only this machine may be asked without encryption",
                    help,
                );
            }
        }
        Some(_) => {
            let help = "write `account.privatelink.snowflakecomputing.com`".to_owned();
            findings.error(&path.key("host"), "bad_url", "this is no host", help);
        }
    }
    if let Some(proxy) = &options.proxy {
        match url::Url::parse(proxy) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none() => {}
            _ => {
                let help = "write `http://proxy.example.com:3128`, without user and password".to_owned();
                findings.error(&path.key("proxy"), "bad_url", "this is no address of a proxy", help);
            }
        }
    }
}

fn postgres(options: &PostgresOptions, path: &FieldPath, findings: &mut Findings<'_>) {
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
    let is_snowflake = text.starts_with("snowflake:");
    let form =
        if is_snowflake { "snowflake://account/DATABASE/SCHEMA" } else { "postgres://host:5432/database" };
    let help = || format!("write `{form}`");
    let Ok(url) = url::Url::parse(text) else {
        findings.error(path, "bad_url", "this is no address of a database", help());
        return;
    };
    let parts = url.path().split('/').filter(|part| !part.is_empty()).count();
    let fits = if is_snowflake { (1..=2).contains(&parts) && url.port().is_none() } else { parts == 1 };
    if !url.username().is_empty() || url.password().is_some() {
        let help = "remove the part before `@`; the options say who logs in".to_owned();
        findings.error(path, "secret", "secrets never stand in a definition", help);
    } else if url.host_str().is_none_or(str::is_empty) || !fits || url.query().is_some() {
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
    if matches!(scheme, "postgres" | "snowflake") {
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
