//! How a program shows Snowflake who it is: a key, a programmatic access token, or OAuth.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::definitions::model::SnowflakeOptions;

/// How long a token that is made of a key is good for; Snowflake takes none for longer than an hour.
const LIFETIME: Duration = Duration::from_mins(55);

/// So long before its end a token is made anew, so that none ends on its way.
const MARGIN: Duration = Duration::from_mins(5);

/// Who asks. Secrets do not show in `Debug`.
pub(super) struct Credentials {
    account: String,
    options: SnowflakeOptions,
    secret: fn(&str) -> Result<String, String>,
    shown: Mutex<Arc<Shown>>,
}

/// What Snowflake is shown.
enum Shown {
    /// A key pair, of which Snowflake has the public half.
    Key(Box<SigningKey>),
    /// A programmatic access token.
    Token(String),
    /// An access token of OAuth.
    OAuth(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.shown() {
            Shown::Key(_) => "Key(…)",
            Shown::Token(_) => "Token(…)",
            Shown::OAuth(_) => "OAuth(…)",
        })
    }
}

/// A private key with whose it is, and the last token that was made of it.
pub(super) struct SigningKey {
    key: RsaKeyPair,
    subject: String,
    issuer: String,
    made: Mutex<Option<(SystemTime, String)>>,
}

impl Credentials {
    /// Those of a source. The error says what is missing or wrong.
    pub(super) fn of(
        account: &str,
        options: &SnowflakeOptions,
        secret: fn(&str) -> Result<String, String>,
    ) -> Result<Self, String> {
        let shown = Mutex::new(Arc::new(Shown::of(account, options, secret)?));
        Ok(Self { account: account.to_owned(), options: options.clone(), secret, shown })
    }

    fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The kind of token, as its header names it, and the token.
    pub(super) fn token(&self, now: SystemTime) -> Result<(&'static str, String), String> {
        Ok(match &*self.shown() {
            Shown::Key(key) => ("KEYPAIR_JWT", key.token(now)?),
            Shown::Token(token) => ("PROGRAMMATIC_ACCESS_TOKEN", token.clone()),
            Shown::OAuth(token) => ("OAUTH", token.clone()),
        })
    }

    /// Reads the secret anew after `sent` was refused: tokens end, and whoever keeps them writes new ones. Whether there is
    /// something else to show now, which another request may have found meanwhile.
    pub(super) fn renew(&self, sent: &str) -> bool {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if !shown.is(sent) {
            return true;
        }
        match Shown::of(&self.account, &self.options, self.secret) {
            Ok(new) => {
                *shown = Arc::new(new);
                !shown.is(sent)
            }
            Err(_) => false,
        }
    }
}

impl Shown {
    /// Whether this is the token that is sent now.
    fn is(&self, token: &str) -> bool {
        match self {
            Self::Key(key) => key
                .made
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref()
                .is_some_and(|(_, made)| made == token),
            Self::Token(own) | Self::OAuth(own) => own == token,
        }
    }

    fn of(
        account: &str,
        options: &SnowflakeOptions,
        secret: fn(&str) -> Result<String, String>,
    ) -> Result<Self, String> {
        if let Some(name) = &options.key_secret {
            let user = options.user.as_deref().ok_or("`user` is missing, whose key it is")?;
            let key = SigningKey::new(account, user, &secret(name.as_str())?)
                .map_err(|why| format!("secret `{name}`: {why}"))?;
            return Ok(Self::Key(Box::new(key)));
        }
        if let Some(name) = &options.token_secret {
            return Ok(Self::Token(secret(name.as_str())?));
        }
        match &options.oauth_secret {
            Some(name) => Ok(Self::OAuth(secret(name.as_str())?)),
            None => Err("it does not say how to log in".into()),
        }
    }
}

impl SigningKey {
    fn new(account: &str, user: &str, pem: &str) -> Result<Self, String> {
        if pem.contains("ENCRYPTED PRIVATE KEY") {
            return Err(
                "the key is encrypted; write it without a pass phrase (`openssl pkcs8 -topk8 -nocrypt`)"
                    .into(),
            );
        }
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| "it is no private key in PEM (`-----BEGIN PRIVATE KEY-----`)".to_owned())?;
        let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
            .map_err(|error| format!("it is no RSA key of 2,048 bits or more: {error}"))?;
        let fingerprint = BASE64_STANDARD.encode(Sha256::digest(public_key_info(key.public().as_ref())));
        let account = super::name_of(account).to_uppercase();
        let subject = format!("{account}.{}", user.to_uppercase());
        let issuer = format!("{subject}.SHA256:{fingerprint}");
        Ok(Self { key, subject, issuer, made: Mutex::default() })
    }

    fn token(&self, now: SystemTime) -> Result<String, String> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((until, token)) = made.as_ref()
            && now + MARGIN < *until
        {
            return Ok(token.clone());
        }
        let seconds = |at: SystemTime| at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let until = now + LIFETIME;
        let claims =
            json!({"iss": self.issuer, "sub": self.subject, "iat": seconds(now), "exp": seconds(until)});
        let head = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        let signed = format!("{head}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|error| format!("the key does not sign: {error}"))?;
        let token = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
        *made = Some((until, token.clone()));
        Ok(token)
    }
}

/// An RSA key as a `SubjectPublicKeyInfo` (RFC 5280), whose digest Snowflake calls its fingerprint.
fn public_key_info(key: &[u8]) -> Vec<u8> {
    // rsaEncryption, without parameters.
    const ALGORITHM: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = tagged(0x03, &[&[0], key].concat());
    tagged(0x30, &[&ALGORITHM[..], &bits].concat())
}

/// A value of DER with its tag and length.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let bytes = content.len().to_be_bytes();
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut whole = vec![tag];
    if content.len() < 0x80 {
        whole.extend(significant.first().or(Some(&0)));
    } else {
        whole.push(0x80 | significant.len() as u8);
        whole.extend(significant);
    }
    whole.extend(content);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made for tests; it opens nothing.
    const KEY: &str = include_str!("../../../../tests/support/rsa_key.pem");

    #[test]
    fn a_token_of_a_key_is_kept_until_shortly_before_its_end() {
        let options: SnowflakeOptions = serde_saphyr::from_str("{user: reports, key_secret: key}").unwrap();
        let credentials = Credentials::of("org-account", &options, |_| Ok(KEY.to_owned())).unwrap();
        let now = SystemTime::now();
        let token = |minutes: u64| credentials.token(now + Duration::from_mins(minutes)).unwrap().1;
        let first = token(0);
        assert_eq!(first, token(49));
        let second = token(51);
        assert_ne!(first, second);
        assert_eq!(second, token(52));
        // After a refusal another one is made, of the key as it is now.
        assert!(credentials.renew(&second));
        assert!(credentials.renew(&first), "it is another already");
        assert_ne!(second, token(52));
        assert!(!format!("{credentials:?}").contains("PRIVATE"));
    }
}
