//! What a hostile or broken client can do to the listener of the real server: little.

mod headers;
mod http2;
mod proxies;
mod slow;
mod tls;
mod wild;

use crate::support::binary::Server;
use crate::support::workspace::committed;

/// A server with these variables, in a state folder of its own.
fn started(variables: &[(&str, &str)]) -> (tempfile::TempDir, Server) {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start_with(&committed(), state.path(), variables);
    (state, server)
}
