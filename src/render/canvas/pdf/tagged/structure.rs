//! The structure tree of an accessible file, grown from the marks of its pages.

use std::collections::BTreeMap;
use std::num::{NonZeroU16, NonZeroU32};

use krilla::tagging::{
    Identifier, ListNumbering, Node, TableHeaderScope, Tag as PdfTag, TagGroup, TagKind, TagTree,
};

use crate::render::canvas::{HeaderScope, Span, TableId, Tag};

/// An element of the tree, by its number.
pub(super) type ElementId = usize;

/// Where content that is drawn now belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// To nothing that is read.
    Artifact,
    /// To an element.
    Element(ElementId),
}

enum Child {
    Content(Identifier),
    Element(ElementId),
}

struct Element {
    tag: Tag,
    children: Vec<Child>,
}

/// The elements so far, and those that are open on the page being drawn.
#[derive(Default)]
pub(super) struct Structure {
    elements: Vec<Element>,
    top: Vec<ElementId>,
    tables: BTreeMap<TableId, ElementId>,
    /// The words of headings, which are their titles as well.
    headings: BTreeMap<ElementId, String>,
    /// `None` for an artifact.
    open: Vec<Option<ElementId>>,
}

impl Structure {
    /// Begins what `tag` says.
    pub(super) fn begin(&mut self, tag: Tag) {
        let inside_artifact = self.open.last().is_some_and(Option::is_none);
        let known = match &tag {
            Tag::Table { table, .. } | Tag::TableContinued(table) => self.tables.get(table).copied(),
            _ => None,
        };
        let element = match (tag, known) {
            _ if inside_artifact => None,
            (Tag::Artifact, _) => None,
            (_, Some(known)) => Some(known),
            (Tag::TableContinued(table), None) => {
                Some(self.add(Tag::Table { table, summary: String::new() }))
            }
            (tag, None) => Some(self.add(tag)),
        };
        self.open.push(element);
    }

    /// Ends the last tag; nothing happens without one.
    pub(super) fn end(&mut self) {
        self.open.pop();
    }

    /// Ends whatever the page left open.
    pub(super) fn end_page(&mut self) {
        self.open.clear();
    }

    fn add(&mut self, tag: Tag) -> ElementId {
        let element = self.elements.len();
        if let Tag::Table { table, .. } = &tag {
            self.tables.insert(*table, element);
        }
        match self.innermost().and_then(|parent| self.elements.get_mut(parent)) {
            Some(parent) => parent.children.push(Child::Element(element)),
            None => self.top.push(element),
        }
        self.elements.push(Element { tag, children: Vec::new() });
        element
    }

    fn innermost(&self) -> Option<ElementId> {
        self.open.last().copied().flatten()
    }

    /// The figure that what is drawn now is a part of.
    pub(super) fn figure(&self) -> Option<ElementId> {
        if self.open.last()?.is_none() {
            return None;
        }
        self.open.iter().rev().copied().flatten().find(|element| {
            self.elements.get(*element).is_some_and(|element| matches!(element.tag, Tag::Figure { .. }))
        })
    }

    /// Where `text` belongs that is drawn now.
    pub(super) fn place_of_text(&mut self, text: &str) -> Place {
        if let Some(figure) = self.figure() {
            return Place::Element(figure);
        }
        let Some(element) = self.innermost() else { return Place::Artifact };
        let place = match self.elements.get(element).map(|element| &element.tag) {
            // Words need something that holds words.
            Some(Tag::Section) => Place::Element(self.add(Tag::Paragraph)),
            Some(Tag::Table { .. } | Tag::TableRow | Tag::List) | None => Place::Artifact,
            Some(_) => Place::Element(element),
        };
        self.note_headings(text);
        place
    }

    fn note_headings(&mut self, text: &str) {
        for element in self.open.iter().copied().flatten() {
            if self.elements.get(element).is_some_and(|element| matches!(element.tag, Tag::Heading { .. })) {
                let title = self.headings.entry(element).or_default();
                if !title.is_empty() {
                    title.push(' ');
                }
                title.push_str(text);
            }
        }
    }

    /// The link that is open, or a new one for an area without words of its own.
    pub(super) fn place_of_link(&mut self) -> ElementId {
        let is_link =
            |element: &ElementId| self.elements.get(*element).is_some_and(|element| element.tag == Tag::Link);
        match self.open.iter().rev().copied().flatten().find(is_link) {
            Some(link) => link,
            None => self.add(Tag::Link),
        }
    }

    /// Puts content or an annotation into an element.
    pub(super) fn put(&mut self, element: ElementId, content: Identifier) {
        if let Some(element) = self.elements.get_mut(element) {
            element.children.push(Child::Content(content));
        }
    }

    /// The tree of the file.
    pub(super) fn into_tree(mut self, language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for element in std::mem::take(&mut self.top) {
            if let Some(node) = self.node(element) {
                tree.push(node);
            }
        }
        tree
    }

    /// Takes an element out with what is below it; `None` if that is nothing. Cells stay, since an
    /// empty one still has its place in the row.
    fn node(&mut self, element: ElementId) -> Option<Node> {
        let Element { tag, children } = self.elements.get_mut(element)?;
        let (tag, children) = (std::mem::replace(tag, Tag::Artifact), std::mem::take(children));
        let children: Vec<Node> = children
            .into_iter()
            .filter_map(|child| match child {
                Child::Content(content) => Some(Node::Leaf(content)),
                Child::Element(element) => self.node(element),
            })
            .collect();
        let is_cell = matches!(tag, Tag::HeaderCell { .. } | Tag::DataCell { .. });
        if children.is_empty() && !is_cell {
            return None;
        }
        // The body of an item is an element of its own.
        let children = match tag {
            Tag::ListItem => vec![TagGroup::with_children(PdfTag::LBody, children).into()],
            _ => children,
        };
        let kind = kind(tag, self.headings.remove(&element))?;
        Some(TagGroup::with_children(kind, children).into())
    }
}

fn kind(tag: Tag, heading: Option<String>) -> Option<TagKind> {
    Some(match tag {
        Tag::Section => PdfTag::Section.into(),
        Tag::Heading { level } => {
            PdfTag::Hn(NonZeroU16::new(u16::from(level)).unwrap_or(NonZeroU16::MIN), heading).into()
        }
        Tag::Paragraph => PdfTag::P.into(),
        Tag::List => PdfTag::L(ListNumbering::None).into(),
        Tag::ListItem => PdfTag::LI.into(),
        Tag::Table { summary, .. } => {
            PdfTag::Table.with_summary(Some(summary).filter(|summary| !summary.is_empty())).into()
        }
        Tag::TableRow => PdfTag::TR.into(),
        Tag::HeaderCell { scope, span } => {
            let scope = match scope {
                HeaderScope::Column => TableHeaderScope::Column,
                HeaderScope::Row => TableHeaderScope::Row,
                HeaderScope::Both => TableHeaderScope::Both,
            };
            let (columns, rows) = spans(span);
            PdfTag::TH(scope).with_col_span(columns).with_row_span(rows).into()
        }
        Tag::DataCell { span } => {
            let (columns, rows) = spans(span);
            PdfTag::TD.with_col_span(columns).with_row_span(rows).into()
        }
        // Without words of its own a drawing is at least named.
        Tag::Figure { alt } => {
            PdfTag::Figure(Some(if alt.trim().is_empty() { "–".to_owned() } else { alt })).into()
        }
        Tag::Caption => PdfTag::Caption.into(),
        Tag::Link => PdfTag::Link.into(),
        Tag::TableContinued(_) | Tag::Artifact => return None,
    })
}

/// `None` where the cell covers one, which need not be said.
fn spans(span: Span) -> (Option<NonZeroU32>, Option<NonZeroU32>) {
    let more = |count: u32| NonZeroU32::new(count).filter(|count| count.get() > 1);
    (more(span.columns), more(span.rows))
}
