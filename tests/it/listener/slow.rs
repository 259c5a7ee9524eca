//! Clients that are slow, silent or too many.

use std::time::{Duration, Instant};

use super::started;
use crate::support::raw::{Raw, exchange, metric};

const LIMIT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn heads_that_never_end_do_not_hold_places() {
    let (_state, server) = started(&[("JANGPYO_HEADER_TIMEOUT_SECS", "2")]);
    let mut slow = Vec::new();
    for _ in 0..60 {
        let mut raw = Raw::open(&server).await;
        assert!(raw.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n").await);
        slow.push(raw);
    }
    // One that behaved at first, and some that say nothing at all.
    let mut behaved = Raw::open(&server).await;
    behaved.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(behaved.answer().await.starts_with("HTTP/1.1 200"));
    slow.push(behaved);
    for _ in 0..5 {
        slow.push(Raw::open(&server).await);
    }
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(1) {
        for raw in &mut slow {
            raw.send(b"x").await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(metric(&server, "jangpyo_connections_open").await > 60.0, "they were open");
    assert_eq!(server.get("/healthz").await.status, 200, "others are served meanwhile");
    for raw in &mut slow {
        assert!(raw.until_end(LIMIT * 2).await.is_some(), "a connection is still open");
    }
    assert!(begun.elapsed() < LIMIT * 3, "{:?}", begun.elapsed());
    assert!(metric(&server, "jangpyo_connections_open").await < 10.0);
}

#[tokio::test]
async fn a_body_that_is_dripped_is_not_waited_for() {
    let (_state, server) = started(&[("JANGPYO_BODY_TIMEOUT_SECS", "2")]);
    let mut raw = Raw::open(&server).await;
    raw.send(b"POST /reports/weekly-sales HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n").await;
    let begun = Instant::now();
    while raw.send(b"x").await && begun.elapsed() < LIMIT * 3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(begun.elapsed() < LIMIT * 2, "it was still listened to after {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_a_large_answer_is_let_go_and_a_slow_one_is_not() {
    let (_state, server) = started(&[("JANGPYO_SEND_TIMEOUT_SECS", "2")]);
    let font = "/static/NotoSansHK-Regular.ttf";
    let whole = server.get(font).await.body.len();
    assert!(whole > 2_000_000, "{whole} bytes are too few for this test");
    let request = format!("GET {font} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut silent = Vec::new();
    for _ in 0..4 {
        let mut raw = Raw::open(&server).await;
        // More than the buffers of both sides hold.
        raw.send(request.repeat(6).as_bytes()).await;
        silent.push(raw);
    }
    let mut slow = Raw::open(&server).await;
    slow.send(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).await;
    let (mut taken, begun) = (0, Instant::now());
    loop {
        // Half a second for a share of it: never silent, and longer than the limit in all.
        let mut portion = vec![0; whole / 10];
        let read = tokio::io::AsyncReadExt::read(&mut slow.0, &mut portion).await.unwrap();
        taken += read;
        if read == 0 {
            break;
        }
        if begun.elapsed() < LIMIT * 2 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    assert!(taken > whole, "the slow client got {taken} of {whole} bytes");
    assert!(begun.elapsed() > LIMIT, "it was not slow: {:?}", begun.elapsed());
    let begun = Instant::now();
    while metric(&server, "jangpyo_connections_open").await > 2.0 {
        assert!(begun.elapsed() < LIMIT * 3, "the silent clients still have their places");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for raw in &mut silent {
        let got = raw.until_end(Duration::from_secs(10)).await.unwrap();
        assert!(got.len() < whole * 6, "all was sent");
    }
}

#[tokio::test]
async fn one_address_cannot_take_all_places() {
    let (_state, server) = started(&[("JANGPYO_MAX_CONNECTIONS_PER_ADDRESS", "6")]);
    let mut greedy = Vec::new();
    for _ in 0..30 {
        greedy.push(Raw::open_from("127.0.0.2", &server).await);
    }
    let mut closed = 0;
    for raw in &mut greedy {
        closed += usize::from(raw.until_end(Duration::from_millis(100)).await.is_some());
    }
    assert_eq!(closed, 24);
    assert_eq!(server.get("/healthz").await.status, 200, "another address is served");
    assert!((metric(&server, "jangpyo_connections_refused_total").await - 24.0).abs() < 0.1);
    drop(greedy);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut again = Raw::open_from("127.0.0.2", &server).await;
    again.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(again.answer().await.starts_with("HTTP/1.1 200"), "places come back");
}

#[tokio::test]
async fn what_is_too_large_is_refused_in_order() {
    let (_state, server) = started(&[]);
    let head = |extra: &str| format!("GET / HTTP/1.1\r\nHost: localhost\r\n{extra}Connection: close\r\n\r\n");
    let many = "X: y\r\n".repeat(200);
    for (request, expected) in [
        (head(&format!("X: {}\r\n", "y".repeat(100_000))), "HTTP/1.1 431"),
        (head(&many), "HTTP/1.1 431"),
        (head("").replace("GET /", &format!("GET /{}", "y".repeat(20_000))), "HTTP/1.1 414"),
        (head("Content-Length: 20000\r\n").replace("GET", "POST"), "HTTP/1.1 413"),
    ] {
        let answer = exchange(&server, &request).await;
        // The refusal is lost when the system resets a connection that was closed with bytes unread.
        assert!(answer.is_empty() || answer.starts_with(expected), "{expected}: {answer}");
    }
    let fits = exchange(&server, head(&format!("X: {}\r\n", "y".repeat(12_000)))).await;
    assert!(fits.starts_with("HTTP/1.1 200"), "{fits}");
    assert_eq!(server.get("/healthz").await.status, 200);
}
