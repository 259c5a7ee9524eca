//! Who is in which role, and what roles may do: `access.yaml`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, DatasetId, FieldName, ReportId, RoleName, SourceId};
use crate::format::LocalizedText;

/// Who is in which role, and what roles may do. Functional roles are for people, access roles for
/// objects; people never hold an access role directly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The functional role that answers for this file: exactly one.
    pub owner: String,
    /// What is known of a person besides their groups, as `viewer.NAME` in the row rules of datasets.
    #[serde(default)]
    pub attributes: IndexMap<FieldName, Attribute>,
    /// The roles of people.
    #[serde(default)]
    pub functional_roles: IndexMap<RoleName, FunctionalRole>,
    /// The roles of objects.
    #[serde(default)]
    pub access_roles: IndexMap<RoleName, AccessRole>,
}

/// Where an attribute of a person comes from. It may have several values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Attribute {
    /// What the identity provider says.
    Claim(ClaimAttribute),
    /// What a dataset says.
    Dataset(DatasetAttribute),
}

/// An attribute that the identity provider tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimAttribute {
    /// The name of the claim: `country`.
    pub claim: String,
}

/// An attribute that a dataset tells: the values in the rows of the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetAttribute {
    /// The dataset, such as one of staff. Its own row rules do not apply here.
    pub dataset: DatasetId,
    /// The dimension that holds the person's name as they log in with it: a mail address in lower case.
    pub person: FieldName,
    /// The dimension that holds the attribute.
    pub value: FieldName,
}

/// A role of people.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FunctionalRole {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// Who is told when something it owns fails: `kim@example.com` or `영업 데이터 <sales-data@example.com>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Groups of the identity provider whose members hold it.
    pub groups: Vec<String>,
    /// People who hold it, by the name they log in with.
    pub users: Vec<String>,
    /// Functional roles whose rights it has too.
    pub inherits: Vec<RoleName>,
    /// The access roles it holds.
    pub access: Vec<RoleName>,
}

/// A role of objects.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccessRole {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// Access roles whose grants it has too.
    pub inherits: Vec<RoleName>,
    /// What it may do with which objects.
    pub grants: Vec<Grant>,
}

/// Actions on objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What may be done: `view`, `explore`, `export`, `schedule`, `edit`, `publish`. `administer` stands
    /// alone and without objects.
    pub actions: Vec<Action>,
    /// On these sources, and on every dataset in them.
    #[serde(default)]
    pub sources: Vec<SourceId>,
    /// On these datasets.
    #[serde(default)]
    pub datasets: Vec<DatasetId>,
    /// On these reports. Whoever opens a report must be allowed to see its datasets too.
    #[serde(default)]
    pub reports: Vec<ReportId>,
    /// On every object whose file is in these folders of the workspace or below: `finance`, or `/` for all.
    #[serde(default)]
    pub folders: Vec<String>,
}
