//! Messages to web hooks.

use std::error::Error as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use ring::hmac;

use super::{PATIENCE, with_causes};
use crate::delivery::Outcome;

/// A web hook. Its address does not show in `Debug`, since it may be a secret.
#[derive(Clone)]
pub struct Hook {
    /// Where messages are posted to.
    pub url: url::Url,
    /// Who reads them.
    pub kind: HookKind,
}

/// Who reads the messages of a hook.
#[derive(Debug, Clone)]
pub enum HookKind {
    /// A chat: the same message twice shows twice.
    Chat,
    /// A program that tells repeated messages by their id, and holds them against a key.
    Signed {
        /// The key.
        key: SigningKey,
        /// Whether it wants the files themselves.
        with_content: bool,
    },
}

/// A key that messages are signed with. Does not show in `Debug`.
#[derive(Clone)]
pub struct SigningKey(hmac::Key);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook").field("host", &self.url.host_str()).field("kind", &self.kind).finish()
    }
}

/// Made once: each reads the certificates of the system. Connections are not kept, since runs come hours apart.
static CLIENT: LazyLock<Result<reqwest::Client, String>> = LazyLock::new(|| {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .connect_timeout(PATIENCE / 3)
        .timeout(PATIENCE)
        .build();
    client.map_err(|error| with_causes(&error))
});

impl SigningKey {
    /// Reads `whsec_` and at least 24 bytes in base64, the form of standardwebhooks.com; what is wrong otherwise.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bytes = BASE64_STANDARD
            .decode(text.strip_prefix("whsec_").unwrap_or(text))
            .map_err(|_| "it is not `whsec_` and base64".to_owned())?;
        if bytes.len() < 24 {
            return Err("it has less than 24 bytes".into());
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The signature of a message: `v1,` and base64.
    fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(format!("{id}.{seconds}.").as_bytes());
        context.update(body);
        format!("v1,{}", BASE64_STANDARD.encode(context.sign()))
    }
}

impl Hook {
    /// Posts a JSON message, called `id` for good. Redirects are not followed: they would take the message, and
    /// whatever the address lets in, somewhere nobody has allowed.
    pub async fn post(&self, id: &str, body: Bytes, now: DateTime<Utc>) -> Outcome {
        let client = match &*CLIENT {
            Ok(client) => client,
            Err(why) => return Outcome::Refused(format!("no connection can be made: {why}")),
        };
        let mut request = client.post(self.url.clone()).header("content-type", "application/json");
        if let HookKind::Signed { key, .. } = &self.kind {
            let seconds = now.timestamp();
            request = request
                .header("webhook-id", id)
                .header("webhook-timestamp", seconds.to_string())
                .header("webhook-signature", key.sign(id, seconds, &body));
        }
        match request.body(body).send().await {
            Ok(answer) => self.answered(answer).await,
            Err(error) => self.unanswered(&error.without_url()),
        }
    }

    async fn answered(&self, mut answer: reqwest::Response) -> Outcome {
        let status = answer.status();
        // Enough to say what is wrong; whatever comes behind is not waited for.
        let body = answer.chunk().await.ok().flatten().unwrap_or_default();
        let words: String =
            String::from_utf8_lossy(&body).chars().filter(|c| !c.is_control()).take(200).collect();
        let says = format!("{}: {} {words}", self.host(), status.as_u16());
        if status.is_success() {
            Outcome::Accepted(says)
        } else if status.is_redirection() {
            Outcome::Refused(format!("{}; redirects are not followed", says.trim_end()))
        } else if status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429) {
            Outcome::RefusedForNow(says)
        } else {
            Outcome::Refused(says)
        }
    }

    fn unanswered(&self, error: &reqwest::Error) -> Outcome {
        let why = format!("{}: {}", self.host(), with_causes(error));
        let untrusted = error.source().is_some() && why.contains("certificate");
        match &self.kind {
            _ if untrusted || error.is_builder() => Outcome::Refused(why),
            _ if error.is_connect() => Outcome::RefusedForNow(why),
            // Whoever tells messages by their id may be asked again.
            HookKind::Signed { .. } => Outcome::RefusedForNow(why),
            HookKind::Chat => Outcome::InDoubt(why),
        }
    }

    fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification at standardwebhooks.com.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn weak_keys_are_refused_and_none_is_shown() {
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_??"] {
            assert!(SigningKey::parse(bad).is_err(), "{bad}");
        }
        let hook = Hook { url: "https://hooks.example.com/T0/secret".parse().unwrap(), kind: HookKind::Chat };
        assert!(!format!("{hook:?}").contains("secret"));
    }
}
