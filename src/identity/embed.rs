//! Tokens with which a page of another site shows one report inside of itself. Nothing is kept of them:
//! all that they allow is sealed into them, and they end within the hour.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Identity, IdentityError, LoginMethod, UserName};
use crate::access::Person;
use crate::store::new_uuid;

/// The longest that a token lasts.
pub const LONGEST_EMBED: TimeDelta = TimeDelta::hours(1);

/// What tokens are sealed for.
const PURPOSE: &str = "embedded report";

/// What a token allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Embed {
    /// Its id, for the audit log.
    pub id: String,
    /// Who made it: as they are now if they had logged in here, else with their groups and claims as of its
    /// making.
    pub maker: Person,
    /// How they had logged in, if that is known.
    pub method: Option<LoginMethod>,
    /// The functional role whose rights it has; those of the maker where there is none.
    pub role: Option<String>,
    /// The report it shows.
    pub report: String,
    /// The values of its parameters; those without take their defaults.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The site whose pages may show it: `https://intranet.example.com`.
    pub origin: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "these are the claims of the person, in the claims of the token"
)]
struct Claims {
    id: String,
    name: String,
    groups: BTreeSet<String>,
    claims: BTreeMap<String, Vec<String>>,
    method: Option<LoginMethod>,
    role: Option<String>,
    report: String,
    parameters: BTreeMap<String, Vec<String>>,
    origin: String,
    exp: i64,
}

impl Identity {
    /// Seals a token; `embed` without an id gets one. Sealed and not only signed, because it names the
    /// groups of its maker and travels in addresses.
    pub fn embed_token(&self, embed: &mut Embed, now: DateTime<Utc>) -> Result<String, IdentityError> {
        let lasts = embed.expires_at - now;
        if lasts <= TimeDelta::zero() || lasts > LONGEST_EMBED {
            return Err(IdentityError::EmbedLifetime { most: LONGEST_EMBED.num_seconds() });
        }
        embed.id = new_uuid(now).to_string();
        let claims = Claims {
            id: embed.id.clone(),
            name: embed.maker.name.clone(),
            groups: embed.maker.groups.clone(),
            claims: embed.maker.claims.clone(),
            method: embed.method,
            role: embed.role.clone(),
            report: embed.report.clone(),
            parameters: embed.parameters.clone(),
            origin: embed.origin.clone(),
            exp: embed.expires_at.timestamp(),
        };
        self.key.seal(PURPOSE, &super::snapshot::json(&claims))
    }

    /// What a token allows; `None` where it is none of this server's, has ended, or its maker is shut out.
    pub async fn embed(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Embed>, IdentityError> {
        let opened = self.key.open(PURPOSE, token);
        let Some(claims) = opened.and_then(|text| serde_json::from_str::<Claims>(&text).ok()) else {
            return Ok(None);
        };
        let Some(expires_at) = DateTime::from_timestamp(claims.exp, 0).filter(|at| *at > now) else {
            return Ok(None);
        };
        if !self.is_open(claims.method) {
            return Ok(None);
        }
        let maker = Person { name: claims.name, groups: claims.groups, claims: claims.claims };
        let user = self.user(&UserName::parse(&maker.name)?).await?;
        let is_local = claims.method == Some(LoginMethod::Local);
        let maker = match user {
            // Somebody else may have the name now.
            Some(user) if user.disabled_at.is_some() || user.elsewhere == is_local => return Ok(None),
            Some(user) if is_local => user.person(),
            _ => maker,
        };
        let Claims { id, method, role, report, parameters, origin, .. } = claims;
        Ok(Some(Embed { id, maker, method, role, report, parameters, origin, expires_at }))
    }
}
