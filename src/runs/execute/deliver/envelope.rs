//! Who is in which mail.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::super::part::Part;
use super::super::{StageFailure, Ticket};
use crate::definitions::model::{EmailDelivery, Mails};
use crate::delivery::{AddressError, EmailAddress, Recipient};
use crate::error::Kind;
use crate::runs::store::Stage;

/// Everybody who gets mail.
#[derive(Debug, Clone, Default)]
pub(in crate::runs::execute) struct People {
    pub(in crate::runs::execute) to: Vec<Recipient>,
    pub(in crate::runs::execute) cc: Vec<Recipient>,
    pub(in crate::runs::execute) bcc: Vec<Recipient>,
}

/// One mail, as far as its addresses go.
#[derive(Debug, Clone)]
pub(in crate::runs::execute) struct Envelope {
    /// What its Message-ID is made of: the same for every attempt.
    pub(super) id: String,
    pub(super) people: People,
    pub(super) reply_to: Option<Recipient>,
}

impl People {
    /// Those whom the file names.
    pub(in crate::runs::execute) fn of(email: &EmailDelivery) -> Result<Self, StageFailure> {
        Ok(Self {
            to: recipients(email.to.as_slice())?,
            cc: recipients(email.cc.as_slice())?,
            bcc: recipients(email.bcc.as_slice())?,
        })
    }

    /// All of them, each mailbox once.
    pub(super) fn everybody(&self) -> Vec<&Recipient> {
        let mut all: Vec<&Recipient> = Vec::new();
        for recipient in self.to.iter().chain(&self.cc).chain(&self.bcc) {
            if !all.iter().any(|known| known.address.same_mailbox(&recipient.address)) {
                all.push(recipient);
            }
        }
        all
    }

    /// The same without those whose addresses, in lower case, are among `left`; and how many these are.
    pub(super) fn without(mut self, left: &HashSet<String>) -> (Self, usize) {
        let before = self.everybody().len();
        for list in [&mut self.to, &mut self.cc, &mut self.bcc] {
            list.retain(|one| !left.contains(&one.address.as_str().to_lowercase()));
        }
        let gone = before - self.everybody().len();
        (self, gone)
    }

    /// The address behind the recipient of a delivery.
    pub(super) fn address(&self, recipient: &str) -> Option<&EmailAddress> {
        let mut all = self.to.iter().chain(&self.cc).chain(&self.bcc).map(|known| &known.address);
        all.find(|address| address.as_str() == recipient)
    }
}

/// The mails that `people` get of a copy.
pub(super) fn envelopes(
    ticket: &Ticket,
    part: &Part,
    email: &EmailDelivery,
    people: People,
) -> Result<Vec<Envelope>, StageFailure> {
    let reply_to = recipients(email.reply_to.as_slice())?.pop();
    let is_burst = ticket.schedule.burst.is_some();
    let usual = if is_burst { Mails::PerRecipient } else { Mails::Grouped };
    if email.mails.unwrap_or(usual) == Mails::Grouped {
        let id = if is_burst { id_of(ticket, part, "") } else { ticket.first.to_string() };
        return Ok(vec![Envelope { id, people, reply_to }]);
    }
    let alone = |to: &Recipient, more: People| Envelope {
        id: id_of(ticket, part, to.address.as_str()),
        people: People { to: vec![to.clone()], ..more },
        reply_to: reply_to.clone(),
    };
    if !is_burst {
        let all = people.everybody();
        return Ok(all.into_iter().map(|to| alone(to, People::default())).collect());
    }
    // Copies of a copy go once, with the first.
    let is_copy = |one: &Recipient| !people.to.iter().any(|to| to.address.same_mailbox(&one.address));
    let cc = people.cc.iter().filter(|one| is_copy(one)).cloned().collect();
    let bcc = people.bcc.iter().filter(|one| is_copy(one)).cloned().collect();
    let mut copies = Some(People { to: Vec::new(), cc, bcc });
    Ok(people.to.iter().map(|to| alone(to, copies.take().unwrap_or_default())).collect())
}

/// The same for every attempt, and another for every recipient and copy.
fn id_of(ticket: &Ticket, part: &Part, to: &str) -> String {
    let key = format!("{}\n{}\n{:?}", to.to_lowercase(), part.about, part.locale);
    let digest = format!("{:x}", Sha256::digest(key));
    format!("{}.{}", ticket.first, &digest[..16])
}

fn recipients(texts: &[String]) -> Result<Vec<Recipient>, StageFailure> {
    let malformed =
        |error: AddressError| StageFailure::new(Stage::Deliver, Kind::BadDefinition, error.to_string());
    texts.iter().map(|text| text.parse().map_err(malformed)).collect()
}
