//! Stores for tests: SQLite in a temporary folder, and Postgres when `JANGPYO_TEST_POSTGRES` holds an
//! address.

use super::*;
use crate::error::Kind;

/// A store that goes when dropped.
pub(crate) struct Temporary {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) async fn sqlite() -> Temporary {
    let folder = tempfile::tempdir().unwrap();
    // A name that would break an address that is not encoded.
    let store = Store::open_file(&folder.path().join("상태 #1?.db")).await.unwrap();
    Temporary { store, folder }
}

/// Every store to test on. On Postgres each caller uses a report name of its own.
pub(crate) async fn stores() -> Vec<Temporary> {
    let mut stores = vec![sqlite().await];
    if let Ok(address) = std::env::var("JANGPYO_TEST_POSTGRES") {
        stores.push(Temporary {
            store: Store::open(&address).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        });
    }
    stores
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_says_where() {
    let error = Store::open_file(std::path::Path::new("/nonexistent/state.db")).await.unwrap_err();
    assert!(error.to_string().contains("/nonexistent/state.db"), "{error}");
    assert_eq!(error.kind(), Kind::Unavailable);
    let error = Store::open("mysql://root:hunter2@db/x").await.unwrap_err();
    assert!(!error.to_string().contains("hunter2") && error.to_string().contains("postgres://"), "{error}");
}
