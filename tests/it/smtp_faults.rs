//! Every way in which a mail server can fail, made by a real one: what becomes of the mail, and that nobody gets two.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use jangpyo::definitions::model::{EmailDelivery, OneOrMany, PanelId};
use jangpyo::delivery::{SmtpSettings, SmtpTls};
use jangpyo::format::LocalizedText;
use jangpyo::runs::store::DeliveryState::{self, Failed, InDoubt, Sent};
use jangpyo::runs::store::{Repeat, RunState};

use crate::support::mail::MailServer;
use crate::support::runner::{TestRunner, smtp};

const KIM_AND_LEE: &str = "{to: [kim@example.com, lee@example.com]}";
/// How long a step may take here; far from what the late answers below take.
const LIMIT: Duration = Duration::from_millis(1_500);

/// What the server does; how the mail is protected; for both recipients what becomes of the delivery, after how many
/// attempts, and how often the server accepted it.
type Case = (&'static [&'static str], SmtpTls, DeliveryState, i64, usize);

const CASES: &[Case] = &[
    // At the greeting: nothing was said yet, so everything can be tried again.
    (&["--fault", "greeting:421:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "greeting:421"], SmtpTls::None, Failed, 3, 0),
    (&["--fault", "greeting:554"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "greeting:silence:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "greeting:close:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "greeting:reset:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "greeting:drip:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "greeting:babble:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "greeting:garbage:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "greeting:many"], SmtpTls::None, Sent, 1, 1),
    // At EHLO.
    (&["--bare"], SmtpTls::None, Sent, 1, 1),
    (&["--fault", "hello:421:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "hello:502"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "hello:late=0.4"], SmtpTls::None, Sent, 1, 1),
    (&["--fault", "hello:silence:1"], SmtpTls::None, Sent, 2, 1),
    // At TLS. Without it nothing is sent.
    (&["--tls", "tls", "--fault", "handshake:close"], SmtpTls::Tls, Failed, 3, 0),
    (&["--tls", "tls", "--fault", "handshake:reset"], SmtpTls::Tls, Failed, 3, 0),
    (&["--tls", "tls", "--fault", "handshake:silence"], SmtpTls::Tls, Failed, 3, 0),
    (&["--tls", "tls", "--fault", "handshake:garbage"], SmtpTls::Tls, Failed, 3, 0),
    (&["--tls", "starttls", "--fault", "handshake:close:1"], SmtpTls::StartTls, Sent, 2, 1),
    (&["--tls", "starttls", "--fault", "handshake:garbage:1"], SmtpTls::StartTls, Sent, 2, 1),
    (&["--tls", "starttls", "--fault", "starttls:454:1"], SmtpTls::StartTls, Sent, 2, 1),
    (&["--tls", "starttls", "--fault", "starttls:502"], SmtpTls::StartTls, Failed, 1, 0),
    (&["--tls", "none"], SmtpTls::StartTls, Failed, 1, 0),
    (&["--tls", "tls", "--certificate-for", "mail.example.net"], SmtpTls::Tls, Failed, 1, 0),
    (&["--tls", "starttls", "--certificate-for", "mail.example.net"], SmtpTls::StartTls, Failed, 1, 0),
    (&["--tls", "tls", "--expired"], SmtpTls::Tls, Failed, 1, 0),
    // At MAIL.
    (&["--fault", "mail:421:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "mail:452:2"], SmtpTls::None, Sent, 3, 1),
    (&["--fault", "mail:552"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "mail:late=0.4"], SmtpTls::None, Sent, 1, 1),
    (&["--fault", "mail:late=2.5:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "mail:reset:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "mail:garbage:1"], SmtpTls::None, Sent, 2, 1),
    // At RCPT.
    (&["--greylist"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "rcpt:421:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "rcpt:450:2"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "rcpt:452:4"], SmtpTls::None, Sent, 3, 1),
    // RFC 5321, 4.5.3.1.10: old servers say so of too many recipients, and it passes.
    (&["--fault", "rcpt:552:2"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "rcpt:550"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "rcpt:554"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "rcpt:silence:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "rcpt:reset:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "rcpt:many"], SmtpTls::None, Sent, 1, 1),
    // One answer too many: from there on none belongs to what was asked.
    (&["--fault", "rcpt:twice:1"], SmtpTls::None, Sent, 2, 1),
    // At DATA.
    (&["--fault", "data:421:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "data:451:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "data:554"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "data:250:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "data:close:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "data:drip:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "data:late=0.4"], SmtpTls::None, Sent, 1, 1),
    (&["--fault", "data:many"], SmtpTls::None, Sent, 1, 1),
    // In the middle of a message so small that all of it was under way: the sender cannot tell how far it came.
    (&["--fault", "body:reset"], SmtpTls::None, InDoubt, 1, 0),
    (&["--fault", "body:silence"], SmtpTls::None, InDoubt, 1, 0),
    // After the final dot an answer is an answer, …
    (&["--fault", "end:421:1"], SmtpTls::None, Sent, 2, 1),
    (&["--fault", "end:452:2"], SmtpTls::None, Sent, 3, 1),
    (&["--fault", "end:452"], SmtpTls::None, Failed, 3, 0),
    (&["--fault", "end:550"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "end:552"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "end:554"], SmtpTls::None, Failed, 1, 0),
    (&["--fault", "end:late=0.4"], SmtpTls::None, Sent, 1, 1),
    (&["--fault", "end:many"], SmtpTls::None, Sent, 1, 1),
    (&["--fault", "end:twice"], SmtpTls::None, Sent, 1, 1),
    // … and without one nobody knows.
    (&["--fault", "end:354"], SmtpTls::None, InDoubt, 1, 0),
    (&["--fault", "end:late=2.5"], SmtpTls::None, InDoubt, 1, 1),
    (&["--fault", "end:silence"], SmtpTls::None, InDoubt, 1, 1),
    (&["--fault", "end:close"], SmtpTls::None, InDoubt, 1, 1),
    (&["--fault", "end:reset"], SmtpTls::None, InDoubt, 1, 1),
    (&["--fault", "end:drip"], SmtpTls::None, InDoubt, 1, 1),
    (&["--fault", "end:babble"], SmtpTls::None, InDoubt, 1, 1),
    (&["--fault", "end:garbage"], SmtpTls::None, InDoubt, 1, 1),
    (&["--fault", "lost:reset"], SmtpTls::None, InDoubt, 1, 0),
];

fn impatient(server: &MailServer, tls: SmtpTls) -> SmtpSettings {
    SmtpSettings { timeout: LIMIT, ..smtp(server, tls) }
}

/// How often each recipient's mail was accepted.
fn accepted(server: &MailServer) -> BTreeMap<String, usize> {
    let mut accepted = BTreeMap::new();
    for mail in server.mails() {
        for recipient in mail.recipients() {
            *accepted.entry(recipient.to_owned()).or_default() += 1;
        }
    }
    accepted
}

/// A report that is made quickly, without pictures and attachments, to KIM_AND_LEE unless `change` says otherwise.
async fn runner(change: impl FnOnce(&mut EmailDelivery)) -> TestRunner {
    TestRunner::changed(None, "주간", KIM_AND_LEE, |report| {
        report.panels.shift_remove("trend");
        let email = report.schedules.values_mut().next().unwrap().deliver.email.as_mut().unwrap();
        (email.show, email.attach) = (Some(vec![PanelId::parse("revenue").unwrap()]), Vec::new());
        change(email);
    })
    .await
}

/// What of a case is not as it should be.
async fn problem_of(first: Arc<TestRunner>, case: Case) -> Option<String> {
    let (options, tls, state, attempts, got) = case;
    let server = tokio::task::block_in_place(|| MailServer::start(options));
    let runner = first.beside(impatient(&server, tls)).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    let found: Vec<_> = runner.deliveries(&run).await.iter().map(|d| (d.state, d.attempts)).collect();
    let ended = if state == Sent { RunState::Succeeded } else { RunState::Failed };
    let counts = |server: &MailServer| {
        let accepted = accepted(server);
        ["kim@example.com", "lee@example.com"].map(|to| accepted.get(to).copied().unwrap_or_default())
    };
    let before = counts(&server);
    if state == InDoubt {
        runner.run("mail-test", Repeat::Unsent).await;
    }
    let right = (vec![(state, attempts); 2], [got; 2], ended, [got; 2]);
    let is = (found, before, run.state, counts(&server));
    (is != right).then(|| format!("{options:?}: {is:?} instead of {right:?}; {:?}", run.error))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_mail_server_does_nobody_gets_two_and_nobody_is_forgotten() {
    let first = Arc::new(runner(|_| {}).await);
    // Most of the time is spent waiting for answers that do not come.
    let problems: Vec<String> = futures::stream::iter(CASES)
        .map(|case| tokio::spawn(problem_of(Arc::clone(&first), *case)))
        .buffer_unordered(6)
        .filter_map(|problem| async { problem.unwrap() })
        .collect()
        .await;
    assert!(problems.is_empty(), "{} of {} cases: {}", problems.len(), CASES.len(), problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn some_recipients_are_refused_for_good_some_for_now_and_the_others_get_it_once() {
    let names = ["kim", "lee", "park", "choi"].map(|name| format!("{name}@example.com"));
    let server = MailServer::start(&["--refuse", "lee@example.com", "--refuse", "park@example.com=452"]);
    let first = runner(|email| email.to = OneOrMany::Many(names.to_vec())).await;
    let runner = first.beside(impatient(&server, SmtpTls::None)).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!(run.state, RunState::Failed);
    let found: BTreeMap<String, _> = runner
        .deliveries(&run)
        .await
        .into_iter()
        .map(|delivery| (delivery.recipient, (delivery.state, delivery.attempts)))
        .collect();
    let expected = [
        ("choi@example.com", (Sent, 1)),
        ("kim@example.com", (Sent, 1)),
        ("lee@example.com", (Failed, 1)),
        ("park@example.com", (Failed, 3)),
    ];
    assert_eq!(found, expected.map(|(to, state)| (to.to_owned(), state)).into());
    let once = ["choi@example.com", "kim@example.com"].map(|to| (to.to_owned(), 1));
    assert_eq!(accepted(&server), once.into());
}

/// More recipients than go into one message: the second begins while the answer to the first is still to come. So many
/// also make a header of several thousand characters, and the server refuses lines of more than 998.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_is_not_taken_for_the_answer_to_the_next_message() {
    let server = MailServer::start(&["--fault", "end:late=2.5:1"]);
    let names: Vec<String> = (0..150).map(|n| format!("m{n:03}@example.com")).collect();
    let first = runner(|email| email.to = OneOrMany::Many(names.clone())).await;
    let runner = first.beside(impatient(&server, SmtpTls::None)).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    // So that whatever is still under way arrives.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let accepted = accepted(&server);
    for (position, delivery) in runner.deliveries(&run).await.iter().enumerate() {
        let expected = if position < 100 { InDoubt } else { Sent };
        let got = accepted.get(&delivery.recipient).copied().unwrap_or_default();
        assert_eq!((delivery.state, got), (expected, 1), "{delivery:?}");
    }
}

/// RFC 5321, 3.8 and 4.1.1.4: a message without its final dot is none, so what was lost before it can be sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_in_the_middle_of_a_large_message_is_no_doubt() {
    let message = "A word and another one. ".repeat(125_000);
    let first = runner(|email| email.message = Some(LocalizedText::One(message.clone()))).await;
    for fault in ["body:reset:1", "body:silence:1", "body:close:1"] {
        let server = MailServer::start(&["--fault", fault]);
        let limit = Duration::from_secs(5);
        let runner = first.beside(SmtpSettings { timeout: limit, ..smtp(&server, SmtpTls::None) }).await;
        let run = runner.run("mail-test", Repeat::Never).await;
        let states: Vec<_> = runner.deliveries(&run).await.iter().map(|d| (d.state, d.attempts)).collect();
        assert_eq!(states, [(Sent, 2); 2], "{fault}: {:?}", run.error);
        assert_eq!(accepted(&server).into_values().collect::<Vec<_>>(), [1, 1], "{fault}");
        assert!(server.mails()[0].text_of("text").len() >= 3_000_000);
    }
}
