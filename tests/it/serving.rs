//! The server as its users meet it: the real binary over HTTP.

use std::io::{Read, Write};
use std::time::Duration;

use crate::support::binary::{Page, Server, jangpyo};
use crate::support::pdf::Pdf;
use crate::support::workspace::{TestWorkspace, committed};

fn started() -> (tempfile::TempDir, Server) {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(&committed(), state.path());
    (state, server)
}

#[tokio::test]
async fn every_page_of_the_sample_is_served() {
    let (_state, server) = started();
    let list = server.get("/").await;
    assert_eq!((list.status, list.header("content-type")), (200, "text/html; charset=utf-8"));
    for title in ["주간 매출 현황", "상품 구성 분석", "매장 일별 원장"] {
        assert!(list.text().contains(title), "{title}");
    }
    assert!(server.get("/?lang=en").await.text().contains("Weekly sales"));
    assert!(server.get("/?lang=zh-HK").await.text().contains("每週銷售概況"));
    for report in ["weekly-sales", "merchandising", "store-ledger"] {
        let page = server.get(&format!("/reports/{report}")).await;
        assert_eq!(page.status, 200, "{report}");
        assert!(page.text().contains("id=\"panel-revenue\""), "{report}");
    }
    for (path, expected) in [
        ("/healthz", "ok"),
        ("/readyz", "\"ready\":true"),
        ("/metrics", "# EOF"),
        ("/runs", "<h1"),
        ("/problems", "<h1"),
    ] {
        let page = server.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        assert!(page.text().contains(expected), "{path}: {}", page.text());
    }
    let metrics = server.get("/metrics").await.text();
    assert!(metrics.contains("/reports/{report}"), "requests are counted by route: {metrics}");
}

/// The gallery shows every kind of chart; a kind that is asked, or drawn, wrongly fails here.
#[tokio::test]
async fn every_panel_of_the_gallery_is_a_drawing_with_more_to_tell() {
    let (_state, server) = started();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/reports/gallery.yaml")).unwrap();
    let panels = text.split_once("\npanels:\n").unwrap().1.split_once("\npages:\n").unwrap().0;
    let ids: Vec<&str> = panels
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':'))
        .map(|line| line.trim().trim_end_matches(':'))
        .collect();
    for kind in [
        "line",
        "area",
        "bar",
        "donut",
        "combo",
        "heatmap",
        "waterfall",
        "scatter",
        "histogram",
        "box",
        "pareto",
        "bullet",
        "gauge",
        "funnel",
        "treemap",
        "slope",
        "calendar",
    ] {
        assert!(panels.contains(&format!("chart: {kind}\n")), "the gallery shows no {kind}");
    }
    assert!(ids.len() > 30, "{ids:?}");
    for id in ids {
        let page = server.get(&format!("/reports/gallery/panels/{id}?lang=en")).await;
        assert_eq!(page.status, 200, "{id}: {}", page.text());
        let told = page.text().matches("data-lines=").count();
        assert!(told >= 1, "{id} has nothing to tell: {}", page.text());
    }
}

#[tokio::test]
async fn a_panel_is_served_as_page_drawing_picture_and_numbers() {
    let (_state, server) = started();
    let panel = "/reports/weekly-sales/panels/trend";
    let page = server.get(panel).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<svg") && page.text().contains("국가별 일 매출"));
    let kinds: [(&str, &str, &[u8]); 3] = [
        ("svg", "image/svg+xml", b"<svg"),
        ("png", "image/png", b"\x89PNG\r\n"),
        ("csv", "text/csv; charset=utf-8", "\u{feff}".as_bytes()),
    ];
    for (ending, media_type, start) in kinds {
        let file = server.get(&format!("{panel}.{ending}")).await;
        assert_eq!((file.status, file.header("content-type")), (200, media_type), "{ending}");
        assert!(file.body.starts_with(start), "{ending}: {:?}", &file.body[..20]);
        assert!(file.header("content-disposition").contains("filename*=UTF-8''"), "{ending}");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }
    let bare = server.get(&format!("{panel}.csv?bom=0")).await;
    assert_eq!(bare.body, server.get(&format!("{panel}.csv")).await.body[3..], "without the mark by choice");
    let page = server.get(&format!("{panel}?lang=en&country=KR")).await.text();
    for (name, address) in [("CSV · for Excel", "trend.csv?"), ("CSV · without BOM", "bom=0")] {
        let line =
            page.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("no {name}: {page}"));
        assert!(line.contains(address) && line.contains("country=KR"), "{line}");
    }
    let book = server.get("/reports/weekly-sales/panels/sheet.xlsx?lang=en").await;
    assert_eq!(book.status, 200);
    let csv = server.get("/reports/weekly-sales/panels/sheet.csv?lang=en").await.text();
    let mut lines = csv.trim_start_matches('\u{feff}').lines();
    assert!(lines.next().unwrap().starts_with("Country,Store,Revenue"), "{csv}");
    assert!(lines.count() >= jangpyo::sample::STORES.len(), "one line per store: {csv}");
}

#[tokio::test]
async fn a_report_is_served_as_a_pdf_in_every_language() {
    let (_state, server) = started();
    for (lang, title) in [("ko", "주간 매출 현황"), ("en", "Weekly sales"), ("zh-HK", "每週銷售概況")]
    {
        let file = server.get(&format!("/reports/weekly-sales.pdf?lang={lang}&period=2026-09")).await;
        assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"), "{lang}");
        let pdf = Pdf::new(&file.body);
        pdf.assert_sound();
        assert!(pdf.text().contains(title), "{lang}: {}", pdf.text());
    }
}

#[tokio::test]
async fn parameters_change_what_is_shown() {
    let (_state, server) = started();
    let csv = |query: &'static str| {
        let server = &server;
        async move { server.get(&format!("/reports/weekly-sales/panels/ranking.csv?{query}")).await.text() }
    };
    let (all, korea, september) = (csv("").await, csv("country=KR").await, csv("period=2026-09").await);
    assert!(all != korea && all != september && korea != september);
    let (first, second) = (csv("country=KR&country=HK").await, csv("country=HK&country=KR").await);
    assert_eq!(first, second, "the order of choices changes nothing");
}

#[tokio::test]
async fn bad_parameters_are_refused_with_a_message() {
    let (_state, server) = started();
    for (query, expected) in [
        ("period=banana", "banana"),
        ("period=2026-13", "2026-13"),
        ("period=2026-02-30..2026-03-01", "2026-02-30"),
        ("lang=xx", ""),
    ] {
        let panel = server.get(&format!("/reports/weekly-sales/panels/revenue?{query}")).await;
        let page = server.get(&format!("/reports/weekly-sales?{query}")).await;
        let wanted = if expected.is_empty() { 200 } else { 400 };
        assert_eq!((page.status, panel.status), (wanted, wanted), "{query}: {}", page.text());
        assert!(page.text().contains(expected), "{query}: {}", page.text());
    }
    let page = server.get("/reports/weekly-sales?country=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!page.text().contains("<script>alert"), "a value from the address is text");
    let many = "country=KR&".repeat(3_000);
    let page = server.get(&format!("/reports/weekly-sales?{many}")).await;
    assert_eq!(page.status, 414);
}

/// Sends what no client library would.
fn raw(server: &Server, request: &str) -> String {
    let mut stream = std::net::TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn names_that_are_none_are_pages_that_are_not_there() {
    let (_state, server) = started();
    for path in [
        "/nothing",
        "/reports/nothing",
        "/reports/..",
        "/reports/../../etc/passwd",
        "/reports/..%2f..%2fetc%2fpasswd",
        "/reports/%2e%2e",
        "/reports/weekly-sales%00",
        "/reports/weekly-sales%00.pdf",
        "/reports/weekly-sales%0d%0aSet-Cookie:%20a=b",
        "/reports/WEEKLY-SALES",
        "/reports/%EF%BD%97eekly-sales",
        "/reports/%ff%fe",
        "/reports/weekly-sales/panels/nothing",
        "/reports/weekly-sales/panels/trend.exe",
        "/reports/weekly-sales/panels/..%2f..",
        "/runs/..%2f..",
        "/runs/00000000-0000-0000-0000-000000000000",
        "/artefacts/..%2f..%2fjangpyo.sqlite",
        "/artefacts/nothing",
        "/static/..%2fapp.css",
        "/static/%00",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = raw(&server, &request);
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {}", answer.lines().next().unwrap_or("nothing"));
        assert!(
            !answer.contains("root:") && !answer.to_lowercase().contains("set-cookie: a=b"),
            "{path}: {answer}"
        );
    }
    assert_eq!(server.get("/healthz").await.status, 200, "and it still serves");
}

#[tokio::test]
async fn foreign_hosts_methods_and_garbage_are_refused() {
    let (_state, server) = started();
    let with_host = |host: &str, path: &str| {
        raw(&server, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    };
    let refused = with_host("evil.example", "/");
    assert!(refused.starts_with("HTTP/1.1 421") && refused.contains("JANGPYO_ALLOWED_HOSTS"), "{refused}");
    assert!(with_host("evil.example", "/healthz").starts_with("HTTP/1.1 200"), "probes come under any name");
    assert!(with_host("localhost", "/").starts_with("HTTP/1.1 200"));
    let posted = server.client.post(format!("{}/reports/weekly-sales", server.url)).send().await.unwrap();
    let posted = Page::of(posted).await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET,HEAD"));
    // The refusal is lost when the system resets a connection that was closed with bytes unread.
    let refused = raw(&server, "\u{16}\u{3}\u{1} TLS hello\r\n\r\n");
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 400"), "{refused}");
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_changed_report_is_served_and_a_broken_one_stays_as_it_was() {
    let (workspace, state) = (TestWorkspace::sample(), tempfile::tempdir().unwrap());
    let server = Server::start(&workspace.dir(), state.path());
    let (path, file) = ("/reports/weekly-sales", "weekly-sales.yaml");
    assert!(server.get(path).await.text().contains("주간 매출 현황"));

    workspace.replace(file, "{ko: 주간 매출 현황,", "{ko: 새 이름의 장표,");
    server.until(path, |page| page.text().contains("새 이름의 장표")).await;
    assert!(!server.get(path).await.text().contains("class=\"banner warn\""));

    workspace.replace(file, "새 이름의 장표", "고장 난 장표");
    workspace.replace(file, "revenue: {kpi: revenue,", "revenue: {kpi: revenu,");
    let stale = server.until(path, |page| page.text().contains("class=\"banner warn\"")).await.text();
    assert!(
        stale.contains("새 이름의 장표") && !stale.contains("고장 난 장표"),
        "the last valid one is served"
    );
    let problems = server.get("/problems").await.text();
    assert!(problems.contains(file) && problems.contains("revenu"), "{problems}");
    assert_eq!(server.get("/reports/merchandising").await.status, 200, "no other report suffers");

    std::fs::remove_file(workspace.dir().join(file)).unwrap();
    server.until(path, |page| page.status == 404).await;
    workspace.write("another.yaml", &TestWorkspace::sample().read(file));
    server.until("/reports/another", |page| page.status == 200).await;
}

#[tokio::test]
async fn data_that_change_are_seen() {
    let (workspace, state) = (TestWorkspace::sample(), tempfile::tempdir().unwrap());
    let server = Server::start(&workspace.dir(), state.path());
    let path = "/reports/weekly-sales/panels/revenue?period=all";
    let before = server.get(path).await.text();
    assert!(before.contains("kpi-value"), "{before}");
    std::fs::remove_file(workspace.dir().join("data/l2/sales/year=2024/part-0.parquet")).unwrap();
    let value =
        |text: &str| text.split("kpi-value").nth(1).map(|rest| rest[..rest.len().min(120)].to_owned());
    let begun = std::time::Instant::now();
    while value(&server.get(path).await.text()) == value(&before) {
        assert!(begun.elapsed() < Duration::from_secs(90), "the removed file is still counted");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    std::fs::remove_dir_all(workspace.dir().join("data")).unwrap();
    let begun = std::time::Instant::now();
    loop {
        let page = server.get("/reports/weekly-sales/panels/orders?period=all").await;
        assert!(page.status < 500 || page.status == 503, "{} {}", page.status, page.text());
        if page.text().contains("class=\"failure\"") {
            assert!(!page.text().contains(workspace.dir().to_str().unwrap()), "viewers see no paths");
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "{}", page.text());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(
        server.get("/reports/weekly-sales").await.status,
        200,
        "the page stands with its failed panels"
    );
}

#[tokio::test]
async fn a_run_made_elsewhere_shows_with_its_file() {
    use crate::support::binary::Said;

    let (state, server) = started();
    let run = Said::of(jangpyo(&committed(), state.path()).args([
        "run",
        "weekly-sales/monday",
        "--at",
        "2026-11-02T08:00:00+09:00",
        "--json",
    ]));
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = run.json();
    let id = run["run"]["id"].as_str().unwrap();
    assert!(server.get("/runs").await.text().contains(id));
    let page = server.get(&format!("/runs/{id}")).await.text();
    let artefact = format!("/artefacts/{}", run["artefacts"][0]["id"].as_str().unwrap());
    assert!(page.contains(&artefact), "{page}");
    Pdf::new(&server.get(&artefact).await.body).assert_sound();
}

#[tokio::test]
async fn a_terminated_server_finishes_and_ends_well() {
    let (state, server) = started();
    let url = format!("{}/reports/store-ledger.pdf?period=last_12_months", server.url);
    let client = server.client.clone();
    let under_way = tokio::spawn(async move { client.get(url).send().await.unwrap().status() });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stopped = tokio::task::spawn_blocking(|| server.terminate());
    assert_eq!(under_way.await.unwrap(), 200, "what was asked before is answered");
    let (code, took) = stopped.await.unwrap();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(25), "{took:?}");
    // The store was closed in order: another server opens it at once.
    assert_eq!(Server::start(&committed(), state.path()).get("/readyz").await.status, 200);
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    let (_state, server) = started();
    server.get("/").await;
    let (code, took) = tokio::task::spawn_blocking(|| server.terminate()).await.unwrap();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_whose_words_nobody_reads_serves_all_the_same() {
    let state = tempfile::tempdir().unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut process = jangpyo(&committed(), state.path())
        .args(["serve", "--listen", &address.to_string()])
        .stdout(full)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut served = false;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        served = reqwest::get(format!("http://{address}/healthz"))
            .await
            .is_ok_and(|answer| answer.status() == 200);
        if served {
            break;
        }
    }
    // What it says about its start comes with the start: it must outlive that.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let ended = process.try_wait().unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(served && ended.is_none(), "{served} {ended:?}");
}
