//! Who is told that a budget is spent, or nearly.

use super::{ACCESS, COSTS, panel, told, workspace};
use crate::support::binary::Server;
use crate::support::site::{Site, site_of};

#[tokio::test]
async fn the_contact_of_a_role_is_told_once_that_its_budget_is_spent_or_nearly() {
    let folder = workspace();
    let access = ACCESS
        .replace("stores: {groups: [stores]", "stores: {contact: park@example.com, groups: [stores]")
        .replace("groups: [finance]", "contact: lee@example.com, groups: [finance]");
    std::fs::write(folder.path().join("access.yaml"), access).unwrap();
    // Of a budget so large that the first questions are near its warning and far from its end.
    let costs = COSTS.replace("month: 1000, warn: 50", "month: 1000, warn: 0.01");
    std::fs::write(folder.path().join("costs.yaml"), costs).unwrap();
    let state = {
        let site = site_of(folder.path(), &[]);
        let mut administrator = site.newcomer("root@example.com", &["--administrator"]).await;
        let mut stores = site.newcomer("park@example.com", &["--groups", "stores"]).await;
        assert_eq!(panel(&mut stores, "rows").await.0, 200);
        told(&mut administrator, "/api/v1/costs?by=role&role=stores", |costs| {
            costs["total"]["cost"].as_f64() > Some(1.0)
        })
        .await;
        let mut finance = site.newcomer("lee@example.com", &["--groups", "finance"]).await;
        assert_eq!(panel(&mut finance, "bars").await.0, 200);
        told(&mut administrator, "/api/v1/costs?by=role&role=finance", |costs| {
            costs["total"]["cost"].as_f64() > Some(0.5)
        })
        .await;
        let Site { server, state, .. } = site;
        drop(server);
        state
    };
    let outbox = state.path().join("outbox");
    let mails = |role: &str| {
        let files = std::fs::read_dir(&outbox).into_iter().flatten().flatten();
        let texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
        texts.filter(|text| text.contains(&format!("budget-{role}-"))).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        let server = Server::start_with(folder.path(), state.path(), &[]);
        for _ in 0..50 {
            if !mails("stores").is_empty() && !mails("finance").is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        drop(server);
        for (role, contact, says) in [
            ("stores", "park", "A budget is spent: stores"),
            ("finance", "lee", "A budget is nearly spent: Finance"),
        ] {
            let sent = mails(role);
            let [mail] = sent.as_slice() else { panic!("{} mails for {role}", sent.len()) };
            assert!(mail.contains(&format!("To: {contact}@example.com")) && mail.contains(says), "{mail}");
        }
    }
}
