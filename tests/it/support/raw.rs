//! Connections that send what no client library would.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::binary::Server;

/// A connection; nothing on it waits for more than ten seconds.
pub(crate) struct Raw(pub(crate) TcpStream);

pub(crate) fn address(server: &Server) -> SocketAddr {
    server.url.rsplit_once('/').unwrap().1.parse().unwrap()
}

impl Raw {
    pub(crate) async fn open(server: &Server) -> Self {
        Self(TcpStream::connect(address(server)).await.unwrap())
    }

    /// A connection from another address of this machine, such as `127.0.0.2`.
    pub(crate) async fn open_from(source: &str, server: &Server) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
        Self(socket.connect(address(server)).await.unwrap())
    }

    /// Sends bytes; whether the other side still takes them.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> bool {
        timeout(Duration::from_secs(10), self.0.write_all(bytes)).await.is_ok_and(|sent| sent.is_ok())
    }

    /// Everything until the connection ends. `None` if it does not within `limit`.
    pub(crate) async fn until_end(&mut self, limit: Duration) -> Option<String> {
        let mut answer = Vec::new();
        // A reset ends it too.
        let _ = timeout(limit, self.0.read_to_end(&mut answer)).await.ok()?;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    /// One answer's head and at least `bytes` of its body.
    pub(crate) async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        let begun = Instant::now();
        loop {
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("content-length")
                        .then(|| value.trim().parse::<usize>().unwrap())
                });
                if length.is_some_and(|length| body.len() >= length) {
                    return text.into_owned();
                }
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "half an answer: {text}");
            let read = timeout(Duration::from_secs(10), self.0.read_buf(&mut answer)).await;
            if !matches!(read, Ok(Ok(1..))) {
                return String::from_utf8_lossy(&answer).into_owned();
            }
        }
    }
}

/// Sends one request and reads to the end of the connection.
pub(crate) async fn exchange(server: &Server, request: impl AsRef<[u8]>) -> String {
    let mut raw = Raw::open(server).await;
    raw.send(request.as_ref()).await;
    raw.until_end(Duration::from_secs(10)).await.unwrap_or_else(|| "the connection stayed open".into())
}

/// The value of a metric without labels.
pub(crate) async fn metric(server: &Server, name: &str) -> f64 {
    let text = server.get("/metrics").await.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
}
