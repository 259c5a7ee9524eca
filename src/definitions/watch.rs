//! Notices when definition files, pictures and fonts change.
//!
//! Polls names, sizes and times instead of asking the operating system to call back: that also works
//! on network mounts and volumes of containers.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::workspace::files;

/// Looks at a workspace again and again.
#[derive(Debug)]
pub struct Watch {
    dir: PathBuf,
    interval: Duration,
    last: Fingerprint,
}

type Fingerprint = Vec<(String, u64, Option<SystemTime>)>;

impl Watch {
    /// Starts from the state `dir` is in now; looks every `interval` (about a second suits).
    /// Blocks on the file system.
    pub fn new(dir: &Path, interval: Duration) -> Self {
        Self { dir: dir.to_owned(), interval, last: fingerprint(dir) }
    }

    /// Waits until files have changed and then stayed the same for one interval, so that a save or a
    /// checkout in progress is not read half-done. `false` when `stop` was cancelled.
    pub async fn changed(&mut self, stop: &CancellationToken) -> bool {
        let mut moving = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return false,
                () = tokio::time::sleep(self.interval) => {}
            }
            let dir = self.dir.clone();
            let Ok(now) = tokio::task::spawn_blocking(move || fingerprint(&dir)).await else { continue };
            if now != self.last {
                self.last = now;
                moving = true;
            } else if moving {
                return true;
            }
        }
    }
}

fn fingerprint(dir: &Path) -> Fingerprint {
    let found = files::find(dir);
    let files = found.files.into_iter().chain(found.parts).map(|(name, path)| {
        let metadata = std::fs::metadata(path).ok();
        let length = metadata.as_ref().map_or(0, std::fs::Metadata::len);
        (name, length, metadata.and_then(|metadata| metadata.modified().ok()))
    });
    files.chain(found.unreadable.into_iter().map(|(name, _)| (name, u64::MAX, None))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_new_a_changed_and_a_deleted_file_are_noticed_and_data_are_not() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("data")).unwrap();
        let mut watch = Watch::new(dir.path(), INTERVAL);
        let stop = CancellationToken::new();
        for name in ["a.yaml", "a.SVG"] {
            let file = dir.path().join(name);
            for text in [Some("kind: report"), Some("kind: report "), None] {
                match text {
                    Some(text) => std::fs::write(&file, text).unwrap(),
                    None => std::fs::remove_file(&file).unwrap(),
                }
                let changed = tokio::time::timeout(Duration::from_secs(10), watch.changed(&stop)).await;
                assert_eq!(changed, Ok(true), "{name}: {text:?}");
            }
        }
        std::fs::write(dir.path().join("data/b.yaml"), "x").unwrap();
        std::fs::write(dir.path().join("notes.txt"), "x").unwrap();
        assert!(tokio::time::timeout(INTERVAL * 10, watch.changed(&stop)).await.is_err());
    }

    #[tokio::test]
    async fn a_stop_ends_the_wait() {
        let dir = tempfile::tempdir().unwrap();
        let mut watch = Watch::new(dir.path(), Duration::from_hours(1));
        let stop = CancellationToken::new();
        stop.cancel();
        assert!(!watch.changed(&stop).await);
    }
}
