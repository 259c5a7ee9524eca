//! What is known of a person that a command is about.

use super::super::Failure;
use super::super::arguments::WhoArguments;
use crate::access::Viewer;
use crate::app::stored_user;
use crate::config::Settings;
use crate::identity::{User, claim_lines};

/// Where it is known from in which groups the person is.
pub(super) enum Known {
    /// From the arguments alone.
    Given,
    /// From the store: they log in here.
    Stored(User),
    /// From nowhere: they log in elsewhere.
    Elsewhere,
}

impl Known {
    /// What was given counts; else what the store says of somebody who logs in here.
    pub(super) async fn of(settings: &Settings, who: &WhoArguments) -> Result<Self, Failure> {
        if !who.groups.is_empty() || !who.claims.is_empty() {
            return Ok(Self::Given);
        }
        Ok(match stored_user(settings, &who.person).await? {
            None => Self::Given,
            Some(user) if user.elsewhere => Self::Elsewhere,
            Some(user) => Self::Stored(user),
        })
    }

    pub(super) fn viewer(&self, who: &WhoArguments) -> Viewer {
        match self {
            Self::Stored(user) => Viewer::person(user.person()),
            Self::Given | Self::Elsewhere => who.viewer(),
        }
    }

    /// What is said of it.
    pub(super) fn told(&self) -> Option<String> {
        match self {
            Self::Given => None,
            Self::Elsewhere => {
                Some("logs in elsewhere; name their groups and claims with --group, --claim".into())
            }
            Self::Stored(user) => {
                let groups: Vec<&str> = user.groups.iter().map(String::as_str).collect();
                let shut_out = if user.disabled_at.is_some() { "; shut out, so nothing opens" } else { "" };
                Some(format!(
                    "as the store says: groups [{}], claims [{}]{shut_out}",
                    groups.join(", "),
                    claim_lines(&user.claims).join(", ")
                ))
            }
        }
    }

    /// Whether nothing opens to them, whatever roles they are listed in.
    pub(super) fn is_shut_out(&self) -> bool {
        match self {
            Self::Stored(user) => user.disabled_at.is_some(),
            Self::Given | Self::Elsewhere => false,
        }
    }
}
