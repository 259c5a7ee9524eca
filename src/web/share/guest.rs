//! Whoever comes without a login: what they may do, and in whose name.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, Uri};

use crate::access::{Action, Object, Person, Scope, Standing, Viewer};
use crate::definitions::model::ReportId;
use crate::web::login::Presence;
use crate::web::state::WebState;
use crate::web::visitor::Visitor;

/// What a link or token passes on.
pub(super) struct Passed<'a> {
    /// What the audit log calls whoever comes: `link:…`.
    pub(super) name: String,
    /// Who made it.
    pub(super) maker: &'a Person,
    /// The functional role whose rights it has, if not the maker's own.
    pub(super) role: Option<&'a str>,
    /// The one report.
    pub(super) report: &'a ReportId,
    /// Whether files may be taken away.
    pub(super) files: bool,
}

impl Passed<'_> {
    /// The viewer that whoever comes is now; `None` where the maker may no longer pass the report on, or
    /// no longer holds the role.
    pub(super) async fn viewer(&self, state: &WebState) -> Option<Viewer> {
        let maker = state.backend.standing(Viewer::person(self.maker.clone())).await;
        may_pass_on(&maker, self.report, self.role).then(|| {
            let viewer = match self.role {
                Some(role) => Viewer::role(self.name.clone(), role),
                None => Viewer::person(self.maker.clone()),
            };
            let actions = [Some(Action::View), self.files.then_some(Action::Export)];
            viewer.within(Scope {
                actions: Some(actions.into_iter().flatten().collect()),
                reports: Some(BTreeSet::from([self.report.clone()])),
            })
        })
    }
}

/// Whether somebody may pass a report on, with a role's rights or their own.
pub(super) fn may_pass_on(maker: &Standing, report: &ReportId, role: Option<&str>) -> bool {
    let holds =
        |role: &str| maker.roles().iter().any(|held| held.is_functional && held.name.as_str() == role);
    maker.may(Action::Export, Object::Report(report)) && role.is_none_or(holds)
}

/// A visitor with this viewer. Whoever is logged in beside counts for nothing here.
pub(super) fn visitor(uri: &Uri, headers: &HeaderMap, viewer: Viewer) -> Visitor {
    let visitor = Visitor::of(uri.query(), headers).known_as(Presence::Nobody);
    Visitor { viewer, ..visitor }
}
