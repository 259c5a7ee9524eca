//! TLS by files: what is agreed, what is refused, renewal, and the listener that leads to it.

use std::time::{Duration, Instant};

use super::started;
use crate::support::binary::{Page, Said, Server, jangpyo};
use crate::support::raw::{Raw, address, exchange};
use crate::support::tls::{Certificate, TlsClient};
use crate::support::workspace::committed;

fn encrypted(certificate: &Certificate, more: &[(&str, &str)]) -> (tempfile::TempDir, Server) {
    let variables = certificate.variables();
    let pairs = variables.iter().map(|(name, value)| (*name, value.as_str()));
    let all: Vec<(&str, &str)> =
        pairs.chain([("JANGPYO_ALLOWED_HOSTS", "reports.test")]).chain(more.iter().copied()).collect();
    started(&all)
}

#[tokio::test(flavor = "multi_thread")]
async fn new_versions_are_spoken_and_old_ones_and_garbage_refused() {
    let certificate = Certificate::new();
    let (_state, server) = encrypted(&certificate, &[]);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let port = address(&server).port();
    for (version, expected) in [("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")] {
        let mut client = TlsClient::connect(port, &certificate, &["--version", version]);
        assert_eq!(client.agreed["version"], expected, "{}", client.agreed);
        let page = client.get("/");
        assert_eq!(page["status"], 200, "{page}");
        assert_eq!(page["headers"]["strict-transport-security"], "max-age=31536000", "{page}");
    }
    let old = TlsClient::connect(port, &certificate, &["--version", "1.1"]);
    let error = old.agreed["error"].as_str().unwrap_or_default().to_lowercase();
    assert!(error.contains("protocol version") || error.contains("alert"), "{}", old.agreed);
    let both = TlsClient::connect(port, &certificate, &["--alpn", "h2", "http/1.1"]);
    assert_eq!(both.agreed["alpn"], "h2");
    for garbage in [
        &b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..],
        &[0x16, 3, 1, 0xff, 0xff, 1, 0, 0],
        &[0xff; 4000],
        b"\x80\x2e\x01\x00\x02",
    ] {
        let answer = exchange(&server, garbage).await;
        assert!(!answer.contains("HTTP/1.1") && !answer.contains("stayed open"), "{answer:?}");
    }
    assert_eq!(TlsClient::connect(port, &certificate, &[]).get("/healthz")["status"], 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_up_and_open_connections_go_on() {
    let certificate = Certificate::new();
    let (_state, server) = encrypted(&certificate, &[]);
    let port = address(&server).port();
    let mut open = TlsClient::connect(port, &certificate, &[]);
    assert_eq!(open.get("/healthz")["status"], 200);
    let first = open.agreed["serial"].clone();

    // Half a renewal: a certificate whose key is not there yet.
    let key = std::fs::read(certificate.path("key.pem")).unwrap();
    let serial = certificate.renew(&[]);
    let new_key = std::fs::read(certificate.path("key.pem")).unwrap();
    std::fs::write(certificate.path("key.pem"), key).unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(TlsClient::connect(port, &certificate, &[]).agreed["serial"], first, "the last one goes on");

    std::fs::write(certificate.path("key.pem"), new_key).unwrap();
    let begun = Instant::now();
    loop {
        let agreed = TlsClient::connect(port, &certificate, &[]).agreed["serial"].clone();
        if agreed.as_str().unwrap().trim_start_matches('0') == serial.trim_start_matches('0') {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{agreed} instead of {serial}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(open.get("/healthz")["status"], 200, "the connection from before still works");
}

#[test]
fn a_certificate_that_cannot_work_says_why() {
    let certificate = Certificate::new();
    let other = Certificate::new();
    let state = tempfile::tempdir().unwrap();
    let start = |cert: &std::path::Path, key: &std::path::Path| {
        Said::of(
            jangpyo(&committed(), state.path())
                .args(["serve", "--listen", "127.0.0.1:0"])
                .env("JANGPYO_TLS_CERTIFICATE", cert)
                .env("JANGPYO_TLS_KEY", key),
        )
    };
    let (cert, key) = (certificate.path("certificate.pem"), certificate.path("key.pem"));
    let empty = certificate.path("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let locked = Certificate::new();
    locked.renew(&["--passphrase", "secret"]);
    for (cert, key, expected) in [
        (&cert, &other.path("key.pem"), "does not belong to the first certificate"),
        (&key, &cert, "holds a key and no certificate; are both variables the right way round?"),
        (&cert, &cert, "holds a certificate and no key"),
        (&empty, &key, "holds no certificate"),
        (&cert, &empty, "holds no private key"),
        (&cert, &certificate.path("nowhere.pem"), "is the path right"),
        (&locked.path("certificate.pem"), &locked.path("key.pem"), "needs a passphrase"),
    ] {
        let said = start(cert, key);
        assert_ne!(said.code, Some(0), "{said:?}");
        assert!(said.err.contains(expected) && said.err.contains("JANGPYO_TLS_"), "{expected}: {said:?}");
        assert!(!said.err.contains("PRIVATE KEY-----\n"), "{said:?}");
    }
}

#[tokio::test]
async fn the_plain_listener_leads_to_tls_and_answers_challenges_only() {
    let certificate = Certificate::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = certificate.folder().join("challenges");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("to_ken-1"), "to_ken-1.digest").unwrap();
    std::fs::write(folder.join("large"), "x".repeat(5_000)).unwrap();
    std::os::unix::fs::symlink(certificate.path("key.pem"), folder.join("link")).unwrap();
    std::fs::create_dir(folder.join("folder")).unwrap();
    let (_state, server) = encrypted(
        &certificate,
        &[
            ("JANGPYO_HTTP_REDIRECT_LISTEN", &format!("127.0.0.1:{port}")),
            ("JANGPYO_ACME_CHALLENGES", folder.to_str().unwrap()),
        ],
    );
    let tls = address(&server).port();
    let ask = async |request: String| {
        let mut raw = Raw(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap());
        raw.send(request.as_bytes()).await;
        raw.until_end(Duration::from_secs(10)).await.unwrap()
    };
    let get = async |path: &str, host: &str| {
        ask(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await
    };
    let led = get("/reports/weekly-sales?country=KR&x=%20y", "reports.test:8080").await;
    assert!(led.starts_with("HTTP/1.1 308"), "{led}");
    assert!(
        led.contains(&format!(
            "location: https://reports.test:{tls}/reports/weekly-sales?country=KR&x=%20y\r\n"
        )),
        "{led}"
    );
    assert!(
        get("//evil.example/x", "reports.test").await.contains(&format!("https://reports.test:{tls}//evil"))
    );
    for host in [
        "evil.example",
        "reports.test.evil.example",
        "reports.test@evil.example",
        "evil.example#reports.test",
    ] {
        let refused = get("/", host).await;
        assert!(refused.starts_with("HTTP/1.1 4") && !refused.contains("location:"), "{host}: {refused}");
    }
    let posted =
        ask("POST /login HTTP/1.1\r\nHost: reports.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .into())
        .await;
    assert!(posted.starts_with("HTTP/1.1 405"), "{posted}");

    // An authority asks under whatever name it was told.
    let challenge = get("/.well-known/acme-challenge/to_ken-1", "other.test").await;
    assert!(challenge.starts_with("HTTP/1.1 200") && challenge.ends_with("to_ken-1.digest"), "{challenge}");
    for token in [
        "",
        "nothing",
        "link",
        "folder",
        "large",
        ".",
        "..",
        "../key.pem",
        "..%2fkey.pem",
        "%2e%2e/key.pem",
        "to_ken-1/",
        "to_ken-1%00",
        "/etc/passwd",
        "to_ken-1?/../../key.pem#",
    ] {
        let answer = get(&format!("/.well-known/acme-challenge/{token}"), "reports.test").await;
        let harmless = answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400");
        let same = token.starts_with("to_ken-1?") && answer.ends_with("to_ken-1.digest");
        assert!(harmless || same, "{token}: {answer}");
        assert!(!answer.contains("PRIVATE") && !answer.contains("root:"), "{token}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_and_half_open_connections_do_not_keep_it_from_stopping() {
    let certificate = Certificate::new();
    let (_state, server) = encrypted(&certificate, &[]);
    let mut idle = TlsClient::connect(address(&server).port(), &certificate, &[]);
    assert_eq!(idle.get("/healthz")["status"], 200);
    let both = TlsClient::connect(address(&server).port(), &certificate, &["--alpn", "h2"]);
    assert_eq!(both.agreed["alpn"], "h2");
    let mut half = Raw::open(&server).await;
    half.send(&[0x16, 3, 1]).await;
    let silent = Raw::open(&server).await;
    let (code, took) = tokio::task::spawn_blocking(|| server.terminate()).await.unwrap();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(8), "{took:?}");
    drop((half, silent));
}

#[tokio::test]
async fn a_page_is_read_through_tls_under_its_name() {
    let certificate = Certificate::new();
    let (_state, server) = encrypted(&certificate, &[]);
    let authority = std::fs::read(certificate.path("ca.pem")).unwrap();
    let client = reqwest::Client::builder()
        .add_root_certificate(reqwest::Certificate::from_pem(&authority).unwrap())
        .resolve("reports.test", address(&server))
        .build()
        .unwrap();
    let url = format!("https://reports.test:{}/reports/weekly-sales", address(&server).port());
    let page = Page::of(client.get(url).send().await.unwrap()).await;
    assert!(page.status == 200 && page.text().contains("주간 매출 현황"), "{}", page.text());
}
