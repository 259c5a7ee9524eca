//! The gate: counts connections, in all and per client address.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum_server::accept::Accept;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::TcpStream;

use super::ListenerSettings;
use super::watched::Watched;
use crate::web::client::{TrustedProxies, network_of};
use crate::web::state::WebState;

/// How often the log is told that connections are refused.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// Places for connections.
pub(super) struct Places {
    most: usize,
    most_of_one: usize,
    proxies: TrustedProxies,
    taken: Mutex<Taken>,
    open: Gauge,
    refused: Counter<u64, AtomicU64>,
}

#[derive(Default)]
struct Taken {
    total: usize,
    /// Only addresses with a connection are in here.
    of: HashMap<IpAddr, usize>,
    told: Option<Instant>,
}

impl Places {
    /// As many places as the settings and the system allow.
    pub(super) fn new(settings: &ListenerSettings, state: &WebState) -> Arc<Self> {
        let most = match open_files() {
            // The rest is for sources, the store and files of runs.
            Some(files) if files - files / 4 < settings.max_connections => {
                tracing::warn!(
                    open_files = files,
                    connections = files - files / 4,
                    "the system allows fewer open files than JANGPYO_MAX_CONNECTIONS needs; raise the limit \
                     (`ulimit -n`, or `LimitNOFILE` in systemd)"
                );
                files - files / 4
            }
            _ => settings.max_connections,
        };
        let places = Self {
            most,
            most_of_one: settings.max_connections_per_address.min(most / 2).max(1),
            proxies: state.settings.trusted_proxies.clone(),
            taken: Mutex::default(),
            open: Gauge::default(),
            refused: Counter::default(),
        };
        state.metrics.register(|registry| {
            registry.register("jangpyo_connections_open", "Connections that are open", places.open.clone());
            registry.register(
                "jangpyo_connections_refused",
                "Connections that were closed at once, because there were too many",
                places.refused.clone(),
            );
        });
        Arc::new(places)
    }

    /// A place for a connection from `peer`, until it is dropped; `None` if there is none left.
    fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let counted = (!self.proxies.contain(peer)).then(|| network_of(peer));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_it = counted.and_then(|one| taken.of.get(&one).copied()).unwrap_or(0);
        if taken.total >= self.most || of_it >= self.most_of_one {
            self.refused.inc();
            if taken.told.is_none_or(|told| told.elapsed() > TELL_EVERY) {
                taken.told = Some(Instant::now());
                tracing::warn!(
                    %peer,
                    open = taken.total,
                    of_this_address = of_it,
                    refused = self.refused.get(),
                    "connections are refused: there are as many as JANGPYO_MAX_CONNECTIONS or \
                     JANGPYO_MAX_CONNECTIONS_PER_ADDRESS allow"
                );
            }
            return None;
        }
        taken.total += 1;
        if let Some(one) = counted {
            *taken.of.entry(one).or_default() += 1;
        }
        self.open.inc();
        Some(Place { places: Arc::clone(self), counted })
    }
}

/// How many files the system lets this process open.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The place of one connection.
pub(super) struct Place {
    places: Arc<Places>,
    counted: Option<IpAddr>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.total -= 1;
        if let Some(one) = self.counted
            && let Some(count) = taken.of.get_mut(&one)
        {
            *count -= 1;
            if *count == 0 {
                taken.of.remove(&one);
            }
        }
        drop(taken);
        self.places.open.dec();
    }
}

/// Lets connections in that have a place, and watches over them.
#[derive(Clone)]
pub(super) struct Gate {
    places: Arc<Places>,
    stall_timeout: Duration,
}

impl Gate {
    pub(super) fn new(places: Arc<Places>, stall_timeout: Duration) -> Self {
        Self { places, stall_timeout }
    }

    fn admit(&self, stream: TcpStream) -> std::io::Result<Watched> {
        let peer = stream.peer_addr()?;
        let Some(place) = self.places.take(peer.ip()) else {
            return Err(std::io::Error::other("too many connections"));
        };
        // Answers are written whole; waiting for more only makes them late.
        stream.set_nodelay(true)?;
        Ok(Watched::new(stream, place, self.stall_timeout))
    }
}

impl<S> Accept<TcpStream, S> for Gate {
    type Stream = Watched;
    type Service = S;
    type Future = Ready<std::io::Result<(Watched, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(stream).map(|stream| (stream, service)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(most: usize, most_of_one: usize) -> Arc<Places> {
        Arc::new(Places {
            most,
            most_of_one,
            proxies: TrustedProxies::parse(["10.0.0.1"]).unwrap(),
            taken: Mutex::default(),
            open: Gauge::default(),
            refused: Counter::default(),
        })
    }

    fn take(places: &Arc<Places>, peer: &str) -> Option<Place> {
        places.take(peer.parse().unwrap())
    }

    #[test]
    fn one_address_cannot_keep_the_others_out() {
        let places = places(5, 2);
        let held: Vec<Place> = (0..9).filter_map(|_| take(&places, "192.0.2.1")).collect();
        assert_eq!(held.len(), 2);
        assert!(take(&places, "::ffff:192.0.2.1").is_none(), "the same address in other clothes");
        let _other = take(&places, "192.0.2.2").expect("somebody else has a place");
        drop(held);
        assert!(take(&places, "192.0.2.1").is_some(), "places come back");
        assert_eq!(places.refused.get(), 8);
    }

    #[test]
    fn a_proxy_may_take_all_places_and_nothing_is_kept_of_who_left() {
        let places = places(5, 2);
        let held: Vec<Place> = (0..9).filter_map(|_| take(&places, "10.0.0.1")).collect();
        assert_eq!(held.len(), 5);
        assert!(take(&places, "192.0.2.2").is_none(), "all are taken");
        drop(held);
        let many: Vec<Place> =
            (0..5).filter_map(|n| take(&places, &format!("2001:db8:0:{n}::{n}"))).collect();
        assert_eq!(many.len(), 5);
        drop(many);
        let taken = places.taken.lock().unwrap();
        assert_eq!((taken.total, taken.of.len(), places.open.get()), (0, 0, 0));
    }
}
