//! Text that must fit: cleaned, cut by measured width, wrapped, spread.

use plotters_backend::DrawingBackend;

use super::ChartError;
use super::pen::{Font, Pen};

/// How many characters of a name are ever drawn or shown.
const LONGEST: usize = 120;

const ELLIPSIS: char = '…';

/// A name from the data on one line: no control characters, no more than 120 characters.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            clean.push(ELLIPSIS);
            break;
        }
        // Directional overrides would turn the text around them.
        let odd = c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        clean.push(if odd { ' ' } else { c });
    }
    clean.trim().to_owned()
}

/// The longest beginning of `text` that fits into `room` points, with an ellipsis where it was cut;
/// empty if not even one character fits.
pub(super) fn fitted<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    text: &str,
    room: f64,
    font: Font,
) -> Result<String, ChartError> {
    if pen.width(text, font)? <= room {
        return Ok(text.to_owned());
    }
    let chars: Vec<char> = text.chars().collect();
    let cut = |count: usize| {
        let mut text: String = chars.iter().take(count).collect();
        text.truncate(text.trim_end().len());
        text.push(ELLIPSIS);
        text
    };
    let (mut fits, mut too_many) = (0, chars.len());
    while too_many - fits > 1 {
        let middle = usize::midpoint(fits, too_many);
        if pen.width(&cut(middle), font)? <= room {
            fits = middle;
        } else {
            too_many = middle;
        }
    }
    Ok(if fits == 0 { String::new() } else { cut(fits) })
}

/// Where a line may break, besides spaces and between ideographs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// Nowhere else: Korean words stay whole.
    BetweenWords,
    /// Between any two syllables of Hangul.
    BetweenSyllables,
}

/// `text` on at most `lines` lines of `room` points, between words where that is enough; `None` if
/// it does not fit without being cut.
pub(super) fn wrapped<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    text: &str,
    room: f64,
    lines: usize,
    font: Font,
) -> Result<Option<Vec<String>>, ChartError> {
    for breaks in [Breaks::BetweenWords, Breaks::BetweenSyllables] {
        let pieces = pieces(text, breaks);
        let Some(rows) = filled_rows(pen, &pieces, room, lines, font)? else { continue };
        // Rows of about the same length read better than a full one and a leftover.
        let narrower = if rows.len() > 1 { [0.5, 0.6, 0.7, 0.8, 0.9].as_slice() } else { &[] };
        for part in narrower {
            if let Some(even) = filled_rows(pen, &pieces, room * part, rows.len(), font)? {
                return Ok(Some(even));
            }
        }
        return Ok(Some(rows));
    }
    Ok(None)
}

fn filled_rows<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    pieces: &[String],
    room: f64,
    lines: usize,
    font: Font,
) -> Result<Option<Vec<String>>, ChartError> {
    let mut rows: Vec<String> = Vec::new();
    let mut row = String::new();
    for piece in pieces {
        let longer = format!("{row}{piece}");
        if pen.width(longer.trim_end(), font)? <= room {
            row = longer;
            continue;
        }
        if row.trim().is_empty() || pen.width(piece.trim(), font)? > room {
            return Ok(None);
        }
        rows.push(row.trim().to_owned());
        piece.trim_start().clone_into(&mut row);
        if rows.len() == lines {
            return Ok(None);
        }
    }
    rows.push(row.trim().to_owned());
    Ok((rows.len() <= lines).then_some(rows))
}

/// The parts of a text between which a line may break.
fn pieces(text: &str, breaks: Breaks) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut breakable = true;
    for c in text.chars() {
        let cjk = match c {
            '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => true,
            '\u{ac00}'..='\u{d7a3}' => breaks == Breaks::BetweenSyllables,
            _ => false,
        };
        match pieces.last_mut() {
            Some(piece) if !breakable && !cjk => piece.push(c),
            Some(piece) if c == ' ' => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        breakable = cjk || c == ' ' || c == '-' || c == '/';
    }
    pieces
}

/// Moves `positions` (middles of labels of height `height`) as little as possible so that none
/// overlap and all stay between `top` and `bottom`; `None` if there is not enough room.
pub(super) fn spread(positions: &[f64], height: f64, top: f64, bottom: f64) -> Option<Vec<f64>> {
    if positions.len() as f64 * height > bottom - top + 1e-6 {
        return None;
    }
    let mut order: Vec<usize> = (0..positions.len()).collect();
    order.sort_by(|a, b| positions[*a].total_cmp(&positions[*b]));
    // Labels that touch become a block that stands around the mean of its members' wishes.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for index in &order {
        blocks.push((positions[*index], 1));
        while let [.., above, below] = blocks.as_slice() {
            let touching = height * (above.1 + below.1) as f64 / 2.0;
            if held(*below, height, top, bottom) - held(*above, height, top, bottom) >= touching - 1e-9 {
                break;
            }
            let count = above.1 + below.1;
            let mean = (above.0 * above.1 as f64 + below.0 * below.1 as f64) / count as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((mean, count));
        }
    }
    let mut placed = vec![0.0; positions.len()];
    let mut members = order.into_iter();
    for block in blocks {
        let first = held(block, height, top, bottom) - height * (block.1 - 1) as f64 / 2.0;
        for place in 0..block.1 {
            if let Some(slot) = members.next().and_then(|index| placed.get_mut(index)) {
                *slot = first + height * place as f64;
            }
        }
    }
    Some(placed)
}

fn held((middle, count): (f64, usize), height: f64, top: f64, bottom: f64) -> f64 {
    let half = height * count as f64 / 2.0;
    middle.min(bottom - half).max(top + half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_and_long_names_are_tamed() {
        assert_eq!(clean("a\u{0}b\nc\u{202e}d"), "a b c d");
        assert_eq!(clean(&"가".repeat(10_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn lines_break_at_spaces_and_between_ideographs() {
        assert_eq!(pieces("New York 매출", Breaks::BetweenSyllables), ["New ", "York ", "매", "출"]);
        assert_eq!(pieces("강남 매출 旗艦", Breaks::BetweenWords), ["강남 ", "매출 ", "旗", "艦"]);
    }

    proptest! {
        #[test]
        fn spread_labels_never_overlap_or_leave(wishes in prop::collection::vec(-50.0_f64..150.0, 0..10)) {
            let placed = spread(&wishes, 10.0, 0.0, 100.0).unwrap();
            let mut sorted = placed.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 10.0 - 1e-6), "{:?}", placed);
            prop_assert!(placed.iter().all(|y| *y >= 5.0 - 1e-6 && *y <= 95.0 + 1e-6), "{:?}", placed);
        }
    }
}
