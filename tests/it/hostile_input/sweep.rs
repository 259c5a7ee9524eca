//! Every place of every address, with every hostile value.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

use super::checks::{complaint, is_no_request};
use super::payloads::{Payload, encoded};
use super::routes::Route;
use super::wire::{Answer, Request};

/// Headers that somebody may read. Each is sent to the addresses of [`HEADER_ROUTES`].
const HEADERS: [&str; 20] = [
    "host",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-user",
    "forwarded",
    "x-request-id",
    "x-original-url",
    "accept",
    "accept-language",
    "cookie",
    "idempotency-key",
    "origin",
    "referer",
    "user-agent",
    "if-none-match",
    "content-type",
    "authorization",
    "sec-fetch-site",
    "x-csrf-token",
];
const HEADER_ROUTES: [&str; 6] =
    ["GET /", "GET /login", "GET /account", "POST /users", "GET /api/v1/me", "POST /account/tokens"];

/// Somebody who asks.
pub(super) struct Asker {
    pub(super) who: &'static str,
    pub(super) cookies: String,
    pub(super) csrf: String,
    /// What a proxy adds.
    pub(super) headers: Vec<(&'static str, &'static str)>,
    /// Of the values at each place, every this many; the first differs from place to place.
    pub(super) every: usize,
    /// The same where an answer costs the engine's time.
    pub(super) every_that_works: usize,
}

/// A server, and what stands for the segments of its addresses.
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) segments: BTreeMap<&'static str, String>,
    /// What no answer may name.
    pub(super) inside: String,
}

/// One request with one hostile value in it.
struct Attempt {
    place: String,
    request: Request,
    payload: Payload,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) attempts: usize,
    pub(super) took: std::time::Duration,
    pub(super) statuses: BTreeMap<u16, usize>,
    /// How many HTTP itself refused.
    pub(super) no_requests: usize,
    pub(super) complaints: Vec<String>,
}

impl Target {
    /// Sends everything, a few at a time.
    pub(super) async fn sweep(&self, asker: &Asker, routes: &[Route], payloads: &[Payload]) -> Outcome {
        use futures::StreamExt as _;
        let attempts: Vec<Attempt> =
            routes.iter().flat_map(|route| self.attempts(asker, route, payloads)).collect();
        let answers = futures::stream::iter(&attempts)
            .map(async |attempt| (attempt, attempt.request.send(self.address).await))
            .buffer_unordered(8);
        let (begun, mut outcome) = (std::time::Instant::now(), Outcome::default());
        futures::pin_mut!(answers);
        while let Some((attempt, answer)) = answers.next().await {
            outcome.count(attempt, &answer, &self.inside, asker.who);
        }
        outcome.took = begun.elapsed();
        outcome
    }

    fn attempts(&self, asker: &Asker, route: &Route, payloads: &[Payload]) -> Vec<Attempt> {
        let (mut attempts, mut place_number) = (Vec::new(), 0);
        let every = if route.works { asker.every_that_works } else { asker.every };
        let mut at = |place: String, make: &dyn Fn(&Payload, usize) -> Option<Request>| {
            place_number += 1;
            let chosen =
                payloads.iter().enumerate().filter(|(n, _)| (n + place_number).is_multiple_of(every));
            attempts.extend(chosen.filter_map(|(n, payload)| {
                let request = make(payload, place_number * 1000 + n)?;
                Some(Attempt {
                    place: format!("{} {} {place}", route.method, route.path),
                    request,
                    payload: payload.clone(),
                })
            }));
        };
        for segment in route.segments() {
            at(format!("{{{segment}}}"), &|payload, n| {
                Some(self.request(asker, route, n, Some((&segment, &payload.encoded)), b""))
            });
            // Endings make files of them.
            at(format!("{{{segment}}}.pdf"), &|payload, n| {
                let value = [&payload.encoded[..], b".pdf"].concat();
                Some(self.request(asker, route, n, Some((&segment, &value)), b""))
            });
        }
        for name in route.query.iter().map(String::as_str).chain(["no_such"]) {
            let forms: &[&str] = if name == "no_such" { &["=", "[]=", "=1&no_such="] } else { &["="] };
            for form in forms {
                at(format!("?{name}{form}"), &|payload, n| {
                    let query = [b"?", name.as_bytes(), form.as_bytes(), &payload.encoded].concat();
                    Some(self.request(asker, route, n, None, &query))
                });
            }
        }
        at("as a name behind ?".into(), &|payload, n| {
            Some(self.request(asker, route, n, None, &[b"?", &payload.encoded[..], b"=1&="].concat()))
        });
        for (field, _) in route.form.iter().chain(&[("csrf", "")]).filter(|_| route.method == "POST") {
            if route.body.is_none() {
                at(format!("field {field}"), &|payload, n| Some(self.form(asker, route, n, field, payload)));
            }
        }
        for path in route.body.iter().flat_map(|body| leaves(body, &[])) {
            at(format!("body {}", path.join(".")), &|payload, n| {
                Some(self.json(asker, route, n, &path, payload))
            });
        }
        if HEADER_ROUTES.contains(&format!("{} {}", route.method, route.path).as_str()) {
            for header in HEADERS {
                at(format!("header {header}"), &|payload, n| self.header(asker, route, n, header, payload));
            }
        } else if route.path.ends_with("/runs") && route.method == "POST" {
            at("header idempotency-key".into(), &|payload, n| {
                self.header(asker, route, n, "idempotency-key", payload)
            });
        }
        attempts
    }

    /// A request as it should be, but for one segment and the part behind `?`.
    fn request(
        &self,
        asker: &Asker,
        route: &Route,
        n: usize,
        other: Option<(&str, &[u8])>,
        query: &[u8],
    ) -> Request {
        let mut target = Vec::new();
        for part in route.path.trim_start_matches('/').split('/') {
            target.push(b'/');
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            match (name, other) {
                (Some(name), Some((wanted, value))) if name == wanted => target.extend(value),
                (Some(name), _) => target.extend(self.segment(route, name).bytes()),
                (None, _) => target.extend(part.bytes()),
            }
        }
        target.extend(query);
        if route.path.starts_with("/embed/") && !query.starts_with(b"?token") {
            let token = self.segment(route, "embed");
            target.extend(format!("{}token={token}", if query.is_empty() { "?" } else { "&" }).bytes());
        }
        let mut request = Request::new(&route.method, target);
        for (name, value) in &asker.headers {
            request = request.with(name, *value);
        }
        if !asker.cookies.is_empty() {
            request = request.with("cookie", asker.cookies.as_str());
        }
        if route.method == "GET" {
            return request;
        }
        // Who logs out asks nothing more.
        if route.path != "/logout" {
            request = request.with("x-csrf-token", asker.csrf.as_str());
        }
        if route.path.ends_with("/runs") {
            request = request.with("idempotency-key", format!("key-{n}"));
        }
        if let Some(body) = &route.body {
            request.body = body.to_string().replace("{n}", &n.to_string()).into_bytes();
            return request.with("content-type", "application/json");
        }
        let fields: Vec<String> = route
            .form
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace("{n}", &n.to_string())))
            .collect();
        request.body = fields.join("&").into_bytes();
        request.with("content-type", "application/x-www-form-urlencoded")
    }

    fn segment(&self, route: &Route, name: &str) -> &str {
        // A theme's file has another name than one of the program.
        let name = if route.path.starts_with("/themes") && name == "file" { "theme-file" } else { name };
        let name = if route.path.starts_with("/setup") { "setup" } else { name };
        self.segments.get(name).unwrap_or_else(|| panic!("nothing stands for {{{name}}}"))
    }

    fn form(&self, asker: &Asker, route: &Route, n: usize, field: &str, payload: &Payload) -> Request {
        let mut request = self.request(asker, route, n, None, b"");
        if field == "csrf" {
            request.headers.retain(|(name, _)| name != "x-csrf-token");
        }
        let fields = route.form.iter().filter(|(name, _)| *name != field);
        let mut body: Vec<u8> = fields
            .flat_map(|(name, value)| {
                format!("{name}={}&", value.replace("{n}", &n.to_string())).into_bytes()
            })
            .collect();
        body.extend(field.bytes());
        body.push(b'=');
        body.extend(&payload.encoded);
        request.body = body;
        request
    }

    fn json(&self, asker: &Asker, route: &Route, n: usize, path: &[String], payload: &Payload) -> Request {
        let mut request = self.request(asker, route, n, None, b"");
        let mut body: Value = serde_json::from_slice(&request.body).unwrap();
        let leaf = path.iter().fold(&mut body, |value, key| match value {
            Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
            value => &mut value[key.as_str()],
        });
        // A number that is one, as such: it may be beyond what fits.
        let text = payload.text();
        *leaf = serde_json::from_str::<Value>(&text)
            .ok()
            .filter(|_| n.is_multiple_of(2))
            .unwrap_or(Value::String(text));
        request.body = body.to_string().into_bytes();
        request
    }

    fn header(
        &self,
        asker: &Asker,
        route: &Route,
        n: usize,
        header: &str,
        payload: &Payload,
    ) -> Option<Request> {
        if !payload.fits_header() {
            return None;
        }
        let mut request = self.request(asker, route, n, None, b"");
        let value = match header {
            // Names of hosts that would be ours, with something behind them.
            "host" | "x-forwarded-host" => [b"127.0.0.1:80", &payload.value[..]].concat(),
            "cookie" => {
                let words =
                    ["lang=", "; theme=", "; window=", "; jangpyo-visit=", "; jangpyo-attempt=", "; x="];
                let mut all = [asker.cookies.as_bytes(), b"; "].concat();
                all.extend(words.iter().flat_map(|word| [word.as_bytes(), &payload.value[..]].concat()));
                all
            }
            "origin" if n.is_multiple_of(2) => {
                [b"http://", &encoded(self.address.to_string().as_bytes())[..], &payload.value].concat()
            }
            _ => payload.value.clone(),
        };
        request.headers.retain(|(name, _)| name != header);
        Some(request.with(header, value))
    }
}

/// The way to each value of a body that is no object and no list.
fn leaves(body: &Value, way: &[String]) -> Vec<Vec<String>> {
    let deeper = |key: String, value: &Value| leaves(value, &[way, &[key]].concat());
    match body {
        Value::Object(map) => map.iter().flat_map(|(key, value)| deeper(key.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(index, value)| deeper(index.to_string(), value)).collect()
        }
        _ => vec![way.to_vec()],
    }
}

impl Outcome {
    fn count(&mut self, attempt: &Attempt, answer: &Answer, inside: &str, who: &str) {
        self.attempts += 1;
        *self.statuses.entry(answer.status).or_default() += 1;
        self.no_requests += usize::from(is_no_request(answer));
        if let Some(complaint) = complaint(answer, &attempt.payload, inside) {
            let payload: String = attempt.payload.text().chars().take(60).collect();
            let complaint: String = complaint.chars().take(600).collect();
            self.complaints.push(format!("{who}: {} with {payload:?}: {complaint}", attempt.place));
        }
    }

    pub(super) fn tell(&self, who: &str) {
        println!(
            "{who}: {} attempts in {:.0} s, {} refused by HTTP itself, by status {:?}",
            self.attempts,
            self.took.as_secs_f32(),
            self.no_requests,
            self.statuses
        );
    }
}
