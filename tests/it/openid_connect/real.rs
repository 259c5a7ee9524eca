//! At npm's oidc-provider, whose pages are walked through like a browser does.

use std::collections::BTreeMap;
use std::process::Command;

use jangpyo::identity::oidc::{Advice, OidcError};

use super::{BASE, ProviderProcess, value};
use crate::support::python;

/// `None` with `tests/all --quick`, which installs no packages of npm.
fn provider() -> Option<ProviderProcess> {
    let modules = std::env::var("JANGPYO_TEST_NODE_MODULES").ok()?;
    Some(ProviderProcess::start(
        Command::new("node")
            .arg(python::script("oidc_provider.mjs"))
            .arg(modules)
            .arg(format!("{BASE}login/oidc/callback"))
            .arg(BASE),
    ))
}

/// As much of a browser as the pages of the provider need.
struct Browser {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, cookies: BTreeMap::new() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }

    /// Follows pages and fills their forms until somewhere else is led to; answers with that address.
    async fn sign_in(&mut self, issuer: &str, start: &str, name: &str) -> url::Url {
        let mut request = self.client.get(start);
        for _ in 0..20 {
            let response = self.send(request).await;
            if let Some(to) = response.headers().get("location") {
                let to = response.url().join(to.to_str().unwrap()).unwrap();
                if !to.as_str().starts_with(issuer) {
                    return to;
                }
                request = self.client.get(to);
                continue;
            }
            let page = response.text().await.unwrap();
            let action = page.split("action=\"").nth(1).unwrap_or_else(|| panic!("no form: {page}"));
            let action = action.split('"').next().unwrap().to_owned();
            let prompt = if page.contains("value=\"login\"") { "login" } else { "consent" };
            let form = format!("prompt={prompt}&login={name}&password=x");
            let post = self.client.post(action).header("content-type", "application/x-www-form-urlencoded");
            request = post.body(form);
        }
        panic!("the provider leads in circles");
    }
}

#[tokio::test]
async fn somebody_signs_in_and_out_at_a_real_provider() {
    let Some(provider) = provider() else { return };
    let now = chrono::Utc::now();
    let oidc = provider.client(|settings| settings.more_claims = vec!["address.country".into()]);
    let begun = oidc.begin("/reports/weekly-sales?country=KR", now).await.unwrap();
    assert_eq!(value(&begun, "redirect_uri"), format!("{BASE}login/oidc/callback"));
    assert_eq!(value(&begun, "code_challenge_method"), "S256");

    let mut browser = Browser::new();
    let back = browser.sign_in(&provider.issuer, begun.url.as_str(), "Kim").await;
    assert!(back.as_str().starts_with(&format!("{BASE}login/oidc/callback?")), "{back}");
    let query = back.query().unwrap();
    let signed = oidc.finish(query, Some(&begun.cookie), now).await.unwrap();
    assert_eq!(signed.person.name, "kim@example.com");
    assert_eq!(signed.person.groups.iter().map(String::as_str).collect::<Vec<_>>(), ["managers", "sales"]);
    assert_eq!(signed.person.claims["address.country"], ["KR"]);
    assert_eq!(signed.next, "/reports/weekly-sales?country=KR");

    // A code is worth one session, and a person who is known is not asked again.
    let again = oidc.finish(query, Some(&begun.cookie), now).await.unwrap_err();
    assert!(matches!(again, OidcError::BadCode(_)) && again.advice() == Advice::TryAgain, "{again}");
    let second = oidc.begin("/", now).await.unwrap();
    let back = browser.sign_in(&provider.issuer, second.url.as_str(), "Lee").await;
    let code_of_second = back.query().unwrap();
    let stolen = oidc.finish(code_of_second, Some(&begun.cookie), now).await.unwrap_err();
    assert!(matches!(stolen, OidcError::Mismatch(_)), "{stolen}");
    let signed = oidc.finish(code_of_second, Some(&second.cookie), now).await.unwrap();
    assert_eq!(signed.person.name, "kim@example.com");

    let out = oidc.logout_url(&signed.id_token_hint, now).await.unwrap().unwrap();
    let page = browser.send(browser.client.get(out.clone())).await;
    assert_eq!(page.status(), 200, "the provider takes the hint and the address to come back to: {out}");
}

#[tokio::test]
async fn a_wrong_secret_is_for_operations_to_mend() {
    let Some(provider) = provider() else { return };
    let now = chrono::Utc::now();
    let oidc = provider.client(|settings| {
        settings.client_secret = Some(jangpyo::identity::oidc::Secret::new("wrong"));
    });
    let begun = oidc.begin("/", now).await.unwrap();
    let back = Browser::new().sign_in(&provider.issuer, begun.url.as_str(), "Kim").await;
    let error = oidc.finish(back.query().unwrap(), Some(&begun.cookie), now).await.unwrap_err();
    assert_eq!(error.advice(), Advice::TellOperations);
    assert!(error.to_string().contains("JANGPYO_OIDC_CLIENT_SECRET"), "{error}");
}
