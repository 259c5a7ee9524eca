//! The destinations of the workspace, opened with their secrets.

use std::sync::Arc;

use indexmap::IndexMap;

use super::LiveWorkspace;
use crate::config;
use crate::definitions::Policy;
use crate::definitions::model::{self, ChatHook, DestinationId, Place, SecretName, SftpDestination, Source};
use crate::delivery::destination::{
    Bucket, Destination, Hook, HookKind, Sftp, SftpLogin, SftpSettings, SigningKey,
};
use crate::runs::execute::Destinations;
use crate::runs::store::Channel;
use crate::sources::open_source;

/// The destinations as they are now.
pub(super) struct LiveDestinations {
    pub workspace: LiveWorkspace,
    pub policy: Policy,
}

impl LiveDestinations {
    fn definition(&self, id: &DestinationId) -> Result<Arc<model::Destination>, String> {
        let workspace = self.workspace.current();
        let found = workspace.catalog().destinations.get(id).cloned();
        found.ok_or_else(|| {
            format!(
                "there is no valid destination `{id}`; `jangpyo check` tells whether its file has problems"
            )
        })
    }

    /// A definition may be older than the settings, and a chat's address is known only now.
    fn allowed(&self, place: &str, is_encrypted: bool) -> Result<(), String> {
        if !self.policy.allows_destination(place) {
            return Err(format!("reports may not go to `{place}` (JANGPYO_ALLOWED_DESTINATIONS)"));
        }
        if !is_encrypted && !self.policy.lists_destination(place) {
            return Err(format!(
                "`{place}` would be reached without encryption; use https://, or list it in \
                 JANGPYO_ALLOWED_DESTINATIONS"
            ));
        }
        Ok(())
    }

    fn hook(&self, address: &str, kind: HookKind) -> Result<Destination, String> {
        let url = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or("its address is no https:// address")?;
        self.allowed(url.host_str().unwrap_or_default(), url.scheme() == "https")?;
        Ok(Destination::Hook(Hook { url, kind }))
    }

    fn chat(&self, hook: &ChatHook) -> Result<Destination, String> {
        self.hook(&self.secret(&hook.url_secret)?, HookKind::Chat)
    }

    fn sftp(&self, server: &SftpDestination) -> Result<Destination, String> {
        self.allowed(&server.host, true)?;
        let login = match (&server.key_secret, &server.password_secret) {
            (Some(key), _) => SftpLogin::Key(self.secret(key)?),
            (None, Some(password)) => SftpLogin::Password(self.secret(password)?),
            (None, None) => return Err("it does not say how to log in".into()),
        };
        Ok(Destination::Sftp(Sftp::new(SftpSettings {
            host: server.host.clone(),
            port: server.port,
            user: server.user.clone(),
            login,
            host_key: server.host_key.clone(),
            folder: server.folder.clone(),
        })))
    }

    fn bucket(&self, id: &DestinationId, definition: &model::Destination) -> Result<Destination, String> {
        let Some(Place::ObjectStore(bucket)) = definition.place() else {
            return Err("it is no bucket".into());
        };
        let (scheme, rest) = bucket.url.split_once("://").ok_or("its address is no bucket")?;
        if scheme == "file" {
            return Err("its address is a folder, not a bucket".into());
        }
        let name = format!("{scheme}://{}", rest.split('/').next().unwrap_or_default());
        self.allowed(&name, true)?;
        let source = Source {
            title: None,
            owner: definition.owner.clone(),
            url: bucket.url.clone(),
            s3: bucket.s3.clone(),
            postgres: None,
            region: None,
            batch_minutes: None,
            snowflake: None,
            tables: IndexMap::new(),
        };
        // Only buckets come here, so no folder is opened.
        let opened = open_source(id.as_str(), &source, std::path::Path::new(""), &[])
            .map_err(|error| error.to_string())?;
        Ok(Destination::Bucket(Bucket {
            name: bucket.url.trim_end_matches('/').to_owned(),
            store: opened.store,
        }))
    }
}

impl Destinations for LiveDestinations {
    fn channel(&self, id: &DestinationId, owner: &str) -> Result<Channel, String> {
        let definition = self.definition(id)?;
        if !definition.is_open_to(owner) {
            return Err(format!("destination `{id}` is not open to the reports of `{owner}`"));
        }
        Ok(match definition.place() {
            Some(Place::Slack(_)) => Channel::Slack,
            Some(Place::Teams(_)) => Channel::Teams,
            Some(Place::Webhook(_)) => Channel::Webhook,
            Some(Place::ObjectStore(_)) => Channel::ObjectStore,
            Some(Place::Sftp(_)) => Channel::Sftp,
            None => return Err(format!("destination `{id}` does not say where it is")),
        })
    }

    fn open(&self, id: &DestinationId) -> Result<Destination, String> {
        let definition = self.definition(id)?;
        let opened = match definition.place() {
            Some(Place::Slack(hook) | Place::Teams(hook)) => self.chat(hook),
            Some(Place::Webhook(hook)) => {
                let key = SigningKey::parse(&self.secret(&hook.signing_secret)?)
                    .map_err(|why| format!("secret `{}` cannot sign: {why}", hook.signing_secret));
                key.and_then(|key| {
                    self.hook(&hook.url, HookKind::Signed { key, with_content: hook.with_content })
                })
            }
            Some(Place::ObjectStore(_)) => self.bucket(id, &definition),
            Some(Place::Sftp(server)) => self.sftp(server),
            None => Err("it does not say where it is".into()),
        };
        opened.map_err(|why| format!("destination `{id}`: {why}"))
    }

    fn secret(&self, name: &SecretName) -> Result<String, String> {
        config::secret(name.as_str())
    }
}
