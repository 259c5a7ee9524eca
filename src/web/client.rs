//! Who is at the other end of a request, as far as the network knows.
//!
//! A proxy in front says in headers whom it speaks for. Anybody can write such headers, so they are
//! believed only from addresses that the operator named.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use axum_server::tls::TlsInfo;
use ipnet::IpNet;

use super::host::asked_host;
use super::state::WebState;

/// More hops than any real chain of proxies has.
const MAX_HOPS: usize = 32;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Who is at the other end of a request. An extension of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Client {
    /// The address of the browser, or of the last proxy that is not ours. IPv4 is never written as IPv6.
    pub(super) address: IpAddr,
    /// Whether the browser's connection is encrypted: by us, or by a trusted proxy that says so.
    pub(super) secure: bool,
    /// The host that the browser asked for, and its port: as a trusted proxy says, else as the request says.
    pub(super) host: Option<String>,
    /// Whether a trusted proxy handed the request on, whose other headers count too.
    pub(super) through_proxy: bool,
}

impl Default for Client {
    /// Somebody on this machine.
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), secure: false, host: None, through_proxy: false }
    }
}

impl Client {
    /// The client of a request that [`identify`] has seen.
    pub(super) fn of(request: &Request) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    fn behind(peer: IpAddr, encrypted: bool, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let direct = Self { address: peer, secure: encrypted, ..Self::default() };
        if !proxies.contain(peer) {
            if headers.contains_key(&FORWARDED_FOR) {
                proxies.tell_of_stranger(peer);
            }
            return direct;
        }
        let hops: Vec<&str> = entries(headers, &FORWARDED_FOR).collect();
        let (address, hop) = first_stranger(peer, &hops, proxies);
        let protocols: Vec<&str> = entries(headers, &FORWARDED_PROTO).collect();
        // Where every proxy added its line, the one of the browser's hop counts; else the last proxy's.
        let protocol = match hop {
            Some(hop) if protocols.len() == hops.len() => protocols.get(hop),
            _ => protocols.last(),
        };
        Self {
            address,
            secure: protocol.map_or(encrypted, |protocol| protocol.eq_ignore_ascii_case("https")),
            host: entries(headers, &FORWARDED_HOST).last().map(str::to_owned),
            through_proxy: true,
        }
    }
}

/// Whether the browser's connection is encrypted, by us or as a trusted proxy says.
pub(super) fn is_encrypted(extensions: &Extensions) -> bool {
    extensions.get::<Client>().is_some_and(|client| client.secure)
}

/// The entries of all lines of a header, in order.
fn entries<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Walks from the peer towards the browser, for as long as who speaks is trusted. Answers with the
/// address, and which entry named it.
fn first_stranger(peer: IpAddr, hops: &[&str], proxies: &TrustedProxies) -> (IpAddr, Option<usize>) {
    let mut known = (peer, None);
    for (index, hop) in hops.iter().enumerate().rev().take(MAX_HOPS) {
        if !proxies.contain(known.0) {
            break;
        }
        // What is no address was not written by a proxy that can be trusted.
        let Some(address) = address_of(hop) else { break };
        known = (address, Some(index));
    }
    known
}

/// `192.0.2.7`, `192.0.2.7:1234`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:1234`.
fn address_of(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))?;
    Some(IpAddr::to_canonical(&address))
}

/// What counts as one client: the address, or for IPv6 its network of 64 bits, which one household or
/// machine has for itself.
pub(super) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Proxies whose headers are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    ranges: Vec<IpNet>,
    told: Arc<AtomicBool>,
}

impl TrustedProxies {
    /// Reads addresses and ranges: `10.0.0.5`, `10.1.0.0/16`, `fd00::/8`.
    ///
    /// # Errors
    /// What cannot be read, or trusts everybody.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let range = |entry: &str| {
            let range = match entry.parse::<IpAddr>() {
                Ok(address) => IpNet::from(address.to_canonical()),
                Err(_) => entry.parse().map_err(|_| {
                    format!("`{entry}` is neither an address nor a range such as 10.1.0.0/16")
                })?,
            };
            if range.prefix_len() == 0 {
                return Err(format!("`{entry}` is everybody, who could then claim to be anybody"));
            }
            Ok(range)
        };
        let ranges = entries.into_iter().map(range).collect::<Result<_, _>>()?;
        Ok(Self { ranges, told: Arc::default() })
    }

    /// Whether nobody's headers are believed.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether the headers of `peer` are believed.
    pub(super) fn contain(&self, peer: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(&peer))
    }

    /// A proxy that was forgotten in the settings is otherwise hard to find.
    fn tell_of_stranger(&self, peer: IpAddr) {
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "a request carries X-Forwarded-For, but JANGPYO_TRUSTED_PROXIES does not list who sent it; \
                 such headers are ignored, and everybody behind that address counts as one client"
            );
        }
    }
}

/// Finds out who asks, before anything else looks at the request.
pub(super) async fn identify(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let encrypted = request.extensions().get::<Arc<TlsInfo>>().is_some();
    let mut client = peer.map_or_else(Client::default, |peer| {
        Client::behind(peer, encrypted, request.headers(), &state.settings.trusted_proxies)
    });
    client.host = client.host.or_else(|| asked_host(&request));
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(peer: &str, headers: &[(&'static str, &'static str)]) -> Client {
        let proxies = TrustedProxies::parse(["10.0.0.0/8", "fd00::/8", "192.0.2.1"]).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Client::behind(peer.parse::<IpAddr>().unwrap().to_canonical(), false, &map, &proxies)
    }

    #[test]
    fn a_stranger_says_nothing_about_itself() {
        let client = behind(
            "203.0.113.9",
            &[
                ("x-forwarded-for", "127.0.0.1"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "evil.example"),
            ],
        );
        assert_eq!(client, Client { address: "203.0.113.9".parse().unwrap(), ..Client::default() });
    }

    #[test]
    fn the_last_address_that_is_not_ours_is_the_client() {
        // The browser wrote the first entry itself.
        let client = behind(
            "10.0.0.2",
            &[("x-forwarded-for", "1.1.1.1, 198.51.100.7"), ("x-forwarded-for", "192.0.2.1,10.3.3.3")],
        );
        assert_eq!(client.address, "198.51.100.7".parse::<IpAddr>().unwrap());
        for (hops, expected) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            // Rubbish is not walked over.
            ("198.51.100.7, unknown", "10.0.0.2"),
            ("198.51.100.7, unknown, 10.9.9.9", "10.9.9.9"),
            ("10.4.4.4, 10.5.5.5", "10.4.4.4"),
            ("", "10.0.0.2"),
        ] {
            let client = behind("::ffff:10.0.0.2", &[("x-forwarded-for", hops)]);
            assert_eq!(client.address, expected.parse::<IpAddr>().unwrap(), "{hops}");
            assert!(client.through_proxy);
        }
        let long: &'static str = "10.0.0.1,".repeat(5_000).leak();
        assert_eq!(behind("10.0.0.2", &[("x-forwarded-for", long)]).address.to_string(), "10.0.0.1");
    }

    #[test]
    fn the_protocol_of_the_browsers_hop_counts() {
        let secure = |hops: &'static str, protocols: &'static str| {
            behind("10.0.0.2", &[("x-forwarded-for", hops), ("x-forwarded-proto", protocols)]).secure
        };
        assert!(secure("198.51.100.7", "https"));
        assert!(!secure("198.51.100.7", "http"));
        // TLS ends at the outer proxy of two.
        assert!(secure("198.51.100.7, 10.0.0.3", "https, http"));
        // The browser wrote `https` itself, and only the last proxy adds a line.
        assert!(!secure("198.51.100.7", "https, http"));
        assert!(!behind("10.0.0.2", &[]).secure);
    }

    #[test]
    fn everybody_is_not_trusted_and_mistakes_are_named() {
        for (entry, expected) in [("0.0.0.0/0", "everybody"), ("::/0", "everybody"), ("proxy", "`proxy`")] {
            let problem = TrustedProxies::parse([entry]).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
