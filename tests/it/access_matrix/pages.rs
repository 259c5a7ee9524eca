//! Every page and file of the server.

use jangpyo::access::Action::{Edit, Export, Schedule, View};

use super::row::{Need, Row};

/// What exists before anybody asks; the ids of what belongs to the owner.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) run: String,
    pub(super) artefact: String,
    pub(super) session: String,
    pub(super) token: String,
    pub(super) share: String,
    pub(super) subscription: String,
    pub(super) link: String,
    pub(super) embed: String,
}

const SCHEDULE: &str = "GET /reports/{report}/schedules/{schedule}";
const PAUSE: &str = "POST /reports/{report}/schedules/{schedule}/pause";
const RESUME: &str = "POST /reports/{report}/schedules/{schedule}/resume";

const SUBSCRIPTION: [&str; 4] = [
    "POST /subscriptions/{subscription}/pause",
    "POST /subscriptions/{subscription}/resume",
    "POST /subscriptions/{subscription}/send",
    "POST /subscriptions/{subscription}/end",
];

pub(super) const EMBEDDING: &str = "https://intranet.example.com";

pub(super) fn rows(made: &Made) -> Vec<Row> {
    let row = Row::new;
    let mut rows = vec![
        row("GET /", "/", Need::List(View)),
        row("GET /runs", "/runs", Need::Somewhere(Schedule)),
        row("GET /runs/{run}", "/runs/{object}", Need::Of(Schedule)).of(&made.run),
        row("POST /runs/{run}/resend", "/runs/{object}/resend", Need::OfInPerson(Schedule))
            .of(&made.run)
            .gives(303),
        row("GET /runs/{run}/compare/{other}", "/runs/{object}/compare/{object}", Need::Of(Export))
            .of(&made.run),
        row("GET /deliveries", "/deliveries", Need::Somewhere(Schedule)),
        row(
            "GET /deliveries",
            "/deliveries?report=hush&state=undelivered&from=2026-01-01",
            Need::Somewhere(Schedule),
        ),
        row("GET /schedules", "/schedules", Need::Somewhere(Schedule)),
        row(SCHEDULE, "/reports/{object}/schedules/daily", Need::Of(Schedule)),
        row(PAUSE, "/reports/{object}/schedules/daily/pause", Need::OfInPerson(Schedule))
            .form(&[("reason", "stock-taking"), ("until", "2099-01-01")])
            .gives(303),
        row(RESUME, "/reports/{object}/schedules/daily/resume", Need::OfInPerson(Schedule)).gives(303),
        row("GET /artefacts/{artefact}", "/artefacts/{object}", Need::Of(Export)).of(&made.artefact),
        row("GET /problems", "/problems", Need::Somewhere(Edit)),
        row("GET /healthz", "/healthz", Need::Nothing),
        row("GET /readyz", "/readyz", Need::Nothing),
        row("GET /metrics", "/metrics", Need::Administration),
        row("GET /static/{file}", "/static/app.css", Need::Nothing),
        row("GET /themes/{theme}/{file}", "/themes/none/theme.css", Need::Nothing).gives(404),
        row("GET /favicon.svg", "/favicon.svg", Need::Nothing),
        row("GET /favicon.ico", "/favicon.ico", Need::Nothing),
        row("GET /login/oidc", "/login/oidc", Need::Nothing).gives(404),
        row("GET /login/oidc/callback", "/login/oidc/callback?code=x&state=y", Need::Nothing).gives(404),
        row("GET /setup/{token}", "/setup/nothing", Need::Nothing).gives(404),
        row("GET /account", "/account", Need::Person),
        row("POST /account/password", "/account/password", Need::Person)
            .form(&[("now", "wrong"), ("password", "blue tables sing"), ("again", "blue tables sing")])
            .gives(422),
        row("POST /account/sessions/{session}/revoke", "/account/sessions/{object}/revoke", Need::Others)
            .of(&made.session),
        row("POST /account/tokens", "/account/tokens", Need::Person).form(&[("name", "")]).gives(422),
        row("POST /account/tokens/{token}/revoke", "/account/tokens/{object}/revoke", Need::Others)
            .of(&made.token),
        row("POST /account/shares/{share}/revoke", "/account/shares/{object}/revoke", Need::Others)
            .of(&made.share),
        row("GET /subscriptions", "/subscriptions", Need::Person),
        row("GET /subscriptions/{subscription}", "/subscriptions/{object}", Need::Others)
            .of(&made.subscription),
        row("POST /subscriptions/{subscription}", "/subscriptions/{object}", Need::Others)
            .of(&made.subscription),
        // Whoever looks after the schedules of a report looks after what others have sent to themselves.
        row(SUBSCRIPTION[0], "/subscriptions/{object}/pause", Need::OfInPerson(Schedule))
            .of(&made.subscription)
            .gives(303),
        row(SUBSCRIPTION[1], "/subscriptions/{object}/resume", Need::OfInPerson(Schedule))
            .of(&made.subscription)
            .gives(303),
        row(SUBSCRIPTION[2], "/subscriptions/{object}/send", Need::OfInPerson(Schedule))
            .of(&made.subscription)
            .gives(303),
        row(SUBSCRIPTION[3], "/subscriptions/subscription.0/end", Need::Person).gives(404),
        row("POST /subscriptions/mails/leave", "/subscriptions/mails/leave", Need::Person)
            .form(&[("report", "hush"), ("schedule", "daily")])
            .gives(404),
        row("POST /subscriptions/mails/return", "/subscriptions/mails/return", Need::Person)
            .form(&[("report", "hush"), ("schedule", "daily")])
            .gives(404),
        row("GET /reports/{report}/subscribe", "/reports/{object}/subscribe", Need::OnInPerson(View)),
        row("POST /reports/{report}/subscribe", "/reports/{object}/subscribe", Need::OnInPerson(View))
            .form(&[("rhythm", "hourly"), ("query", "")])
            .gives(422),
        row("GET /unsubscribe/{token}", "/unsubscribe/x.y", Need::Nothing).gives(404),
        row("POST /unsubscribe/{token}", "/unsubscribe/x.y", Need::Nothing).gives(404),
        row("POST /unsubscribe/{token}/return", "/unsubscribe/x.y/return", Need::Nothing).gives(404),
        row("GET /users", "/users", Need::Administration),
        row("POST /users", "/users", Need::Administration).form(&[("name", "")]).gives(422),
        row("POST /users/{user}/rights", "/users/nobody@example.com/rights", Need::Administration)
            .form(&[("groups", "x")])
            .gives(404),
        row("POST /users/{user}/{deed}", "/users/nobody@example.com/disable", Need::Administration)
            .gives(404),
        row("GET /audit", "/audit", Need::Administration),
        row("GET /audit.csv", "/audit.csv", Need::Administration),
        row("GET /audit.ndjson", "/audit.ndjson", Need::Administration),
        row("GET /costs", "/costs", Need::Administration),
        row("GET /shares", "/shares", Need::Administration),
        row(
            "POST /shares/{share}/revoke",
            "/shares/00000000-0000-0000-0000-000000000000/revoke",
            Need::Administration,
        )
        .gives(404),
        row("GET /reports/{report}", "/reports/{object}", Need::On(View)),
        row("GET /reports/{report}", "/reports/{object}?lang=ko&place=Hush+Harbour", Need::On(View)),
        row("GET /reports/{report}", "/reports/{object}?complete=1", Need::On(View)),
        row("GET /reports/{report}", "/reports/{object}.pdf", Need::On(Export)),
        row("GET /reports/{report}", "/reports/{object}.xlsx", Need::On(Export)),
        row("GET /reports/{report}/panels/{panel}", "/reports/{object}/panels/bars", Need::On(View)),
        row("GET /reports/{report}/panels/{panel}", "/reports/{object}/panels/sheet?page=1", Need::On(View)),
        row("GET /reports/{report}/share", "/reports/{object}/share", Need::OnInPerson(Export)),
        row("POST /reports/{report}/share", "/reports/{object}/share", Need::OnInPerson(Export))
            .form(&[("days", "1"), ("query", "")]),
        row("GET /share/{link}", "/share/{object}", Need::Nothing).of(&made.link),
        row("GET /share/{link}/panels/{panel}", "/share/{object}/panels/total", Need::Nothing).of(&made.link),
        row("GET /embed/{report}", &format!("/embed/hush?token={}", made.embed), Need::Nothing),
        row(
            "GET /embed/{report}/panels/{panel}",
            &format!("/embed/hush/panels/total?token={}", made.embed),
            Need::Nothing,
        ),
        row("GET /embed/{report}", "/embed/hush?token=x", Need::Nothing).gives(403),
        row("GET /embed/{report}", &format!("/embed/next-door?token={}", made.embed), Need::Nothing)
            .gives(403),
    ];
    for ending in ["xlsx", "csv", "svg", "png"] {
        let path = format!("/reports/{{object}}/panels/bars.{ending}");
        rows.push(row("GET /reports/{report}/panels/{panel}", &path, Need::On(Export)));
        // The link was made with files; a frame has none.
        let path = format!("/share/{{object}}/panels/bars.{ending}");
        rows.push(row("GET /share/{link}/panels/{panel}", &path, Need::Nothing).of(&made.link));
        let path = format!("/embed/hush/panels/bars.{ending}?token={}", made.embed);
        rows.push(row("GET /embed/{report}/panels/{panel}", &path, Need::Nothing).gives(404));
    }
    for ending in ["pdf", "xlsx"] {
        let path = format!("/share/{{object}}.{ending}");
        rows.push(row("GET /share/{link}", &path, Need::Nothing).of(&made.link));
        let path = format!("/embed/hush.{ending}?token={}", made.embed);
        rows.push(row("GET /embed/{report}", &path, Need::Nothing).gives(404));
    }
    rows
}
