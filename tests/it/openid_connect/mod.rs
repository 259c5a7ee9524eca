//! Signing in with OpenID Connect: at a real provider, and at one that lies.

mod lying;
mod real;
mod refused;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use jangpyo::identity::ServerKey;
use jangpyo::identity::oidc::{Begun, Oidc, OidcSettings, Secret};
use serde_json::Value;

const BASE: &str = "https://reports.example.com/bi/";

/// A provider in a process of its own.
struct ProviderProcess {
    process: Child,
    out: BufReader<ChildStdout>,
    issuer: String,
}

impl ProviderProcess {
    fn start(command: &mut Command) -> Self {
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the provider prints where it is");
        Self { process, out, issuer: ready["issuer"].as_str().unwrap().to_owned() }
    }

    /// Sends a line and reads the answer.
    fn tell(&mut self, wish: &Value) -> Value {
        writeln!(self.process.stdin.as_mut().unwrap(), "{wish}").unwrap();
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn client(&self, change: impl FnOnce(&mut OidcSettings)) -> Oidc {
        let mut settings = OidcSettings::new(&self.issuer, "jangpyo", BASE.parse().unwrap()).unwrap();
        settings.client_secret = Some(Secret::new("a secret/with:signs+"));
        change(&mut settings);
        Oidc::new(settings, &key()).unwrap()
    }
}

/// The server's key.
fn key() -> ServerKey {
    ServerKey::from_text(&"k".repeat(32)).unwrap()
}

impl Drop for ProviderProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A value of the query.
fn value(begun: &Begun, name: &str) -> String {
    let mut pairs = begun.url.query_pairs();
    pairs.find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name} in {}", begun.url)).1.into_owned()
}
