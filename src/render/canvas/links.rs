//! Links on paper lead to whole addresses, or nowhere.

use super::{Op, Page, Tag};

impl Page {
    /// Makes links to paths of the server whole with the address it is reached at, `base_url`, without a
    /// slash at its end. Without one such links are left out, and their words stay.
    pub fn resolve_links(&mut self, base_url: Option<&str>) {
        for op in &mut self.ops {
            if let (Op::Link { url, .. }, Some(base)) = (op, base_url)
                && url.starts_with('/')
            {
                url.insert_str(0, base);
            }
        }
        self.ops.retain(|op| !matches!(op, Op::Link { url, .. } if url.starts_with('/')));
        self.drop_empty_links();
    }

    /// A link that leads nowhere is none to those who hear the page either.
    fn drop_empty_links(&mut self) {
        let mut open: Vec<(usize, bool, bool)> = Vec::new();
        let mut dropped = Vec::new();
        for (position, op) in self.ops.iter().enumerate() {
            match op {
                Op::Begin(tag) => open.push((position, *tag == Tag::Link, false)),
                Op::Link { .. } => open.iter_mut().for_each(|(.., leads)| *leads = true),
                Op::End => {
                    if let Some((begin, true, false)) = open.pop() {
                        dropped.extend([begin, position]);
                    }
                }
                _ => {}
            }
        }
        if dropped.is_empty() {
            return;
        }
        dropped.sort_unstable();
        let mut position = 0;
        self.ops.retain(|_| {
            position += 1;
            dropped.binary_search(&(position - 1)).is_err()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::canvas::Rect;

    fn page() -> Page {
        let mut page = Page::new(100.0, 100.0);
        for url in ["/reports/a?x=1", "https://erp.example/1"] {
            page.tagged(Tag::Link, |page| {
                page.tagged(Tag::Paragraph, |_| {});
                page.ops.push(Op::Link { area: Rect::new(0.0, 0.0, 9.0, 9.0), url: url.into() });
            });
        }
        page
    }

    fn urls(page: &Page) -> Vec<&str> {
        let url = |op: &'_ Op| matches!(op, Op::Link { .. });
        let links = page.ops.iter().filter(|op| url(op));
        links.map(|op| if let Op::Link { url, .. } = op { url.as_str() } else { "" }).collect()
    }

    #[test]
    fn paths_become_whole_addresses() {
        let mut page = page();
        page.resolve_links(Some("https://bi.example/jangpyo"));
        assert_eq!(urls(&page), ["https://bi.example/jangpyo/reports/a?x=1", "https://erp.example/1"]);
    }

    #[test]
    fn without_the_address_of_the_server_paths_lead_nowhere_and_say_so() {
        let mut page = page();
        page.resolve_links(None);
        assert_eq!(urls(&page), ["https://erp.example/1"]);
        let tags =
            |wanted: &Tag| page.ops.iter().filter(|op| matches!(op, Op::Begin(tag) if tag == wanted)).count();
        assert_eq!((tags(&Tag::Link), tags(&Tag::Paragraph)), (1, 2));
        assert_eq!(page.ops.iter().filter(|op| **op == Op::End).count(), 3);
    }
}
