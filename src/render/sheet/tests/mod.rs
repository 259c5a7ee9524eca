//! What holds for every document, and what readers see of a representative one.

mod grids;
mod invariants;
pub(in crate::render) mod sample;

mod conventions;
