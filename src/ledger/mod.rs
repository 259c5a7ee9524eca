//! What has happened, kept so that it can be proven later, and what it cost.
//!
//! Takes events and questions that were asked; gives them back in order, with proof that no event was changed, taken out
//! or put elsewhere, and added up by whoever pays. Knows neither who may log in nor what a report is.

pub mod audit;
pub mod queries;
