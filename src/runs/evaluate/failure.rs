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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::query::QueryError;

    #[test]
    fn viewers_are_told_no_columns_roles_or_budgets() {
        let overspent = || EngineError::Overspent { role: "finance".into(), budget: "300 USD".into() };
        let cause = Arc::new(overspent());
        let column = QueryError::NoColumn { name: "salary".into(), valid: vec!["bonus".into()] };
        let errors = [
            EngineError::Query(column),
            overspent(),
            EngineError::Shared(Arc::clone(&cause)),
            EngineError::RegionDown { region: "usa".into(), cause },
        ];
        let (report, panel) = (ReportId::parse("weekly").unwrap(), PanelId::parse("revenue").unwrap());
        for error in &errors {
            for locale in [Locale::Ko, Locale::En, Locale::ZhHk] {
                let failure = of_engine(&report, &panel, error, locale);
                for secret in ["salary", "bonus", "finance", "300"] {
                    assert!(!failure.message.contains(secret), "{}", failure.message);
                }
                assert_eq!(failure.cause, error.to_string(), "the log has all of it");
                assert_eq!(failure.message == words::overspent(locale), error.is_overspent());
            }
        }
    }
}
