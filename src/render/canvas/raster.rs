//! Pictures of pixels: PNG and JPEG files, bounded and decoded once.

use std::io::Cursor;

use base64::Engine;
use sha2::{Digest, Sha256};
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The most pixels a picture may have: what a printer shows of an A3 page at 200 dpi.
const MOST_PIXELS: u64 = 8_000_000;
/// The most pixels across and down.
const LONGEST_SIDE: u32 = 8_000;
/// More scans than any camera writes; each costs a pass over all pixels.
const MOST_SCANS: usize = 64;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG_SIGNATURE: &[u8] = &[0xff, 0xd8, 0xff];

/// A picture of pixels with the file it came from.
#[derive(Clone, PartialEq)]
pub struct Raster {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
    encoded: Encoded,
    digest: [u8; 32],
}

#[derive(Clone, PartialEq)]
enum Encoded {
    Png(Vec<u8>),
    /// One component (grey) or three (YCbCr or RGB).
    Jpeg(Vec<u8>, u8),
}

/// Why a file is no picture we can draw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RasterError {
    /// Not a PNG or JPEG, by its first bytes.
    #[error("the file is neither PNG nor JPEG")]
    Format,
    /// More pixels than are worth their memory.
    #[error(
        "the picture has {width} × {height} pixels; at most {MOST_PIXELS} in all and {LONGEST_SIDE} a side are drawn: \
         scale it down"
    )]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The file is damaged or uses what the decoder does not know.
    #[error("the picture cannot be decoded: {0}")]
    Damaged(String),
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raster({} × {})", self.width, self.height)
    }
}

impl Raster {
    /// Reads a PNG or JPEG, told by its content.
    pub fn read(file: &[u8]) -> Result<Self, RasterError> {
        if file.starts_with(PNG_SIGNATURE) {
            Self::read_png(file)
        } else if file.starts_with(JPEG_SIGNATURE) {
            Self::read_jpeg(file)
        } else {
            Err(RasterError::Format)
        }
    }

    fn read_png(file: &[u8]) -> Result<Self, RasterError> {
        let damaged = |problem: png::DecodingError| RasterError::Damaged(problem.to_string());
        let mut decoder = png::Decoder::new(Cursor::new(file));
        decoder.set_ignore_text_chunk(true);
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let header = decoder.read_header_info().map_err(damaged)?;
        let (width, height) = bounded(header.width, header.height)?;
        let mut reader = decoder.read_info().map_err(damaged)?;
        let size = reader.output_buffer_size().ok_or(RasterError::Size { width, height })?;
        let mut pixels = vec![0; size];
        let frame = reader.next_frame(&mut pixels).map_err(damaged)?;
        pixels.truncate(frame.buffer_size());
        let rgba = match frame.color_type {
            png::ColorType::Rgba => pixels,
            png::ColorType::Rgb => expanded::<3>(&pixels, |[r, g, b]| [r, g, b, 255]),
            png::ColorType::Grayscale => expanded::<1>(&pixels, |[v]| [v, v, v, 255]),
            png::ColorType::GrayscaleAlpha => expanded::<2>(&pixels, |[v, a]| [v, v, v, a]),
            png::ColorType::Indexed => return Err(RasterError::Damaged("it has no palette".to_owned())),
        };
        Self::of(width, height, rgba, Encoded::Png(file.to_vec()))
    }

    fn read_jpeg(file: &[u8]) -> Result<Self, RasterError> {
        let damaged = |problem: zune_jpeg::errors::DecodeErrors| RasterError::Damaged(format!("{problem:?}"));
        let options = DecoderOptions::default()
            .set_max_width(LONGEST_SIDE as usize)
            .set_max_height(LONGEST_SIDE as usize)
            .jpeg_set_max_scans(MOST_SCANS)
            .jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(file), options);
        decoder.decode_headers().map_err(damaged)?;
        let info = decoder.info().ok_or_else(|| RasterError::Damaged("it has no frame".to_owned()))?;
        let (width, height) = bounded(u32::from(info.width), u32::from(info.height))?;
        let rgb = decoder.decode().map_err(damaged)?;
        let rgba = expanded::<3>(&rgb, |[r, g, b]| [r, g, b, 255]);
        match info.components {
            1 | 3 => Self::of(width, height, rgba, Encoded::Jpeg(file.to_vec(), info.components)),
            // Colours of a press, which need a profile that logos do not carry: kept as decoded.
            _ => Self::from_rgba(width, height, rgba),
        }
    }

    /// A picture of `rgba`, four bytes a pixel from the top left, colours not multiplied by alpha.
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, RasterError> {
        bounded(width, height)?;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgba);
        let failed = |problem: png::EncodingError| RasterError::Damaged(problem.to_string());
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&rgba).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Self::of(width, height, rgba, Encoded::Png(file))
    }

    fn of(width: u32, height: u32, rgba: Vec<u8>, encoded: Encoded) -> Result<Self, RasterError> {
        if rgba.len() as u64 != u64::from(width) * u64::from(height) * 4 {
            return Err(RasterError::Damaged("it ends before its last pixel".to_owned()));
        }
        let file = match &encoded {
            Encoded::Png(file) | Encoded::Jpeg(file, _) => file,
        };
        let digest = Sha256::digest(file).into();
        Ok(Self { width, height, rgba, encoded, digest })
    }

    /// Pixels across and down, at least 1 each.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Four bytes a pixel from the top left: red, green, blue, alpha; not multiplied by alpha.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// Whether something behind it may be seen.
    pub fn is_translucent(&self) -> bool {
        self.rgba.iter().skip(3).step_by(4).any(|alpha| *alpha < 255)
    }

    /// The JPEG file and its number of components (1 or 3), if it is one.
    pub fn jpeg(&self) -> Option<(&[u8], u8)> {
        match &self.encoded {
            Encoded::Jpeg(file, components) => Some((file, *components)),
            Encoded::Png(_) => None,
        }
    }

    /// The same for the same file, another for another.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The file as the address of an image in HTML and SVG.
    pub fn data_uri(&self) -> String {
        let (kind, file) = match &self.encoded {
            Encoded::Png(file) => ("png", file),
            Encoded::Jpeg(file, _) => ("jpeg", file),
        };
        format!("data:image/{kind};base64,{}", base64::engine::general_purpose::STANDARD.encode(file))
    }
}

fn bounded(width: u32, height: u32) -> Result<(u32, u32), RasterError> {
    let fits = (1..=LONGEST_SIDE).contains(&width)
        && (1..=LONGEST_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MOST_PIXELS;
    if fits { Ok((width, height)) } else { Err(RasterError::Size { width, height }) }
}

fn expanded<const N: usize>(pixels: &[u8], pixel: impl Fn([u8; N]) -> [u8; 4]) -> Vec<u8> {
    pixels.as_chunks::<N>().0.iter().flat_map(|bytes| pixel(*bytes)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A white pixel beside a black one, as a JPEG of one component.
    pub(in crate::render::canvas) const GREY_JPEG: &[u8] = include_bytes!("tests/grey.jpg");
    pub(in crate::render::canvas) const COLOR_JPEG: &[u8] = include_bytes!("tests/color.jpg");
    const CMYK_JPEG: &[u8] = include_bytes!("tests/cmyk.jpg");
    const PALETTE_PNG: &[u8] = include_bytes!("tests/palette.png");

    pub(in crate::render::canvas) fn half_clear() -> Raster {
        Raster::from_rgba(2, 1, vec![255, 0, 0, 255, 0, 0, 255, 64]).unwrap()
    }

    fn near(pixel: &[u8], expected: [u8; 3]) -> bool {
        pixel.iter().zip(expected).all(|(one, other)| one.abs_diff(other) < 12)
    }

    #[test]
    fn every_kind_of_file_gives_its_pixels() {
        let png = half_clear();
        assert!(png.is_translucent() && png.jpeg().is_none());
        let again = png.data_uri();
        assert!(again.starts_with("data:image/png;base64,iVBOR"), "{again}");

        for (file, components) in [(GREY_JPEG, Some(1)), (COLOR_JPEG, Some(3)), (CMYK_JPEG, None)] {
            let raster = Raster::read(file).unwrap();
            assert_eq!(raster.jpeg().map(|(_, components)| components), components);
            assert_eq!(raster.size(), (16, 8));
            assert!(!raster.is_translucent());
        }
        let color = Raster::read(COLOR_JPEG).unwrap();
        assert!(near(&color.rgba()[..3], [200, 30, 40]), "{:?}", &color.rgba()[..4]);
        let press = Raster::read(CMYK_JPEG).unwrap();
        assert!(near(&press.rgba()[..3], [200, 30, 40]), "{:?}", &press.rgba()[..4]);
        let palette = Raster::read(PALETTE_PNG).unwrap();
        assert_eq!((palette.size(), palette.is_translucent()), ((3, 2), true));
        assert_eq!(&palette.rgba()[..4], [0, 128, 0, 255]);
    }

    #[test]
    fn what_is_no_picture_too_large_or_cut_off_is_refused() {
        assert_eq!(Raster::read(b"GIF89a..."), Err(RasterError::Format));
        assert_eq!(Raster::read(b""), Err(RasterError::Format));
        for file in [GREY_JPEG, PALETTE_PNG] {
            for length in 8..file.len() - 20 {
                // A JPEG may miss its end; what may not happen is a panic or missing pixels.
                if let Ok(raster) = Raster::read(&file[..length]) {
                    let (width, height) = raster.size();
                    assert_eq!(raster.rgba().len(), (width * height * 4) as usize);
                }
            }
        }
        let mut bomb = PALETTE_PNG.to_vec();
        bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        // Its checksum is wrong now as well; either refusal will do, as long as it comes first.
        assert!(Raster::read(&bomb).is_err());
        assert!(matches!(Raster::from_rgba(9_000, 1, vec![0; 36_000]), Err(RasterError::Size { .. })));
        assert!(Raster::from_rgba(2, 2, vec![0; 15]).is_err());
    }
}
