//! The names of a workspace, from valid and faulty files alike.

use std::collections::{BTreeMap, BTreeSet};

use super::circle::circles;
use crate::definitions::catalog::DefinitionKind;
use crate::definitions::model::{Dataset, Destination, Dimension, DimensionType, FieldName, RegionName};
use crate::definitions::names;
use crate::definitions::workspace::{Draft, Typed};
use crate::definitions::yaml::Node;

/// What can be referred to.
pub(super) struct Known<'a> {
    /// The ids of sources.
    pub(super) sources: Vec<&'a str>,
    /// The regions of those sources that can be read, as far as they say one.
    pub(super) regions: BTreeMap<&'a str, Option<&'a str>>,
    /// The datasets by id.
    pub(super) datasets: BTreeMap<&'a str, Fields<'a>>,
    /// The reports by id.
    pub(super) reports: BTreeMap<&'a str, ReportNames<'a>>,
    /// The ids of calendars.
    pub(super) calendars: Vec<&'a str>,
    /// The ids of themes.
    pub(super) themes: Vec<&'a str>,
    /// The destinations by id, as far as they can be read.
    pub(super) destinations: BTreeMap<&'a str, Option<&'a Destination>>,
    /// What the access file names, where there is one.
    pub(super) access: Option<AccessNames<'a>>,
    /// Schedules that wait for each other in a circle, as `report/schedule`: each once around, without the first again.
    pub(super) waiting_circles: Vec<Vec<String>>,
    /// The folders that definitions are in, and those above.
    pub(super) folders: BTreeSet<String>,
}

/// What the access file names.
pub(super) struct AccessNames<'a> {
    pub(super) functional_roles: Vec<&'a str>,
    pub(super) access_roles: Vec<&'a str>,
    pub(super) attributes: Vec<&'a str>,
}

/// What of a report can be referred to.
pub(super) struct ReportNames<'a> {
    pub(super) panels: Vec<&'a str>,
    pub(super) parameters: Vec<&'a str>,
    pub(super) schedules: Vec<&'a str>,
}

/// The fields of one dataset.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    tree: Option<&'a Node>,
    /// The dataset, as far as it can be read.
    pub(super) dataset: Option<&'a Dataset>,
}

impl<'a> Known<'a> {
    pub(super) fn of(drafts: &'a [Draft]) -> Self {
        let ids = |kind: DefinitionKind| {
            drafts.iter().filter(move |draft| {
                // A file that cannot be read at all is known by its folder.
                draft
                    .kind
                    .map_or_else(|| draft.name.starts_with(&format!("{}s/", kind.name())), |own| own == kind)
            })
        };
        let fields = |draft: &'a Draft| Fields {
            tree: draft.tree.as_deref(),
            dataset: match &draft.typed {
                Some(Typed::Dataset(dataset)) => Some(dataset),
                _ => None,
            },
        };
        let names = |draft: &'a Draft| {
            let keys = |key| draft.tree.as_deref().map_or_else(Vec::new, |tree| tree.keys_of(key));
            ReportNames {
                panels: keys("panels"),
                parameters: keys("parameters"),
                schedules: keys("schedules"),
            }
        };
        Self {
            sources: ids(DefinitionKind::Source).map(|draft| draft.id.as_str()).collect(),
            regions: ids(DefinitionKind::Source)
                .filter_map(|draft| match &draft.typed {
                    Some(Typed::Source(source)) => {
                        Some((draft.id.as_str(), source.region.as_ref().map(RegionName::as_str)))
                    }
                    _ => None,
                })
                .collect(),
            datasets: ids(DefinitionKind::Dataset).map(|draft| (draft.id.as_str(), fields(draft))).collect(),
            access: ids(DefinitionKind::Access).next().map(|draft| {
                let keys = |key| draft.tree.as_deref().map_or_else(Vec::new, |tree| tree.keys_of(key));
                AccessNames {
                    functional_roles: keys("functional_roles"),
                    access_roles: keys("access_roles"),
                    attributes: keys("attributes"),
                }
            }),
            waiting_circles: waiting_circles(drafts),
            folders: drafts.iter().flat_map(|draft| folders_of(&draft.name)).collect(),
            destinations: ids(DefinitionKind::Destination)
                .map(|draft| {
                    let known = match &draft.typed {
                        Some(Typed::Destination(destination)) => Some(&**destination),
                        _ => None,
                    };
                    (draft.id.as_str(), known)
                })
                .collect(),
            themes: ids(DefinitionKind::Theme).map(|draft| draft.id.as_str()).collect(),
            calendars: ids(DefinitionKind::Calendar).map(|draft| draft.id.as_str()).collect(),
            reports: ids(DefinitionKind::Report).map(|draft| (draft.id.as_str(), names(draft))).collect(),
        }
    }
}

fn waiting_circles(drafts: &[Draft]) -> Vec<Vec<String>> {
    let mut waits: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for draft in drafts {
        let Some(Typed::Report(report)) = &draft.typed else { continue };
        for (name, schedule) in &report.schedules {
            let others = schedule.wait_for.iter().flat_map(|wait_for| wait_for.schedules.as_slice());
            waits.insert(format!("{}/{name}", draft.id), others.cloned().collect());
        }
    }
    let waits: BTreeMap<&str, Vec<String>> =
        waits.iter().map(|(name, others)| (name.as_str(), others.clone())).collect();
    let around = |mut circle: Vec<&str>| {
        circle.pop();
        circle.into_iter().map(str::to_owned).collect()
    };
    circles(&waits).into_iter().map(around).collect()
}

/// `a` and `a/b` for `a/b/c.yaml`.
fn folders_of(file: &str) -> impl Iterator<Item = String> {
    file.match_indices('/').filter_map(|(end, _)| file.get(..end)).map(str::to_owned)
}

impl<'a> Fields<'a> {
    /// Whether anything is known of the fields; a file with a syntax error has none.
    pub(super) fn is_readable(self) -> bool {
        self.tree.is_some()
    }

    pub(super) fn dimensions(self) -> Vec<&'a str> {
        self.keys("dimensions")
    }

    /// Measures and metrics.
    pub(super) fn numbers(self) -> Vec<&'a str> {
        [self.keys("measures"), self.keys("metrics")].concat()
    }

    pub(super) fn has_dimension(self, name: &FieldName) -> bool {
        self.dimensions().contains(&name.as_str())
    }

    pub(super) fn has_number(self, name: &FieldName) -> bool {
        self.numbers().contains(&name.as_str())
    }

    pub(super) fn has_time(self) -> bool {
        self.tree.is_none_or(|tree| tree.entry("time").is_some())
    }

    /// Whether `name` is, or without a declared type may be, a dimension of dates or times.
    pub(super) fn may_be_temporal(self, name: &FieldName) -> bool {
        let is_time = self.dataset.is_none_or(|dataset| dataset.time.as_ref() == Some(name));
        is_time || self.type_of(name).is_none_or(is_temporal)
    }

    /// Whether `name` is known to be a dimension of dates or times.
    pub(super) fn is_dated(self, name: &FieldName) -> bool {
        self.is_time(name) || self.type_of(name).is_some_and(is_temporal)
    }

    /// The type the dataset declares for a dimension.
    pub(super) fn type_of(self, name: &FieldName) -> Option<DimensionType> {
        self.dimension(name)?.r#type
    }

    pub(super) fn is_time(self, name: &FieldName) -> bool {
        self.dataset.is_some_and(|dataset| dataset.time.as_ref() == Some(name))
    }

    fn dimension(self, name: &FieldName) -> Option<&'a Dimension> {
        self.dataset?.dimensions.get(name)
    }

    fn keys(self, key: &str) -> Vec<&'a str> {
        self.tree.map_or_else(Vec::new, |tree| tree.keys_of(key))
    }

    /// What to say about a name that should be a dimension.
    pub(super) fn no_dimension(self, dataset: &str, name: &FieldName) -> (String, String) {
        let help = names::offer(name.as_str(), "dimensions", self.dimensions());
        if self.has_number(name) {
            (format!("`{name}` is a measure or metric, but a dimension is wanted here"), help)
        } else {
            (format!("dataset `{dataset}` has no dimension `{name}`"), help)
        }
    }

    /// What to say about a name that should be a measure or metric.
    pub(super) fn no_number(self, dataset: &str, name: &FieldName) -> (String, String) {
        let help = names::offer(name.as_str(), "measures and metrics", self.numbers());
        if self.has_dimension(name) {
            (format!("`{name}` is a dimension, but a measure or metric is wanted here"), help)
        } else {
            (format!("dataset `{dataset}` has no measure or metric `{name}`"), help)
        }
    }
}

pub(super) fn is_temporal(kind: DimensionType) -> bool {
    matches!(kind, DimensionType::Date | DimensionType::Timestamp)
}

impl<'a> Fields<'a> {
    /// The fields of the file that is being checked itself.
    pub(super) fn of_file(tree: &'a Node, dataset: &'a Dataset) -> Self {
        Self { tree: Some(tree), dataset: Some(dataset) }
    }
}
