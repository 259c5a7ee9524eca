//! The fonts of a brand: checked when they are read, loaded once.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use ttf_parser::{Face, Permissions, name_id};

use super::FontSet;

/// The sets that were loaded, by the digest of their files. A set lives as long as the program: parsed
/// fonts borrow their files, every document of a brand draws with the same ones, and a brand changes its
/// fonts once in years.
static LOADED: LazyLock<Mutex<HashMap<[u8; 32], &'static FontSet>>> = LazyLock::new(Mutex::default);

/// Says why a file cannot be the font of a brand: it must be readable, be allowed in documents, have
/// outlines of one design, and letters.
///
/// # Errors
/// The reason, as words for the author.
pub fn check_font(file: &[u8]) -> Result<(), String> {
    if file.starts_with(b"wOFF") || file.starts_with(b"wOF2") {
        return Err("it is a web font (WOFF), which cannot stand in a PDF".into());
    }
    if file.starts_with(b"ttcf") {
        return Err("it is a collection of several fonts".into());
    }
    let face = Face::parse(file, 0).map_err(|error| format!("it is no font that can be read: {error}"))?;
    if face.is_variable() {
        return Err("it is a variable font; export the regular and the bold as fonts of their own".into());
    }
    // No table says nothing against it.
    let is_closed = face.tables().os2.is_some()
        && (matches!(face.permissions(), Some(Permissions::Restricted)) || !face.is_subsetting_allowed());
    if is_closed {
        return Err("its licence does not allow it in documents, or not in part (fsType)".into());
    }
    let missing: String =
        ('a'..='z').chain('A'..='Z').filter(|c| face.glyph_index(*c).is_none()).take(5).collect();
    if !missing.is_empty() {
        return Err(format!("it has no glyphs for letters such as {missing}"));
    }
    if face.tables().glyf.is_none() && face.tables().cff.is_none() {
        return Err("it has no outlines that can be embedded".into());
    }
    Ok(())
}

/// The bundled fonts with the fonts of a brand before them; `None` if a file is no font, which
/// [`check_font`] tells before.
pub fn brand_fonts(regular: &[u8], bold: &[u8]) -> Option<&'static FontSet> {
    let key = Sha256::new().chain_update(Sha256::digest(regular)).chain_update(bold).finalize().into();
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(fonts) = loaded.get(&key) {
        return Some(fonts);
    }
    let named = |file: &[u8]| {
        let name = postscript_name(file)?;
        Some((&*Box::leak(Box::<[u8]>::from(file)), &*Box::leak(name.into_boxed_str())))
    };
    let fonts: &'static FontSet = Box::leak(Box::new(FontSet::with_brand([named(regular)?, named(bold)?])?));
    loaded.insert(key, fonts);
    Some(fonts)
}

/// The PostScript name, in the characters a name in a PDF may have.
fn postscript_name(file: &[u8]) -> Option<String> {
    let face = Face::parse(file, 0).ok()?;
    let mut own = face.names().into_iter().filter(|name| name.name_id == name_id::POST_SCRIPT_NAME);
    let own = own.find_map(|name| name.to_string()).unwrap_or_default();
    let name: String = own.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(63).collect();
    Some(if name.is_empty() { "Brand".to_owned() } else { name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::canvas::{FaceId, Weight};

    /// A bundled font plays the brand's.
    fn serif() -> &'static FontSet {
        let bundled = FontSet::bundled();
        brand_fonts(bundled.data(FaceId::NotoHkRegular), bundled.data(FaceId::NotoHkBold)).unwrap()
    }

    #[test]
    fn a_brand_goes_first_and_the_bundled_fonts_fill_in() {
        let fonts = serif();
        assert_eq!(fonts.face_for('A', Weight::Regular), Some(FaceId::BrandRegular));
        assert_eq!(fonts.face_for('A', Weight::Bold), Some(FaceId::BrandBold));
        assert_eq!(fonts.face_for('가', Weight::Regular), Some(FaceId::PretendardRegular));
        assert_eq!(fonts.postscript_name(FaceId::BrandBold), "NotoSansHK-Bold");
        assert!(std::ptr::eq(fonts, serif()), "loaded once");
    }

    #[test]
    fn fonts_are_in_use_only_while_their_document_is_drawn() {
        let width = || FontSet::in_use().width("Revenue", 10.0, Weight::Regular);
        let usual = width();
        let brand = serif().during(width);
        assert!((usual - brand).abs() > 0.1, "{usual} {brand}");
        assert!((width() - usual).abs() < f32::EPSILON);
        let panicked = std::panic::catch_unwind(|| serif().during(|| panic!("while drawing")));
        assert!(panicked.is_err());
        assert!((width() - usual).abs() < f32::EPSILON);
    }

    #[test]
    fn files_that_cannot_stand_in_a_document_are_refused_with_the_reason() {
        let good = FontSet::bundled().data(FaceId::PretendardRegular);
        assert_eq!(check_font(good), Ok(()));
        let refused = [
            (&b"wOF2\0\0\0"[..], "web font"),
            (&b"ttcf\0\0\0"[..], "collection"),
            (&b"no font"[..], "no font that can be read"),
            (&good[..200], "no font that can be read"),
            (FontSet::bundled().data(FaceId::NotoEmoji), "no glyphs for letters"),
        ];
        for (file, reason) in refused {
            let said = check_font(file).unwrap_err();
            assert!(said.contains(reason), "{said}");
        }
        // OS/2 version 4, fsType 2: restricted licence.
        let mut closed = good.to_vec();
        let table = (0..40).map(|index| 12 + index * 16).find(|at| &closed[*at..*at + 4] == b"OS/2").unwrap();
        let offset = u32::from_be_bytes(closed[table + 8..table + 12].try_into().unwrap()) as usize;
        closed[offset + 8..offset + 10].copy_from_slice(&[0, 2]);
        assert!(check_font(&closed).unwrap_err().contains("licence"));
    }
}
