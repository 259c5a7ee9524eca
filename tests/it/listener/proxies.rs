//! Headers of proxies, and how often one client may ask.

use super::started;
use crate::support::binary::{Page, Server};

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Page {
    let request = server.client.get(format!("{}{path}", server.url));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Page::of(request.send().await.unwrap()).await
}

const CLAIMS: [(&str, &str); 4] = [
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "reports.example.com"),
    ("x-request-id", "given-by-the-proxy"),
];

#[tokio::test]
async fn only_a_trusted_proxy_is_believed() {
    let base = ("JANGPYO_BASE_URL", "https://reports.example.com");
    let (_state, trusting) = started(&[base, ("JANGPYO_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")]);
    let page = get(&trusting, "/", &CLAIMS).await;
    assert_eq!((page.status, page.header("x-request-id")), (200, "given-by-the-proxy"));
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    let foreign = get(&trusting, "/", &[("x-forwarded-host", "evil.example")]).await;
    assert_eq!(foreign.status, 421, "the host that the browser asked for is checked");
    let plain = get(&trusting, "/", &[("x-forwarded-proto", "http"), CLAIMS[2]]).await;
    assert_eq!((plain.status, plain.header("strict-transport-security")), (200, ""));

    let (_state, wary) = started(&[base, ("JANGPYO_TRUSTED_PROXIES", "10.0.0.0/8")]);
    let page = get(&wary, "/", &CLAIMS).await;
    assert_eq!((page.status, page.header("strict-transport-security")), (200, ""));
    assert_ne!(page.header("x-request-id"), "given-by-the-proxy");
    assert_eq!(
        get(&wary, "/", &[("x-forwarded-host", "evil.example")]).await.status,
        200,
        "it is not even read"
    );
}

#[tokio::test]
async fn forms_come_from_the_host_that_the_browser_knows_and_not_from_the_one_behind_the_proxy() {
    let base = ("JANGPYO_BASE_URL", "https://reports.example.com");
    let (_state, server) = started(&[base, ("JANGPYO_TRUSTED_PROXIES", "127.0.0.1")]);
    let refused = async |origin: &str, headers: &[(&str, &str)]| {
        let request = server.client.post(format!("{}/nothing", server.url)).header("origin", origin);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap().status() == 403
    };
    assert!(!refused("https://reports.example.com", &CLAIMS).await);
    assert!(refused("https://evil.example", &CLAIMS).await);
    assert!(refused(&server.url, &CLAIMS).await, "the browser knows no other host");
    assert!(!refused(&server.url, &[]).await);
    assert!(refused("https://reports.example.com", &[]).await);
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let (_state, server) = started(&[
        ("JANGPYO_TRUSTED_PROXIES", "127.0.0.1"),
        ("JANGPYO_RATE_ADDRESS_PAGES", "1/4"),
        ("JANGPYO_RATE_ADDRESS_WORK", "1/4"),
    ]);
    let ask = async |path: &str, address: &str, language: &str| {
        get(&server, path, &[("x-forwarded-for", address), ("accept-language", language)]).await
    };
    let mut refused = Vec::new();
    for _ in 0..12 {
        let page = ask("/runs", "203.0.113.7", "ko").await;
        if page.status == 429 {
            refused.push(page);
        } else {
            assert_eq!(page.status, 200);
        }
    }
    assert!((6..=8).contains(&refused.len()), "{} of 12 were refused", refused.len());
    let page = refused.pop().unwrap();
    let wait: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert!(
        page.text().contains("요청이 너무 많았습니다") && page.text().contains("초 뒤에"),
        "{}",
        page.text()
    );
    assert_eq!(page.header("cache-control"), "private, no-store");
    assert!(
        !page.header("x-request-id").is_empty() && page.header("content-security-policy").contains("'none'")
    );
    // What the browser writes itself changes nothing.
    for forged in ["198.51.100.1, 203.0.113.7", "127.0.0.1,203.0.113.7", "::1, ::ffff:203.0.113.7"] {
        assert_eq!(ask("/runs", forged, "ko").await.status, 429, "{forged}");
    }
    for (language, expected) in [("en", "Try again in"), ("zh-HK", "秒後再試")] {
        let page = ask("/runs", "203.0.113.7", language).await;
        assert!(page.status == 429 && page.text().contains(expected), "{}", page.text());
    }
    let json =
        get(&server, "/runs", &[("x-forwarded-for", "203.0.113.7"), ("accept", "application/json")]).await;
    assert_eq!((json.status, json.header("content-type")), (429, "application/json"));
    assert_eq!(ask("/runs", "203.0.113.8", "ko").await.status, 200, "nobody else is refused");
    assert_eq!(
        ask("/reports/weekly-sales/panels/revenue", "203.0.113.7", "ko").await.status,
        200,
        "work is another budget"
    );
    for _ in 0..20 {
        assert_eq!(ask("/static/app.css", "203.0.113.7", "ko").await.status, 200, "files are free");
        assert_eq!(ask("/healthz", "203.0.113.7", "ko").await.status, 200, "probes are free");
    }
    tokio::time::sleep(std::time::Duration::from_secs(wait + 1)).await;
    assert_eq!(ask("/runs", "203.0.113.7", "ko").await.status, 200, "after that it may ask again");
}

/// What the defaults must never meet: see `src/web/limits.rs` for the office of two hundred.
#[tokio::test]
async fn somebody_who_opens_dashboards_quickly_is_never_refused() {
    let (_state, server) = started(&[("JANGPYO_TRUSTED_PROXIES", "127.0.0.1")]);
    for _ in 0..8 {
        let paths = ["trend", "revenue", "orders", "ranking", "sheet", "by-country"];
        let panels = paths.iter().chain(&paths).map(|panel| format!("/reports/weekly-sales/panels/{panel}"));
        let pages = std::iter::once("/reports/weekly-sales".to_owned()).chain(panels);
        let asked = pages.map(|path| {
            let server = &server;
            async move { get(server, &path, &[("x-forwarded-for", "203.0.113.7")]).await.status }
        });
        for status in futures::future::join_all(asked).await {
            assert!(matches!(status, 200 | 404), "{status}");
        }
    }
}
