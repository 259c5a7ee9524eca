//! Rectangles of given areas that fill a rectangle and are nearly squares.

use crate::charts::pen::Area;

/// Divides `whole` into one rectangle per size, in proportion, in the order given. Sizes must be
/// positive and descending for good shapes. After Bruls, Huizing and van Wijk, "Squarified Treemaps"
/// (2000): rows are laid along the shorter side and closed when another rectangle would make their
/// worst shape worse.
pub(super) fn squarified(sizes: &[f64], whole: Area) -> Vec<Area> {
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let sum: f64 = sizes.iter().map(|size| size / largest).sum();
    if largest <= 0.0 || !sum.is_finite() {
        return vec![Area::new(whole.left, whole.top, whole.left, whole.top); sizes.len()];
    }
    let scale = whole.width() * whole.height() / sum;
    let areas: Vec<f64> = sizes.iter().map(|size| size / largest * scale).collect();
    let mut places = Vec::with_capacity(sizes.len());
    let mut room = whole;
    let mut rest = areas.as_slice();
    while !rest.is_empty() {
        let side = room.width().min(room.height());
        let mut count = 1;
        while count < rest.len() && worst(rest, count + 1, side) <= worst(rest, count, side) {
            count += 1;
        }
        let (row, after) = rest.split_at(count);
        // What is left of the room by rounding belongs to the last row.
        room = lay(row, room, after.is_empty(), &mut places);
        rest = after;
    }
    places
}

/// The worst ratio of long to short side among the first `count` areas in a row along `side`.
fn worst(areas: &[f64], count: usize, side: f64) -> f64 {
    let row = areas.get(..count).unwrap_or(areas);
    let sum: f64 = row.iter().sum();
    let (low, high) =
        row.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), area| (low.min(*area), high.max(*area)));
    if sum <= 0.0 || side <= 0.0 || low <= 0.0 {
        return f64::INFINITY;
    }
    let (side, sum) = (side * side, sum * sum);
    (side * high / sum).max(sum / (side * low))
}

/// Lays a row along the shorter side of `room`; gives what is left of it.
fn lay(row: &[f64], room: Area, is_last: bool, places: &mut Vec<Area>) -> Area {
    let sum: f64 = row.iter().sum();
    let upright = room.width() >= room.height();
    let (side, depth) = if upright { (room.height(), room.width()) } else { (room.width(), room.height()) };
    let thickness = if is_last || side <= 0.0 { depth } else { (sum / side).min(depth) };
    let mut from = 0.0;
    for area in row {
        let length = if sum > 0.0 { side * area / sum } else { 0.0 };
        places.push(if upright {
            Area::new(room.left, room.top + from, room.left + thickness, room.top + from + length)
        } else {
            Area::new(room.left + from, room.top, room.left + from + length, room.top + thickness)
        });
        from += length;
    }
    if upright {
        Area::new(room.left + thickness, room.top, room.right, room.bottom)
    } else {
        Area::new(room.left, room.top + thickness, room.right, room.bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_paper_comes_out_as_in_the_paper() {
        let whole = Area::new(0.0, 0.0, 6.0, 4.0);
        let places = squarified(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], whole);
        assert_eq!(places[0], Area::new(0.0, 0.0, 3.0, 2.0));
        assert_eq!(places[1], Area::new(0.0, 2.0, 3.0, 4.0));
        let shape = |area: &Area| area.width().max(area.height()) / area.width().min(area.height());
        assert!(places.iter().all(|area| shape(area) < 3.0), "{places:?}");
    }

    proptest! {
        #[test]
        fn areas_are_in_proportion_and_inside(sizes in prop::collection::vec(0.01_f64..1e6, 1..80)) {
            let mut sizes = sizes;
            sizes.sort_by(|a, b| b.total_cmp(a));
            let whole = Area::new(10.0, 20.0, 410.0, 240.0);
            let sum: f64 = sizes.iter().sum();
            for (area, size) in squarified(&sizes, whole).iter().zip(&sizes) {
                let wanted = 400.0 * 220.0 * size / sum;
                prop_assert!((area.width() * area.height() - wanted).abs() < 1.0, "{:?} {}", area, wanted);
                prop_assert!(area.left >= 10.0 - 1e-6 && area.right <= 410.0 + 1e-6);
                prop_assert!(area.top >= 20.0 - 1e-6 && area.bottom <= 240.0 + 1e-6);
            }
        }
    }
}
