//! The one door through which mail leaves.

use super::{EmailAddress, MemoryMailbox, Message, Outbox, Recipient, Smtp, Turn};

/// Where mail goes. Chosen once, at start-up.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder, as `.eml` files: the default without a mail server.
    Outbox(Outbox),
    /// Into memory, for tests.
    Memory(MemoryMailbox),
}

/// What became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took responsibility for it; its words.
    Accepted(String),
    /// Refused for now (SMTP 4xx, no connection): trying again may help.
    RefusedForNow(String),
    /// Refused for good (SMTP 5xx, bad credentials): trying again cannot help.
    Refused(String),
    /// The connection was lost after the message was handed over and before the answer: it may
    /// have arrived, so it must not be sent again by itself.
    InDoubt(String),
}

/// The outcome for each recipient, in the order they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// One outcome per recipient.
    pub outcomes: Vec<Outcome>,
}

impl Reply {
    /// The same outcome for everybody.
    pub(super) fn same(outcome: &Outcome, recipients: usize) -> Self {
        Self { outcomes: vec![outcome.clone(); recipients] }
    }
}

impl Mailer {
    /// Waits until a message for so many recipients may go, which is as fast as the mail server allows.
    pub async fn turn(&self, recipients: usize) -> Turn<'_> {
        match self {
            Self::Smtp(smtp) => smtp.turn(recipients).await,
            Self::Outbox(_) | Self::Memory(_) => Turn::FREE,
        }
    }

    /// Hands `message` over for `recipients` when it is their turn, once, and tells what became of it for each.
    pub async fn send(&self, message: &Message, recipients: &[EmailAddress]) -> Reply {
        let turn = self.turn(recipients.len()).await;
        self.send_now(&turn, message, recipients).await
    }

    /// The same in a turn that was taken before, by those who have something to do in it first.
    pub async fn send_now(&self, _: &Turn<'_>, message: &Message, recipients: &[EmailAddress]) -> Reply {
        match self {
            Self::Smtp(smtp) => smtp.send(message, recipients).await,
            Self::Outbox(outbox) => outbox.send(message, recipients).await,
            Self::Memory(mailbox) => mailbox.send(message, recipients),
        }
    }

    /// The address mail comes from.
    pub fn from(&self) -> &Recipient {
        match self {
            Self::Smtp(smtp) => smtp.from(),
            Self::Outbox(outbox) => outbox.from(),
            Self::Memory(mailbox) => mailbox.from(),
        }
    }
}
