//! The key of the server, from which everything signed is derived.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::{IdentityError, secret};

/// The key of the server. Several instances behind one address share it.
#[derive(Clone)]
pub struct ServerKey(Arc<hmac::Key>);

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(***)")
    }
}

/// The fewest letters of a key that is given by hand.
const LEAST: usize = 32;

impl ServerKey {
    /// A key from a text that is given by hand, of at least 32 letters.
    pub fn from_text(text: &str) -> Result<Self, IdentityError> {
        let text = text.trim();
        if text.len() < LEAST {
            return Err(IdentityError::Key {
                place: "JANGPYO_SECRET".into(),
                cause: format!(
                    "it needs at least {LEAST} random letters, such as `openssl rand -hex 32` gives"
                ),
            });
        }
        Ok(Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()))))
    }

    /// The key in a file, which is made with a random one where there is none. Only the owner of the
    /// process can read it.
    pub fn in_file(path: &Path) -> Result<Self, IdentityError> {
        let failed = |cause: std::io::Error| IdentityError::Key {
            place: path.display().to_string(),
            cause: cause.to_string(),
        };
        match std::fs::read_to_string(path) {
            Ok(text) => return Self::from_text(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        put_whole(path, &secret::random_text()?).map_err(failed)?;
        // Another process may have been faster; its key counts.
        Self::from_text(&std::fs::read_to_string(path).map_err(failed)?)
    }

    /// Random letters that nobody can guess, for what is bound to a cookie.
    pub fn nonce() -> Result<String, IdentityError> {
        secret::random_text()
    }

    /// A key of its own for one purpose, from which nobody finds the way back.
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        let tag = hmac::sign(&self.0, &message(purpose, &[]));
        key.iter_mut().zip(tag.as_ref()).for_each(|(byte, of_tag)| *byte = *of_tag);
        key
    }

    /// The signature of `parts` for one purpose; one for another purpose does not fit.
    pub fn sign(&self, purpose: &str, parts: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, &message(purpose, parts)))
    }

    /// Whether `signature` is that of `parts`, compared in constant time.
    pub fn confirms(&self, purpose: &str, parts: &[&str], signature: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| hmac::verify(&self.0, &message(purpose, parts), &signature).is_ok())
    }

    /// `text` closed for one purpose: nobody without the key can read or change it (AES-256-GCM).
    pub fn seal(&self, purpose: &str, text: &str) -> Result<String, IdentityError> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| IdentityError::Random)?;
        let mut bytes = text.as_bytes().to_vec();
        let (key, aad) = (self.seal_key(purpose)?, Aad::from(purpose.as_bytes()));
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut bytes)
            .map_err(|_| IdentityError::Random)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// What was closed for this purpose with this key; `None` for everything else.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let (key, mut sealed) = (self.seal_key(purpose).ok()?, sealed.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }

    fn seal_key(&self, purpose: &str) -> Result<LessSafeKey, IdentityError> {
        let key = self.derived(&format!("seal: {purpose}"));
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).map_err(|_| IdentityError::Random)?))
    }
}

/// Puts a file in a place that has none, so that nobody ever reads half of it. One that is there already stays.
fn put_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_extension(format!("{}.tmp", uuid::Uuid::now_v7()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let put = (|| {
        let mut file = options.open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match std::fs::hard_link(&temporary, path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            // Some shared folders know no second name for a file.
            Err(_) => std::fs::rename(&temporary, path),
            Ok(()) => Ok(()),
        }
    })();
    // Best effort: what went wrong before is what to tell, and after a rename there is none.
    let _ = std::fs::remove_file(&temporary);
    put
}

/// Lengths stand before parts, so that no letter can move from one to the next.
fn message(purpose: &str, parts: &[&str]) -> Vec<u8> {
    let mut message = Vec::new();
    for part in std::iter::once(&purpose).chain(parts) {
        message.extend((part.len() as u64).to_be_bytes());
        message.extend(part.as_bytes());
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_that_make_the_key_at_once_all_have_the_same() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("secret.key");
            let gate = std::sync::Barrier::new(8);
            let signatures: Vec<String> = std::thread::scope(|scope| {
                let all = [(); 8].map(|()| {
                    scope.spawn(|| {
                        gate.wait();
                        ServerKey::in_file(&path).map(|key| key.sign("x", &[]))
                    })
                });
                all.into_iter().map(|one| one.join().unwrap().unwrap()).collect()
            });
            assert!(signatures.windows(2).all(|two| two[0] == two[1]), "{signatures:?}");
            assert_eq!(
                std::fs::read_dir(folder.path()).unwrap().count(),
                1,
                "no temporary file stays behind"
            );
        }
    }

    #[test]
    fn signatures_hold_for_one_purpose_and_one_text() {
        let key = ServerKey::from_text(&"k".repeat(32)).unwrap();
        let signature = key.sign("device", &["kim", "1"]);
        assert!(key.confirms("device", &["kim", "1"], &signature));
        assert!(!key.confirms("csrf", &["kim", "1"], &signature));
        assert!(!key.confirms("device", &["ki", "m1"], &signature));
        assert!(!key.confirms("device", &["kim", "1"], ""));
        let other = ServerKey::from_text(&"j".repeat(32)).unwrap();
        assert!(!other.confirms("device", &["kim", "1"], &signature));
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_for_its_purpose_and_unchanged() {
        let key = ServerKey::from_text(&"k".repeat(32)).unwrap();
        let sealed = key.seal("hint", "말").unwrap();
        assert_eq!(key.open("hint", &sealed).unwrap(), "말");
        assert_ne!(key.seal("hint", "말").unwrap(), sealed);
        let other = ServerKey::from_text(&"j".repeat(32)).unwrap();
        assert!(key.open("embed", &sealed).is_none() && other.open("hint", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last letter may hold bits that are none of the bytes'.
            assert!(key.open("hint", &changed).is_none() || at + 1 == sealed.len(), "{at}");
        }
        assert!(key.open("hint", "").is_none() && key.open("hint", "x").is_none());
    }

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let signature = ServerKey::in_file(&path).unwrap().sign("x", &[]);
        assert_eq!(ServerKey::in_file(&path).unwrap().sign("x", &[]), signature);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "short").unwrap();
        let error = ServerKey::in_file(&path).unwrap_err().to_string();
        assert!(error.contains("32") && !error.contains("short"), "{error}");
    }
}
