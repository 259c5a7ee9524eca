//! A company's mark: PNG, JPEG or SVG, told by its content.

use std::sync::Arc;

use super::{Op, Page, Raster, RasterError, Rect, VectorImage, VectorImageError};

/// The largest file that is read, in bytes.
const LARGEST_FILE: usize = 4 << 20;

/// A logo, ready to be drawn any number of times.
#[derive(Debug, Clone, PartialEq)]
pub enum Logo {
    /// Pixels.
    Raster(Arc<Raster>),
    /// Paths.
    Drawing(Arc<VectorImage>),
}

/// Why a file cannot be a logo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    /// By its content it is something else.
    #[error("the file is not a PNG, JPEG or SVG image, whatever its name says")]
    Format,
    /// It is larger than a logo needs to be.
    #[error("the file has {bytes} bytes; a logo has at most {LARGEST_FILE}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// A PNG or JPEG that cannot be drawn.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// An SVG that cannot be drawn.
    #[error(transparent)]
    Drawing(#[from] VectorImageError),
}

impl Logo {
    /// Reads a file of at most 4 MiB.
    ///
    /// # Errors
    /// Each says what to change about the file.
    pub fn read(file: &[u8]) -> Result<Self, LogoError> {
        if file.len() > LARGEST_FILE {
            return Err(LogoError::TooLarge { bytes: file.len() });
        }
        match Raster::read(file) {
            Ok(raster) => return Ok(Self::Raster(Arc::new(raster))),
            Err(RasterError::Format) => {}
            Err(other) => return Err(other.into()),
        }
        let text = std::str::from_utf8(file).map_err(|_| LogoError::Format)?;
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if !text.starts_with('<') || !text.contains("<svg") {
            return Err(LogoError::Format);
        }
        Ok(Self::Drawing(Arc::new(VectorImage::read(text)?)))
    }

    /// Whether a file can be drawn, or why not, in words for its owner.
    ///
    /// # Errors
    /// What to change about the file.
    pub fn check(file: &[u8]) -> Result<(), String> {
        Self::read(file).map(drop).map_err(|error| error.to_string())
    }

    /// Width by height.
    pub fn aspect(&self) -> f32 {
        let (width, height) = match self {
            Self::Raster(raster) => {
                let (width, height) = raster.size();
                (width as f32, height as f32)
            }
            Self::Drawing(drawing) => drawing.size(),
        };
        width / height
    }

    /// The largest area of the logo's proportions within `room`, at its left edge and in the middle
    /// of its height.
    pub fn fitted(&self, room: Rect) -> Rect {
        let aspect = self.aspect();
        let width = room.width.min(room.height * aspect);
        let height = width / aspect;
        Rect::new(room.x, room.y + (room.height - height) / 2.0, width, height)
    }

    /// Draws it into `area`, stretched; see [`Logo::fitted`].
    pub fn draw(&self, page: &mut Page, area: Rect) {
        page.ops.push(match self {
            Self::Raster(raster) => Op::Image { area, image: Arc::clone(raster) },
            Self::Drawing(drawing) => Op::Drawing { area, image: Arc::clone(drawing) },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::raster::tests::COLOR_JPEG;
    use super::*;

    const SVG: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10z"/></svg>"#;

    #[test]
    fn a_file_is_told_by_its_content_and_keeps_its_proportions() {
        let jpeg = Logo::read(COLOR_JPEG).unwrap();
        assert!(matches!(jpeg, Logo::Raster(_)));
        assert!((jpeg.aspect() - 2.0).abs() < 1e-6);
        let drawing = Logo::read(format!("\u{feff}\n<?xml version=\"1.0\"?>{SVG}").as_bytes()).unwrap();
        assert!(matches!(drawing, Logo::Drawing(_)));
        assert_eq!(drawing.fitted(Rect::new(5.0, 5.0, 80.0, 80.0)), Rect::new(5.0, 35.0, 80.0, 20.0));
        assert_eq!(drawing.fitted(Rect::new(5.0, 5.0, 80.0, 10.0)), Rect::new(5.0, 5.0, 40.0, 10.0));
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for file in [&b""[..], b"%PDF-1.7", b"<html></html>", b"GIF89a", b"\xff\xfe<\0s\0"] {
            assert_eq!(Logo::read(file), Err(LogoError::Format), "{file:?}");
        }
        assert!(matches!(Logo::read(&vec![0; 5 << 20]), Err(LogoError::TooLarge { .. })));
        assert!(matches!(Logo::read(b"\x89PNG\r\n\x1a\nxxx"), Err(LogoError::Raster(_))));
        assert!(matches!(Logo::read(b"<svg><g></svg>"), Err(LogoError::Drawing(_))));
    }
}
