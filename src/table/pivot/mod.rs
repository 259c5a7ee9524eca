//! From answers at several levels to a grid.
//!
//! Takes a [`Shape`] and the [`Answers`] to its questions, one table per combination of row and
//! column depth; gives a [`Grid`]. Every subtotal and total is looked up in the answer of its own
//! level, because distinct counts, ratios and percentiles cannot be added up. Which levels are
//! needed, [`Shape::depths`] tells.

mod answers;
mod axis;
mod build;
mod cells;
mod columns;
mod members;
mod rows;
mod shape;
mod style;
#[cfg(test)]
mod tests;

pub use answers::{Answers, Set};
pub use shape::{
    Formula, Leaf, LeafHead, Level, Link, Names, Operand, Order, OrderBy, Place, Shape, Show, Test, Totals,
};
pub use style::{Rule, Scale, Style};

use super::Grid;

/// The grid of `shape` with the numbers of `answers`. Numbers that no answer has are missing values.
pub fn build(shape: &Shape, answers: &Answers) -> Grid {
    build::grid(shape, answers)
}
