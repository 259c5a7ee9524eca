//! What has happened, kept so that it can be proven later.
//!
//! Takes events; gives them back in order, with proof that none was changed, taken out or put
//! elsewhere. Knows neither who may log in nor what a report is.

pub mod audit;
