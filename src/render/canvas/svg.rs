//! The display list as SVG: for pages, in colours that follow light and dark mode, and as a file.
//!
//! Pages forbid inline styles, so colours are presentation attributes that name CSS variables; the
//! variables are in [`stylesheet`].

use std::fmt::Write;

use super::{FillRule, Op, Page, Paint, Rect, Rgb, Segment, Stroke, Tag, VectorStep, Weight};
use crate::charts::{Hotspot, Role};

const FONT_FAMILY: &str = "Pretendard, Noto Sans HK, sans-serif";

/// How colours are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Colors {
    /// As CSS variables, where the theme has the colour.
    Variables,
    /// As they are.
    Light,
}

/// SVG to stand inside an HTML page that has [`stylesheet`]: as wide as its place, with `label` as
/// its accessible name, and `hotspots` (in points of the page) as rectangles of class `hot` that
/// carry their text in `data-title`, `data-lines` and a `<title>`.
pub fn svg(page: &Page, hotspots: &[Hotspot], label: &str) -> String {
    let mut out = String::with_capacity(4096);
    // A picture hides what is inside; one with links is a group of them.
    let role = if hotspots.iter().any(|hotspot| hotspot.link.is_some()) { "group" } else { "img" };
    open(&mut out, page, label, role, Colors::Variables);
    describe(&mut out, page);
    draw(&mut out, page, Colors::Variables);
    for hotspot in hotspots {
        write_hotspot(&mut out, hotspot);
    }
    out.push_str("</svg>");
    out
}

/// SVG as a file of its own, in light colours, on white.
pub fn svg_file(page: &Page, label: &str) -> String {
    let mut out = String::with_capacity(4096);
    open(&mut out, page, label, "img", Colors::Light);
    describe(&mut out, page);
    let _ =
        write!(out, "<path fill=\"#ffffff\" d=\"M0 0H{}V{}H0Z\"/>", Short(page.width), Short(page.height));
    draw(&mut out, page, Colors::Light);
    out.push_str("</svg>\n");
    out
}

/// The CSS that pages with charts need: every colour of the theme as a variable, for light mode, for
/// dark mode by preference of the system, and for `data-theme="light"` or `"dark"` on the root.
pub fn stylesheet() -> String {
    let variables = |indent: &str, value: fn(Role) -> (u8, u8, u8)| {
        Role::all().fold(String::new(), |mut text, role| {
            let (red, green, blue) = value(role);
            let _ = writeln!(text, "{indent}--{}: {};", role.swatch().variable, Hex(Rgb(red, green, blue)));
            text
        })
    };
    let (light, dark) = (|role: Role| role.swatch().light, |role: Role| role.swatch().dark);
    format!(
        "/* Made from src/charts/theme.rs; a test compares. */\n\
         :root {{\n{}}}\n\
         @media (prefers-color-scheme: dark) {{\n  :root:not([data-theme=\"light\"]) {{\n{}  }}\n}}\n\
         :root[data-theme=\"dark\"] {{\n{}}}\n\
         svg.chart {{ display: block; width: 100%; height: auto; overflow: visible; }}\n\
         svg.chart text {{ font-variant-numeric: tabular-nums; font-kerning: none; white-space: pre; }}\n\
         svg.chart .hot {{ fill: transparent; }}\n\
         svg.chart a .hot {{ cursor: pointer; }}\n\
         svg.chart a:focus-visible .hot, svg.chart a .hot:focus-visible {{ fill: var(--ink); fill-opacity: 0.08; }}\n\
         svg.chart .hot:hover {{ fill: var(--ink); fill-opacity: 0.05; }}\n",
        variables("  ", light),
        variables("    ", dark),
        variables("  ", dark),
    )
}

fn open(out: &mut String, page: &Page, label: &str, role: &str, colors: Colors) {
    let (width, height) = (Short(page.width), Short(page.height));
    let label = Escaped(label);
    let _ = match colors {
        Colors::Variables => write!(
            out,
            "<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" width=\"100%\" role=\"{role}\" \
             aria-label=\"{label}\" font-family=\"{FONT_FAMILY}\">"
        ),
        Colors::Light => write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}pt\" height=\"{height}pt\" role=\"{role}\" font-family=\"{FONT_FAMILY}\">\
             <title>{label}</title>\
             <style>text{{font-variant-numeric:tabular-nums;font-kerning:none;white-space:pre}}</style>"
        ),
    };
}

/// A page that is one figure says what is seen in it.
fn describe(out: &mut String, page: &Page) {
    if let Some(Op::Begin(Tag::Figure { alt })) = page.ops.first()
        && !alt.is_empty()
    {
        let _ = write!(out, "<desc>{}</desc>", Escaped(alt));
    }
}

fn draw(out: &mut String, page: &Page, colors: Colors) {
    let mut clips = 0;
    let mut ops = page.ops.iter().peekable();
    while let Some(op) = ops.next() {
        match op {
            Op::Path { segments, fill, stroke } => {
                out.push_str("<path d=\"");
                let mut pen = Turtle::default();
                pen.walk(out, segments);
                // Neighbours that look the same become one element, as bars and grids do.
                while let Some(Op::Path { segments: more, fill: next_fill, stroke: next_stroke }) = ops.peek()
                {
                    if next_fill != fill || next_stroke != stroke || !merges(fill.as_ref(), stroke.as_ref()) {
                        break;
                    }
                    pen.walk(out, more);
                    ops.next();
                }
                out.push('"');
                write_paint(out, "fill", fill.as_ref(), colors);
                if let Some(stroke) = stroke {
                    write_stroke(out, stroke, colors);
                }
                out.push_str("/>");
            }
            Op::Text { x, y, size, weight, color, text, turn, opacity } => {
                let (x, y) = (Short(*x), Short(*y));
                let _ = if *turn == 0.0 {
                    write!(out, "<text x=\"{x}\" y=\"{y}\"")
                } else {
                    write!(out, "<text transform=\"translate({x} {y})rotate({})\"", Short(-turn))
                };
                let _ = write!(out, " font-size=\"{}\"", Short(*size));
                if *weight == Weight::Bold {
                    out.push_str(" font-weight=\"700\"");
                }
                write_paint(out, "fill", Some(&Paint { color: *color, opacity: *opacity }), colors);
                let _ = write!(out, ">{}</text>", Escaped(text));
            }
            Op::PushClip(area) => {
                open_clip(out, *area);
                clips += 1;
            }
            Op::PopClip if clips > 0 => {
                out.push_str("</svg>");
                clips -= 1;
            }
            Op::Image { area, image } => {
                let Rect { x, y, width, height } = *area;
                let _ = write!(
                    out,
                    "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" href=\"{}\"/>",
                    Short(x),
                    Short(y),
                    Short(width),
                    Short(height),
                    image.data_uri()
                );
            }
            Op::Drawing { area, image } => {
                for step in image.steps_in(*area) {
                    write_step(out, &step);
                }
            }
            Op::PopClip | Op::Link { .. } | Op::Bookmark { .. } | Op::Begin(_) | Op::End => {}
        }
    }
    out.push_str(&"</svg>".repeat(clips));
}

fn open_clip(out: &mut String, area: Rect) {
    let Rect { x, y, width, height } = area;
    let (x, y, width, height) = (Short(x), Short(y), Short(width), Short(height));
    // A nested drawing clips at its edges, and needs no id that another chart may use.
    let _ = write!(
        out,
        "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{x} {y} {width} {height}\" overflow=\"hidden\">"
    );
}

/// A logo keeps its colours in dark mode.
fn write_step(out: &mut String, step: &VectorStep) {
    match step {
        VectorStep::Fill { segments, rule, paint } => {
            out.push_str("<path d=\"");
            Turtle::default().walk(out, segments);
            out.push('"');
            if *rule == FillRule::EvenOdd {
                out.push_str(" fill-rule=\"evenodd\"");
            }
            write_paint(out, "fill", Some(paint), Colors::Light);
            out.push_str("/>");
        }
        VectorStep::PushClip(area) => open_clip(out, *area),
        VectorStep::PopClip => out.push_str("</svg>"),
    }
}

/// Whether paths of this look may be joined without changing what is seen: see-through ones may
/// not, since overlaps would look different.
fn merges(fill: Option<&Paint>, stroke: Option<&Stroke>) -> bool {
    let opaque = |paint: &Paint| paint.opacity >= 1.0;
    fill.is_none_or(opaque) && stroke.is_none_or(|stroke| opaque(&stroke.paint))
}

fn write_paint(out: &mut String, attribute: &str, paint: Option<&Paint>, colors: Colors) {
    let Some(paint) = paint else {
        let _ = write!(out, " {attribute}=\"none\"");
        return;
    };
    match variable(paint.color).filter(|_| colors == Colors::Variables) {
        Some(variable) => {
            let _ = write!(out, " {attribute}=\"var(--{variable})\"");
        }
        None => {
            let _ = write!(out, " {attribute}=\"{}\"", Hex(paint.color));
        }
    }
    if paint.opacity < 1.0 {
        let _ = write!(out, " {attribute}-opacity=\"{}\"", Short(paint.opacity));
    }
}

fn write_stroke(out: &mut String, stroke: &Stroke, colors: Colors) {
    write_paint(out, "stroke", Some(&stroke.paint), colors);
    let _ = write!(out, " stroke-width=\"{}\"", Short(stroke.width));
    if let Some((dash, gap)) = stroke.dash {
        let _ = write!(out, " stroke-dasharray=\"{} {}\"", Short(dash), Short(gap));
    }
    out.push_str(" stroke-linejoin=\"round\"");
}

/// The CSS variable of a colour of the theme, without the dashes.
fn variable(color: Rgb) -> Option<&'static str> {
    let Rgb(red, green, blue) = color;
    Role::all()
        .map(Role::swatch)
        .find(|swatch| swatch.light == (red, green, blue))
        .map(|swatch| swatch.variable)
}

fn write_hotspot(out: &mut String, hotspot: &Hotspot) {
    let area = &hotspot.area;
    if let Some(link) = &hotspot.link {
        let details = hotspot.details.iter();
        let told: Vec<String> = details.map(|detail| format!("{} {}", detail.label, detail.value)).collect();
        let label = format!("{} {}", hotspot.title, told.join(", "));
        let _ = write!(out, "<a href=\"{}\" aria-label=\"{}\">", Escaped(link), Escaped(label.trim()));
    }
    let _ = write!(
        out,
        "<rect class=\"hot\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill-opacity=\"0\" data-title=\"{}\" data-lines=\"",
        Short(area.left as f32),
        Short(area.top as f32),
        Short(area.width() as f32),
        Short(area.height() as f32),
        Escaped(&hotspot.title),
    );
    // One line each: colour variable, label, value, parted by tabs, which names cannot contain.
    for (index, detail) in hotspot.details.iter().enumerate() {
        let variable = detail.role.map_or("", |role| role.swatch().variable);
        let separator = if index > 0 { "&#10;" } else { "" };
        let _ =
            write!(out, "{separator}{variable}&#9;{}&#9;{}", Escaped(&detail.label), Escaped(&detail.value));
    }
    let _ = write!(out, "\"><title>{}", Escaped(&hotspot.title));
    for detail in &hotspot.details {
        let _ = write!(out, "\n{} {}", Escaped(&detail.label), Escaped(&detail.value));
    }
    out.push_str("</title></rect>");
    if hotspot.link.is_some() {
        out.push_str("</a>");
    }
}

/// Walks along paths in hundredths of points, so that relative steps cannot drift.
#[derive(Default)]
struct Turtle {
    at: (i64, i64),
    start: (i64, i64),
}

fn hundredths(x: f32, y: f32) -> (i64, i64) {
    ((f64::from(x) * 100.0).round() as i64, (f64::from(y) * 100.0).round() as i64)
}

impl Turtle {
    fn walk(&mut self, out: &mut String, segments: &[Segment]) {
        for segment in segments {
            match *segment {
                Segment::MoveTo(x, y) => {
                    self.at = hundredths(x, y);
                    self.start = self.at;
                    out.push('M');
                    write_numbers(out, &[self.at.0, self.at.1]);
                }
                Segment::LineTo(x, y) => {
                    let to = hundredths(x, y);
                    let step = (to.0 - self.at.0, to.1 - self.at.1);
                    match step {
                        (across, 0) => {
                            out.push('h');
                            write_numbers(out, &[across]);
                        }
                        (0, down) => {
                            out.push('v');
                            write_numbers(out, &[down]);
                        }
                        (across, down) => {
                            out.push('l');
                            write_numbers(out, &[across, down]);
                        }
                    }
                    self.at = to;
                }
                Segment::CurveTo(x1, y1, x2, y2, x, y) => {
                    let points = [hundredths(x1, y1), hundredths(x2, y2), hundredths(x, y)];
                    out.push('c');
                    let numbers = points.map(|point| [point.0 - self.at.0, point.1 - self.at.1]);
                    write_numbers(out, numbers.as_flattened());
                    self.at = points[2];
                }
                Segment::Close => {
                    out.push('z');
                    self.at = self.start;
                }
            }
        }
    }
}

fn write_numbers(out: &mut String, hundredths: &[i64]) {
    for (index, number) in hundredths.iter().enumerate() {
        // A minus sign separates as well as a space does.
        if index > 0 && *number >= 0 {
            out.push(' ');
        }
        let (whole, part) = (number.abs() / 100, number.abs() % 100);
        let sign = if *number < 0 { "-" } else { "" };
        let _ = match part {
            0 => write!(out, "{sign}{whole}"),
            part if part % 10 == 0 => write!(out, "{sign}{whole}.{}", part / 10),
            part => write!(out, "{sign}{whole}.{part:02}"),
        };
    }
}

/// A length with at most two decimals.
struct Short(f32);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        write_numbers(&mut text, &[(f64::from(self.0) * 100.0).round() as i64]);
        f.write_str(&text)
    }
}

struct Hex(Rgb);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Rgb(red, green, blue) = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Text that is safe between tags and in quoted attributes, in HTML and XML alike: characters that
/// XML forbids are left out.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' | '\r' => f.write_char(' ')?,
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
