use super::*;

#[tokio::test]
async fn names_that_cannot_be_are_pages_that_are_not_there() {
    for url in [
        "/reports/..",
        "/reports/%2e%2e%2fetc",
        "/reports/weekly%00",
        "/reports/WEEKLY",
        "/reports/%EF%BD%97eekly",
        "/reports/%FF",
        "/reports/weekly.exe",
        "/reports/unknown",
        "/reports/unknown.pdf",
        "/reports/weekly/panels/..",
        "/reports/weekly/panels/unknown",
        "/reports/weekly/panels/trend.html",
        "/nowhere",
    ] {
        let reply = get(url).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{url}");
        assert!(reply.text().contains("페이지를 찾을 수 없습니다"), "{url}: {}", reply.text());
    }
}

#[tokio::test]
async fn errors_are_pages_or_json_as_the_caller_accepts() {
    let json = get_with("/nowhere", &[("accept", "application/json"), ("accept-language", "en")]).await;
    assert_eq!(json.status, StatusCode::NOT_FOUND);
    let body: serde_json::Value = serde_json::from_slice(&json.body).unwrap();
    assert_eq!(body["error"]["status"], 404);
    assert_eq!(body["error"]["id"], json.header("x-request-id"));
    let page =
        get_with("/nowhere", &[("accept", "text/html,application/json"), ("accept-language", "en")]).await;
    assert!(page.text().contains("There is no such page"));
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_in_bounds() {
    for url in ["/", "/reports/weekly", "/nowhere", "/static/app.js", "/metrics"] {
        let reply = get(url).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{url}");
        assert!(!policy.contains("unsafe"), "{url}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{url}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{url}");
        assert!(!reply.header("x-request-id").is_empty(), "{url}");
    }
}

#[tokio::test]
async fn foreign_host_names_are_refused_unless_configured() {
    let reply = get_with("/", &[("host", "evil.example:8080")]).await;
    assert_eq!(reply.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(reply.text().contains("JANGPYO_ALLOWED_HOSTS"));
    let mut state = state();
    let settings = WebSettings { allowed_hosts: vec!["bi.example.com".into()], ..WebSettings::default() };
    state.settings = Arc::new(settings);
    assert_eq!(send(state, Method::GET, "/", &[("host", "bi.example.com")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn oversized_addresses_and_foreign_methods_get_orderly_answers() {
    let long = format!("/reports/weekly?country={}", "a".repeat(20_000));
    assert_eq!(get(&long).await.status, StatusCode::URI_TOO_LONG);
    let post = send(state(), Method::POST, "/reports/weekly", &[]).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post.header("allow"), "GET,HEAD");
    let head = send(state(), Method::HEAD, "/", &[]).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_a_wild_one_is_not() {
    let proxied = |id: &'static str| async move {
        let trusted_proxies = TrustedProxies::parse(["10.0.0.1"]).unwrap();
        let settings = WebSettings { trusted_proxies, ..WebSettings::default() };
        let state = WebState { settings: Arc::new(settings), ..state() };
        send_from("10.0.0.1:4711", state, Method::GET, "/healthz", &[("x-request-id", id)]).await
    };
    assert_eq!(proxied("abcdef-123456").await.header("x-request-id"), "abcdef-123456");
    assert!(!proxied("<script>alert(1)</script>").await.header("x-request-id").contains('<'));
    let stranger = get_with("/healthz", &[("x-request-id", "abcdef-123456")]).await;
    assert_ne!(stranger.header("x-request-id"), "abcdef-123456", "only a proxy we trust gives ids");
}
