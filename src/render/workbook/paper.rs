//! How worksheets print: on A4, one page wide, with repeated heads and numbered pages.

use rust_xlsxwriter::Worksheet;

use super::{About, WorkbookError};

const A4: u8 = 9;
/// What an upright sheet holds without shrinking, in the width of a digit.
const UPRIGHT: f64 = 96.0;
/// Excel takes 255 characters with its own codes.
const LONGEST_TITLE: usize = 90;
/// In inches: left, right, top, bottom, header, footer.
const MARGINS: [f64; 6] = [0.5, 0.5, 0.6, 0.7, 0.3, 0.35];

/// Sets up the printing of a worksheet whose columns are `width` digits wide together; the rows of
/// `heads` are repeated on every page.
pub(super) fn set_up(
    sheet: &mut Worksheet,
    about: &About<'_>,
    width: f64,
    heads: Option<(u32, u32)>,
) -> Result<(), WorkbookError> {
    if about.landscape || width > UPRIGHT {
        sheet.set_landscape();
    }
    let [left, right, top, bottom, header, footer] = MARGINS;
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_margins(left, right, top, bottom, header, footer);
    if let Some((first, last)) = heads {
        sheet.set_repeat_rows(first, last)?;
    }
    // The space keeps a title that begins with a digit apart from the size of the text.
    sheet.set_footer(format!("&L&8 {}&C&8 {}&R&8 &P / &N", escaped(about.title), escaped(about.subtitle)));
    Ok(())
}

fn escaped(text: &str) -> String {
    let line: String =
        text.chars().take(LONGEST_TITLE).map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_no_code_of_excel() {
        assert_eq!(escaped("R&D\n2026"), "R&&D 2026");
        assert_eq!(escaped(&"가".repeat(200)).chars().count(), LONGEST_TITLE);
    }
}
