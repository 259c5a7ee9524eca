//! How people log in.

use std::num::NonZeroU32;
use std::time::Duration;

use ipnet::IpNet;

use super::Variables;
use crate::identity::{IdentitySettings, LoginMethod, ProxySettings};

/// How people log in.
#[derive(Debug, Clone)]
pub struct LoginSettings {
    /// The ways, in the order they were named; none for a demo without login.
    pub ways: Vec<LoginWay>,
    /// The key of the server, where it is given; else it is kept in the state folder.
    pub secret: Option<Secret>,
    /// How long sessions last, and whom proxies may name.
    pub identity: IdentitySettings,
}

/// A way to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginWay {
    /// With a password of this server.
    Local,
    /// A proxy in front says who it is.
    Proxy,
    /// An OpenID Connect provider says who it is.
    Oidc,
}

/// A text that does not show.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl From<LoginWay> for LoginMethod {
    fn from(way: LoginWay) -> Self {
        match way {
            LoginWay::Local => Self::Local,
            LoginWay::Proxy => Self::Proxy,
            LoginWay::Oidc => Self::Oidc,
        }
    }
}

impl LoginSettings {
    /// Whether there is no login.
    pub fn is_demo(&self) -> bool {
        self.ways.is_empty()
    }
}

/// Reads `JANGPYO_LOGIN*`, `JANGPYO_SESSION_*`, `JANGPYO_PROVIDER_TRUST_DAYS` and `JANGPYO_SECRET`.
pub(super) fn read(variables: &mut Variables<'_>) -> LoginSettings {
    let mut ways = Vec::new();
    for word in variables.list("JANGPYO_LOGIN").unwrap_or_default() {
        match word.as_str() {
            "local" => ways.push(LoginWay::Local),
            "proxy" => ways.push(LoginWay::Proxy),
            "oidc" => ways.push(LoginWay::Oidc),
            other => {
                variables.problem("JANGPYO_LOGIN", format!("`{other}` is not one of local, oidc, proxy"));
            }
        }
    }
    let default = IdentitySettings::default();
    let least = Duration::from_secs(1);
    let proxy = proxy(variables, ways.contains(&LoginWay::Proxy));
    LoginSettings {
        secret: variables.text("JANGPYO_SECRET").map(Secret),
        identity: IdentitySettings {
            session_idle: variables.seconds("JANGPYO_SESSION_IDLE_SECS", default.session_idle).max(least),
            session_longest: variables
                .seconds("JANGPYO_SESSION_LONGEST_SECS", default.session_longest)
                .max(least),
            // A command beside a server may not be told the ways; it lets nobody in.
            ways: match ways.as_slice() {
                [] => default.ways.clone(),
                ways => ways.iter().copied().map(LoginMethod::from).collect(),
            },
            provider_trust_days: variables
                .parsed(
                    "JANGPYO_PROVIDER_TRUST_DAYS",
                    NonZeroU32::new(default.provider_trust_days).unwrap_or(NonZeroU32::MIN),
                    "a number of days from 1",
                )
                .get(),
            proxy,
            ..default
        },
        ways,
    }
}

fn proxy(variables: &mut Variables<'_>, wanted: bool) -> Option<ProxySettings> {
    const FROM: &str = "JANGPYO_LOGIN_PROXY_FROM";
    let ranges = variables.list(FROM);
    let user = variables.text("JANGPYO_LOGIN_PROXY_USER");
    let groups_header = variables.text("JANGPYO_LOGIN_PROXY_GROUPS");
    let claims = variables.list("JANGPYO_LOGIN_PROXY_CLAIMS").unwrap_or_default();
    if !wanted {
        if ranges.is_some() {
            variables.problem(FROM, "is given, but JANGPYO_LOGIN does not name `proxy`");
        }
        return None;
    }
    let mut from = Vec::new();
    for text in ranges.unwrap_or_default() {
        let range = text.parse::<IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
        match range {
            // Everybody could say who they are.
            Ok(range) if range.prefix_len() == 0 => {
                variables
                    .problem(FROM, format!("`{text}` are all addresses: everybody could log in as anybody"));
            }
            Ok(range) => from.push(range),
            Err(_) => {
                variables.problem(FROM, format!("`{text}` is no range of addresses, such as 10.0.0.0/24"));
            }
        }
    }
    if from.is_empty() {
        variables.problem(FROM, "is needed with `proxy`: the addresses that the proxy connects from");
    }
    let mut claim_headers = std::collections::BTreeMap::new();
    for text in claims {
        match text.split_once('=') {
            Some((claim, name)) => {
                claim_headers.insert(claim.trim().to_owned(), name.trim().to_owned());
            }
            None => variables.problem(
                "JANGPYO_LOGIN_PROXY_CLAIMS",
                format!("`{text}` is not a claim and its header, such as country=X-Country"),
            ),
        }
    }
    Some(ProxySettings {
        from,
        user_header: user.unwrap_or_else(|| "X-Forwarded-User".into()),
        groups_header,
        claim_headers,
    })
}
