//! Events on the axis: do they exist, and do they go with what stands along it?

use crate::definitions::check::filter;
use crate::definitions::check::panel::Spot;
use crate::definitions::check::{Findings, report};
use crate::definitions::model::{ChartKind, ChartPanel, FieldName};
use crate::definitions::path::FieldPath;

pub(super) fn check(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let Some(annotations) = &panel.annotations else { return };
    let path = spot.path.key("annotations");
    if panel.horizontal && panel.chart == ChartKind::Bar {
        let help = "remove `horizontal`, or `annotations`".to_owned();
        findings.error_at_key(&path, "bad_chart", "events stand over an axis that lies below", help);
    }
    if panel.facet.is_some() {
        let help = "remove `facet`, or `annotations`".to_owned();
        findings.error_at_key(&path, "bad_chart", "small multiples have no room for events", help);
    }
    let known = spot.scope.known;
    report::dataset_exists(&annotations.dataset, &path.key("dataset"), known, findings);
    let Some(fields) = known.datasets.get(annotations.dataset.as_str()).filter(|fields| fields.is_readable())
    else {
        return;
    };
    let dataset = annotations.dataset.as_str();
    let dimension = |name: &FieldName, path: &FieldPath, findings: &mut Findings<'_>| {
        let found = fields.has_dimension(name);
        if !found {
            let (message, help) = fields.no_dimension(dataset, name);
            findings.error(path, "unknown_field", message, help);
        }
        found
    };
    let at = &annotations.at;
    if dimension(at, &path.key("at"), findings)
        && let Some(x) = panel.x.as_ref().filter(|x| spot.fields.has_dimension(x))
    {
        let in_time = spot.fields.is_time(x) || panel.grain.is_some();
        let dates: Vec<&str> = fields.dimensions();
        let is_date = |name: &&str| FieldName::parse(name).is_ok_and(|name| fields.is_dated(&name));
        let dates: Vec<&str> = dates.into_iter().filter(is_date).collect();
        if in_time && !fields.may_be_temporal(at) {
            let message = format!("the axis shows dates, but `{at}` of dataset `{dataset}` has none");
            let help = match dates.as_slice() {
                [] => "name a dimension of `type: date`".to_owned(),
                dates => format!("name a dimension of dates: `{}`", dates.join("`, `")),
            };
            findings.error(&path.key("at"), "not_applicable", message, help);
        } else if !in_time && fields.is_dated(at) {
            let message = format!("`{at}` holds dates, but the axis shows the members of `{x}`");
            let help = format!("name the time dimension with `x`, or a dimension with the members of `{x}`");
            findings.error(&path.key("at"), "not_applicable", message, help);
        }
    }
    dimension(&annotations.text, &path.key("text"), findings);
    for (field, condition) in &annotations.filters {
        let path = path.key("filters").key(field.as_str());
        dimension(field, &path, findings);
        filter::check(condition, fields.type_of(field), &path, spot.scope, findings);
    }
}
