//! Files into a folder of an SFTP server.

use std::sync::Arc;
use std::time::Duration;

use russh::client;
use russh::keys::{
    PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, decode_secret_key, parse_public_key_base64,
};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use tokio::io::AsyncWriteExt as _;

use super::{PATIENCE, Upload, with_causes};
use crate::delivery::Outcome;

/// How to reach an SFTP server. Password and key do not show in `Debug`.
#[derive(Debug, Clone)]
pub struct SftpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// How the user logs in.
    pub login: SftpLogin,
    /// The public key of the server, as in `known_hosts`: `ssh-ed25519 AAAA…`.
    pub host_key: String,
    /// What paths begin with.
    pub folder: String,
}

/// How a user logs in. Does not show in `Debug`.
#[derive(Clone)]
pub enum SftpLogin {
    /// With a password.
    Password(String),
    /// With a private key in the format of OpenSSH.
    Key(String),
}

impl std::fmt::Debug for SftpLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(…)",
            Self::Key(_) => "Key(…)",
        })
    }
}

/// An SFTP server; connects for each delivery.
#[derive(Debug, Clone)]
pub struct Sftp {
    settings: SftpSettings,
}

/// Lets in only the server with the key that was written down.
struct Pinned(PublicKey);

impl client::Handler for Pinned {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(match key {
            PublicKeyOrCertificate::PublicKey { key, .. } => key.key_data() == self.0.key_data(),
            PublicKeyOrCertificate::Certificate(_) => false,
        })
    }
}

/// Why a step failed, and whether asking again may help.
struct Trouble {
    why: String,
    is_final: bool,
}

fn for_good(why: impl Into<String>) -> Trouble {
    Trouble { why: why.into(), is_final: true }
}

fn for_now(why: impl Into<String>) -> Trouble {
    Trouble { why: why.into(), is_final: false }
}

impl Sftp {
    /// A server with these settings.
    pub fn new(settings: SftpSettings) -> Self {
        Self { settings }
    }

    /// Writes files: each under another name first, then renamed, so that nobody there reads half of one. Files that
    /// are there already are replaced.
    pub async fn put(&self, files: &[Upload]) -> Outcome {
        let size: usize = files.iter().map(|file| file.bytes.len()).sum();
        // A slow line, but not a dead one: 100 kB/s.
        let limit = PATIENCE * 2 + Duration::from_secs(size as u64 / 100_000);
        let name = format!("sftp://{}:{}", self.settings.host, self.settings.port);
        let put = async {
            let session = self.connect().await?;
            let put = self.write(&session, files).await;
            let _ = session.disconnect(russh::Disconnect::ByApplication, "", "").await;
            put
        };
        match tokio::time::timeout(limit, put).await {
            Ok(Ok(())) => Outcome::Accepted(super::written(files, &name)),
            Ok(Err(Trouble { why, is_final: true })) => Outcome::Refused(format!("{name}: {why}")),
            Ok(Err(Trouble { why, .. })) => Outcome::RefusedForNow(format!("{name}: {why}")),
            Err(_) => Outcome::RefusedForNow(format!("{name}: it took longer than {} s", limit.as_secs())),
        }
    }

    async fn connect(&self) -> Result<client::Handle<Pinned>, Trouble> {
        let SftpSettings { host, port, user, login, host_key, .. } = &self.settings;
        let key = host_key.split_whitespace().nth(1).unwrap_or_default();
        let key =
            parse_public_key_base64(key).map_err(|error| for_good(format!("its `host_key`: {error}")))?;
        let config = client::Config { inactivity_timeout: Some(PATIENCE), ..client::Config::default() };
        let connecting = client::connect(Arc::new(config), (host.as_str(), *port), Pinned(key));
        let mut session = match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(Ok(session)) => session,
            Ok(Err(russh::Error::UnknownKey)) => {
                return Err(for_good(
                    "it has another key than `host_key` says; if it was changed on purpose, write the new one",
                ));
            }
            Ok(Err(error)) => return Err(for_now(format!("connecting: {}", with_causes(&error)))),
            Err(_) => return Err(for_now("connecting: no answer in time")),
        };
        let answer = match login {
            SftpLogin::Password(password) => session.authenticate_password(user, password).await,
            SftpLogin::Key(text) => {
                let key = decode_secret_key(text, None)
                    .map_err(|error| for_good(format!("the private key cannot be read: {error}")))?;
                let hash = session.best_supported_rsa_hash().await.ok().flatten().flatten();
                let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
                session.authenticate_publickey(user, key).await
            }
        };
        match answer {
            Ok(answer) if answer.success() => Ok(session),
            Ok(_) => Err(for_good(format!("it does not let `{user}` in with this key or password"))),
            Err(error) => Err(for_now(format!("logging in: {}", with_causes(&error)))),
        }
    }

    async fn write(&self, session: &client::Handle<Pinned>, files: &[Upload]) -> Result<(), Trouble> {
        let lost = |error: russh::Error| for_now(format!("opening SFTP: {}", with_causes(&error)));
        let channel = session.channel_open_session().await.map_err(lost)?;
        channel.request_subsystem(true, "sftp").await.map_err(lost)?;
        let sftp =
            SftpSession::new(channel.into_stream()).await.map_err(|error| trouble("opening SFTP", &error))?;
        for file in files {
            let path = match self.settings.folder.trim_end_matches('/') {
                "" if self.settings.folder.starts_with('/') => format!("/{}", file.path),
                "" => file.path.clone(),
                folder => format!("{folder}/{}", file.path),
            };
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
            make_folders(&sftp, folder).await?;
            let temporary =
                if folder.is_empty() { format!(".{name}.part") } else { format!("{folder}/.{name}.part") };
            let doing = format!("writing `{path}`");
            let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
            let mut open =
                sftp.open_with_flags(&temporary, flags).await.map_err(|error| trouble(&doing, &error))?;
            let written = async {
                open.write_all(&file.bytes).await?;
                open.flush().await?;
                open.shutdown().await
            };
            written.await.map_err(|error| for_now(format!("{doing}: {error}")))?;
            // Servers of version 3 do not rename over a file that is there.
            if sftp.rename(&temporary, &path).await.is_err() {
                let _ = sftp.remove_file(&path).await;
                sftp.rename(&temporary, &path).await.map_err(|error| trouble(&doing, &error))?;
            }
        }
        let _ = sftp.close().await;
        Ok(())
    }
}

async fn make_folders(sftp: &SftpSession, folder: &str) -> Result<(), Trouble> {
    let mut path = String::new();
    for (place, part) in folder.split('/').enumerate() {
        if place > 0 {
            path.push('/');
        }
        path.push_str(part);
        if part.is_empty() || sftp.try_exists(&path).await.unwrap_or(false) {
            continue;
        }
        if let Err(error) = sftp.create_dir(&path).await {
            // Somebody else may have made it meanwhile.
            if !sftp.try_exists(&path).await.unwrap_or(false) {
                return Err(trouble(&format!("making the folder `{path}`"), &error));
            }
        }
    }
    Ok(())
}

fn trouble(doing: &str, error: &SftpError) -> Trouble {
    let why = format!("{doing}: {error}");
    match error {
        SftpError::Status(status)
            if matches!(
                status.status_code,
                StatusCode::PermissionDenied | StatusCode::NoSuchFile | StatusCode::OpUnsupported
            ) =>
        {
            for_good(why)
        }
        _ => for_now(why),
    }
}
