//! How wide lanes are: numbers whole, text broken or shortened, lanes split if nothing helps.

use super::lane::{Lane, Shown};
use crate::render::canvas::{FontSet, Weight};
use crate::render::sheet::lines::Typesetter;
use crate::table::Wide;

/// A title takes at most this many lines.
pub(super) const TITLE_LINES: usize = 3;
/// Type sizes are tried in steps of half a point.
const SIZE_STEP: f32 = 0.5;
/// A text column is not made narrower than this many em by its cells.
const LEAST_TEXT_EM: f32 = 7.0;
/// A title that is not wider stands on one line where there is room.
const SHORT_TITLE_EM: f32 = 8.0;
/// A text column asks for no more than this many em before it is broken.
const MOST_TEXT_EM: f32 = 40.0;
/// A table that is to shrink goes down to this type size.
const SHRUNK_SIZE: f32 = 4.0;

/// Between the text of a cell and the edge of its column.
pub(super) fn gutter(size: f32) -> f32 {
    size * 0.5
}

/// What a lane needs, in em: independent of the type size.
pub(super) struct Measured {
    pub(super) lane: Lane,
    pub(super) to_the_right: bool,
    /// The widest cell.
    pub(super) widest_em: f32,
    /// The least that keeps numbers whole and text readable.
    least_em: f32,
    /// What its cells would like.
    cells_em: f32,
    /// What its title would like besides.
    title_em: f32,
    /// Lanes with the same number stay on one sheet where they fit.
    pub(super) group: Option<usize>,
}

/// Every lane of the grid.
pub(super) fn measured(shown: &Shown<'_>, texts: &Typesetter) -> Vec<Measured> {
    let fonts = FontSet::in_use();
    let width = |text: &str, weight| fonts.width(&texts.clean(text), 1.0, weight);
    let mut lanes: Vec<Measured> = shown
        .lanes()
        .map(|lane| {
            let widest = shown.widest_em(lane, texts);
            let title = shown.title(lane);
            let longest_word = title.split(' ').map(|word| width(word, Weight::Bold)).fold(0.0, f32::max);
            // A short title on one line; half of a long one and a bit, for two.
            let title_em = match width(title, Weight::Bold) {
                whole if whole <= SHORT_TITLE_EM => whole,
                whole => longest_word.max(whole / 2.0 + 1.0).min(SHORT_TITLE_EM),
            };
            let (least, wanted) = if shown.may_break(lane) {
                (widest.min(LEAST_TEXT_EM), widest.min(MOST_TEXT_EM))
            } else {
                (widest, widest)
            };
            Measured {
                lane,
                to_the_right: shown.is_right(lane),
                widest_em: widest,
                // A little more than the word itself, so that rounding does not break it.
                least_em: least.max((longest_word + 0.15).min(LEAST_TEXT_EM)).max(1.5),
                cells_em: wanted,
                title_em,
                group: None,
            }
        })
        .collect();
    make_room_for_heads(shown, texts, &mut lanes);
    lanes
}

/// A head over several lanes, and a label over several columns of the stub, find room for their longest
/// word.
fn make_room_for_heads(shown: &Shown<'_>, texts: &Typesetter, lanes: &mut [Measured]) {
    let fonts = FontSet::in_use();
    let stub = shown.grid.stub.len();
    let mut groups = 0;
    for cell in shown.grid.head.iter().flat_map(|row| row.iter()).filter(|cell| cell.columns > 1) {
        let own = lanes.get_mut(stub + cell.column..(stub + cell.column + cell.columns));
        let Some(own) = own else { continue };
        if own.iter().all(|lane| lane.group.is_none()) {
            for lane in own.iter_mut() {
                lane.group = Some(groups);
            }
            groups += 1;
        }
        let text = texts.clean(&cell.text);
        let word = text.split(' ').map(|word| fonts.width(word, 1.0, Weight::Bold)).fold(0.0, f32::max);
        let missing = word.min(LEAST_TEXT_EM * 1.5) + 0.15
            - own.iter().map(|lane| lane.least_em + 1.0).sum::<f32>()
            + 1.0;
        if missing > 0.0 {
            let share = missing / own.len().max(1) as f32;
            for lane in own.iter_mut() {
                lane.least_em += share;
            }
        }
    }
}

impl Measured {
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

/// The type size, and the lanes of each group with their widths in points.
///
/// The largest size that fits is taken. If not even the smallest does, the lanes are split into
/// as few groups as at that size, of about the same width, in the largest size that allows it.
pub(super) fn fitted(
    lanes: &[Measured],
    stub: usize,
    width: f32,
    (largest, smallest): (f32, f32),
    wide: Wide,
) -> (f32, Vec<Vec<(usize, f32)>>) {
    let smallest = if wide == Wide::Shrink { SHRUNK_SIZE.min(smallest) } else { smallest };
    let groups = |size| Groups { lanes, stub, size };
    let count = groups(smallest).within(width).len();
    let mut size = largest;
    while size > smallest && groups(size).within(width).len() > count {
        size -= SIZE_STEP;
    }
    let balanced = groups(size).balanced(width);
    let spread = balanced.into_iter().map(|group| spread(&group, lanes, width, size));
    (size, spread.collect())
}

/// Lanes at one type size.
struct Groups<'m> {
    lanes: &'m [Measured],
    stub: usize,
    size: f32,
}

impl Groups<'_> {
    fn least(&self, position: usize) -> f32 {
        self.lanes.get(position).map_or(0.0, |lane| lane.least(self.size))
    }

    fn least_of(&self, group: &[usize]) -> f32 {
        group.iter().map(|position| self.least(*position)).sum()
    }

    /// Positions of the lanes that fit side by side; every group after the first repeats the row heads
    /// where there is room for them. Lanes under one head stay together where that is possible.
    fn within(&self, width: f32) -> Vec<Vec<usize>> {
        let heads: Vec<usize> = (0..self.stub.min(self.lanes.len())).collect();
        let heads_width = self.least_of(&heads);
        let repeated: &[usize] = if heads_width <= width * 0.6 { &heads } else { &[] };
        let mut groups: Vec<Vec<usize>> = vec![Vec::new()];
        let mut used = 0.0;
        let mut position = 0;
        while position < self.lanes.len() {
            let together = self.together(position);
            let wanted: f32 = (position..position + together).map(|lane| self.least(lane)).sum();
            let fresh = self.least_of(repeated);
            let count = if fresh + wanted <= width + 0.01 { together } else { 1 };
            let wanted: f32 = (position..position + count).map(|lane| self.least(lane)).sum();
            let is_bare = groups.last().is_some_and(|group| group.iter().all(|lane| *lane < self.stub));
            if position >= self.stub
                && used + wanted > width + 0.01
                && !(is_bare && groups.len() > 1)
                && used > 0.0
            {
                let repeats = fresh + wanted <= width + 0.01;
                groups.push(if repeats { repeated.to_vec() } else { Vec::new() });
                used = if repeats { fresh } else { 0.0 };
            }
            if let Some(group) = groups.last_mut() {
                group.extend(position..position + count);
            }
            used += wanted;
            position += count;
        }
        groups
    }

    /// How many lanes from `position` on are under the same head.
    fn together(&self, position: usize) -> usize {
        let Some(group) = self.lanes.get(position).and_then(|lane| lane.group) else { return 1 };
        self.lanes.iter().skip(position).take_while(|lane| lane.group == Some(group)).count().max(1)
    }

    /// As [`Groups::within`], with the widest group as narrow as the same number of groups allows.
    fn balanced(&self, width: f32) -> Vec<Vec<usize>> {
        let mut groups = self.within(width);
        let (mut too_narrow, mut enough) = (0.0, width);
        for _ in 0..12 {
            let middle = f32::midpoint(too_narrow, enough);
            let tried = self.within(middle);
            let is_possible = tried.len() <= groups.len()
                && tried.iter().all(|group| self.least_of(group) <= width + 0.01)
                && tried.iter().all(|group| self.stub == 0 || group.contains(&0));
            if is_possible {
                (groups, enough) = (tried, middle);
            } else {
                too_narrow = middle;
            }
        }
        groups
    }
}

/// Shares the width: first everybody's least, then what the cells want, then what the titles want,
/// then the rest evenly.
fn spread(group: &[usize], lanes: &[Measured], width: f32, size: f32) -> Vec<(usize, f32)> {
    let members: Vec<(usize, &Measured)> =
        group.iter().filter_map(|position| Some((*position, lanes.get(*position)?))).collect();
    let wishes = members.iter().map(|(_, lane)| lane.wishes(size));
    let (cells, titles) = wishes.fold((0.0, 0.0), |sum, wish| (sum.0 + wish.0, sum.1 + wish.1));
    let least: f32 = members.iter().map(|(_, lane)| lane.least(size)).sum();
    let spare = width - least;
    let granted = |spare: f32, wishes: f32| if wishes > 0.0 { (spare / wishes).clamp(0.0, 1.0) } else { 0.0 };
    let (for_cells, for_titles) = (granted(spare, cells), granted(spare - cells, titles));
    let rest = (spare - cells - titles).max(0.0) / members.len().max(1) as f32;
    let share = |lane: &Measured| {
        let (cells, title) = lane.wishes(size);
        // A single lane wider than the sheet is held to it; its text is then broken.
        (lane.least(size) + cells * for_cells + title * for_titles + rest).min(width)
    };
    members.into_iter().map(|(position, lane)| (position, share(lane))).collect()
}
