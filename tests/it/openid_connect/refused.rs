//! Whoever the provider proves and this server cannot name: they stay out, and the audit log says so.

use std::process::Command;

use serde_json::json;

use super::ProviderProcess;
use crate::support::python;
use crate::support::site::site_with;

#[tokio::test]
async fn a_login_with_a_name_that_cannot_be_one_is_in_the_audit_log() {
    let mut provider =
        ProviderProcess::start(Command::new(python::interpreter()).arg(python::script("lying_provider.py")));
    let site = site_with(&[
        ("JANGPYO_LOGIN", "oidc"),
        ("JANGPYO_BASE_URL", "https://reports.example.com/bi/"),
        ("JANGPYO_OIDC_ISSUER", &provider.issuer),
        ("JANGPYO_OIDC_CLIENT_ID", "jangpyo"),
        ("JANGPYO_OIDC_CLIENT_SECRET", "a secret/with:signs+"),
        ("JANGPYO_OIDC_NAME_CLAIM", "nickname"),
    ]);
    let mut browser = site.browser();
    let begun = browser.get("/login/oidc").await;
    let url: url::Url = begun.header("location").parse().unwrap_or_else(|_| panic!("{}", begun.text()));
    let value = |key: &str| url.query_pairs().find(|(name, _)| name == key).unwrap().1.into_owned();
    let name = format!("Kim\u{202e} <b>{}", "x".repeat(90));
    provider.tell(&json!({"nonce": value("nonce"), "claims": {"nickname": name}}));
    let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    let back = format!("/login/oidc/callback?code=1&state={}", value("state"));
    let request = site.server.client.get(format!("{}{back}", site.server.url)).header("cookie", cookie);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303);
    assert!(answer.headers()["location"].to_str().unwrap().starts_with("/login?advice="), "{answer:?}");
    let audit = site.command(&["audit", "list", "-n", "100"]).out;
    let refused =
        audit.lines().find(|line| line.contains("login_refused")).unwrap_or_else(|| panic!("{audit}"));
    assert!(refused.contains("the name cannot be used here") && refused.contains("oidc"), "{refused}");
    assert!(refused.contains("kim? ?b?xxx"), "{refused}");
    assert!(refused.len() < 300 && !refused.contains('\u{202e}'), "{refused}");
}
