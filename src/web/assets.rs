//! Style sheet, script, icon and fonts, embedded in the binary.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::address::Address;
use super::cached::CachedFile;
use super::error::WebError;
use crate::render::canvas::{FaceId, FontSet};

/// One embedded file.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: Bytes,
    /// Changes when the content does.
    version: String,
}

const FONT: &str = "font/woff2";

static FILES: [(&str, &str, &[u8]); 8] = [
    ("Pretendard-Regular.woff2", FONT, include_bytes!("../../static/fonts/Pretendard-Regular.woff2")),
    ("Pretendard-SemiBold.woff2", FONT, include_bytes!("../../static/fonts/Pretendard-SemiBold.woff2")),
    ("Pretendard-Bold.woff2", FONT, include_bytes!("../../static/fonts/Pretendard-Bold.woff2")),
    ("app.js", "text/javascript; charset=utf-8", include_bytes!("../../static/app.js")),
    ("tables.js", "text/javascript; charset=utf-8", include_bytes!("../../static/tables.js")),
    ("favicon.svg", "image/svg+xml", include_bytes!("../../static/favicon.svg")),
    ("chart.css", "text/css; charset=utf-8", include_bytes!("../../static/chart.css")),
    ("app.css", "text/css; charset=utf-8", include_bytes!("../../static/app.css")),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let mut assets: Vec<Asset> = Vec::new();
    // The same bytes that draw the sheets, for devices without a Chinese font.
    let fonts = FontSet::bundled();
    let chinese = [
        ("NotoSansHK-Regular.ttf", "font/ttf", fonts.data(FaceId::NotoHkRegular)),
        ("NotoSansHK-Bold.ttf", "font/ttf", fonts.data(FaceId::NotoHkBold)),
    ];
    for (name, media_type, content) in chinese.into_iter().chain(FILES) {
        // The style sheet comes last and names fonts by version, so they may be cached for good.
        let content = match std::str::from_utf8(content) {
            Ok(text) if name == "app.css" => Bytes::from(with_versions(text, &assets)),
            _ => Bytes::from_static(content),
        };
        let version = version_of(&content);
        assets.push(Asset { name, media_type, content, version });
    }
    assets
});

/// The beginning of the SHA-256 of the content. Of large files, which are fonts, only the beginning
/// counts: it holds the checksums of all their tables, and a start need not read megabytes.
pub(super) fn version_of(content: &[u8]) -> String {
    let beginning = content.get(..64 * 1024).unwrap_or(content);
    let digest = Sha256::new().chain_update(content.len().to_le_bytes()).chain_update(beginning).finalize();
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn with_versions(css: &str, assets: &[Asset]) -> String {
    assets.iter().fold(css.to_owned(), |css, asset| {
        css.replace(&format!("\"{}\"", asset.name), &format!("\"{}?v={}\"", asset.name, asset.version))
    })
}

/// The address of an embedded file, with its version.
pub(super) fn asset_url(name: &str) -> String {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => format!("/static/{name}?v={}", asset.version),
        None => format!("/static/{name}"),
    }
}

/// `/static/{file}`
pub(super) async fn show_asset(
    file: Result<Path<String>, PathRejection>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let Path(name) = file.map_err(|_| WebError::no_page())?;
    answer(&name, address.get("v"), &headers)
}

/// `/favicon.svg`
pub(super) async fn show_favicon(headers: HeaderMap) -> Result<Response, WebError> {
    answer("favicon.svg", None, &headers)
}

fn answer(name: &str, version: Option<&str>, headers: &HeaderMap) -> Result<Response, WebError> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or_else(WebError::no_page)?;
    let (media_type, content) = (asset.media_type, asset.content.clone().into());
    Ok(CachedFile { media_type, version: asset.version.clone(), content }.answer(version, headers))
}
