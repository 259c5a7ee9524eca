//! A mailbox in memory whose answers can be scripted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::mailer::Reply;
use super::{EmailAddress, Message, Outcome, Recipient};

/// A mailbox in memory. Cheap to clone; all clones see the same mail.
#[derive(Debug, Clone)]
pub struct MemoryMailbox {
    from: Recipient,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    accepted: Vec<(Message, Vec<EmailAddress>)>,
    calls: usize,
    script: VecDeque<Outcome>,
}

impl MemoryMailbox {
    /// An empty mailbox that accepts everything.
    pub fn new(from: Recipient) -> Self {
        Self { from, inner: Arc::default() }
    }

    /// The next calls are answered with these, one outcome per recipient in turn; when they are used
    /// up everything is accepted again.
    #[must_use]
    pub fn answering(self, script: impl IntoIterator<Item = Outcome>) -> Self {
        self.lock().script.extend(script);
        self
    }

    /// The messages that somebody got, with those who did.
    pub fn messages(&self) -> Vec<(Message, Vec<EmailAddress>)> {
        self.lock().accepted.clone()
    }

    /// How often something was handed over.
    pub fn calls(&self) -> usize {
        self.lock().calls
    }

    pub(super) fn from(&self) -> &Recipient {
        &self.from
    }

    pub(super) fn send(&self, message: &Message, recipients: &[EmailAddress]) -> Reply {
        let mut inner = self.lock();
        inner.calls += 1;
        let outcomes: Vec<Outcome> = recipients
            .iter()
            .map(|_| inner.script.pop_front().unwrap_or_else(|| Outcome::Accepted("kept in memory".into())))
            .collect();
        let got: Vec<EmailAddress> = recipients
            .iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| matches!(outcome, Outcome::Accepted(_)))
            .map(|(recipient, _)| recipient.clone())
            .collect();
        if !got.is_empty() {
            inner.accepted.push((message.clone(), got));
        }
        Reply { outcomes }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        // A test that panicked elsewhere must not hide what was sent.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
