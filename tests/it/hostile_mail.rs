//! Addresses and words out of data that want to be more than they are: the mail server hears exactly the right
//! recipients, and the reader sees exactly the right headers.

use std::collections::{BTreeMap, BTreeSet};

use jangpyo::runs::store::{DeliveryState, RunFilter, Store};
use serde_json::json;

use crate::support::binary::{Said, jangpyo};
use crate::support::mail::MailServer;

/// Unusual, and right; and whom they reach.
const RIGHT: [(&str, &str); 8] = [
    ("o'hara+sales@example.com", "o'hara+sales@example.com"),
    // Quotes that are not needed mean nothing.
    ("\"quoted.local\"@example.com", "quoted.local@example.com"),
    ("kim@xn--3e0b707e.example", "kim@xn--3e0b707e.example"),
    ("kim@한국.example", "kim@한국.example"),
    ("김지우@example.com", "김지우@example.com"),
    ("KIM.JIWOO@EXAMPLE.COM", "KIM.JIWOO@EXAMPLE.COM"),
    (
        "a-rather-long-local-part-of-sixty-four-characters-x-x-x-x-x-x-xx@example.com",
        "a-rather-long-local-part-of-sixty-four-characters-x-x-x-x-x-x-xx@example.com",
    ),
    // A name and an address: the name is text on one line, whatever it says.
    ("kim@example.com\nRCPT TO:<lee@example.com>", "lee@example.com"),
];

/// What must reach nobody.
const WRONG: [&str; 14] = [
    "kim@example.com\r\nBcc: eve@example.com",
    "kim@example.com>\r\nRCPT TO:<eve@example.com",
    "kim@example.com, eve@example.com",
    "kim@example.com;eve@example.com",
    "kim@example.com> NOTIFY=NEVER",
    "<>",
    "kim",
    "@example.com",
    "kim@",
    "kim@exa mple.com",
    "\"a b\"@example.com",
    "kim\u{202e}@example.com ",
    "kim@example.com\u{0}",
    "kim\u{2028}eve@example.com",
];

/// What copies are about: it becomes names of files and words in the mail.
const ABOUT: [&str; 7] = [
    "store\r\nBcc: eve@example.com\r\n\r\n<script>alert(1)</script>",
    "../../../../etc/passwd",
    "\u{202e}fdp.exe",
    "🛒👩‍👩‍👧‍👦 가게",
    "=?utf-8?Q?=0D=0ABcc:_eve@example.com?=",
    "\"; name=\"x.exe",
    "매우 긴 이름의 매장 매우 긴 이름의 매장 매우 긴 이름의 매장 매우 긴 이름의 매장 매우 긴 이름의 매장 매우 긴 이름의 매장 매우 긴 이름의 매장",
];

const TITLE: &str = "장표 🧾 \u{202e}gnp.exe =?utf-8?Q?=0D=0ABcc:_eve@example.com?= and a title that is longer than what one line of a header may hold, and then some more";

#[tokio::test(flavor = "multi_thread")]
async fn hostile_addresses_and_words_reach_the_right_people_and_write_no_headers() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, state) = (folder.path().join("reports"), folder.path().join("state"));
    let put = |name: &str, text: &str| {
        let path = workspace.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let addresses: Vec<&str> = RIGHT.iter().map(|(given, _)| *given).chain(WRONG).collect();
    let about = |n: usize| format!("{n} {}", ABOUT[n % ABOUT.len()]);
    let lines = |of: &dyn Fn(usize, &str) -> serde_json::Value| {
        let lines = addresses.iter().enumerate().map(|(n, address)| of(n, address).to_string() + "\n");
        lines.collect::<String>()
    };
    put("sources/disk.yaml", "kind: source\nowner: sales\nurl: ./data\n");
    put("data/sales.ndjson", &lines(&|n, _| json!({"store": about(n), "amount": n})));
    put("data/staff.ndjson", &lines(&|n, address| json!({"mail": address, "store": about(n)})));
    put(
        "datasets/sales.yaml",
        "kind: dataset\nowner: sales\nsource: disk\ntable: sales.ndjson\ndimensions: {store: {}}\n\
         measures: {amount: {sql: sum(amount)}}\n",
    );
    put(
        "datasets/staff.yaml",
        "kind: dataset\nowner: sales\nsource: disk\ntable: staff.ndjson\ndimensions: {mail: {}, store: {}}\n",
    );
    let report = json!({
        "kind": "report", "title": TITLE, "owner": "sales", "dataset": "sales", "locale": "ko",
        "parameters": {"store": {"type": "member", "of": "store"}},
        "panels": {"amount": {"kpi": "amount"}, "stores": {"table": ["store", "amount"]}},
        "schedules": {"monday": {
            "cron": "0 8 * * MON",
            "burst": {"dataset": "staff", "recipient": "mail", "bind": {"store": "store"}},
            "deliver": {"email": {"subject": "{title} {period}", "show": ["amount"], "attach": ["csv"]}},
        }},
    });
    // JSON is YAML.
    put("hostile.yaml", &report.to_string());
    let server = MailServer::start(&[]);
    let mut command = jangpyo(&workspace, &state);
    command.args(["run", "hostile/monday", "--json", "--at", "2026-11-02T08:00:00+09:00"]);
    command.env("JANGPYO_SMTP_HOST", "127.0.0.1").env("JANGPYO_SMTP_PORT", server.port.to_string());
    command.env("JANGPYO_SMTP_TLS", "none").env("JANGPYO_MAIL_FROM", "장표 <reports@corp.example>");
    let said = Said::of(&mut command);
    let mails = server.mails();

    let mut got: BTreeMap<String, usize> = BTreeMap::new();
    for mail in &mails {
        let [to] = mail.recipients()[..] else { panic!("{:?}", mail.recipients()) };
        *got.entry(to.to_owned()).or_default() += 1;
        let number = RIGHT.iter().position(|(_, reached)| *reached == to);
        let number = number.unwrap_or_else(|| panic!("nobody is called {to:?}"));
        assert_eq!(mail.defects(), 0, "{to}: {mail:?}");
        let names = ["From", "To", "Subject", "Message-ID", "Date"];
        assert!(names.iter().all(|name| mail.header(name).len() == 1), "{to}: {mail:?}");
        let others = ["Bcc", "Cc", "Sender", "Reply-To"];
        assert!(others.iter().all(|name| mail.header(name).is_empty()), "{to}: {mail:?}");
        assert!(mail.text_of("subject").starts_with("장표 🧾"), "{}", mail.text_of("subject"));
        assert!(!mail.text_of("html").contains("<script>alert"), "{to}");
        let attachments = mail.attachments();
        let [file] = &attachments[..] else { panic!("{to}: {attachments:?}") };
        let name = file.name.as_deref().unwrap();
        let is_harmless = |c: char| !c.is_control() && !"/\\<>:\"|?*\u{202e}\u{2028}".contains(c);
        assert!(name.ends_with(".csv") && name.chars().all(is_harmless), "{name:?}");
        let rows = String::from_utf8(file.bytes()).unwrap();
        assert!(rows.contains(&format!("{number} ")), "the copy is about its own: {rows:?}");
    }
    let once: BTreeMap<String, usize> = RIGHT.iter().map(|(_, to)| ((*to).to_owned(), 1)).collect();
    assert_eq!(got, once, "{said:?}");

    let store = Store::open_file(&state.join("jangpyo.sqlite")).await.unwrap();
    let run = &store.runs(&RunFilter::default(), 10).await.unwrap().runs[0];
    let deliveries = store.deliveries(run.id).await.unwrap();
    let failed: Vec<_> = deliveries.iter().filter(|d| d.state == DeliveryState::Failed).collect();
    assert_eq!((deliveries.len(), failed.len()), (addresses.len(), WRONG.len()), "{deliveries:#?}");
    assert!(
        failed.iter().all(|d| d.error.as_deref().unwrap().contains("is not a mail address")),
        "{failed:#?}"
    );
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail.header("Message-ID")[0]).collect();
    assert_eq!(ids.len(), RIGHT.len());
    store.close().await;
}
