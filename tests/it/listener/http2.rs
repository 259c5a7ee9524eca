//! HTTP/2, frame by frame (RFC 9113).

use std::time::{Duration, Instant};

use super::started;
use crate::support::raw::{Raw, metric};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A literal header without an index or Huffman's code (RFC 7541, section 6.2.2).
fn header(name: &str, value: &str) -> Vec<u8> {
    let mut field = vec![0];
    for text in [name, value] {
        assert!(text.len() < 127);
        field.push(text.len() as u8);
        field.extend(text.as_bytes());
    }
    field
}

fn request(path: &str) -> Vec<u8> {
    let fields = [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "localhost")];
    fields.iter().flat_map(|(name, value)| header(name, value)).collect()
}

/// The kinds and flags of the frames in `bytes`, with their lengths.
fn frames(bytes: &[u8]) -> Vec<(u8, usize)> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(([a, b, c, kind, ..], _)) = rest.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        found.push((*kind, length));
        rest = rest.get(9 + length..).unwrap_or_default();
    }
    found
}

async fn open(server: &crate::support::binary::Server, settings: &[u8]) -> Raw {
    let mut raw = Raw::open(server).await;
    raw.send(&[PREFACE, &frame(SETTINGS, 0, 0, settings)].concat()).await;
    raw
}

async fn read_for(raw: &mut Raw, limit: Duration) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(limit, tokio::io::AsyncReadExt::read_to_end(&mut raw.0, &mut bytes)).await;
    bytes
}

#[tokio::test]
async fn answers_that_a_client_never_has_room_for_end_its_connection() {
    let (_state, server) = started(&[("JANGPYO_SEND_TIMEOUT_SECS", "1")]);
    // The initial window of every stream is 0.
    let mut raw = open(&server, &[0, 4, 0, 0, 0, 0]).await;
    for stream in (1..40).step_by(2) {
        let flags = END_STREAM | END_HEADERS;
        raw.send(&frame(HEADERS, flags, stream, &request("/static/NotoSansHK-Regular.ttf"))).await;
    }
    let begun = Instant::now();
    let bytes = read_for(&mut raw, Duration::from_secs(8)).await;
    assert!(begun.elapsed() < Duration::from_secs(6), "the connection is still open");
    let got = frames(&bytes);
    assert!(got.iter().filter(|(kind, _)| *kind == HEADERS).count() >= 20, "they were answered: {got:?}");
    assert!(got.iter().all(|(kind, length)| *kind != DATA || *length == 0), "{got:?}");
}

#[tokio::test]
async fn a_whole_answer_comes_through_portions() {
    let (_state, server) = started(&[]);
    let whole = server.get("/static/app.css").await.body.len();
    // A window that holds everything, for the stream and for the connection.
    let mut raw = open(&server, &[0, 4, 0x7f, 0, 0, 0]).await;
    raw.send(&frame(8, 0, 0, &0x7000_0000_u32.to_be_bytes())).await;
    raw.send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &request("/static/app.css"))).await;
    let got = frames(&read_for(&mut raw, Duration::from_secs(2)).await);
    let data: usize = got.iter().filter(|(kind, _)| *kind == DATA).map(|(_, length)| length).sum();
    assert_eq!(data, whole, "{got:?}");
}

#[tokio::test]
async fn streams_that_are_opened_and_taken_back_end_the_connection() {
    let (_state, server) = started(&[]);
    let mut raw = open(&server, &[]).await;
    let mut flood = Vec::new();
    for stream in (1..20_000).step_by(2) {
        flood.extend(frame(HEADERS, END_STREAM | END_HEADERS, stream, &request("/reports/weekly-sales")));
        flood.extend(frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
    }
    raw.send(&flood).await;
    let got = frames(&read_for(&mut raw, Duration::from_secs(8)).await);
    let begun = Instant::now();
    while metric(&server, "jangpyo_connections_open").await > 1.5 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the connection is still open: {got:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.get("/healthz").await.status, 200);
    let asked = server.get("/metrics").await.text();
    let line =
        asked.lines().find(|line| line.contains("requests_total") && line.contains("/reports/{report}\""));
    let asked: f64 = line.map_or(0.0, |line| line.rsplit_once(' ').unwrap().1.parse().unwrap());
    assert!(asked < 1_000.0, "{asked} of the flood were answered");
}

#[tokio::test]
async fn a_head_in_endless_pieces_and_one_that_unpacks_to_too_much_are_refused() {
    let (_state, server) = started(&[("JANGPYO_HEADER_TIMEOUT_SECS", "2")]);
    let mut endless = open(&server, &[]).await;
    endless.send(&frame(HEADERS, END_STREAM, 1, &request("/"))).await;
    let piece = frame(CONTINUATION, 0, 1, &header("x-padding", &"y".repeat(100)));
    let begun = Instant::now();
    while endless.send(&piece.repeat(50)).await && begun.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(9), "pieces were taken for {:?}", begun.elapsed());
    // One entry of the table, named five thousand times.
    let mut bomb = open(&server, &[]).await;
    let mut block = request("/");
    let mut entry = header("x-bomb", &"y".repeat(100));
    entry[0] = 0x40;
    block.extend(entry);
    block.extend(std::iter::repeat_n(0xbe_u8, 5_000));
    bomb.send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block)).await;
    let got = read_for(&mut bomb, Duration::from_secs(4)).await;
    let kinds = frames(&got);
    let refused = kinds.iter().any(|(kind, _)| matches!(*kind, RST_STREAM | GO_AWAY))
        || kinds.iter().any(|(kind, length)| *kind == HEADERS && *length < 200);
    assert!(refused && !String::from_utf8_lossy(&got).contains("<html"), "{kinds:?}");
    assert_eq!(server.get("/healthz").await.status, 200);
}
