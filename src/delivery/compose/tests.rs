use bytes::Bytes;

use super::*;
use crate::delivery::{Attachment, InlineImage};

fn parcel() -> Parcel {
    Parcel {
        id: "018f-run".into(),
        date: "2026-01-05T08:00:00Z".parse().unwrap(),
        subject: "주간 매출 현황 · 1월 1주".into(),
        text: "매출 1억 원\n".into(),
        html: "<p>매출 <b>1억 원</b> <img src=\"cid:chart-1\"></p>".into(),
        language: "ko".into(),
        images: vec![InlineImage { cid: "chart-1".into(), png: Bytes::from_static(b"\x89PNG....") }],
        attachments: vec![Attachment {
            file_name: "주간 매출 현황 2026-01-05.pdf".into(),
            media_type: "application/pdf".into(),
            bytes: Bytes::from_static(b"%PDF-1.7"),
        }],
        to: vec!["김지우 <kim@example.com>".parse().unwrap()],
        cc: vec!["Lee <lee@example.com>".parse().unwrap()],
        bcc: vec!["hidden@example.com".parse().unwrap(), "KIM@example.com".parse().unwrap()],
        reply_to: None,
        unsubscribe: None,
    }
}

fn sender() -> Recipient {
    "장표 <reports@corp.example>".parse().unwrap()
}

fn text_of(parcel: &Parcel) -> String {
    String::from_utf8(compose(parcel, &sender(), None, 1 << 20).unwrap().bytes).unwrap()
}

#[test]
fn the_parts_nest_as_mail_programs_expect() {
    let text = text_of(&parcel());
    let order = [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "Content-ID: <chart-1>",
        "application/pdf",
    ];
    let mut from = 0;
    for part in order {
        let at =
            text[from..].find(part).unwrap_or_else(|| panic!("{part} is missing after {from} in\n{text}"));
        from += at;
    }
    assert!(text.contains("Message-ID: <018f-run@corp.example>\r\n"), "{text}");
    assert!(text.contains("Date: Mon, 05 Jan 2026 08:00:00 +0000\r\n"), "{text}");
    assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
}

#[test]
fn a_korean_file_name_is_written_in_both_ways() {
    let text = text_of(&parcel());
    assert!(text.contains("filename*0*=utf-8''%EC%A3%BC%EA%B0%84"), "{text}");
    assert!(text.contains("name=\"=?utf-8?Q?=EC=A3=BC=EA=B0=84=20"), "{text}");
    assert!(text.is_ascii(), "a message for any server is ASCII");
    assert!(text.split("\r\n").all(|line| line.len() <= 998));
}

#[test]
fn hidden_copies_are_recipients_but_stand_nowhere() {
    let parcel = parcel();
    let everybody: Vec<&str> = parcel.recipients().iter().map(|r| r.address.as_str()).collect();
    assert_eq!(everybody, ["kim@example.com", "lee@example.com", "hidden@example.com"]);
    assert!(!text_of(&parcel).contains("hidden"));
}

#[test]
fn nothing_from_outside_can_add_a_header() {
    let mut parcel = parcel();
    parcel.subject = "x\r\nBcc: eve@example.com\r\n\r\nbody".into();
    parcel.id = "a>\r\nX-Evil: 1".into();
    parcel.language = "ko\r\nX-Evil: 2".into();
    parcel.images[0].cid = "c>\r\nX-Evil: 3".into();
    parcel.attachments[0].file_name = "a\"\r\nX-Evil: 4.pdf".into();
    let text = text_of(&parcel);
    for line in text.split("\r\n") {
        assert!(!line.starts_with("X-Evil") && !line.starts_with("Bcc"), "{line}");
    }
    parcel.attachments[0].media_type = "application/pdf\r\nX-Evil: 5".into();
    assert!(matches!(compose(&parcel, &sender(), None, 1 << 20), Err(ComposeError::Malformed(_))));
}

#[test]
fn encoded_words_stay_short_and_never_split_a_character() {
    let words = encoded_words(&"가나다라마바사".repeat(10));
    for word in words.split("\r\n ") {
        assert!(word.len() <= 75, "{word}");
        let bytes = word.trim_start_matches("=?utf-8?Q?").trim_end_matches("?=").split('=').count() - 1;
        assert_eq!(bytes % 3, 0, "{word}");
    }
    assert_eq!(encoded_words("sales 2026.pdf"), "sales 2026.pdf");
}

#[test]
fn a_mail_over_the_limit_names_the_setting() {
    let error = compose(&parcel(), &sender(), None, 100).unwrap_err();
    assert!(error.to_string().contains("JANGPYO_MAX_MAIL_BYTES"), "{error}");
    assert_eq!(error.kind(), Kind::OverLimit);
}
