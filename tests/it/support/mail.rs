//! A real mail server, and mail as a reader independent of ours sees it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::python;
use super::served::Served;

/// aiosmtpd in a process of its own; ends when dropped.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    /// The authority of its certificate, where it speaks TLS.
    pub(crate) ca_file: Option<PathBuf>,
    served: Served,
}

impl MailServer {
    /// Starts `smtp_server.py` with `options`.
    pub(crate) fn start(options: &[&str]) -> Self {
        let served = Served::start("smtp_server.py", options);
        Self {
            port: served.port().try_into().unwrap(),
            ca_file: served.ready["ca_file"].as_str().map(PathBuf::from),
            served,
        }
    }

    /// The mails it accepted, as Python's email package reads them.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let numbers = 1..;
        let paths = numbers.map(|number| self.served.path(&format!("{number}.json")));
        paths
            .take_while(|path| path.exists())
            .map(|path| Mail(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(), None))
            .collect()
    }

    /// The bytes of a mail, counted from 1.
    pub(crate) fn raw(&self, number: usize) -> Vec<u8> {
        std::fs::read(self.served.path(&format!("{number}.eml"))).unwrap()
    }

    /// What happened, in order.
    pub(crate) fn events(&self) -> Vec<String> {
        let events = self.served.lines("events.jsonl");
        events.iter().filter_map(|line| line["event"].as_str().map(str::to_owned)).collect()
    }

    /// How often something happened.
    pub(crate) fn count(&self, event: &str) -> usize {
        self.events().iter().filter(|name| *name == event).count()
    }
}

/// One mail as a mail program reads it, with the folder of its files where it has one of its own.
#[derive(Debug)]
pub(crate) struct Mail(
    Value,
    #[expect(dead_code, reason = "keeps the files of its parts")] Option<tempfile::TempDir>,
);

impl Mail {
    /// Reads a file with Python's email package.
    pub(crate) fn read(path: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let read = Command::new(python::interpreter())
            .arg(python::script("mail_reader.py"))
            .args([path, folder.path()])
            .output()
            .unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        Self(serde_json::from_slice(&read.stdout).unwrap(), Some(folder))
    }

    pub(crate) fn text_of(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    pub(crate) fn is_protected(&self) -> bool {
        self.0["protected"].as_bool().unwrap()
    }

    pub(crate) fn recipients(&self) -> Vec<&str> {
        self.0["recipients"].as_array().unwrap().iter().map(|address| address.as_str().unwrap()).collect()
    }

    /// Every value of a header.
    pub(crate) fn header(&self, wanted: &str) -> Vec<&str> {
        let headers = self.0["headers"].as_array().unwrap().iter();
        let pairs = headers.map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()));
        pairs.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value).collect()
    }

    /// What the reader found malformed.
    pub(crate) fn defects(&self) -> usize {
        self.0["defects"].as_array().unwrap().len()
    }

    pub(crate) fn inline(&self) -> Vec<Part> {
        parts(&self.0["inline"])
    }

    pub(crate) fn attachments(&self) -> Vec<Part> {
        parts(&self.0["attachments"])
    }
}

/// A picture or an attachment.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Part {
    pub(crate) name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) media_type: String,
    pub(crate) cid: String,
    file: PathBuf,
}

impl Part {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.file).unwrap()
    }
}

fn parts(list: &Value) -> Vec<Part> {
    serde_json::from_value(list.clone()).unwrap()
}
