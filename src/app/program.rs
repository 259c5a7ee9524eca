//! The parts of the program, built from settings.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

use super::LiveWorkspace;
use super::books::Books;
use super::catalog::LiveCatalog;
use super::destinations::LiveDestinations;
use super::login::{mask_key, server_key};
use crate::config::{MailSettings, Settings};
use crate::delivery::{Folder, Mailer, Outbox, Smtp};
use crate::engine::Engine;
use crate::error::Kind;
use crate::identity::IdentityError;
use crate::identity::oidc::OidcError;
use crate::ledger::audit::AuditLog;
use crate::ledger::queries::QueryLedger;
use crate::runs::Clock;
use crate::runs::artefacts::Shelf;
use crate::runs::evaluate::Evaluator;
use crate::runs::execute::{Parts, RunSettings, Runner};
use crate::runs::store::{Store, StoreError};
use crate::runs::subscriptions::LeaveKey;
use crate::store::{Held, Hold, hold, sqlite_file};
use crate::web::ListenError;

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The state folder cannot be made.
    #[error("the state folder {} cannot be made: {cause}; choose another with --state", path.display())]
    State {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// The store cannot be opened.
    #[error("the store cannot be opened: {0}")]
    Store(#[from] StoreError),
    /// The store is an SQLite file that another server uses.
    #[error(
        "the state store {} is in use by another server: {holder}. An SQLite store is for one server; stop that one, or \
         give each a state folder of its own, or give both one Postgres: JANGPYO_DATABASE=postgres://…, and a \
         JANGPYO_INSTANCE of its own for each", path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
        /// What that server says of itself.
        holder: String,
    },
    /// The login cannot be set up.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Nobody can be sent to the provider.
    #[error(transparent)]
    Provider(OidcError),
    /// The engine's threads cannot be started.
    #[error("the engine cannot start: {0}")]
    Engine(#[source] std::io::Error),
    /// The server cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A listener broke while serving.
    #[error("the listener failed: {0}")]
    Serve(#[source] std::io::Error),
    /// A server without login was to be opened to others.
    #[error(
        "{address} can be reached by others, and without a login everybody would see everything. Set \
         JANGPYO_LOGIN=local for users with passwords, `oidc` for a provider, or `proxy` behind a proxy that knows your users; or listen \
         on 127.0.0.1 for a demo"
    )]
    OpenToNetwork {
        /// The address.
        address: std::net::SocketAddr,
    },
}

impl ProgramError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Store(error) => error.kind(),
            Self::Identity(error) => error.kind(),
            Self::Provider(error) => error.kind(),
            Self::Engine(_) | Self::Serve(_) => Kind::Bug,
            Self::State { .. } | Self::InUse { .. } | Self::Listen(_) | Self::OpenToNetwork { .. } => {
                Kind::BadRequest
            }
        }
    }
}

/// The store, unless it is a file and nobody has made it yet.
///
/// # Errors
/// It does not answer, or was made by a later version.
pub async fn existing_store(settings: &Settings) -> Result<Option<Store>, ProgramError> {
    if settings.database.is_none() && !store_file(settings).is_file() {
        return Ok(None);
    }
    Ok(Some(open_store(settings).await?))
}

pub(super) async fn open_store(settings: &Settings) -> Result<Store, StoreError> {
    match &settings.database {
        Some(address) => Store::open(address).await,
        None => Store::open_file(&store_file(settings)).await,
    }
}

/// The state folder, made if missing.
pub(super) fn make_state(settings: &Settings) -> Result<(), ProgramError> {
    let path = &settings.state;
    std::fs::create_dir_all(path).map_err(|cause| ProgramError::State { path: path.clone(), cause })
}

fn store_file(settings: &Settings) -> PathBuf {
    settings.state.join("jangpyo.sqlite")
}

/// Holds an SQLite store for the one server that may use it, until what is answered is dropped; `None` where a database
/// server takes care of several, or where the file system has no locks.
pub(super) fn hold_store(settings: &Settings, now: DateTime<Utc>) -> Result<Option<Hold>, ProgramError> {
    let file = match &settings.database {
        Some(address) => sqlite_file(address),
        None => Some(store_file(settings)),
    };
    let Some(path) = file else { return Ok(None) };
    let holder = format!(
        "instance `{}`, process {} on {}, since {}",
        settings.runs.instance,
        std::process::id(),
        host(),
        now.to_rfc3339_opts(SecondsFormat::Secs, true)
    );
    match hold(&path, &holder) {
        Held::Here(hold) => Ok(Some(hold)),
        Held::Elsewhere(holder) => Err(ProgramError::InUse { path, holder }),
        Held::Unknown(error) => {
            tracing::warn!(
                store = %path.display(), %error,
                "the store cannot be locked, so nothing keeps a second server from using it; see that there is none"
            );
            Ok(None)
        }
    }
}

/// What this machine is called.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::env::var("HOSTNAME"));
    name.map_or_else(|_| "this machine".to_owned(), |name| name.trim().to_owned())
}

/// The parts of the program.
pub struct Program {
    /// What it was built from.
    pub settings: Settings,
    /// The definitions.
    pub workspace: LiveWorkspace,
    /// Answers reports.
    pub evaluator: Evaluator,
    pub(super) books: Books,
}

impl Program {
    /// Loads the workspace and starts the engine. Blocks on the file system.
    pub fn new(settings: Settings) -> Result<Self, ProgramError> {
        let workspace = LiveWorkspace::load(&settings);
        let books = Books::new(workspace.clone());
        let engine = Engine::new(settings.engine.clone()).map_err(ProgramError::Engine)?;
        let engine = Arc::new(engine.recorded_by(Arc::new(books.clone())));
        let evaluator = Evaluator::new(engine, workspace.catalog())
            .reached_at(settings.runs.base_url.as_ref())
            .masking_with(mask_key(&settings)?);
        Ok(Self { settings, workspace, evaluator, books })
    }

    /// The same with a state folder, made if missing, for what keeps something.
    pub fn with_state(settings: Settings) -> Result<Self, ProgramError> {
        make_state(&settings)?;
        Self::new(settings)
    }

    /// Writes what the ledger of queries does not have yet; for commands that end.
    pub async fn close_books(&self) -> Result<(), ProgramError> {
        Ok(self.books.write().await?)
    }

    /// Opens the store and gives what performs runs, under the name `instance`.
    pub async fn runner(&self, instance: String, clock: Clock) -> Result<Runner, ProgramError> {
        let state = &self.settings.state;
        make_state(&self.settings)?;
        let store = open_store(&self.settings).await?;
        self.books.keep(QueryLedger::new(store.clone()), clock.clone()).await?;
        let identity = super::login::identity(&self.settings, store.clone())?;
        let leave_key = LeaveKey::new(server_key(&self.settings)?.derived("links by which recipients leave"));
        let mailer = match &self.settings.mail {
            MailSettings::Smtp(smtp) => Mailer::Smtp(Smtp::new(smtp.clone())),
            MailSettings::Outbox { from } => Mailer::Outbox(Outbox::new(state.join("outbox"), from.clone())),
        };
        Ok(Runner::new(Parts {
            audit: AuditLog::new(store.clone()),
            store,
            catalog: Arc::new(LiveCatalog {
                workspace: self.workspace.clone(),
                identity,
                clock: clock.clone(),
            }),
            answers: Arc::new(self.evaluator.clone()),
            mailer,
            folder: Folder::new(state.join("outbox")),
            destinations: Arc::new(LiveDestinations {
                workspace: self.workspace.clone(),
                policy: self.settings.policy.clone(),
            }),
            shelf: Shelf::new(state.clone()),
            clock,
            settings: RunSettings { instance, leave_key: Some(leave_key), ..self.settings.runs.clone() },
        }))
    }
}
