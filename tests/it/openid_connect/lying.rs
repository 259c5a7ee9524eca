//! At a provider that lies, or whose tokens others made.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use jangpyo::identity::oidc::{Advice, Oidc, OidcError, SignedIn};
use serde_json::{Value, json};

use super::{ProviderProcess, value};
use crate::support::python;

fn provider() -> ProviderProcess {
    ProviderProcess::start(Command::new(python::interpreter()).arg(python::script("lying_provider.py")))
}

static CODES: AtomicU32 = AtomicU32::new(0);

/// Signs in with what the provider says after `wish`.
async fn sign_in(
    provider: &mut ProviderProcess,
    oidc: &Oidc,
    wish: Value,
    now: DateTime<Utc>,
) -> Result<SignedIn, OidcError> {
    let begun = oidc.begin("/runs", now).await?;
    let mut wish = wish;
    if wish.get("nonce").is_none() {
        wish["nonce"] = json!(value(&begun, "nonce"));
    }
    provider.tell(&wish);
    let code = CODES.fetch_add(1, Ordering::Relaxed);
    oidc.finish(&format!("code={code}&state={}", value(&begun, "state")), Some(&begun.cookie), now).await
}

#[tokio::test]
async fn tokens_that_do_not_prove_it_are_refused() {
    let mut provider = provider();
    let oidc = provider.client(|_| {});
    let now = Utc::now();
    let seconds = now.timestamp();
    let good = sign_in(&mut provider, &oidc, json!({}), now).await.unwrap();
    assert_eq!((good.person.name.as_str(), good.next.as_str()), ("kim@example.com", "/runs"));
    for (name, wish) in [
        ("unsigned", json!({"alg": "none"})),
        ("signed with the public key as a secret", json!({"alg": "HS256"})),
        ("signed by somebody else", json!({"alg": "other"})),
        ("of another attempt", json!({"nonce": "other"})),
        ("without a nonce", json!({"claims": {"nonce": null}})),
        ("for another client", json!({"claims": {"aud": "other"}})),
        ("for others too", json!({"claims": {"aud": ["jangpyo", "other"]}})),
        ("for nobody", json!({"claims": {"aud": []}})),
        ("made for another party", json!({"claims": {"azp": "other"}})),
        ("of another provider", json!({"claims": {"iss": "https://evil.example"}})),
        ("expired", json!({"claims": {"exp": seconds - 61}})),
        ("made in the future", json!({"claims": {"iat": seconds + 120}})),
        ("made long ago", json!({"claims": {"iat": seconds - 700}})),
        ("not valid yet", json!({"claims": {"nbf": seconds + 120}})),
        ("without a subject", json!({"claims": {"sub": null}})),
        ("without an end", json!({"claims": {"exp": null}})),
    ] {
        let refused = sign_in(&mut provider, &oidc, wish, now).await;
        let error = refused.expect_err(name);
        assert!(matches!(error, OidcError::BadToken(_) | OidcError::BadClaims(_)), "{name}: {error:?}");
        assert_eq!(error.advice(), Advice::TellOperations, "{name}");
        let honest = sign_in(&mut provider, &oidc, json!({"reset": true}), now).await;
        assert!(honest.is_ok(), "after `{name}` an honest token is refused: {:?}", honest.err());
    }
}

#[tokio::test]
async fn clocks_may_differ_a_little() {
    let mut provider = provider();
    let oidc = provider.client(|_| {});
    let now = Utc::now();
    let claims = json!({"exp": now.timestamp() - 30, "iat": now.timestamp() + 30, "azp": "jangpyo"});
    sign_in(&mut provider, &oidc, json!({"claims": claims}), now).await.unwrap();
}

#[tokio::test]
async fn a_renewed_key_is_noticed_and_made_up_ones_do_not_make_us_ask_and_ask() {
    let mut provider = provider();
    let oidc = provider.client(|_| {});
    let now = Utc::now();
    sign_in(&mut provider, &oidc, json!({}), now).await.unwrap();
    // Half a minute after the keys were read, a new one is asked for at once.
    let later = now + TimeDelta::seconds(31);
    sign_in(&mut provider, &oidc, json!({"key": "new"}), later).await.unwrap();
    let asked =
        |provider: &mut ProviderProcess| provider.tell(&json!({}))["asked"]["/keys"].as_u64().unwrap();
    assert_eq!(asked(&mut provider), 2);
    // Keys that nobody published.
    provider.tell(&json!({"publish": false}));
    for _ in 0..5 {
        let error = sign_in(&mut provider, &oidc, json!({"key": "new"}), later).await.unwrap_err();
        assert!(matches!(error, OidcError::BadToken(_)), "{error}");
    }
    assert_eq!(asked(&mut provider), 2, "asked again within the half minute");
    sign_in(&mut provider, &oidc, json!({}), later + TimeDelta::seconds(31)).await.unwrap_err();
    assert_eq!(asked(&mut provider), 3);
}

#[tokio::test]
async fn a_redirect_for_another_browser_or_time_is_refused() {
    let mut provider = provider();
    let oidc = provider.client(|_| {});
    let now = Utc::now();
    let (one, two) = (oidc.begin("/", now).await.unwrap(), oidc.begin("/", now).await.unwrap());
    provider.tell(&json!({"nonce": value(&one, "nonce")}));
    let query = format!("code=x1&state={}", value(&one, "state"));
    let mixed = oidc.finish(&query, Some(&two.cookie), now).await.unwrap_err();
    assert!(matches!(mixed, OidcError::Mismatch(_)), "{mixed}");
    let without = oidc.finish(&query, None, now).await.unwrap_err();
    assert!(matches!(without, OidcError::NoAttempt) && without.advice() == Advice::TryAgain);
    let late = oidc.finish(&query, Some(&one.cookie), now + TimeDelta::minutes(11)).await.unwrap_err();
    assert!(matches!(late, OidcError::BadAttempt(_)), "{late}");
    let elsewhere = format!("{query}&iss=https%3A%2F%2Fevil.example");
    assert!(matches!(oidc.finish(&elsewhere, Some(&one.cookie), now).await, Err(OidcError::Mismatch(_))));
    let cancelled = format!("error=access_denied&state={}", value(&one, "state"));
    let cancelled = oidc.finish(&cancelled, Some(&one.cookie), now).await.unwrap_err();
    assert_eq!(cancelled.advice(), Advice::AskForAccess);
    assert_eq!(provider.tell(&json!({}))["asked"]["/token"], Value::Null, "no code was tried");
    oidc.finish(&query, Some(&one.cookie), now).await.unwrap();
    let replayed = oidc.finish(&query, Some(&one.cookie), now).await.unwrap_err();
    assert!(matches!(replayed, OidcError::BadCode(_)), "{replayed}");
}

#[tokio::test]
async fn user_info_fills_gaps_for_the_same_person_only() {
    let mut provider = provider();
    let now = Utc::now();
    let less = json!({"email": null, "groups": null});
    let info = json!({"sub": "1", "email": "kim@example.com", "groups": ["b", "a"], "country": "KR"});
    provider.tell(&json!({"claims": less, "user_info": info}));
    let oidc = provider.client(|settings| settings.more_claims = vec!["country".into()]);
    let signed = sign_in(&mut provider, &oidc, json!({}), now).await.unwrap();
    assert_eq!((signed.person.name.as_str(), signed.person.groups.len()), ("kim@example.com", 2));
    assert_eq!(signed.person.claims["country"], ["KR"]);
    let other = json!({"sub": "2", "email": "ceo@example.com"});
    let error = sign_in(&mut provider, &oidc, json!({"user_info": other}), now).await.unwrap_err();
    assert!(matches!(error, OidcError::BadClaims(_)), "{error}");
    // What is complete is not asked for.
    let complete = json!({"email": "kim@example.com", "groups": [], "country": "KR"});
    let asked = provider.tell(&json!({"claims": complete}))["asked"]["/me"].clone();
    sign_in(&mut provider, &oidc, json!({}), now).await.unwrap();
    assert_eq!(provider.tell(&json!({}))["asked"]["/me"], asked);
}

#[tokio::test]
async fn a_provider_that_is_down_or_wrong_is_told_apart() {
    let mut provider = provider();
    let now = Utc::now();
    let discovery = "/.well-known/openid-configuration";
    provider.tell(&json!({"break": discovery}));
    let oidc = provider.client(|_| {});
    for _ in 0..5 {
        let error = oidc.begin("/", now).await.unwrap_err();
        assert_eq!(error.advice(), Advice::TryLater, "{error}");
    }
    let asked = provider.tell(&json!({"break": ""}));
    assert_eq!(asked["asked"][discovery], 1, "a provider that is down is not asked again at once");
    let later = now + TimeDelta::seconds(6);
    sign_in(&mut provider, &oidc, json!({}), later).await.unwrap();
    // What is known goes on while it is down.
    provider.tell(&json!({"break": discovery}));
    assert!(oidc.begin("/", later + TimeDelta::hours(2)).await.is_ok());
    provider.tell(&json!({"break": "/token"}));
    let error = sign_in(&mut provider, &oidc, json!({}), later).await.unwrap_err();
    assert_eq!(error.advice(), Advice::TryLater, "{error}");
    provider.tell(&json!({"break": ""}));

    let issuer = provider.issuer.clone();
    for (metadata, expected) in [
        (json!({"issuer": format!("{issuer}/")}), "to the last slash"),
        (json!({"issuer": issuer, "token_endpoint": "http://id.example/token"}), "not encrypted"),
        (
            json!({"token_endpoint": format!("{issuer}/token"), "jwks_uri": "file:///etc/passwd"}),
            "not encrypted",
        ),
        (json!({"jwks_uri": format!("{issuer}/redirect")}), "302"),
        (json!({"jwks_uri": format!("{issuer}/large")}), "more than"),
    ] {
        provider.tell(&json!({"metadata": metadata}));
        let fresh = provider.client(|_| {});
        let error = sign_in(&mut provider, &fresh, json!({}), now).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
        assert_eq!(error.advice(), Advice::TellOperations, "{error}");
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = super::BASE.parse().unwrap();
    let settings = jangpyo::identity::oidc::OidcSettings::new(&format!("http://{nobody}"), "jangpyo", base);
    let error = Oidc::new(settings.unwrap(), &super::key()).unwrap().begin("/", now).await.unwrap_err();
    assert_eq!(error.advice(), Advice::TryLater, "{error}");
}
