//! How often one client may ask.
//!
//! The limits end floods; they are not for sharing the machine fairly, which the queues of the engine
//! do. So they stand far above what people do: somebody who opens a dashboard of twelve panels every
//! second for half a minute meets none, nor do 200 people behind one address who open one all at once.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::client::{Client, network_of};
use super::error::WebError;
use super::state::WebState;
use super::visitor::Visitor;
use super::words::Words;
use crate::access::Person;

/// Budgets per client are kept under a hash with this many values, so that a flood of addresses cannot
/// fill memory. Two of a thousand clients share a budget with a chance of one in two; neither meets
/// another's flood but with a chance of one in a quarter of a million.
const KEYS: u64 = 1 << 18;
/// How often budgets that are full again are forgotten.
const FORGET_EVERY: Duration = Duration::from_mins(1);

/// Requests per second in the long run, and how many may come at once. Written as `20/400`, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(Option<(NonZeroU32, NonZeroU32)>);

impl Rate {
    /// A rate; zero of either is no limit.
    pub fn new(per_second: u32, at_once: u32) -> Self {
        Self(NonZeroU32::new(per_second).zip(NonZeroU32::new(at_once)))
    }
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self(None));
        }
        let (per_second, at_once) = text.split_once('/').ok_or("a slash is missing")?;
        let number =
            |text: &str| text.trim().parse::<NonZeroU32>().map_err(|_| "numbers from 1 on are needed");
        Ok(Self(Some((number(per_second)?, number(at_once)?))))
    }
}

/// How often one client may ask.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Lists and other cheap pages, of one address.
    pub address_pages: Rate,
    /// Dashboards, panels and files, of one address.
    pub address_work: Rate,
    /// Attempts to sign in, from one address.
    pub address_logins: Rate,
    /// Cheap pages, of one person from wherever.
    pub person_pages: Rate,
    /// Dashboards, panels and files, of one person.
    pub person_work: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            address_pages: Rate::new(50, 1000),
            address_work: Rate::new(100, 4000),
            // Who has forgotten a password tries a few; 200 people sign in within a few minutes.
            address_logins: Rate::new(1, 300),
            person_pages: Rate::new(10, 200),
            person_work: Rate::new(20, 400),
        }
    }
}

/// What a request costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    /// Files of the program, which browsers keep, and probes.
    Nothing,
    Page,
    Work,
    Login,
}

/// Where what is asked needs the engine.
const WORK: [&str; 6] =
    ["/reports/", "/artefacts/", "/share/", "/embed/", "/api/v1/reports/", "/api/v1/datasets/"];

impl Cost {
    /// Everything that asks the engine is work; what nobody has named here is a page.
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let is_below = |place: &str| path.starts_with(place);
        if ["/static/", "/themes/", "/favicon.", "/healthz", "/readyz"].into_iter().any(is_below) {
            Self::Nothing
        // Whoever begins an attempt elsewhere makes us ask the provider.
        } else if (is_below("/login") && request.method() == Method::POST) || path == "/login/oidc" {
            Self::Login
        } else if WORK.into_iter().any(is_below) {
            Self::Work
        } else {
            Self::Page
        }
    }
}

struct Budget(Option<DefaultKeyedRateLimiter<u64>>);

impl Budget {
    fn new(rate: Rate) -> Self {
        Self(rate.0.map(|(per_second, at_once)| {
            RateLimiter::keyed(Quota::per_second(per_second).allow_burst(at_once))
        }))
    }

    /// Takes one from the budget of `key`; if it is used up, says how long until there is one.
    fn take(&self, key: u64) -> Result<(), Duration> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(&key).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

/// The budgets of all clients. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Limits(Arc<Budgets>);

struct Budgets {
    /// Unknown to clients, so that nobody can choose whose budget to share.
    hasher: RandomState,
    address_pages: Budget,
    address_work: Budget,
    address_logins: Budget,
    person_pages: Budget,
    person_work: Budget,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits")
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(&Rates::default())
    }
}

impl Limits {
    /// Full budgets for everybody.
    pub fn new(rates: &Rates) -> Self {
        Self(Arc::new(Budgets {
            hasher: RandomState::new(),
            address_pages: Budget::new(rates.address_pages),
            address_work: Budget::new(rates.address_work),
            address_logins: Budget::new(rates.address_logins),
            person_pages: Budget::new(rates.person_pages),
            person_work: Budget::new(rates.person_work),
        }))
    }

    fn take_of_address(&self, client: &Client, cost: Cost) -> Result<(), Duration> {
        let budget = match cost {
            Cost::Nothing => return Ok(()),
            // Who sits at this machine need not be kept from it; attempts to sign in may come through
            // a proxy that nobody told us of.
            Cost::Page | Cost::Work if client.address.is_loopback() => return Ok(()),
            Cost::Page => &self.0.address_pages,
            Cost::Work => &self.0.address_work,
            Cost::Login => &self.0.address_logins,
        };
        budget.take(self.0.hasher.hash_one(network_of(client.address)) % KEYS)
    }

    fn take_of_person(&self, person: &Person, cost: Cost) -> Result<(), Duration> {
        let budget = match cost {
            Cost::Nothing | Cost::Login => return Ok(()),
            Cost::Page => &self.0.person_pages,
            Cost::Work => &self.0.person_work,
        };
        budget.take(self.0.hasher.hash_one(&person.name) % KEYS)
    }

    /// Forgets budgets that are full again, for ever.
    pub(super) async fn forget_the_quiet(&self) {
        let Budgets { address_pages, address_work, address_logins, person_pages, person_work, .. } = &*self.0;
        loop {
            tokio::time::sleep(FORGET_EVERY).await;
            for budget in [address_pages, address_work, address_logins, person_pages, person_work] {
                if let Some(limiter) = &budget.0 {
                    limiter.retain_recent();
                    limiter.shrink_to_fit();
                }
            }
        }
    }
}

/// Lets a request through if its address has not asked too often.
pub(super) async fn limit_addresses(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let taken = state.settings.limits.take_of_address(&Client::of(&request), Cost::of(&request));
    answer(taken, request, next).await
}

/// Lets a request through if who signed in has not asked too often; who did not counts by address only.
/// Stands inside of what finds out who it is.
pub(super) async fn limit_people(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let taken = match request.extensions().get::<Person>() {
        Some(person) => state.settings.limits.take_of_person(person, Cost::of(&request)),
        None => Ok(()),
    };
    answer(taken, request, next).await
}

async fn answer(taken: Result<(), Duration>, request: Request, next: Next) -> Response {
    let Err(wait) = taken else { return next.run(request).await };
    // Rounded up: asking again a moment too early would only cost another refusal.
    let seconds = wait.as_secs() + 1;
    let visitor = Visitor::of(request.uri().query(), request.headers());
    let words = Words::of(visitor.locale.unwrap_or_default());
    let mut response = WebError::of(StatusCode::TOO_MANY_REQUESTS)
        .saying(super::words::fill_count(words.too_many_requests(), seconds))
        .into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn client(address: &str) -> Client {
        Client { address: address.parse().unwrap(), ..Client::default() }
    }

    fn cost(method: &str, path: &str) -> Cost {
        Cost::of(&Request::builder().method(method).uri(path).body(Body::empty()).unwrap())
    }

    #[test]
    fn what_asks_the_engine_is_work() {
        assert_eq!(cost("GET", "/reports/weekly/panels/trend.csv?x=1"), Cost::Work);
        assert_eq!(cost("GET", "/reports/weekly.pdf"), Cost::Work);
        assert_eq!(cost("GET", "/api/v1/reports/weekly/data"), Cost::Work);
        assert_eq!(cost("POST", "/api/v1/datasets/sales/query"), Cost::Work);
        assert_eq!(cost("GET", "/"), Cost::Page);
        assert_eq!(cost("GET", "/nothing"), Cost::Page);
        assert_eq!(cost("GET", "/static/app.js?v=1"), Cost::Nothing);
        assert_eq!(
            (cost("GET", "/login/oidc?next=/"), cost("GET", "/login/oidc/callback")),
            (Cost::Login, Cost::Page)
        );
        assert_eq!((cost("POST", "/login"), cost("GET", "/login")), (Cost::Login, Cost::Page));
    }

    #[test]
    fn rates_are_read_and_mistakes_are_named() {
        assert_eq!("20/400".parse(), Ok(Rate::new(20, 400)));
        assert_eq!("off".parse(), Ok(Rate(None)));
        for wrong in ["20", "0/5", "5/0", "x/y", "", "-1/5"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }

    /// How many of `wanted` requests at once are let through.
    fn let_through(wanted: usize, take: impl Fn() -> Result<(), Duration>) -> usize {
        (0..wanted).filter(|_| take().is_ok()).count()
    }

    #[test]
    fn two_hundred_people_behind_one_address_open_a_dashboard_at_once() {
        let limits = Limits::default();
        let office = client("203.0.113.1");
        let asked = 200 * 13;
        assert_eq!(let_through(asked, || limits.take_of_address(&office, Cost::Work)), asked);
        assert_eq!(let_through(400, || limits.take_of_address(&office, Cost::Page)), 400);
        assert_eq!(let_through(200, || limits.take_of_address(&office, Cost::Login)), 200);
        // And one person hurries through thirty of them.
        let person = Person { name: "kim".into(), ..Person::default() };
        assert_eq!(let_through(30 * 13, || limits.take_of_person(&person, Cost::Work)), 30 * 13);
    }

    #[test]
    fn a_flood_ends_and_nobody_else_feels_it() {
        let limits = Limits::default();
        let flood = client("203.0.113.1");
        let through = let_through(200_000, || limits.take_of_address(&flood, Cost::Work));
        assert!((4_000..20_000).contains(&through), "{through}");
        let wait = limits.take_of_address(&flood, Cost::Work).unwrap_err();
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        limits.take_of_address(&client("203.0.113.2"), Cost::Work).unwrap();
        limits.take_of_address(&flood, Cost::Page).unwrap();
    }

    #[test]
    fn a_network_of_ipv6_is_one_client_and_this_machine_is_none_but_for_logins() {
        let limits = Limits::new(&Rates {
            address_work: Rate::new(1, 3),
            address_logins: Rate::new(1, 3),
            ..Rates::default()
        });
        let host = |n: usize| client(&format!("2001:db8:1:2::{n:x}"));
        let through = (0..10).filter(|n| limits.take_of_address(&host(*n), Cost::Work).is_ok()).count();
        assert_eq!(through, 3);
        let here = client("127.0.0.1");
        assert_eq!(let_through(10, || limits.take_of_address(&here, Cost::Work)), 10);
        assert_eq!(let_through(10, || limits.take_of_address(&here, Cost::Login)), 3);
    }

    #[test]
    fn a_flood_of_addresses_does_not_fill_memory() {
        let limits = Limits::default();
        for n in 0..1_000_000_u128 {
            let address = std::net::Ipv6Addr::from_bits(0x2001_0db8 << 96 | n << 64);
            let _ = limits.take_of_address(&client(&address.to_string()), Cost::Page);
        }
        let kept = limits.0.address_pages.0.as_ref().unwrap().len();
        assert!(kept <= KEYS as usize, "{kept}");
    }
}
