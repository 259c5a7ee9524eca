//! Every operation of the API, once.

use axum::http::Method;
use axum::routing::{self, MethodRouter};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{
    audit, compare, costs, datasets, deliveries, embed_tokens, explore, me, openapi, panels, reports, runs,
    schedules, sessions, signals, tokens, users,
};
use crate::access::Action;
use crate::ledger::audit::AuditAction;
use crate::web::state::WebState;

/// The schema of a type, to be put among those that the document shares.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Who an operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Audience {
    /// Whoever is logged in, also by a token that has the operation's scope.
    Everybody,
    /// People: what is theirs alone is not for tokens.
    People,
    /// People who are administrators.
    Administrators,
}

impl Audience {
    /// The word in the document.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::People => "people",
            Self::Administrators => "administrators",
        }
    }
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Tells.
    Get,
    /// Does or makes something.
    Post,
    /// Takes something away.
    Delete,
}

impl Verb {
    /// As it stands in a request.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Route {
    pub(super) verb: Verb,
    /// Below [`ROOT`](super::ROOT).
    pub(super) path: &'static str,
    /// Its unique name in the document.
    pub(super) id: &'static str,
    /// What it does, in a line.
    pub(super) summary: &'static str,
    pub(super) audience: Audience,
    /// What the caller must be allowed, and the scope that a token needs; `None` for what tells nothing but
    /// what the caller knows.
    pub(super) action: Option<Action>,
    /// The kind of object it is about, in the audit log.
    pub(super) object: &'static str,
    /// What is recorded once it was answered. Changes are recorded by their handlers.
    pub(super) told: Option<AuditAction>,
    /// What may stand behind `?`, as properties of an object.
    pub(super) query: Option<SchemaOf>,
    /// Whether parameters of the report may stand behind `?`.
    pub(super) parameters: bool,
    /// The header that must be there, with what it is for.
    pub(super) header: Option<(&'static str, &'static str)>,
    pub(super) body: Option<SchemaOf>,
    /// Whether all of the body has defaults, so that it may be left out.
    pub(super) body_optional: bool,
    /// The status when all goes well.
    pub(super) status: u16,
    /// What is answered then; `None` for nothing.
    pub(super) answer: Option<SchemaOf>,
    pub(super) handler: fn() -> MethodRouter<WebState>,
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl Route {
    const fn new(
        verb: Verb,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handler: fn() -> MethodRouter<WebState>,
    ) -> Self {
        Self {
            verb,
            path,
            id,
            summary,
            audience: Audience::Everybody,
            action: None,
            object: "api",
            told: None,
            query: None,
            parameters: false,
            header: None,
            body: None,
            body_optional: false,
            status: 200,
            answer: None,
            handler,
        }
    }

    const fn needs(self, action: Action, object: &'static str) -> Self {
        Self { action: Some(action), object, ..self }
    }

    /// What is about accounts is for people, as `permit.rs` knows by this object.
    const fn only_for(self, audience: Audience) -> Self {
        Self { audience, action: Some(Action::Administer), object: "account", ..self }
    }

    const fn told_as(self, told: AuditAction) -> Self {
        Self { told: Some(told), ..self }
    }

    const fn asks<T: JsonSchema>(self) -> Self {
        Self { query: Some(schema::<T>), ..self }
    }

    const fn takes_parameters(self) -> Self {
        Self { parameters: true, ..self }
    }

    const fn takes_header(self, name: &'static str, what_for: &'static str) -> Self {
        Self { header: Some((name, what_for)), ..self }
    }

    const fn takes<T: JsonSchema>(self) -> Self {
        Self { body: Some(schema::<T>), ..self }
    }

    const fn may_take<T: JsonSchema>(self) -> Self {
        Self { body: Some(schema::<T>), body_optional: true, ..self }
    }

    const fn gives<T: JsonSchema>(self, status: u16) -> Self {
        Self { status, answer: Some(schema::<T>), ..self }
    }

    const fn gives_nothing(self) -> Self {
        Self { status: 204, ..self }
    }
}

use Action::{Explore, Export, Schedule, View};
use Audience::{Administrators, People};

/// Every operation. Those that are not here do not exist.
pub(super) static ROUTES: [Route; 34] = [
    Route::new(Verb::Get, "/openapi.json", "describe", "This document.", || routing::get(openapi::show))
        .gives::<openapi::OpenApi>(200),
    Route::new(Verb::Get, "/me", "show_me", "Who calls, and what they may do.", || routing::get(me::show))
        .gives::<me::Me>(200),
    // Reports.
    Route::new(Verb::Get, "/reports", "list_reports", "The reports that are open to the caller.", || {
        routing::get(reports::list)
    })
    .needs(View, "reports")
    .gives::<reports::Reports>(200),
    Route::new(
        Verb::Get,
        "/reports/{report}",
        "show_report",
        "A report: its parameters with their choices, its panels, its schedules, what the caller may do.",
        || routing::get(reports::show),
    )
    .needs(View, "report")
    .told_as(AuditAction::Viewed)
    .takes_parameters()
    .gives::<reports::ReportDetail>(200),
    Route::new(
        Verb::Get,
        "/reports/{report}/data",
        "show_report_data",
        "The numbers of all panels of a report.",
        || routing::get(reports::data),
    )
    .needs(Export, "report")
    .told_as(AuditAction::Exported)
    .takes_parameters()
    .gives::<reports::ReportData>(200),
    Route::new(
        Verb::Get,
        "/reports/{report}/panels/{panel}",
        "show_panel",
        "The numbers of one panel.",
        || routing::get(panels::show),
    )
    .needs(Export, "report")
    .told_as(AuditAction::Exported)
    .takes_parameters()
    .gives::<panels::PanelData>(200),
    Route::new(
        Verb::Post,
        "/reports/{report}/embed-tokens",
        "make_embed_token",
        "Makes a token of at most an hour that shows the report inside of pages of another site.",
        || routing::post(embed_tokens::make),
    )
    .needs(Export, "report")
    .takes::<embed_tokens::EmbedTokenBody>()
    .gives::<embed_tokens::EmbedTokenOut>(201),
    Route::new(
        Verb::Post,
        "/reports/{report}/schedules/{schedule}/runs",
        "start_run",
        "Starts a run of a schedule, and answers without waiting for its end.",
        || routing::post(runs::start),
    )
    .needs(Schedule, "report")
    .takes_header(
        runs::IDEMPOTENCY_KEY,
        "What the caller calls this request, 1 to 128 printable ASCII characters: the same request sent again \
         within a week answers with the same run and starts none.",
    )
    .may_take::<runs::NewRun>()
    .gives::<runs::RunOut>(202),
    // Datasets.
    Route::new(
        Verb::Get,
        "/datasets",
        "list_datasets",
        "The datasets that the caller may ask questions of.",
        || routing::get(datasets::list),
    )
    .needs(Explore, "datasets")
    .gives::<datasets::Datasets>(200),
    Route::new(
        Verb::Get,
        "/datasets/{dataset}",
        "show_dataset",
        "A dataset: the dimensions, measures and metrics that are open to the caller, and how far its data go.",
        || routing::get(datasets::show),
    )
    .needs(Explore, "dataset")
    .gives::<datasets::DatasetDetail>(200),
    Route::new(
        Verb::Post,
        "/datasets/{dataset}/query",
        "query_dataset",
        "Answers a question of a dataset: measures by dimensions, over the rows that filters and a period leave.",
        || routing::post(explore::query),
    )
    .needs(Explore, "dataset")
    .told_as(AuditAction::Exported)
    .takes::<explore::QueryBody>()
    .gives::<explore::QueryAnswer>(200),
    // Runs.
    Route::new(Verb::Get, "/runs", "list_runs", "Runs of schedules, newest first.", || {
        routing::get(runs::list)
    })
    .needs(Schedule, "runs")
    .asks::<runs::RunsAsked>()
    .gives::<runs::Runs>(200),
    Route::new(
        Verb::Get,
        "/runs/{run}",
        "show_run",
        "A run with its deliveries and files.",
        || routing::get(runs::show),
    )
    .needs(Schedule, "run")
    .gives::<runs::RunDetailOut>(200),
    Route::new(
        Verb::Post,
        "/runs/{run}/resend",
        "resend_run",
        "Sends a run again to those who did not get it, or some of its deliveries, and answers without waiting for the \
         end: with the new attempt, or with the latest where nothing is left to send.",
        || routing::post(runs::resend),
    )
    .needs(Schedule, "run")
    .may_take::<runs::ResendBody>()
    .gives::<runs::RunOut>(202),
    Route::new(
        Verb::Get,
        "/runs/{run}/compare/{other}",
        "compare_runs",
        "What differs between the numbers of two runs of a report.",
        || routing::get(compare::show),
    )
    .needs(Export, "run")
    .told_as(AuditAction::Exported)
    .gives::<compare::ComparisonOut>(200),
    Route::new(
        Verb::Get,
        "/deliveries",
        "list_deliveries",
        "What was sent to whom, and who is still without, newest first.",
        || routing::get(deliveries::list),
    )
    .needs(Schedule, "deliveries")
    .asks::<deliveries::DeliveriesQuery>()
    .gives::<deliveries::Deliveries>(200),
    // Schedules.
    Route::new(
        Verb::Get,
        "/schedules",
        "list_schedules",
        "Schedules, what they send next, and whether somebody paused them.",
        || routing::get(schedules::list),
    )
    .needs(Schedule, "schedules")
    .gives::<schedules::Schedules>(200),
    Route::new(
        Verb::Post,
        "/reports/{report}/schedules/{schedule}/pause",
        "pause_schedule",
        "Pauses a schedule: what comes meanwhile is skipped, recorded as such, and not made up for.",
        || routing::post(schedules::pause),
    )
    .needs(Schedule, "report")
    .may_take::<schedules::NewPause>()
    .gives::<schedules::ScheduleDetail>(200),
    Route::new(
        Verb::Post,
        "/reports/{report}/schedules/{schedule}/resume",
        "resume_schedule",
        "Resumes a schedule.",
        || routing::post(schedules::resume),
    )
    .needs(Schedule, "report")
    .gives::<schedules::ScheduleDetail>(200),
    // What other programs tell.
    Route::new(
        Verb::Get,
        "/signals/{signal}",
        "list_signals",
        "The latest signals of a name that a schedule waits for, newest first.",
        || routing::get(signals::list),
    )
    .needs(Schedule, "signal")
    .gives::<signals::Signals>(200),
    Route::new(
        Verb::Post,
        "/signals/{signal}",
        "send_signal",
        "Tells that something has come that schedules wait for; the same key again changes nothing.",
        || routing::post(signals::send),
    )
    .needs(Schedule, "signal")
    .takes::<signals::NewSignal>()
    .gives::<signals::SignalOut>(200),
    // What administrators do.
    Route::new(Verb::Get, "/audit", "list_events", "The audit log, newest first.", || {
        routing::get(audit::list)
    })
    .only_for(Administrators)
    .asks::<audit::EventsAsked>()
    .gives::<audit::Events>(200),
    Route::new(Verb::Get, "/costs", "list_costs", "What queries of a month cost, added up.", || {
        routing::get(costs::list)
    })
    .only_for(Administrators)
    .asks::<costs::AskedCosts>()
    .gives::<costs::CostsOut>(200),
    Route::new(Verb::Get, "/queries", "list_queries", "The ledger of queries of a month, newest first.", || {
        routing::get(costs::lines)
    })
    .only_for(Administrators)
    .asks::<costs::AskedLines>()
    .gives::<costs::Lines>(200),
    Route::new(Verb::Get, "/users", "list_users", "Everybody who may log in with a password.", || {
        routing::get(users::list)
    })
    .only_for(Administrators)
    .gives::<users::Users>(200),
    Route::new(Verb::Post, "/users", "add_user", "Adds a user, who sets a password by a link.", || {
        routing::post(users::add)
    })
    .only_for(Administrators)
    .takes::<users::NewUserBody>()
    .gives::<users::AddedUser>(201),
    Route::new(
        Verb::Post,
        "/users/{user}",
        "change_user",
        "Changes a user's groups and claims, and whether they are an administrator. It holds at once.",
        || routing::post(users::change_rights),
    )
    .only_for(Administrators)
    .may_take::<users::UserChangeBody>()
    .gives::<users::UserOut>(200),
    Route::new(
        Verb::Post,
        "/users/{user}/disable",
        "disable_user",
        "Shuts a user out: sessions, tokens and links end at once, for good.",
        || routing::post(users::disable),
    )
    .only_for(Administrators)
    .gives::<users::UserOut>(200),
    Route::new(Verb::Post, "/users/{user}/enable", "enable_user", "Lets a user in again.", || {
        routing::post(users::enable)
    })
    .only_for(Administrators)
    .gives::<users::UserOut>(200),
    // What belongs to the caller.
    Route::new(Verb::Get, "/tokens", "list_tokens", "The caller's tokens, newest first.", || {
        routing::get(tokens::list)
    })
    .only_for(People)
    .gives::<tokens::Tokens>(200),
    Route::new(Verb::Post, "/tokens", "make_token", "Makes a token, and shows it this once.", || {
        routing::post(tokens::make)
    })
    .only_for(People)
    .takes::<tokens::NewTokenBody>()
    .gives::<tokens::MadeToken>(201),
    Route::new(Verb::Delete, "/tokens/{token}", "revoke_token", "Revokes a token of the caller.", || {
        routing::delete(tokens::revoke)
    })
    .only_for(People)
    .gives_nothing(),
    Route::new(
        Verb::Get,
        "/sessions",
        "list_sessions",
        "Where the caller is logged in, newest first.",
        || routing::get(sessions::list),
    )
    .only_for(People)
    .gives::<sessions::Sessions>(200),
    Route::new(Verb::Delete, "/sessions/{session}", "end_session", "Ends a session of the caller.", || {
        routing::delete(sessions::end)
    })
    .only_for(People)
    .gives_nothing(),
];

/// A request that means an operation.
pub(in crate::web) struct Called<'a> {
    /// The operation.
    route: &'static Route,
    /// Its path below the first segment: `weekly-sales/panels/trend`.
    rest: &'a str,
    /// The report it is about.
    report: Option<&'a str>,
}

impl<'a> Called<'a> {
    pub(in crate::web) fn action(&self) -> Option<Action> {
        self.route.action
    }

    pub(in crate::web) fn told(&self) -> Option<AuditAction> {
        self.route.told
    }

    pub(in crate::web) fn report(&self) -> Option<&'a str> {
        self.report
    }

    /// The kind and id of the object, for the audit log.
    pub(in crate::web) fn object(&self) -> (&'static str, &'a str) {
        (self.route.object, self.rest)
    }

    pub(in crate::web) fn is_for_administrators(&self) -> bool {
        self.route.audience == Audience::Administrators
    }
}

/// The operation that a request means; `None` for none.
pub(in crate::web) fn called<'a>(method: &Method, path: &'a str) -> Option<Called<'a>> {
    let below = path.strip_prefix(super::ROOT)?;
    // HEAD is answered as GET is.
    let verb = if *method == Method::HEAD { "GET" } else { method.as_str() };
    let route = ROUTES.iter().find(|route| route.verb.name() == verb && fits(route.path, below))?;
    let rest = below.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
    let report = route.path.starts_with("/reports/").then(|| rest.split('/').next().unwrap_or_default());
    Some(Called { route, rest, report })
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}
