//! What printpdf does not say of a document, or says wrongly: language, outline, dates, identity.

use lopdf::{Dictionary, Document, Object, ObjectId, StringFormat};
use sha2::{Digest, Sha256};

use super::{Metadata, OutlineEntry, PdfError, outline, plain, reading};

/// Completes the object tree.
pub(super) fn complete(
    tree: &mut Document,
    metadata: &Metadata,
    entries: &[OutlineEntry],
    pages: &[ObjectId],
) -> Result<(), PdfError> {
    // Font programs in OpenType wrappers are read from 1.6 on; printpdf writes 1.3.
    "1.7".clone_into(&mut tree.version);
    let outline = outline::write(tree, entries, pages, plain);

    let catalog = tree
        .catalog_mut()
        .map_err(|problem| PdfError::Structure { part: "catalog", problem: problem.to_string() })?;
    catalog.set("Lang", text_literal(metadata.language));
    catalog.set("PageLayout", "SinglePage");
    // Decimal numbers from the first page on.
    let mut numbers = Dictionary::new();
    numbers.set("S", "D");
    let mut labels = Dictionary::new();
    labels.set("Nums", vec![Object::Integer(0), numbers.into()]);
    catalog.set("PageLabels", labels);
    let mut preferences = Dictionary::new();
    preferences.set("DisplayDocTitle", true);
    catalog.set("ViewerPreferences", preferences);
    if let Some(outline) = outline {
        catalog.set("Outlines", outline);
        catalog.set("PageMode", if pages.len() > 1 { "UseOutlines" } else { "UseNone" });
    }

    let info = tree.add_object(information(metadata));
    if let Ok(Object::Reference(replaced)) = tree.trailer.get(b"Info") {
        let replaced = *replaced;
        tree.objects.remove(&replaced);
    }
    tree.trailer.set("Info", info);
    let identity = Object::String(identity(tree, metadata), StringFormat::Hexadecimal);
    tree.trailer.set("ID", vec![identity.clone(), identity]);
    Ok(())
}

fn information(metadata: &Metadata) -> Dictionary {
    let date = text_literal(&metadata.created.format("D:%Y%m%d%H%M%SZ").to_string());
    let mut info = Dictionary::new();
    for (key, text) in [
        ("Title", metadata.title.as_str()),
        ("Author", &metadata.author),
        ("Subject", &metadata.subject),
        ("Keywords", &metadata.keywords),
        ("Creator", concat!("jangpyo ", env!("CARGO_PKG_VERSION"))),
        ("Producer", concat!("jangpyo ", env!("CARGO_PKG_VERSION"), " (printpdf)")),
    ] {
        if !text.is_empty() {
            info.set(key, lopdf::text_string(&plain(text)));
        }
    }
    if !metadata.proof.is_empty() {
        info.set(reading::PROOF_KEY, text_literal(&metadata.proof));
    }
    info.set("CreationDate", date.clone());
    info.set("ModDate", date);
    info
}

/// Sixteen bytes that are the same for the same content.
fn identity(tree: &Document, metadata: &Metadata) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(metadata.title.as_bytes());
    digest.update(metadata.proof.as_bytes());
    digest.update(metadata.created.timestamp_micros().to_be_bytes());
    for object in tree.objects.values() {
        if let Object::Stream(stream) = object {
            digest.update(&stream.content);
        }
    }
    digest.finalize().iter().copied().take(16).collect()
}

fn text_literal(text: &str) -> Object {
    Object::String(text.as_bytes().to_vec(), StringFormat::Literal)
}
