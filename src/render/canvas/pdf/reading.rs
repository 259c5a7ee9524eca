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
const LONGEST: Duration = Duration::from_secs(60);
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
