//! Who somebody is: proves it, and gives the [`Person`](crate::access::Person) that roles speak of.

pub mod oidc;
