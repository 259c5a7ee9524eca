//! What holds for every document, and what readers see of a representative one.

mod grids;
mod invariants;
pub(crate) mod sample;

mod conventions;
