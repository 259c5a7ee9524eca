//! `/unsubscribe/{token}`: where the link of a mail leads. The link itself says whose mail it was, so nobody logs in;
//! looking changes nothing, because programs that check mail open every link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, StatusCode};
use axum::response::Response;

use super::words::{SubscriptionWords, with_address};
use super::{Leaver, Leaving, WantsMail};
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, Surroundings, page};
use crate::web::login::{Gate, client_address, private, request_id};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "leave.html")]
struct LeavePage {
    frame: Frame,
    sw: &'static SubscriptionWords,
    heading: &'static str,
    title: String,
    /// What is or was done, in words.
    said: String,
    /// Where the forms go.
    path: String,
    left: bool,
    may_leave: bool,
    may_return: bool,
}

/// `GET /unsubscribe/{token}`
pub(super) async fn show_leave(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    let leaving = state.backend.leaving(Leaver::Link(token.clone())).await?;
    let leaving = leaving.ok_or_else(|| gone(&visitor))?;
    write(&state, &visitor, &token, &leaving, None)
}

/// `POST /unsubscribe/{token}`: the page's button, and the one click of mail programs (RFC 8058).
pub(super) async fn leave(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    turn(&state, &visitor, &token, &extensions, WantsMail::NoMore).await
}

/// `POST /unsubscribe/{token}/return`
pub(super) async fn come_back(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    turn(&state, &visitor, &token, &extensions, WantsMail::Again).await
}

async fn turn(
    state: &WebState,
    visitor: &Visitor,
    token: &str,
    extensions: &Extensions,
    wants: WantsMail,
) -> Result<Response, WebError> {
    let done = state.backend.leave(Leaver::Link(token.to_owned()), wants).await?;
    let (leaving, changed) = done.ok_or_else(|| gone(visitor))?;
    if let (Gate::Login(door), true) = (&state.gate, changed) {
        let change = if wants == WantsMail::NoMore { "unsubscribed" } else { "subscribed again" };
        let event = Event::new(AuditAction::ScheduleChanged, door.now())
            .by(&leaving.address, Method::Link)
            .from(&client_address(extensions).to_string(), &request_id(extensions))
            .on("schedule", &format!("{}/{}", leaving.report, leaving.schedule))
            .with("change", change);
        door.record(event).await?;
    }
    write(state, visitor, token, &leaving, Some(wants))
}

fn gone(visitor: &Visitor) -> WebError {
    let sw = SubscriptionWords::of(visitor.locale.unwrap_or_default());
    WebError::of(StatusCode::NOT_FOUND).saying(sw.gone)
}

fn write(
    state: &WebState,
    visitor: &Visitor,
    token: &str,
    leaving: &Leaving,
    done: Option<WantsMail>,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or(leaving.locale);
    let sw = SubscriptionWords::of(locale);
    let said = match (leaving.may_leave, leaving.left, done) {
        (false, ..) => sw.must_intro.to_owned(),
        (true, true, _) => with_address(sw.left_now, &leaving.address),
        (true, false, Some(WantsMail::Again)) => with_address(sw.returned_now, &leaving.address),
        (true, false, _) => with_address(sw.leave_intro, &leaving.address),
    };
    let path = format!("/unsubscribe/{token}");
    let mut response = page(&LeavePage {
        frame: Frame::new(
            visitor,
            locale,
            Place::Elsewhere,
            sw.leave_now,
            path.as_str(),
            &Address::default(),
        )
        .in_brand(state.backend.usual_brand())
        .within(Surroundings::Alone),
        sw,
        heading: match (leaving.left, leaving.may_leave, done) {
            (true, ..) => sw.left_title,
            (false, true, None | Some(WantsMail::NoMore)) => sw.leave,
            (false, ..) => sw.leave_now,
        },
        title: leaving.title.get(locale).to_owned(),
        said,
        path,
        left: leaving.left,
        may_leave: leaving.may_leave,
        may_return: leaving.left && leaving.may_leave && !leaving.is_subscription,
    })?;
    private(&mut response);
    Ok(response)
}
