//! Reads the operators of a sheet with lopdf.

use lopdf::content::Operation;
use lopdf::{Document, Encoding, Object};

use super::drawing::{Contour, Drawing, Frame, Text};

/// What the viewer's graphics state holds.
#[derive(Clone, Copy, Default)]
struct State {
    fill: [f64; 3],
    stroke: [f64; 3],
    width: f64,
}

/// The drawing on the first sheet, in the frame of the chart.
pub(super) fn drawing(pdf: &[u8], frame: Frame) -> Drawing {
    let document = Document::load_mem(pdf).unwrap();
    let page = document.page_iter().next().unwrap();
    let fonts = document.get_page_fonts(page).unwrap();
    let mut drawing = Drawing::default();
    let (mut state, mut saved, mut contours) = (State::default(), Vec::new(), Vec::new());
    let (mut font, mut size): (Option<Encoding<'_>>, _) = (None, 0.0);
    for operation in document.get_and_decode_page_content(page).unwrap().operations {
        let points = || numbers(&operation).chunks(2).map(|pair| frame.point((pair[0], pair[1]))).collect();
        match operation.operator.as_str() {
            "q" => saved.push(state),
            "Q" => state = saved.pop().unwrap(),
            "rg" => state.fill = numbers(&operation).try_into().unwrap(),
            "RG" => state.stroke = numbers(&operation).try_into().unwrap(),
            "w" => state.width = numbers(&operation)[0],
            "m" => contours.push(points()),
            "l" | "c" => {
                let more: Vec<_> = points();
                contours.last_mut().unwrap().extend(more);
            }
            "f" => paint(&mut drawing, &mut contours, state.fill, None),
            "S" | "s" => paint(&mut drawing, &mut contours, state.stroke, Some(state.width)),
            "Tf" => {
                let dictionary = fonts[operation.operands[0].as_name().unwrap()];
                font = Some(dictionary.get_font_encoding(&document).unwrap());
                size = numbers(&operation)[0];
            }
            "Tm" => {
                let matrix = numbers(&operation);
                let upward = matrix[1] > 0.5;
                let at = frame.point((matrix[4], matrix[5]));
                drawing.texts.push(Text { at, upward, ..Text::default() });
            }
            "Tj" | "TJ" => {
                let text = drawing.texts.last_mut().unwrap();
                text.size = size;
                for operand in &operation.operands {
                    show(&mut text.words, operand, font.as_ref().unwrap());
                }
            }
            "h" | "gs" | "d" | "BT" | "ET" | "J" | "j" => {}
            other => panic!("the reader does not know `{other}`"),
        }
    }
    drawing
}

fn paint(drawing: &mut Drawing, contours: &mut Vec<Vec<(f64, f64)>>, color: [f64; 3], width: Option<f64>) {
    for points in contours.drain(..) {
        drawing.push(Contour { points, color, width });
    }
}

fn show(text: &mut String, shown: &Object, encoding: &Encoding<'_>) {
    match shown {
        Object::String(bytes, _) => text.push_str(&Document::decode_text(encoding, bytes).unwrap()),
        Object::Array(parts) => parts.iter().for_each(|part| show(text, part, encoding)),
        // Kerning between glyphs.
        _ => {}
    }
}

fn numbers(operation: &Operation) -> Vec<f64> {
    operation.operands.iter().filter_map(|operand| operand.as_float().ok()).map(f64::from).collect()
}
