//! Where members of dimensions lead to, as their dataset says.

use super::drill;
use crate::definitions::LinkTemplate;
use crate::definitions::model::{Dataset, FieldName};
use crate::table::{Grid, Table, Value};

/// The address that members of `dimension` lead to, if they lead anywhere.
pub(super) fn template(dataset: &Dataset, dimension: &str) -> Option<LinkTemplate> {
    let name = FieldName::parse(dimension).ok()?;
    // What is wrong with it was said by the check.
    LinkTemplate::parse(dataset.dimensions.get(&name)?.link.as_ref()?).ok()
}

/// The address for a row with these members; `None` where one that it needs is not shown, or missing.
pub(super) fn fill(template: &LinkTemplate, member: &dyn Fn(&str) -> Option<Value>) -> Option<String> {
    template.fill(|field| {
        let value = member(field.as_str()).filter(|value| !value.is_null())?;
        drill::text(&value)
    })
}

/// Puts the links of a plain table into its grid; `rows` are its rows as they were answered.
pub(super) fn add(grid: &mut Grid, rows: &Table, dataset: &Dataset, merged: bool) {
    let count = grid.rows.len();
    let names: Vec<String> = grid.stub.iter().map(|stub| stub.name.clone()).collect();
    for (position, stub) in grid.stub.iter_mut().enumerate() {
        let Some(template) = template(dataset, &stub.name) else { continue };
        // A merged head knows what stands before it, not which of its rows is meant.
        let before = names.get(..if merged { position + 1 } else { names.len() }).unwrap_or(&names);
        let of = |row: usize| {
            fill(&template, &|name| {
                let column = rows.index_of(name).filter(|_| before.iter().any(|known| known == name))?;
                Some(rows.cell(row, column).clone())
            })
        };
        let mut links: Vec<Option<String>> = (0..rows.len()).map(of).collect();
        links.resize(count, None);
        stub.links = links;
    }
}
