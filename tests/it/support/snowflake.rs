//! The double of Snowflake's SQL API, in front of fakesnow.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use serde_json::{Value, json};

use super::served::Served;

/// The keys of the doubles that run, by the names of their secrets: who asks for a secret knows no more than its name.
static KEYS: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);

pub(crate) struct Snowflake {
    served: Served,
    client: reqwest::Client,
}

impl Snowflake {
    pub(crate) fn start() -> Self {
        let served = Served::start("snowflake_api.py", &[]);
        let key = std::fs::read_to_string(served.path("key.pem")).unwrap();
        KEYS.lock().unwrap().insert(format!("key-{}", served.port()), key);
        Self { served, client: reqwest::Client::new() }
    }

    /// A secret by its name: the key of a double, or a token.
    pub(crate) fn secret(name: &str) -> Result<String, String> {
        let known = KEYS.lock().map_err(|error| error.to_string())?.get(name).cloned();
        match (known, name) {
            (Some(key), _) => Ok(key),
            (None, "pat" | "oauth" | "stale") => Ok(name.to_owned()),
            _ => Err(format!("there is no secret `{name}`")),
        }
    }

    /// Keeps a secret by a name of its own, or another one by the same name.
    pub(crate) fn keep(&self, name: &str, secret: &str) -> String {
        let name = format!("{name}-{}", self.served.port());
        KEYS.lock().unwrap().insert(name.clone(), secret.to_owned());
        name
    }

    /// It as a source: `url` and `snowflake`, with the key of its user.
    pub(crate) fn as_source(&self, more: &str) -> String {
        let key = format!("user: reports, key_secret: key-{}", self.served.port());
        self.as_source_with(&format!("{key}, role: REPORTER, warehouse: REPORTS{more}"))
    }

    /// It as a source that is asked in another way.
    pub(crate) fn as_source_with(&self, options: &str) -> String {
        let host = format!("127.0.0.1:{}", self.served.port());
        format!(
            "url: snowflake://account/WAREHOUSE/L2\nsnowflake: {{host: '{host}', allow_unencrypted: true, {options}}}\n"
        )
    }

    async fn post(&self, place: &str, body: &Value) {
        let address = format!("http://127.0.0.1:{}/double/{place}", self.served.port());
        let answer = self.client.post(address).body(body.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Does these statements in it.
    pub(crate) async fn execute(&self, statements: &[String]) {
        self.post("execute", &json!({"statements": statements})).await;
    }

    /// Roles and warehouses that there are, besides `REPORTER` and `REPORTS`.
    pub(crate) async fn know(&self, roles: &[&str], warehouses: &[&str]) {
        self.post("know", &json!({"roles": roles, "warehouses": warehouses})).await;
    }

    /// What goes wrong next.
    pub(crate) async fn faults(&self, faults: Value) {
        self.post("faults", &json!({"faults": faults})).await;
    }

    /// Answers by a piece of the statement.
    pub(crate) async fn answers(&self, answers: Value) {
        self.post("answers", &answers).await;
    }

    /// What was asked so far, and how often.
    pub(crate) async fn seen(&self) -> Value {
        let address = format!("http://127.0.0.1:{}/double/seen", self.served.port());
        self.client.get(address).send().await.unwrap().json().await.unwrap()
    }
}
