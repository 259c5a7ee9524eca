//! Every operation of the API.

use jangpyo::access::Action::{Explore, Export, Schedule, View};
use serde_json::json;

use super::pages::{EMBEDDING, Made};
use super::row::{Need, Row};

/// The rows; each begins with the operation's name in the API's own document.
pub(super) fn rows(made: &Made) -> Vec<(&'static str, Row)> {
    let row = |route: &'static str, path: &str, need| Row::new(route, &format!("/api/v1{path}"), need);
    let question = json!({"measures": ["amount"], "by": [{"dimension": "place"}]});
    vec![
        ("describe", row("GET /openapi.json", "/openapi.json", Need::Login)),
        ("show_me", row("GET /me", "/me", Need::Login)),
        ("list_reports", row("GET /reports", "/reports", Need::List(View))),
        ("show_report", row("GET /reports/{report}", "/reports/{object}", Need::On(View))),
        ("show_report_data", row("GET /reports/{report}/data", "/reports/{object}/data", Need::On(Export))),
        ("show_panel", row("GET /panel", "/reports/{object}/panels/bars", Need::On(Export))),
        (
            "make_embed_token",
            row("POST /embed-tokens", "/reports/{object}/embed-tokens", Need::Of(Export))
                .json(json!({"origin": EMBEDDING}))
                .gives(201),
        ),
        (
            "start_run",
            row("POST /runs", "/reports/{object}/schedules/daily/runs", Need::Of(Schedule))
                .json(json!({"dry_run": true}))
                .gives(202),
        ),
        (
            "pause_schedule",
            row("POST /pause", "/reports/{object}/schedules/daily/pause", Need::Of(Schedule))
                .json(json!({"reason": "stock-taking", "until": "2099-01-01T00:00:00Z"})),
        ),
        (
            "resume_schedule",
            row("POST /resume", "/reports/{object}/schedules/daily/resume", Need::Of(Schedule)),
        ),
        ("list_signals", row("GET /signals", "/signals/loaded_{object}", Need::Of(Schedule))),
        (
            "send_signal",
            row("POST /signals", "/signals/loaded_{object}", Need::Of(Schedule))
                .json(json!({"key": "2026-01-05"})),
        ),
        ("list_schedules", row("GET /schedules", "/schedules", Need::Somewhere(Schedule))),
        ("list_datasets", row("GET /datasets", "/datasets", Need::List(Explore))),
        ("show_dataset", row("GET /datasets/{dataset}", "/datasets/{object}", Need::OnData(Explore))),
        (
            "query_dataset",
            row("POST /query", "/datasets/{object}/query", Need::OnData(Explore)).json(question),
        ),
        ("list_runs", row("GET /runs", "/runs", Need::Somewhere(Schedule))),
        ("show_run", row("GET /runs/{run}", "/runs/{object}", Need::Of(Schedule)).of(&made.run)),
        (
            "resend_run",
            row("POST /resend", "/runs/{object}/resend", Need::Of(Schedule)).of(&made.run).gives(202),
        ),
        (
            "compare_runs",
            row("GET /runs/{run}/compare/{other}", "/runs/{object}/compare/{object}", Need::Of(Export))
                .of(&made.run),
        ),
        ("list_deliveries", row("GET /deliveries", "/deliveries?report=hush", Need::Somewhere(Schedule))),
        ("list_events", row("GET /audit", "/audit", Need::Administration)),
        ("list_costs", row("GET /costs", "/costs?by=report", Need::Administration)),
        ("list_queries", row("GET /queries", "/queries", Need::Administration)),
        ("list_users", row("GET /users", "/users", Need::Administration)),
        ("add_user", row("POST /users", "/users", Need::Administration).json(json!({"name": ""})).gives(422)),
        (
            "change_user",
            row("POST /users/{user}", "/users/nobody@example.com", Need::Administration)
                .json(json!({"groups": ["x"]}))
                .gives(404),
        ),
        (
            "disable_user",
            row("POST /disable", "/users/nobody@example.com/disable", Need::Administration).gives(404),
        ),
        (
            "enable_user",
            row("POST /enable", "/users/nobody@example.com/enable", Need::Administration).gives(404),
        ),
        ("list_tokens", row("GET /tokens", "/tokens", Need::Person)),
        ("make_token", row("POST /tokens", "/tokens", Need::Person).json(json!({"name": ""})).gives(422)),
        ("revoke_token", row("DELETE /tokens/{token}", "/tokens/{object}", Need::Others).of(&made.token)),
        ("list_sessions", row("GET /sessions", "/sessions", Need::Person)),
        (
            "end_session",
            row("DELETE /sessions/{session}", "/sessions/{object}", Need::Others).of(&made.session),
        ),
    ]
}
