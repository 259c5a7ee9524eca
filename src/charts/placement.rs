//! Room for labels, given away piece by piece, so that none stands on another or on a mark.

use super::pen::Area;

/// What is still free of a surface.
pub(super) struct Placement {
    bounds: Area,
    taken: Vec<Area>,
}

impl Placement {
    /// All of `bounds` is free.
    pub(super) fn within(bounds: Area) -> Self {
        Self { bounds, taken: Vec::new() }
    }

    /// Keeps labels away from a mark.
    pub(super) fn block(&mut self, mark: Area) {
        self.taken.push(mark);
    }

    /// Takes the first of `candidates` that is free as a whole; `None` if none is.
    pub(super) fn take(&mut self, candidates: impl IntoIterator<Item = Area>) -> Option<Area> {
        let found = candidates.into_iter().find(|area| self.is_free(area))?;
        self.taken.push(found);
        Some(found)
    }

    fn is_free(&self, area: &Area) -> bool {
        area.left >= self.bounds.left
            && area.right <= self.bounds.right
            && area.top >= self.bounds.top
            && area.bottom <= self.bounds.bottom
            && !self.taken.iter().any(|other| area.overlaps(other))
    }
}

/// The places for a label of this size around a mark, the best first: right, left, above, below, then
/// the corners.
pub(super) fn around(mark: Area, (width, height): (f64, f64), gap: f64) -> [Area; 8] {
    let (x, y) = mark.center();
    let place =
        |left: f64, middle: f64| Area::new(left, middle - height / 2.0, left + width, middle + height / 2.0);
    let (right, left) = (mark.right + gap, mark.left - gap - width);
    let (above, below) = (mark.top - gap - height / 2.0, mark.bottom + gap + height / 2.0);
    [
        place(right, y),
        place(left, y),
        place(x - width / 2.0, above),
        place(x - width / 2.0, below),
        place(right - gap, above),
        place(right - gap, below),
        place(left + gap, above),
        place(left + gap, below),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_go_around_marks_and_each_other_and_are_dropped_where_no_room_is_left() {
        let mut room = Placement::within(Area::new(0.0, 0.0, 60.0, 40.0));
        let mark = Area::new(28.0, 18.0, 32.0, 22.0);
        room.block(mark);
        let places: Vec<Area> = std::iter::from_fn(|| room.take(around(mark, (15.0, 8.0), 1.0))).collect();
        assert!(places.len() >= 2, "{places:?}");
        for (index, one) in places.iter().enumerate() {
            assert!(!one.overlaps(&mark), "{one:?}");
            assert!(one.left >= 0.0 && one.right <= 60.0 && one.top >= 0.0 && one.bottom <= 40.0);
            assert!(places[index + 1..].iter().all(|other| !one.overlaps(other)), "{places:?}");
        }
    }
}
