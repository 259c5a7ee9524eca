//! The SQL API: statements are posted, looked after until they have ended, and their answers fetched.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::{Client, Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::credentials::Credentials;
use crate::definitions::model::SnowflakeOptions;
use crate::sources::Meter;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often a request is made that fails for now.
const ATTEMPTS: u32 = 5;

/// Between two looks at a statement that runs on: at first, and at most.
const LOOK: (Duration, Duration) = (Duration::from_millis(60), Duration::from_secs(2));

/// Why something was not answered.
#[derive(Debug)]
pub(super) enum Failure {
    Unreachable(String),
    Refused(String),
    Timeout(String),
    BadAnswer(String),
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct ColumnType {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) precision: Option<i64>,
    #[serde(default)]
    pub(super) scale: Option<i64>,
    /// How its texts compare, where that is said of the column: `en-ci`.
    #[serde(default)]
    pub(super) collation: Option<String>,
}

/// The first partition of an answer, with what is known of all.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) types: Vec<ColumnType>,
    /// How many rows each partition has.
    pub(super) partitions: Vec<usize>,
    pub(super) data: Vec<Vec<Option<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    statement_handle: Option<String>,
    result_set_meta_data: Option<MetaData>,
    #[serde(default)]
    data: Vec<Vec<Option<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MetaData {
    row_type: Vec<ColumnType>,
    #[serde(default)]
    partition_info: Vec<Partition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Partition {
    row_count: usize,
}

/// The API of one account, for one user.
#[derive(Debug)]
pub(super) struct Api {
    client: Client,
    base: Url,
    credentials: Credentials,
}

impl Api {
    pub(super) fn new(
        account: &str,
        options: &SnowflakeOptions,
        credentials: Credentials,
    ) -> Result<Self, String> {
        let host = super::host_of(account, options);
        let scheme = if options.allow_unencrypted { "http" } else { "https" };
        let base = Url::parse(&format!("{scheme}://{host}/api/v2/statements"))
            .map_err(|error| format!("`{host}` is no host: {error}"))?;
        let mut client = Client::builder()
            .user_agent(concat!("jangpyo/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE / 6)
            .timeout(PATIENCE);
        if let Some(proxy) = &options.proxy {
            client = client.proxy(reqwest::Proxy::all(proxy).map_err(|error| format!("the proxy: {error}"))?);
        }
        let client = client.build().map_err(|error| error.to_string())?;
        Ok(Self { client, base, credentials })
    }

    /// Runs a statement to its end; its handle and the first partition of its answer. Whoever stops waiting stops it.
    pub(super) async fn run(
        self: &Arc<Self>,
        body: &Value,
        limit: Duration,
        meter: &Meter,
    ) -> Result<(String, Rows), Failure> {
        // The same for every attempt, so that a statement whose taking nobody heard of does not run twice.
        let request = uuid::Uuid::now_v7();
        let mut address = self.base.clone();
        address.query_pairs_mut().append_pair("requestId", &request.to_string()).append_pair("async", "true");
        let begun = Instant::now();
        let taken = self.ask(Method::POST, &address, Some(body)).await?;
        let mut taken = understood(taken, meter).await?;
        let handle = taken.answer.statement_handle.clone();
        let handle =
            handle.ok_or_else(|| Failure::BadAnswer("a statement was taken without a handle".into()))?;
        // It costs from here on, however it ends.
        meter.name_statement(&handle);
        let running = Running { api: Arc::clone(self), handle: Some(handle.clone()) };
        let (mut pause, longest) = LOOK;
        let mut broken = 0;
        while taken.runs_on {
            if begun.elapsed() > limit {
                return Err(Failure::Timeout(format!("it ran for more than {} s", limit.as_secs())));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(longest);
            let asked = self.ask(Method::GET, &self.of(&handle, None), None).await?;
            match understood(asked, meter).await {
                Ok(now) => taken = now,
                // Broken on its way; it is still there.
                Err(Failure::BadAnswer(_)) if broken < ATTEMPTS => broken += 1,
                Err(failure) => {
                    running.ended();
                    return Err(failure);
                }
            }
        }
        running.ended();
        let about = taken.answer.result_set_meta_data;
        let about =
            about.ok_or_else(|| Failure::BadAnswer("an answer does not say what its columns are".into()))?;
        let partitions = about.partition_info.iter().map(|partition| partition.row_count).collect();
        Ok((handle, Rows { types: about.row_type, partitions, data: taken.answer.data }))
    }

    /// One of the later partitions of an answer.
    pub(super) async fn partition(
        &self,
        handle: &str,
        place: usize,
        meter: &Meter,
    ) -> Result<Vec<Vec<Option<String>>>, Failure> {
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            let asked = self.ask(Method::GET, &self.of(handle, Some(place)), None).await?;
            match understood(asked, meter).await {
                Ok(taken) => return Ok(taken.answer.data),
                // Broken on its way; it is still there.
                Err(Failure::BadAnswer(_)) if left > 0 => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    fn of(&self, handle: &str, partition: Option<usize>) -> Url {
        let mut address = self.base.clone();
        if let Ok(mut path) = address.path_segments_mut() {
            path.push(handle);
        }
        if let Some(partition) = partition {
            address.query_pairs_mut().append_pair("partition", &partition.to_string());
        }
        address
    }

    /// Makes a request until it is answered for good.
    async fn ask(&self, method: Method, address: &Url, body: Option<&Value>) -> Result<Response, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut address = address.clone();
            if attempt > 1 && body.is_some() {
                address.query_pairs_mut().append_pair("retry", "true");
            }
            let answered = self.once(method.clone(), address, body).await;
            let why = match answered {
                Ok((response, sent))
                    if response.status() == StatusCode::UNAUTHORIZED
                        && attempt < ATTEMPTS
                        && self.credentials.renew(&sent) =>
                {
                    "the token was refused".to_owned()
                }
                Ok((response, _)) => match response.status().as_u16() {
                    status @ (429 | 500 | 502..=504) if attempt < ATTEMPTS => format!("status {status}"),
                    status @ (429 | 500 | 502..=504) => {
                        return Err(Failure::Unreachable(format!(
                            "Snowflake has answered {status}, {ATTEMPTS} times"
                        )));
                    }
                    _ => return Ok(response),
                },
                Err(Failure::Unreachable(why)) if attempt < ATTEMPTS => why,
                Err(failure) => return Err(failure),
            };
            tracing::debug!(attempt, why, "asking Snowflake again");
            tokio::time::sleep(pause(attempt)).await;
        }
    }

    /// The response, and the token that was sent.
    async fn once(
        &self,
        method: Method,
        address: Url,
        body: Option<&Value>,
    ) -> Result<(Response, String), Failure> {
        let (kind, token) = self.credentials.token(SystemTime::now()).map_err(Failure::Refused)?;
        let mut request = self
            .client
            .request(method.clone(), address)
            .bearer_auth(&token)
            .header("Accept", "application/json")
            .header("X-Snowflake-Authorization-Token-Type", kind);
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        } else if method == Method::POST {
            request = request.header("Content-Type", "application/json");
        }
        let sent = request.send().await;
        let response = sent.map_err(|error| Failure::Unreachable(with_causes(&error.without_url())))?;
        Ok((response, token))
    }
}

/// Longer each time, and never the same for two.
fn pause(attempt: u32) -> Duration {
    let base = 100 * 2_u64.pow(attempt.min(5));
    Duration::from_millis(base / 2 + rand::random_range(0..=base / 2))
}

struct Taken {
    answer: Answer,
    runs_on: bool,
}

/// What a response says.
async fn understood(response: Response, meter: &Meter) -> Result<Taken, Failure> {
    let status = response.status();
    let text =
        response.bytes().await.map_err(|error| Failure::BadAnswer(with_causes(&error.without_url())))?;
    meter.add(|meter| &meter.moved, text.len() as u64);
    let answer: Result<Answer, _> = serde_json::from_slice(&text);
    if status.is_success() {
        let answer =
            answer.map_err(|error| Failure::BadAnswer(format!("an answer of Snowflake: {error}")))?;
        return Ok(Taken { answer, runs_on: status == StatusCode::ACCEPTED });
    }
    let (code, said) = match answer {
        Ok(answer) => (answer.code, answer.message),
        Err(_) => (String::new(), format!("status {}", status.as_u16())),
    };
    Err(refused(status, &code, &said))
}

/// Why Snowflake does not answer, in words that say what to do.
pub(super) fn refused(status: StatusCode, code: &str, said: &str) -> Failure {
    let said = said.trim_end_matches('.');
    let said = if code.is_empty() { said.to_owned() } else { format!("{said} ({code})") };
    match (status.as_u16(), code) {
        (408, _) | (_, "000630") => Failure::Timeout(said),
        (_, "000604") => Failure::Timeout(format!("somebody else stopped it: {said}")),
        (401, "390144") => Failure::Refused(format!(
            "Snowflake does not know the key: {said}; is the account right, and `RSA_PUBLIC_KEY` set for the user?"
        )),
        (_, "390189") => Failure::Refused(format!("{said}; grant the role to the user, names are exact")),
        (401, _) => Failure::Refused(format!("Snowflake does not let the token in: {said}; make a new one")),
        (_, "000606" | "090073" | "000607" | "390201") => Failure::Refused(format!(
            "{said}; name a `warehouse` that the role may use, and see whether a resource monitor suspends it"
        )),
        (_, "002003") => Failure::Refused(format!("{said}; names are exact, and the role must see it")),
        _ => Failure::Refused(said),
    }
}

/// A statement at work; dropped before its end, it is cancelled.
struct Running {
    api: Arc<Api>,
    handle: Option<String>,
}

impl Running {
    fn ended(mut self) {
        self.handle = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let (Some(handle), Ok(runtime)) = (self.handle.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        let api = Arc::clone(&self.api);
        runtime.spawn(async move {
            let mut address = api.of(&handle, None);
            if let Ok(mut path) = address.path_segments_mut() {
                path.push("cancel");
            }
            if let Err(failure) = api.ask(Method::POST, &address, None).await {
                tracing::warn!(
                    ?failure,
                    handle,
                    "a statement of which nobody waits for the answer could not be stopped"
                );
            }
        });
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
