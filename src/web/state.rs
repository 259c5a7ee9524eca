//! What every handler can reach.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::backend::Backend;
use super::client::TrustedProxies;
use super::limits::Limits;
use super::listener::ListenerSettings;
use super::login::Gate;
use super::metrics::Metrics;
use crate::definitions::Policy;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    /// Where answers come from.
    pub backend: Arc<dyn Backend>,
    /// How the door behaves.
    pub settings: Arc<WebSettings>,
    /// Who may come in.
    pub gate: Gate,
    /// What is counted.
    pub metrics: Metrics,
}

/// How the door behaves.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Where mail may go; whoever subscribes is told at once.
    pub policy: Policy,
    /// Host names besides `localhost` and loopback addresses that requests may carry; `*` for any.
    /// The guard against DNS rebinding of a server without login.
    pub allowed_hosts: Vec<String>,
    /// Proxies whose headers about the client are believed.
    pub trusted_proxies: TrustedProxies,
    /// The sites whose pages may have reports inside of them, each as `https://host` or `https://host:port`.
    pub embed_origins: Vec<String>,
    /// How often one client may ask.
    pub limits: Limits,
    /// How connections are taken.
    pub listener: ListenerSettings,
    /// How long a dashboard waits for panels before it is sent with placeholders for the rest.
    pub inline_budget: Duration,
    /// How long panels that were started for a page keep running after it was sent, so that the
    /// browser's own request for them can join.
    pub grace: Duration,
    /// The longest a request may take.
    pub request_timeout: Duration,
    /// The longest address accepted, in bytes.
    pub url_limit_bytes: usize,
    /// How many rows of a table a page shows; the download has all.
    pub table_rows: usize,
    /// How many runs one page lists.
    pub runs_per_page: usize,
    /// Places for PDFs being made; more wait. A long ledger takes hundreds of megabytes meanwhile.
    pub pdf_places: Arc<Semaphore>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            allowed_hosts: Vec::new(),
            trusted_proxies: TrustedProxies::default(),
            embed_origins: Vec::new(),
            limits: Limits::default(),
            listener: ListenerSettings::default(),
            inline_budget: Duration::from_millis(250),
            grace: Duration::from_secs(3),
            request_timeout: Duration::from_mins(2),
            url_limit_bytes: 16 * 1024,
            table_rows: 500,
            runs_per_page: 50,
            pdf_places: Arc::new(Semaphore::new(2)),
        }
    }
}
