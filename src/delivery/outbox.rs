//! Mail as `.eml` files in a folder: what happens without a mail server.

use std::path::{Path, PathBuf};

use super::folder::write_durably;
use super::mailer::Reply;
use super::{EmailAddress, Message, Outcome, Recipient};

/// A folder that mail is written into.
#[derive(Debug, Clone)]
pub struct Outbox {
    folder: PathBuf,
    from: Recipient,
}

impl Outbox {
    /// Writes mail into `folder`, which is made when the first one comes.
    pub fn new(folder: PathBuf, from: Recipient) -> Self {
        Self { folder, from }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn from(&self) -> &Recipient {
        &self.from
    }

    /// One file per message, whoever it is for: sending the same message again writes the same file.
    pub(super) async fn send(&self, message: &Message, recipients: &[EmailAddress]) -> Reply {
        let stem: String = message
            .id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .take(120)
            .collect();
        let path = self.folder.join(format!("{stem}.eml"));
        let bytes = message.bytes.clone();
        let target = path.clone();
        let written = tokio::task::spawn_blocking(move || {
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            write_durably(&target, &bytes)
        })
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)));
        let outcome = match written {
            Ok(()) => Outcome::Accepted(format!("written to {stem}.eml in the outbox")),
            Err(error) => Outcome::RefusedForNow(format!(
                "the outbox file {} cannot be written: {error}; free disk space or make the folder writable",
                path.display()
            )),
        };
        Reply::same(&outcome, recipients.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            id: "<018f-a@corp.example>".into(),
            sender: EmailAddress::parse("reports@corp.example").unwrap(),
            bytes: b"Subject: x\r\n\r\ny\r\n".to_vec(),
        }
    }

    #[tokio::test]
    async fn the_same_message_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(folder.path().join("outbox"), "reports@corp.example".parse().unwrap());
        let kim = [EmailAddress::parse("kim@example.com").unwrap()];
        for _ in 0..2 {
            assert!(matches!(outbox.send(&message(), &kim).await.outcomes[..], [Outcome::Accepted(_)]));
        }
        let files: Vec<_> =
            std::fs::read_dir(outbox.folder()).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(files, ["018f-acorpexample.eml"]);
    }

    #[tokio::test]
    async fn an_unwritable_outbox_says_which_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("outbox"), "a file, not a folder").unwrap();
        let outbox = Outbox::new(folder.path().join("outbox"), "reports@corp.example".parse().unwrap());
        let reply = outbox.send(&message(), &[EmailAddress::parse("kim@example.com").unwrap()]).await;
        let [Outcome::RefusedForNow(why)] = &reply.outcomes[..] else { panic!("{reply:?}") };
        assert!(why.contains("018f-acorpexample.eml"), "{why}");
    }
}
