//! Numbers, dates, names and colours as text, by locale.
//!
//! Takes values and a [`Locale`]; gives the text that stands on screens, sheets and mails.
//! Knows nothing of definitions, queries or drawing; every floor may use it.

mod color;
mod date;
mod digits;
mod footnote;
mod locale;
mod number;
mod particle;
pub mod rich_text;
mod scale;
#[cfg(test)]
mod tests;

pub use color::Color;
pub use date::{DateFormat, Grain, weekday_name, write_date, write_timestamp};
pub use footnote::{footnote_numbers, superscript};
pub use locale::{Locale, LocalizedText};
pub use number::{NO_NUMBER, NegativeStyle, Number, NumberFormat, NumberStyle, write_change};
pub use particle::Particle;
