//! Everybody who asks.

use std::collections::BTreeSet;

use jangpyo::access::Action;
use serde_json::{Value, json};

use crate::support::binary::Page;
use crate::support::site::Site;

/// Somebody, by what they hold. What they may do is of the report `hush`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Nobody,
    Stranger,
    /// May do everything with another report.
    Neighbour,
    Viewer,
    Explorer,
    Exporter,
    Scheduler,
    Editor,
    Publisher,
    Owner,
    AdministratorByRole,
    AdministratorByFlag,
    /// Tokens of the owner.
    TokenOfEverything,
    TokenToView,
    TokenToViewAndExport,
    TokenForNextDoor,
}

impl Who {
    pub(super) const ALL: [Self; 16] = [
        Self::Nobody,
        Self::Stranger,
        Self::Neighbour,
        Self::Viewer,
        Self::Explorer,
        Self::Exporter,
        Self::Scheduler,
        Self::Editor,
        Self::Publisher,
        Self::Owner,
        Self::AdministratorByRole,
        Self::AdministratorByFlag,
        Self::TokenOfEverything,
        Self::TokenToView,
        Self::TokenToViewAndExport,
        Self::TokenForNextDoor,
    ];

    /// The group that somebody with a password is in.
    pub(super) fn group(self) -> Option<&'static str> {
        Some(match self {
            Self::Stranger => "strangers",
            Self::Neighbour => "neighbours",
            Self::Viewer => "viewers",
            Self::Explorer => "explorers",
            Self::Exporter => "exporters",
            Self::Scheduler => "schedulers",
            Self::Editor => "editors",
            Self::Publisher => "publishers",
            Self::Owner => "keepers",
            Self::AdministratorByRole => "administrators",
            _ => return None,
        })
    }

    pub(super) fn is_token(self) -> bool {
        self.scopes().is_some()
    }

    pub(super) fn scopes(self) -> Option<&'static [Action]> {
        use Action::{Edit, Explore, Export, Publish, Schedule, View};
        Some(match self {
            Self::TokenOfEverything => &[View, Explore, Export, Schedule, Edit, Publish],
            Self::TokenToView => &[View],
            Self::TokenToViewAndExport | Self::TokenForNextDoor => &[View, Export],
            _ => return None,
        })
    }

    pub(super) fn administers(self) -> bool {
        matches!(self, Self::AdministratorByRole | Self::AdministratorByFlag)
    }

    /// Whether they may do this with `hush`, by the words of its access file.
    pub(super) fn may(self, action: Action) -> bool {
        let own = match self {
            Self::Viewer => None,
            Self::Explorer => Some(Action::Explore),
            Self::Exporter => Some(Action::Export),
            Self::Scheduler => Some(Action::Schedule),
            Self::Editor => Some(Action::Edit),
            Self::Publisher => Some(Action::Publish),
            Self::Owner => return action != Action::Administer,
            Self::TokenOfEverything | Self::TokenToView | Self::TokenToViewAndExport => {
                return self.scopes().is_some_and(|scopes| scopes.contains(&action));
            }
            _ => return false,
        };
        action == Action::View || Some(action) == own
    }

    /// Whether they may do this with anything at all.
    pub(super) fn may_somewhere(self, action: Action) -> bool {
        match self {
            Self::Neighbour => action != Action::Administer,
            Self::TokenForNextDoor => self.scopes().is_some_and(|scopes| scopes.contains(&action)),
            Self::AdministratorByRole => action == Action::Administer,
            _ => self.may(action),
        }
    }
}

/// What somebody shows to be let in.
#[derive(Debug, Clone)]
pub(super) enum Keys {
    None,
    Session { cookie: String, csrf: String },
    Token(String),
}

impl Keys {
    pub(super) fn on(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match self {
            Self::None => request,
            Self::Session { cookie, csrf } => request.header("cookie", cookie).header("x-csrf-token", csrf),
            Self::Token(token) => request.bearer_auth(token),
        }
    }

    pub(super) fn csrf(&self) -> &str {
        if let Self::Session { csrf, .. } = self { csrf } else { "" }
    }
}

/// The keys of everybody.
pub(super) async fn everybody(site: &Site) -> Vec<(Who, Keys)> {
    let mut all = Vec::new();
    let mut owner = Keys::None;
    for who in Who::ALL {
        let name = format!("{who:?}").to_lowercase();
        let keys = if let Some(scopes) = who.scopes() {
            Keys::Token(token(site, &owner, who, scopes).await)
        } else if who == Who::Nobody {
            Keys::None
        } else {
            match who.group() {
                Some(group) => session(site, &name, &["--groups", group]).await,
                None => session(site, &name, &["--administrator"]).await,
            }
        };
        if who == Who::Owner {
            owner = keys.clone();
        }
        all.push((who, keys));
    }
    all
}

/// The keys of a new user.
pub(super) async fn session(site: &Site, name: &str, more: &[&str]) -> Keys {
    let browser = site.newcomer(name, more).await;
    let cookie = browser.cookie_line();
    let keys = Keys::Session { cookie, csrf: String::new() };
    let request = keys.on(site.server.client.get(format!("{}/api/v1/me", site.server.url)));
    let me: Value = serde_json::from_str(&Page::of(request.send().await.unwrap()).await.text()).unwrap();
    let Keys::Session { cookie, .. } = keys else { unreachable!() };
    Keys::Session { cookie, csrf: me["csrf"].as_str().unwrap().to_owned() }
}

async fn token(site: &Site, owner: &Keys, who: Who, scopes: &[Action]) -> String {
    let scopes: BTreeSet<&str> = scopes.iter().map(|scope| scope.name()).collect();
    let mut body = json!({"name": format!("{who:?}"), "scopes": scopes, "days": 1});
    if who == Who::TokenForNextDoor {
        body["reports"] = json!(["next-door"]);
    }
    let request = owner.on(site.server.client.post(format!("{}/api/v1/tokens", site.server.url)));
    let made = Page::of(request.json(&body).send().await.unwrap()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made: Value = serde_json::from_str(&made.text()).unwrap();
    made["token"].as_str().unwrap().to_owned()
}
