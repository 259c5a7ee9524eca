//! What the people who run the server allow the authors of definitions.

/// Limits on definitions that come from the server's settings, never from the workspace itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The only domains mail may go to (`example.com`), compared exactly and whatever their case;
    /// sub-domains must be listed themselves. `None` allows every domain, an empty list none.
    pub allowed_recipient_domains: Option<Vec<String>>,
    /// The only places that destinations may be: host names (`hooks.example.com`) and buckets (`s3://reports`),
    /// compared exactly. `None` allows every bucket and every host that is reached encrypted, an empty list none.
    pub allowed_destinations: Option<Vec<String>>,
}

impl Policy {
    /// Whether mail may go to an address at `domain`.
    pub fn allows_domain(&self, domain: &str) -> bool {
        let Some(allowed) = &self.allowed_recipient_domains else { return true };
        ascii(domain).is_some_and(|domain| allowed.iter().any(|one| ascii(one).as_ref() == Some(&domain)))
    }

    /// Whether reports may go to a host or bucket.
    pub fn allows_destination(&self, place: &str) -> bool {
        self.allowed_destinations.is_none() || self.lists_destination(place)
    }

    /// Whether a host or bucket is named; one that is may be reached without encryption, as inside a cluster.
    pub fn lists_destination(&self, place: &str) -> bool {
        let same = |one: &String| one.trim().eq_ignore_ascii_case(place);
        self.allowed_destinations.iter().flatten().any(same)
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
        let policy = Policy {
            allowed_recipient_domains: Some(vec!["Example.com".into(), "한국.example".into()]),
            allowed_destinations: Some(vec!["Hooks.example.com".into(), "s3://kept".into()]),
        };
        assert!(policy.allows_destination("hooks.example.com") && policy.allows_destination("s3://kept"));
        for other in ["example.com", "x.hooks.example.com", "s3://kept2", "gs://kept", ""] {
            assert!(!policy.allows_destination(other), "{other}");
        }
        assert!(Policy::default().allows_destination("any.example"));
        assert!(!Policy::default().lists_destination("any.example"));
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
