//! A proxy in front that has proven who somebody is and says so in headers.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::UserName;
use crate::access::Person;

/// Whose headers are believed, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxySettings {
    /// The addresses that the proxy connects from.
    pub from: Vec<IpNet>,
    /// The header with the user's name.
    pub user_header: String,
    /// The header with the groups, separated by commas.
    pub groups_header: Option<String>,
    /// Headers with further claims, by the claim's name.
    pub claim_headers: BTreeMap<String, String>,
}

/// What the headers of a request say.
#[derive(Debug, Clone, PartialEq)]
pub enum ProxyWord {
    /// Nothing.
    Silent,
    /// A person, from an address that is believed.
    Person(Person),
    /// Something, from an address that is not believed.
    Untrusted,
    /// Something that cannot be a name, or a header that is there twice.
    Unreadable,
}

impl ProxySettings {
    /// Reads the headers of a request that comes directly from `peer`. `header` gives every value of a
    /// name.
    pub fn word(&self, peer: IpAddr, header: impl Fn(&str) -> Vec<String>) -> ProxyWord {
        let names = header(&self.user_header);
        let peer = peer.to_canonical();
        if !self.from.iter().any(|range| range.contains(&peer)) {
            return if names.is_empty() { ProxyWord::Silent } else { ProxyWord::Untrusted };
        }
        let name = match names.as_slice() {
            [] => return ProxyWord::Silent,
            [one] if one.trim().is_empty() => return ProxyWord::Silent,
            // Two headers: the proxy appended its own to one that the client sent.
            [one] => UserName::parse(one),
            _ => return ProxyWord::Unreadable,
        };
        let Ok(name) = name else { return ProxyWord::Unreadable };
        let more = self.groups_header.iter().chain(self.claim_headers.values());
        // As with the name: the one that the client sent would add a group.
        if more.into_iter().any(|name| header(name).len() > 1) {
            return ProxyWord::Unreadable;
        }
        let list = |name: &str| -> Vec<String> {
            let values = header(name);
            let parts = values.iter().flat_map(|value| value.split(',')).map(str::trim);
            parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let claims = self.claim_headers.iter().map(|(claim, name)| (claim.clone(), list(name)));
        ProxyWord::Person(Person {
            name: name.to_string(),
            groups: self.groups_header.as_deref().map(list).unwrap_or_default().into_iter().collect(),
            claims: claims.filter(|(_, values)| !values.is_empty()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ProxySettings {
        ProxySettings {
            from: vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
            user_header: "x-user".into(),
            groups_header: Some("x-groups".into()),
            claim_headers: [("country".to_owned(), "x-country".to_owned())].into(),
        }
    }

    fn word(peer: &str, headers: &[(&str, &str)]) -> ProxyWord {
        settings().word(peer.parse().unwrap(), |name| {
            headers.iter().filter(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()).collect()
        })
    }

    #[test]
    fn only_the_proxy_is_believed() {
        let headers = [("x-user", "Kim@Example.com"), ("x-groups", "sales, hk ,,"), ("x-country", "KR,HK")];
        for peer in ["10.1.2.3", "::ffff:10.1.2.3", "::1"] {
            let ProxyWord::Person(person) = word(peer, &headers) else { panic!("{peer}") };
            assert_eq!(person.name, "kim@example.com");
            assert_eq!(person.groups.into_iter().collect::<Vec<_>>(), ["hk", "sales"]);
            assert_eq!(person.claims["country"], ["KR", "HK"]);
        }
        for peer in ["11.0.0.1", "127.0.0.1", "::2", "::ffff:11.0.0.1"] {
            assert_eq!(word(peer, &headers), ProxyWord::Untrusted, "{peer}");
            assert_eq!(word(peer, &headers[1..]), ProxyWord::Silent, "{peer}");
        }
    }

    #[test]
    fn names_that_are_none_or_two_are_nobody() {
        assert_eq!(word("10.0.0.1", &[("x-user", "kim"), ("x-user", "root")]), ProxyWord::Unreadable);
        assert_eq!(word("10.0.0.1", &[("x-user", "kim, root")]), ProxyWord::Unreadable);
        for twice in [("x-groups", "root"), ("x-country", "HK")] {
            let headers = [("x-user", "kim"), ("x-groups", "sales"), ("x-country", "KR"), twice];
            assert_eq!(word("10.0.0.1", &headers), ProxyWord::Unreadable, "{twice:?}");
        }
        assert_eq!(word("10.0.0.1", &[("x-user", " ")]), ProxyWord::Silent);
        assert_eq!(word("10.0.0.1", &[]), ProxyWord::Silent);
    }
}
