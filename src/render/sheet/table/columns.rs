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
/// A title that is not wider stands on one line where there is room.
const SHORT_TITLE_EM: f32 = 8.0;
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
    /// What its cells would like.
    cells_em: f32,
    /// What its title would like besides.
    title_em: f32,
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
        // A short title on one line; half of a long one and a bit, for two.
        let title_em = match width(&title, Weight::Bold) {
            whole if whole <= SHORT_TITLE_EM => whole,
            whole => longest_word.max(whole / 2.0 + 1.0).min(SHORT_TITLE_EM),
        };
        let (least, wanted) = if shown.may_be_shortened(table) {
            (widest.min(LEAST_TEXT_EM), widest.min(MOST_TEXT_EM))
        } else {
            (widest, widest)
        };
        Self {
            to_the_right: shown.stands_to_the_right(table),
            shown,
            widest_em: widest,
            // A little more than the word itself, so that rounding does not break it.
            least_em: least.max((longest_word + 0.15).min(LEAST_TEXT_EM)).max(1.5),
            cells_em: wanted,
            title_em,
            title,
        }
    }

    fn least(&self, size: f32) -> f32 {
        self.least_em * size + 2.0 * gutter(size)
    }

    /// What it would like beyond its least: for the cells, and for the title on top of that.
    fn wishes(&self, size: f32) -> (f32, f32) {
        let cells = (self.cells_em - self.least_em).max(0.0);
        let title = (self.title_em - self.least_em.max(self.cells_em)).max(0.0);
        (cells * size, title * size)
    }
}

/// The type size, and the columns of each group with their widths in points.
///
/// The largest size that fits is taken. If not even the smallest does, the columns are split into
/// as few groups as at that size, of about the same width, in the largest size that allows it.
pub(super) fn fitted(
    columns: &[Measured],
    width: f32,
    (largest, smallest): (f32, f32),
) -> (f32, Vec<Vec<(usize, f32)>>) {
    let count = grouped(columns, width, smallest).len();
    let mut size = largest;
    while size > smallest && grouped(columns, width, size).len() > count {
        size -= SIZE_STEP;
    }
    let groups = balanced(columns, width, size);
    let spread = groups.into_iter().map(|group| spread(&group, columns, width, size));
    (size, spread.collect())
}

/// As [`grouped`], with the widest group as narrow as the same number of groups allows.
fn balanced(columns: &[Measured], width: f32, size: f32) -> Vec<Vec<usize>> {
    let mut groups = grouped(columns, width, size);
    let (mut too_narrow, mut enough) = (0.0, width);
    for _ in 0..12 {
        let middle = f32::midpoint(too_narrow, enough);
        let tried = grouped(columns, middle, size);
        let is_possible = tried.len() <= groups.len()
            && tried.iter().all(|group| least_of(group, columns, size) <= width + 0.01);
        if is_possible {
            (groups, enough) = (tried, middle);
        } else {
            too_narrow = middle;
        }
    }
    groups
}

fn least_of(group: &[usize], columns: &[Measured], size: f32) -> f32 {
    group.iter().filter_map(|position| columns.get(*position)).map(|column| column.least(size)).sum()
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

/// Shares the width: first everybody's least, then what the cells want, then what the titles want,
/// then the rest evenly.
fn spread(group: &[usize], columns: &[Measured], width: f32, size: f32) -> Vec<(usize, f32)> {
    let members: Vec<(usize, &Measured)> =
        group.iter().filter_map(|position| Some((*position, columns.get(*position)?))).collect();
    let wishes = members.iter().map(|(_, column)| column.wishes(size));
    let (cells, titles) = wishes.fold((0.0, 0.0), |sum, wish| (sum.0 + wish.0, sum.1 + wish.1));
    let spare = width - least_of(group, columns, size);
    let granted = |spare: f32, wishes: f32| if wishes > 0.0 { (spare / wishes).clamp(0.0, 1.0) } else { 0.0 };
    let (for_cells, for_titles) = (granted(spare, cells), granted(spare - cells, titles));
    let rest = (spare - cells - titles).max(0.0) / members.len().max(1) as f32;
    let share = |column: &Measured| {
        let (cells, title) = column.wishes(size);
        // A single column wider than the sheet is held to it; its text is then broken.
        (column.least(size) + cells * for_cells + title * for_titles + rest).min(width)
    };
    members.into_iter().map(|(position, column)| (position, share(column))).collect()
}
