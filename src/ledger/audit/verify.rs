//! Whether the log is what was written.

use super::chain::{Link, NOTHING};
use super::{AuditAction, AuditLog, Head};
use crate::store::{Cells, StoreError};

/// What is wrong with the log; the first thing found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// An event is not what it was, or does not belong here.
    #[error("event {seq} was changed, or does not belong behind event {}", seq - 1)]
    Changed {
        /// Its number.
        seq: i64,
    },
    /// Events are missing in the middle or at the beginning.
    #[error("events {from} to {to} are missing")]
    Missing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// Events are missing at the end, or the head was changed.
    #[error("the log ends with event {last}, but its head is event {head}")]
    Cut {
        /// The last that is there.
        last: i64,
        /// What the head says.
        head: i64,
    },
    /// An event stands behind the head: it did not come by the log, and no other can be added while it is there.
    #[error("event {seq} stands behind the head of the log, event {head}: somebody put it there")]
    Beyond {
        /// The first such event.
        seq: i64,
        /// What the head says.
        head: i64,
    },
    /// The head's hash is not that of the last event.
    #[error("the head of the log is not the hash of event {seq}")]
    Head {
        /// The last event.
        seq: i64,
    },
    /// Events were removed without retention saying so.
    #[error("events up to {seq} were removed, and no event says that retention did so")]
    Anchor {
        /// The last removed one.
        seq: i64,
    },
    /// The head that was noted elsewhere is not in the chain.
    #[error("the noted head {noted} is not in this log: it was rewritten or cut off")]
    Noted {
        /// What was noted.
        noted: String,
    },
    /// Retention removed the event whose head was noted: nobody can tell any more.
    #[error(
        "the noted head {noted} cannot be checked: retention removed the events up to {removed}; note a later head"
    )]
    Pruned {
        /// What was noted.
        noted: String,
        /// The last removed one.
        removed: i64,
    },
}

impl Flaw {
    /// Whether it is only that something cannot be checked any more.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Pruned { .. })
    }
}

/// What checking has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many events were checked.
    pub checked: i64,
    /// How many retention had removed before.
    pub removed: i64,
    /// The head, to be noted elsewhere.
    pub head: Head,
    /// What is wrong.
    pub flaw: Option<Flaw>,
}

const PAGE: i64 = 2000;

impl AuditLog {
    /// Checks every event. `noted` is a head that was noted before, as `number:hash` or the hash alone.
    pub async fn verify(&self, noted: Option<&str>) -> Result<Verdict, StoreError> {
        let anchor = self.anchor().await?;
        let verdict = self.check(anchor.clone(), noted).await?;
        // Retention may have removed events under our hands: then what is missing is told by its anchor.
        if verdict.flaw.is_some() && self.anchor().await? != anchor {
            return self.check(self.anchor().await?, noted).await;
        }
        Ok(verdict)
    }

    async fn check(&self, anchor: Option<Head>, noted: Option<&str>) -> Result<Verdict, StoreError> {
        let head = self.head().await?;
        let start = anchor.clone().unwrap_or(Head { seq: 0, hash: NOTHING.to_owned() });
        let mut walk = Walk {
            previous: start.clone(),
            told: anchor.is_none(),
            noted: noted.map(|noted| noted.trim().to_lowercase()),
            ..Walk::default()
        };
        walk.note(&start);
        while walk.flaw.is_none() {
            let links = self.links_after(walk.previous.seq, head.seq).await?;
            if links.is_empty() {
                break;
            }
            for link in links {
                if !walk.step(&link, &start) {
                    break;
                }
            }
        }
        let flaw = match walk.flaw.clone().or_else(|| walk.end(&start, &head)) {
            None => self.beyond().await?,
            // What is behind the head is worse than what cannot be checked.
            Some(unknown) if unknown.is_unknown() => Some(self.beyond().await?.unwrap_or(unknown)),
            found => found,
        };
        Ok(Verdict { checked: walk.checked, removed: start.seq, head, flaw })
    }

    /// What stands behind the head. One statement, so that events that are added meanwhile are not among it.
    async fn beyond(&self) -> Result<Option<Flaw>, StoreError> {
        let row = sqlx::query(
            "SELECT h.seq AS head, MIN(e.seq) AS seq FROM audit_head h JOIN audit_events e ON e.seq > h.seq \
             WHERE h.id = 1 GROUP BY h.seq",
        )
        .fetch_optional(&self.store.pool)
        .await
        .map_err(StoreError::query("looking behind the head of the audit log"))?;
        row.map(|row| {
            let cells = Cells(&row);
            Ok(Flaw::Beyond { seq: cells.number("seq")?, head: cells.number("head")? })
        })
        .transpose()
    }

    /// Where the chain begins after retention.
    async fn anchor(&self) -> Result<Option<Head>, StoreError> {
        let row = sqlx::query("SELECT seq, hash FROM audit_anchors ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&self.store.pool)
            .await
            .map_err(StoreError::query("reading the anchor of the audit log"))?;
        row.map(|row| Ok(Head { seq: Cells(&row).number("seq")?, hash: Cells(&row).text("hash")? }))
            .transpose()
    }

    async fn links_after(&self, after: i64, until: i64) -> Result<Vec<Link>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM audit_events WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3")
                .bind(after)
                .bind(until)
                .bind(PAGE)
                .fetch_all(&self.store.pool)
                .await
                .map_err(StoreError::query("reading the audit log"))?;
        rows.iter().map(|row| Link::from_row(&Cells(row))).collect()
    }
}

struct Walk {
    previous: Head,
    checked: i64,
    /// Whether an event says what the anchor says.
    told: bool,
    noted: Option<String>,
    flaw: Option<Flaw>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            previous: Head { seq: 0, hash: NOTHING.to_owned() },
            checked: 0,
            told: true,
            noted: None,
            flaw: None,
        }
    }
}

impl Walk {
    /// Goes on to the next event; whether it fits.
    fn step(&mut self, link: &Link, anchor: &Head) -> bool {
        if link.seq != self.previous.seq + 1 {
            self.flaw = Some(Flaw::Missing { from: self.previous.seq + 1, to: link.seq - 1 });
            return false;
        }
        if !link.follows(&self.previous.hash) {
            self.flaw = Some(Flaw::Changed { seq: link.seq });
            return false;
        }
        let [.., action, _, object_id, _, _, details] = &link.columns;
        self.told |= action == AuditAction::AuditPruned.as_str()
            && *object_id == anchor.seq.to_string()
            && details.contains(&anchor.hash);
        self.previous = Head { seq: link.seq, hash: link.hash.clone() };
        self.checked += 1;
        self.note(&self.previous.clone());
        true
    }

    /// Forgets the noted head once it was met.
    fn note(&mut self, head: &Head) {
        let met = |noted: &String| *noted == head.hash || *noted == head.to_string();
        self.noted = self.noted.take().filter(|noted| !met(noted));
    }

    fn end(&self, anchor: &Head, head: &Head) -> Option<Flaw> {
        if self.previous.seq != head.seq {
            return Some(Flaw::Cut { last: self.previous.seq, head: head.seq });
        }
        if self.previous.hash != head.hash {
            return Some(Flaw::Head { seq: head.seq });
        }
        if !self.told {
            return Some(Flaw::Anchor { seq: anchor.seq });
        }
        let noted = self.noted.clone()?;
        // A hash alone does not say how old it is.
        let seq = noted.split_once(':').and_then(|(seq, _)| seq.parse::<i64>().ok());
        Some(match seq {
            Some(seq) if seq < anchor.seq => Flaw::Pruned { noted, removed: anchor.seq },
            _ => Flaw::Noted { noted },
        })
    }
}
