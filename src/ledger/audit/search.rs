//! Finding events.

use chrono::{DateTime, Utc};

use super::chain::Link;
use super::{AuditAction, AuditLog, Event, Method, Outcome};
use crate::store::{Cells, StoreError, to_text};

/// Which events; what is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditFilter {
    /// Of this actor.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<AuditAction>,
    /// Done to an object of this kind.
    pub object_kind: Option<String>,
    /// Done to the object with this id.
    pub object_id: Option<String>,
    /// That ended so.
    pub outcome: Option<Outcome>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
    /// With this text in the actor, address, object, request or details; letters' case does not count.
    pub text: Option<String>,
    /// Only older events than this one.
    pub before: Option<i64>,
}

/// An event with its place in the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its number.
    pub seq: i64,
    /// What happened.
    pub event: Event,
    /// Its hash.
    pub hash: String,
}

/// One page of events, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The events.
    pub events: Vec<Recorded>,
    /// Whether there are older ones; ask with [`AuditFilter::before`] set to the last of these.
    pub more: bool,
}

impl AuditLog {
    /// At most `limit` (1 to 1000) events, newest first.
    pub async fn search(&self, filter: &AuditFilter, limit: usize) -> Result<AuditPage, StoreError> {
        let limit = limit.clamp(1, 1000);
        let mut links = self.select(filter, limit + 1).await?;
        let more = links.len() > limit;
        links.truncate(limit);
        Ok(AuditPage { events: links.iter().map(Recorded::of).collect::<Result<_, _>>()?, more })
    }

    async fn select(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<Link>, StoreError> {
        let pattern = filter.text.as_deref().map(str::to_lowercase).map(|text| {
            let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{escaped}%")
        });
        let rows = sqlx::query(
            "SELECT * FROM audit_events \
             WHERE (CAST($1 AS TEXT) IS NULL OR actor = $1) \
               AND (CAST($2 AS TEXT) IS NULL OR action = $2) \
               AND (CAST($3 AS TEXT) IS NULL OR object_kind = $3) \
               AND (CAST($4 AS TEXT) IS NULL OR object_id = $4) \
               AND (CAST($5 AS TEXT) IS NULL OR outcome = $5) \
               AND (CAST($6 AS TEXT) IS NULL OR at >= $6) \
               AND (CAST($7 AS TEXT) IS NULL OR at < $7) \
               AND (CAST($8 AS TEXT) IS NULL OR LOWER(actor || ' ' || address || ' ' || object_id || ' ' || request \
                    || ' ' || details) LIKE $8 ESCAPE '\\') \
               AND seq < $9 \
             ORDER BY seq DESC LIMIT $10",
        )
        .bind(filter.actor.clone())
        .bind(filter.action.map(|action| action.as_str().to_owned()))
        .bind(filter.object_kind.clone())
        .bind(filter.object_id.clone())
        .bind(filter.outcome.map(|outcome| outcome.as_str().to_owned()))
        .bind(filter.from.map(to_text))
        .bind(filter.to.map(to_text))
        .bind(pattern)
        .bind(filter.before.unwrap_or(i64::MAX))
        .bind(limit as i64)
        .fetch_all(&self.store.pool)
        .await
        .map_err(StoreError::query("searching the audit log"))?;
        rows.iter().map(|row| Link::from_row(&Cells(row))).collect()
    }
}

impl Recorded {
    /// Reads a row.
    fn of(link: &Link) -> Result<Self, StoreError> {
        let [at, actor, method, address, action, object_kind, object_id, outcome, request, details] =
            &link.columns;
        let unreadable = |column, value: &str| StoreError::Unreadable { column, value: value.to_owned() };
        let event = Event {
            at: DateTime::parse_from_rfc3339(at).map_err(|_| unreadable("at", at))?.to_utc(),
            actor: actor.clone(),
            method: method.parse::<Method>()?,
            address: address.clone(),
            action: action.parse::<AuditAction>()?,
            object_kind: object_kind.clone(),
            object_id: object_id.clone(),
            outcome: outcome.parse::<Outcome>()?,
            request: request.clone(),
            details: serde_json::from_str(details).map_err(|_| unreadable("details", details))?,
        };
        Ok(Self { seq: link.seq, event, hash: link.hash.clone() })
    }
}
