//! Areas of a drawing that have more to tell than what is printed.

use super::pen::Area;
use super::series::{Data, Span};
use super::theme::Role;

/// An area that tells more when it is pointed at.
#[derive(Debug, Clone, PartialEq)]
pub struct Hotspot {
    /// Where it is, in points from the drawing's top left corner.
    pub area: Area,
    /// What it is about: the day, the store.
    pub title: String,
    /// The numbers there.
    pub details: Vec<Detail>,
    /// Where a click leads to: an address within the server.
    pub link: Option<String>,
}

/// One line of a hotspot.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The name of the series; empty where the title says it all.
    pub label: String,
    /// The exact number.
    pub value: String,
    /// The colour of its mark, if it has one.
    pub role: Option<Role>,
}

/// Narrower areas cannot be pointed at; several categories then share one.
const NARROWEST: f64 = 3.0;

/// How many series one hotspot lists.
const MOST_DETAILS: usize = 12;

/// How many categories share a hotspot where each has `band` points.
pub(super) fn together(band: f64) -> usize {
    if band >= NARROWEST { 1 } else { (NARROWEST / band.max(1e-6)).ceil().max(1.0) as usize }
}

/// One hotspot per category, or per few where they are thinner than a finger tip; `place` gives the
/// area from one category to another.
pub(super) fn along_categories(
    data: &Data<'_>,
    band: f64,
    place: impl Fn(usize, usize) -> Area,
) -> Vec<Hotspot> {
    let together = together(band);
    let count = data.categories.len();
    (0..count)
        .step_by(together)
        .map(|first| {
            let span = Span { first, last: (first + together - 1).min(count - 1) };
            let here = || data.series.iter().filter(|series| series.has_row_over(span));
            let mut details: Vec<Detail> = here()
                .take(MOST_DETAILS)
                .filter_map(|series| {
                    let value = series.text_over(span, data.locale)?;
                    Some(Detail { label: series.name.clone(), value, role: Some(series.role) })
                })
                .collect();
            let rest = here().count().saturating_sub(MOST_DETAILS);
            if rest > 0 {
                let label = super::words::more(rest, data.locale);
                details.push(Detail { label, value: String::new(), role: None });
            }
            let happened = data.events.told_over(span, data.locale);
            details.extend(happened.into_iter().map(|(label, value)| Detail { label, value, role: None }));
            Hotspot {
                area: place(span.first, span.last),
                title: data.title_over(span),
                details,
                link: data.link_over(span),
            }
        })
        .collect()
}

/// One hotspot per mark, over those of the categories, where marks of one category lead to different
/// places; `place` gives the area of a series' mark at a category.
pub(super) fn per_mark(data: &Data<'_>, place: impl Fn(usize, usize) -> Option<Area>) -> Vec<Hotspot> {
    let categories = 0..data.categories.len();
    let parted = categories.filter(|at| data.link_over(Span { first: *at, last: *at }).is_none());
    let marks = parted.flat_map(|at| (0..data.series.len()).map(move |series| (series, at)));
    marks
        .filter_map(|(number, at)| {
            let series = data.series.get(number).filter(|series| !series.is_previous)?;
            let link = data.link_of(series, at)?;
            let value = series.text_over(Span { first: at, last: at }, data.locale)?;
            Some(Hotspot {
                area: place(number, at)?,
                title: data.title_over(Span { first: at, last: at }),
                details: vec![Detail { label: series.name.clone(), value, role: Some(series.role) }],
                link: Some(link),
            })
        })
        .collect()
}
