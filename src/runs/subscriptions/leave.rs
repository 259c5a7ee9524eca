//! Links in mails by which their recipients leave, without a login.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

/// The key that such links are signed with. Whoever knows the id of a delivery cannot make its link.
#[derive(Clone)]
pub struct LeaveKey(hmac::Key);

impl std::fmt::Debug for LeaveKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeaveKey(***)")
    }
}

/// What is signed begins so: a signature for something else does not fit.
const PURPOSE: &str = "unsubscribe ";

impl LeaveKey {
    /// The key with these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    }

    /// What stands in the link of a delivery: the same whenever it is made.
    pub fn token(&self, delivery: &str) -> String {
        let tag = hmac::sign(&self.0, format!("{PURPOSE}{delivery}").as_bytes());
        format!("{delivery}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// The delivery whose link it was; `None` for what this server has not made.
    pub fn delivery<'a>(&self, token: &'a str) -> Option<&'a str> {
        let (delivery, tag) = token.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.0, format!("{PURPOSE}{delivery}").as_bytes(), &tag).ok().map(|()| delivery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_that_were_made_here_say_whose_they_are() {
        let key = LeaveKey::new([7; 32]);
        let token = key.token("0190-a");
        assert_eq!(key.delivery(&token), Some("0190-a"));
        assert_eq!(key.delivery(&token.replace("0190-a", "0190-b")), None);
        assert_eq!(LeaveKey::new([8; 32]).delivery(&token), None);
        assert!(["", ".", "0190-a", "0190-a."].into_iter().all(|bad| key.delivery(bad).is_none()));
    }
}
