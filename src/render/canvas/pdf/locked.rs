//! A file that opens with a password.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Object, Permissions, StringFormat};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::PdfError;

/// Encrypts a finished file with AES-256 (PDF 2.0, revision 6), so that it opens with `password` only. Whoever opens it
/// may do everything with it; its outline, tags and proof stay as they are.
///
/// # Errors
/// Those of [`PdfError`]; none of them is the caller's fault.
pub fn locked(file: &[u8], password: &str) -> Result<Vec<u8>, PdfError> {
    let failed = |error: &dyn std::fmt::Display| PdfError::Locking(error.to_string());
    let mut document = Document::load_mem(file).map_err(|error| failed(&error))?;
    let random = SystemRandom::new();
    let mut key = [0; 32];
    let mut owner = [0; 32];
    random.fill(&mut key).and_then(|()| random.fill(&mut owner)).map_err(|error| failed(&error))?;
    // Nobody has the owner's password: it is drawn and thrown away.
    let owner = BASE64_STANDARD.encode(owner);
    if !document.trailer.has(b"ID") {
        let mut id = [0; 16];
        random.fill(&mut id).map_err(|error| failed(&error))?;
        let id = Object::String(id.to_vec(), StringFormat::Hexadecimal);
        document.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    }
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let version = EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(b"StdCF".to_vec(), filter)]),
        file_encryption_key: &key,
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: &owner,
        user_password: password,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).map_err(|error| failed(&error))?;
    "2.0".clone_into(&mut document.version);
    document.encrypt(&state).map_err(|error| failed(&error))?;
    // The standard wants no length here any more, but poppler takes its absence for 40 bits.
    let entry = document.trailer.get(b"Encrypt").and_then(Object::as_reference);
    let entry = entry.and_then(|id| document.get_dictionary_mut(id)).map_err(|error| failed(&error))?;
    entry.set("Length", 256);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(|error| failed(&error))?;
    Ok(bytes)
}
