//! Links to reports and reports inside of other sites, as people and attackers meet them.

use crate::support::binary::Page;
use crate::support::site::{Browser, site_with};

const BOSS: [&str; 2] = ["--groups", "hanbit-executives"];
const WEEKLY: &str = "/reports/weekly-sales/share";

/// Makes a link with these fields; answers with its path.
async fn made(browser: &mut Browser<'_>, query: &str, fields: &[(&str, &str)]) -> String {
    let form = format!("{WEEKLY}?{query}");
    let mut all = vec![("query", query), ("days", "7")];
    all.extend_from_slice(fields);
    let page = browser.submit(&form, WEEKLY, &all).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let secret = text.split("/share/").nth(1).unwrap_or_else(|| panic!("no link: {text}"));
    format!("/share/{}", secret.split('<').next().unwrap())
}

fn subtitle(page: &Page) -> String {
    let text = page.text();
    let start = text.find("id=\"subtitle\"").unwrap_or_else(|| panic!("no report: {} {text}", page.status));
    text[start..].split("</p>").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_shows_one_report_as_it_was_and_leads_nowhere() {
    let site = site_with(&[]);
    let mut boss = site.newcomer("yuna", &BOSS).await;
    let link = made(&mut boss, "country=KR&lang=en", &[]).await;
    let mut guest = site.browser();
    let page = guest.get(&format!("{link}?lang=en")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for absent in ["href=\"/\"", "href=\"/runs", "href=\"/reports/", "/account", "href=\"/login"] {
        assert!(!text.contains(absent), "{absent}");
    }
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(
        (page.header("x-robots-tag"), page.header("cache-control")),
        ("noindex, nofollow", "no-store")
    );
    assert_eq!(page.header("x-frame-options"), "DENY");
    // What is fixed stays, whatever the address says.
    let as_made = subtitle(&page);
    for other in ["country=HK", "country=", "country=HK&country=US", "period=last_complete_month"] {
        let page = guest.get(&format!("{link}?lang=en&{other}")).await;
        assert_eq!(subtitle(&page), as_made, "{other}");
    }
    assert_eq!(guest.get(&format!("{link}/panels/trend?country=HK")).await.status, 200);
    // Files were not chosen; other reports and pages are not below the link.
    for file in [".pdf", ".xlsx", "/panels/trend.csv", "/panels/trend.xlsx", "/panels/trend.png"] {
        assert_eq!(guest.get(&format!("{link}{file}")).await.status, 403, "{file}");
    }
    for other in ["/panels/nothing", "/reports/merchandising", "/share", ".exe"] {
        assert_eq!(guest.get(&format!("{link}{other}")).await.status / 100, 4, "{other}");
    }
    assert_eq!(guest.get("/reports/weekly-sales").await.status, 303, "a link is no login");
    let audit = site.audit();
    assert!(audit.contains("link_made") && audit.contains("link_used"), "{audit}");
    let secret = link.trim_start_matches("/share/");
    assert!(!audit.contains(secret), "the log does not hold the secret");
    let store = std::fs::read(site.state.path().join("jangpyo.sqlite")).unwrap();
    assert!(!store.windows(secret.len()).any(|part| part == secret.as_bytes()), "nor does the store");
}

#[tokio::test]
async fn what_was_left_open_can_be_changed_and_files_be_taken() {
    let site = site_with(&[]);
    let mut boss = site.newcomer("yuna", &BOSS).await;
    let link =
        made(&mut boss, "country=KR", &[("open", "period"), ("open", "nothing"), ("files", "1")]).await;
    let mut guest = site.browser();
    let first = subtitle(&guest.get(&link).await);
    assert_ne!(subtitle(&guest.get(&format!("{link}?period=last_complete_month")).await), first);
    assert_eq!(subtitle(&guest.get(&format!("{link}?country=HK")).await), first);
    assert_eq!(guest.get(&format!("{link}.pdf")).await.status, 200);
    assert_eq!(guest.get(&format!("{link}/panels/trend.csv")).await.status, 200);
    assert!(site.audit().contains("exported"));
}

#[tokio::test]
async fn a_link_ends_when_used_up_revoked_or_its_maker_is_shut_out() {
    let site = site_with(&[]);
    let mut admin = site.newcomer("root", &["--administrator"]).await;
    let mut boss = site.newcomer("yuna", &BOSS).await;
    let once = made(&mut boss, "", &[("uses", "1")]).await;
    for nothing in [format!("{once}.zip"), format!("{once}/panels/trend.zip")] {
        assert_eq!(site.browser().get(&nothing).await.status, 404, "what is no file costs no use: {nothing}");
    }
    let mut guest = site.browser();
    assert_eq!(guest.get(&once).await.status, 200);
    assert_eq!(guest.get(&format!("{once}/panels/trend")).await.status, 200, "its panels are no further use");
    for path in [once.clone(), format!("{once}/panels/trend"), format!("{once}/panels/trend.csv")] {
        assert_eq!(site.browser().get(&path).await.status, 404, "somebody else: {path}");
    }
    guest.cookies.insert("jangpyo-visit".into(), "9999999999.forged".into());
    assert_eq!(guest.get(&once).await.status, 404, "a visit that was made up");

    let revoked = made(&mut boss, "", &[]).await;
    assert_eq!(guest.get(&revoked).await.status, 200);
    let account = boss.get("/account").await.text();
    let id = account.split("/account/shares/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let mut lee = site.newcomer("lee", &BOSS).await;
    let path = format!("/account/shares/{id}/revoke");
    assert_eq!(lee.submit("/account", &path, &[]).await.status, 404, "only one's own");
    assert_eq!(lee.get("/shares").await.status, 403);
    assert_eq!(boss.submit("/account", &path, &[]).await.status, 303);
    assert_eq!(guest.get(&revoked).await.status, 404, "also within a visit");

    let by_admin = made(&mut boss, "", &[]).await;
    let list = admin.get("/shares").await.text();
    let id = list.split("\"/shares/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert_eq!(admin.submit("/shares", &format!("/shares/{id}/revoke"), &[]).await.status, 303);
    assert_eq!(guest.get(&by_admin).await.status, 404);

    let orphan = made(&mut boss, "", &[]).await;
    assert_eq!(guest.get(&orphan).await.status, 200);
    admin.submit("/users", "/users/yuna/disable", &[]).await;
    assert_eq!(guest.get(&orphan).await.status, 404);
    admin.submit("/users", "/users/yuna/enable", &[]).await;
    assert_eq!(guest.get(&orphan).await.status, 404, "and stays so");
}

#[tokio::test]
async fn only_those_who_may_export_share_and_only_within_the_limits() {
    let site = site_with(&[]);
    let mut kim = site.newcomer("kim", &["--groups", "hanbit-marketing"]).await;
    assert_eq!(kim.get(WEEKLY).await.status, 404, "a closed report looks absent");
    let mut boss = site.newcomer("yuna", &BOSS).await;
    for (days, uses) in [("0", ""), ("91", ""), ("x", ""), ("7", "0"), ("7", "x")] {
        let page = boss.submit(WEEKLY, WEEKLY, &[("days", days), ("uses", uses)]).await;
        assert_eq!(page.status, 422, "{days} {uses}");
        assert!(!page.text().contains("/share/"), "{days} {uses}");
    }
    let role = boss.submit(WEEKLY, WEEKLY, &[("days", "7"), ("role", "marketing_boss")]).await;
    assert_eq!(role.status, 403, "a role they do not hold");
    let link = made(&mut boss, "", &[("role", "sales_analytics")]).await;
    assert_eq!(site.browser().get(&link).await.status, 200);
}
