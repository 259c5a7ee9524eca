//! Progress for people: a bar on a terminal, nothing elsewhere.

use std::time::Duration;

use indicatif::ProgressBar;

/// A spinner with a message on a terminal; hidden when standard error is not one.
pub(super) fn spinner(message: impl Into<String>) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message.into());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Logs for commands: warnings and errors on standard error, more when `RUST_LOG` asks.
pub(super) fn quiet_log() {
    use tracing_subscriber::EnvFilter;

    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
