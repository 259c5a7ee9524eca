//! Header and footer, on every sheet.

use crate::render::canvas::{Page, Weight};
use crate::render::document::{Document, Running};
use crate::render::sheet::lines::{Align, Style, Typesetter, put, shortened};
use crate::render::sheet::style::{FOOTER_BASELINE, HAIRLINE, HEADER_BASELINE, MARGIN, MUTED, rule};

const SIZE: f32 = 7.2;
/// Between the parts of a line.
const APART: f32 = 12.0;

/// Below a footer in parts, which leaves no room beside it, the proof stands on a line of its own; the
/// parts make room for it.
const PROOF_BELOW: f32 = 5.3;
const PARTS_RAISED: f32 = 2.0;

/// Which sheet this is, from 1, of how many: of the document, and of its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render::sheet) struct Position {
    pub(in crate::render::sheet) of_document: (usize, usize),
    pub(in crate::render::sheet) of_section: (usize, usize),
}

/// Draws header and footer.
pub(in crate::render::sheet) fn running(
    page: &mut Page,
    document: &Document,
    position: Position,
    is_first: bool,
    texts: &Typesetter,
) {
    let (left, right) = (MARGIN, page.width - MARGIN);
    let width = right - left;
    let ((number, count), (own, section)) = (position.of_document, position.of_section);
    let filled = |text: &str| {
        let text = text
            .replace("{pages}", &count.to_string())
            .replace("{page}", &number.to_string())
            .replace("{section_pages}", &section.to_string())
            .replace("{section_page}", &own.to_string())
            .replace("{proof}", &document.proof);
        texts.clean(&text).trim().to_owned()
    };
    let style = Style::regular(SIZE, MUTED);
    let bold = Style { weight: Weight::Bold, ..style };

    match &document.header {
        Running::Usual(text) => {
            let header = filled(text);
            let header = shortened(&header, style, width * 0.6);
            put(page, &header, style, (right, HEADER_BASELINE), Align::Right);
            if !is_first {
                let room = width - style.width(&header) - APART;
                texts.line(page, &document.title, bold, (left, HEADER_BASELINE), room, Align::Left);
            }
        }
        Running::Parts(parts) => {
            parted(page, &parts.each_ref().map(|text| filled(text)), style, (left, right), HEADER_BASELINE);
        }
    }
    if !is_first {
        let y = HEADER_BASELINE + 5.0;
        page.line((left, y), (right, y), rule(HAIRLINE, 0.5));
    }

    let baseline = page.height - FOOTER_BASELINE;
    page.line((left, baseline - 9.0), (right, baseline - 9.0), rule(HAIRLINE, 0.5));
    let proof = texts.clean(&document.proof);
    let small = Style { size: 6.2, ..style };
    match &document.footer {
        Running::Usual(text) => {
            let footer = filled(text);
            // A footer with its proof is long, and every word of it is meant.
            let style = if style.width(&footer) > width { small } else { style };
            let footer = shortened(&footer, style, width);
            put(page, &footer, style, (left, baseline), Align::Left);
            let room = width - style.width(&footer) - APART;
            if !footer.contains(proof.trim()) && room > 60.0 {
                put(page, &shortened(proof.trim(), small, room), small, (right, baseline), Align::Right);
            }
        }
        Running::Parts(parts) => {
            let parts = parts.each_ref().map(|text| filled(text));
            let has_proof = parts.iter().any(|part| part.contains(proof.trim()));
            let raised = if has_proof { 0.0 } else { PARTS_RAISED };
            parted(page, &parts, style, (left, right), baseline - raised);
            if !has_proof {
                let proof = shortened(proof.trim(), small, width);
                put(page, &proof, small, (right, baseline + PROOF_BELOW), Align::Right);
            }
        }
    }
}

/// Three texts on one line. The one in the middle keeps its place while it can; none meets another.
fn parted(page: &mut Page, parts: &[String; 3], style: Style, (left, right): (f32, f32), baseline: f32) {
    let width = right - left;
    let [first, middle, last] = parts;
    let middle = shortened(middle, style, width * 0.5);
    let side = if middle.is_empty() {
        let wanted = style.width(first) + style.width(last) + APART;
        // Without a middle each side may take what the other does not need.
        if wanted <= width { width } else { (width - APART) / 2.0 }
    } else {
        (width - style.width(&middle)) / 2.0 - APART
    };
    put(page, &shortened(first, style, side), style, (left, baseline), Align::Left);
    put(page, &middle, style, (f32::midpoint(left, right), baseline), Align::Center);
    put(page, &shortened(last, style, side), style, (right, baseline), Align::Right);
}
