//! Sites that may have reports inside of their pages.

use url::Url;

/// Whether a text is a site as browsers write it: `https://host` or `https://host:port`, without the
/// usual port and in lower case. Without TLS only on this machine.
pub fn is_origin(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    // A pattern of hosts is no host, though it can be read as one.
    let pattern = url.host_str().is_none_or(|host| host.contains('*'));
    // What is written differently would also compare differently.
    scheme && !pattern && url.origin().ascii_serialization() == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_written_as_browsers_write_them() {
        for fine in [
            "https://intranet.example.com",
            "https://a.example:8443",
            "http://127.0.0.1:9000",
            "http://localhost",
        ] {
            assert!(is_origin(fine), "{fine}");
        }
        for bad in [
            "https://intranet.example.com/",
            "https://Intranet.example.com",
            "https://a.example:443",
            "http://intranet.example.com",
            "https://*.example.com",
            "*",
            "null",
            "",
            "https://a.example; script-src *",
            "https://a.example https://b.example",
            "data:text/html,x",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
