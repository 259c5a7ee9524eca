//! People as they stand in the store: as they were when they proved who they are.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::Person;
use crate::store::{Cells, StoreError};

#[derive(Serialize, Deserialize)]
struct Snapshot {
    name: String,
    groups: BTreeSet<String>,
    claims: BTreeMap<String, Vec<String>>,
}

/// A person as JSON.
pub(super) fn to_json(person: &Person) -> String {
    json(&Snapshot {
        name: person.name.clone(),
        groups: person.groups.clone(),
        claims: person.claims.clone(),
    })
}

/// A value as JSON. Names and lists always have one.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

/// Reads a person.
pub(super) fn person(cells: &Cells<'_>) -> Result<Person, StoreError> {
    let Snapshot { name, groups, claims } = read(cells, "person")?;
    Ok(Person { name, groups, claims })
}

/// The columns that tell what the table of users says of whoever logged in here, for statements that join it
/// as `u` and have the way of the login in `method` of `table`.
macro_rules! local_columns {
    ($table:literal) => {
        concat!(
            "CASE WHEN ",
            $table,
            ".method = 'local' THEN u.groups END AS local_groups, ",
            "CASE WHEN ",
            $table,
            ".method = 'local' THEN u.claims END AS local_claims"
        )
    };
}

pub(super) use local_columns;

/// The condition under which the table of users, joined as `u`, lets in whoever came in the way that is in `method` of
/// `table`: the user of that name is not shut out, and logs in there. A name alone does not make somebody the user.
macro_rules! let_in {
    ($table:literal) => {
        concat!(
            "(u.name IS NULL OR (u.disabled_at IS NULL AND u.elsewhere = CASE WHEN ",
            $table,
            ".method = 'local' THEN 0 ELSE 1 END))"
        )
    };
}

pub(super) use let_in;

/// Reads a person as they are now: with the groups and claims that they have here, if they logged in here;
/// else as they proved to be.
pub(super) fn person_now(cells: &Cells<'_>) -> Result<Person, StoreError> {
    let proven = person(cells)?;
    if cells.text_or_none("local_groups")?.is_none() {
        return Ok(proven);
    }
    Ok(Person { groups: read(cells, "local_groups")?, claims: read(cells, "local_claims")?, ..proven })
}

/// Reads JSON of a column.
pub(super) fn read<T: for<'a> Deserialize<'a>>(
    cells: &Cells<'_>,
    column: &'static str,
) -> Result<T, StoreError> {
    let text = cells.text(column)?;
    serde_json::from_str(&text).map_err(|_| StoreError::Unreadable { column, value: text })
}
