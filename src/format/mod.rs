//! Numbers, dates and names as text, by locale.
//!
//! Takes values and a [`Locale`]; gives the text that stands on screens, sheets and mails.
//! Knows nothing of definitions, queries or drawing; every floor may use it.

mod date;
mod locale;
mod number;

pub use date::{DateFormat, Grain};
pub use locale::{Locale, LocalizedText};
pub use number::{NegativeStyle, NumberFormat, NumberStyle};
