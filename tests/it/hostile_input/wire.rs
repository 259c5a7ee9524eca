//! Requests byte by byte: a client library would refuse or mend what is sent here.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Whatever is asked, an answer that takes longer counts as none.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server that refuses a head before it has read all of it closes on bytes that are still coming, and TCP
/// may then throw its answer away. Who is that unlucky asks again.
const TRIES: usize = 5;

/// A request as it goes over the wire.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query, encoded or deliberately not.
    pub(super) target: Vec<u8>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: &str, target: impl Into<Vec<u8>>) -> Self {
        Self { method: method.to_owned(), target: target.into(), ..Self::default() }
    }

    /// The same with one more header.
    pub(super) fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let mut bytes = format!("{} ", self.method).into_bytes();
        bytes.extend(&self.target);
        bytes.extend(b" HTTP/1.1\r\nconnection: close\r\n");
        if !self.has("host") {
            bytes.extend(format!("host: {address}\r\n").into_bytes());
        }
        if !self.has("accept") {
            bytes.extend(b"accept: text/html\r\n");
        }
        if self.method != "GET" {
            bytes.extend(format!("content-length: {}\r\n", self.body.len()).into_bytes());
        }
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: ").into_bytes());
            bytes.extend(value);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }

    /// Sends it on a connection of its own.
    pub(super) async fn send(&self, address: SocketAddr) -> Answer {
        let bytes = self.bytes(address);
        for _ in 0..TRIES {
            let begun = Instant::now();
            let answer = tokio::time::timeout(PATIENCE, exchange(address, &bytes)).await;
            match answer.unwrap_or_else(|_| panic!("no end of the answer to {}", text(&bytes))) {
                Ok(answer) => {
                    return Answer::read(&answer, begun.elapsed())
                        .unwrap_or_else(|| panic!("{} answers {}", text(&answer), text(&bytes)));
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{}", text(&bytes)),
            }
        }
        panic!("{TRIES} times no answer to {}", text(&bytes))
    }
}

/// All that comes back.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(address).await?;
    // The server may answer and close before everything was sent.
    let _ = connection.write_all(bytes).await;
    let mut answer = Vec::new();
    match connection.read_to_end(&mut answer).await {
        // What came before the connection broke is looked at all the same.
        Err(error) if Answer::read(&answer, Duration::ZERO).is_none() => Err(error),
        _ => Ok(answer),
    }
}

fn text(bytes: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(bytes))
}

/// An answer, without an opinion about it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case, in their order.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) took: Duration,
}

impl Answer {
    fn read(bytes: &[u8], took: Duration) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        // A line that is no header would be one that was broken in two.
        let headers = lines.map(header).collect::<Option<Vec<_>>>()?;
        let body = bytes.get(end + 4..)?;
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { joined(body)? } else { body.to_vec() };
        Some(Self { status, headers, body, took })
    }

    /// The only value of a header; empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map_or("", |(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands there twice: {:?}", self.headers);
        value
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The body of a chunked answer.
fn joined(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(bytes.get(..end)?).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend(bytes.get(end + 2..end + 2 + size)?);
        bytes = bytes.get(end + 4 + size..)?;
    }
}
