//! Scheduled mail to a real mail server, read back by a reader that is not ours.

use jangpyo::delivery::SmtpTls;
use jangpyo::format::LocalizedText;
use jangpyo::runs::store::{DeliveryState, Repeat, RunState, Stage};

use crate::support::mail::{Mail, MailServer};
use crate::support::pdf::Pdf;
use crate::support::runner::{TestRunner, smtp};

const ACCOUNT: [&str; 4] = ["--user", "jangpyo", "--password", "s3cret"];
const KIM: &str = "{to: [김지우 <kim@example.com>]}";
const KIM_AND_LEE: &str = "{to: [kim@example.com, lee@example.com]}";

fn with_account(more: &[&str]) -> MailServer {
    MailServer::start(&[&ACCOUNT[..], more].concat())
}

/// The weekly report as a reader gets it: the same numbers in HTML, text and PDF.
fn assert_whole(mail: &Mail) {
    assert_eq!(mail.defects(), 0, "{mail:?}");
    assert!(mail.text_of("subject").starts_with("주간 매출 현황 · 2026"), "{}", mail.text_of("subject"));
    assert_eq!(mail.header("To"), ["영업본부 <sales-all@example.com>"]);
    assert_eq!(mail.header("From"), ["장표 <reports@corp.example>"]);
    let (html, text) = (mail.text_of("html"), mail.text_of("text"));
    assert!(html.contains("지난주 매출 현황을 보내 드립니다") && text.contains("지난주 매출 현황을"));

    let attachments = mail.attachments();
    let [pdf] = &attachments[..] else { panic!("{attachments:?}") };
    assert_eq!(pdf.name.as_deref(), Some("주간 매출 현황 2026-11-02.pdf"));
    assert_eq!(pdf.media_type, "application/pdf");
    let pdf = Pdf::new(&pdf.bytes());
    pdf.assert_sound();
    let sheet = pdf.text();
    for expected in ["주간 매출 현황", "국가별 일 매출", "매장별 실적표", "본부장"] {
        assert!(sheet.contains(expected), "{expected} is missing in {sheet}");
    }
    for title in ["매출", "주문 수", "객단가", "매출총이익률"] {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{title}: ")));
        let line = line.unwrap_or_else(|| panic!("{title} is missing in {text}"));
        let number = line.split(" (").next().unwrap();
        assert!(number.chars().any(|c| c.is_ascii_digit()), "{line}");
        assert!(html.contains(number), "{title} {number} is missing in the HTML");
        assert!(sheet.contains(number), "{title} {number} is missing in {sheet}");
    }

    let pictures = mail.inline();
    assert!(!pictures.is_empty() && html.contains("src=\"cid:"));
    for picture in &pictures {
        assert!(html.contains(&format!("src=\"cid:{}\"", picture.cid)), "{} is shown nowhere", picture.cid);
        assert_eq!(picture.media_type, "image/png");
        assert!(picture.bytes().starts_with(b"\x89PNG\r\n"));
    }
    assert_eq!(html.matches("src=\"cid:").count(), pictures.len(), "every picture shown is in the mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_weekly_report_arrives_whole_under_every_protection() {
    for (mode, tls) in [("starttls", SmtpTls::StartTls), ("tls", SmtpTls::Tls), ("none", SmtpTls::None)] {
        let server = if tls == SmtpTls::None {
            MailServer::start(&["--tls", mode])
        } else {
            with_account(&["--tls", mode])
        };
        let mut settings = smtp(&server, tls);
        settings.credentials = (tls != SmtpTls::None).then(|| ("jangpyo".into(), "s3cret".into()));
        let runner = TestRunner::new(Some(settings), "주간", KIM).await;
        let run = runner.run("weekly-sales", Repeat::Never).await;
        assert_eq!(run.state, RunState::Succeeded, "{mode}: {:?}", run.error);
        let mails = server.mails();
        let [mail] = &mails[..] else { panic!("{mode}: {} mails", mails.len()) };
        assert_whole(mail);
        assert_eq!(mail.is_protected(), tls != SmtpTls::None, "{mode}");
        assert_eq!(mail.recipients(), ["sales-all@example.com"]);
        let deliveries = runner.deliveries(&run).await;
        assert_eq!(mail.header("Message-ID"), [deliveries[0].message_id.as_deref().unwrap()]);
        assert!(
            deliveries[0].answer.as_deref().unwrap().contains("kept as 1"),
            "the server's words are kept"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let server = MailServer::start(&["--tls", "tls"]);
    let mut settings = smtp(&server, SmtpTls::Tls);
    settings.ca_file = None;
    let runner = TestRunner::new(Some(settings), "주간", KIM).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!(run.state, RunState::Failed);
    assert!(run.error.unwrap().contains("ca_file"), "the message names the way out");
    assert!(server.mails().is_empty());
    assert_eq!(server.count("connected"), 1, "it was not tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_fails_clearly_and_is_tried_once() {
    let server = with_account(&["--tls", "starttls"]);
    let mut settings = smtp(&server, SmtpTls::StartTls);
    settings.credentials = Some(("jangpyo".into(), "wrong-pass".into()));
    let runner = TestRunner::new(Some(settings), "주간", KIM).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!((run.state, run.stage), (RunState::Failed, Some(Stage::Deliver)));
    let error = run.error.unwrap();
    assert!(error.contains("signing in") && error.contains("535"), "{error}");
    assert!(!error.contains("wrong-pass"), "{error}");
    assert_eq!(server.count("sign-in refused"), 1, "an account must not be locked by trying again");
    assert!(server.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_tried_again_until_it_takes_the_mail() {
    let server = MailServer::start(&["--busy", "2"]);
    let runner = TestRunner::new(Some(smtp(&server, SmtpTls::None)), "주간", KIM).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
    assert_eq!((server.count("busy"), server.mails().len()), (2, 1));
    assert_eq!(runner.deliveries(&run).await[0].attempts, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_busy_is_given_up() {
    let server = MailServer::start(&["--busy", "100"]);
    let runner = TestRunner::new(Some(smtp(&server, SmtpTls::None)), "주간", KIM).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!(run.state, RunState::Failed);
    assert!(run.error.unwrap().contains("451"));
    assert_eq!(server.count("busy"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_who_does_not_exist_fails_alone_and_for_good() {
    let server = MailServer::start(&["--refuse", "lee@example.com"]);
    let runner = TestRunner::new(Some(smtp(&server, SmtpTls::None)), "주간", KIM_AND_LEE).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    let error = run.error.clone().unwrap();
    assert_eq!(run.state, RunState::Failed);
    assert!(error.contains("550") && error.contains("no such mailbox"), "{error}");
    assert!(!error.contains("lee@"), "addresses are masked: {error}");
    let states: Vec<_> =
        runner.deliveries(&run).await.iter().map(|d| (d.recipient.clone(), d.state)).collect();
    assert_eq!(
        states,
        [("kim@example.com".into(), DeliveryState::Sent), ("lee@example.com".into(), DeliveryState::Failed)]
    );
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].recipients(), ["kim@example.com"]);
    assert_eq!(server.count("recipient refused"), 1);
    assert_eq!(runner.run("mail-test", Repeat::Unsent).await.state, RunState::Failed);
    assert_eq!(server.mails().len(), 1, "kim has it already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_may_have_arrived_is_not_sent_again_by_itself() {
    let server = MailServer::start(&["--hang-up", "1"]);
    let runner = TestRunner::new(Some(smtp(&server, SmtpTls::None)), "주간", KIM).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!(run.state, RunState::Failed);
    assert!(run.error.as_deref().unwrap().contains("may have got it"), "{:?}", run.error);
    assert_eq!(runner.deliveries(&run).await[0].state, DeliveryState::InDoubt);
    runner.run("mail-test", Repeat::Unsent).await;
    assert_eq!((server.count("hung up"), server.mails().len()), (1, 1), "it was handed over once");
    let again = runner.run("mail-test", Repeat::Everyone).await;
    assert_eq!(again.state, RunState::Succeeded, "{:?}", again.error);
    assert_eq!(server.mails().len(), 2, "asked for by a person");
}

/// The check of definitions refuses control characters; a value from elsewhere must be as harmless.
#[tokio::test(flavor = "multi_thread")]
async fn titles_and_subjects_cannot_write_headers() {
    const EVIL: &str = "\r\nBcc: eve@example.com\nX-Evil: 1\r\n\r\n<script>";
    let server = MailServer::start(&[]);
    let runner = TestRunner::changed(Some(smtp(&server, SmtpTls::None)), "주간", KIM, |report| {
        report.title = LocalizedText::One(format!("장표{EVIL}"));
        let schedule = report.schedules.values_mut().next().unwrap();
        let email = schedule.deliver.email.as_mut().unwrap();
        email.subject = Some(LocalizedText::One(format!("{{title}}{EVIL}")));
        email.message = Some(LocalizedText::One(format!("안녕{EVIL}")));
    })
    .await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
    let mails = server.mails();
    let [mail] = &mails[..] else { panic!("{} mails", mails.len()) };
    assert_eq!(mail.recipients(), ["kim@example.com"]);
    assert_eq!((mail.header("Bcc").len(), mail.header("X-Evil").len(), mail.defects()), (0, 0, 0));
    assert_eq!(mail.header("Subject").len(), 1);
    assert!(
        mail.text_of("subject").contains("Bcc: eve@example.com"),
        "it is text: {}",
        mail.text_of("subject")
    );
    assert!(!mail.text_of("html").contains("<script>"));
    let attachments = mail.attachments();
    let name = attachments[0].name.as_deref().unwrap();
    assert!(name.starts_with("장표") && !name.contains(['\r', '\n', '/', '<', '>', ':']), "{name:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_is_named_and_the_run_failed() {
    let port = {
        let server = MailServer::start(&[]);
        server.port
    };
    let server = MailServer::start(&[]);
    let mut settings = smtp(&server, SmtpTls::None);
    settings.port = port;
    let runner = TestRunner::new(Some(settings), "주간", KIM).await;
    let run = runner.run("mail-test", Repeat::Never).await;
    assert_eq!((run.state, run.error_kind.as_deref()), (RunState::Failed, Some("unavailable")));
    let error = run.error.unwrap();
    assert!(error.contains(&format!("127.0.0.1:{port}")), "{error}");
    assert!(error.contains("jangpyo run mail-test/monday"), "it tells how to go on: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_mail_is_a_file_that_mail_programs_read() {
    let runner = TestRunner::new(None, "주간", KIM).await;
    let run = runner.run("weekly-sales", Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
    let files = runner.outbox();
    let [file] = &files[..] else { panic!("{files:?}") };
    assert_whole(&Mail::read(file));
}
