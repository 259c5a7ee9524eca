//! jangpyo (장표): a self-service BI reporting server.
//!
//! Reports are files in git; the server queries curated datasets, shows them as dashboards in the
//! browser and sends the same sheets as PDFs by e-mail.
#![doc = ""]
#![doc = include_str!("ARCHITECTURE.md")]

pub mod access;
pub mod app;
pub mod charts;
pub mod cli;
pub mod config;
pub mod definitions;
pub mod delivery;
pub mod engine;
pub mod error;
pub mod format;
pub mod identity;
pub mod query;
pub mod render;
pub mod runs;
pub mod sample;
pub mod schedule;
pub mod sources;
pub mod table;
pub mod web;
