//! Against a server that speaks just enough SMTP to misbehave where it is told to. Real servers are
//! met in the integration tests.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;

/// Where the server misbehaves.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    HangUpAtData,
    HangUpAfterMessage,
    SilentAfterMessage,
    RefuseLee(u16),
    RefuseMessage(u16),
}

/// Serves one connection; answers with the message it got.
async fn server(fault: Fault) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test\r\n").await.unwrap();
        let mut message = String::new();
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return message;
            }
            let answer = match line.split_whitespace().next().unwrap_or_default() {
                "EHLO" => "250-test\r\n250 8BITMIME\r\n".to_owned(),
                "RCPT" if line.contains("lee@") => match fault {
                    Fault::RefuseLee(code) => format!("{code} not lee\r\n"),
                    _ => "250 ok\r\n".to_owned(),
                },
                "DATA" if fault == Fault::HangUpAtData => return message,
                "DATA" => {
                    stream.write_all(b"354 go\r\n").await.unwrap();
                    while !message.ends_with("\r\n.\r\n") {
                        assert!(stream.read_line(&mut message).await.unwrap() > 0);
                    }
                    match fault {
                        Fault::HangUpAfterMessage => return message,
                        Fault::SilentAfterMessage => {
                            let _ = stream.read_to_string(&mut String::new()).await;
                            return message;
                        }
                        Fault::RefuseMessage(code) => format!("{code} no\r\n"),
                        _ => "250 queued as 42\r\n".to_owned(),
                    }
                }
                "QUIT" => "221 bye\r\n".to_owned(),
                _ => "250 ok\r\n".to_owned(),
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, task)
}

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        connections: NonZeroUsize::MIN,
        rate: MailRate::UNLIMITED,
        host: "127.0.0.1".into(),
        port,
        tls: SmtpTls::None,
        credentials: None,
        from: "reports@corp.example".parse().unwrap(),
        timeout: Duration::from_millis(800),
        ca_file: None,
    }
}

async fn send(fault: Fault) -> (Vec<Outcome>, String) {
    let (port, task) = server(fault).await;
    let message = Message {
        id: "<1@corp.example>".into(),
        sender: EmailAddress::parse("reports@corp.example").unwrap(),
        bytes: b"Subject: x\r\n\r\nhello\r\n.dot\r\n".to_vec(),
    };
    let recipients = ["kim@example.com", "lee@example.com"].map(|a| EmailAddress::parse(a).unwrap());
    let reply = Smtp::new(settings(port)).send(&message, &recipients).await;
    (reply.outcomes, task.await.unwrap())
}

#[tokio::test]
async fn an_accepted_message_carries_the_servers_words() {
    let (outcomes, message) = send(Fault::None).await;
    assert_eq!(outcomes, vec![Outcome::Accepted("queued as 42".into()); 2]);
    assert!(message.contains("\r\n..dot\r\n"), "lines that begin with a dot are escaped: {message:?}");
}

#[tokio::test]
async fn one_refused_recipient_does_not_stop_the_others() {
    let (outcomes, _) = send(Fault::RefuseLee(550)).await;
    assert!(
        matches!(&outcomes[..], [Outcome::Accepted(_), Outcome::Refused(why)] if why.contains("not lee")),
        "{outcomes:?}"
    );
    let (outcomes, _) = send(Fault::RefuseLee(450)).await;
    assert!(matches!(&outcomes[..], [Outcome::Accepted(_), Outcome::RefusedForNow(_)]), "{outcomes:?}");
}

#[tokio::test]
async fn a_refused_message_is_told_by_its_code() {
    let (outcomes, _) = send(Fault::RefuseMessage(554)).await;
    assert!(outcomes.iter().all(|o| matches!(o, Outcome::Refused(_))), "{outcomes:?}");
    let (outcomes, _) = send(Fault::RefuseMessage(451)).await;
    assert!(outcomes.iter().all(|o| matches!(o, Outcome::RefusedForNow(_))), "{outcomes:?}");
}

#[tokio::test]
async fn a_connection_lost_before_the_message_may_be_tried_again() {
    let (outcomes, _) = send(Fault::HangUpAtData).await;
    assert!(outcomes.iter().all(|o| matches!(o, Outcome::RefusedForNow(_))), "{outcomes:?}");
}

#[tokio::test]
async fn a_connection_lost_after_the_message_is_in_doubt() {
    for fault in [Fault::HangUpAfterMessage, Fault::SilentAfterMessage] {
        let (outcomes, _) = send(fault).await;
        assert!(outcomes.iter().all(|o| matches!(o, Outcome::InDoubt(_))), "{outcomes:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_may_be_tried_again() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let message = Message {
        id: "<1@x>".into(),
        sender: EmailAddress::parse("a@b.example").unwrap(),
        bytes: Vec::new(),
    };
    let reply =
        Smtp::new(settings(port)).send(&message, &[EmailAddress::parse("k@e.example").unwrap()]).await;
    let [Outcome::RefusedForNow(why)] = &reply.outcomes[..] else { panic!("{reply:?}") };
    assert!(why.contains(&format!("127.0.0.1:{port}")), "{why}");
}

#[tokio::test]
async fn a_server_without_starttls_is_never_spoken_to_in_the_clear() {
    let (port, task) = server(Fault::None).await;
    let smtp = Smtp::new(SmtpSettings { tls: SmtpTls::StartTls, ..settings(port) });
    let message = Message {
        id: "<1@x>".into(),
        sender: EmailAddress::parse("a@b.example").unwrap(),
        bytes: Vec::new(),
    };
    let reply = smtp.send(&message, &[EmailAddress::parse("k@e.example").unwrap()]).await;
    let [Outcome::Refused(why)] = &reply.outcomes[..] else { panic!("{reply:?}") };
    assert!(why.contains("STARTTLS"), "{why}");
    assert_eq!(task.await.unwrap(), "");
}

#[test]
fn a_password_never_shows() {
    let settings = SmtpSettings { credentials: Some(("kim".into(), "hunter2".into())), ..settings(25) };
    let shown = format!("{:?}", Smtp::new(settings));
    assert!(shown.contains("kim") && !shown.contains("hunter2"), "{shown}");
}
