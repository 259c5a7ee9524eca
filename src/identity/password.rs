//! Passwords: what makes one, and how it is kept.
//!
//! Argon2id with the parameters OWASP names (19 MiB, two passes), one place per hash, so that many
//! logins at once wait instead of taking all memory.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::sync::Semaphore;

use super::{IdentityError, UserName};

/// The fewest characters.
pub(super) const LEAST: usize = 12;
/// The most bytes: a longer one only costs time.
pub(super) const MOST: usize = 256;

/// How long a login waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);

/// Passwords of twelve and more characters that are tried first, without what stands between letters.
const COMMON: [&str; 40] = [
    "password1234",
    "passwordpassword",
    "password12345",
    "password123456",
    "passw0rd1234",
    "adminadminadmin",
    "administrator",
    "administrator1",
    "administrator123",
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789123",
    "123123123123",
    "1234512345123",
    "123412341234",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdfghjkl",
    "qwerty123456",
    "qwertyqwerty",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i",
    "q1w2e3r4t5y6",
    "asdfghjkl123",
    "iloveyou1234",
    "iloveyouiloveyou",
    "letmeinletmein",
    "welcome12345",
    "welcome123456",
    "changemechangeme",
    "changeme1234",
    "abcdefghijkl",
    "abcdefghijklmnopqrstuvwxyz",
    "abcd1234abcd",
    "jangpyojangpyo",
    "jangpyo12345",
    "correcthorsebatterystaple",
    "trustno1trustno1",
    "000000000000",
];

/// Whether `password` may be the password of `name`.
pub(super) fn check(name: &UserName, password: &str) -> Result<(), IdentityError> {
    if password.len() > MOST {
        return Err(IdentityError::PasswordLong { most: MOST });
    }
    if password.chars().count() < LEAST {
        return Err(IdentityError::PasswordShort { least: LEAST });
    }
    let bare: String = password.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let own: String = name.as_str().chars().filter(|c| c.is_alphanumeric()).collect();
    let local: String =
        name.as_str().split('@').next().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect();
    if bare == own || (!local.is_empty() && bare.replace(&local, "").is_empty()) {
        return Err(IdentityError::PasswordIsName);
    }
    let mut letters = bare.chars();
    let first = letters.next();
    if COMMON.contains(&bare.as_str()) || letters.all(|c| Some(c) == first) {
        return Err(IdentityError::PasswordCommon);
    }
    Ok(())
}

fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// How a hash with the present parameters begins.
static PRESENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "$argon2id$v=19$m={},t={},p={}$",
        Params::DEFAULT_M_COST,
        Params::DEFAULT_T_COST,
        Params::DEFAULT_P_COST
    )
});

fn hashed(password: &str) -> Result<String, IdentityError> {
    let mut salt = [0_u8; 16];
    SystemRandom::new().fill(&mut salt).map_err(|_| IdentityError::Random)?;
    argon()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| IdentityError::Hash(error.to_string()))
}

/// Hashes passwords, a few at a time.
#[derive(Debug, Clone)]
pub(super) struct Hasher {
    places: Arc<Semaphore>,
}

/// Whether a password was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checked {
    Wrong,
    Right,
    /// Right, but kept with parameters of an earlier time.
    RightButOld,
}

impl Hasher {
    pub(super) fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places.max(1))) }
    }

    /// What is kept of a password.
    pub(super) async fn hash(&self, password: &str) -> Result<String, IdentityError> {
        let password = password.to_owned();
        self.working(move || hashed(&password)).await?
    }

    /// Whether `password` is the one that was kept. Without one the same work is done, so that the
    /// time does not tell which names exist.
    pub(super) async fn check(&self, password: &str, kept: Option<String>) -> Result<Checked, IdentityError> {
        /// The hash of what nobody knows.
        static NOBODY: LazyLock<Option<String>> =
            LazyLock::new(|| super::secret::random_text().and_then(|text| hashed(&text)).ok());

        // Longer ones cannot be right; hashing them would only cost.
        let password = if password.len() > MOST { String::new() } else { password.to_owned() };
        self.working(move || {
            let known = kept.is_some();
            let Some(kept) = kept.or_else(|| NOBODY.clone()) else { return Checked::Wrong };
            let right = argon().verify_password(password.as_bytes(), kept.as_str()).is_ok();
            match (right && known, kept.starts_with(PRESENT.as_str())) {
                (false, _) => Checked::Wrong,
                (true, true) => Checked::Right,
                (true, false) => Checked::RightButOld,
            }
        })
        .await
    }

    async fn working<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, IdentityError> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(IdentityError::Busy) };
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .map_err(|error| IdentityError::Hash(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_with_the_reason() {
        let name = UserName::parse("kim.younghee@example.com").unwrap();
        let refused = |password: &str| check(&name, password).unwrap_err().to_string();
        assert!(refused("short").contains("12"));
        assert!(refused(&"가".repeat(86)).contains("256"));
        assert!(refused("Kim.Younghee@Example.com").contains("name"));
        assert!(refused("kim.younghee kim.younghee").contains("name"));
        assert!(refused("Password-1234").contains("tried first"));
        assert!(refused("aaaaaaaaaaaaaa").contains("tried first"));
        for fine in ["blue tables sing", "장표를 매주 월요일에 봅니다", &"x1".repeat(128)] {
            check(&name, fine).unwrap();
        }
    }

    #[tokio::test]
    async fn passwords_are_kept_as_argon2id_and_old_parameters_are_noticed() {
        let hasher = Hasher::new(2);
        let kept = hasher.hash("blue tables sing").await.unwrap();
        assert!(kept.starts_with(PRESENT.as_str()), "{kept}");
        assert_eq!(hasher.check("blue tables sing", Some(kept.clone())).await.unwrap(), Checked::Right);
        assert_eq!(hasher.check("blue tables sang", Some(kept)).await.unwrap(), Checked::Wrong);
        assert_eq!(hasher.check("blue tables sing", None).await.unwrap(), Checked::Wrong);
        let weak =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8 * 1024, 1, 1, None).unwrap());
        let old = weak.hash_password_with_salt(b"blue tables sing", &[7; 16]).unwrap().to_string();
        assert_eq!(hasher.check("blue tables sing", Some(old)).await.unwrap(), Checked::RightButOld);
    }
}
