//! Requests that two parsers may read differently, and bytes that do not belong into heads.

use super::started;
use crate::support::raw::{Raw, exchange};

/// An answer to a request that was smuggled inside of another.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn no_request_is_read_out_of_another() {
    let (_state, server) = started(&[]);
    let body = format!("0\r\n\r\n{SMUGGLED}");
    let length = body.len();
    for (name, headers) in [
        ("length and chunks", format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n")),
        ("chunks and length", format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n")),
        ("two lengths", format!("Content-Length: 0\r\nContent-Length: {length}\r\n")),
        ("a list of lengths", format!("Content-Length: 0, {length}\r\n")),
        ("a signed length", format!("Content-Length: +{length}\r\n")),
        ("a folded header", format!("X: y\r\n Content-Length: {length}\r\n")),
        ("a folded encoding", "Transfer-Encoding:\r\n chunked\r\n".to_owned()),
        ("another encoding", "Transfer-Encoding: chunked, identity\r\n".to_owned()),
        ("an unknown encoding", "Transfer-Encoding: xchunked\r\n".to_owned()),
        ("a space before the colon", format!("Content-Length : {length}\r\n")),
        ("a bare line feed", format!("X: y\nContent-Length: {length}\r\n")),
        ("a bare carriage return", format!("X: y\rContent-Length: {length}\r\n")),
        ("a tab in a name", format!("Content\tLength: {length}\r\n")),
        ("a NUL in a name", format!("Content-Length\0: {length}\r\n")),
        ("a huge length", "Content-Length: 18446744073709551617\r\n".to_owned()),
    ] {
        let request =
            format!("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n{body}");
        let answer = exchange(&server, &request).await;
        // Refused, or the connection ends with the first answer, which nobody reads as two.
        let answers = answer.matches("HTTP/1.1 ").count();
        assert!(answers <= 1 && !answer.contains("HTTP/1.1 200"), "{name}: {answer}");
        assert!(answer.is_empty() || answer.contains("HTTP/1.1 4"), "{name}: {answer}");
    }
    // Chunks whose sizes lie.
    for chunks in
        ["5\r\nabc\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "-1\r\n", "5;\n x\r\nabcde\r\n0\r\n\r\n", "G\r\n"]
    {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}{SMUGGLED}"
        );
        let answer = exchange(&server, &request).await;
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{chunks:?}: {answer}");
    }
}

#[tokio::test]
async fn bytes_that_do_not_belong_into_a_head_are_refused() {
    let (_state, server) = started(&[]);
    let end = "Host: localhost\r\nConnection: close\r\n\r\n";
    for (request, allowed) in [
        (format!("GET /\0 HTTP/1.1\r\n{end}"), "400"),
        (format!("GET /a\rb HTTP/1.1\r\n{end}"), "400"),
        (format!("GET / HTTP/1.1\r\nX: a\0b\r\n{end}"), "400"),
        (format!("GET / HTTP/1.1\r\nX\0: a\r\n{end}"), "400"),
        (format!("GET / HTTP/1.1\r\nCookie: lang=ko\x01\r\n{end}"), "400"),
        (format!("G\x7fT / HTTP/1.1\r\n{end}"), "400"),
        (format!("GET / HTTP/9.9\r\n{end}"), "400"),
        (format!("GET http://evil.example/ HTTP/1.1\r\n{end}"), "421"),
        (format!("GET / HTTP/1.1\r\nHost: evil.example\r\n{end}"), "400 or 421"),
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        (format!("CONNECT evil.example:443 HTTP/1.1\r\n{end}"), "405 or 421"),
        (format!("OPTIONS * HTTP/1.1\r\n{end}"), "404 or 405"),
    ] {
        let answer = exchange(&server, &request).await;
        let status = answer.get(9..12).unwrap_or_default();
        assert!(status.is_empty() || allowed.contains(status), "{request:?}: {answer}");
        assert!(!answer.contains('\0'), "{request:?}");
    }
    let split = exchange(
        &server,
        format!("GET /reports/x%0d%0aSet-Cookie:%20a=b?lang=ko%0d%0aX:%20y HTTP/1.1\r\n{end}"),
    )
    .await;
    assert!(!split.to_lowercase().contains("\nset-cookie: a=b"), "{split}");
    let theme =
        exchange(&server, format!("GET //evil.example/%0d%0aX:%20y?theme=dark HTTP/1.1\r\n{end}")).await;
    let location = theme.lines().find(|line| line.to_lowercase().starts_with("location:"));
    assert!(location.is_none_or(|line| !line.contains("//evil")), "{theme}");
    assert_eq!(server.get("/healthz").await.status, 200, "and it still serves");
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let (_state, server) = started(&[]);
    let mut raw = Raw::open(&server).await;
    let one = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let last = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    raw.send(format!("{one}{one}{last}").as_bytes()).await;
    let answers = raw.until_end(std::time::Duration::from_secs(10)).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 3, "{answers}");
}
