//! What stands on a page, for those who hear it: marks in the display list that a tagged PDF makes
//! its structure tree of. Writers without one pass them over.
//!
//! The order of the marks is the reading order. Whatever stands outside any tag is an artifact:
//! rules, frames, running headers. Inside a tag, text and links are content and paths are
//! decoration, except in a [`Tag::Figure`], where everything is content.

/// The meaning of a stretch of a page.
///
/// Tags nest as in HTML. They end with their page: whoever goes on with a table on the next page
/// begins it there as [`Tag::TableContinued`]. A tag that holds nothing is left out of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Tag {
    /// Things that belong together, such as a panel with its title.
    Section,
    /// A heading.
    Heading {
        /// 1 is the title of the document.
        level: u8,
    },
    /// A paragraph.
    Paragraph,
    /// A list of [`Tag::ListItem`]s.
    List,
    /// An item of a list.
    ListItem,
    /// A table of [`Tag::TableRow`]s.
    Table {
        /// What [`Tag::TableContinued`] names it by; no other table of the document has it.
        table: TableId,
        /// What it shows and how it is arranged, for those who do not see it; may be empty.
        summary: String,
    },
    /// More rows of a table that an earlier page began. Headers that are repeated on this page are
    /// artifacts.
    TableContinued(TableId),
    /// A row of a table.
    TableRow,
    /// A cell that names what stands below it, beside it, or both.
    HeaderCell {
        /// What it names.
        scope: HeaderScope,
        /// How many columns and rows it covers.
        span: Span,
    },
    /// A cell of a table.
    DataCell {
        /// How many columns and rows it covers.
        span: Span,
    },
    /// A drawing, as one thing.
    Figure {
        /// What is seen, in words. Without them a screen reader says "figure".
        alt: String,
    },
    /// What stands below or above a table or figure to explain it.
    Caption,
    /// The words of the [`super::Op::Link`]s inside.
    Link,
    /// Nothing that is read: decoration, what is said elsewhere, running headers and footers.
    Artifact,
}

/// A table of the document, numbered by whoever lays it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub u32);

/// What a header cell names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeaderScope {
    /// The cells below it.
    Column,
    /// The cells beside it.
    Row,
    /// Both, as in the corner of a pivot.
    Both,
}

/// How many columns and rows a cell covers; 0 counts as 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Columns.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
}

impl Span {
    /// A cell of one column and one row.
    pub const ONE: Self = Self { columns: 1, rows: 1 };
}
