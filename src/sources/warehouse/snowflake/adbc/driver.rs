//! The library of Snowflake's driver.

use std::path::Path;

use adbc_core::options::AdbcVersion;
use adbc_driver_manager::ManagedDriver;

/// What the library calls its beginning. Drivers name it after themselves, so that another one is refused here.
const ENTRY: &[u8] = b"AdbcDriverSnowflakeInit";

/// Snowflake's ADBC driver, loaded from a file.
#[derive(Debug, Clone)]
pub struct AdbcDriver {
    pub(super) driver: ManagedDriver,
}

impl AdbcDriver {
    /// Loads the library, which stays for the life of the process.
    ///
    /// # Errors
    /// There is no such file, or it is no driver of Snowflake for this machine.
    pub fn load(file: &Path) -> Result<Self, String> {
        // A name without a folder would be looked for elsewhere.
        let file =
            file.canonicalize().map_err(|error| format!("`{}` cannot be read: {error}", file.display()))?;
        let driver = ManagedDriver::load_dynamic_from_filename(&file, Some(ENTRY), AdbcVersion::V110);
        let driver = driver.map_err(|error| {
            format!("`{}` is no ADBC driver of Snowflake for this machine: {}", file.display(), error.message)
        })?;
        // It is written in Go, whose threads do not end: to unload it would pull the code from under them.
        std::mem::forget(driver.clone());
        Ok(Self { driver })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_driver_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let missing = AdbcDriver::load(&folder.path().join("none.so")).unwrap_err();
        assert!(missing.contains("none.so") && missing.contains("cannot be read"), "{missing}");
        let text = folder.path().join("text.so");
        std::fs::write(&text, "no library").unwrap();
        let no_library = AdbcDriver::load(&text).unwrap_err();
        assert!(no_library.contains("text.so") && no_library.contains("no ADBC driver"), "{no_library}");
    }
}
