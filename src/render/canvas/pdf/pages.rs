//! Pages as they stand in the file: printpdf serializes one at a time, and only its compressed
//! content is kept, so that a thousand pages weigh what the file weighs.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use printpdf as pp;

use super::PdfError;

/// A page whose fonts and pictures are those of the whole file.
pub(super) struct WrittenPage {
    size: (f32, f32),
    content: Stream,
    links: Vec<Object>,
}

impl WrittenPage {
    /// Serializes `ops` with the resources of `document`, which has no pages of its own.
    pub(super) fn write(
        document: &mut pp::PdfDocument,
        size: (f32, f32),
        ops: Vec<pp::Op>,
    ) -> Result<Self, PdfError> {
        let mut tree = serialized(document, size, ops);
        let page = page_dictionary(&tree)?;
        let links = page.get(b"Annots").and_then(Object::as_array).cloned().unwrap_or_default();
        let content =
            page.get(b"Contents").and_then(Object::as_reference).map_err(|problem| broken(&problem))?;
        let Some(Object::Stream(mut content)) = tree.objects.remove(&content) else {
            return Err(PdfError::Structure { part: "content", problem: "it is no stream".to_owned() });
        };
        content.compress().map_err(|problem| broken(&problem))?;
        Ok(Self { size, content, links })
    }

    /// Whether its content is the same, byte for byte.
    pub(super) fn draws_like(&self, other: &Self) -> bool {
        self.content.content == other.content.content
    }
}

/// The object tree of `document` with `pages` instead of its own page, which is `specimen`: one that
/// uses everything the resources have, since printpdf leaves out what no page uses.
pub(super) fn assembled(
    document: &mut pp::PdfDocument,
    specimen: Vec<pp::Op>,
    pages: Vec<WrittenPage>,
) -> Result<(Document, Vec<ObjectId>), PdfError> {
    let mut tree = serialized(document, (1.0, 1.0), specimen);
    let page = page_dictionary(&tree)?;
    let reference =
        |key: &[u8]| page.get(key).and_then(Object::as_reference).map_err(|problem| broken(&problem));
    let (root, resources, content) =
        (reference(b"Parent")?, reference(b"Resources")?, reference(b"Contents")?);
    let specimen: Vec<ObjectId> = tree.page_iter().chain([content]).collect();
    for id in specimen {
        tree.objects.remove(&id);
    }
    let mut ids = Vec::with_capacity(pages.len());
    for page in pages {
        let content = tree.add_object(page.content);
        let mut entry = Dictionary::new();
        entry.set("Type", "Page");
        entry.set("Parent", root);
        let (width, height) = page.size;
        entry.set("MediaBox", [0.0, 0.0, width, height].map(Object::Real).to_vec());
        entry.set("Resources", resources);
        entry.set("Contents", content);
        if !page.links.is_empty() {
            entry.set("Annots", page.links);
        }
        ids.push(tree.add_object(entry));
    }
    let list = tree.get_dictionary_mut(root).map_err(|problem| broken(&problem))?;
    list.set("Count", ids.len() as i64);
    list.set("Kids", ids.iter().copied().map(Object::Reference).collect::<Vec<_>>());
    Ok((tree, ids))
}

fn serialized(document: &mut pp::PdfDocument, (width, height): (f32, f32), ops: Vec<pp::Op>) -> Document {
    let sheet = pp::Rect::from_wh(pp::Pt(width), pp::Pt(height));
    let (media_box, trim_box, crop_box) = (sheet.clone(), sheet.clone(), sheet);
    document.pages.push(pp::PdfPage { media_box, trim_box, crop_box, ops });
    let tree = document.to_lopdf_document(&pp::PdfSaveOptions::default(), &mut Vec::new());
    document.pages.clear();
    tree
}

fn page_dictionary(tree: &Document) -> Result<&Dictionary, PdfError> {
    let page = tree.page_iter().next();
    let page = page.and_then(|page| tree.get_dictionary(page).ok());
    page.ok_or(PdfError::Structure { part: "page", problem: "there is none".to_owned() })
}

fn broken(problem: &lopdf::Error) -> PdfError {
    PdfError::Structure { part: "page", problem: problem.to_string() }
}
