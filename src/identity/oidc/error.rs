//! Why somebody could not sign in.

use openidconnect::{ClaimsVerificationError, SignatureVerificationError};

use crate::error::Kind;

/// Why somebody could not sign in. The texts are for the log.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The browser has no attempt of ours: an old bookmark, blocked cookies, or another browser.
    #[error("the browser brought no attempt to sign in; does it keep cookies?")]
    NoAttempt,
    /// The attempt is too old, sealed by another key, or not ours.
    #[error("the attempt to sign in is {0}")]
    BadAttempt(&'static str),
    /// The redirect answers another attempt, or comes from another provider.
    #[error("the redirect does not answer this attempt: {0}")]
    Mismatch(String),
    /// The provider let nobody in.
    #[error("the provider refused: {code}: {description}")]
    Refused {
        /// The error of the specification, `access_denied` for example.
        code: String,
        /// What the provider adds.
        description: String,
    },
    /// The provider does not answer.
    #[error("the provider cannot be asked: {0}")]
    Unavailable(String),
    /// The provider answers something that is not allowed or not understood.
    #[error("the provider answers wrongly: {0}")]
    BadProvider(String),
    /// The provider does not take the code.
    #[error("the provider does not take the code: {0}")]
    BadCode(String),
    /// The ID token does not prove what it should.
    #[error("the ID token is refused: {0}")]
    BadToken(#[from] ClaimsVerificationError),
    /// The ID token lacks or contradicts something that the specification wants.
    #[error("the ID token is refused: {0}")]
    BadClaims(String),
    /// There is no randomness, or no HTTP client.
    #[error("signing in is not possible: {0}")]
    Broken(String),
}

/// What helps who wanted to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Beginning anew helps.
    TryAgain,
    /// Later may help.
    TryLater,
    /// The provider knows them and does not let them in, or they stopped themselves.
    AskForAccess,
    /// Somebody has to look at the log.
    TellOperations,
}

impl OidcError {
    /// What helps who wanted to sign in.
    pub fn advice(&self) -> Advice {
        match self {
            Self::NoAttempt | Self::BadAttempt(_) | Self::Mismatch(_) | Self::BadCode(_) => Advice::TryAgain,
            Self::Unavailable(_) => Advice::TryLater,
            Self::Refused { code, .. } => match code.as_str() {
                "temporarily_unavailable" | "server_error" => Advice::TryLater,
                "access_denied" => Advice::AskForAccess,
                "login_required" | "interaction_required" | "consent_required" => Advice::TryAgain,
                _ => Advice::TellOperations,
            },
            Self::BadProvider(_) | Self::BadToken(_) | Self::BadClaims(_) | Self::Broken(_) => {
                Advice::TellOperations
            }
        }
    }

    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self.advice() {
            Advice::TryAgain => Kind::BadRequest,
            Advice::TryLater => Kind::Unavailable,
            Advice::AskForAccess => Kind::Forbidden,
            Advice::TellOperations => match self {
                Self::Broken(_) => Kind::Bug,
                Self::Refused { .. } => Kind::BadRequest,
                _ => Kind::Forbidden,
            },
        }
    }

    /// Whether the token may be signed by a key that we have not seen.
    pub(super) fn may_be_a_new_key(&self) -> bool {
        use SignatureVerificationError::{AmbiguousKeyId, CryptoError, NoMatchingKey};

        matches!(
            self,
            Self::BadToken(ClaimsVerificationError::SignatureVerification(
                NoMatchingKey | CryptoError(_) | AmbiguousKeyId(_)
            ))
        )
    }
}
