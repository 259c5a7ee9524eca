//! Why something is not allowed, for whoever explains it. Who was refused is told nothing of this.

use super::Action;
use crate::definitions::model::{DatasetId, RoleName};

/// Why something is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The workspace has no access file.
    #[error("the workspace has no `access.yaml`, so nobody who logs in may do anything")]
    NoRoles,
    /// There is no such object.
    #[error("there is no such object")]
    NoObject,
    /// The token or link was made for less.
    #[error("the token or link was not made for this")]
    OutOfScope,
    /// None of their roles grants it.
    #[error("none of the roles held grants {action}; {}", granting(roles))]
    NoGrant {
        /// What was asked.
        action: Action,
        /// The access roles that would.
        roles: Vec<RoleName>,
    },
    /// The dataset has row rules, and none of their roles is among them.
    #[error("none of the roles held has a row rule; those of {} do", list(roles))]
    NoRowRule {
        /// The roles that have one.
        roles: Vec<RoleName>,
    },
    /// Their row rules leave no row.
    #[error("the row rules of the roles held leave no row{}", attributes(unknown))]
    NoRows {
        /// The attributes that the rules ask for and that are not known of the viewer.
        unknown: Vec<String>,
    },
    /// A dataset of the report is closed.
    #[error("its dataset `{dataset}` is closed: {because}")]
    ClosedDataset {
        /// The dataset.
        dataset: DatasetId,
        /// Why.
        because: Box<Refusal>,
    },
}

fn list(roles: &[RoleName]) -> String {
    roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ")
}

fn granting(roles: &[RoleName]) -> String {
    if roles.is_empty() { "no role does".into() } else { format!("{} would", list(roles)) }
}

fn attributes(unknown: &[String]) -> String {
    if unknown.is_empty() {
        return String::new();
    }
    let names: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
    format!(": the attribute {} is not known", names.join(", "))
}
