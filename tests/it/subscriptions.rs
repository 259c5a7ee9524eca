//! Having a report sent to oneself, and leaving what is sent, as people and mail programs do it.

use std::time::Duration;

use crate::support::binary::Said;
use crate::support::mail::{Mail, MailServer};
use crate::support::site::{Browser, Site, site_of};
use crate::support::workspace::small;

const KIM: &str = "kim@corp.example";
/// What stands before paths in mails.
const BASE: &str = "https://reports.corp.example";

const ACCESS: &str = "kind: access
owner: sales
functional_roles:
  sales: {title: Sales, groups: [sales], access: [all]}
  shop: {title: Shops, groups: [shop], access: [own]}
access_roles:
  all:
    grants:
      - {actions: [view, export, schedule], reports: [small]}
      - {actions: [view, export], datasets: [sales, staff]}
  own:
    grants:
      - {actions: [view, export], reports: [small]}
      - {actions: [view, export], datasets: [sales]}
";

struct Home {
    _folder: tempfile::TempDir,
    server: MailServer,
    site: Site,
}

impl Home {
    /// A site whose shops see the first store only.
    fn new(schedule: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("reports");
        small(&workspace, 3, schedule);
        std::fs::write(workspace.join("access.yaml"), ACCESS).unwrap();
        let sales = workspace.join("datasets/sales.yaml");
        let text = std::fs::read_to_string(&sales).unwrap();
        let rules = "security: {rows: {shop: store = 'store 000', sales: all}}\n";
        std::fs::write(&sales, format!("{text}{rules}")).unwrap();
        let server = MailServer::start(&[]);
        let port = server.port.to_string();
        let site = site_of(&workspace, &variables(&port));
        Self { _folder: folder, server, site }
    }

    fn command(&self, arguments: &[&str]) -> Said {
        let port = self.server.port.to_string();
        let mut command = crate::support::binary::jangpyo(&self.site.workspace, self.site.state.path());
        Said::of(command.envs(variables(&port)).args(arguments))
    }

    /// Waits for the mail number `count`.
    async fn mail(&self, count: usize) -> Mail {
        for _ in 0..300 {
            let mut mails = self.server.mails();
            if mails.len() >= count {
                return mails.remove(count - 1);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{} mails of {count}; {:?}", self.server.mails().len(), self.command(&["runs", "--json"]));
    }
}

fn variables(port: &str) -> [(&str, &str); 5] {
    [
        ("JANGPYO_SMTP_HOST", "127.0.0.1"),
        ("JANGPYO_SMTP_PORT", port),
        ("JANGPYO_SMTP_TLS", "none"),
        ("JANGPYO_MAIL_FROM", "reports@corp.example"),
        ("JANGPYO_BASE_URL", BASE),
    ]
}

const MAILS: &str = "deliver: {email: {to: [kim@corp.example, lee@corp.example], mails: per_recipient}}";

/// Where a mail's reader leaves by one click.
fn one_click(mail: &Mail) -> String {
    assert_eq!(mail.header("List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"]);
    let link = mail.header("List-Unsubscribe")[0];
    let path = link.trim_matches(['<', '>']).strip_prefix(BASE).unwrap_or_else(|| panic!("{link}"));
    for part in ["html", "text"] {
        assert!(mail.text_of(part).contains(&format!("{BASE}{path}")), "{part} of the mail has no link");
    }
    path.to_owned()
}

async fn subscribed(browser: &mut Browser<'_>, query: &str, fields: &[(&str, &str)]) -> String {
    let form = format!("/reports/small/subscribe{query}");
    let usual =
        [("query", query), ("rhythm", "daily"), ("at", "08:00"), ("zone", "Asia/Seoul"), ("locale", "en")];
    let fields: Vec<_> = usual.iter().chain(fields).copied().collect();
    let made = browser.submit(&form, "/reports/small/subscribe", &fields).await;
    assert_eq!((made.status, made.header("location")), (303, "/subscriptions?done=made"), "{}", made.text());
    let own = browser.get("/subscriptions?lang=en").await.text();
    let id = own.split("/subscriptions/subscription.").nth(1).unwrap_or_else(|| panic!("{own}"));
    format!("/subscriptions/subscription.{}", id.split(['/', '"']).next().unwrap())
}

#[tokio::test]
async fn a_subscriber_gets_their_own_numbers_and_leaves_by_one_click() {
    let home = Home::new(MAILS);
    let mut kim = home.site.newcomer(KIM, &["--groups", "shop"]).await;
    let page = kim.get("/reports/small?lang=en").await.text();
    assert!(page.contains("/reports/small/subscribe"), "{page}");
    let own = subscribed(&mut kim, "", &[("attach", "csv")]).await;
    let sent = kim.submit("/subscriptions", &format!("{own}/send"), &[]).await;
    assert_eq!(sent.header("location"), "/subscriptions?done=sent", "{}", sent.text());
    let mail = home.mail(1).await;
    assert_eq!(mail.recipients(), [KIM]);
    let csv = String::from_utf8(mail.attachments()[0].bytes()).unwrap();
    assert!(csv.contains("store 000") && !csv.contains("store 001"), "their own rows only: {csv}");
    assert!(mail.text_of("text").contains("1,000") && !mail.text_of("text").contains("3,003"));

    // Looking changes nothing, as programs look at every link of a mail.
    let link = one_click(&mail);
    let mut anybody = home.site.browser();
    let looked = anybody.get(&format!("{link}?lang=en")).await;
    assert!(looked.status == 200 && looked.text().contains(KIM), "{}", looked.text());
    assert!(kim.get("/subscriptions").await.text().contains(&own));
    // A link that was changed says nothing of anybody.
    let (id, tag) = link.rsplit_once('.').unwrap();
    for bad in [format!("{id}.{}", tag.to_lowercase()), format!("{id}."), "/unsubscribe/x".into()] {
        let answer = anybody.post(&bad, &[("List-Unsubscribe", "One-Click")]).await;
        assert!(answer.status == 404 && !answer.text().contains(KIM), "{bad}: {}", answer.status);
    }
    let left = anybody.post(&link, &[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(left.status, 200, "{}", left.text());
    assert!(!kim.get("/subscriptions").await.text().contains(&own), "it has ended");
    assert_eq!(kim.submit("/subscriptions", &format!("{own}/send"), &[]).await.status, 404);
    let audit = home.site.audit();
    assert!(audit.contains("unsubscribed") && audit.contains("subscribed"), "{audit}");
}

#[tokio::test]
async fn what_is_wanted_is_changed_paused_and_ended_and_nobody_elses_is_touched() {
    let home = Home::new(MAILS);
    let mut kim = home.site.newcomer(KIM, &["--groups", "shop"]).await;
    let own = subscribed(&mut kim, "?store=store+000", &[]).await;
    let wrong = [("rhythm", "weekly"), ("at", "25:00"), ("zone", "Asia/Seoul"), ("weekday", "Mon")];
    let refused = kim.submit(&own, &own, &wrong).await;
    assert!(refused.status == 422 && refused.text().contains("role=\"alert\""), "{}", refused.text());
    let monthly = [("rhythm", "monthly"), ("month_day", "3"), ("at", "06:30"), ("zone", "Asia/Hong_Kong")];
    assert_eq!(kim.submit(&own, &own, &monthly).await.header("location"), "/subscriptions?done=changed");
    let list = kim.get("/subscriptions?lang=en").await.text();
    assert!(list.contains("every month on day 3 06:30") && list.contains("-03 06:30 HKT"), "{list}");
    assert!(list.contains("/reports/small?store=store+000"), "its parameters stay: {list}");
    kim.submit("/subscriptions", &format!("{own}/pause"), &[]).await;
    assert!(kim.get("/subscriptions?lang=en").await.text().contains(">paused<"));
    kim.submit("/subscriptions", &format!("{own}/resume"), &[]).await;
    assert!(!kim.get("/subscriptions?lang=en").await.text().contains(">paused<"));

    let mut lee = home.site.newcomer("lee@corp.example", &["--groups", "shop"]).await;
    for (path, fields) in
        [(own.clone(), &monthly[..]), (format!("{own}/end"), &[]), (format!("{own}/send"), &[])]
    {
        assert_eq!(lee.submit("/account", &path, fields).await.status, 404, "{path}");
    }
    // Whoever looks after the report's schedules sees it and can end it.
    let mut owner = home.site.newcomer("owner@corp.example", &["--groups", "sales"]).await;
    let seen = owner.get("/subscriptions?lang=en").await.text();
    assert!(seen.contains(KIM) && seen.contains(&format!("{own}/end")), "{seen}");
    assert_eq!(owner.get(&own).await.status, 404, "but not change what another wants");
    owner.submit("/account", &format!("{own}/end"), &[]).await;
    assert!(!kim.get("/subscriptions").await.text().contains(&own));
    // Nobody without an address, and nothing where the report does not allow it.
    let mut nameless = home.site.newcomer("park", &["--groups", "shop"]).await;
    let form = nameless.get("/reports/small/subscribe?lang=en").await;
    assert!(form.text().contains("no mail address") && form.text().contains(" disabled"), "{}", form.text());
    let file = home.site.workspace.join("small.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}subscriptions: {{allowed: false}}\n")).unwrap();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let refused = kim.submit("/reports/small/subscribe", "/reports/small/subscribe", &monthly).await;
    assert!(refused.status == 422 && refused.text().contains("role=\"alert\""), "{}", refused.text());
    assert!(!kim.get("/reports/small").await.text().contains("small/subscribe"));
}

fn run(home: &Home, at: &str) -> serde_json::Value {
    let said = home.command(&["run", "small/monday", "--at", at, "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    said.json()
}

fn to(home: &Home, from: usize) -> Vec<String> {
    let mut to: Vec<String> = home.server.mails()[from..]
        .iter()
        .flat_map(|mail| mail.recipients().into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    to.sort();
    to
}

#[tokio::test]
async fn whoever_leaves_a_schedule_is_left_out_until_they_come_back() {
    let home = Home::new(MAILS);
    run(&home, "2026-11-02T08:00:00+09:00");
    let mails = home.server.mails();
    let lees = mails.iter().find(|mail| mail.recipients() == ["lee@corp.example"]).unwrap();
    let kims = mails.iter().find(|mail| mail.recipients() == [KIM]).unwrap();
    let (link, other) = (one_click(lees), one_click(kims));
    assert_ne!(link, other);
    let mut mail_program = home.site.browser();
    assert_eq!(mail_program.post(&link, &[("List-Unsubscribe", "One-Click")]).await.status, 200);
    assert_eq!(mail_program.post(&link, &[]).await.status, 200, "twice is once");
    let ran = run(&home, "2026-11-09T08:00:00+09:00");
    assert_eq!(to(&home, 2), [KIM]);
    assert!(ran["run"]["warnings"].to_string().contains("one recipient has unsubscribed"), "{ran}");
    // The owner of the schedule sees who left; the page of the link leads back.
    let mut owner = home.site.newcomer("owner@corp.example", &["--groups", "sales"]).await;
    let page = owner.get("/reports/small/schedules/monday?lang=en").await.text();
    assert!(page.contains("Have unsubscribed") && page.contains("lee@corp.example ("), "{page}");
    let page = mail_program.get(&format!("{link}?lang=en")).await.text();
    assert!(page.contains(&format!("{link}/return")), "{page}");
    assert_eq!(mail_program.post(&format!("{link}/return"), &[]).await.status, 200);
    run(&home, "2026-11-16T08:00:00+09:00");
    assert_eq!(to(&home, 3), [KIM, "lee@corp.example"]);
    // And by the own list of somebody who logs in, whose address it is.
    let mut lee = home.site.newcomer("lee@corp.example", &["--groups", "shop"]).await;
    let fields = [("report", "small"), ("schedule", "monday")];
    let left = lee.submit("/subscriptions?lang=en", "/subscriptions/mails/leave", &fields).await;
    assert_eq!(left.header("location"), "/subscriptions?done=left", "{}", left.text());
    run(&home, "2026-11-23T08:00:00+09:00");
    assert_eq!(to(&home, 5), [KIM]);
    let mut stranger = home.site.newcomer("stranger@corp.example", &["--groups", "shop"]).await;
    assert_eq!(stranger.submit("/account", "/subscriptions/mails/leave", &fields).await.status, 404);
}

#[tokio::test]
async fn a_mail_that_must_be_received_has_no_link_and_one_for_several_leads_to_the_login() {
    let home = Home::new("deliver: {email: {to: [kim@corp.example, lee@corp.example]}}");
    run(&home, "2026-11-02T08:00:00+09:00");
    let mail = home.server.mails().remove(0);
    assert!(mail.header("List-Unsubscribe").is_empty(), "nobody can be meant alone");
    assert!(mail.text_of("html").contains(&format!("{BASE}/subscriptions")));
    let must = Home::new("deliver: {email: {to: kim@corp.example, unsubscribe: false}}");
    run(&must, "2026-11-02T08:00:00+09:00");
    let mail = must.server.mails().remove(0);
    assert!(mail.header("List-Unsubscribe").is_empty());
    for part in ["html", "text"] {
        let text = mail.text_of(part);
        assert!(!text.contains("nsubscribe") && !text.contains("leave.invalid"), "{text}");
    }
}
