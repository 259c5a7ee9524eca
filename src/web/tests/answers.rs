use std::time::Instant;

use super::*;

/// The part of a dashboard that is one panel.
fn panel<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"panel-{id}\"")).unwrap();
    rest.split("<section ").next().unwrap()
}

#[tokio::test]
async fn a_slow_panel_does_not_hold_the_page_and_leads_on_without_script() {
    let begun = Instant::now();
    let reply = get("/reports/weekly").await;
    assert!(begun.elapsed() < fake::SLOW, "{:?}", begun.elapsed());
    let text = reply.text();
    assert!(panel(text, "slow").contains("data-pending"), "{}", panel(text, "slow"));
    assert!(panel(text, "trend").contains("<svg"));
    assert!(
        text.contains(
            "<noscript><meta http-equiv=\"refresh\" content=\"0; url=/reports/weekly?complete=1\">"
        )
    );
}

#[tokio::test]
async fn the_complete_page_has_every_panel_and_leads_nowhere() {
    let reply = get("/reports/weekly?complete=1").await;
    assert!(!reply.text().contains("data-pending"));
    assert!(!reply.text().contains("http-equiv"));
    assert!(panel(reply.text(), "slow").contains("<svg"));
}

#[tokio::test]
async fn failed_and_panicking_panels_show_an_id_and_never_a_cause() {
    let reply = get("/reports/weekly").await;
    assert_eq!(reply.status, StatusCode::OK);
    let broken = panel(reply.text(), "broken");
    assert!(
        broken.contains("연결할 수 없습니다")
            && broken.contains("0199-fake")
            && broken.contains("data-retry")
    );
    let panics = panel(reply.text(), "panics");
    assert!(panics.contains("오류 번호") && panics.contains("data-retry"), "{panics}");
    assert!(!reply.text().contains("secret cause"));
}

#[tokio::test]
async fn hostile_text_never_becomes_markup() {
    let reply = get("/reports/weekly?complete=1&country=%3Cscript%3Ealert(2)%3C/script%3E").await;
    let text = reply.text();
    assert!(!text.contains("<script>alert"), "{text}");
    assert!(text.contains("&#60;script&#62;alert(1)"));
    // Two scripts, ours; nothing inline.
    assert_eq!(text.matches("<script").count(), 2);
    assert!(!text.contains(" style=") && !text.contains(" onclick"));
}

#[tokio::test]
async fn a_refused_value_is_explained_at_its_control_while_the_page_loads() {
    let reply = get("/reports/weekly?least=abc&country=KR").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    let text = reply.text();
    assert!(text.contains("`abc` is not a number") && text.contains("aria-invalid=\"true\""), "{text}");
    assert!(text.contains("value=\"abc\""), "what was typed stays");
    let url = panel(text, "trend").split_once("data-url=\"").unwrap().1.split_once('"').unwrap().0;
    assert_eq!(url, "/reports/weekly/panels/trend?country=KR", "panels leave the refused value out");
    let stray = get("/reports/weekly?nonsense=1").await;
    assert_eq!(stray.status, StatusCode::BAD_REQUEST);
    assert!(stray.text().contains("there is no such parameter"));
}

#[tokio::test]
async fn a_panel_is_a_fragment_for_the_script_and_a_page_for_people() {
    let fragment = get_with("/reports/weekly/panels/trend?width=400", &[("x-fragment", "1")]).await;
    assert!(fragment.text().starts_with("<section class=\"panel chart\""), "{}", fragment.text());
    assert!(fragment.text().contains("viewBox=\"0 0 300 "), "400 px are 300 points");
    let page = get("/reports/weekly/panels/trend?country=KR").await;
    assert!(page.text().starts_with("<!DOCTYPE html>"));
    assert!(page.text().contains("href=\"/reports/weekly?country=KR#panel-trend\""));
    let refused = get_with("/reports/weekly/panels/trend?least=abc", &[("x-fragment", "1")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn downloads_are_what_their_ending_says() {
    let csv = get("/reports/weekly/panels/sheet.csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.text().contains("강남 플래그십 스토어 0"), "{}", csv.text());
    assert!(csv.header("content-disposition").starts_with("attachment; filename=\""));
    let svg = get("/reports/weekly/panels/trend.svg").await;
    assert!(svg.text().starts_with("<svg xmlns"));
    let png = get("/reports/weekly/panels/trend.png").await;
    assert_eq!(&png.body[1..4], b"PNG");
    let pdf = get("/reports/weekly.pdf?country=KR").await;
    assert_eq!((pdf.header("content-type"), &pdf.body[..5]), ("application/pdf", &b"%PDF-"[..]));
    assert!(pdf.header("content-disposition").starts_with("inline; "));
    for panel in ["sheet", "words", "revenue"] {
        let picture = get(&format!("/reports/weekly/panels/{panel}.png")).await;
        assert_eq!(&picture.body[1..4], b"PNG", "{panel}");
    }
    // A long table is not drawn to its end, and says so.
    let long = get("/reports/weekly/panels/sheet.svg").await;
    assert!(long.text().contains("전체 1,200건 중 처음 40건"), "{}", &long.text()[long.text().len() - 600..]);
    assert_eq!(get("/reports/weekly/panels/broken.png").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(get("/reports/weekly/panels/words.csv").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("/reports/weekly/panels/broken.csv").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let book = get("/reports/weekly/panels/sheet.xlsx").await;
    assert_eq!(&book.body[..2], b"PK");
    assert_eq!(get("/reports/weekly/panels/words.xlsx").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("/reports/weekly/panels/broken.xlsx").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let broken = get("/reports/weekly/panels/panics.xlsx").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!broken.text().contains("secret"));
    let broken = get("/reports/weekly/panels/panics.csv").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!broken.text().contains("secret"));
}

#[tokio::test]
async fn tables_tell_what_they_leave_out_and_key_numbers_how_they_changed() {
    let reply = get("/reports/weekly").await;
    assert!(panel(reply.text(), "sheet").contains("전체 1200행 중 처음 40행"));
    let revenue = panel(reply.text(), "revenue");
    assert!(
        revenue.contains("▲") && revenue.contains("delta good") && revenue.contains("+12.2%"),
        "{revenue}"
    );
    assert!(panel(reply.text(), "orders").contains("delta bad"));
}

#[tokio::test]
async fn a_request_beyond_its_time_is_told_the_setting() {
    let mut state = state();
    let settings = WebSettings { request_timeout: Duration::from_millis(50), ..WebSettings::default() };
    state.settings = Arc::new(settings);
    let reply = send(state, Method::GET, "/reports/weekly/panels/slow", &[]).await;
    assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
    assert!(reply.text().contains("JANGPYO_QUERY_TIMEOUT_SECS"), "{}", reply.text());
}
