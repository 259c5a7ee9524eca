//! Certificates, and a TLS client that is not rustls.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::python;

/// A folder with `certificate.pem` and `key.pem` of an authority of its own.
pub(crate) struct Certificate {
    folder: tempfile::TempDir,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let certificate = Self { folder: tempfile::tempdir().unwrap() };
        certificate.renew(&[]);
        certificate
    }

    /// Another certificate and key in the same files; answers with its serial number.
    pub(crate) fn renew(&self, options: &[&str]) -> String {
        let made = Command::new(python::interpreter())
            .arg(python::script("certificate.py"))
            .arg(self.folder.path())
            .args(options)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The variables that make a server use it.
    pub(crate) fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("JANGPYO_TLS_CERTIFICATE", self.path("certificate.pem").to_str().unwrap().to_owned()),
            ("JANGPYO_TLS_KEY", self.path("key.pem").to_str().unwrap().to_owned()),
        ]
    }
}

/// A connection of Python's ssl.
pub(crate) struct TlsClient {
    process: Child,
    out: BufReader<ChildStdout>,
    /// What was agreed: version, protocol, serial number; or an error.
    pub(crate) agreed: Value,
}

impl TlsClient {
    pub(crate) fn connect(port: u16, certificate: &Certificate, options: &[&str]) -> Self {
        let mut process = Command::new(python::interpreter())
            .arg(python::script("tls_client.py"))
            .arg(port.to_string())
            .arg(certificate.path("ca.pem"))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut client =
            Self { out: BufReader::new(process.stdout.take().unwrap()), process, agreed: Value::Null };
        client.agreed = client.line();
        client
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Asks on the same connection.
    pub(crate) fn get(&mut self, path: &str) -> Value {
        writeln!(self.process.stdin.as_mut().unwrap(), "{path}").unwrap();
        self.line()
    }
}

impl Drop for TlsClient {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
