//! How connections are taken.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How connections are taken.
#[derive(Debug, Clone)]
pub struct ListenerSettings {
    /// The certificate, where TLS ends here.
    pub tls: Option<TlsFiles>,
    /// A second listener that sends browsers to the encrypted one.
    pub redirect: Option<RedirectSettings>,
    /// The most connections at a time. Fewer where the system allows fewer open files.
    pub max_connections: usize,
    /// The most connections of one address at a time; never more than half of all, so that one address
    /// cannot keep the others out. Trusted proxies are not counted. The default is for 200 people behind
    /// one address, each with the six connections that browsers open over HTTP/1.1.
    pub max_connections_per_address: usize,
    /// How long a client may take to send the head of a request, and how long a connection may wait for
    /// the next one.
    pub head_timeout: Duration,
    /// How long a client may take to send the body of a request.
    pub body_timeout: Duration,
    /// How long a client may take none of an answer.
    pub stall_timeout: Duration,
}

impl Default for ListenerSettings {
    fn default() -> Self {
        Self {
            tls: None,
            redirect: None,
            max_connections: 4096,
            max_connections_per_address: 2048,
            head_timeout: Duration::from_secs(20),
            body_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_mins(1),
        }
    }
}

/// Where the certificate is. The files are read again when they change.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate and those between it and the authority, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// How often the files are looked at.
    pub look_every: Duration,
}

/// The listener without TLS.
#[derive(Debug, Clone)]
pub struct RedirectSettings {
    /// Where it listens.
    pub address: SocketAddr,
    /// The folder where an ACME client puts its answers.
    pub challenges: Option<PathBuf>,
    /// Where browsers are sent; by default the host they asked for, at the port of TLS.
    pub authority: Option<String>,
}
