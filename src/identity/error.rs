//! Why somebody's identity could not be managed.

use crate::error::Kind;
use crate::store::StoreError;

/// Why somebody's identity could not be managed. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The name cannot be one.
    #[error(
        "`{name}` cannot be a user's name: use a mail address or 1 to 128 lower-case letters, digits, `.`, `_`, `-`"
    )]
    Name {
        /// The name, without control characters.
        name: String,
    },
    /// The password is shorter than allowed.
    #[error("a password has at least {least} characters")]
    PasswordShort {
        /// How many it needs.
        least: usize,
    },
    /// The password is longer than allowed.
    #[error("a password has at most {most} bytes")]
    PasswordLong {
        /// How many it may have.
        most: usize,
    },
    /// The password is the name, or the like.
    #[error("the password must not be the user's name")]
    PasswordIsName,
    /// The password is among those everybody tries first.
    #[error("this password is among those that are tried first; choose another")]
    PasswordCommon,
    /// Too many passwords are being checked.
    #[error("too many people log in at once; try again in a moment")]
    Busy,
    /// A password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// There is such a user already.
    #[error("there is a user `{name}` already")]
    UserExists {
        /// The name.
        name: String,
    },
    /// There is no such user.
    #[error("there is no user `{name}`")]
    NoUser {
        /// The name.
        name: String,
    },
    /// The user is shut out.
    #[error("the user `{name}` is disabled")]
    Disabled {
        /// The name.
        name: String,
    },
    /// The user has no password here.
    #[error("the user `{name}` logs in at a provider or a proxy, and so has no password here")]
    Elsewhere {
        /// The name.
        name: String,
    },
    /// A claim that has no name.
    #[error("`{line}` is no claim: write it as country=KR")]
    Claim {
        /// What was written.
        line: String,
    },
    /// An administrator would change what they see themselves.
    #[error("nobody changes their own groups and claims; another administrator does, or `jangpyo users`")]
    OwnRights,
    /// The last administrator would go.
    #[error("`{name}` is the last administrator; make another one first")]
    LastAdministrator {
        /// The name.
        name: String,
    },
    /// The link was used, has expired, or never was one.
    #[error("this link is not valid: it was used, has expired, or was replaced by a newer one")]
    Link,
    /// A token would last too long, or not at all.
    #[error("a token lasts from 1 to {most} days")]
    TokenLifetime {
        /// The longest.
        most: u32,
    },
    /// A token without a name, or with one that is too long.
    #[error("the name of a token has 1 to {most} characters")]
    TokenName {
        /// The longest, in characters.
        most: usize,
    },
    /// A token that may do nothing.
    #[error("a token needs at least one scope; valid are: {valid}")]
    TokenScope {
        /// The words of scopes.
        valid: String,
    },
    /// Too many tokens.
    #[error("one user has at most {most} tokens; revoke one first")]
    TooManyTokens {
        /// How many.
        most: i64,
    },
    /// A link to a report would last too long, or not at all.
    #[error("a link lasts from 1 to {most} days")]
    ShareLifetime {
        /// The longest.
        most: u32,
    },
    /// A link to a report that nobody could use.
    #[error("a link is for at least one use")]
    ShareUses,
    /// Too many links to reports.
    #[error("one user has at most {most} links that are valid; revoke one first")]
    TooManyShares {
        /// How many.
        most: i64,
    },
    /// A token for another site would last too long, or not at all.
    #[error("a token of an embedded report lasts from 1 to {most} seconds")]
    EmbedLifetime {
        /// The longest.
        most: i64,
    },
    /// The server's key cannot be read or kept.
    #[error("the server's key at {place}: {cause}")]
    Key {
        /// Where it is.
        place: String,
        /// What is wrong.
        cause: String,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
}

impl IdentityError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Store(error) => error.kind(),
            Self::NoUser { .. } | Self::Link => Kind::NotFound,
            Self::Disabled { .. } | Self::OwnRights => Kind::Forbidden,
            Self::Busy => Kind::OverLimit,
            Self::Hash(_) | Self::Random => Kind::Bug,
            _ => Kind::BadRequest,
        }
    }
}
