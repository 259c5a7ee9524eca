//! What roles open, over HTTP and at the command line: the real server behind a proxy that says who it is.

use std::process::Command;

use crate::support::binary::{Page, Said, Server, jangpyo};
use crate::support::workspace::TestWorkspace;

/// A server whose proxy is this test.
struct Site {
    workspace: TestWorkspace,
    state: tempfile::TempDir,
    server: Server,
}

/// A proxy says who comes.
const PROXY: [(&str, &str); 4] = [
    ("JANGPYO_LOGIN", "proxy"),
    ("JANGPYO_LOGIN_PROXY_FROM", "127.0.0.1"),
    ("JANGPYO_LOGIN_PROXY_GROUPS", "X-Groups"),
    ("JANGPYO_LOGIN_PROXY_CLAIMS", "country=X-Country"),
];

fn site(workspace: TestWorkspace, state: tempfile::TempDir) -> Site {
    let server = Server::start_with(&workspace.dir(), state.path(), &PROXY);
    Site { workspace, state, server }
}

/// Somebody: name, groups, country.
type Who = (&'static str, &'static str, &'static str);

const KOREA: Who = ("kim@hanbit.example", "hanbit-sales-kr", "KR");
const STORE: Who = ("jiwoo.kim@hanbit.example", "", "");
const FINANCE: Who = ("park@hanbit.example", "hanbit-finance", "");
const ANALYST: Who = ("lee@hanbit.example", "hanbit-sales-analytics", "");
const SECURITY: Who = ("choi@hanbit.example", "hanbit-security", "");
const STRANGER: Who = ("nobody@hanbit.example", "", "");

impl Site {
    async fn get(&self, (name, groups, country): Who, path: &str) -> Page {
        let request = self.server.client.get(format!("{}{path}", self.server.url));
        let request = request.header("x-forwarded-user", name).header("accept", "text/html");
        let request = [("x-groups", groups), ("x-country", country)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .fold(request, |request, (header, value)| request.header(header, value));
        // The first page gives the cookie for forms.
        let page = Page::of(request.try_clone().unwrap().send().await.unwrap()).await;
        match page.headers.get("set-cookie").filter(|_| page.status == 303) {
            Some(cookie) => {
                let cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
                Page::of(request.header("cookie", cookie).send().await.unwrap()).await
            }
            None => page,
        }
    }

    async fn opens(&self, who: Who, path: &str) -> bool {
        let status = self.get(who, path).await.status;
        assert!([200, 403, 404].contains(&status), "{path}: {status}");
        status == 200
    }
}

const REPORTS: [&str; 8] = [
    "weekly-sales",
    "monthly-sales",
    "store-results",
    "inventory-status",
    "merchandising",
    "year-on-year",
    "profit-and-loss",
    "store-ledger",
];

#[tokio::test]
async fn everybody_finds_their_own_reports_and_no_others() {
    let site = site(TestWorkspace::sample(), tempfile::tempdir().unwrap());
    for (who, expected) in [
        (KOREA, &[true, true, true, true, false, false, false, false]),
        (STORE, &[true, false, true, false, false, false, false, false]),
        (FINANCE, &[false, true, false, false, false, false, true, true]),
        (ANALYST, &[true, true, true, true, true, true, false, false]),
        (SECURITY, &[false; 8]),
        (STRANGER, &[false; 8]),
    ] {
        let list = site.get(who, "/").await.text();
        for (report, open) in REPORTS.iter().zip(expected) {
            assert_eq!(site.opens(who, &format!("/reports/{report}")).await, *open, "{} {report}", who.0);
            assert_eq!(list.contains(&format!("/reports/{report}\"")), *open, "{} {report}", who.0);
            assert_eq!(site.opens(who, &format!("/reports/{report}.pdf")).await, *open, "{} {report}", who.0);
        }
    }
    // What is closed looks like what is not there, to the last word.
    let words = |page: &Page, name: &str| page.text().replace(name, "REPORT");
    let (closed, absent) =
        (site.get(KOREA, "/reports/profit-and-loss").await, site.get(KOREA, "/reports/no-such-report").await);
    assert_eq!((closed.status, absent.status), (404, 404));
    let without_id = |text: String| {
        let ids = regex::Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").unwrap();
        ids.replace_all(&text, "ID").into_owned()
    };
    assert_eq!(without_id(words(&closed, "profit-and-loss")), without_id(words(&absent, "no-such-report")));
    for (who, path, open) in [
        (SECURITY, "/users", true),
        (SECURITY, "/audit", true),
        (SECURITY, "/metrics", true),
        (ANALYST, "/users", false),
        (ANALYST, "/metrics", false),
        (ANALYST, "/runs", true),
        (KOREA, "/runs", false),
        (KOREA, "/problems", false),
    ] {
        assert_eq!(site.opens(who, path).await, open, "{} {path}", who.0);
    }
}

#[tokio::test]
async fn files_of_a_run_are_for_those_who_see_what_it_saw() {
    let workspace = TestWorkspace::sample();
    // Somebody who may see the runs of a report, but less of its data than they do.
    workspace.replace(
        "access.yaml",
        "  marketing:\n",
        "  narrow:\n    groups: [narrow]\n    access: [sales_country, inventory_read, events_read, reports_work]\n  marketing:\n",
    );
    let state = tempfile::tempdir().unwrap();
    let ran =
        Said::of(jangpyo(&workspace.dir(), state.path()).args(["run", "weekly-sales/monday", "--json"]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let run = ran.json()["run"]["id"].as_str().map_or_else(|| panic!("{ran:?}"), str::to_owned);
    let site = site(workspace, state);
    let narrow: Who = ("han@hanbit.example", "narrow", "KR");
    let path = format!("/runs/{run}");
    let page = site.get(ANALYST, &path).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    let file = format!("/artefacts/{}", text.split("/artefacts/").nth(1).unwrap().split('"').next().unwrap());
    assert!(site.opens(ANALYST, &file).await, "who sees everything as the run did");
    assert!(site.opens(narrow, &path).await && !site.opens(narrow, &file).await, "who sees less");
    for who in [KOREA, FINANCE, SECURITY, STRANGER] {
        assert!(!site.opens(who, &path).await && !site.opens(who, &file).await, "{}", who.0);
    }
    let _ = (&site.workspace, &site.state);
}

#[tokio::test]
async fn copies_and_errors_of_a_run_are_told_to_those_who_see_what_it_saw() {
    let workspace = TestWorkspace::sample();
    workspace.replace(
        "access.yaml",
        "  marketing:\n",
        "  narrow:\n    groups: [narrow]\n    access: [sales_country, inventory_read, events_read, reports_work]\n  marketing:\n",
    );
    let (first, other) = ("강남 플래그십", "부산 서면");
    workspace.replace(
        "weekly-sales.yaml",
        "schedules:\n",
        &format!(
            "schedules:\n  stores:\n    cron: '0 9 * * MON'\n    burst: {{recipients: [{{to: kim@example.com, bind: {{store: {first}}}}}, \
             {{to: lee@example.com, bind: {{store: {other}}}}}]}}\n    deliver: {{folder: {{path: 'stores/{{about}}', files: [csv]}}}}\n"
        ),
    );
    workspace.replace(
        "weekly-sales.yaml",
        "parameters:\n",
        "parameters:\n  store: {type: member, of: store, multiple: true}\n",
    );
    let state = tempfile::tempdir().unwrap();
    let run = |most_rows: &str| {
        let mut command = jangpyo(&workspace.dir(), state.path());
        command.args(["run", "weekly-sales/stores", "--json"]).env("JANGPYO_MAX_ROWS", most_rows);
        let ran = Said::of(&mut command);
        ran.json()["run"]["id"].as_str().map_or_else(|| panic!("{ran:?}"), str::to_owned)
    };
    // The second has panels that fail, and its error says in which copies.
    let (sent, failed) = (run("50000"), run("1"));
    let site = site(workspace, state);
    let narrow: Who = ("han@hanbit.example", "narrow", "KR");
    let owner: Who = ("oh@hanbit.example", "hanbit-sales-analytics,hanbit-people", "");
    for (run, is_failed) in [(&sent, false), (&failed, true)] {
        for who in [ANALYST, owner] {
            let told = site.get(who, &format!("/runs/{run}")).await.text();
            assert!(told.contains(first) && told.contains(other), "{} {run}", who.0);
            let api = site.get(who, &format!("/api/v1/runs/{run}")).await.json();
            assert_eq!(api["run"]["withheld"], false, "{api}");
            assert_eq!(api["run"]["error"].is_string(), is_failed, "{api}");
        }
        for path in [format!("/runs/{run}"), format!("/api/v1/runs/{run}")] {
            let page = site.get(narrow, &path).await;
            assert_eq!(page.status, 200, "{path}");
            let text = page.text();
            assert!(!text.contains(first) && !text.contains(other), "{path}: {text}");
            if path.starts_with("/runs/") {
                // Sending it again tells nothing, and what is withheld is not said to be nothing.
                assert_eq!(text.contains("/resend\""), is_failed, "{path}: {text}");
                assert!(!text.contains("id=\"files\""), "{path}: {text}");
            }
            assert!(
                text.contains("withheld\":true") || text.contains("같은 데이터를 볼 수 있는"),
                "{path}: {text}"
            );
        }
    }
    for path in ["/runs", "/deliveries", "/api/v1/runs", "/api/v1/deliveries", "/deliveries?recipient=stores"]
    {
        let (all, less) = (site.get(ANALYST, path).await.text(), site.get(narrow, path).await.text());
        let names = |text: &str| text.contains(first) || text.contains("stores/");
        assert!(!names(&less), "{path}: {less}");
        assert!(path.contains("runs") || names(&all), "{path}: {all}");
    }
}

#[tokio::test]
async fn copies_for_people_whom_a_proxy_names_show_what_they_see_themselves() {
    let workspace = TestWorkspace::sample();
    workspace.replace(
        "weekly-sales.yaml",
        "schedules:\n",
        "schedules:\n  own:\n    cron: '0 9 * * MON'\n    burst: {run_as: recipient, recipients: [{to: kim@hanbit.example, attach: [csv]}]}\n    \
         on_panel_error: mark\n    deliver: {email: {subject: '{title}'}}\n",
    );
    let site = site(workspace, tempfile::tempdir().unwrap());
    let run = |day: &str, login: &[(&str, &str)]| {
        let at = format!("2026-11-{day}T09:00:00+09:00");
        let mut command = jangpyo(&site.workspace.dir(), site.state.path());
        command.args(["run", "weekly-sales/own", "--at", &at, "--json"]).envs(login.iter().copied());
        let ran = Said::of(&mut command).json();
        let made = site.state.path().join("artefacts").join(ran["run"]["id"].as_str().unwrap());
        let files = std::fs::read_dir(made).into_iter().flatten().map(|file| file.unwrap().path());
        let tables = files.filter(|path| path.extension().is_some_and(|ending| ending == "csv"));
        let text: String = tables.map(|path| std::fs::read_to_string(path).unwrap()).collect();
        (ran["run"].clone(), text)
    };
    let (stranger, nothing) = run("09", &PROXY);
    assert!(stranger["state"] == "failed" && nothing.is_empty(), "{stranger} {nothing}");
    assert!(site.opens(KOREA, "/").await);
    let (sent, own) = run("16", &PROXY);
    assert_eq!(sent["state"], "succeeded", "{sent}");
    assert!(own.contains("한국") && !own.contains("홍콩"), "{own}");
    // Whoever sees other rows at the next visit gets these.
    assert!(site.opens((KOREA.0, "hanbit-sales-hk", "HK"), "/").await);
    let (_, other) = run("23", &PROXY);
    assert!(other.contains("홍콩") && !other.contains("한국"), "{other}");
    // A way in that is closed opens nothing.
    let (closed, nothing) = run("24", &[("JANGPYO_LOGIN", "local")]);
    assert!(closed["state"] == "failed" && nothing.is_empty(), "{closed} {nothing}");
}

fn said(workspace: &TestWorkspace, arguments: &[&str]) -> Said {
    let state = tempfile::tempdir().unwrap();
    Said::of(jangpyo(&workspace.dir(), state.path()).args(arguments))
}

#[test]
fn explain_tells_the_chain_of_roles_the_rows_and_the_masks() {
    let workspace = TestWorkspace::sample();
    let explain = |arguments: &[&str]| {
        let said = said(&workspace, &[&["access", "explain"], arguments].concat());
        assert_eq!(said.code, Some(0), "{said:?}");
        said.out
    };
    let korea = explain(&[
        "kim@hanbit.example",
        "weekly-sales",
        "--group",
        "hanbit-sales-kr",
        "--claim",
        "country=KR",
    ]);
    assert!(
        korea.contains("view        yes  group `hanbit-sales-kr` → country_sales → reports_read"),
        "{korea}"
    );
    assert!(korea.contains("rows: country = 'KR'\n  cost: hidden"), "{korea}");
    let store = explain(&["jiwoo.kim@hanbit.example", "dataset/sales"]);
    assert!(store.contains("viewer.store = 강남 플래그십") && store.contains("manager: first 1"), "{store}");
    let area = explain(&["sora.han@hanbit.example", "sales", "--group", "hanbit-store-managers"]);
    assert!(area.contains("rows: store in ('강남 플래그십', '명동점', '성수점')"), "{area}");
    let finance = explain(&["hyun.park@hanbit.example", "profit-and-loss"]);
    assert!(finance.contains("finance (its owner)") && finance.contains("rows: all"), "{finance}");
    let closed = explain(&["kim@hanbit.example", "profit-and-loss", "--group", "hanbit-sales-kr"]);
    assert!(
        closed.contains("view        no   none of the roles held grants view; `finance_reports` would"),
        "{closed}"
    );
    assert!(closed.contains("dataset accounts\n  closed:"), "{closed}");
    let unknown = said(&workspace, &["access", "explain", "kim@hanbit.example", "weekly-sale"]);
    assert!(unknown.code == Some(1) && unknown.err.contains("report/weekly-sales"), "{unknown:?}");
}

#[test]
fn diff_tells_who_gains_and_who_loses_between_folders_and_commits() {
    let (before, after) = (TestWorkspace::sample(), TestWorkspace::sample());
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
        let done =
            Command::new("git").arg("-C").arg(after.dir()).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "before"]);
    after.replace("access.yaml", "    access: [events_read]\n", "    access: [events_read, accounts_read]\n");
    after.replace("datasets/sales.yaml", "sales_country: country = viewer.country", "sales_country: all");
    let folder = before.dir();
    for old in [folder.to_str().unwrap(), "HEAD"] {
        let told = said(&after, &["access", "diff", old]);
        assert_eq!(told.code, Some(0), "{told:?}");
        for line in [
            "role marketing\n",
            "  + dataset accounts  view\n",
            "  + dataset accounts  rows: all\n",
            "role country_sales\n",
            "  - dataset sales  rows: country = 'viewer.country'\n",
            "  + dataset sales  rows: all\n",
        ] {
            assert!(told.out.contains(line), "{old} {line}: {}", told.out);
        }
        assert!(!told.out.contains("role finance"), "{}", told.out);
    }
    let same = said(&before, &["access", "diff", folder.to_str().unwrap()]);
    assert_eq!(same.out.trim(), "nobody gains or loses anything");
    let wrong = said(&after, &["access", "diff", "no-such-revision"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("neither a folder nor a revision"), "{wrong:?}");
}

#[test]
fn a_rendering_with_somebodys_eyes_shows_their_part() {
    let workspace = TestWorkspace::sample();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stores.csv");
    let path = file.to_str().unwrap();
    let base =
        ["render", "weekly-sales", "--panel", "sheet", "-o", path, "-p", "period=2026-09", "--locale", "en"];
    let korea = ["--as", "kim@hanbit.example", "--group", "hanbit-sales-kr", "--claim", "country=KR"];
    assert_eq!(said(&workspace, &[&base[..], &korea].concat()).code, Some(0));
    let rows = std::fs::read_to_string(&file).unwrap();
    assert!(rows.contains("강남 플래그십") && !rows.contains("SoHo") && !rows.contains("margin"), "{rows}");
    assert_eq!(said(&workspace, &base).code, Some(0));
    let rows = std::fs::read_to_string(&file).unwrap();
    assert!(rows.contains("강남 플래그십") && rows.contains("SoHo"), "{rows}");
    let closed = said(&workspace, &[&base[..], &["--as", "nobody@hanbit.example"]].concat());
    assert!(closed.code == Some(1) && closed.err.contains("there is no report `weekly-sales`"), "{closed:?}");
    let query = ["query", "sales", "--measures", "revenue", "--by", "country"];
    let seen = said(&workspace, &[&query[..], &korea].concat());
    assert!(seen.code == Some(0) && seen.out.lines().count() == 2 && seen.out.contains("KR"), "{seen:?}");
    let hidden = said(&workspace, &[&["query", "sales", "--measures", "cost"], &korea[..]].concat());
    assert!(hidden.code == Some(1) && !hidden.err.contains("cost_amount"), "{hidden:?}");
    // A person's file is verified by who they were.
    let pdf = folder.path().join("weekly.pdf");
    let render =
        ["render", "weekly-sales", "-o", pdf.to_str().unwrap(), "--now", "2026-11-02T08:00:00+09:00"];
    assert_eq!(said(&workspace, &[&render[..], &korea].concat()).code, Some(0));
    let verify = ["verify", pdf.to_str().unwrap(), "--rerender"];
    let without = said(&workspace, &verify);
    assert!(without.code == Some(1) && without.err.contains("--group and --claim"), "{without:?}");
    let with =
        said(&workspace, &[&verify[..], &["--group", "hanbit-sales-kr", "--claim", "country=KR"]].concat());
    assert_eq!(with.code, Some(0), "{with:?}");
}
