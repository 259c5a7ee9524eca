//! PDFs as independent readers see them: qpdf and poppler.

use std::path::Path;
use std::process::Command;

/// A PDF written to a file of its own.
pub(crate) struct Pdf {
    path: tempfile::TempPath,
}

/// One line of `pdffonts`.
#[derive(Debug)]
pub(crate) struct Font {
    pub(crate) name: String,
    pub(crate) is_embedded: bool,
    pub(crate) is_subset: bool,
    pub(crate) has_unicode: bool,
}

impl Pdf {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        assert!(
            bytes.starts_with(b"%PDF-"),
            "no PDF: {:?}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
        );
        let path = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap().into_temp_path();
        std::fs::write(&path, bytes).unwrap();
        Self { path }
    }

    /// Fails unless qpdf finds the file well-formed, without a warning.
    pub(crate) fn assert_sound(&self) {
        let check = Command::new("qpdf").arg("--check").arg(&self.path).output();
        let check = check.expect("qpdf is installed by `tests/all`");
        let said =
            String::from_utf8_lossy(&check.stdout).into_owned() + &String::from_utf8_lossy(&check.stderr);
        assert!(check.status.success() && !said.contains("WARNING"), "{said}");
    }

    /// Where it is written.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The part of the pixels of all pages, drawn by poppler, that are clearly another grey than in
    /// `other`; 1 if the pages have other sizes.
    pub(crate) fn differing_pixels(&self, other: &Self) -> f64 {
        let (these, those) = (self.pictures(), other.pictures());
        if these.len() != those.len() {
            return 1.0;
        }
        let differing = these.iter().zip(&those).filter(|(one, two)| one.abs_diff(**two) > 64).count();
        differing as f64 / these.len() as f64
    }

    /// The greys of all pages at 50 dpi, one after another.
    fn pictures(&self) -> Vec<u8> {
        let output = Command::new("pdftoppm").args(["-gray", "-r", "50"]).arg(&self.path).output();
        let output = output.expect("pdftoppm is installed by `tests/all`");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The text of all pages, in reading order.
    pub(crate) fn text(&self) -> String {
        said("pdftotext", &["-layout", "-enc", "UTF-8"], &self.path, &["-"])
    }

    /// The same in the order in which it is drawn, whatever its place.
    pub(crate) fn drawn_text(&self) -> String {
        said("pdftotext", &["-raw", "-enc", "UTF-8"], &self.path, &["-"])
    }

    pub(crate) fn pages(&self) -> usize {
        let info = said("pdfinfo", &[], &self.path, &[]);
        info.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse().unwrap()
    }

    /// Width and height of the first page in points.
    pub(crate) fn size(&self) -> (f64, f64) {
        let info = said("pdfinfo", &[], &self.path, &[]);
        let line = info.lines().find_map(|line| line.strip_prefix("Page size:")).unwrap();
        let numbers: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        (numbers[0], numbers[1])
    }

    pub(crate) fn fonts(&self) -> Vec<Font> {
        let list = said("pdffonts", &[], &self.path, &[]);
        let lines = list.lines().skip(2);
        lines
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                // … emb sub uni object ID, counted from the right because types hold spaces.
                let yes = |from_right: usize| words[words.len() - from_right] == "yes";
                Font {
                    name: words[0].to_owned(),
                    is_embedded: yes(5),
                    is_subset: yes(4),
                    has_unicode: yes(3),
                }
            })
            .collect()
    }
}

fn said(program: &str, before: &[&str], path: &Path, after: &[&str]) -> String {
    let output = Command::new(program).args(before).arg(path).args(after).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is installed by `tests/all`: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
