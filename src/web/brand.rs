//! The look of a brand on pages: its style sheet, fonts and logo.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::address::Address;
use super::cached::CachedFile;
use super::error::WebError;
use super::state::WebState;
use crate::render::document::Theme;

/// A theme with the address of its files.
#[derive(Debug, Clone)]
pub struct Brand {
    /// The id of the theme.
    pub id: String,
    /// Its colours and fonts.
    pub theme: Arc<Theme>,
    /// The company's mark (PNG, JPEG or SVG), if it has one.
    pub logo: Option<Arc<[u8]>>,
}

/// The files of a brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BrandFile {
    Style,
    Regular,
    Bold,
    Logo,
}

impl BrandFile {
    const ALL: [Self; 4] = [Self::Style, Self::Regular, Self::Bold, Self::Logo];

    fn name(self) -> &'static str {
        match self {
            Self::Style => "style.css",
            Self::Regular => "regular",
            Self::Bold => "bold",
            Self::Logo => "logo",
        }
    }
}

impl Brand {
    fn url(&self, file: BrandFile) -> String {
        let version = match (file, &self.logo) {
            // A new logo is a new address, though the colours stay.
            (BrandFile::Logo, Some(logo)) => super::assets::version_of(logo),
            _ => self.theme.version(),
        };
        format!("/themes/{}/{}?v={version}", self.id, file.name())
    }

    /// The address of its style sheet.
    pub(super) fn stylesheet_url(&self) -> String {
        self.url(BrandFile::Style)
    }

    /// The address of its logo, if it has one.
    pub(super) fn logo_url(&self) -> Option<String> {
        self.logo.as_ref().map(|_| self.url(BrandFile::Logo))
    }

    /// Media type and content of one of its files.
    fn content(&self, file: BrandFile) -> Option<(&'static str, Vec<u8>)> {
        let fonts = self.theme.fonts.as_ref();
        match file {
            BrandFile::Style => {
                let addresses = [self.url(BrandFile::Regular), self.url(BrandFile::Bold)];
                let addresses = fonts.map(|_| addresses.each_ref().map(String::as_str));
                Some(("text/css; charset=utf-8", self.theme.stylesheet(addresses).into_bytes()))
            }
            BrandFile::Regular => fonts.map(|fonts| (media_type(&fonts.regular), fonts.regular.to_vec())),
            BrandFile::Bold => fonts.map(|fonts| (media_type(&fonts.bold), fonts.bold.to_vec())),
            BrandFile::Logo => self.logo.as_ref().map(|logo| (media_type(logo), logo.to_vec())),
        }
    }
}

/// `/themes/{theme}/{file}`
pub(super) async fn show_file(
    State(state): State<WebState>,
    path: Result<Path<(String, String)>, PathRejection>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let Path((theme, name)) = path.map_err(|_| WebError::no_page())?;
    let file = BrandFile::ALL.into_iter().find(|file| file.name() == name).ok_or_else(WebError::no_page)?;
    let brand = state.backend.brand(&theme).ok_or_else(WebError::no_page)?;
    let (media_type, content) = brand.content(file).ok_or_else(WebError::no_page)?;
    let version = brand.url(file).rsplit_once('=').map(|(_, version)| version.to_owned()).unwrap_or_default();
    let file = CachedFile { media_type, version, content: content.into() };
    Ok(file.answer(address.get("v"), &headers))
}

/// What a file is by its first bytes; the workspace has checked that it is one of these.
fn media_type(file: &[u8]) -> &'static str {
    match file {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, ..] => "image/jpeg",
        [b'O', b'T', b'T', b'O', ..] => "font/otf",
        [0, 1, 0, 0, ..] | [b't', b'r', b'u', b'e', ..] => "font/ttf",
        _ => "image/svg+xml",
    }
}
