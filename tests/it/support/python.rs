//! The Python environment that `tests/all` makes.

use std::path::{Path, PathBuf};

/// The interpreter with what `tests/requirements.txt` names.
pub(crate) fn interpreter() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/python");
    assert!(path.exists(), "{} is missing: run `tests/all` once, it makes it", path.display());
    path
}

/// A script of `tests/support`.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(name)
}
