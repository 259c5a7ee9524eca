//! What the account page shows, ready to be written.

use std::collections::HashMap;

use crate::access::{Action, HeldBy, HeldRole, PathStep, Standing};
use crate::format::Locale;
use crate::identity::{Session, Token};
use crate::web::login::names::Names;
use crate::web::login::words::LoginWords;
use crate::web::when::When;
use crate::web::words::fill;

/// A role, and how it is held: `Group sales → Country sales → Reads costs`.
pub(super) struct RoleView {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) why: String,
}

impl RoleView {
    /// The roles of people and objects, nearest first.
    pub(super) fn all(standing: &Standing, locale: Locale, w: &LoginWords) -> Vec<Self> {
        let held = standing.roles();
        let title = |role: &HeldRole| {
            role.title.as_ref().map_or_else(|| role.name.to_string(), |title| title.get(locale).to_owned())
        };
        let titles: HashMap<String, String> =
            held.iter().map(|role| (role.name.to_string(), title(role))).collect();
        let view = |role: &HeldRole| {
            let by = match &role.by {
                HeldBy::Name => Some(w.by_name.to_owned()),
                HeldBy::Group(group) => Some(fill(w.by_group, &[("n", group)])),
                HeldBy::Gift => None,
            };
            let path = role.path.iter().filter_map(|step| match step {
                PathStep::Role(name) => titles.get(name.as_str()).cloned(),
                PathStep::LeftOut(count) => Some(format!("… {count} …")),
            });
            Self {
                name: role.name.to_string(),
                title: title(role),
                why: by.into_iter().chain(path).collect::<Vec<_>>().join(" → "),
            }
        };
        held.iter().map(view).collect()
    }
}

/// Something that a token can be made for.
pub(super) struct ScopeView {
    pub(super) word: &'static str,
    pub(super) name: &'static str,
    pub(super) hint: &'static str,
}

impl ScopeView {
    pub(super) fn new(scope: Action, names: &'static Names) -> Self {
        Self { word: scope.name(), name: names.action(scope), hint: names.hint(scope) }
    }
}

pub(super) struct SessionView {
    pub(super) id: String,
    pub(super) own: bool,
    pub(super) agent: String,
    pub(super) address: String,
    pub(super) since: When,
    pub(super) seen: When,
}

pub(super) struct TokenView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: String,
    pub(super) until: When,
    pub(super) used: Option<When>,
    pub(super) valid: bool,
}

impl SessionView {
    pub(super) fn new(session: Session, own: Option<&str>, zone: &str) -> Self {
        Self {
            own: own == Some(session.id.as_str()),
            agent: session.agent,
            address: session.address,
            since: When::new(session.created_at, zone),
            seen: When::new(session.seen_at, zone),
            id: session.id,
        }
    }
}

impl TokenView {
    pub(super) fn new(token: Token, now: chrono::DateTime<chrono::Utc>, names: &Names, zone: &str) -> Self {
        let valid = token.is_valid(now);
        let mut scopes = token.scopes.iter().map(|scope| names.action(*scope)).collect::<Vec<_>>().join(", ");
        if let Some(reports) = token.reports {
            scopes = format!("{scopes} ({})", reports.join(", "));
        }
        Self {
            id: token.id,
            name: token.name,
            scopes,
            until: When::new(token.expires_at, zone),
            used: token.used_at.map(|used| When::new(used, zone)),
            valid,
        }
    }
}
