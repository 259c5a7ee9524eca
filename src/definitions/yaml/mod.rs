//! YAML text in, a tree that knows where everything stands out.
//!
//! Bounded on purpose: size, depth, aliases and node count have limits, so that a hostile file costs
//! no more than an ordinary one.

mod node;
mod read;
mod scalar;

pub use node::{Entry, Key, Node, Place, Value};
pub(crate) use read::read;
