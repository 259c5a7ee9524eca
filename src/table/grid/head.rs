//! The heads above the numbers, merged where they belong to several columns.

/// A cell of the heads.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct HeadCell {
    /// What it says; may be empty.
    pub text: String,
    /// The first column below it.
    pub column: usize,
    /// How many columns it covers.
    pub columns: usize,
    /// How many rows of heads it covers.
    pub rows: usize,
}

/// A head with what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadNode {
    /// The head of one column.
    Column(String),
    /// A head over several.
    Group(String, Vec<HeadNode>),
}

impl HeadNode {
    fn depth(&self) -> usize {
        match self {
            Self::Column(_) => 1,
            Self::Group(_, below) => 1 + below.iter().map(Self::depth).max().unwrap_or(0),
        }
    }

    fn columns(&self) -> usize {
        match self {
            Self::Column(_) => 1,
            Self::Group(_, below) => below.iter().map(Self::columns).sum(),
        }
    }
}

/// The rows of heads for a forest of nodes. A column whose head is less deep than others reaches down
/// to the numbers; groups without columns are left out.
pub fn head_rows(nodes: &[HeadNode]) -> Vec<Vec<HeadCell>> {
    let depth = nodes.iter().map(HeadNode::depth).max().unwrap_or(0);
    let mut rows = vec![Vec::new(); depth];
    let mut column = 0;
    for node in nodes {
        place(node, 0, &mut column, &mut rows);
    }
    rows
}

fn place(node: &HeadNode, level: usize, column: &mut usize, rows: &mut [Vec<HeadCell>]) {
    let depth = rows.len();
    let Some(row) = rows.get_mut(level) else { return };
    match node {
        HeadNode::Column(text) => {
            row.push(HeadCell { text: text.clone(), column: *column, columns: 1, rows: depth - level });
            *column += 1;
        }
        HeadNode::Group(text, below) => {
            let columns = node.columns();
            if columns == 0 {
                return;
            }
            row.push(HeadCell { text: text.clone(), column: *column, columns, rows: 1 });
            for node in below {
                place(node, level + 1, column, rows);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(text: &str) -> HeadNode {
        HeadNode::Column(text.into())
    }

    #[test]
    fn groups_span_their_columns_and_shallow_columns_reach_down() {
        let group = HeadNode::Group("2026".into(), vec![column("Q1"), column("Q2")]);
        let rows = head_rows(&[group, column("Total")]);
        let cells = |row: &[HeadCell]| -> Vec<(String, usize, usize, usize)> {
            row.iter().map(|cell| (cell.text.clone(), cell.column, cell.columns, cell.rows)).collect()
        };
        assert_eq!(cells(&rows[0]), [("2026".into(), 0, 2, 1), ("Total".into(), 2, 1, 2)]);
        assert_eq!(cells(&rows[1]), [("Q1".into(), 0, 1, 1), ("Q2".into(), 1, 1, 1)]);
    }

    #[test]
    fn every_column_is_covered_exactly_once_in_every_row() {
        let deep = HeadNode::Group(
            "a".into(),
            vec![HeadNode::Group("b".into(), vec![column("c"), column("d")]), column("e")],
        );
        let rows = head_rows(&[column("x"), deep, HeadNode::Group("empty".into(), vec![]), column("y")]);
        for level in 0..rows.len() {
            let mut covered = [0; 5];
            for (start, row) in rows.iter().enumerate() {
                for cell in row.iter().filter(|cell| start <= level && level < start + cell.rows) {
                    (cell.column..cell.column + cell.columns).for_each(|column| covered[column] += 1);
                }
            }
            assert_eq!(covered, [1; 5], "row {level}");
        }
    }
}
