//! A digest of what was evaluated, before any of it was laid out.
//!
//! The content is written as JSON straight into SHA-256. Fields follow each other as they are
//! declared, floats are in their shortest exact digits, and nothing in a document is an unordered map:
//! the same content gives the same digest in any process. What a document says of its origin is no
//! part of it, nor are the causes and ids of failures, which are new each time.

use std::io::{self, BufWriter, Write};

use sha2::{Digest, Sha256};

use crate::render::document::Document;

/// The SHA-256 of the content in 64 hexadecimal digits.
pub(super) fn of(document: &Document) -> String {
    let mut writer = BufWriter::new(Hashed(Sha256::new()));
    // Hashing cannot fail, and everything in a document can be written; should that ever change, a
    // digest that says so agrees with no other.
    if let Err(problem) = serde_json::to_writer(&mut writer, document) {
        let _ = write!(writer, "\u{0}{problem}");
    }
    let digest = writer.into_inner().map(|Hashed(digest)| digest).unwrap_or_default();
    format!("{:x}", digest.finalize())
}

struct Hashed(Sha256);

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::format::Locale;
    use crate::render::document::{Conformance, Content, Failure, Logo};
    use crate::render::sheet::sample;
    use crate::table::Value;

    fn document() -> Document {
        sample::report(Locale::Ko, (595.28, 841.89), 4, 40)
    }

    #[test]
    fn the_digest_is_the_same_in_every_process() {
        let digest = of(&document());
        assert_eq!(digest, of(&document()));
        // Another value here means that files of earlier versions no longer compare by their digest:
        // that is right when the content of documents has changed, and needs a new program version.
        insta::assert_snapshot!(digest);
    }

    #[test]
    fn whatever_a_reader_sees_changes_it() {
        type Change = fn(&mut Document);
        let changes: [(&str, Change); 16] = [
            ("title", |document| document.title.push('!')),
            ("subtitle", |document| document.subtitle.push('!')),
            ("locale", |document| document.locale = Locale::ZhHk),
            ("header", |document| document.header = "!".into()),
            ("footer", |document| document.footer = "!".into()),
            ("approval", |document| document.approval.stages.reverse()),
            ("logo", |document| document.logo = Some(logo(b"<svg/>", ""))),
            ("logo's picture", |document| document.logo = Some(logo(b"<svg />", ""))),
            ("logo's words", |document| document.logo = Some(logo(b"<svg/>", "Acme"))),
            ("owner", |document| document.owner.push('!')),
            ("instant", |document| document.evaluated_at += chrono::TimeDelta::seconds(1)),
            ("standard", |document| document.conformance = Conformance { archive: true, accessible: false }),
            ("size", |document| document.pages[0].size.0 += 0.01),
            ("order", |document| document.pages[0].rows.reverse()),
            ("key number", |document| {
                let kpi = blocks(document).find_map(|content| match content {
                    Content::Kpi(kpi) => Some(kpi),
                    _ => None,
                });
                kpi.unwrap().previous = Some(Value::Int(1));
            }),
            ("cell", |document| {
                let cells = blocks(document).find_map(|content| match content {
                    Content::Table(grid) => grid.columns.last_mut().map(|column| &mut column.cells),
                    _ => None,
                });
                *cells.unwrap().last_mut().unwrap() = Value::Float(1.000_000_000_000_000_2);
            }),
        ];
        let mut digests = BTreeSet::from([of(&document())]);
        for (name, change) in changes {
            let mut changed = document();
            change(&mut changed);
            assert!(digests.insert(of(&changed)), "{name} is no part of the digest");
        }
    }

    #[test]
    fn numbers_that_are_none_and_exact_ones_are_told_apart() {
        let digest = |value: Value| {
            let mut document = document();
            let cells = blocks(&mut document).find_map(|content| match content {
                Content::Table(grid) => grid.columns.last_mut().map(|column| &mut column.cells),
                _ => None,
            });
            *cells.unwrap().last_mut().unwrap() = value;
            of(&document)
        };
        let values = [
            Value::Null,
            Value::Float(f64::NAN),
            Value::Float(0.1),
            Value::Float(0.100_000_000_000_000_02),
            Value::Int(i64::MIN),
            Value::Decimal { unscaled: i128::MIN, scale: 2 },
            Value::Decimal { unscaled: i128::MAX, scale: 2 },
            Value::Text("0.1".into()),
        ];
        let digests: BTreeSet<String> = values.into_iter().map(digest).collect();
        assert_eq!(digests.len(), 8);
    }

    #[test]
    fn where_it_comes_from_and_how_a_failure_is_filed_do_not_change_it() {
        let failed = |cause: &str, id: &str| {
            let mut document = document();
            document.pages[0].rows[0][0].content = Err(Failure {
                message: "the source does not answer".into(),
                cause: cause.into(),
                error_id: id.into(),
                closed: false,
            });
            of(&document)
        };
        assert_eq!(failed("time-out after 30 s", "e1"), failed("time-out after 31 s", "e2"));
        assert_ne!(failed("a", "e1"), of(&document()));
        let mut other = document().sealed(super::super::Provenance::default());
        assert_eq!(other.provenance.digest, of(&document()));
        other.made_by_run("0193".into());
        assert_eq!(of(&other), of(&document()));
    }

    fn logo(file: &[u8], alt: &str) -> Logo {
        Logo { file: file.into(), alt: alt.to_owned() }
    }

    fn blocks(document: &mut Document) -> impl Iterator<Item = &mut Content> {
        let blocks = document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten());
        blocks.filter_map(|block| block.content.as_mut().ok())
    }
}
