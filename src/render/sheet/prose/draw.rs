//! Lines of words put on a sheet.

use super::{Ground, Line};
use crate::render::canvas::{Op, Page, Rect, Tag};
use crate::render::sheet::lines::{Align, put};
use crate::render::sheet::style::{HAIRLINE, RULE, WASH, rule};

/// Draws `lines` from the top of `area` downward.
pub(in crate::render::sheet) fn draw(page: &mut Page, lines: &[Line], area: Rect) {
    let mut top = area.y;
    for (position, line) in lines.iter().enumerate() {
        let above = if position == 0 { 0.0 } else { line.above };
        match line.ground {
            Ground::None => {}
            Ground::Wash(x) => {
                let wash = Rect::new(area.x + x, top + above, area.width - x, line.height);
                page.fill_rect(wash, WASH);
            }
            Ground::Rule(x) => {
                let y = top + above + line.height / 2.0;
                page.line((area.x + x, y), (area.right(), y), rule(HAIRLINE, 0.7));
            }
        }
        for bar in &line.bars {
            // Through the gap above too, unless the quotation begins here.
            let goes_on =
                position > 0 && lines.get(position - 1).is_some_and(|before| before.bars.contains(bar));
            let start = if goes_on { top } else { top + above };
            page.line((area.x + bar, start), (area.x + bar, top + above + line.height), rule(RULE, 1.2));
        }
        let baseline = top + above + line.baseline;
        for run in &line.runs {
            let x = area.x + run.x;
            let Some(url) = &run.link else {
                put(page, &run.text, run.style, (x, baseline), Align::Left);
                continue;
            };
            page.tagged(Tag::Link, |page| {
                put(page, &run.text, run.style, (x, baseline), Align::Left);
                let width = run.style.width(run.text.trim_end());
                page.line((x, baseline + 1.6), (x + width, baseline + 1.6), rule(run.style.color, 0.4));
                let height = run.style.size * 1.3;
                let link = Rect::new(x, baseline - run.style.size, width, height);
                page.ops.push(Op::Link { area: link, url: url.clone() });
            });
        }
        top += above + line.height;
    }
}
