//! One attempt to sign in: what must come back, sealed into a cookie of the browser that began it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::settings::OidcSettings;
use super::{ATTEMPT_LIFETIME, OidcError};
use crate::identity::ServerKey;

/// Longer ways to go on are forgotten: a cookie holds 4 kB.
const NEXT_BYTES: usize = 1500;

/// What must come back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Attempt {
    /// Comes back in the address.
    pub(super) state: String,
    /// Comes back in the ID token.
    pub(super) nonce: String,
    /// Proves to the provider that who redeems the code is who began (RFC 7636).
    pub(super) verifier: String,
    /// The path to go to.
    pub(super) next: String,
    /// Seconds since 1970.
    until: i64,
}

impl Attempt {
    pub(super) fn new(next: &str, now: DateTime<Utc>) -> Result<Self, OidcError> {
        Ok(Self {
            state: random_text()?,
            nonce: random_text()?,
            verifier: random_text()?,
            next: own_path(next).to_owned(),
            until: (now + ATTEMPT_LIFETIME).timestamp(),
        })
    }

    /// The SHA-256 of the verifier, as it is sent ahead.
    pub(super) fn challenge(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.verifier.as_bytes());
        URL_SAFE_NO_PAD.encode(digest)
    }

    /// The code of a redirect that answers this attempt.
    pub(super) fn code_of(&self, query: &str, issuer: &Url) -> Result<String, OidcError> {
        let value = |name: &str| {
            let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
            let first = values.next().map(|(_, value)| value.into_owned());
            // What is there twice can be read in two ways.
            if values.next().is_some() {
                return Err(OidcError::Mismatch(format!("`{name}` is there twice")));
            }
            Ok(first)
        };
        let state = value("state")?.ok_or_else(|| OidcError::Mismatch("there is no `state`".into()))?;
        if !bool::from(state.as_bytes().ct_eq(self.state.as_bytes())) {
            return Err(OidcError::Mismatch("`state` is of another attempt".into()));
        }
        // RFC 9207: a provider that names itself must be the one that was asked.
        if let Some(named) = value("iss")?
            && named.parse::<Url>().ok().as_ref() != Some(issuer)
        {
            return Err(OidcError::Mismatch(format!("it comes from {}", shown(&named))));
        }
        if let Some(code) = value("error")? {
            let description = value("error_description")?.unwrap_or_default();
            return Err(OidcError::Refused { code: shown(&code), description: shown(&description) });
        }
        value("code")?.ok_or_else(|| OidcError::Mismatch("there is no `code`".into()))
    }
}

/// What an attempt is called, where its state must not be told: 72 bits of a digest of it.
pub(super) fn id_of(state: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, state.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.as_ref().get(..9).unwrap_or_default())
}

/// What others wrote, for the log: short, and on one line.
pub(super) fn shown(text: &str) -> String {
    let mut short = String::new();
    for c in text.chars().take(200) {
        if c.is_control() { short.push(' ') } else { short.push(c) }
    }
    short
}

/// The path, if it stays on this server; else the start page. Browsers read `//host`, `/\host`, and either
/// with a tab or line end in it, as another site.
fn own_path(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control())
        && next.len() <= NEXT_BYTES;
    if is_own { next } else { "/" }
}

fn random<const N: usize>() -> Result<[u8; N], OidcError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| OidcError::Broken("no randomness".into()))?;
    Ok(bytes)
}

/// 256 bits.
fn random_text() -> Result<String, OidcError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// Closes attempts so that browsers can neither read nor change them.
pub(super) struct Seal {
    key: LessSafeKey,
    /// An attempt at one provider is none at another.
    context: String,
}

impl Seal {
    /// The key follows from the client's secret, which all instances share, or else from the server's key: any
    /// instance can finish what another began.
    pub(super) fn new(settings: &OidcSettings, server: &ServerKey) -> Result<Self, OidcError> {
        let mut context = String::from("jangpyo attempt to sign in");
        let _ = write!(context, "\0{}\0{}", settings.issuer_text, settings.client_id);
        let key = match &settings.client_secret {
            Some(secret) => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.reveal().as_bytes());
                ring::hmac::sign(&key, context.as_bytes()).as_ref().to_vec()
            }
            None => server.derived(&context).to_vec(),
        };
        let key = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| OidcError::Broken("no key".into()))?;
        Ok(Self { key: LessSafeKey::new(key), context })
    }

    pub(super) fn close(&self, attempt: &Attempt) -> Result<String, OidcError> {
        let nonce = random::<NONCE_LEN>()?;
        let mut bytes = serde_json::to_vec(attempt).map_err(|error| OidcError::Broken(error.to_string()))?;
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), self.aad(), &mut bytes)
            .map_err(|_| OidcError::Broken("the attempt cannot be sealed".into()))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    pub(super) fn open(&self, cookie: &str, now: DateTime<Utc>) -> Result<Attempt, OidcError> {
        let bad = OidcError::BadAttempt("not one of ours");
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(cookie) else { return Err(bad) };
        let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE_LEN>() else { return Err(bad) };
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let Ok(opened) = self.key.open_in_place(nonce, self.aad(), &mut sealed) else { return Err(bad) };
        let Ok(attempt) = serde_json::from_slice::<Attempt>(opened) else { return Err(bad) };
        if attempt.until < now.timestamp() {
            return Err(OidcError::BadAttempt("too old"));
        }
        Ok(attempt)
    }

    fn aad(&self) -> Aad<&[u8]> {
        Aad::from(self.context.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::oidc::Secret;

    fn settings(secret: Option<&str>) -> OidcSettings {
        let base = "https://reports.example".parse().unwrap();
        let settings = OidcSettings::new("https://id.example", "jangpyo", base).unwrap();
        OidcSettings { client_secret: secret.map(Secret::new), ..settings }
    }

    fn seal(settings: &OidcSettings) -> Seal {
        Seal::new(settings, &ServerKey::from_text(&"k".repeat(32)).unwrap()).unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-02T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn another_instance_opens_what_one_sealed_and_nobody_else_does() {
        let one = seal(&settings(Some("hush")));
        let cookie = one.close(&Attempt::new("/runs", now()).unwrap()).unwrap();
        let other = seal(&settings(Some("hush")));
        assert_eq!(other.open(&cookie, now()).unwrap().next, "/runs");
        let stranger = seal(&settings(Some("other")));
        assert!(matches!(stranger.open(&cookie, now()), Err(OidcError::BadAttempt(_))));
        let elsewhere = OidcSettings { client_id: "else".into(), ..settings(Some("hush")) };
        assert!(seal(&elsewhere).open(&cookie, now()).is_err());
        let public = seal(&settings(None));
        let own = public.close(&Attempt::new("/", now()).unwrap()).unwrap();
        assert!(seal(&settings(None)).open(&own, now()).is_ok(), "also without a secret");
        let stranger = Seal::new(&settings(None), &ServerKey::from_text(&"s".repeat(32)).unwrap()).unwrap();
        assert!(stranger.open(&own, now()).is_err());
    }

    #[test]
    fn a_changed_or_old_attempt_is_refused_and_tells_nothing() {
        let seal = seal(&settings(Some("hush")));
        let attempt = Attempt::new("/reports/secret-name", now()).unwrap();
        let cookie = seal.close(&attempt).unwrap();
        assert!(!cookie.contains(&attempt.state) && cookie.len() < 3_800);
        for place in [0, 8, 20, cookie.len() / 2, cookie.len() - 2] {
            let mut changed = cookie.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert!(seal.open(std::str::from_utf8(&changed).unwrap(), now()).is_err(), "{place}");
        }
        for wrong in ["", "x", "AAAA", "%%%"] {
            assert!(seal.open(wrong, now()).is_err(), "{wrong}");
        }
        assert!(seal.open(&cookie, now() + ATTEMPT_LIFETIME).is_ok());
        let late = seal.open(&cookie, now() + ATTEMPT_LIFETIME + chrono::TimeDelta::seconds(1));
        assert!(matches!(late, Err(OidcError::BadAttempt("too old"))));
    }

    #[test]
    fn nobody_is_led_to_another_site() {
        for own in ["/", "/reports/weekly?country=KR&x=%2F%2Fevil.example", "/runs#x"] {
            assert_eq!(own_path(own), own);
        }
        let long = format!("/{}", "y".repeat(2_000));
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/\n/evil",
            &long,
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }

    #[test]
    fn a_redirect_must_answer_this_attempt() {
        let attempt = Attempt::new("/", now()).unwrap();
        let issuer: Url = "https://id.example".parse().unwrap();
        let state = &attempt.state;
        let code = |query: &str| attempt.code_of(query, &issuer);
        assert_eq!(code(&format!("code=a%2Fb&state={state}")).unwrap(), "a/b");
        assert_eq!(code(&format!("code=a&state={state}&iss=https%3A%2F%2Fid.example")).unwrap(), "a");
        for query in [
            "code=a".to_owned(),
            "code=a&state=".to_owned(),
            "code=a&state=other".to_owned(),
            format!("code=a&state={state}x"),
            format!("code=a&state={state}&state={state}"),
            format!("code=a&code=b&state={state}"),
            format!("code=a&state={state}&iss=https%3A%2F%2Fevil.example"),
            format!("state={state}"),
        ] {
            assert!(matches!(code(&query), Err(OidcError::Mismatch(_))), "{query}");
        }
        // Without our state nobody can even make us log a refusal.
        assert!(matches!(code("error=access_denied"), Err(OidcError::Mismatch(_))));
        let refused =
            code(&format!("error=access_denied&error_description=a%0Ab&state={state}")).unwrap_err();
        assert!(
            matches!(&refused, OidcError::Refused { description, .. } if description == "a b"),
            "{refused}"
        );
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let attempt = Attempt {
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
            ..Attempt::new("/", now()).unwrap()
        };
        assert_eq!(attempt.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
