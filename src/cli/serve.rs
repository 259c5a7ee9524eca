//! `jangpyo serve`

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::Failure;
use super::arguments::{Place, ServeArguments};
use crate::app::{Program, serve as serve_program};

pub(super) async fn serve(place: &Place, arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    log();
    let settings = place.settings(arguments.listen)?;
    let scheme = if settings.web.listener.tls.is_some() { "https" } else { "http" };
    if arguments.demo && !settings.login.is_demo() {
        return Err(Failure::usage(
            "--demo is a server without login, but JANGPYO_LOGIN names one; leave one away",
        ));
    }
    let program = tokio::task::block_in_place(|| Program::with_state(settings))?;
    let reports = program.workspace.current().catalog().reports.len();
    let workspace = place.workspace.display().to_string();
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    serve_program(program, stop, |started| {
        let reach = if started.demo {
            "Demo, no login: only this machine can open it; JANGPYO_LOGIN=local asks for passwords. "
        } else {
            ""
        };
        let words = format!(
            "jangpyo serves {reports} reports of `{workspace}` at {scheme}://{}/\n{reach}Stop with Ctrl-C.\n",
            started.address
        );
        if let Some(link) = &started.first_link {
            // Beside the log, which others may read: whoever opens it becomes the administrator.
            eprintln!("There is no user yet. Make the administrator within 24 hours, once:\n  {link}");
        }
        // A full disk or a closed pipe behind standard output must not stop the server.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), words.as_bytes());
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

/// Logs as JSON lines, or for people when standard error is a terminal.
fn log() {
    use std::io::IsTerminal;

    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,datafusion=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let for_people = match std::env::var("JANGPYO_LOG_FORMAT").as_deref() {
        Ok("json") => false,
        Ok("text") => true,
        _ => std::io::stderr().is_terminal(),
    };
    let _ = if for_people { log.try_init() } else { log.json().try_init() };
}

async fn cancel_on_signal(stop: CancellationToken) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            stop.cancel();
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
    stop.cancel();
}
