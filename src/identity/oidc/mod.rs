//! Signing in through an OpenID Connect provider (Core 1.0): authorization code with PKCE.
//!
//! [`Oidc::begin`] gives the address to send a browser to, and a sealed cookie that remembers the
//! attempt; [`Oidc::finish`] takes what the provider's redirect brings back, and that cookie, and gives
//! the person. Nothing is kept here between the two, so any instance can finish what another began.
//!
//! Refuses what is not exactly what was asked for: another browser, an old attempt, a token for somebody
//! else, signed by somebody else or not at all. Causes are for the log; visitors get [`Advice`].

mod attempt;
mod claims;
mod error;
mod http;
mod provider;
mod settings;
mod token;

use chrono::{DateTime, Utc};
use url::Url;

pub use error::{Advice, OidcError};
pub use settings::{OidcSettings, Secret};

use super::ServerKey;
use crate::access::Person;
use attempt::{Attempt, Seal};
use provider::Provider;

/// How long somebody may take at the provider.
pub const ATTEMPT_LIFETIME: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// Hints longer than this are left away, because addresses are not taken at any length; the provider
/// then asks who logs out.
const LONGEST_HINT_BYTES: usize = 6000;

/// Where the provider sends browsers back to, below the base address.
pub const CALLBACK_PATH: &str = "/login/oidc/callback";

/// One provider, and what we are to it.
pub struct Oidc {
    settings: OidcSettings,
    provider: Provider,
    seal: Seal,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.settings.issuer_text).finish_non_exhaustive()
    }
}

/// Where to send the browser.
#[derive(Debug)]
pub struct Begun {
    /// The provider's page.
    pub url: Url,
    /// What the attempt is called; [`Oidc::attempt_of`] tells it of the provider's redirect.
    pub id: String,
    /// What the browser must bring back; sealed. To be kept in a cookie that scripts cannot read, that
    /// other sites' links carry (`SameSite=Lax`), for [`ATTEMPT_LIFETIME`], and removed by the callback.
    pub cookie: String,
}

/// Somebody who signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Who it is.
    pub person: Person,
    /// What the provider wants to see when they sign out: see [`Oidc::logout_url`]. A secret of its own.
    pub id_token_hint: Secret,
    /// The path on this server where they wanted to go.
    pub next: String,
}

impl Oidc {
    /// Prepares to ask the provider, without asking it yet: it may be down while we start. `key` is the server's.
    ///
    /// # Errors
    /// No HTTP client can be made, or there is no randomness.
    pub fn new(settings: OidcSettings, key: &ServerKey) -> Result<Self, OidcError> {
        let provider = Provider::new(&settings)?;
        let seal = Seal::new(&settings, key)?;
        Ok(Self { settings, provider, seal })
    }

    /// What people call the provider.
    pub fn title(&self) -> &str {
        &self.settings.title
    }

    /// Begins an attempt; `next` is the path on this server to go to afterwards.
    ///
    /// # Errors
    /// The provider does not answer, or not as one.
    pub async fn begin(&self, next: &str, now: DateTime<Utc>) -> Result<Begun, OidcError> {
        let known = self.provider.metadata(now).await?;
        let attempt = Attempt::new(next, now)?;
        let mut url = known.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", self.redirect_uri().as_str())
            .append_pair("scope", &self.settings.scopes())
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(Begun { url, id: attempt::id_of(&attempt.state), cookie: self.seal.close(&attempt)? })
    }

    /// What the attempt is called that a redirect with this query answers; `None` where it answers none.
    pub fn attempt_of(query: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "state").map(|(_, state)| attempt::id_of(&state))
    }

    /// The path that an attempt was to lead to, also where it failed.
    pub fn next_of(&self, cookie: &str, now: DateTime<Utc>) -> Option<String> {
        self.seal.open(cookie, now).ok().map(|attempt| attempt.next)
    }

    /// Finishes an attempt with the query of the provider's redirect and the cookie of [`Oidc::begin`].
    ///
    /// # Errors
    /// The provider refused, the redirect is not the answer to this browser's attempt, or the token does
    /// not prove what it should.
    pub async fn finish(
        &self,
        query: &str,
        cookie: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, OidcError> {
        let attempt = self.seal.open(cookie.ok_or(OidcError::NoAttempt)?, now)?;
        let code = attempt.code_of(query, &self.settings.issuer)?;
        let known = self.provider.metadata(now).await?;
        let tokens = self.provider.exchange(&known, &code, &attempt.verifier, &self.redirect_uri()).await?;
        let mut told = self.verify(&tokens.id_token, &attempt.nonce, now).await?;
        if claims::is_incomplete(&told, &self.settings)
            && let Some(more) = self.provider.user_info(&known, &tokens).await?
        {
            claims::merge(&mut told, more)?;
        }
        let person = claims::person(&told, &self.settings)?;
        Ok(SignedIn { person, id_token_hint: tokens.id_token, next: attempt.next })
    }

    /// Where a browser signs out of the provider too, with [`SignedIn::id_token_hint`]; `None` if the
    /// provider has no such page.
    ///
    /// # Errors
    /// The provider does not answer, or not as one.
    pub async fn logout_url(&self, hint: &Secret, now: DateTime<Utc>) -> Result<Option<Url>, OidcError> {
        let known = self.provider.metadata(now).await?;
        Ok(known.end_session_endpoint.clone().map(|mut url| {
            if hint.reveal().len() <= LONGEST_HINT_BYTES {
                url.query_pairs_mut().append_pair("id_token_hint", hint.reveal());
            }
            url.query_pairs_mut()
                .append_pair("client_id", &self.settings.client_id)
                .append_pair("post_logout_redirect_uri", self.settings.base_url.as_str());
            url
        }))
    }

    /// The claims of an ID token that is what we asked for. An unknown key may be a new one.
    async fn verify(
        &self,
        id_token: &Secret,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<claims::Claims, OidcError> {
        let keys = self.provider.keys(now).await?;
        match token::verify(id_token, nonce, &keys, &self.settings, now) {
            Err(error) if error.may_be_a_new_key() => match self.provider.newer_keys(&keys, now).await? {
                Some(newer) => token::verify(id_token, nonce, &newer, &self.settings, now),
                None => Err(error),
            },
            verified => verified,
        }
    }

    /// Only from the settings: what a request says about its host is never sent to the provider.
    fn redirect_uri(&self) -> Url {
        let mut url = self.settings.base_url.clone();
        let path = format!("{}{CALLBACK_PATH}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }
}
