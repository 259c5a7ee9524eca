use super::*;
use crate::runs::evaluate::Heading;
use crate::web::Fresh;

#[tokio::test]
async fn the_list_shows_reports_with_their_next_sending_and_their_problems() {
    let reply = get("/").await;
    assert_eq!(reply.status, StatusCode::OK);
    let text = reply.text();
    assert!(text.contains("주간 매출 현황") && text.contains("2026-11-30 08:00 KST"), "{text}");
    assert!(text.contains("오류 2개"));
    assert!(!text.contains("href=\"/reports/never-valid\""), "a report that cannot open has no link");
}

#[tokio::test]
async fn the_language_comes_from_address_cookie_and_browser_and_is_kept() {
    let english = get_with("/?lang=en", &[("accept-language", "ko")]).await;
    assert!(english.text().contains("<html lang=\"en\""));
    assert!(english.header("set-cookie").starts_with("lang=en; Path=/"));
    let chinese = get_with("/", &[("cookie", "lang=zh-HK"), ("accept-language", "en")]).await;
    assert!(chinese.text().contains("<html lang=\"zh-HK\"") && chinese.text().contains("報表"));
    let dashboard = get_with("/reports/weekly", &[("accept-language", "en-US,en;q=0.5")]).await;
    assert!(dashboard.text().contains("Weekly sales"));
    let others = get_with("/reports/weekly", &[("accept-language", "fr")]).await;
    assert!(others.text().contains("<html lang=\"ko\""), "else the report's own language");
}

#[tokio::test]
async fn a_theme_is_kept_in_a_cookie_and_leaves_the_address() {
    let reply = get("/reports/weekly?country=KR&theme=dark").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.header("location"), "/reports/weekly?country=KR");
    assert!(reply.header("set-cookie").starts_with("theme=dark;"));
    let reply = get("//evil.example/?theme=dark").await;
    assert_eq!(reply.header("location"), "/evil.example/", "never to another host");
    let reply = get_with("/", &[("cookie", "theme=dark")]).await;
    assert!(reply.text().contains("data-theme=\"dark\""));
}

#[tokio::test]
async fn problems_show_file_line_and_the_marked_word() {
    let reply = get("/problems").await;
    let text = reply.text();
    assert!(text.contains("never-valid.yaml:7:12"), "{text}");
    assert!(text.contains("    y:     <mark>revnue</mark> &#60;b&#62;"), "{text}");
    assert!(text.contains("did you mean"));
}

#[tokio::test]
async fn a_stale_report_says_so_and_leads_to_the_problems() {
    let mut state = state();
    state.backend = Arc::new(Fake { fresh: Fresh::Stale(3), ..Fake::default() });
    let reply = send(state, Method::GET, "/reports/weekly", &[("accept-language", "ko")]).await;
    assert!(reply.text().contains("오류가 3개") && reply.text().contains("sales_analytics"));
    assert!(!get("/reports/weekly").await.text().contains("마지막으로 유효했던"));
}

#[tokio::test]
async fn a_report_says_who_made_it_and_how_confidential_it_is() {
    let plain = get("/reports/weekly").await.text().to_owned();
    assert!(!plain.contains("classified") && plain.contains("id=\"prepared\"></dl>"), "{plain}");
    let mut state = state();
    let heading = Heading {
        prepared: vec![("작성자".into(), "김영희".into()), ("기준일".into(), "<b>2026</b>".into())],
        watermark: "대외비 <i>".into(),
    };
    state.backend = Arc::new(Fake { heading, ..Fake::default() });
    let text =
        send(state, Method::GET, "/reports/weekly", &[("accept-language", "ko")]).await.text().to_owned();
    let (_, head) = text.split_once("주간 매출 현황</bdi></h1>").unwrap();
    assert!(
        head.trim_start()
            .starts_with("<span class=\"badge classified\"><bdi>대외비 &#60;i&#62;</bdi></span>"),
        "{head}"
    );
    assert!(head.contains("<dt>작성자</dt><dd><bdi>김영희</bdi></dd>"), "{head}");
    assert!(head.contains("<dt>기준일</dt><dd><bdi>&#60;b&#62;2026&#60;/b&#62;</bdi></dd>"), "{head}");
    let (before, _) = head.split_once("class=\"actions\"").unwrap();
    assert!(before.contains("기준일"), "it stands under the title");
}

#[tokio::test]
async fn runs_are_listed_filtered_and_paged() {
    let first = get("/runs").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.text().matches("<a href=\"/runs/0199").count(), 50);
    let (_, older) = first.text().split_once("rel=\"next\" href=\"").unwrap();
    let (older, _) = older.split_once('"').unwrap();
    let second = get(&older.replace("&#38;", "&")).await;
    assert_eq!(second.text().matches("<a href=\"/runs/0199").count(), 10);
    let failed = get("/runs?state=failed").await;
    assert_eq!(failed.text().matches("badge failed").count(), 10);
    assert_eq!(get("/runs?state=bogus&before=bogus&report=..").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_run_shows_its_deliveries_and_files_and_they_download_under_their_names() {
    let list = get("/runs?state=failed").await;
    let (_, rest) = list.text().split_once("<a href=\"/runs/").unwrap();
    let (id, _) = rest.split_once('"').unwrap();
    let run = get(&format!("/runs/{id}")).await;
    let text = run.text();
    assert!(
        text.contains("kim@example.com") && text.contains("확인 필요") && text.contains("43.2 kB"),
        "{text}"
    );
    assert!(text.contains("refused the recipient"));
    let file = get("/artefacts/a1").await;
    assert_eq!(file.header("content-type"), "application/pdf");
    assert!(file.header("content-disposition").contains("filename*=UTF-8''%EC%A3%BC"), "{:?}", file.headers);
    for missing in
        ["/runs/nope", "/runs/0199ffff-0000-7000-8000-000000000001", "/artefacts/a2", "/artefacts/..%2fa1"]
    {
        assert_eq!(get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn health_readiness_and_metrics_answer() {
    let state = state();
    let health = send(state.clone(), Method::GET, "/healthz", &[("host", "10.0.0.9")]).await;
    assert_eq!((health.status, health.text()), (StatusCode::OK, "{\"status\":\"ok\"}"));
    assert!(get("/readyz").await.text().contains("\"ready\":true"));
    send(state.clone(), Method::GET, "/reports/nope", &[]).await;
    let metrics = send(state, Method::GET, "/metrics", &[]).await;
    let wanted = "jangpyo_http_requests_total{method=\"GET\",route=\"/reports/{report}\",status=\"404\"} 1";
    assert!(metrics.text().contains(wanted), "{}", metrics.text());
    assert!(metrics.text().contains("jangpyo_http_request_duration_seconds_bucket"));
}

#[tokio::test]
async fn assets_are_cached_for_good_under_their_version_and_checked_without() {
    let page = get("/").await;
    let (_, url) = page.text().split_once("href=\"/static/app.css").unwrap();
    let (query, _) = url.split_once('"').unwrap();
    let versioned = get(&format!("/static/app.css{query}")).await;
    assert_eq!(versioned.header("content-type"), "text/css; charset=utf-8");
    assert!(versioned.header("cache-control").contains("immutable"));
    assert!(versioned.text().contains("Pretendard-Regular.woff2?v="));
    let plain = get("/static/app.css").await;
    assert!(plain.header("cache-control").contains("must-revalidate"));
    let etag = plain.header("etag").to_owned();
    let known = get_with("/static/app.css", &[("if-none-match", &etag)]).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
    for missing in ["/static/..%2fCargo.toml", "/static/nope.js", "/static/%00"] {
        assert_eq!(get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    assert_eq!(get("/favicon.svg").await.header("content-type"), "image/svg+xml");
}
