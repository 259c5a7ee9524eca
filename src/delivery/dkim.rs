//! Signing mail, so that the receiving side sees that it comes from the sender's domain and was not changed.

use std::sync::Arc;

use lettre::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;

/// The headers that are signed; those that a mail does not have are passed over. The type of the content stands in the
/// body for the library, which would sign it as missing.
const HEADERS: [&str; 10] = [
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// A key that mail is signed with (RFC 6376). Cheap to clone; the key does not show in `Debug`.
#[derive(Clone)]
pub struct Dkim {
    config: Arc<DkimConfig>,
    name: String,
}

impl std::fmt::Debug for Dkim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dkim({}, …)", self.name)
    }
}

impl Dkim {
    /// Signs for `domain` with a key whose other half is at `selector._domainkey.domain` in DNS: a private RSA key as PEM
    /// (PKCS #1), or the 32 bytes of a private Ed25519 key in base64. The error says what is wrong with the key.
    pub fn new(domain: &str, selector: &str, key: &str) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if selector.is_empty() || !selector.chars().all(fits) {
            return Err("the selector is letters, digits, `-`, `.` and `_`".into());
        }
        let key = key.trim();
        let signing = if key.starts_with("-----") {
            DkimSigningKey::new(key, DkimSigningAlgorithm::Rsa).map_err(|_| {
                "it is no private RSA key in PKCS #1; `openssl rsa -traditional` writes one of another"
                    .to_owned()
            })?
        } else {
            DkimSigningKey::new(key, DkimSigningAlgorithm::Ed25519)
                .map_err(|_| "it is neither a PEM nor 32 bytes in base64".to_owned())?
        };
        let relaxed = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let headers = HEADERS.into_iter().map(HeaderName::new_from_ascii_str).collect();
        let config = DkimConfig::new(selector.to_owned(), domain.to_owned(), signing, headers, relaxed);
        Ok(Self { config: Arc::new(config), name: format!("{selector}._domainkey.{domain}") })
    }

    pub(super) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}
