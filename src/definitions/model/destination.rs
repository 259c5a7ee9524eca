//! Where reports go besides mail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RoleName, S3Options, SecretName};
use crate::format::LocalizedText;

/// Somewhere reports go besides mail and the outbox: exactly one of a chat, a web hook, an object store and an SFTP
/// server. Secrets never stand here but by name; they come from the environment or from files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// The functional role that answers for it.
    pub owner: String,
    /// The functional roles whose reports may go there; those of every owner by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_to: Vec<RoleName>,
    /// An incoming webhook of Slack, or of a chat that takes the same messages (Mattermost, Rocket.Chat, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack: Option<ChatHook>,
    /// A workflow of Microsoft Teams that posts Adaptive Cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teams: Option<ChatHook>,
    /// Any program that takes a signed JSON message by HTTP POST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
    /// A bucket that files are written into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_store: Option<ObjectStoreDestination>,
    /// A folder of an SFTP server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sftp: Option<SftpDestination>,
}

/// The incoming webhook of a chat. Whoever knows its address can write there, so the address is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatHook {
    /// The name of the secret that holds the address, an `https://` one.
    pub url_secret: SecretName,
}

/// A program that takes signed messages, as standardwebhooks.com describes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Its address, an `https://` one without user and password.
    pub url: String,
    /// The name of the secret that messages are signed with: `whsec_` and at least 24 bytes in base64.
    pub signing_secret: SecretName,
    /// Whether the files themselves are in the message, in base64; otherwise their names, digests and addresses are.
    #[serde(default)]
    pub with_content: bool,
}

/// A bucket that files are written into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectStoreDestination {
    /// The bucket and what every path begins with: `s3://bucket/prefix`, `gs://…` or `az://…`. Credentials come from
    /// the environment, as those of sources do.
    pub url: String,
    /// How to reach an S3 endpoint; only with `s3://`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3: Option<S3Options>,
}

/// A folder of an SFTP server. One of `password_secret` and `key_secret` is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SftpDestination {
    /// The name of the server.
    pub host: String,
    /// Its port.
    #[serde(default = "ssh_port")]
    pub port: u16,
    /// The user to log in as.
    pub user: String,
    /// The name of the secret that holds the user's password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_secret: Option<SecretName>,
    /// The name of the secret that holds the user's private key in the format of OpenSSH.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_secret: Option<SecretName>,
    /// The server's public key, as in `known_hosts`: `ssh-ed25519 AAAA…`. Another server is not written to.
    pub host_key: String,
    /// The folder that every path begins with; the user's own by default.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
}

fn ssh_port() -> u16 {
    22
}

/// What kind of place a destination is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place<'a> {
    /// A chat that takes Slack's messages.
    Slack(&'a ChatHook),
    /// Microsoft Teams.
    Teams(&'a ChatHook),
    /// A program.
    Webhook(&'a Webhook),
    /// A bucket.
    ObjectStore(&'a ObjectStoreDestination),
    /// An SFTP server.
    Sftp(&'a SftpDestination),
}

impl Destination {
    /// What it is; the first, should several be given.
    pub fn place(&self) -> Option<Place<'_>> {
        self.places().next()
    }

    /// Everything that is given.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let chats = self.slack.iter().map(Place::Slack).chain(self.teams.iter().map(Place::Teams));
        chats
            .chain(self.webhook.iter().map(Place::Webhook))
            .chain(self.object_store.iter().map(Place::ObjectStore))
            .chain(self.sftp.iter().map(Place::Sftp))
    }

    /// Whether the reports of `owner` may go there.
    pub fn is_open_to(&self, owner: &str) -> bool {
        self.open_to.is_empty() || self.open_to.iter().any(|role| role.as_str() == owner)
    }
}

impl Place<'_> {
    /// Whether files are written there; otherwise a message is.
    pub fn takes_files(self) -> bool {
        matches!(self, Self::ObjectStore(_) | Self::Sftp(_))
    }
}
