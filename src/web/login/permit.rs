//! What a request does, as far as its address tells.

use axum::http::Method;

use super::presence::SignedIn;
use crate::access::Action;
use crate::identity::oidc::CALLBACK_PATH;
use crate::web::api;

/// What is the same for everybody: probes, and the look of the login page with its brand's colours.
pub(super) fn is_nobodys(path: &str) -> bool {
    ["/healthz", "/readyz", "/favicon.svg", "/favicon.ico"].contains(&path)
        || ["/static/", "/themes/", "/.well-known/acme-challenge/"]
            .iter()
            .any(|start| path.starts_with(start))
}

/// Pages that open before a login: without them nobody could log in.
pub(super) fn is_open(path: &str) -> bool {
    path == "/login"
        || path == super::oidc::START
        || path == CALLBACK_PATH
        || ["/setup/", "/share/", "/embed/", "/unsubscribe/"].iter().any(|start| path.starts_with(start))
}

/// Forms that say themselves what may be done: links of mails, which mail programs answer without any cookie (RFC 8058).
pub(super) fn proves_itself(path: &str) -> bool {
    path.starts_with("/unsubscribe/")
}

/// Pages for administrators.
pub(super) fn is_for_administrators(method: &Method, path: &str) -> bool {
    if let Some(called) = api::called(method, path) {
        return called.is_for_administrators();
    }
    ["/users", "/audit", "/shares", "/costs"].iter().any(|start| {
        path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
    })
}

/// What is done to which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deed<'a> {
    pub(super) action: Action,
    pub(super) report: Option<&'a str>,
    /// The kind and id of the object, for the audit log.
    pub(super) object: (&'static str, &'a str),
}

/// What a request does; `None` for what is nobody's data.
pub(super) fn deed<'a>(method: &Method, path: &'a str) -> Option<Deed<'a>> {
    if let Some(called) = api::called(method, path) {
        let action = called.action()?;
        return Some(Deed { action, report: called.report(), object: called.object() });
    }
    let rest = path.trim_start_matches('/');
    let (first, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let reads = matches!(*method, Method::GET | Method::HEAD);
    match first {
        "" => Some(Deed { action: Action::View, report: None, object: ("reports", "") }),
        // What is sent to somebody is theirs alone, and not for tokens.
        "reports" if rest.ends_with("/subscribe") => {
            Some(Deed { action: Action::Administer, report: None, object: ("account", "") })
        }
        "reports" if rest.contains("/schedules/") => {
            let report = rest.split('/').next().unwrap_or_default();
            Some(Deed { action: Action::Schedule, report: Some(report), object: ("schedule", rest) })
        }
        "schedules" => Some(Deed { action: Action::Schedule, report: None, object: ("schedules", "") }),
        "reports" => {
            let (segment, panel) = rest.split_once('/').unwrap_or((rest, ""));
            let report = segment.split('.').next().unwrap_or_default();
            let file = segment.contains('.') || panel.contains('.');
            let action = match (reads, file) {
                (false, _) => Action::Edit,
                (true, true) => Action::Export,
                (true, false) => Action::View,
            };
            Some(Deed { action, report: Some(report), object: ("report", rest) })
        }
        // What it shows are numbers, as in files.
        "runs" if rest.contains("/compare/") => {
            Some(Deed { action: Action::Export, report: None, object: ("run", rest) })
        }
        "runs" => Some(Deed { action: Action::Schedule, report: None, object: ("run", rest) }),
        "deliveries" => Some(Deed { action: Action::Schedule, report: None, object: ("deliveries", "") }),
        "artefacts" => Some(Deed { action: Action::Export, report: None, object: ("artefact", rest) }),
        "problems" => Some(Deed { action: Action::Edit, report: None, object: ("problems", "") }),
        "users" | "audit" | "costs" | "account" | "shares" | "subscriptions" | "logout" => {
            Some(Deed { action: Action::Administer, report: None, object: ("account", "") })
        }
        _ => None,
    }
}

/// Whether the token of a request, if it has one, allows what it does. Accounts are for people.
pub(super) fn token_allows(signed_in: &SignedIn, deed: Option<Deed<'_>>) -> bool {
    let Some(scopes) = &signed_in.scopes else { return true };
    let Some(deed) = deed else { return true };
    let in_reports = match (&signed_in.reports, deed.report) {
        (None, _) => true,
        (Some(reports), Some(report)) => reports.iter().any(|allowed| allowed == report),
        // A list of everything shows more than these reports.
        (Some(_), None) => false,
    };
    scopes.contains(&deed.action) && in_reports && deed.object.0 != "account"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str) -> Option<(Action, Option<&str>)> {
        deed(&Method::GET, path).map(|deed| (deed.action, deed.report))
    }

    #[test]
    fn addresses_tell_what_is_done() {
        assert_eq!(told("/reports/weekly-sales"), Some((Action::View, Some("weekly-sales"))));
        assert_eq!(told("/reports/weekly-sales.pdf"), Some((Action::Export, Some("weekly-sales"))));
        assert_eq!(told("/reports/weekly-sales/panels/trend"), Some((Action::View, Some("weekly-sales"))));
        assert_eq!(
            told("/reports/weekly-sales/panels/trend.csv"),
            Some((Action::Export, Some("weekly-sales")))
        );
        assert_eq!(told("/"), Some((Action::View, None)));
        let schedule = "/reports/weekly-sales/schedules/monday.8";
        assert_eq!(told(schedule), Some((Action::Schedule, Some("weekly-sales"))));
        assert_eq!(told("/schedules"), Some((Action::Schedule, None)));
        assert_eq!(told("/metrics"), None);
    }

    #[test]
    fn open_pages_are_these_and_no_others() {
        for path in [
            "/login",
            "/login/oidc",
            "/login/oidc/callback",
            "/static/app.css",
            "/healthz",
            "/setup/abc",
            "/unsubscribe/a.b",
        ] {
            assert!(is_open(path) || is_nobodys(path), "{path}");
        }
        for path in [
            "/",
            "/metrics",
            "/login/",
            "/login/oidc/",
            "/login/oidc/callback/x",
            "/loginx",
            "/static",
            "/reports/weekly-sales",
            "/setup",
            "/shares",
            "/share",
            "/unsubscribe",
            "/subscriptions",
            "/runs/static/x",
        ] {
            assert!(!is_open(path) && !is_nobodys(path), "{path}");
        }
        let administrates = |path| is_for_administrators(&Method::GET, path);
        assert!(administrates("/users/kim/disable") && administrates("/audit.csv"));
        assert!(administrates("/shares/1/revoke") && !administrates("/share/abc"));
        assert!(!administrates("/usersx") && !administrates("/account"));
    }
}
