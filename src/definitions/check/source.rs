//! Sources.

use super::{Findings, text};
use crate::definitions::model::Source;
use crate::definitions::names;
use crate::definitions::path::FieldPath;

const SCHEMES: [&str; 4] = ["s3", "gs", "az", "file"];

pub(super) fn check(source: &Source, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    text::title(source.title.as_ref(), &root.key("title"), findings);
    text::owner(&source.owner, findings);
    place(source, &root, findings);
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

fn url(text: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let help =
            "s3://bucket/prefix, gs://…, az://…, file:///folder, or a folder such as ./data".to_owned();
        findings.error(path, "bad_url", "this does not say where the data are", help);
        return;
    }
    // Without a scheme it is a folder relative to the workspace.
    let Some((scheme, rest)) = text.split_once("://") else { return };
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
