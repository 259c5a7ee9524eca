//! Sheets compared with pictures of them that somebody has looked at and liked.
//!
//! A picture is a page drawn by poppler in greys. The foot of the sheet, which names versions and
//! digests, is left out. After a change that is meant, `JANGPYO_NEW_PICTURES=1 cargo test --test it
//! golden_pages` draws the pictures anew; look at them before they are committed.

use std::path::{Path, PathBuf};
use std::process::Command;

use jangpyo::format::Locale;
use jangpyo::render::pdf::pdf;

use crate::support::pdf::Pdf;
use crate::support::workspace::TestWorkspace;

/// Dots per inch: enough to see a line move by a point.
const RESOLUTION: u32 = 60;
/// Points at the foot of the sheet that are not compared.
const FOOT: usize = 36;
/// The part of the pixels that may be clearly different: poppler's versions set a letter a little
/// otherwise.
const TOLERANCE: f64 = 0.004;

const PAGES: [(&str, Locale, u32); 8] = [
    ("monthly-sales", Locale::Ko, 1),
    ("profit-and-loss", Locale::Ko, 1),
    ("profit-and-loss", Locale::En, 1),
    ("store-results", Locale::Ko, 1),
    ("store-results", Locale::ZhHk, 1),
    ("year-on-year", Locale::Ko, 1),
    ("inventory-status", Locale::Ko, 3),
    ("gallery", Locale::Ko, 2),
];

/// Greys in rows.
struct Picture {
    width: usize,
    pixels: Vec<u8>,
}

fn draw(file: &Path, page: u32) -> Picture {
    let (page, resolution) = (page.to_string(), RESOLUTION.to_string());
    let arguments = ["-gray", "-r", &resolution, "-f", &page, "-l", &page];
    let output = Command::new("pdftoppm").args(arguments).arg(file).output();
    let bytes = output.expect("pdftoppm is installed by `tests/all`").stdout;
    // P5, width, height, 255, then one byte per pixel.
    let head: Vec<&[u8]> = bytes.splitn(4, |byte| *byte == b'\n' || *byte == b' ').collect();
    let number = |field: &[u8]| String::from_utf8_lossy(field).trim().parse::<usize>().unwrap();
    let (width, height) = (number(head[1]), number(head[2]));
    let mut pixels = bytes[bytes.len() - width * height..].to_vec();
    // The foot names versions and digests, which are others on every machine.
    let foot = pixels.len() - FOOT * RESOLUTION as usize / 72 * width;
    pixels[foot..].fill(255);
    Picture { width, pixels }
}

fn stored(path: &Path) -> Picture {
    let file = std::fs::File::open(path);
    let file = file.unwrap_or_else(|_| panic!("{} is missing; see the top of this test", path.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    Picture { width: info.width as usize, pixels }
}

fn store(path: &Path, picture: &Picture) {
    let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let height = picture.pixels.len() / picture.width;
    let mut encoder = png::Encoder::new(file, picture.width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::High);
    encoder.write_header().unwrap().write_image_data(&picture.pixels).unwrap();
}

/// The part of the pixels that are clearly another grey.
fn difference(one: &Picture, other: &Picture) -> f64 {
    if (one.width, one.pixels.len()) != (other.width, other.pixels.len()) {
        return 1.0;
    }
    let pairs = one.pixels.iter().zip(&other.pixels);
    pairs.filter(|(one, other)| one.abs_diff(**other) > 64).count() as f64 / one.pixels.len() as f64
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[tokio::test]
async fn the_sheets_look_as_they_did_when_somebody_liked_them() {
    let anew = std::env::var_os("JANGPYO_NEW_PICTURES").is_some();
    let workspace = TestWorkspace::sample();
    let mut wrong = Vec::new();
    for (report, locale, page) in PAGES {
        let file = Pdf::new(&pdf(&workspace.document(report, locale).await).unwrap().bytes);
        let found = draw(file.path(), page);
        let name = format!("{report}-{locale}-{page}.png");
        if anew {
            store(&folder().join(&name), &found);
            continue;
        }
        let difference = difference(&found, &stored(&folder().join(&name)));
        if difference > TOLERANCE {
            let artefacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/artefacts");
            std::fs::create_dir_all(&artefacts).unwrap();
            store(&artefacts.join(&name), &found);
            wrong.push(format!("{name}: {:.2} % of the pixels differ", difference * 100.0));
        }
    }
    assert!(wrong.is_empty(), "see tests/artefacts and tests/golden:\n{}", wrong.join("\n"));
}

#[test]
fn a_moved_line_is_noticed() {
    let blank = Picture { width: 500, pixels: vec![255; 500 * 700] };
    let mut moved = Picture { width: 500, pixels: blank.pixels.clone() };
    moved.pixels[500 * 100..500 * 103].fill(0);
    assert!(difference(&blank, &moved) > TOLERANCE);
    assert!(difference(&blank, &blank) < f64::EPSILON);
}
