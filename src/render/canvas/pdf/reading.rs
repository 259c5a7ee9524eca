//! Reads back what this program has written, out of files that anybody may have touched.
//!
//! Takes bytes; gives the proof, the number of pages, a digest of each page's drawing and its text.
//! Everything is bounded: the time it takes, what a stream may inflate to, and a reader that panics ends
//! its thread, not the program.

use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use lopdf::{Dictionary, LoadOptions, Object, ObjectId, decode_text_string};
use sha2::{Digest, Sha256};

/// The key of the proof in the document information, where the file may have keys of its own.
pub(super) const PROOF_KEY: &str = "JangpyoProof";
/// What stands before the proof among the keywords, where it may not.
pub(super) const PROOF_MARK: &str = "jangpyo-proof:";

/// What one stream may inflate to.
const LARGEST_STREAM: usize = 256 << 20;
/// How long reading a file may take: a thousand pages take less than a second.
const LONGEST: Duration = Duration::from_mins(1);
/// The reader descends into nested objects.
const STACK: usize = 64 << 20;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It does not begin like a PDF.
    #[error("it is no PDF")]
    NotPdf,
    /// Its objects cannot be found, or it is only a part.
    #[error("it is a PDF that is damaged or cut off: {0}")]
    Damaged(String),
    /// It cannot be read without a password.
    #[error("it is protected with a password; verify the file as it was sent")]
    Protected,
    /// Reading it takes suspiciously long.
    #[error("reading it takes longer than {} s", LONGEST.as_secs())]
    TooSlow,
    /// It was made by another program, or its metadata were removed.
    #[error("it carries no proof of jangpyo; it says it was made by {producer}")]
    NoProof {
        /// What the file calls its maker.
        producer: String,
    },
}

/// A file that was read.
pub struct ReadPdf {
    tree: lopdf::Document,
    pages: Vec<ObjectId>,
}

impl ReadPdf {
    /// Reads a file.
    ///
    /// # Errors
    /// All but [`ReadError::NoProof`].
    pub fn read(bytes: Bytes) -> Result<Self, ReadError> {
        // Some programs put a few bytes before the header, and readers accept them.
        if !bytes.get(..bytes.len().min(1024)).unwrap_or_default().windows(5).any(|start| start == b"%PDF-") {
            return Err(ReadError::NotPdf);
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        let reader = std::thread::Builder::new().name("read-pdf".into()).stack_size(STACK);
        let started = reader.spawn(move || {
            let _ = sender.send(load(&bytes));
        });
        started.map_err(|error| ReadError::Damaged(error.to_string()))?;
        match receiver.recv_timeout(LONGEST) {
            Ok(read) => read,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(ReadError::TooSlow),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(ReadError::Damaged("its objects make no sense".into()))
            }
        }
    }

    /// The proof, as it was written.
    ///
    /// # Errors
    /// [`ReadError::NoProof`].
    pub fn proof(&self) -> Result<String, ReadError> {
        let info = self.information();
        let text = |key: &str| {
            let value = info?.get(key.as_bytes()).ok()?;
            decode_text_string(self.tree.dereference(value).ok()?.1).ok()
        };
        if let Some(proof) = text(PROOF_KEY) {
            return Ok(proof);
        }
        let marked = text("Keywords").and_then(|keywords| {
            let (_, proof) = keywords.split_once(PROOF_MARK)?;
            Some(proof.to_owned())
        });
        marked.ok_or_else(|| {
            let producer = text("Producer").or_else(|| text("Creator"));
            let producer = producer.map(|name| super::plain(&name)).filter(|name| !name.trim().is_empty());
            ReadError::NoProof { producer: producer.unwrap_or_else(|| "nobody".to_owned()) }
        })
    }

    /// The number of pages.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Whether it has no page.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// A digest of what is drawn on each page, in order.
    pub fn drawings(&self) -> Vec<[u8; 32]> {
        let drawing = |page: &ObjectId| {
            let content = self.tree.get_page_content_with_limit(*page, LARGEST_STREAM).unwrap_or_default();
            Sha256::digest(content).into()
        };
        self.pages.iter().map(drawing).collect()
    }

    /// The text of page `index`, from 0, in the order it is drawn; `None` where it cannot be told.
    pub fn text(&self, index: usize) -> Option<String> {
        let number = u32::try_from(index).ok()?.checked_add(1)?;
        self.tree.extract_text_with_limit(&[number], LARGEST_STREAM).ok()
    }

    fn information(&self) -> Option<&Dictionary> {
        let info = self.tree.trailer.get(b"Info").ok()?;
        self.tree.dereference(info).ok().and_then(|(_, info)| Object::as_dict(info).ok())
    }
}

fn load(bytes: &[u8]) -> Result<ReadPdf, ReadError> {
    let options = LoadOptions { max_decompressed_size: Some(LARGEST_STREAM), ..LoadOptions::default() };
    let tree = lopdf::Document::load_mem_with_options(bytes, options)
        .map_err(|problem| ReadError::Damaged(super::plain(&problem.to_string())))?;
    if tree.is_encrypted() {
        return Err(ReadError::Protected);
    }
    let pages: Vec<ObjectId> = tree.page_iter().collect();
    if pages.is_empty() {
        return Err(ReadError::Damaged("it has no pages".into()));
    }
    Ok(ReadPdf { tree, pages })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::canvas::pdf::{Conformance, ConformingWriter, Metadata, PdfWriter, SheetWriter};
    use crate::render::canvas::{Page, Rgb, Weight};

    const PROOF: &str = "{\"version\":1,\"words\":\"\\uac15\\ub0a8 (a, b) \\\\ <&>\"}";

    fn written(mut writer: impl SheetWriter) -> Vec<u8> {
        for text in ["매출 1,234", "비용 567"] {
            let mut page = Page::new(200.0, 100.0);
            page.text(10.0, 50.0, 9.0, Weight::Regular, Rgb(0, 0, 0), text);
            writer.page(page).unwrap();
        }
        writer.finish().unwrap().bytes
    }

    fn metadata(proof: &str) -> Metadata {
        Metadata {
            title: "매출".into(),
            author: String::new(),
            subject: String::new(),
            keywords: "정의, 데이터".into(),
            proof: proof.into(),
            language: "ko",
            created: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn files(proof: &str) -> Vec<Vec<u8>> {
        let mut files = vec![written(PdfWriter::new(metadata(proof)))];
        for (archive, accessible) in [(true, false), (false, true), (true, true)] {
            let conformance = Conformance { archive, accessible };
            files.push(written(ConformingWriter::new(metadata(proof), conformance).unwrap()));
        }
        files
    }

    #[test]
    fn both_writers_files_give_their_proof_pages_and_text_back() {
        for bytes in files(PROOF) {
            let file = ReadPdf::read(bytes.into()).unwrap();
            assert!(file.proof().unwrap().starts_with(PROOF), "{:?}", file.proof());
            assert_eq!(file.len(), 2);
            let drawings = file.drawings();
            assert!(drawings.len() == 2 && drawings[0] != drawings[1]);
            let words = |page| file.text(page).unwrap().split_whitespace().collect::<String>();
            assert_eq!((words(0).as_str(), words(1).as_str()), ("매출1,234", "비용567"));
            assert_eq!(file.text(2), None);
        }
        for bytes in files("") {
            let file = ReadPdf::read(bytes.into()).unwrap();
            let error = file.proof().unwrap_err().to_string();
            assert!(error.contains("no proof") && error.contains("jangpyo"), "{error}");
        }
    }

    #[test]
    fn cut_and_damaged_files_are_refused_or_read_and_never_stop_the_program() {
        for bytes in files(PROOF) {
            for eighth in 0..8 {
                let part = bytes[..bytes.len() * eighth / 8].to_vec();
                assert!(ReadPdf::read(part.into()).is_err(), "{eighth} eighths");
            }
            // Whatever becomes of it, nothing hangs and nothing ends the test.
            for step in 0..200 {
                let mut damaged = bytes.clone();
                let position = step * (damaged.len() - 1) / 200;
                for byte in damaged.iter_mut().skip(position).take(1 + step % 5) {
                    *byte = byte.wrapping_add(1 + step as u8);
                }
                if let Ok(file) = ReadPdf::read(damaged.into()) {
                    let _ = (file.proof(), file.drawings(), file.text(0));
                }
            }
        }
    }

    #[test]
    fn what_inflates_without_end_is_not_inflated() {
        use lopdf::{Dictionary, Stream};

        let mut tree = lopdf::Document::load_mem(&files(PROOF)[0]).unwrap();
        let page = tree.page_iter().next().unwrap();
        let mut bomb = Stream::new(Dictionary::new(), vec![b' '; LARGEST_STREAM + 1]);
        bomb.compress().unwrap();
        let bomb = tree.add_object(bomb);
        tree.get_object_mut(page).unwrap().as_dict_mut().unwrap().set("Contents", bomb);
        let mut bytes = Vec::new();
        tree.save_to(&mut bytes).unwrap();
        assert!(bytes.len() < 4 << 20);
        let file = ReadPdf::read(bytes.into()).unwrap();
        let nothing: [u8; 32] = Sha256::digest([]).into();
        assert_eq!((file.drawings()[0], file.text(0)), (nothing, None));
    }
}
