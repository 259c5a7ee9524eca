//! An SQLite store is for one server: who serves holds a lock beside it.
//!
//! Two schedulers on one file would each close what the other performs, and SQLite knows nothing of names of instances
//! or leases. The lock is the system's, so it ends with its process, however that ends; what stands in the file is only
//! for people. Commands that perform one run or read take none: they have instances of their own, and work beside a
//! server.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// How much of a file is told as its holder.
const LONGEST: u64 = 500;

/// The lock of a store, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct Hold {
    _file: File,
}

/// What came of asking for a lock.
#[derive(Debug)]
pub enum Held {
    /// It is ours.
    Here(Hold),
    /// Another process has it, and this is what it says of itself.
    Elsewhere(String),
    /// The file system has no locks, or the file cannot be written; nobody knows whether there is another.
    Unknown(io::Error),
}

/// Asks for the lock of the SQLite file `store`; whoever gets it is `holder` to others.
pub fn hold(store: &Path, holder: &str) -> Held {
    try_hold(&lock_file(store), holder).unwrap_or_else(Held::Unknown)
}

fn try_hold(path: &Path, holder: &str) -> io::Result<Held> {
    // Not cut before it is ours: it says who has it.
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut told = Vec::new();
            // Where locks keep others from reading, nobody is told who it is.
            let _ = file.take(LONGEST).read_to_end(&mut told);
            let told: String = String::from_utf8_lossy(&told).chars().filter(|c| !c.is_control()).collect();
            return Ok(Held::Elsewhere(if told.is_empty() { "unknown".to_owned() } else { told }));
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{holder}")?;
    Ok(Held::Here(Hold { _file: file }))
}

/// The file of the lock, which stays when its holder is gone: removing it would let two have one each.
fn lock_file(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    store.with_file_name(name)
}

/// The file of the SQLite store at an address as [`Store::open`](super::Store::open) takes it; `None` for others.
pub fn sqlite_file(address: &str) -> Option<PathBuf> {
    let path = match address.split_once("://") {
        None => address.to_owned(),
        Some(("sqlite", rest)) => {
            let path = rest.split('?').next().unwrap_or_default();
            // The driver takes the path percent-encoded.
            url::form_urlencoded::parse(format!("p={}", path.replace('+', "%2B")).as_bytes())
                .next()
                .map(|(_, path)| path.into_owned())?
        }
        Some(_) => return None,
    };
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_a_store_and_the_other_is_told_who() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("상태.sqlite");
        let Held::Here(first) = hold(&store, "instance `a`,\nprocess 1") else { panic!("it is free") };
        // A lock of the same process counts too: each opens the file for itself.
        let Held::Elsewhere(who) = hold(&store, "b") else { panic!("it is held") };
        assert_eq!(who, "instance `a`,process 1");
        drop(first);
        assert!(matches!(hold(&store, "b"), Held::Here(_)));
        assert!(matches!(hold(&folder.path().join("none/x.sqlite"), "b"), Held::Unknown(_)));
    }

    #[test]
    fn files_are_known_by_their_address() {
        for (address, file) in [
            ("state/jangpyo.sqlite", Some("state/jangpyo.sqlite")),
            ("sqlite:///var/lib/a%20b+c.db?mode=rwc", Some("/var/lib/a b+c.db")),
            ("sqlite://:memory:", None),
            ("postgres://jangpyo@db/state", None),
        ] {
            assert_eq!(sqlite_file(address), file.map(PathBuf::from), "{address}");
        }
    }
}
