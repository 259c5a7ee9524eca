//! Pictures of pixels in the file: each once, however often it is drawn.

use std::collections::BTreeMap;
use std::sync::Arc;

use printpdf as pp;
use printpdf::DictItem;

use crate::render::canvas::Raster;

/// The pictures drawn so far, by their digest, with their number in order of first use.
#[derive(Default)]
pub(super) struct Pictures {
    used: BTreeMap<[u8; 32], (usize, Arc<Raster>)>,
}

impl Pictures {
    /// The name of `picture` among the resources of the file.
    pub(super) fn id(&mut self, picture: &Arc<Raster>) -> pp::XObjectId {
        let next = self.used.len();
        let (number, _) = self.used.entry(*picture.digest()).or_insert_with(|| (next, Arc::clone(picture)));
        pp::XObjectId(format!("I{number}"))
    }

    /// Adds the pictures to the document.
    pub(super) fn register(&self, document: &mut pp::PdfDocument) {
        for (number, picture) in self.used.values() {
            let id = pp::XObjectId(format!("I{number}"));
            document.resources.xobjects.map.insert(id, pp::XObject::External(object(picture)));
        }
    }
}

fn object(picture: &Raster) -> pp::ExternalXObject {
    let (mut dict, content) = match picture.jpeg() {
        Some((file, components)) => {
            let mut dict = entries(picture, if components == 1 { "DeviceGray" } else { "DeviceRGB" });
            dict.insert("Filter".to_owned(), name("DCTDecode"));
            (dict, file.to_vec())
        }
        None => {
            let colors = picture.rgba().as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]);
            (entries(picture, "DeviceRGB"), colors.collect())
        }
    };
    if picture.is_translucent() {
        let mask = pp::ExternalStream {
            dict: entries(picture, "DeviceGray"),
            content: picture.rgba().iter().skip(3).step_by(4).copied().collect(),
            compress: true,
        };
        dict.insert("SMask".to_owned(), DictItem::Stream { stream: mask });
    }
    // What is a JPEG already grows by another compression.
    let compress = picture.jpeg().is_none();
    let stream = pp::ExternalStream { dict, content, compress };
    pp::ExternalXObject { stream, width: None, height: None, dpi: None }
}

fn entries(picture: &Raster, color_space: &str) -> BTreeMap<String, DictItem> {
    let (width, height) = picture.size();
    BTreeMap::from([
        ("Type".to_owned(), name("XObject")),
        ("Subtype".to_owned(), name("Image")),
        ("Width".to_owned(), DictItem::Int(i64::from(width))),
        ("Height".to_owned(), DictItem::Int(i64::from(height))),
        ("ColorSpace".to_owned(), name(color_space)),
        ("BitsPerComponent".to_owned(), DictItem::Int(8)),
    ])
}

fn name(text: &str) -> DictItem {
    DictItem::Name(text.as_bytes().to_vec())
}
