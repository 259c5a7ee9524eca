//! The headers that keep browsers from doing more than the pages need.

use super::started;

#[tokio::test]
async fn every_answer_tells_browsers_what_they_may_not_do() {
    let (_state, server) = started(&[]);
    for path in
        ["/", "/reports/weekly-sales", "/reports/weekly-sales/panels/trend.csv", "/nothing", "/static/app.js"]
    {
        let page = server.get(path).await;
        let policy = page.header("content-security-policy");
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), expected, "{path}: {name}");
        }
        assert!(page.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(page.header("strict-transport-security"), "", "{path}: this connection is not encrypted");
        assert_eq!(page.header("server"), "", "{path}: what serves is nobody's business");
    }
}

#[tokio::test]
async fn no_cache_between_keeps_what_one_person_saw() {
    let (_state, server) = started(&[]);
    for (path, kept, varies) in [
        ("/", "private, no-cache", true),
        ("/reports/weekly-sales", "private, no-cache", true),
        ("/reports/weekly-sales/panels/trend.csv", "private, no-store", true),
        ("/reports/weekly-sales.pdf", "private, no-store", true),
        ("/nothing", "private, no-store", true),
        ("/static/app.css", "public, max-age=0, must-revalidate", false),
    ] {
        let page = server.get(path).await;
        assert_eq!(page.header("cache-control"), kept, "{path}");
        let vary: Vec<&str> =
            page.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(vary.join(",").contains("cookie"), varies, "{path}: {vary:?}");
    }
}
