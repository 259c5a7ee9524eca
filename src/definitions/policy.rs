//! What the people who run the server allow the authors of definitions.

/// Limits on definitions that come from the server's settings, never from the workspace itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The only domains mail may go to (`example.com`), compared exactly and whatever their case;
    /// sub-domains must be listed themselves. `None` allows every domain, an empty list none.
    pub allowed_recipient_domains: Option<Vec<String>>,
}

impl Policy {
    /// Whether mail may go to an address at `domain`.
    pub fn allows_domain(&self, domain: &str) -> bool {
        let Some(allowed) = &self.allowed_recipient_domains else { return true };
        ascii(domain).is_some_and(|domain| allowed.iter().any(|one| ascii(one).as_ref() == Some(&domain)))
    }
}

/// The domain as it travels in DNS, so that a look-alike in another script is another domain.
fn ascii(domain: &str) -> Option<String> {
    match url::Host::parse(domain.trim_end_matches('.')) {
        Ok(url::Host::Domain(domain)) => Some(domain.to_ascii_lowercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exactly_the_listed_domains_are_allowed() {
        let policy =
            Policy { allowed_recipient_domains: Some(vec!["Example.com".into(), "한국.example".into()]) };
        assert!(policy.allows_domain("example.COM"));
        assert!(policy.allows_domain("한국.example"));
        assert!(policy.allows_domain("xn--3e0b707e.example"));
        for other in
            ["evil-example.com", "example.com.evil.net", "sub.example.com", "еxample.com", "[127.0.0.1]", ""]
        {
            assert!(!policy.allows_domain(other), "{other}");
        }
        assert!(Policy::default().allows_domain("anything.example"));
    }
}
