//! A row of the layout measured: its blocks side by side, on as many lines as they need.

use super::lines::{Style, Typesetter, broken};
use super::note::{NOTE_LINE, note_lines};
use super::prose;
use super::style::{
    CARD_PADDING, CHART_LEAST_HEIGHT, CHART_LEAST_WIDTH, CHART_MOST_HEIGHT, GAP, INK, KPI_BESIDE_WIDTH,
    KPI_HEIGHT, KPI_LEAST_WIDTH, TEXT_LEAST_WIDTH, TEXT_LINE, TEXT_SIZE,
};
use super::table::TableLayout;
use crate::charts::Chart;
use crate::format::Locale;
use crate::format::rich_text::{RichText, TextBlock};
use crate::render::canvas::TableId;
use crate::render::document::{Block, Content, Failure, Kpi};

const FAILURE_HEIGHT: f32 = 66.0;
const FAILURE_LEAST_WIDTH: f32 = 130.0;
/// The height of a title above text.
pub(super) const TEXT_TITLE: f32 = 17.0;
/// A message longer than this many lines is shortened; the log has the rest.
pub(super) const FAILURE_LINES: usize = 6;

/// A block in its column.
pub(super) struct Cell<'a> {
    pub(super) block: &'a Block,
    /// From the left edge of the body.
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) content: CellContent<'a>,
}

/// What a block shows, measured.
pub(super) enum CellContent<'a> {
    Kpi(&'a Kpi),
    Chart {
        chart: &'a Chart,
        /// The lines of the block's note below it.
        note: Vec<String>,
    },
    Table(Box<TableLayout<'a>>),
    Text {
        lines: Vec<prose::Line>,
        /// Whether the block's title stands above them.
        titled: bool,
        /// The lines of the block's note below them.
        note: Vec<String>,
    },
    Failure {
        failure: &'a Failure,
        lines: Vec<String>,
    },
}

/// What stands on a sheet from one edge of the body to the other.
pub(super) enum Strip<'a> {
    /// Blocks that are kept together, with their least and greatest height.
    Together { cells: Vec<Cell<'a>>, least: f32, most: f32 },
    /// A table that flows over sheets.
    Flow(TableLayout<'a>),
}

/// Measures rows of blocks for a body of a given size.
pub(super) struct Measurer<'t> {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) texts: &'t Typesetter,
    pub(super) locale: Locale,
    pub(super) tables: &'t TableNumbers,
}

/// Numbers the tables of a document, so that one that goes on over sheets is known as the same.
#[derive(Debug, Default)]
pub(super) struct TableNumbers(std::cell::Cell<u32>);

impl TableNumbers {
    fn next(&self) -> TableId {
        let number = self.0.get();
        self.0.set(number + 1);
        TableId(number)
    }
}

impl Measurer<'_> {
    /// The strips of one row of blocks.
    pub(super) fn strips<'a>(&self, blocks: &'a [Block]) -> Vec<Strip<'a>> {
        let mut strips = Vec::new();
        let mut alone = Vec::new();
        let mut rest: &[Block] = blocks;
        while !rest.is_empty() {
            let count = self.that_fit(rest);
            let (line, more) = rest.split_at(count.clamp(1, rest.len()));
            rest = more;
            let cells = self.line(line, &mut alone);
            if !cells.is_empty() {
                strips.push(together(cells));
            }
        }
        for block in alone {
            strips.extend(self.alone(block));
        }
        strips
    }

    /// How many of the blocks stand side by side on the next line, evenly over the lines.
    fn that_fit(&self, blocks: &[Block]) -> usize {
        let least = blocks.iter().map(least_width).fold(1.0, f32::max);
        let most = (((self.width + GAP) / (least + GAP)).floor() as usize).max(1);
        let lines = blocks.len().div_ceil(most);
        blocks.len().div_ceil(lines)
    }

    /// Blocks side by side; those that need the whole width go to `alone`.
    fn line<'a>(&self, blocks: &'a [Block], alone: &mut Vec<&'a Block>) -> Vec<Cell<'a>> {
        let mut members: Vec<&Block> = blocks.iter().collect();
        loop {
            let widths = self.shares(&members);
            let mut cells = Vec::new();
            let mut x = 0.0;
            let mut unfit = None;
            for (position, (block, width)) in members.iter().zip(widths).enumerate() {
                match self.cell(block, x, width) {
                    Some(cell) => cells.push(cell),
                    None => unfit = unfit.or(Some(position)),
                }
                x += width + GAP;
            }
            match unfit {
                Some(position) => alone.push(members.remove(position)),
                None => return cells,
            }
        }
    }

    /// Equal shares, but a key number beside something larger takes no more than it needs.
    fn shares(&self, members: &[&Block]) -> Vec<f32> {
        let is_kpi = |block: &Block| matches!(block.content, Ok(Content::Kpi(_)));
        let room = self.width - GAP * members.len().saturating_sub(1) as f32;
        let equal = room / members.len().max(1) as f32;
        let kpis = members.iter().filter(|block| is_kpi(block)).count();
        if kpis == members.len() || kpis == 0 {
            return vec![equal; members.len()];
        }
        let narrow = equal.min(KPI_BESIDE_WIDTH);
        let wide = (room - narrow * kpis as f32) / (members.len() - kpis) as f32;
        members.iter().map(|block| if is_kpi(block) { narrow } else { wide }).collect()
    }

    /// The block in a column of this width; `None` if it needs the whole width, or many sheets.
    fn cell<'a>(&self, block: &'a Block, x: f32, width: f32) -> Option<Cell<'a>> {
        let content = match &block.content {
            Err(failure) => {
                let style = Style::regular(TEXT_SIZE - 1.0, INK);
                let message = self.texts.clean(&failure.message);
                let lines = broken(&message, style, width - 2.0 * CARD_PADDING, FAILURE_LINES);
                CellContent::Failure { failure, lines }
            }
            Ok(Content::Kpi(kpi)) => CellContent::Kpi(kpi),
            Ok(Content::Chart(chart)) => {
                CellContent::Chart { chart, note: self.note_lines(block, width - 2.0 * CARD_PADDING) }
            }
            Ok(Content::Text(text)) => {
                let lines = prose::lines(text, width, self.texts);
                let note = self.note_lines(block, width);
                CellContent::Text { lines, titled: !block.title.trim().is_empty(), note }
            }
            Ok(Content::Table(table)) => {
                let is_shared = width < self.width - 1.0;
                let mut layouts =
                    TableLayout::measure(block, table, width, self.texts, self.locale, || self.tables.next());
                let layout = layouts
                    .pop()
                    .filter(|layout| is_shared && layout.is_comfortable() && !layout.has_breaks())?;
                CellContent::Table(Box::new(layout))
            }
        };
        let cell = Cell { block, x, width, content };
        (cell.least_height() <= self.height).then_some(cell)
    }

    /// A block on the whole width, on as many sheets as it takes.
    fn alone<'a>(&self, block: &'a Block) -> Vec<Strip<'a>> {
        match &block.content {
            Ok(Content::Table(table)) => {
                let layouts = TableLayout::measure(block, table, self.width, self.texts, self.locale, || {
                    self.tables.next()
                });
                layouts.into_iter().map(Strip::Flow).collect()
            }
            Ok(Content::Text(text)) => self.flowing_text(block, text),
            _ => self.cell(block, 0.0, self.width).map(|cell| together(vec![cell])).into_iter().collect(),
        }
    }

    /// Words that take more than a sheet: a strip for each of their blocks, so that they flow on where
    /// the one before ends.
    fn flowing_text<'a>(&self, block: &'a Block, text: &RichText) -> Vec<Strip<'a>> {
        let titled = !block.title.trim().is_empty();
        let note = self.note_lines(block, self.width);
        let room = self.height - if titled { TEXT_TITLE } else { 0.0 } - NOTE_LINE * note.len() as f32;
        let mut parts: Vec<Vec<prose::Line>> = Vec::new();
        for group in kept_together(&text.blocks) {
            let group = RichText { blocks: group.to_vec(), align: text.align };
            let lines = prose::lines(&group, self.width, self.texts);
            parts.extend(prose::cut(&lines, room, room));
        }
        let last = parts.len().saturating_sub(1);
        let strip = |(part, lines): (usize, Vec<prose::Line>)| {
            let note = if part == last { note.clone() } else { Vec::new() };
            let content = CellContent::Text { lines, titled: titled && part == 0, note };
            together(vec![Cell { block, x: 0.0, width: self.width, content }])
        };
        parts.into_iter().enumerate().map(strip).collect()
    }

    fn note_lines(&self, block: &Block, width: f32) -> Vec<String> {
        note_lines(block.note.as_deref().unwrap_or_default(), width, self.texts)
    }
}

/// Blocks of text, each heading with what follows it.
fn kept_together(blocks: &[TextBlock]) -> Vec<&[TextBlock]> {
    blocks.chunk_by(|one, _| matches!(one, TextBlock::Heading(..))).collect()
}

impl Cell<'_> {
    fn least_height(&self) -> f32 {
        match &self.content {
            CellContent::Kpi(_) => KPI_HEIGHT,
            // One line of the note is in the height of every chart.
            CellContent::Chart { note, .. } => {
                CHART_LEAST_HEIGHT + NOTE_LINE * note.len().saturating_sub(1) as f32
            }
            CellContent::Table(layout) => layout.height(&layout.whole()),
            CellContent::Text { lines, titled, note } => {
                let title = if *titled { TEXT_TITLE } else { 0.0 };
                prose::height(lines) + title + NOTE_LINE * note.len() as f32
            }
            CellContent::Failure { lines, .. } => {
                FAILURE_HEIGHT + (lines.len() - 1) as f32 * (TEXT_LINE - 2.0)
            }
        }
    }
}

fn together(cells: Vec<Cell<'_>>) -> Strip<'_> {
    let least = cells.iter().map(Cell::least_height).fold(0.0, f32::max);
    let has_chart = cells.iter().any(|cell| matches!(cell.content, CellContent::Chart { .. }));
    let most = if has_chart { least.max(CHART_MOST_HEIGHT) } else { least };
    Strip::Together { cells, least, most }
}

fn least_width(block: &Block) -> f32 {
    match &block.content {
        Err(_) => FAILURE_LEAST_WIDTH,
        Ok(Content::Kpi(_)) => KPI_LEAST_WIDTH,
        Ok(Content::Chart(_)) => CHART_LEAST_WIDTH,
        Ok(Content::Table(_) | Content::Text(_)) => TEXT_LEAST_WIDTH,
    }
}
