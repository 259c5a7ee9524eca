//! Pausing schedules and looking ahead: at the command line, on the pages and by the API.

use serde_json::json;

use crate::support::binary::{Said, Server, jangpyo};
use crate::support::site::{site_of, site_with, token_of};
use crate::support::workspace::{TestWorkspace, committed};

/// A pause holds for the server that runs, is recorded, and ends by itself or by hand.
#[test]
fn schedules_are_paused_and_resumed() {
    let state = tempfile::tempdir().unwrap();
    let say = |arguments: &[&str]| Said::of(jangpyo(&committed(), state.path()).args(arguments));
    let listed = || {
        let all = say(&["schedules", "list", "--json"]).json();
        let all = all.as_array().unwrap().clone();
        assert_eq!(all.len(), 3, "{all:?}");
        all.into_iter().find(|schedule| schedule["schedule"] == "weekly-sales/monday").unwrap()
    };
    assert_eq!(listed()["state"], "on");
    let paused = say(&["schedules", "pause", "weekly-sales/monday", "--reason", "stock-taking"]);
    assert_eq!((paused.code, paused.out.trim()), (Some(0), "weekly-sales/monday is paused"), "{paused:?}");
    let now = listed();
    assert_eq!(
        (&now["state"], &now["next"], &now["pause"]["reason"]),
        (&json!("paused"), &json!(null), &json!("stock-taking"))
    );
    assert!(say(&["schedules", "list"]).out.contains("paused"));
    let resumed = say(&["schedules", "resume", "weekly-sales/monday"]);
    assert_eq!(resumed.out.trim(), "weekly-sales/monday is resumed");
    assert_eq!(listed()["state"], "on");
    assert_eq!(
        say(&["schedules", "resume", "weekly-sales/monday"]).out.trim(),
        "weekly-sales/monday was not paused"
    );
    let audit = say(&["audit", "list"]).out;
    assert!(audit.contains("change=\"paused\"") && audit.contains("change=\"resumed\""), "{audit}");
    for wrong in [
        &["schedules", "pause", "weekly-sales/tuesday"][..],
        &["schedules", "pause", "weekly-sales/monday", "--until", "2020-01-01T00:00:00Z"],
        &["schedules", "pause", "weekly-sales/monday", "--reason", "a\nb"],
    ] {
        assert_ne!(say(wrong).code, Some(0), "{wrong:?}");
    }
}

#[tokio::test]
async fn schedules_are_paused_on_their_page_and_by_the_api() {
    let site = site_with(&[]);
    let mut kim = site.newcomer("kim", &["--groups", "hanbit-executives"]).await;
    let list = kim.get("/schedules?lang=en").await.text();
    for word in ["Weekly sales", "monday", "hong_kong", "0 8 * * MON", "Asia/Hong_Kong"] {
        assert!(list.contains(word), "{word}: {list}");
    }
    let page = "/reports/weekly-sales/schedules/monday";
    let shown = kim.get(&format!("{page}?lang=ko")).await.text();
    for word in ["다음 영업일에 보냄", "영업본부 &#60;sales-all@example.com&#62;", "다음 발송 일정"]
    {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let pause = format!("{page}/pause");
    let yesterday = kim.submit(page, &pause, &[("reason", "실사"), ("until", "2020-01-01")]).await;
    assert_eq!(yesterday.status, 422);
    assert!(yesterday.text().contains("내일 이후의 날을 고르세요"), "{}", yesterday.text());
    let long = "가".repeat(201);
    assert_eq!(kim.submit(page, &pause, &[("reason", &long)]).await.status, 422);
    assert_eq!(kim.post(&pause, &[("reason", "no token")]).await.status, 403);
    let done = kim.submit(page, &pause, &[("reason", "재고 실사 <b>"), ("until", "2099-01-01")]).await;
    assert_eq!((done.status, done.header("location")), (303, page));
    let shown = kim.get(page).await.text();
    assert!(shown.contains("재고 실사 &#60;b&#62;") && shown.contains("2099-01-01 00:00 KST"), "{shown}");
    assert!(shown.contains("일시 중지"), "{shown}");
    // The API tells the same, and resumes.
    let api = kim.get("/api/v1/schedules").await.json();
    let monday = |api: &serde_json::Value| {
        let all = api["schedules"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["report"] == "weekly-sales" && one["name"] == "monday").unwrap()
    };
    let told = monday(&api);
    assert_eq!((&told["state"], &told["pause"]["by"]), (&json!("paused"), &json!("kim")), "{told}");
    assert!(told["upcoming"].as_array().unwrap().iter().all(|next| next["at"].is_null()), "{told}");
    let resumed = kim.submit(page, &format!("{page}/resume"), &[]).await;
    assert_eq!(resumed.status, 303);
    let told = monday(&kim.get("/api/v1/schedules").await.json());
    assert_eq!((&told["state"], told["upcoming"].as_array().unwrap().len()), (&json!("on"), 5), "{told}");
    assert!(told["upcoming"][0]["at"].is_string(), "{told}");
    let audit = site.audit();
    for part in ["change=\"paused\"", "change=\"resumed\"", "schedule/weekly-sales/monday"] {
        assert!(audit.contains(part), "{part}: {audit}");
    }
}

/// A site without a login says how to pause there.
#[tokio::test]
async fn a_demo_shows_schedules_and_the_command_that_pauses_them() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(&committed(), state.path());
    let page = server.get("/reports/weekly-sales/schedules/monday?lang=en").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("jangpyo schedules pause weekly-sales/monday"), "{text}");
    assert!(!text.contains("<form method=\"post\""), "{text}");
    for absent in ["/reports/weekly-sales/schedules/tuesday", "/reports/none/schedules/monday"] {
        assert_eq!(server.get(absent).await.status, 404, "{absent}");
    }
}

/// What failed is sent again with one click, once the cause is gone; and only what failed.
#[tokio::test]
async fn a_failed_run_is_sent_again_from_its_page() {
    let workspace = TestWorkspace::sample();
    let broken = workspace.dir().join("data/l2/sales/year=2026/part-1.parquet");
    std::fs::write(&broken, "PAR1 this is no file of numbers PAR1").unwrap();
    let site = site_of(&workspace.dir(), &[]);
    let run = |said: Said| said.json()["run"]["id"].as_str().unwrap().to_owned();
    let at = ["--at", "2026-11-02T08:00:00+09:00", "--json"];
    let failed = run(site.command(&[&["run", "weekly-sales/monday"][..], &at].concat()));
    std::fs::remove_file(&broken).unwrap();
    let mut kim = site.newcomer("kim", &["--groups", "hanbit-executives"]).await;
    let page = format!("/runs/{failed}");
    let shown = kim.get(&format!("{page}?lang=ko")).await.text();
    assert!(shown.contains("받지 못한 곳에 다시 보내기"), "{shown}");
    let again = kim.submit(&page, &format!("{page}/resend"), &[]).await;
    let new = again.header("location").to_owned();
    assert_eq!(again.status, 303);
    assert!(new.starts_with("/runs/") && new != page, "{new}");
    let mut text = String::new();
    for _ in 0..300 {
        text = kim.get(&new).await.text();
        if text.contains("badge succeeded") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(text.contains("badge succeeded") && text.contains("sales-all@example.com"), "{text}");
    assert!(!text.contains("/resend"), "there is nothing more to send: {text}");
    // Asked once more, by somebody whose page is old, nothing is sent.
    let csrf = token_of(&kim.get("/account").await.text());
    let late = kim.post(&format!("{page}/resend"), &[("csrf", &csrf)]).await;
    assert_eq!((late.status, late.header("location")), (303, new.as_str()));
    assert!(site.audit().contains("started=\"resend\""));
}
