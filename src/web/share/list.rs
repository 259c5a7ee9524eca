//! The links that there are, and revoking them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::words::ShareWords;
use crate::definitions::model::ReportId;
use crate::format::Locale;
use crate::identity::Share;
use crate::ledger::audit::{AuditAction, Event};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::login::{
    LoginWords, SignedIn, bind_forms, client_address, door, person, private, request_id,
};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::when::When;

/// A link ready to be written.
pub(in crate::web) struct ShareView {
    pub(in crate::web) id: String,
    pub(in crate::web) report: String,
    pub(in crate::web) maker: String,
    /// The role whose rights it has; empty for those of the maker.
    pub(in crate::web) role: String,
    pub(in crate::web) files: bool,
    /// `2` or `2 / 10`.
    pub(in crate::web) uses: String,
    pub(in crate::web) used: Option<When>,
    pub(in crate::web) until: When,
    /// Why it opens nothing any more.
    pub(in crate::web) over: Option<&'static str>,
}

impl ShareView {
    /// The views of links, in their order.
    pub(in crate::web) fn all(
        state: &WebState,
        shares: Vec<Share>,
        now: DateTime<Utc>,
        locale: Locale,
    ) -> Vec<Self> {
        let w = ShareWords::of(locale);
        let usual = state.backend.usual_zone();
        let zone = |report: &str| ReportId::parse(report).ok().and_then(|id| state.backend.zone(&id));
        shares
            .into_iter()
            .map(|share| {
                let zone = zone(&share.report).unwrap_or_else(|| usual.clone());
                let over = match &share {
                    share if share.revoked_at.is_some() => Some(w.revoked),
                    share if !share.is_valid(now) => Some(w.ended),
                    share if share.is_used_up() => Some(w.used_up),
                    _ => None,
                };
                Self {
                    uses: match share.most_uses {
                        Some(most) => format!("{} / {most}", share.uses),
                        None => share.uses.to_string(),
                    },
                    used: share.used_at.map(|used| When::new(used, &zone)),
                    until: When::new(share.expires_at, &zone),
                    id: share.id,
                    report: share.report,
                    maker: share.person.name,
                    role: share.role.unwrap_or_default(),
                    files: share.files,
                    over,
                }
            })
            .collect()
    }
}

#[derive(Template)]
#[template(path = "shares.html")]
struct SharesPage<'a> {
    frame: Frame,
    w: &'static LoginWords,
    sw: &'static ShareWords,
    shares: Vec<ShareView>,
    csrf: &'a str,
}

/// `/shares`: the links of everybody, for administrators; `permit.rs` says so.
pub(super) async fn list_all(
    State(state): State<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    if let Some(again) = bind_forms(door, signed_in, &headers, "/shares")? {
        return Ok(again);
    }
    let locale = visitor.locale.unwrap_or_default();
    let sw = ShareWords::of(locale);
    let mut response = page(&SharesPage {
        frame: Frame::new(&visitor, locale, Place::Elsewhere, sw.links, "/shares", &Address::default())
            .in_brand(state.backend.usual_brand()),
        w: LoginWords::of(locale),
        sw,
        shares: ShareView::all(&state, door.identity.shares().await?, door.now(), locale),
        csrf: &signed_in.csrf,
    })?;
    private(&mut response);
    Ok(response)
}

/// `POST /account/shares/{share}/revoke`
pub(super) async fn revoke_own(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let signed_in = person(&visitor)?;
    revoke(&state, signed_in, &id, Some(&signed_in.person.name), &extensions).await?;
    Ok(Redirect::to("/account?done=revoked").into_response())
}

/// `POST /shares/{share}/revoke`
pub(super) async fn revoke_any(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let signed_in = person(&visitor)?;
    if !signed_in.administrator {
        return Err(WebError::of(StatusCode::FORBIDDEN));
    }
    revoke(&state, signed_in, &id, None, &extensions).await?;
    Ok(Redirect::to("/shares").into_response())
}

async fn revoke(
    state: &WebState,
    signed_in: &SignedIn,
    id: &str,
    maker: Option<&str>,
    extensions: &Extensions,
) -> Result<(), WebError> {
    let door = door(state)?;
    let revoked = door.identity.revoke_share(id, maker, door.now()).await?;
    let share = revoked.ok_or_else(WebError::no_page)?;
    let event = Event::new(AuditAction::LinkRevoked, door.now())
        .by(&signed_in.person.name, signed_in.method)
        .from(&client_address(extensions).to_string(), &request_id(extensions))
        .on("share", id)
        .with("report", share.report)
        .with("maker", share.person.name);
    door.record(event).await
}
