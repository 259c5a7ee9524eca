//! The terminal's door: the commands of `jangpyo`.
//!
//! Takes arguments; gives text, files and exit codes. Progress goes to standard error and only to a
//! terminal, results to standard output, so that both can be piped.

mod access;
mod arguments;
mod audit;
mod backfill;
mod check;
mod compare;
mod costs;
mod deliveries;
mod failure;
mod next;
mod output;
mod plan;
mod progress;
mod query;
mod render;
mod run;
mod sample;
mod schedules;
mod schema;
mod serve;
mod signal;
mod subscriptions;
mod users;
mod verify;

use std::process::ExitCode;

use arguments::{Arguments, Command, ServeArguments};
use clap::Parser;
pub use failure::Failure;

/// Runs the command that the process's arguments name.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the program's threads cannot be started: {error}");
            return ExitCode::from(failure::BUG);
        }
    };
    match runtime.block_on(perform(arguments)) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

async fn perform(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { workspace, state, command } = arguments;
    let place = arguments::Place { workspace, state };
    match command.unwrap_or_else(|| Command::Serve(ServeArguments::default())) {
        Command::Serve(arguments) => Box::pin(serve::serve(&place, &arguments)).await,
        Command::Check(arguments) => check::check(&place, &arguments).await,
        Command::Render(arguments) => Box::pin(render::render(&place, &arguments)).await,
        Command::Query(arguments) => Box::pin(query::query(&place, &arguments)).await,
        Command::Run(arguments) => Box::pin(run::run(&place, &arguments)).await,
        Command::Deliveries(arguments) => Box::pin(deliveries::deliveries(&place, &arguments)).await,
        Command::Compare(arguments) => compare::compare(&place, &arguments).await,
        Command::Backfill(arguments) => Box::pin(backfill::backfill(&place, &arguments)).await,
        Command::Verify(arguments) => verify::verify(&place, &arguments).await,
        Command::Access(command) => Box::pin(access::access(&place, &command)).await,
        Command::Schema(arguments) => schema::schema(&arguments),
        Command::Next(arguments) => next::next(&place, &arguments),
        Command::Subscriptions(arguments) => subscriptions::subscriptions(&place, &arguments).await,
        Command::Signal(arguments) => signal::signal(&place, &arguments).await,
        Command::Schedules(arguments) => schedules::schedules(&place, &arguments).await,
        Command::Sample(arguments) => sample::sample(&place, &arguments),
        Command::Users(arguments) => users::users(&place, &arguments).await,
        Command::Plan(arguments) => Box::pin(plan::plan(&place, &arguments)).await,
        Command::Costs(arguments) => costs::costs(&place, &arguments).await,
        Command::Audit(arguments) => audit::audit(&place, &arguments).await,
    }
}
