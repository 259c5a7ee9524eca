//! Reads SVG: the one for the screen, and the one Poppler makes of a PDF.

use regex::Regex;

use super::drawing::{Contour, Drawing, Frame, Text};

/// The drawing in an SVG file of the product, without the white paper below it.
pub(super) fn drawing(svg: &str) -> Drawing {
    let mut drawing = Drawing::default();
    let tags = Regex::new(r"<path ([^>]*)/>|<text ([^>]*)>([^<]*)</text>|<svg ").unwrap();
    // The frame and the white paper come first.
    for found in tags.captures_iter(svg).skip(2) {
        if let Some(attributes) = found.get(1) {
            contours(&mut drawing, attributes.as_str(), |point| point);
        } else if let (Some(attributes), Some(content)) = (found.get(2), found.get(3)) {
            drawing.texts.push(text(attributes.as_str(), content.as_str()));
        } else {
            panic!("a chart that clips: follow its frame first");
        }
    }
    drawing
}

/// The paths of the page that Poppler found, in the frame of the chart.
pub(super) fn traced_by_poppler(svg: &str, frame: Frame) -> Drawing {
    let body = svg.rfind("</defs>").map_or(svg, |end| &svg[end..]);
    let mut drawing = Drawing::default();
    for found in Regex::new("<path ([^>]*)/>").unwrap().captures_iter(body) {
        let attributes = &found[1];
        let matrix = attribute(attributes, "transform").map_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0], |text| {
            let numbers = numbers(text);
            numbers.try_into().expect("a matrix of six numbers")
        });
        contours(&mut drawing, attributes, |(x, y)| {
            let [scale_x, shear_y, shear_x, scale_y, left, top] = matrix;
            let moved = (scale_x * x + shear_x * y + left, shear_y * x + scale_y * y + top);
            (moved.0 - frame.left, moved.1 - frame.top)
        });
    }
    drawing
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let start = format!(" {attributes}").find(&format!(" {name}=\""))? + name.len() + 2;
    let rest = attributes.get(start..)?;
    rest.get(..rest.find('"')?)
}

fn numbers(text: &str) -> Vec<f64> {
    let number = Regex::new(r"-?\d+(?:\.\d+)?").unwrap();
    number.find_iter(text).map(|found| found.as_str().parse().unwrap()).collect()
}

fn color(text: &str) -> [f64; 3] {
    if let Some(hex) = text.strip_prefix('#') {
        return [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0);
    }
    let parts: [f64; 3] = numbers(text).try_into().expect("three parts of a colour");
    parts.map(|part| part / 100.0)
}

fn text(attributes: &str, content: &str) -> Text {
    let number = |name| attribute(attributes, name).unwrap().parse::<f64>().unwrap();
    let turned = attribute(attributes, "transform").map(numbers);
    let at = match &turned {
        Some(numbers) => (numbers[0], numbers[1]),
        None => (number("x"), number("y")),
    };
    let text = content
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    Text { at, size: number("font-size"), upward: turned.is_some(), words: text }
}

/// Follows the commands of a path, absolute and relative.
fn contours(drawing: &mut Drawing, attributes: &str, place: impl Fn((f64, f64)) -> (f64, f64)) {
    // Poppler writes `style="fill:none;stroke:rgb(…);…"`; taken apart, that reads like attributes.
    let style = attribute(attributes, "style").map_or_else(String::new, |style| {
        let parts = style.split_terminator(';').map(|part| part.replacen(':', "=\"", 1));
        parts.fold(String::new(), |text, part| text + &part + "\" ")
    });
    let look = |name| attribute(attributes, name).or_else(|| attribute(&style, name));
    let painted = |name| look(name).filter(|paint| *paint != "none").map(color);
    let (fill, stroke) = (painted("fill"), painted("stroke"));
    assert!(fill.is_none() || stroke.is_none(), "filled and stroked at once: {attributes}");
    let width = stroke.map(|_| look("stroke-width").unwrap().parse().unwrap());
    let color = fill.or(stroke).unwrap_or_else(|| panic!("not painted: {attributes}"));
    let commands = Regex::new("([MmLlHhVvCcZz])([^A-Za-z]*)").unwrap();
    let (mut at, mut start, mut open) = ((0.0, 0.0), (0.0, 0.0), Vec::new());
    let mut close = |points: &mut Vec<(f64, f64)>| {
        let points: Vec<_> = points.drain(..).map(&place).collect();
        drawing.push(Contour { points, color, width });
    };
    for found in commands.captures_iter(attribute(attributes, "d").unwrap()) {
        let (command, numbers) = (&found[1], numbers(&found[2]));
        let origin = if command.chars().all(char::is_lowercase) { at } else { (0.0, 0.0) };
        let pairs = || numbers.chunks(2).map(move |pair| (origin.0 + pair[0], origin.1 + pair[1]));
        match command {
            "M" | "m" => {
                close(&mut open);
                open = pairs().collect();
                start = open[0];
            }
            "Z" | "z" => {
                close(&mut open);
                at = start;
                continue;
            }
            "h" => open.push((at.0 + numbers[0], at.1)),
            "v" => open.push((at.0, at.1 + numbers[0])),
            "H" => open.push((numbers[0], at.1)),
            "V" => open.push((at.0, numbers[0])),
            _ => open.extend(pairs()),
        }
        at = *open.last().expect("a path begins with a point");
    }
    close(&mut open);
}
