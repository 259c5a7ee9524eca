//! How wide columns are: numbers whole, text broken or shortened, columns split if nothing helps.

use super::cells::Shown;
use crate::format::Locale;
use crate::render::canvas::{FontSet, Weight};
use crate::render::sheet::lines::Typesetter;
use crate::table::Table;

/// A column title takes at most this many lines.
pub(super) const TITLE_LINES: usize = 3;
/// Type sizes are tried in steps of half a point.
const SIZE_STEP: f32 = 0.5;
/// A text column is not made narrower than this many em by its cells.
const LEAST_TEXT_EM: f32 = 7.0;
/// A text column asks for no more than this many em before it is broken.
const MOST_TEXT_EM: f32 = 40.0;

/// Between the text of a cell and the edge of its column.
pub(super) fn gutter(size: f32) -> f32 {
    size * 0.5
}

/// What a column needs, in em: independent of the type size.
pub(super) struct Measured {
    pub(super) shown: Shown,
    pub(super) title: String,
    pub(super) to_the_right: bool,
    /// The widest cell.
    pub(super) widest_em: f32,
    /// The least that keeps numbers whole and text readable.
    least_em: f32,
    /// What it would like.
    wanted_em: f32,
}

impl Measured {
    pub(super) fn of(shown: Shown, table: &Table, texts: &Typesetter, locale: Locale) -> Self {
        let fonts = FontSet::bundled();
        let width = |text: &str, weight| fonts.width(&texts.clean(text), 1.0, weight);
        let title = shown.title(table, locale);
        let mut widest = 0.0f32;
        for row in 0..table.len() {
            widest = widest.max(width(&shown.cell(table, row, locale).text, Weight::Regular));
        }
        let total = table.totals.as_ref().and_then(|totals| shown.total(table, totals, locale));
        if let Some(total) = total {
            widest = widest.max(width(&total.text, Weight::Bold));
        }
        let longest_word = title.split(' ').map(|word| width(word, Weight::Bold)).fold(0.0, f32::max);
        // Half a title and a bit: two lines, as a rule.
        let title_em = longest_word.min(8.0).max((width(&title, Weight::Bold) / 2.0 + 1.0).min(8.0));
        let (least, wanted) = if shown.may_be_shortened(table) {
            (widest.min(LEAST_TEXT_EM), widest.min(MOST_TEXT_EM))
        } else {
            (widest, widest)
        };
        Self {
            to_the_right: shown.stands_to_the_right(table),
            shown,
            widest_em: widest,
            least_em: least.max(longest_word.min(4.0)).max(1.5),
            wanted_em: wanted.max(title_em),
            title,
        }
    }

    fn least(&self, size: f32) -> f32 {
        self.least_em * size + 2.0 * gutter(size)
    }

    fn wanted(&self, size: f32) -> f32 {
        self.wanted_em * size + 2.0 * gutter(size)
    }
}

/// The type size, and the columns of each group with their widths in points.
pub(super) fn fitted(
    columns: &[Measured],
    width: f32,
    (largest, smallest): (f32, f32),
) -> (f32, Vec<Vec<(usize, f32)>>) {
    let mut size = largest;
    while size > smallest && columns.iter().map(|column| column.least(size)).sum::<f32>() > width {
        size -= SIZE_STEP;
    }
    let groups = grouped(columns, width, size);
    let spread = groups.into_iter().map(|group| spread(&group, columns, width, size));
    (size, spread.collect())
}

/// Positions of the columns that fit side by side; every group after the first repeats the first
/// column where there is room for it.
fn grouped(columns: &[Measured], width: f32, size: f32) -> Vec<Vec<usize>> {
    let least = |position: usize| columns.get(position).map_or(0.0, |column| column.least(size));
    let mut groups: Vec<Vec<usize>> = vec![Vec::new()];
    let mut used = 0.0;
    for position in 0..columns.len() {
        if position > 0 && used + least(position) > width + 0.01 {
            let repeats = least(0) <= width / 2.0 && least(0) + least(position) <= width;
            groups.push(if repeats { vec![0] } else { Vec::new() });
            used = if repeats { least(0) } else { 0.0 };
        }
        if let Some(group) = groups.last_mut() {
            group.push(position);
        }
        used += least(position);
    }
    groups
}

/// Shares the width: first everybody's least, then what they want, then the rest evenly.
fn spread(group: &[usize], columns: &[Measured], width: f32, size: f32) -> Vec<(usize, f32)> {
    let members: Vec<(usize, &Measured)> =
        group.iter().filter_map(|position| Some((*position, columns.get(*position)?))).collect();
    let least: f32 = members.iter().map(|(_, column)| column.least(size)).sum();
    let wish = |column: &Measured| (column.wanted(size) - column.least(size)).max(0.0);
    let wishes: f32 = members.iter().map(|(_, column)| wish(column)).sum();
    let spare = width - least;
    let granted = if wishes > 0.0 { (spare / wishes).clamp(0.0, 1.0) } else { 0.0 };
    let rest = (spare - wishes).max(0.0) / members.len().max(1) as f32;
    // A single column wider than the sheet is held to it; its text is then broken.
    members
        .into_iter()
        .map(|(position, column)| {
            (position, (column.least(size) + wish(column) * granted + rest).min(width))
        })
        .collect()
}
