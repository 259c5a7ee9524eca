//! The workspace: definition files in, a valid catalogue or every problem out.
//!
//! Takes a folder of YAML files; gives the [`model`] of those that are valid and diagnostics with
//! file, line and column for those that are not. Knows nothing of data, engines or pages.
//!
//! The way of a file: [`yaml`] reads its text into a tree with positions, `shape` holds that against
//! the JSON Schema of its kind ([`schema`]), `check` asks whether it makes sense together with the
//! other files, and [`workspace`] keeps what is valid.

mod catalog;
mod check;
pub mod condition;
mod diagnostic;
mod link;
pub mod model;
mod names;
pub mod narrative;
mod path;
pub mod period;
mod policy;
pub mod schema;
mod shape;
pub mod watch;
pub mod workspace;
pub mod yaml;

use check::references;
pub(crate) use names::offer;

pub(crate) use catalog::COSTS_ID;
pub use catalog::{Catalog, Definition, DefinitionKind};
pub use diagnostic::{Diagnostic, Severity};
pub use link::LinkTemplate;
pub use path::{FieldPath, Step};
pub use policy::Policy;
pub use workspace::{DefinitionFile, PartCheck, PartChecks, Workspace};

#[cfg(test)]
mod tests;
