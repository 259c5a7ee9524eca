//! Where a login leads: only to pages of this server.

/// The address to go on to, or the list of reports where `wanted` would leave this server.
pub(super) fn local(wanted: Option<&str>) -> &str {
    wanted.filter(|wanted| is_local(wanted)).unwrap_or("/")
}

fn is_local(wanted: &str) -> bool {
    // Browsers drop tabs and line ends from addresses, and read `\` as `/`.
    if wanted.len() > 2000
        || !wanted.starts_with('/')
        || wanted.contains('\\')
        || wanted.chars().any(char::is_control)
    {
        return false;
    }
    let Ok(base) = url::Url::parse("http://this.invalid/") else { return false };
    base.join(wanted).is_ok_and(|target| {
        let path = target.path();
        target.origin() == base.origin()
            && !path.starts_with("//")
            && path != "/logout"
            && path != "/login"
            && !path.starts_with("/login/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server_are_gone_on_to() {
        for fine in ["/", "/reports/weekly-sales?country=KR&period=2026-01", "/runs#top", "/a?b=//x"] {
            assert_eq!(local(Some(fine)), fine);
        }
        for bad in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "http://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "evil.example",
            " /x",
            "/\t/evil.example",
            "/\n/evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "/login?next=/",
            "/login/oidc",
            "/login/oidc/callback?code=x",
            "/logout",
            "%2f%2fevil.example",
        ] {
            assert_eq!(local(Some(bad)), "/", "{bad:?}");
        }
        assert_eq!(local(Some(&format!("/{}", "a".repeat(2000)))), "/");
        assert_eq!(local(None), "/");
    }
}
