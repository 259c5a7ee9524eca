//! Pictures of paths: SVG files reduced to filled contours.
//!
//! Takes the part of SVG that logos are made of: shapes, strokes, transforms, styles, `use` and
//! rectangular clips. Refuses what would look different on paper (text, which needs fonts;
//! gradients; filters) rather than draw something like it. Reads no other file and no network.

use usvg::roxmltree::{Document, Node, ParsingOptions};
use usvg::tiny_skia_path::{Path, PathSegment, Point};

use super::{Paint, Rect, Rgb, Segment};

/// The most elements and texts of a file.
const MOST_NODES: u32 = 5_000;
/// The most references of `use`, each of which copies what it names.
const MOST_USES: usize = 100;
/// The most steps of all contours.
const MOST_SEGMENTS: usize = 100_000;

/// Which side of a contour is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillRule {
    /// What the contours wind round at all.
    NonZero,
    /// What they wind round an odd number of times.
    EvenOdd,
}

/// A step of drawing a picture.
#[derive(Debug, Clone, PartialEq)]
pub enum VectorStep {
    /// Fills contours.
    Fill {
        /// The contours.
        segments: Vec<Segment>,
        /// What is inside.
        rule: FillRule,
        /// With what.
        paint: Paint,
    },
    /// Hides what is drawn outside, until the matching [`VectorStep::PopClip`].
    PushClip(Rect),
    /// Ends the last clip.
    PopClip,
}

/// A picture of filled contours in a box of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorImage {
    width: f32,
    height: f32,
    steps: Vec<VectorStep>,
}

/// Why an SVG cannot be drawn as it looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorImageError {
    /// Not well-formed, or without a size.
    #[error("the SVG cannot be read: {0}")]
    Malformed(String),
    /// It is larger than a logo needs to be.
    #[error("the SVG has too many {what} (at most {most}): simplify it or give it as PNG")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// It uses something that sheets cannot show.
    #[error("the SVG uses {what}, which sheets cannot show: {instead}, or give it as PNG")]
    Unsupported {
        /// What it uses.
        what: &'static str,
        /// What to do about it in the drawing program.
        instead: &'static str,
    },
    /// Nothing of it can be seen.
    #[error("nothing of the SVG can be seen")]
    Empty,
}

impl VectorImage {
    /// Reads the text of an SVG file.
    pub fn read(text: &str) -> Result<Self, VectorImageError> {
        let malformed = |problem: String| VectorImageError::Malformed(problem);
        let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        let file = Document::parse_with_options(text, options).map_err(|problem| match problem {
            usvg::roxmltree::Error::NodesLimitReached => too_large("elements", MOST_NODES as usize),
            other => malformed(other.to_string()),
        })?;
        refuse_unsupported(&file)?;
        let options = usvg::Options {
            image_href_resolver: usvg::ImageHrefResolver {
                resolve_data: Box::new(|_, _, _| None),
                resolve_string: Box::new(|_, _| None),
            },
            ..usvg::Options::default()
        };
        let tree =
            usvg::Tree::from_xmltree(&file, &options).map_err(|problem| malformed(problem.to_string()))?;
        let size = tree.size();
        let mut flattening = Flattening::default();
        flattening.group(tree.root(), 1.0)?;
        if !flattening.steps.iter().any(|step| matches!(step, VectorStep::Fill { .. })) {
            return Err(VectorImageError::Empty);
        }
        Ok(Self { width: size.width(), height: size.height(), steps: flattening.steps })
    }

    /// Width and height in its own units; only their proportion matters.
    pub fn size(&self) -> (f32, f32) {
        (self.width, self.height)
    }

    /// The steps that draw it into `area`, clipped to it.
    pub fn steps_in(&self, area: Rect) -> impl Iterator<Item = VectorStep> {
        let (sx, sy) = (area.width / self.width, area.height / self.height);
        let x = move |x: f32| area.x + x * sx;
        let y = move |y: f32| area.y + y * sy;
        let moved = move |step: &VectorStep| match step {
            VectorStep::Fill { segments, rule, paint } => {
                let segments = segments.iter().map(|segment| match *segment {
                    Segment::MoveTo(a, b) => Segment::MoveTo(x(a), y(b)),
                    Segment::LineTo(a, b) => Segment::LineTo(x(a), y(b)),
                    Segment::CurveTo(a, b, c, d, e, f) => {
                        Segment::CurveTo(x(a), y(b), x(c), y(d), x(e), y(f))
                    }
                    Segment::Close => Segment::Close,
                });
                VectorStep::Fill { segments: segments.collect(), rule: *rule, paint: *paint }
            }
            VectorStep::PushClip(clip) => {
                VectorStep::PushClip(Rect::new(x(clip.x), y(clip.y), clip.width * sx, clip.height * sy))
            }
            VectorStep::PopClip => VectorStep::PopClip,
        };
        std::iter::once(VectorStep::PushClip(area))
            .chain(self.steps.iter().map(moved))
            .chain([VectorStep::PopClip])
    }
}

fn too_large(what: &'static str, most: usize) -> VectorImageError {
    VectorImageError::TooLarge { what, most }
}

fn unsupported(what: &'static str, instead: &'static str) -> VectorImageError {
    VectorImageError::Unsupported { what, instead }
}

/// What the parser would leave out in silence, or multiply without end.
fn refuse_unsupported(file: &Document<'_>) -> Result<(), VectorImageError> {
    let mut uses = 0;
    for node in file.descendants().filter(Node::is_element) {
        match node.tag_name().name() {
            "text" => return Err(unsupported("text", "convert it to outlines")),
            "image" => return Err(unsupported("a picture inside it", "trace it")),
            "foreignObject" => return Err(unsupported("HTML inside it", "draw it as paths")),
            "use" => uses += 1,
            _ => {}
        }
    }
    if uses > MOST_USES {
        return Err(too_large("`use` references", MOST_USES));
    }
    // A reference to something that has references itself multiplies with every level.
    let href = |node: Node<'_, '_>| {
        let link = node.attribute("href").or(node.attribute(("http://www.w3.org/1999/xlink", "href")))?;
        link.strip_prefix('#').map(str::to_owned)
    };
    let is_use = |node: &Node<'_, '_>| node.is_element() && node.tag_name().name() == "use";
    for target in file.descendants().filter(is_use).filter_map(href) {
        let named = file.descendants().find(|node| node.attribute("id") == Some(&target));
        if named.is_some_and(|node| node.descendants().any(|inner| is_use(&inner))) {
            return Err(unsupported("`use` inside `use`", "expand its symbols"));
        }
    }
    Ok(())
}

#[derive(Default)]
struct Flattening {
    steps: Vec<VectorStep>,
    segments: usize,
}

impl Flattening {
    fn group(&mut self, group: &usvg::Group, opacity: f32) -> Result<(), VectorImageError> {
        if group.mask().is_some() {
            return Err(unsupported("a mask", "apply it to the shapes"));
        }
        if !group.filters().is_empty() {
            return Err(unsupported("a filter", "remove shadows and blurs"));
        }
        if group.blend_mode() != usvg::BlendMode::Normal {
            return Err(unsupported("a blend mode", "use plain colours"));
        }
        let own = group.opacity().get();
        if own < 1.0 && group.children().len() > 1 {
            return Err(unsupported("the opacity of a group", "give each shape its own"));
        }
        let clip = group.clip_path().map(|clip| rectangle_of(clip, group)).transpose()?;
        if let Some(area) = clip {
            self.steps.push(VectorStep::PushClip(area));
        }
        for node in group.children() {
            match node {
                usvg::Node::Group(inner) => self.group(inner, opacity * own)?,
                usvg::Node::Path(path) if path.is_visible() => self.path(path, opacity * own)?,
                usvg::Node::Path(_) => {}
                usvg::Node::Image(_) => return Err(unsupported("a picture inside it", "trace it")),
                usvg::Node::Text(_) => return Err(unsupported("text", "convert it to outlines")),
            }
        }
        if clip.is_some() {
            self.steps.push(VectorStep::PopClip);
        }
        Ok(())
    }

    fn path(&mut self, path: &usvg::Path, opacity: f32) -> Result<(), VectorImageError> {
        let fill = |this: &mut Self| {
            let Some(fill) = path.fill() else { return Ok(()) };
            let bounds = path.data().bounds();
            if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
                return Ok(());
            }
            let rule = match fill.rule() {
                usvg::FillRule::NonZero => FillRule::NonZero,
                usvg::FillRule::EvenOdd => FillRule::EvenOdd,
            };
            let paint = flat(fill.paint(), fill.opacity().get() * opacity)?;
            this.fill(path.data().clone(), path.abs_transform(), rule, paint)
        };
        let stroke = |this: &mut Self| {
            let Some(stroke) = path.stroke() else { return Ok(()) };
            let paint = flat(stroke.paint(), stroke.opacity().get() * opacity)?;
            let look = stroke.to_tiny_skia();
            let dashed = match &look.dash {
                Some(dash) => path.data().dash(dash, 1.0),
                None => Some(path.data().clone()),
            };
            // Its outline has the caps, joins and dashes that a plain line would lack.
            match dashed.and_then(|line| line.stroke(&look, 4.0)) {
                Some(outline) => this.fill(outline, path.abs_transform(), FillRule::NonZero, paint),
                None => Ok(()),
            }
        };
        match path.paint_order() {
            usvg::PaintOrder::FillAndStroke => fill(self).and_then(|()| stroke(self)),
            usvg::PaintOrder::StrokeAndFill => stroke(self).and_then(|()| fill(self)),
        }
    }

    fn fill(
        &mut self,
        path: Path,
        transform: usvg::Transform,
        rule: FillRule,
        paint: Paint,
    ) -> Result<(), VectorImageError> {
        // A transform that leaves no area leaves nothing to draw.
        let Some(path) = path.transform(transform) else { return Ok(()) };
        let segments = segments(&path);
        self.segments += segments.len();
        if self.segments > MOST_SEGMENTS {
            return Err(too_large("points", MOST_SEGMENTS));
        }
        self.steps.push(VectorStep::Fill { segments, rule, paint });
        Ok(())
    }
}

fn flat(paint: &usvg::Paint, opacity: f32) -> Result<Paint, VectorImageError> {
    match paint {
        usvg::Paint::Color(color) => Ok(Paint { color: Rgb(color.red, color.green, color.blue), opacity }),
        usvg::Paint::LinearGradient(_) | usvg::Paint::RadialGradient(_) => {
            Err(unsupported("a gradient", "use plain colours"))
        }
        usvg::Paint::Pattern(_) => Err(unsupported("a pattern", "use plain colours")),
    }
}

/// The rectangle that a clip of `group` is, as drawing programs put one round a whole drawing.
fn rectangle_of(clip: &usvg::ClipPath, group: &usvg::Group) -> Result<Rect, VectorImageError> {
    let refused = || unsupported("a clip that is no rectangle", "cut the shapes themselves");
    let [usvg::Node::Path(path)] = clip.root().children() else { return Err(refused()) };
    if clip.clip_path().is_some() {
        return Err(refused());
    }
    let transform = group.abs_transform().pre_concat(clip.transform()).pre_concat(path.abs_transform());
    let path = path.data().clone().transform(transform).ok_or_else(refused)?;
    let near = |a: f32, b: f32| (a - b).abs() < 1e-3;
    let bounds = path.bounds();
    let is_corner = |point: &Point| {
        (near(point.x, bounds.left()) || near(point.x, bounds.right()))
            && (near(point.y, bounds.top()) || near(point.y, bounds.bottom()))
    };
    let is_straight = path.segments().all(|segment| {
        matches!(segment, PathSegment::MoveTo(_) | PathSegment::LineTo(_) | PathSegment::Close)
    });
    let axis_parallel =
        path.points().windows(2).all(|pair| matches!(pair, [a, b] if near(a.x, b.x) || near(a.y, b.y)));
    if is_straight
        && axis_parallel
        && matches!(path.points().len(), 4 | 5)
        && path.points().iter().all(is_corner)
    {
        Ok(Rect::new(bounds.x(), bounds.y(), bounds.width(), bounds.height()))
    } else {
        Err(refused())
    }
}

fn segments(path: &Path) -> Vec<Segment> {
    let mut pen = Point::zero();
    let mut start = pen;
    path.segments()
        .map(|segment| match segment {
            PathSegment::MoveTo(to) => {
                (pen, start) = (to, to);
                Segment::MoveTo(to.x, to.y)
            }
            PathSegment::LineTo(to) => {
                pen = to;
                Segment::LineTo(to.x, to.y)
            }
            PathSegment::QuadTo(control, to) => {
                // The cubic with the same curve: its controls are two thirds of the way.
                let third = |end: f32, control: f32| end + (control - end) * 2.0 / 3.0;
                let (x1, y1) = (third(pen.x, control.x), third(pen.y, control.y));
                let (x2, y2) = (third(to.x, control.x), third(to.y, control.y));
                pen = to;
                Segment::CurveTo(x1, y1, x2, y2, to.x, to.y)
            }
            PathSegment::CubicTo(one, two, to) => {
                pen = to;
                Segment::CurveTo(one.x, one.y, two.x, two.y, to.x, to.y)
            }
            PathSegment::Close => {
                pen = start;
                Segment::Close
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<VectorImage, VectorImageError> {
        VectorImage::read(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             viewBox=\"0 0 20 10\">{body}</svg>"
        ))
    }

    fn unsupported_part(body: &str) -> &'static str {
        match read(body) {
            Err(VectorImageError::Unsupported { what, .. }) => what,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn shapes_keep_their_place_rule_and_colour() {
        let image = read(
            "<style>.a{fill:#0a141e}</style><g transform=\"translate(2 1)\">\
             <path class=\"a\" fill-rule=\"evenodd\" fill-opacity=\"0.5\" d=\"M0 0h4v4h-4zM1 1h2v2h-2z\"/></g>",
        )
        .unwrap();
        assert_eq!(image.size(), (20.0, 10.0));
        let steps: Vec<_> = image.steps_in(Rect::new(100.0, 50.0, 40.0, 20.0)).collect();
        let [VectorStep::PushClip(clip), VectorStep::Fill { segments, rule, paint }, VectorStep::PopClip] =
            &*steps
        else {
            panic!("{steps:?}")
        };
        assert_eq!(*clip, Rect::new(100.0, 50.0, 40.0, 20.0));
        assert_eq!(*rule, FillRule::EvenOdd);
        assert_eq!((paint.color, (paint.opacity * 100.0).round()), (Rgb(10, 20, 30), 50.0));
        assert_eq!(segments[..2], [Segment::MoveTo(104.0, 52.0), Segment::LineTo(112.0, 52.0)]);
        assert_eq!(segments.iter().filter(|segment| **segment == Segment::Close).count(), 2);
    }

    #[test]
    fn a_stroke_becomes_its_outline_and_a_frame_clip_a_rectangle() {
        let image = read(
            "<defs><clipPath id=\"c\"><rect width=\"20\" height=\"10\"/></clipPath></defs>\
             <g clip-path=\"url(#c)\"><line x1=\"2\" y1=\"5\" x2=\"10\" y2=\"5\" stroke=\"red\" stroke-width=\"2\"/></g>",
        )
        .unwrap();
        let [VectorStep::PushClip(clip), VectorStep::Fill { segments, .. }, VectorStep::PopClip] =
            &*image.steps
        else {
            panic!("{:?}", image.steps)
        };
        assert_eq!(*clip, Rect::new(0.0, 0.0, 20.0, 10.0));
        let heights: Vec<f32> = segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::MoveTo(_, y) | Segment::LineTo(_, y) => Some(*y),
                _ => None,
            })
            .collect();
        assert!(heights.contains(&4.0) && heights.contains(&6.0), "{heights:?}");
    }

    #[test]
    fn what_would_look_different_is_refused_by_name() {
        let gradient = "<defs><linearGradient id=\"g\"><stop offset=\"0\"/><stop offset=\"1\" stop-color=\"red\"/>\
                        </linearGradient></defs><rect width=\"9\" height=\"9\" fill=\"url(#g)\"/>";
        assert_eq!(unsupported_part(gradient), "a gradient");
        assert_eq!(unsupported_part("<text>a</text>"), "text");
        assert_eq!(unsupported_part("<image href=\"file:///etc/passwd\"/>"), "a picture inside it");
        let clip = "<clipPath id=\"c\"><circle r=\"5\"/></clipPath><rect clip-path=\"url(#c)\" width=\"9\" height=\"9\"/>";
        assert_eq!(unsupported_part(clip), "a clip that is no rectangle");
        let blur = "<filter id=\"f\"><feGaussianBlur stdDeviation=\"1\"/></filter>\
                    <rect filter=\"url(#f)\" width=\"9\" height=\"9\"/>";
        assert_eq!(unsupported_part(blur), "a filter");
    }

    #[test]
    fn files_that_grow_without_end_are_refused_at_once() {
        let nested = "<g id=\"a\"><rect width=\"1\" height=\"1\"/></g><g id=\"b\"><use href=\"#a\"/><use href=\"#a\"/></g>\
                      <use xlink:href=\"#b\"/>";
        assert_eq!(unsupported_part(nested), "`use` inside `use`");
        let many = "<rect/>".repeat(6_000);
        assert!(matches!(read(&many), Err(VectorImageError::TooLarge { what: "elements", .. })));
        let entity = "<!DOCTYPE svg [<!ENTITY a \"aaaa\">]><svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        assert!(matches!(VectorImage::read(entity), Err(VectorImageError::Malformed(_))));
        assert_eq!(read("<g/>"), Err(VectorImageError::Empty));
        let long = format!("<path d=\"M0 0{}\"/>", "l1 1 0 1".repeat(80_000));
        assert!(matches!(read(&long), Err(VectorImageError::TooLarge { what: "points", .. })));
    }
}
