//! Several files in one.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{AesMode, CompressionMethod, DateTime};

/// Packs files, each a name and its content, into a zip archive; with a password each of them is encrypted with AES-256.
/// The names stay readable.
///
/// # Errors
/// What the library says: the archive would be too large.
pub fn archive(files: &[(String, bytes::Bytes)], password: Option<&str>) -> Result<Vec<u8>, String> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        // One date for all, so that the same files give the same archive.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        let started = match password {
            Some(password) => writer.start_file(name, options.with_aes_encryption(AesMode::Aes256, password)),
            None => writer.start_file(name, options),
        };
        started.map_err(|error| error.to_string())?;
        writer.write_all(content).map_err(|error| error.to_string())?;
    }
    writer.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn an_archive_opens_with_its_password_only_and_is_the_same_each_time() {
        let files = [("매출.csv".to_owned(), bytes::Bytes::from_static(b"a,b\n1,2\n"))];
        let open = archive(&files, None).unwrap();
        assert_eq!(open, archive(&files, None).unwrap());
        let read = |bytes: Vec<u8>, password: Option<&[u8]>| {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let mut file = match password {
                Some(password) => archive.by_index_decrypt(0, password),
                None => archive.by_index(0),
            }
            .map_err(|error| error.to_string())?;
            let mut text = String::new();
            file.read_to_string(&mut text).map_err(|error| error.to_string())?;
            Ok::<_, String>((file.name().unwrap().to_string(), text))
        };
        let whole = ("매출.csv".to_owned(), "a,b\n1,2\n".to_owned());
        assert_eq!(read(open, None).unwrap(), whole);
        let locked = archive(&files, Some("비밀 1")).unwrap();
        assert_eq!(read(locked.clone(), Some("비밀 1".as_bytes())).unwrap(), whole);
        assert!(read(locked.clone(), Some(b"wrong")).is_err());
        assert!(read(locked, None).is_err());
    }
}
