//! One request of the matrix, and what must come of it.

use jangpyo::access::Action;
use serde_json::Value;

use super::people::Who;

/// What is asked for to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing: it is the same for everybody.
    Nothing,
    /// To be logged in, or to hold a token for anything.
    Login,
    /// A login of one's own; tokens are not for it.
    Person,
    /// To administer.
    Administration,
    /// To be logged in; what is listed is what the action is open for. A token needs its scope.
    List(Action),
    /// The action on the dataset that is named, which says nothing of datasets that it is not open for.
    OnData(Action),
    /// The action on the report that is named. Who may only view it is told that this is not allowed.
    On(Action),
    /// The same for people, not for tokens.
    OnInPerson(Action),
    /// The action on what belongs to the report, which otherwise is as if it were not there.
    Of(Action),
    /// The same for people, not for tokens.
    OfInPerson(Action),
    /// The action on anything; otherwise the page is as if it were not there.
    Somewhere(Action),
    /// What belongs to somebody else, which is as if it were not there.
    Others,
}

/// What is sent.
#[derive(Debug, Clone)]
pub(super) enum Sent {
    Nothing,
    Form(Vec<(&'static str, &'static str)>),
    Json(Value),
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    /// `GET /reports/{report}`, as the router has it.
    pub(super) route: &'static str,
    /// The address; `{object}` stands for the name or id of what is asked for.
    pub(super) path: String,
    pub(super) need: Need,
    pub(super) sent: Sent,
    /// The status when all is as it should be.
    pub(super) ok: u16,
    /// The objects: one that exists and one that does not.
    pub(super) objects: Option<[String; 2]>,
}

impl Row {
    pub(super) fn new(route: &'static str, path: &str, need: Need) -> Self {
        let objects = path.contains("{object}").then(|| ["hush".to_owned(), "husk".to_owned()]);
        Self { route, path: path.to_owned(), need, sent: Sent::Nothing, ok: 200, objects }
    }

    pub(super) fn gives(self, ok: u16) -> Self {
        Self { ok, ..self }
    }

    pub(super) fn form(self, fields: &[(&'static str, &'static str)]) -> Self {
        Self { sent: Sent::Form(fields.to_vec()), ..self }
    }

    pub(super) fn json(self, body: Value) -> Self {
        Self { sent: Sent::Json(body), ..self }
    }

    /// With the id of something that exists; the other is one that was never given.
    pub(super) fn of(self, id: &str) -> Self {
        let absent = format!("{}{}", &id[..id.len() - 4], "0000");
        Self { objects: Some([id.to_owned(), absent]), ..self }
    }

    pub(super) fn method(&self) -> reqwest::Method {
        self.route.split(' ').next().unwrap().parse().unwrap()
    }

    pub(super) fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// The addresses that are asked, each with whether it is of what exists.
    pub(super) fn addresses(&self) -> Vec<(String, bool)> {
        match &self.objects {
            None => vec![(self.path.clone(), true)],
            Some([there, absent]) => {
                let of = |object: &str| self.path.replace("{object}", object);
                vec![(of(there), true), (of(absent), false)]
            }
        }
    }

    /// The status that somebody must get.
    pub(super) fn expected(&self, who: Who, exists: bool) -> u16 {
        let out_of_scope = |action: Action| who.scopes().is_some_and(|scopes| !scopes.contains(&action));
        if self.need == Need::Nothing {
            return if exists { self.ok } else { 404 };
        }
        if who == Who::Nobody {
            return if self.method() == reqwest::Method::GET && !self.is_api() { 303 } else { 401 };
        }
        let allowed = |may: bool, otherwise: u16| if may { self.ok } else { otherwise };
        match self.need {
            Need::Person | Need::OnInPerson(_) | Need::OfInPerson(_) | Need::Others if who.is_token() => 403,
            Need::Nothing | Need::Login | Need::Person => self.ok,
            Need::Others => 404,
            Need::Administration if !who.administers() => 403,
            Need::Administration => allowed(exists, 404),
            Need::On(action)
            | Need::Of(action)
            | Need::OnData(action)
            | Need::List(action)
            | Need::Somewhere(action)
                if out_of_scope(action) =>
            {
                403
            }
            // Lists, datasets and other reports are more than the report that it is for.
            _ if who == Who::TokenForNextDoor => 403,
            Need::List(_) => self.ok,
            Need::Somewhere(action) => allowed(who.may_somewhere(action), 404),
            Need::Of(action) | Need::OfInPerson(action) | Need::OnData(action) => {
                allowed(exists && who.may(action), 404)
            }
            Need::On(_) | Need::OnInPerson(_) if !exists || !who.may(Action::View) => 404,
            Need::On(action) | Need::OnInPerson(action) => allowed(who.may(action), 403),
        }
    }

    /// Whether what exists must look to somebody as if it did not.
    pub(super) fn hides_from(&self, who: Who) -> bool {
        match self.need {
            Need::Others => true,
            Need::On(_) | Need::OnInPerson(_) => !who.may(Action::View),
            Need::Of(action) | Need::OfInPerson(action) | Need::OnData(action) => !who.may(action),
            _ => false,
        }
    }
}
