//! What a viewer is told when a panel has no answer; the cause goes to the log and to the owner.

use super::words;
use crate::definitions::model::{PanelId, ReportId};
use crate::engine::EngineError;
use crate::error::Kind;
use crate::format::Locale;
use crate::render::document::Failure;

/// Logs `error` under a new id and gives the viewer's version of it.
pub(super) fn of_engine(report: &ReportId, panel: &PanelId, error: &EngineError, locale: Locale) -> Failure {
    let kind = error.kind();
    let cause = error.to_string();
    let closed = kind == Kind::Forbidden;
    let message = if error.is_overspent() {
        words::overspent(locale).to_owned()
    } else {
        message(kind, &cause, locale)
    };
    let failure = Failure { message, error_id: new_id(), cause, closed };
    if closed {
        return failure;
    }
    tracing::warn!(%report, %panel, error_id = %failure.error_id, ?kind, cause = %failure.cause, "a panel failed");
    failure
}

/// A dataset or source that is missing or broken.
pub(super) fn no_dataset(report: &ReportId, panel: &PanelId, what: &str, locale: Locale) -> Failure {
    let cause = format!("{what} is not defined, or its file has errors; see `jangpyo check`");
    let failure = Failure {
        message: message(Kind::BadDefinition, &cause, locale),
        error_id: new_id(),
        cause,
        closed: false,
    };
    tracing::warn!(%report, %panel, error_id = %failure.error_id, cause = %failure.cause, "a panel failed");
    failure
}

/// Limits and the viewer's own values are for the viewer to change; the rest is for the owner, and
/// may name files and columns the viewer should not see.
fn message(kind: Kind, cause: &str, locale: Locale) -> String {
    match kind {
        Kind::BadRequest | Kind::OverLimit => cause.to_owned(),
        kind => words::failure(kind, locale).to_owned(),
    }
}

fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
