//! Who looks and how: language, theme, screen.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::address::Address;
use super::login::{Presence, SignedIn};
use super::state::WebState;
use crate::access::{Action, Scope, Standing, Viewer};
use crate::definitions::model::ReportId;
use crate::format::Locale;

/// A choice of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Theme {
    /// What the device says.
    #[default]
    System,
    /// Dark ink on white.
    Light,
    /// Light ink on dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order a menu shows them.
    pub(super) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in addresses, cookies and style sheets.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// Who looks and how. Every request has one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visitor {
    /// Who they are.
    pub(super) viewer: Viewer,
    /// Whether they are logged in.
    pub(super) presence: Presence,
    /// The language they asked for: by address, else by cookie, else by their browser.
    pub(super) locale: Option<Locale>,
    /// The colours they chose.
    pub(super) theme: Theme,
    /// The width of their window in CSS pixels, as far as known.
    pub(super) window_width: f32,
    /// Which parts of the site are open to them.
    pub(super) doors: Doors,
}

/// Which parts of the site are open to somebody besides reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Doors {
    /// Runs of schedules.
    pub(super) runs: bool,
    /// Problems of definitions.
    pub(super) problems: bool,
    /// What queries cost.
    pub(super) costs: bool,
}

/// What who asks may do in the workspace as it is now.
#[derive(Debug, Clone)]
pub(super) struct Entered(pub(super) Standing);

impl FromRequestParts<WebState> for Entered {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        if let Some(entered) = parts.extensions.get::<Self>() {
            return Ok(entered.clone());
        }
        let entered = Self(state.backend.standing(Visitor::of_request(parts).viewer).await);
        parts.extensions.insert(entered.clone());
        Ok(entered)
    }
}

/// A window nobody told the width of.
const DESKTOP_WIDTH: f32 = 1440.0;
const PHONE_WIDTH: f32 = 390.0;

impl Visitor {
    /// Reads a request.
    pub(super) fn of(parts_query: Option<&str>, headers: &HeaderMap) -> Self {
        let address = Address::parse(parts_query);
        let locale = address
            .get("lang")
            .and_then(Locale::from_tag)
            .or_else(|| cookie(headers, "lang").and_then(Locale::from_tag))
            .or_else(|| accepted_locale(headers));
        let theme = cookie(headers, "theme").and_then(Theme::parse).unwrap_or_default();
        let told = cookie(headers, "window").and_then(|width| width.parse::<u16>().ok()).map(f32::from);
        let guess = if is_phone(headers) { PHONE_WIDTH } else { DESKTOP_WIDTH };
        let window_width = told.unwrap_or(guess).clamp(320.0, 3840.0);
        let (presence, doors) = (Presence::Unknown, Doors::default());
        Self { viewer: Viewer::nobody(), presence, locale, theme, window_width, doors }
    }

    fn of_request(parts: &Parts) -> Self {
        let presence = parts.extensions.get::<Presence>().cloned().unwrap_or_default();
        Self::of(parts.uri.query(), &parts.headers).known_as(presence)
    }

    /// The same visitor, now that it is known who they are.
    pub(super) fn known_as(self, presence: Presence) -> Self {
        let viewer = match &presence {
            // Without login the server listens on loopback only.
            Presence::Demo => Viewer::operator(),
            Presence::SignedIn(signed_in) => viewer_of(signed_in),
            Presence::Unknown | Presence::Nobody => Viewer::nobody(),
        };
        Self { viewer, presence, ..self }
    }
}

/// The viewer that a person who is logged in is to everything behind the door.
pub(super) fn viewer_of(signed_in: &SignedIn) -> Viewer {
    let reports = signed_in.reports.as_ref();
    Viewer::person(signed_in.person.clone()).within(Scope {
        actions: signed_in.scopes.as_ref().map(|scopes| scopes.iter().copied().collect()),
        reports: reports.map(|ids| ids.iter().filter_map(|id| ReportId::parse(id).ok()).collect()),
    })
}

impl FromRequestParts<WebState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let Entered(standing) = Entered::from_request_parts(parts, state).await?;
        let visitor = Self::of_request(parts);
        let doors = Doors {
            runs: standing.may_with_any(Action::Schedule),
            problems: standing.may_with_any(Action::Edit),
            costs: match &visitor.presence {
                Presence::Demo => true,
                Presence::SignedIn(signed_in) => signed_in.administrator,
                Presence::Unknown | Presence::Nobody => false,
            },
        };
        Ok(Self { doors, ..visitor })
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The language of ours that `Accept-Language` ranks highest.
fn accepted_locale(headers: &HeaderMap) -> Option<Locale> {
    let line = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut ranked: Vec<(f32, Locale)> = line
        .split(',')
        .take(20)
        .filter_map(|entry| {
            let (tag, weight) = entry.split_once(";q=").unwrap_or((entry, "1"));
            Some((weight.trim().parse().unwrap_or(0.0), Locale::from_tag(tag)?))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    // Stable: of equal weights the first named wins.
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.first().map(|(_, locale)| *locale)
}

fn is_phone(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-ch-ua-mobile") {
        Some(flag) => flag == "?1",
        None => text("user-agent").is_some_and(|agent| agent.contains("Mobi")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_address_wins_over_the_cookie_and_the_cookie_over_the_browser() {
        let all = headers(&[("cookie", "theme=dark; lang=zh-HK"), ("accept-language", "en-US,en;q=0.9")]);
        assert_eq!(Visitor::of(Some("lang=ko"), &all).locale, Some(Locale::Ko));
        assert_eq!(Visitor::of(None, &all).locale, Some(Locale::ZhHk));
        assert_eq!(Visitor::of(None, &all).theme, Theme::Dark);
        let browser = headers(&[("accept-language", "fr,zh-TW;q=0.5,en-GB;q=0.8,ko;q=0")]);
        assert_eq!(Visitor::of(Some("lang=xx"), &browser).locale, Some(Locale::En));
        assert_eq!(Visitor::of(None, &headers(&[("accept-language", "fr")])).locale, None);
    }

    #[test]
    fn a_window_is_as_wide_as_told_or_as_its_device_is_likely_to_be() {
        assert!((Visitor::of(None, &headers(&[])).window_width - DESKTOP_WIDTH).abs() < 0.5);
        assert!(
            (Visitor::of(None, &headers(&[("sec-ch-ua-mobile", "?1")])).window_width - PHONE_WIDTH).abs()
                < 0.5
        );
        assert!((Visitor::of(None, &headers(&[("cookie", "window=800")])).window_width - 800.0).abs() < 0.5);
        assert!((Visitor::of(None, &headers(&[("cookie", "window=9")])).window_width - 320.0).abs() < 0.5);
        assert!(
            (Visitor::of(None, &headers(&[("cookie", "window=-1")])).window_width - DESKTOP_WIDTH).abs()
                < 0.5
        );
    }
}
