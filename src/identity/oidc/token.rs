//! Whether an ID token proves what it should (Core 1.0, section 3.1.3.7).

use std::str::FromStr as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{ClientId, EmptyAdditionalClaims, IdToken, IdTokenVerifier, IssuerUrl, Nonce};
use serde_json::Value;

use super::OidcError;
use super::claims::Claims;
use super::settings::{OidcSettings, Secret};

/// How much clocks may differ.
const LEEWAY: TimeDelta = TimeDelta::minutes(1);
/// The longest between a token's making and its coming here, which is a second as a rule.
const OLDEST: TimeDelta = TimeDelta::minutes(10);

/// Signatures by a key that only the provider has. Neither `none` nor those with a shared secret, which
/// anybody who knows the secret, or takes a public key for one, could make.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Token = IdToken<
    EmptyAdditionalClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// The claims of a token that proves what it should.
pub(super) fn verify(
    id_token: &Secret,
    nonce: &str,
    keys: &CoreJsonWebKeySet,
    settings: &OidcSettings,
    now: DateTime<Utc>,
) -> Result<Claims, OidcError> {
    let text = id_token.reveal();
    let token =
        Token::from_str(text).map_err(|error| OidcError::BadClaims(format!("it cannot be read: {error}")))?;
    let issuer = IssuerUrl::new(settings.issuer_text.clone())
        .map_err(|error| OidcError::Broken(format!("issuer: {error}")))?;
    let verifier =
        IdTokenVerifier::new_public_client(ClientId::new(settings.client_id.clone()), issuer, keys.clone())
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now - LEEWAY)
            .set_issue_time_verifier_fn(move |issued| {
                if issued > now + LEEWAY {
                    Err(format!("it was made in the future, at {issued}; is a clock wrong?"))
                } else if issued < now - OLDEST {
                    Err(format!("it was made long ago, at {issued}; is a clock wrong?"))
                } else {
                    Ok(())
                }
            });
    token.claims(&verifier, &Nonce::new(nonce.to_owned()))?;
    // The library reads only what it knows.
    let claims = payload(text).ok_or_else(|| OidcError::BadClaims("it cannot be read".into()))?;
    if let Some(party) = claims.get("azp")
        && party.as_str() != Some(&settings.client_id)
    {
        return Err(OidcError::BadClaims("it was made for another client (`azp`)".into()));
    }
    let begins = claims.get("nbf").and_then(Value::as_i64);
    if begins.is_some_and(|begins| begins > (now + LEEWAY).timestamp()) {
        return Err(OidcError::BadClaims("it is not valid yet (`nbf`)".into()));
    }
    Ok(claims)
}

/// What the token says; only for one that was verified.
fn payload(token: &str) -> Option<Claims> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}
