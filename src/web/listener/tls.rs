//! The certificate: read, checked, and read again when its files change.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use axum_server::tls_rustls::RustlsConfig;
use chrono::{DateTime, TimeDelta, Utc};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_util::sync::CancellationToken;

use super::TlsFiles;
use super::validity::valid_until;

/// From here on the log says daily that a certificate ends; ACME clients renew 30 days before.
const WARN_BEFORE: TimeDelta = TimeDelta::days(14);

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{setting}: {} cannot be read: {cause}{}", path.display(), hint(cause))]
    Unreadable {
        /// The variable that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A file holds something else.
    #[error("{setting}: {} {problem}", path.display())]
    Content {
        /// The variable that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What it holds or lacks.
        problem: String,
    },
    /// The key is of another certificate.
    #[error(
        "JANGPYO_TLS_KEY: the key in {} does not belong to the first certificate in {}; the server's own \
         certificate comes first, those of its authorities follow",
        key.display(),
        certificate.display()
    )]
    Mismatch {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
}

fn hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::PermissionDenied => {
            "; let the user that runs the server read it, for example through its group"
        }
        io::ErrorKind::NotFound => "; is the path right, and the file mounted?",
        _ => "",
    }
}

/// Reads both files into a configuration for TLS 1.2 and later, HTTP/2 and HTTP/1.1.
pub(super) fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = chain(&files.certificate)?;
    let key = key(&files.key)?;
    if let Some(until) = chain.first().and_then(|first| valid_until(first)) {
        tell_validity(until, &files.certificate);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let content = |problem: String| TlsError::Content {
        setting: "JANGPYO_TLS_CERTIFICATE",
        path: files.certificate.clone(),
        problem,
    };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| content(format!("cannot be used: {error}")))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                TlsError::Mismatch { key: files.key.clone(), certificate: files.certificate.clone() }
            }
            error => content(format!("cannot be used: {error}")),
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|cause| TlsError::Unreadable { setting, path: path.to_owned(), cause })
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let setting = "JANGPYO_TLS_CERTIFICATE";
    let problem = |problem: String| TlsError::Content { setting, path: path.to_owned(), problem };
    let bytes = read(setting, path)?;
    let chain = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| problem(format!("is no PEM file of certificates: {error}")))?;
    if chain.is_empty() {
        let held = if String::from_utf8_lossy(&bytes).contains("PRIVATE KEY") {
            "holds a key and no certificate; are both variables the right way round?"
        } else {
            "holds no certificate (`-----BEGIN CERTIFICATE-----`)"
        };
        return Err(problem(held.into()));
    }
    Ok(chain)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let setting = "JANGPYO_TLS_KEY";
    let bytes = read(setting, path)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| {
        let text = String::from_utf8_lossy(&bytes);
        let problem = if text.contains("ENCRYPTED") {
            "holds a key that needs a passphrase; decrypt it (`openssl pkey -in … -out …`) and let only the \
             server read it"
                .to_owned()
        } else if text.contains("BEGIN CERTIFICATE") {
            "holds a certificate and no key; are both variables the right way round?".to_owned()
        } else {
            format!("holds no private key in PEM: {error}")
        };
        TlsError::Content { setting, path: path.to_owned(), problem }
    })
}

/// What a warning about `until` says at `now`; `None` while there is time.
fn ending(until: DateTime<Utc>, now: DateTime<Utc>) -> Option<&'static str> {
    if until <= now {
        Some("the certificate has expired; browsers refuse the connection")
    } else if until - now < WARN_BEFORE {
        Some("the certificate ends soon; is its renewal at work?")
    } else {
        None
    }
}

fn tell_validity(until: DateTime<Utc>, path: &Path) {
    let file = path.display();
    if let Some(problem) = ending(until, SystemTime::now().into()) {
        tracing::warn!(%file, %until, "{problem}");
    } else {
        tracing::info!(%file, %until, "certificate read");
    }
}

/// What changes when a file is replaced, wherever links lead.
type Seen = Option<(SystemTime, u64)>;

fn look(files: &TlsFiles) -> [Seen; 2] {
    [&files.certificate, &files.key].map(|path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    })
}

/// Reads the files again when they change. Open connections stay as they are. As long as the files do
/// not fit together, as between two steps of a renewal, the last certificate that worked goes on.
pub(super) async fn follow(files: TlsFiles, config: RustlsConfig, stop: CancellationToken) {
    let mut seen = look(&files);
    let mut problem = String::new();
    let mut told = tokio::time::Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(files.look_every) => {}
        }
        let (before, wanted) = (seen, files.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let now = look(&wanted);
            (now, (now != before).then(|| load(&wanted)))
        });
        let Ok((now, loaded)) = looked.await else { continue };
        seen = now;
        match loaded {
            Some(Ok(loaded)) => {
                config.reload_from_config(loaded);
                problem.clear();
                told = tokio::time::Instant::now();
            }
            // Looked at again even if nothing seems to change: a file may have been read half written.
            Some(Err(error)) => {
                seen = [None, None];
                if problem != error.to_string() {
                    tracing::error!(%error, "the new certificate cannot be used; the last one goes on");
                    problem = error.to_string();
                }
            }
            // Reading tells how long it is valid.
            None if told.elapsed() > std::time::Duration::from_hours(24) => {
                told = tokio::time::Instant::now();
                let wanted = files.clone();
                let _ = tokio::task::spawn_blocking(move || load(&wanted).map(drop)).await;
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_comes_before_the_end() {
        let until: DateTime<Utc> = "2026-11-30T00:00:00Z".parse().unwrap();
        assert_eq!(ending(until, until - TimeDelta::days(15)), None);
        assert!(ending(until, until - TimeDelta::days(13)).unwrap().contains("soon"));
        assert!(ending(until, until).unwrap().contains("expired"));
    }
}
