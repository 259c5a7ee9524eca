//! `/me`: who calls, and what they may do.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::private;
use crate::access::{Action, Object};
use crate::web::error::WebError;
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// Who calls.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Me {
    /// Their name.
    name: String,
    /// How they are known: `session`, `token`, `proxy`; `none` on a server without login.
    method: String,
    /// Whether they manage users and read the audit log.
    administrator: bool,
    /// The groups they are in.
    groups: Vec<String>,
    /// The roles they hold, nearest first.
    roles: Vec<HeldRole>,
    /// What is known of them, as row rules use it.
    attributes: BTreeMap<String, Vec<String>>,
    /// What they may do with at least one report, dataset or source, or with the server.
    actions: Vec<Action>,
    /// What the token passes on; `null` without one.
    token: Option<TokenScope>,
    /// What a script sends in the header `X-CSRF-Token` with everything but GET; empty for tokens, which need
    /// none.
    csrf: String,
}

/// A role.
#[derive(Debug, Serialize, JsonSchema)]
struct HeldRole {
    /// Its name.
    name: String,
    /// How it is held: from the person, over each role between, to it.
    chain: String,
}

/// What a token passes on of its owner's rights.
#[derive(Debug, Serialize, JsonSchema)]
struct TokenScope {
    /// Only these actions.
    scopes: Vec<Action>,
    /// Only these reports; `null` for all.
    reports: Option<Vec<String>>,
}

/// `GET /me`
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
) -> Result<Response, WebError> {
    let signed_in = visitor.presence.signed_in();
    let may = |action: &Action| match action {
        Action::Administer => {
            signed_in.is_some_and(|signed_in| signed_in.administrator)
                || standing.may(*action, Object::Server)
        }
        action => standing.may_with_any(*action),
    };
    let me = Me {
        name: standing.viewer().name().to_owned(),
        method: signed_in.map_or("none", |signed_in| signed_in.method.as_str()).to_owned(),
        administrator: match &state.gate {
            crate::web::Gate::Demo => false,
            crate::web::Gate::Login(_) => signed_in.is_some_and(|signed_in| signed_in.administrator),
        },
        groups: signed_in.map(|who| who.person.groups.iter().cloned().collect()).unwrap_or_default(),
        roles: standing
            .roles()
            .into_iter()
            .map(|role| HeldRole { name: role.name.to_string(), chain: role.chain() })
            .collect(),
        attributes: standing
            .attributes()
            .iter()
            .map(|(name, values)| (name.clone(), values.iter().cloned().collect()))
            .collect(),
        actions: Action::ALL.into_iter().filter(may).collect(),
        token: signed_in.and_then(|signed_in| {
            let scopes = signed_in.scopes.clone()?;
            Some(TokenScope { scopes, reports: signed_in.reports.clone() })
        }),
        csrf: signed_in.map(|signed_in| signed_in.csrf.clone()).unwrap_or_default(),
    };
    private(StatusCode::OK, &me)
}
