//! What people have sent to themselves, and leaving what is sent to them.
//!
//! A subscription is kept in the store and becomes a schedule ([`Wish`]) that is performed like those of files, but
//! with the rights of whoever wanted it ([`Sending`]). Links in mails ([`LeaveKey`]) end it, or take an address out of a
//! schedule.

mod leave;
mod sending;
mod wish;

pub use leave::LeaveKey;
pub use sending::{Planned, Sending, all, find};
pub use wish::{Rhythm, Wish};

#[cfg(test)]
mod tests;
