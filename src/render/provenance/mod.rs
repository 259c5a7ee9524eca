//! What ties a sheet to its origin: who made what from which definitions and data, and when.
//!
//! A document carries its [`Provenance`]; the line at its foot and the metadata of every file are
//! written from it. The machine-readable form is JSON in ASCII with a version, so that a file can be
//! asked years later.

mod digest;
mod marks;
mod words;

pub use marks::{Marks, Restated};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::document::Document;
use crate::format::Locale;

/// The version of the machine-readable form that is written.
const FORM: u32 = 1;
/// How many characters of a version a person reads.
const SHORT: usize = 8;
/// How many hexadecimal digits of the digest a person reads.
const SHORT_DIGEST: usize = 12;
/// How many datasets have their version in the line for people; the metadata have all.
const DATASETS_IN_LINE: usize = 3;

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// The version of this program that made it. Digests and bytes of other versions may differ.
    pub program: String,
    /// The id of the report.
    pub report: String,
    /// The parameters as they stand in an address; those left out took their default.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The language.
    pub locale: Locale,
    /// The zone days are counted in.
    pub time_zone: Tz,
    /// The definitions it was made from.
    pub definition: DefinitionVersion,
    /// The version of the data of every dataset in it, by the dataset's id.
    pub data: BTreeMap<String, String>,
    /// The instant it was evaluated at.
    pub evaluated_at: DateTime<Utc>,
    /// Whom it was evaluated for: a person's name, or `schedule:REPORT/SCHEDULE`.
    pub viewer: String,
    /// The run that made it; none for what somebody looked at or rendered by hand.
    pub run: Option<String>,
    /// The address of the server that the links in the file lead to; the same content may be rendered by
    /// another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// What was missing when it was sent, in the reader's language; it stands on the first sheet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// That it was made again for an instant long past; it stands on the first sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restated: Option<Restated>,
    /// The SHA-256 of the evaluated content in 64 hexadecimal digits.
    pub digest: String,
}

/// A version of the definitions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DefinitionVersion {
    /// The commit that was checked out. Files may have been changed since; their content decides.
    pub commit: Option<String>,
    /// A digest of the text of all definitions that were in use.
    pub content: String,
}

impl DefinitionVersion {
    /// What people call it: the commit, where there is one.
    pub fn name(&self) -> &str {
        self.commit.as_deref().unwrap_or(&self.content)
    }
}

/// Why a machine-readable proof cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProvenanceError {
    /// It is not what this program writes.
    #[error("the proof in the file is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// A later version of this program wrote it.
    #[error(
        "the proof in the file has form {found}, and this program knows forms up to {FORM}; use a later one"
    )]
    Later {
        /// The form of the proof.
        found: u32,
    },
}

/// The machine-readable form.
#[derive(Serialize, Deserialize)]
struct Form<P> {
    version: u32,
    #[serde(flatten)]
    provenance: P,
}

#[derive(Deserialize)]
struct FormVersion {
    version: u32,
}

impl Provenance {
    /// The line for people: versions in short, the digest in its first twelve digits.
    pub fn line(&self, locale: Locale) -> String {
        let words = words::of(locale);
        let short = |text: &str, length| text.chars().take(length).collect::<String>();
        let mut parts = vec![format!("{} {}", words.definition, short(self.definition.name(), SHORT))];
        if !self.data.is_empty() {
            let mut versions: Vec<String> =
                self.data.values().take(DATASETS_IN_LINE).map(|version| short(version, SHORT)).collect();
            let more = self.data.len().saturating_sub(DATASETS_IN_LINE);
            versions.extend((more > 0).then(|| format!("+{more}")));
            parts.push(format!("{} {}", words.data, versions.join(" ")));
        }
        parts.push(self.evaluated_at.with_timezone(&self.time_zone).format("%Y-%m-%d %H:%M %Z").to_string());
        parts.push(format!("{} {}", words.digest, short(&self.digest, SHORT_DIGEST)));
        // The last digits of a run's id: the first are its time, which neighbours share.
        parts.extend(self.run.as_ref().map(|run| {
            let skipped = run.chars().count().saturating_sub(SHORT);
            format!("{} {}", words.run, run.chars().skip(skipped).collect::<String>())
        }));
        parts.extend(self.restated.map(|restated| format!("{} {}", words.restated, restated.on)));
        parts.push(match self.viewer.strip_prefix("schedule:").and_then(|name| name.split_once('/')) {
            Some((_, schedule)) => format!("{} {schedule}", words.schedule),
            None => format!("{} {}", words.viewer, self.viewer),
        });
        parts.join(" · ")
    }

    /// The machine-readable form: one line of JSON in printable ASCII.
    pub fn to_json(&self) -> String {
        use std::fmt::Write;

        let text = serde_json::to_string(&Form { version: FORM, provenance: self }).unwrap_or_default();
        let mut ascii = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_ascii() && !c.is_ascii_control() {
                ascii.push(c);
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(ascii, "\\u{unit:04x}");
                }
            }
        }
        ascii
    }

    /// Reads the machine-readable form at the beginning of `text`; what follows it is left alone.
    ///
    /// # Errors
    /// Those of [`ProvenanceError`].
    pub fn from_json(text: &str) -> Result<Self, ProvenanceError> {
        fn first<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
            T::deserialize(&mut serde_json::Deserializer::from_str(text))
        }
        let FormVersion { version } = first(text)?;
        if version > FORM {
            return Err(ProvenanceError::Later { found: version });
        }
        Ok(first::<Form<Self>>(text)?.provenance)
    }

    /// The same in name and short value, for the properties of a workbook.
    pub fn properties(&self) -> Vec<(String, String)> {
        let mut properties = vec![
            ("jangpyo report".to_owned(), self.report.clone()),
            ("jangpyo definition".to_owned(), self.definition.name().to_owned()),
            ("jangpyo definition content".to_owned(), self.definition.content.clone()),
        ];
        properties.extend(
            self.data.iter().map(|(dataset, version)| (format!("jangpyo data {dataset}"), version.clone())),
        );
        properties.extend([
            ("jangpyo evaluated at".to_owned(), self.evaluated_at.to_rfc3339()),
            ("jangpyo viewer".to_owned(), self.viewer.clone()),
        ]);
        properties.extend(self.run.iter().map(|run| ("jangpyo run".to_owned(), run.clone())));
        properties.extend(
            self.restated.map(|restated| ("jangpyo restated on".to_owned(), restated.on.to_string())),
        );
        properties.push(("jangpyo digest".to_owned(), self.digest.clone()));
        properties
    }
}

impl Document {
    /// The document with its origin and the digest of its content. Nothing but
    /// [`Self::made_by_run`] may change it afterwards.
    #[must_use]
    pub fn sealed(mut self, provenance: Provenance) -> Self {
        let digest = digest::of(&self);
        self.carry(Provenance { digest, ..provenance });
        self
    }

    /// Names the run that makes it. The content and its digest stay the same.
    pub fn made_by_run(&mut self, run: String) {
        self.carry(Provenance { run: Some(run), ..self.provenance.clone() });
    }

    /// Lets it say `provenance` of itself, true or not: to compare it with a file that does.
    pub fn carry(&mut self, provenance: Provenance) {
        self.proof = provenance.line(self.locale);
        self.provenance = provenance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provenance() -> Provenance {
        Provenance {
            program: "0.1.0".into(),
            report: "weekly-sales".into(),
            parameters: BTreeMap::from([(
                "store".into(),
                vec!["강남 \"플래그십\" 😀".into(), "홍대".into()],
            )]),
            locale: Locale::Ko,
            time_zone: Tz::Asia__Seoul,
            definition: DefinitionVersion { commit: Some("ab12".repeat(10)), content: "9".repeat(64) },
            data: (1..=5).map(|n| (format!("d{n}"), format!("{n}").repeat(64))).collect(),
            evaluated_at: "2026-11-01T23:00:00Z".parse().unwrap(),
            viewer: "schedule:weekly-sales/monday".into(),
            run: Some("0199ffff-0000-7000-8000-0123456789ab".into()),
            base_url: Some("https://reports.example.com/bi".into()),
            missing: Vec::new(),
            restated: None,
            digest: "0f".repeat(32),
        }
    }

    #[test]
    fn the_line_is_short_and_in_the_readers_language() {
        assert_eq!(
            provenance().line(Locale::Ko),
            "정의 ab12ab12 · 데이터 11111111 22222222 33333333 +2 · 2026-11-02 08:00 KST · 확인번호 0f0f0f0f0f0f · \
             실행 456789ab · 예약 monday"
        );
        let by_hand = Provenance { run: None, data: BTreeMap::new(), viewer: "local".into(), ..provenance() };
        assert_eq!(
            by_hand.line(Locale::En),
            "definition ab12ab12 · 2026-11-02 08:00 KST · digest 0f0f0f0f0f0f · viewer local"
        );
        assert!(by_hand.line(Locale::ZhHk).starts_with("定義 ab12ab12"));
    }

    #[test]
    fn the_machine_readable_form_is_ascii_and_reads_back() {
        let json = provenance().to_json();
        assert!(json.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{json}");
        assert!(json.starts_with("{\"version\":1,"), "{json}");
        assert_eq!(Provenance::from_json(&json).unwrap(), provenance());
        assert_eq!(Provenance::from_json(&format!("{json}, more words")).unwrap(), provenance());
    }

    #[test]
    fn damaged_and_later_proofs_are_refused_in_words() {
        for text in ["", "{", "[]", "{\"version\":1}", "{\"version\":-1}", "null", "{\"version\":\"x\"}"] {
            let error = Provenance::from_json(text).unwrap_err();
            assert!(matches!(error, ProvenanceError::Damaged(_)), "{text}: {error}");
        }
        let later = Provenance::from_json("{\"version\":2,\"everything\":\"new\"}").unwrap_err();
        assert!(later.to_string().contains("form 2"), "{later}");
        let deep = "[".repeat(100_000);
        assert!(Provenance::from_json(&format!("{{\"version\":1,\"x\":{deep}")).is_err());
    }
}
