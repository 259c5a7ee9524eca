//! Puts answered panels together into a document.

use std::collections::{BTreeMap, HashMap};

use super::content::Evaluated;
use super::print::{Heading, Print};
use super::{Prepared, layout, localize};
use crate::definitions::model::DatasetId;
use crate::render::document::{Conformance, DefinitionVersion, Document, Provenance, SheetPage};

/// The document of all answered panels, in the report's layout.
pub(super) fn assemble(prepared: &Prepared, answered: Vec<Evaluated>) -> Document {
    let mut versions: BTreeMap<DatasetId, String> = BTreeMap::new();
    let mut blocks = HashMap::new();
    for evaluated in answered {
        versions.extend(evaluated.data_versions);
        blocks.insert(evaluated.block.id.clone(), evaluated.block);
    }
    let pages = layout::pages(&prepared.report)
        .iter()
        .map(|page| SheetPage {
            size: layout::size(page),
            fit: page.fit,
            rows: page
                .rows
                .iter()
                .map(|row| row.iter().filter_map(|id| blocks.get(id.as_str()).cloned()).collect())
                .collect(),
        })
        .collect();
    sealed(prepared, pages, versions)
}

/// The document of one panel, on one sheet of the report's first size.
pub(super) fn of_panel(prepared: &Prepared, answered: Evaluated) -> Document {
    let size = layout::pages(&prepared.report).first().map(layout::size).unwrap_or_default();
    let versions = answered.data_versions.into_iter().collect();
    sealed(prepared, vec![SheetPage { size, fit: false, rows: vec![vec![answered.block]] }], versions)
}

fn sealed(prepared: &Prepared, pages: Vec<SheetPage>, versions: BTreeMap<DatasetId, String>) -> Document {
    let report = &prepared.report;
    let title = report.title.get(prepared.locale).to_owned();
    let fill = |text: &str| fill(text, prepared, &title);
    let print = Print { prepared, fill: &fill };
    let mut pages: Vec<SheetPage> = pages;
    if let (Some(page), Some(notes)) = (pages.last_mut(), print.footnotes()) {
        page.rows.push(vec![notes]);
    }
    let document = Document {
        subtitle: prepared.subtitle.clone(),
        locale: prepared.locale,
        pages,
        header: print.running(report.print.header.as_ref(), ""),
        footer: print.running(report.print.footer.as_ref(), "{title} · {page} / {pages}"),
        approval: print.approval(),
        cover: print.cover(&title),
        prepared: print.prepared_by(),
        logo: print.logo(),
        theme: prepared.theme(),
        watermark: print.text(report.print.watermark.as_ref()),
        owner: report.owner.clone(),
        evaluated_at: prepared.now,
        conformance: Conformance {
            archive: report.print.archive.is_some(),
            accessible: report.print.accessible.is_some(),
        },
        base_url: None,
        period: prepared.range.map(|range| (range.start, range.last_day())),
        proof: String::new(),
        provenance: Provenance::default(),
        title,
    };
    document.sealed(provenance(prepared, versions))
}

impl Prepared {
    /// What stands with the title, on screen as on paper. What names the proof is left out: there is none
    /// before every panel is answered.
    pub fn heading(&self) -> Heading {
        let title = self.report.title.get(self.locale);
        let print = Print { prepared: self, fill: &|text| fill(text, self, title) };
        let mut prepared = print.prepared_by();
        prepared.retain(|(_, value)| !value.contains("{proof}"));
        Heading { prepared, watermark: print.text(self.report.print.watermark.as_ref()).trim().to_owned() }
    }
}

/// Fills in everything but `{page}` and `{pages}`, which are known after the layout, and `{proof}`, which
/// holds a digest of the filled text.
fn fill(text: &str, prepared: &Prepared, title: &str) -> String {
    let period = prepared.range.map(|range| localize::range_text(range, prepared.locale)).unwrap_or_default();
    let now = prepared.now.with_timezone(&prepared.time_zone).format("%Y-%m-%d %H:%M").to_string();
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    // One pass, so that a title with braces in it is not filled again.
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let end = from.find('}').map_or(from.len(), |end| end + 1);
        let (name, after) = from.split_at(end);
        filled.push_str(match name {
            "{title}" => title,
            "{period}" => &period,
            "{now}" => &now,
            "{owner}" => &prepared.report.owner,
            other => other,
        });
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Where the document comes from; the digest is still to be taken.
fn provenance(prepared: &Prepared, versions: BTreeMap<DatasetId, String>) -> Provenance {
    let catalog = &prepared.catalog;
    Provenance {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        report: prepared.id.to_string(),
        parameters: prepared.given.clone(),
        locale: prepared.locale,
        time_zone: prepared.time_zone,
        definition: DefinitionVersion { commit: catalog.commit.clone(), content: catalog.version.clone() },
        data: versions.into_iter().map(|(dataset, version)| (dataset.to_string(), version)).collect(),
        evaluated_at: prepared.now,
        viewer: prepared.standing.viewer().name().to_owned(),
        run: None,
        base_url: None,
        missing: Vec::new(),
        restated: None,
        digest: String::new(),
    }
}
