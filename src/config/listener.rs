//! How connections are taken: TLS, proxies, and limits on clients.

use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

use super::Variables;
use crate::web::{Limits, ListenerSettings, Rates, RedirectSettings, TlsFiles, TrustedProxies};

/// Reads what concerns connections; `base_url` says where browsers are sent.
pub(super) fn read(variables: &mut Variables<'_>, base_url: Option<&Url>) -> ListenerSettings {
    let default = ListenerSettings::default();
    let tls = tls(variables);
    let redirect = redirect(variables, base_url);
    if redirect.is_some() && tls.is_none() {
        variables.problem(
            "JANGPYO_HTTP_REDIRECT_LISTEN",
            "leads to TLS, which needs JANGPYO_TLS_CERTIFICATE and JANGPYO_TLS_KEY",
        );
    }
    let mut number = |name: &str, default: usize| {
        let number = variables.parsed(name, default, "a whole number");
        if number == 0 {
            variables.problem(name, "0 would let nobody in");
        }
        number
    };
    let max_connections = number("JANGPYO_MAX_CONNECTIONS", default.max_connections);
    let max_connections_per_address =
        number("JANGPYO_MAX_CONNECTIONS_PER_ADDRESS", default.max_connections_per_address);
    let mut seconds = |name: &str, default: Duration| {
        let limit = variables.seconds(name, default);
        if limit.is_zero() {
            variables.problem(name, "0 would end every connection at once");
        }
        limit
    };
    ListenerSettings {
        tls,
        redirect,
        max_connections,
        max_connections_per_address,
        head_timeout: seconds("JANGPYO_HEADER_TIMEOUT_SECS", default.head_timeout),
        body_timeout: seconds("JANGPYO_BODY_TIMEOUT_SECS", default.body_timeout),
        stall_timeout: seconds("JANGPYO_SEND_TIMEOUT_SECS", default.stall_timeout),
    }
}

fn tls(variables: &mut Variables<'_>) -> Option<TlsFiles> {
    let certificate = variables.path("JANGPYO_TLS_CERTIFICATE");
    let key = variables.path("JANGPYO_TLS_KEY");
    if certificate.is_some() != key.is_some() {
        variables.problem(
            if key.is_some() { "JANGPYO_TLS_CERTIFICATE" } else { "JANGPYO_TLS_KEY" },
            "is missing: certificate and key are given together or not at all",
        );
    }
    let look_every = Duration::from_secs(5);
    certificate.zip(key).map(|(certificate, key)| TlsFiles { certificate, key, look_every })
}

fn redirect(variables: &mut Variables<'_>, base_url: Option<&Url>) -> Option<RedirectSettings> {
    let listen = variables.text("JANGPYO_HTTP_REDIRECT_LISTEN");
    let challenges = variables.path("JANGPYO_ACME_CHALLENGES");
    if let Some(folder) = &challenges {
        if listen.is_none() {
            variables.problem("JANGPYO_ACME_CHALLENGES", "is answered on JANGPYO_HTTP_REDIRECT_LISTEN only");
        }
        if !folder.is_dir() {
            variables.problem("JANGPYO_ACME_CHALLENGES", format!("{} is no folder", folder.display()));
        }
    }
    let address = listen?;
    let authority = base_url.filter(|url| url.scheme() == "https").and_then(|url| {
        let host = url.host_str()?;
        Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    });
    let parsed = address.parse::<SocketAddr>().ok();
    if parsed.is_none() {
        variables.problem(
            "JANGPYO_HTTP_REDIRECT_LISTEN",
            format!("`{address}` is not an address and a port, such as 0.0.0.0:80"),
        );
    }
    parsed.map(|address| RedirectSettings { address, challenges, authority })
}

/// Reads whose headers are believed.
pub(super) fn trusted_proxies(variables: &mut Variables<'_>) -> TrustedProxies {
    let entries = variables.list("JANGPYO_TRUSTED_PROXIES").unwrap_or_default();
    TrustedProxies::parse(entries.iter().map(String::as_str)).unwrap_or_else(|problem| {
        variables.problem("JANGPYO_TRUSTED_PROXIES", problem);
        TrustedProxies::default()
    })
}

/// Reads how often one client may ask.
pub(super) fn limits(variables: &mut Variables<'_>) -> Limits {
    let default = Rates::default();
    let mut rate = |name, default| {
        variables.parsed(name, default, "requests per second/at once, such as 20/400, or off")
    };
    Limits::new(&Rates {
        address_pages: rate("JANGPYO_RATE_ADDRESS_PAGES", default.address_pages),
        address_work: rate("JANGPYO_RATE_ADDRESS_WORK", default.address_work),
        address_logins: rate("JANGPYO_RATE_ADDRESS_LOGINS", default.address_logins),
        person_pages: rate("JANGPYO_RATE_PERSON_PAGES", default.person_pages),
        person_work: rate("JANGPYO_RATE_PERSON_WORK", default.person_work),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(given: &[(&str, &str)]) -> String {
        let lookup =
            |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let mut variables = Variables::new(&lookup);
        read(&mut variables, None);
        trusted_proxies(&mut variables);
        limits(&mut variables);
        variables.finish().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        for (given, expected) in [
            (&[("JANGPYO_TLS_KEY", "k.pem")][..], "JANGPYO_TLS_CERTIFICATE: is missing"),
            (&[("JANGPYO_TLS_CERTIFICATE", "c.pem")], "JANGPYO_TLS_KEY: is missing"),
            (&[("JANGPYO_HTTP_REDIRECT_LISTEN", "0.0.0.0:80")], "leads to TLS"),
            (&[("JANGPYO_HTTP_REDIRECT_LISTEN", "80")], "such as 0.0.0.0:80"),
            (&[("JANGPYO_ACME_CHALLENGES", "/nowhere")], "/nowhere is no folder"),
            (&[("JANGPYO_TRUSTED_PROXIES", "10.0.0.1, proxy")], "`proxy` is neither"),
            (&[("JANGPYO_RATE_PERSON_WORK", "fast")], "such as 20/400"),
            (&[("JANGPYO_MAX_CONNECTIONS", "0")], "nobody"),
            (&[("JANGPYO_SEND_TIMEOUT_SECS", "0")], "at once"),
        ] {
            let said = problems(given);
            assert!(said.contains(expected), "{given:?}: {said}");
        }
        assert_eq!(problems(&[]), "");
    }
}
