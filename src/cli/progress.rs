//! Progress: a spinner on a terminal, a plain line elsewhere, always on standard error.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::ProgressBar;

/// A spinner with a message on a terminal; otherwise the message as a line, as logs of CI want it.
pub(super) fn spinner(message: impl Into<String>) -> ProgressBar {
    let message = message.into();
    if !std::io::stderr().is_terminal() {
        eprintln!("{message}");
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message(message);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Logs for commands: warnings and errors on standard error, more when `RUST_LOG` asks.
pub(super) fn quiet_log() {
    use tracing_subscriber::EnvFilter;

    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
