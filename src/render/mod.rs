//! From a finished document to HTML, PDF, CSV and PNG.
//!
//! Takes a [`document::Document`] or a single panel's content; gives bytes. Everything that is
//! drawn goes through one display list ([`canvas`]), so the screen and the sheet show the same
//! geometry. Refuses to fetch: whatever it needs is in the document.

pub mod canvas;
pub mod card;
mod chart;
#[cfg(test)]
mod chart_tests;
pub mod csv;
pub mod document;
pub mod html;
pub mod mail;
pub mod notice;
pub mod pdf;
pub mod pictures;
mod prose;
pub mod provenance;
pub mod sheet;
pub mod theme;
pub mod workbook;

pub use chart::{FONT_SIZE, draw_chart, draw_chart_on, draw_sparkline_on};
pub use prose::{ProseLook, prose};
