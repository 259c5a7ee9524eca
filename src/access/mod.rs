//! Who looks, what they may do, and which rows and columns they see.
//!
//! Takes a [`Viewer`] and the catalogue; gives a [`Standing`], which decides about actions and makes
//! the [`Restriction`] that every query carries as an argument, so that a query without one cannot be
//! written by omission.
//!
//! Roles add up: whoever holds several may do what any of them may, sees the rows that any of them
//! sees, and each column with the mask that hides the least. Rules of rows and columns hold for
//! everybody, also for owners and administrators. What no rule opens is closed.

mod effects;
mod ground;
mod listing;
mod object;
mod person;
mod refusal;
mod restriction;
mod roles;
mod row_filter;
mod standing;
mod told;
mod viewer;

pub use crate::definitions::model::Action;
pub use listing::{Right, objects, rights};
pub use object::Object;
pub use person::Person;
pub use refusal::Refusal;
pub use restriction::{ColumnMask, MaskKey, Restriction, Step, Unrestricted};
pub use roles::{HeldBy, HeldRole, PathStep};
pub use row_filter::{RowArithmetic, RowRelation, RowTest, RowValue};
pub use standing::{Reason, Standing, attributes_to_look_up};
pub use viewer::{Attributes, Scope, Viewer};

#[cfg(test)]
mod many_roles;
#[cfg(test)]
mod tests;
