//! What the provider says about itself, its keys, and what it gives for a code.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::claims::Claims;
use super::settings::{OidcSettings, Secret, may_be_asked};
use super::{OidcError, http};

/// How long metadata and keys are used without asking again.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How often keys are asked for because a token names one that is unknown: anybody can make up such.
const NEW_KEYS_EVERY: TimeDelta = TimeDelta::seconds(30);
/// How long a provider that did not answer is not asked again, so that attempts do not pile up.
const REST_AFTER_FAILURE: TimeDelta = TimeDelta::seconds(5);

/// What the provider says about itself (Discovery 1.0, section 3).
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    pub(super) end_session_endpoint: Option<Url>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// What was learned, and when.
struct Learned<T> {
    value: Arc<T>,
    at: DateTime<Utc>,
}

#[derive(Default)]
struct Known {
    metadata: Option<Learned<Metadata>>,
    keys: Option<Learned<CoreJsonWebKeySet>>,
    failed: Option<(DateTime<Utc>, String)>,
}

pub(super) struct Provider {
    http: reqwest::Client,
    issuer: String,
    client_id: String,
    client_secret: Option<Secret>,
    /// Held while asking, so that one asks for all who wait.
    known: Mutex<Known>,
}

/// What the provider gives for a code.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) id_token: Secret,
    access_token: Secret,
}

impl Provider {
    pub(super) fn new(settings: &OidcSettings) -> Result<Self, OidcError> {
        Ok(Self {
            http: http::client()?,
            issuer: settings.issuer_text.clone(),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            known: Mutex::default(),
        })
    }

    /// What the provider says about itself, at most an hour old; older if it does not answer just now.
    pub(super) async fn metadata(&self, now: DateTime<Utc>) -> Result<Arc<Metadata>, OidcError> {
        let mut known = self.known.lock().await;
        let last = known.metadata.as_ref();
        if let Some(last) = last.filter(|last| now - last.at < LIFETIME) {
            return Ok(Arc::clone(&last.value));
        }
        let asked = match &known.failed {
            Some((at, why)) if now - *at < REST_AFTER_FAILURE => Err(OidcError::Unavailable(why.clone())),
            _ => self.discover().await,
        };
        match asked {
            Ok(metadata) => {
                let value = Arc::new(metadata);
                known.metadata = Some(Learned { value: Arc::clone(&value), at: now });
                known.failed = None;
                Ok(value)
            }
            Err(error) => {
                if let OidcError::Unavailable(why) = &error
                    && known.failed.as_ref().is_none_or(|(at, _)| now - *at >= REST_AFTER_FAILURE)
                {
                    known.failed = Some((now, why.clone()));
                }
                match &known.metadata {
                    Some(last) if matches!(error, OidcError::Unavailable(_)) => Ok(Arc::clone(&last.value)),
                    _ => Err(error),
                }
            }
        }
    }

    async fn discover(&self) -> Result<Metadata, OidcError> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = http::send(self.http.get(address)).await?.json()?;
        if metadata.issuer != self.issuer {
            return Err(OidcError::BadProvider(format!(
                "it calls itself `{}`, and JANGPYO_OIDC_ISSUER says `{}`; they must be the same to the last slash",
                super::attempt::shown(&metadata.issuer),
                self.issuer
            )));
        }
        let optional = [&metadata.userinfo_endpoint, &metadata.end_session_endpoint].into_iter().flatten();
        let needed = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        if let Some(open) = needed.into_iter().chain(optional).find(|url| !may_be_asked(url)) {
            return Err(OidcError::BadProvider(format!("its address {open} is not encrypted")));
        }
        Ok(metadata)
    }

    /// The keys the provider signs with, at most an hour old; older if it does not answer just now.
    pub(super) async fn keys(&self, now: DateTime<Utc>) -> Result<Arc<CoreJsonWebKeySet>, OidcError> {
        let metadata = self.metadata(now).await?;
        let mut known = self.known.lock().await;
        if let Some(last) = known.keys.as_ref().filter(|last| now - last.at < LIFETIME) {
            return Ok(Arc::clone(&last.value));
        }
        match self.learn_keys(&metadata, &mut known, now).await {
            Err(OidcError::Unavailable(why)) => match &known.keys {
                Some(last) => Ok(Arc::clone(&last.value)),
                None => Err(OidcError::Unavailable(why)),
            },
            learned => learned,
        }
    }

    /// Keys that are newer than `tried`, if there may be some.
    pub(super) async fn newer_keys(
        &self,
        tried: &Arc<CoreJsonWebKeySet>,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<CoreJsonWebKeySet>>, OidcError> {
        let metadata = self.metadata(now).await?;
        let mut known = self.known.lock().await;
        match &known.keys {
            // Somebody else was faster.
            Some(last) if !Arc::ptr_eq(&last.value, tried) => Ok(Some(Arc::clone(&last.value))),
            Some(last) if now - last.at < NEW_KEYS_EVERY => Ok(None),
            _ => self.learn_keys(&metadata, &mut known, now).await.map(Some),
        }
    }

    async fn learn_keys(
        &self,
        metadata: &Metadata,
        known: &mut Known,
        now: DateTime<Utc>,
    ) -> Result<Arc<CoreJsonWebKeySet>, OidcError> {
        let keys: CoreJsonWebKeySet = http::send(self.http.get(metadata.jwks_uri.clone())).await?.json()?;
        let value = Arc::new(keys);
        known.keys = Some(Learned { value: Arc::clone(&value), at: now });
        Ok(value)
    }

    /// Redeems a code.
    pub(super) async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
        redirect_uri: &Url,
    ) -> Result<Tokens, OidcError> {
        #[derive(Deserialize)]
        struct Given {
            id_token: Option<String>,
            access_token: String,
            token_type: String,
        }
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
            #[serde(default)]
            error_description: String,
        }

        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri.as_str()),
        ];
        let request = self.http.post(metadata.token_endpoint.clone());
        let request = match &self.client_secret {
            Some(secret) if metadata.wants_secret_in_body() => {
                form.extend([("client_id", self.client_id.as_str()), ("client_secret", secret.reveal())]);
                request
            }
            // RFC 6749, section 2.3.1: both are encoded as in a form before they are joined.
            Some(secret) => request.basic_auth(encoded(&self.client_id), Some(encoded(secret.reveal()))),
            None => {
                form.push(("client_id", &self.client_id));
                request
            }
        };
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(body);
        let answer = http::send(request).await?;
        if answer.status.is_client_error() {
            let refusal = serde_json::from_slice::<Refusal>(answer.body()).ok();
            let why = refusal.map_or_else(
                || answer.beginning(),
                |refusal| format!("{}: {}", refusal.error, refusal.error_description),
            );
            let why = super::attempt::shown(&why);
            return Err(match why.split(':').next() {
                Some("invalid_grant") => OidcError::BadCode(why),
                Some("invalid_client" | "unauthorized_client") => OidcError::BadProvider(format!(
                    "it does not take JANGPYO_OIDC_CLIENT_ID and JANGPYO_OIDC_CLIENT_SECRET: {why}"
                )),
                _ => OidcError::BadProvider(why),
            });
        }
        let given: Given = answer.json()?;
        if !given.token_type.eq_ignore_ascii_case("bearer") {
            return Err(OidcError::BadProvider("its tokens are no bearer tokens".into()));
        }
        let id_token = given.id_token.ok_or_else(|| {
            OidcError::BadProvider("it gives no ID token; is `openid` among the client's scopes?".into())
        })?;
        Ok(Tokens { id_token: Secret::new(id_token), access_token: Secret::new(given.access_token) })
    }

    /// What the provider tells about the person besides the ID token, if it tells.
    pub(super) async fn user_info(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
    ) -> Result<Option<Claims>, OidcError> {
        let Some(endpoint) = &metadata.userinfo_endpoint else { return Ok(None) };
        let request = self.http.get(endpoint.clone()).bearer_auth(tokens.access_token.reveal());
        http::send(request.header("accept", "application/json")).await?.json().map(Some)
    }
}

impl Metadata {
    /// `client_secret_basic` is what a provider takes that says nothing.
    fn wants_secret_in_body(&self) -> bool {
        let takes = |method: &str| {
            self.token_endpoint_auth_methods_supported
                .as_ref()
                .is_some_and(|methods| methods.iter().any(|known| known == method))
        };
        takes("client_secret_post") && !takes("client_secret_basic")
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
