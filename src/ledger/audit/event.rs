//! What is recorded.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::store::stored_enum;

stored_enum! {
    /// How the actor was known.
    Method in "audit method" {
        /// Nobody was logged in.
        Anonymous = "anonymous",
        /// A session in a browser.
        Session = "session",
        /// An API token.
        Token = "token",
        /// A signed link.
        Link = "link",
        /// A proxy in front named the person.
        Proxy = "proxy",
        /// Somebody at the command line of the server.
        Operator = "operator",
        /// A schedule, or what the server does by itself.
        Schedule = "schedule",
        /// Files of the workspace were found changed; who changed them is known where they are kept.
        Files = "files",
    }
}

stored_enum! {
    /// What was done.
    AuditAction in "audit action" {
        /// Somebody logged in.
        LoggedIn = "logged_in",
        /// A login was refused.
        LoginRefused = "login_refused",
        /// Somebody logged out.
        LoggedOut = "logged_out",
        /// Further attempts to log in have to wait.
        LoginDelayed = "login_delayed",
        /// A password was changed or set.
        PasswordChanged = "password_changed",
        /// A user was added.
        UserCreated = "user_created",
        /// A user was shut out.
        UserDisabled = "user_disabled",
        /// A user was let in again.
        UserEnabled = "user_enabled",
        /// A user's name, groups or rights were changed.
        UserChanged = "user_changed",
        /// A session was ended by its owner or an administrator.
        SessionRevoked = "session_revoked",
        /// An API token was made.
        TokenMade = "token_made",
        /// An API token was revoked.
        TokenRevoked = "token_revoked",
        /// A link was made: an invitation, a reset, a share.
        LinkMade = "link_made",
        /// A link was used.
        LinkUsed = "link_used",
        /// A link was revoked.
        LinkRevoked = "link_revoked",
        /// A proxy's header came from an address that is not trusted.
        ProxyIgnored = "proxy_ignored",
        /// A report was opened.
        Viewed = "viewed",
        /// Numbers or files were taken away.
        Exported = "exported",
        /// Something was not allowed.
        Refused = "refused",
        /// Files of a run went to a recipient, or could not be handed over.
        Delivered = "delivered",
        /// What roles allow was changed.
        RolesChanged = "roles_changed",
        /// A schedule was changed or started by hand.
        ScheduleChanged = "schedule_changed",
        /// Another program told that something has come that schedules wait for.
        SignalReceived = "signal_received",
        /// A definition was changed.
        DefinitionChanged = "definition_changed",
        /// The audit log was exported.
        AuditExported = "audit_exported",
        /// Old events were removed.
        AuditPruned = "audit_pruned",
    }
}

stored_enum! {
    /// How it ended.
    Outcome in "audit outcome" {
        /// It was done.
        Done = "done",
        /// It was refused.
        Refused = "refused",
        /// It was tried and failed.
        Failed = "failed",
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When; kept to the millisecond.
    pub at: DateTime<Utc>,
    /// Who: a user's name; empty for nobody.
    pub actor: String,
    /// How they were known.
    pub method: Method,
    /// Where they came from: an IP address; empty where there is none.
    pub address: String,
    /// What was done.
    pub action: AuditAction,
    /// The kind of what it was done to: `report`, `user`, `session`.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The id of the request, which the log has too.
    pub request: String,
    /// What else is to be known, by name.
    pub details: BTreeMap<String, Value>,
}

/// The longest text of an event, in bytes.
const LONGEST: usize = 256;

impl Event {
    /// An action at an instant by nobody, that was done.
    pub fn new(action: AuditAction, at: DateTime<Utc>) -> Self {
        Self {
            at,
            actor: String::new(),
            method: Method::Anonymous,
            address: String::new(),
            action,
            object_kind: String::new(),
            object_id: String::new(),
            outcome: Outcome::Done,
            request: String::new(),
            details: BTreeMap::new(),
        }
    }

    /// By whom, known how.
    #[must_use]
    pub fn by(self, actor: &str, method: Method) -> Self {
        Self { actor: clean(actor), method, ..self }
    }

    /// From which address and request.
    #[must_use]
    pub fn from(self, address: &str, request: &str) -> Self {
        Self { address: clean(address), request: clean(request), ..self }
    }

    /// Done to what.
    #[must_use]
    pub fn on(self, kind: &str, id: &str) -> Self {
        Self { object_kind: clean(kind), object_id: clean(id), ..self }
    }

    /// How it ended.
    #[must_use]
    pub fn ended(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// What else is to be known. What is a secret by its name or its look is not kept.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = match value.into() {
            _ if is_secret_name(name) => Value::from("***"),
            Value::String(text) => Value::String(clean(&text)),
            other => other,
        };
        self.details.insert(name.to_owned(), value);
        self
    }

    /// The details as JSON with sorted keys.
    pub(super) fn details_text(&self) -> String {
        // The map is sorted; objects inside it are not made by `with`'s callers.
        serde_json::to_string(&self.details).unwrap_or_default()
    }
}

fn is_secret_name(name: &str) -> bool {
    ["password", "secret", "cookie", "authorization", "token_text"].iter().any(|word| name.contains(word))
}

/// A text that cannot break a line of a log, is not too long and holds no API token.
fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }) {
        if cleaned.len() + c.len_utf8() > LONGEST {
            break;
        }
        cleaned.push(c);
    }
    // Somebody pasted a token where a name belongs.
    while let Some(start) = cleaned.find("jgp_") {
        let rest = cleaned[start + 4..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
        let end = rest.map_or(cleaned.len(), |length| start + 4 + length);
        cleaned.replace_range(start..end, "***");
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_line_breaks_do_not_get_in() {
        let at = "2026-01-05T00:00:00Z".parse().unwrap();
        let event = Event::new(AuditAction::LoginRefused, at)
            .by("kim\r\nroot jgp_abcDEF123, lee", Method::Anonymous)
            .on("user", &"가".repeat(300))
            .with("new_password", "correct horse battery")
            .with("note", "see jgp_zzz9");
        assert_eq!(event.actor, "kim\u{fffd}\u{fffd}root ***, lee");
        assert!(event.object_id.len() <= LONGEST && event.object_id.chars().all(|c| c == '가'));
        assert_eq!(event.details_text(), r#"{"new_password":"***","note":"see ***"}"#);
    }

    #[test]
    fn words_read_back() {
        for &action in AuditAction::ALL {
            assert_eq!(action.as_str().parse::<AuditAction>().unwrap(), action);
        }
    }
}
