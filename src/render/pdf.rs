//! A document as a PDF.

use std::collections::BTreeSet;

use super::canvas::pdf::{Conformance, ConformingWriter, Metadata, PdfWriter, SheetWriter, WrittenPdf};
use super::document::Document;
use super::provenance::{Provenance, ProvenanceError};
use super::sheet::{SheetLayout, Undrawn};

pub use super::canvas::pdf::{PdfError, ReadError, ReadPdf, locked};

/// A finished file, and what its owner should know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// The number of sheets.
    pub pages: usize,
    /// The characters that no bundled font has, in order; they stand as `[U+13000]`.
    pub missing_glyphs: Vec<char>,
    /// The panels whose data could not be drawn; their frames say so. Panels that had failed before
    /// are those of [`Document::failures`].
    pub undrawn: Vec<Undrawn>,
}

/// Writes `document` on sheets. The same document gives the same bytes, always and everywhere.
///
/// # Errors
/// Those of [`PdfError`]: each is a defect, none is the document's fault.
pub fn pdf(document: &Document) -> Result<Pdf, PdfError> {
    document.look().during(|| drawn(document))
}

fn drawn(document: &Document) -> Result<Pdf, PdfError> {
    let layout = SheetLayout::of(document);
    let metadata = Metadata {
        title: document.title.clone(),
        author: document.owner.clone(),
        subject: document.subtitle.clone(),
        keywords: document.proof.clone(),
        proof: document.provenance.to_json(),
        language: document.locale.tag(),
        created: document.evaluated_at,
    };
    let written = if document.conformance == Conformance::default() {
        written(PdfWriter::new(metadata), &layout, document)?
    } else {
        written(ConformingWriter::new(metadata, document.conformance)?, &layout, document)?
    };
    let missing: BTreeSet<char> = written.missing_glyphs.union(&layout.missing_glyphs()).copied().collect();
    Ok(Pdf {
        bytes: written.bytes,
        pages: layout.len(),
        missing_glyphs: missing.into_iter().collect(),
        undrawn: layout.undrawn(),
    })
}

/// What the metadata of a file say of its origin.
///
/// # Errors
/// The file is no PDF, is damaged or protected, or was made by another program; or its proof cannot be
/// read.
pub fn provenance_of(file: &ReadPdf) -> Result<Provenance, ProofError> {
    Ok(Provenance::from_json(&file.proof()?)?)
}

/// Why a file does not tell where it comes from.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Its proof cannot be used.
    #[error(transparent)]
    Provenance(#[from] ProvenanceError),
}

fn written(
    mut writer: impl SheetWriter,
    layout: &SheetLayout<'_>,
    document: &Document,
) -> Result<WrittenPdf, PdfError> {
    for mut page in layout.pages() {
        page.resolve_links(document.base_url.as_deref());
        writer.page(document.look().painted(page))?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::*;
    use crate::format::Locale;
    use crate::render::sheet::sample;

    /// What a program says of a file; `None` where the program is not installed.
    fn output(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
        let output = Command::new(program).args(arguments).arg(file).arg("-").output();
        let output = match (program, output) {
            (_, Err(_)) => return None,
            ("pdftotext", Ok(output)) => output,
            _ => Command::new(program).args(arguments).arg(file).output().ok()?,
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{program}: {text} {}", String::from_utf8_lossy(&output.stderr));
        Some(text)
    }

    /// Writes the file where it can be looked at afterwards, if that was asked for.
    fn written(name: &str, pdf: &Pdf, folder: &tempfile::TempDir) -> PathBuf {
        let kept = std::env::var_os("JANGPYO_KEEP_PDFS").map(PathBuf::from);
        let path = kept.unwrap_or_else(|| folder.path().to_owned()).join(name);
        std::fs::write(&path, &pdf.bytes).unwrap();
        path
    }

    #[test]
    fn independent_readers_find_sound_files_with_subset_fonts_and_all_text_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let strings = [
            (Locale::Ko, ["주간 매출 현황", "강남 플래그십 스토어 1", "합계"]),
            (Locale::En, ["Weekly sales", "Gangnam Flagship Store 1", "Total"]),
            (Locale::ZhHk, ["每週銷售報告", "銅鑼灣旗艦店 1", "總計"]),
        ];
        for (locale, expected) in strings {
            for (size, name, key_numbers) in
                [((595.28, 841.89), "portrait", 3), ((841.89, 595.28), "landscape", 4)]
            {
                let document = sample::report(locale, size, key_numbers, 90);
                let pdf = pdf(&document).unwrap();
                assert_eq!(pdf.missing_glyphs, Vec::<char>::new(), "{locale}");
                assert_eq!(pdf.undrawn, [], "{locale}");
                let path = written(&format!("{locale}-{name}.pdf"), &pdf, &folder);
                if let Some(report) = output("qpdf", &["--check"], &path) {
                    assert!(report.contains("No syntax or stream encoding errors"), "{report}");
                }
                if let Some(fonts) = output("pdffonts", &[], &path) {
                    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
                    assert!(fonts.len() >= 2, "{fonts:?}");
                    for font in fonts {
                        // name, type, encoding, embedded, subset, has ToUnicode
                        assert!(font.contains('+') && font.contains("yes yes yes"), "{font}");
                    }
                }
                if let Some(text) = output("pdftotext", &["-layout"], &path) {
                    let found: Vec<_> = expected.iter().map(|string| text.find(string)).collect();
                    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{found:?} {text}");
                    assert!(text.contains(&format!("{0} / {0}", pdf.pages)), "page numbers");
                    assert_eq!(text.matches('\u{c}').count(), pdf.pages, "sheets");
                }
            }
        }
    }

    #[test]
    fn files_that_keep_to_a_standard_are_sound_and_read_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let mut document = sample::report(Locale::Ko, (595.28, 841.89), 4, 40);
        let plain = pdf(&document).unwrap();
        let plain_path = written("plain.pdf", &plain, &folder);
        let words = |path: &Path| {
            let text = output("pdftotext", &["-layout"], path);
            text.map(|text| text.split_whitespace().collect::<String>())
        };
        for (archive, accessible) in [(true, false), (false, true), (true, true)] {
            document.conformance = Conformance { archive, accessible };
            let made = pdf(&document).unwrap();
            assert_eq!(made.pages, plain.pages);
            assert_eq!(made.bytes, pdf(&document).unwrap().bytes);
            let path = written(&format!("archive-{archive}-accessible-{accessible}.pdf"), &made, &folder);
            assert_eq!(words(&path), words(&plain_path));
            if let Some(report) = output("qpdf", &["--check"], &path) {
                assert!(report.contains("No syntax or stream encoding errors"), "{report}");
            }
        }
    }

    #[test]
    fn the_same_document_gives_the_same_bytes_and_another_one_does_not() {
        let document = sample::report(Locale::Ko, (595.28, 841.89), 4, 40);
        let first = pdf(&document).unwrap();
        assert_eq!(first.bytes, pdf(&document).unwrap().bytes);
        let mut other = document.clone();
        other.title.push('!');
        assert_ne!(first.bytes, pdf(&other).unwrap().bytes);
    }

    #[test]
    fn characters_without_a_glyph_and_hostile_text_are_shown_and_reported() {
        let mut document = sample::report(Locale::Ko, (595.28, 841.89), 1, 5);
        document.title = "매출 𓀀\u{202e}\u{0}\u{7} שלום <script>\\)(".into();
        document.approval.stages.clear();
        let pdf = pdf(&document).unwrap();
        assert!(
            pdf.missing_glyphs.contains(&'𓀀') && pdf.missing_glyphs.contains(&'ש'),
            "{:?}",
            pdf.missing_glyphs
        );
        let folder = tempfile::tempdir().unwrap();
        let path = written("hostile.pdf", &pdf, &folder);
        if let Some(text) = output("pdftotext", &[], &path) {
            assert!(text.contains("매출 [U+13000] [U+05E9 05DC 05D5 05DD]"), "{text}");
            assert!(text.contains("<script>\\)("), "{text}");
        }
        output("qpdf", &["--check"], &path);
    }

    #[test]
    fn ten_thousand_characters_do_no_harm_anywhere() {
        let long = "가나다 abc 銷售 ".repeat(1000);
        let mut document = sample::report(Locale::Ko, (595.28, 841.89), 1, 5);
        document.title.clone_from(&long);
        document.subtitle.clone_from(&long);
        document.header = long.clone().into();
        document.footer = long.clone().into();
        document.approval.stages = vec![long.clone(); 8];
        for block in document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten()) {
            block.title.clone_from(&long);
            block.note = Some(long.clone());
        }
        assert!(pdf(&document).unwrap().pages < 20);
    }
}
