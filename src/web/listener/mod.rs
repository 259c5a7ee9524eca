//! Takes connections: TLS, and limits on clients that are slow, silent or too many.
//!
//! A connection passes the gate ([`places`]), which counts it, then TLS where it ends here, then HTTP
//! with its own limits. What a client can make the server keep is bounded at each step: places, the
//! size of a head, the time for head, body and answer, the streams of HTTP/2.

mod answers;
mod bodies;
mod places;
mod redirect;
mod settings;
mod tls;
mod validity;
mod watched;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Control, Handle, Server};
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;

pub(super) use answers::end_stalled_streams;
pub(super) use bodies::end_slow_bodies;
use places::{Gate, Places};
pub use settings::{ListenerSettings, RedirectSettings, TlsFiles};
pub use tls::TlsError;

use super::router::router;
use super::state::WebState;

/// Room for the longest address ([`WebSettings::url_limit_bytes`](super::WebSettings)), cookies and
/// what browsers add; the longest head that hyper keeps in memory.
const HEAD_BYTES: usize = 64 * 1024;
/// More than a dashboard has panels.
const STREAMS: u32 = 128;
/// Streams that a client opened and took back, and that are still being put away; a flood of those
/// ends the connection.
const RESET_STREAMS: usize = 64;
/// A proxy's connections wait longer between requests than browsers' need to. 75 seconds is what load
/// balancers expect, which would otherwise use a connection that is just being closed.
const PROXY_HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// What the system keeps of an answer that a client does not take. Smaller than what it would choose
/// itself, so that a slow client is told from one that takes nothing: at this size whoever takes 3 kB
/// per second counts as taking.
const SEND_BUFFER_BYTES: u32 = 256 * 1024;
const BACKLOG: u32 = 1024;

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {cause}; choose another with {setting}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: std::io::Error,
        /// What changes the address.
        setting: &'static str,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Bound addresses, ready to take connections.
pub struct Listener {
    main: TcpListener,
    tls: Option<RustlsConfig>,
    plain: Option<TcpListener>,
    settings: ListenerSettings,
}

impl Listener {
    /// Binds the addresses and reads the certificate.
    ///
    /// # Errors
    /// An address is taken, or the certificate cannot be used.
    pub fn open(address: SocketAddr, settings: &ListenerSettings) -> Result<Self, ListenError> {
        let tls = settings.tls.as_ref().map(tls::load).transpose()?.map(RustlsConfig::from_config);
        let main = bind(address, "--listen")?;
        let plain = settings.redirect.as_ref();
        let plain = plain.map(|plain| bind(plain.address, "JANGPYO_HTTP_REDIRECT_LISTEN")).transpose()?;
        Ok(Self { main, tls, plain, settings: settings.clone() })
    }

    /// The address browsers reach, with the port that the system chose.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.main.local_addr()
    }
}

fn bind(address: SocketAddr, setting: &'static str) -> Result<TcpListener, ListenError> {
    let bound = || {
        let socket = if address.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() }?;
        socket.set_reuseaddr(true)?;
        // Connections inherit it.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bound().map_err(|cause| ListenError::Bind { address, cause, setting })
}

/// Answers requests until `stop`; requests under way then have `grace` to finish.
///
/// # Errors
/// When a listener fails for good.
pub async fn serve(
    listener: Listener,
    state: WebState,
    stop: CancellationToken,
    grace: Duration,
) -> std::io::Result<()> {
    let Listener { main, tls, plain, settings } = listener;
    let places = Places::new(&settings, &state);
    let gate = Gate::new(Arc::clone(&places), settings.stall_timeout);
    let control = Control::new();
    let proxied = !state.settings.trusted_proxies.is_empty();
    let head_timeout =
        if proxied { settings.head_timeout.max(PROXY_HEAD_TIMEOUT) } else { settings.head_timeout };

    let port = main.local_addr()?.port();
    let (limits, hosts) = (state.settings.limits.clone(), state.settings.allowed_hosts.clone());
    let router = router(state);
    let follow = settings
        .tls
        .clone()
        .zip(tls.clone())
        .map(|(files, config)| tokio::spawn(tls::follow(files, config, stop.clone())));
    let tidy = tokio::spawn(async move { limits.forget_the_quiet().await });
    let handle = || Handle::with_control(control.clone());
    let main = async {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = Server::<SocketAddr>::from_listener(main).handle(handle());
        match tls {
            Some(config) => {
                let acceptor = RustlsAcceptor::new(config).acceptor(gate.clone());
                limited(server.acceptor(acceptor), &settings, head_timeout).serve(service).await
            }
            None => limited(server.acceptor(gate.clone()), &settings, head_timeout).serve(service).await,
        }
    };
    let plain = async {
        let Some((listener, plain)) = plain.zip(settings.redirect.clone()) else { return Ok(()) };
        let service = redirect::router(plain, hosts, port).into_make_service();
        let server = Server::<SocketAddr>::from_listener(listener).handle(handle());
        limited(server.acceptor(gate.clone()), &settings, settings.head_timeout).serve(service).await
    };
    let stopping = async {
        stop.cancelled().await;
        // A client that never closes its connection must not keep the server from stopping.
        control.graceful_shutdown(Some(grace));
        std::future::pending::<()>().await;
    };
    let served = tokio::select! {
        served = async { tokio::try_join!(main, plain) } => served.map(|_| ()),
        () = stopping => Ok(()),
    };
    tidy.abort();
    if let Some(follow) = follow {
        follow.abort();
    }
    served
}

/// The server with the limits of HTTP.
fn limited<A>(
    mut server: Server<SocketAddr, A>,
    settings: &ListenerSettings,
    head_timeout: Duration,
) -> Server<SocketAddr, A> {
    let http = server.http_builder();
    http.http1().header_read_timeout(head_timeout).max_buf_size(HEAD_BYTES);
    http.http2()
        .max_header_list_size(HEAD_BYTES as u32)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESET_STREAMS)
        .max_local_error_reset_streams(RESET_STREAMS)
        .keep_alive_interval(settings.head_timeout)
        .keep_alive_timeout(settings.head_timeout);
    server
        .first_request_timeout(settings.head_timeout)
        .accept_error_handler(|peer, error| tracing::debug!(?peer, %error, "a connection was not taken"))
}
