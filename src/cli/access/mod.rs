//! `jangpyo access`

mod diff;
mod explain;
mod known;
mod publish;
mod version;

use std::process::ExitCode;

use super::Failure;
use super::arguments::{AccessCommand, Place};

pub(super) async fn access(place: &Place, command: &AccessCommand) -> Result<ExitCode, Failure> {
    match command {
        AccessCommand::Explain(arguments) => Box::pin(explain::explain(place, arguments)).await,
        AccessCommand::Diff(arguments) => diff::diff(place, arguments),
        AccessCommand::Publish(arguments) => Box::pin(publish::publish(place, arguments)).await,
    }
}
