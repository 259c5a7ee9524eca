//! The provider, and what we are to it.

use std::fmt;

use url::Url;

/// A text that no log may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever is meant to get it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The provider, and what we are to it.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The provider's identifier, exactly as it writes it itself.
    pub issuer: Url,
    /// How the issuer is written: with or without a slash at the end matters.
    pub issuer_text: String,
    /// What people call the provider; by default its host.
    pub title: String,
    /// Our name at the provider.
    pub client_id: String,
    /// What proves that it is us; none for a public client.
    pub client_secret: Option<Secret>,
    /// Where browsers reach this server.
    pub base_url: Url,
    /// Scopes besides `openid`.
    pub more_scopes: Vec<String>,
    /// The claim that lists groups: a name, or a path with dots.
    pub groups_claim: String,
    /// The claim that names a person; by default a verified mail address, else a user name, else the
    /// subject.
    pub name_claim: Option<String>,
    /// Further claims that conditions of rows may ask for.
    pub more_claims: Vec<String>,
}

impl OidcSettings {
    /// Settings with the usual scopes and claims.
    ///
    /// # Errors
    /// The issuer is no address, or one without TLS that is not on this machine.
    pub fn new(issuer: &str, client_id: &str, base_url: Url) -> Result<Self, String> {
        let url: Url = issuer.parse().map_err(|error| format!("`{issuer}` is no address: {error}"))?;
        if !may_be_asked(&url) {
            return Err(format!(
                "`{issuer}` is not encrypted: whoever is in between could sign in as anybody; use https"
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!("`{issuer}` must have neither a query nor a fragment"));
        }
        Ok(Self {
            title: url.host_str().unwrap_or(issuer).to_owned(),
            issuer: url,
            issuer_text: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            base_url,
            more_scopes: vec!["profile".into(), "email".into()],
            groups_claim: "groups".into(),
            name_claim: None,
            more_claims: Vec::new(),
        })
    }

    pub(super) fn scopes(&self) -> String {
        let more = self.more_scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
        std::iter::once("openid").chain(more).collect::<Vec<_>>().join(" ")
    }
}

/// Encrypted, or on this machine.
pub(super) fn may_be_asked(url: &Url) -> bool {
    let is_local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_without_tls() {
        let new = |issuer: &str| OidcSettings::new(issuer, "jangpyo", "https://r.example".parse().unwrap());
        for issuer in
            ["https://id.example/realms/x", "http://127.0.0.1:9000", "http://[::1]/", "http://localhost:1"]
        {
            assert!(new(issuer).is_ok(), "{issuer}");
        }
        for issuer in [
            "http://id.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "ftp://127.0.0.1",
            "https://id.example/?tenant=1",
            "id.example",
        ] {
            assert!(new(issuer).is_err(), "{issuer}");
        }
    }

    #[test]
    fn a_secret_shows_in_no_log() {
        let mut settings =
            OidcSettings::new("https://i.example", "c", "https://r.example".parse().unwrap()).unwrap();
        settings.client_secret = Some(Secret::new("hush"));
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
