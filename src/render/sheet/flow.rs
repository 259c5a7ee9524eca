//! Strips on sheets: what stands where, and how high it is. Nothing is drawn yet, so the number of
//! sheets is known before the first of them is.

use super::rows::Strip;
use super::style::{CHART_HEIGHT, GAP};
use super::table::Cut;

/// A table that goes on beyond this sheet begins on it only with this much room.
const ROOM_TO_BEGIN: f32 = 150.0;

/// A strip, or a piece of a flowing one, in its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// The position of the strip among all.
    pub(super) strip: usize,
    /// From the top of the sheet.
    pub(super) y: f32,
    pub(super) height: f32,
    /// For a table, its rows.
    pub(super) cut: Option<Cut>,
}

/// One sheet of paper.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sheet {
    /// Width and height in points.
    pub(super) size: (f32, f32),
    pub(super) pieces: Vec<Piece>,
    /// What the pieces are scaled by, about the upper left corner of the body.
    pub(super) scale: f32,
    /// The upper edge of the body.
    pub(super) top: f32,
}

impl Sheet {
    pub(super) fn empty(size: (f32, f32)) -> Self {
        Self { size, pieces: Vec::new(), scale: 1.0, top: 0.0 }
    }
}

/// Fills the sheets of one page of the layout.
struct Filler<'s, 'a> {
    strips: &'s [Strip<'a>],
    size: (f32, f32),
    /// Upper edge of the body on the current sheet, and its lower edge.
    top: f32,
    next_top: f32,
    bottom: f32,
    y: f32,
    pieces: Vec<Piece>,
    sheets: Vec<Sheet>,
}

/// Puts `strips` (the first of which has position `offset`) on sheets of `size`. The body of the
/// first sheet reaches from `first_top`, of the others from `next_top`, to `bottom`.
pub(super) fn fill(
    strips: &[Strip<'_>],
    offset: usize,
    size: (f32, f32),
    (first_top, next_top, bottom): (f32, f32, f32),
) -> Vec<Sheet> {
    let (pieces, sheets) = (Vec::new(), Vec::new());
    let mut filler = Filler { strips, size, top: first_top, next_top, bottom, y: first_top, pieces, sheets };
    for (position, strip) in strips.iter().enumerate() {
        match strip {
            Strip::Together { least, .. } => filler.keep_together(position, *least),
            Strip::Flow(_) => filler.flow(position),
        }
    }
    filler.end_sheet();
    for piece in filler.sheets.iter_mut().flat_map(|sheet| &mut sheet.pieces) {
        piece.strip += offset;
    }
    filler.sheets
}

impl Filler<'_, '_> {
    fn keep_together(&mut self, strip: usize, least: f32) {
        if self.next_y() + least > self.bottom && !self.is_fresh() {
            self.end_sheet();
        }
        self.put(strip, least, None);
    }

    fn flow(&mut self, strip: usize) {
        let strips = self.strips;
        let Some(Strip::Flow(table)) = strips.get(strip) else { return };
        let whole = table.whole();
        let height = table.height(&whole);
        if self.next_y() + height <= self.bottom && !table.has_breaks() {
            self.put(strip, height, Some(whole));
            return;
        }
        if !self.pieces.is_empty() {
            self.grow_charts(ROOM_TO_BEGIN, CHART_HEIGHT);
        }
        let mut start = 0;
        loop {
            let fresh = self.is_fresh();
            let (room, full) = (self.bottom - self.next_y(), self.bottom - self.next_top);
            let cut = if fresh || room >= ROOM_TO_BEGIN { table.cut(start, room, full, fresh) } else { None };
            let Some(cut) = cut else {
                self.end_sheet();
                continue;
            };
            start = cut.rows.end;
            let last = cut.last;
            self.put(strip, table.height(&cut), Some(cut));
            if last {
                return;
            }
            // The table has filled the sheet: what it left open is no room for charts to grow into.
            self.close_sheet();
        }
    }

    fn put(&mut self, strip: usize, height: f32, cut: Option<Cut>) {
        let y = self.next_y();
        self.pieces.push(Piece { strip, y, height, cut });
        self.y = y + height;
    }

    fn next_y(&self) -> f32 {
        if self.pieces.is_empty() { self.top } else { self.y + GAP }
    }

    /// Whether no other sheet would have more room: empty, and without the title block.
    fn is_fresh(&self) -> bool {
        self.pieces.is_empty() && self.top <= self.next_top
    }

    /// Ends the sheet, its charts grown into the room that is left.
    fn end_sheet(&mut self) {
        self.grow_charts(0.0, f32::INFINITY);
        self.close_sheet();
    }

    fn close_sheet(&mut self) {
        if !self.pieces.is_empty() || self.sheets.is_empty() {
            let pieces = std::mem::take(&mut self.pieces);
            self.sheets.push(Sheet { size: self.size, pieces, scale: 1.0, top: self.top });
        }
        self.top = self.next_top;
        self.y = self.top;
    }

    /// Shares the free height, less `keep`, among the strips with charts, up to `most` for each.
    fn grow_charts(&mut self, keep: f32, most: f32) {
        let mut free = self.bottom - self.y - keep;
        let strips = self.strips;
        let limit = |piece: &Piece| match strips.get(piece.strip) {
            Some(Strip::Together { most: own, .. }) => own.min(most),
            _ => 0.0,
        };
        loop {
            let growing = self.pieces.iter().filter(|piece| piece.height + 0.5 < limit(piece)).count();
            if growing == 0 || free < 1.0 {
                break;
            }
            let share = free / growing as f32;
            for piece in &mut self.pieces {
                let more = (limit(piece) - piece.height).clamp(0.0, share);
                piece.height += more;
                free -= more;
            }
        }
        let mut y = self.top;
        for piece in &mut self.pieces {
            piece.y = y;
            y += piece.height + GAP;
        }
        self.y = self.pieces.last().map_or(self.top, |piece| piece.y + piece.height);
    }
}
