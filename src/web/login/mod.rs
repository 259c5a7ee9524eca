//! Who may come in: logging in and out, accounts, users, the audit log; and what every request must
//! show before a handler sees it.
//!
//! Takes credentials from cookies, headers and forms; gives each request a [`Presence`]. Without a
//! login (the demo) everybody is the one local viewer, and the server listens on loopback only.

mod account;
mod attempts;
mod audit;
mod authenticate;
mod cookies;
mod door;
mod enter;
mod forgery;
mod names;
mod next;
mod oidc;
mod permit;
mod presence;
mod recorded;
mod routes;
mod setup;
mod users;
mod words;

pub(super) use account::{bind_forms, event as event_by, offered_scopes, person};
pub(super) use authenticate::authenticate;
pub use door::{Door, Gate, Seldom};
pub(super) use door::{client_address, request_id};
pub(super) use enter::{door, private};
pub(super) use forgery::Fields;
pub(super) use presence::{Presence, SignedIn};
pub(super) use routes::routes;
pub(super) use users::{administrator, change_recorded, gives_up, is_elsewhere, link as password_link};
pub(super) use words::LoginWords;
