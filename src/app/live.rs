//! The workspace as it is now: reloaded when files change, the last valid version kept.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::definitions::watch::Watch;
use crate::definitions::{Catalog, Severity, Workspace};
use crate::runs::PART_CHECKS;

/// The current workspace, for everybody who needs it. Cheap to clone.
#[derive(Clone)]
pub struct LiveWorkspace {
    workspace: watch::Sender<Arc<Workspace>>,
    catalog: watch::Sender<Arc<Catalog>>,
    generation: watch::Sender<u64>,
}

impl LiveWorkspace {
    /// Loads and checks every file. Blocks on the file system.
    pub fn load(settings: &Settings) -> Self {
        let workspace = Arc::new(Workspace::load(&settings.workspace, &settings.policy, PART_CHECKS));
        log(&workspace);
        let catalog = watch::Sender::new(Arc::clone(workspace.catalog()));
        Self { workspace: watch::Sender::new(workspace), catalog, generation: watch::Sender::new(0) }
    }

    /// The workspace as last loaded.
    pub fn current(&self) -> Arc<Workspace> {
        Arc::clone(&self.workspace.borrow())
    }

    /// The valid definitions, now and as they change.
    pub fn catalog(&self) -> watch::Receiver<Arc<Catalog>> {
        self.catalog.subscribe()
    }

    /// A number that grows with every reload.
    pub fn generations(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }

    /// Reloads whenever files change, until `stop`.
    pub async fn follow(self, settings: Settings, stop: CancellationToken) {
        let Ok(mut watch) =
            tokio::task::spawn_blocking(move || Watch::new(&settings.workspace, settings.watch_interval))
                .await
        else {
            return;
        };
        while watch.changed(&stop).await {
            let before = self.current();
            let Ok(after) = tokio::task::spawn_blocking(move || before.reload()).await else { continue };
            log(&after);
            self.catalog.send_replace(Arc::clone(after.catalog()));
            self.workspace.send_replace(Arc::new(after));
            self.generation.send_modify(|generation| *generation += 1);
        }
    }
}

fn log(workspace: &Workspace) {
    let errors = workspace.diagnostics().iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let catalog = workspace.catalog();
    tracing::info!(
        reports = catalog.reports.len(),
        datasets = catalog.datasets.len(),
        sources = catalog.sources.len(),
        errors = errors.count(),
        version = %catalog.version.get(..12).unwrap_or_default(),
        "workspace loaded"
    );
}
