//! Tables and pivots: from their definition to the grid that is shown.
//!
//! [`plan`] reads the definition into a shape and the sets of questions it needs; every combination
//! of row and column depth is a question of its own, because totals are queried, never added up.

mod items;
mod plan;
mod sets;
mod small_groups;
mod style;
mod words;

use futures::StreamExt as _;

use super::{Asking, drill, member_links};
use crate::definitions::model::{FieldName, GridPrint, PivotPanel, TablePanel, WideTable};
use crate::engine::{Answer, EngineError};
use crate::format::NegativeStyle;
use crate::query::SemanticQuery;
use crate::render::document::Content;
use crate::runs::evaluate::{localize, panel_query};
use crate::table::pivot::{self, Answers, Set};
use crate::table::{Grid, Paging, Unit, Wide};
use plan::{Plan, Question};
use small_groups::Part;

/// How many questions of one grid are asked at a time.
const QUESTIONS_AT_A_TIME: usize = 3;

impl Asking<'_> {
    /// The grid of a pivot.
    pub(super) async fn pivot(
        &mut self,
        base: SemanticQuery,
        panel: &PivotPanel,
    ) -> Result<Content, EngineError> {
        let plan = Plan::of_pivot(self.prepared, self.ask.dataset, &base, panel);
        self.grid(&base, plan).await
    }

    /// The rows of a table.
    pub(super) async fn table(
        &mut self,
        base: SemanticQuery,
        panel: &TablePanel,
    ) -> Result<Content, EngineError> {
        if let Some(fields) = items::plain_fields(panel) {
            return self.plain(base, panel, &fields).await;
        }
        let plan = Plan::of_table(self.prepared, self.ask.dataset, &base, panel);
        self.grid(&base, plan).await
    }

    /// A table of nothing but fields: one question, whose rows stand as they are answered.
    async fn plain(
        &mut self,
        base: SemanticQuery,
        panel: &TablePanel,
        fields: &[FieldName],
    ) -> Result<Content, EngineError> {
        let query = panel_query::table(base, self.prepared, self.ask.dataset, panel, fields);
        let rows = self.answer(&query).await?;
        let grain = |field: &FieldName| query.grain_of(field);
        let links = drill::of_table(self.prepared, panel.drill.as_ref(), &rows, grain);
        let table = localize::table(&rows, self.ask.dataset, self.prepared);
        let mut grid = Grid::of_table(table, words::change(self.prepared.locale));
        for (row, link) in grid.rows.iter_mut().zip(links) {
            row.link = link;
        }
        member_links::add(&mut grid, &rows, self.ask.dataset, panel.merge == Some(true));
        if panel.merge == Some(true) {
            grid.merge_repeated();
        }
        dress(&mut grid, panel.negative, panel.red_negatives);
        if let Some(unit) = panel.unit {
            grid.unit = Unit::apply(unit.power(), grid.values.iter_mut().map(|value| &mut value.format));
        }
        grid.paging = paging(&panel.print, grid.stub.iter().map(|column| column.name.as_str()));
        Ok(Content::Table(Box::new(grid)))
    }

    async fn grid(&mut self, base: &SemanticQuery, plan: Plan) -> Result<Content, EngineError> {
        let (evaluator, ask) = (self.evaluator, &self.ask);
        let answered: Vec<(Question, Result<Answer, EngineError>)> =
            futures::stream::iter(plan.questions(base))
                .map(|question| async move {
                    let answer = evaluator.engine.answer(ask, &question.query).await;
                    (question, answer)
                })
                .buffered(QUESTIONS_AT_A_TIME)
                .collect()
                .await;
        let mut parts = Vec::with_capacity(answered.len());
        for (Question { set, depths, .. }, answer) in answered {
            let answer = answer?;
            let sizes = answer.sizes.clone();
            parts.push(Part { set, depths, table: self.noted(answer), sizes });
        }
        if let Some(fewest) = self.ask.restriction.minimum_group() {
            small_groups::hide(&mut parts, fewest);
        }
        let mut answers = Answers { sets: vec![Set::default(); plan.sets()] };
        for Part { set, depths, table, .. } in parts {
            if let Some(set) = answers.sets.get_mut(set) {
                set.tables.insert(depths, table);
            }
        }
        let shape = plan.shape;
        let grid = pivot::build(&shape, &answers);
        Ok(Content::Table(Box::new(grid)))
    }
}

/// How negative numbers look, where the panel says so.
fn dress(grid: &mut Grid, negative: Option<NegativeStyle>, red: bool) {
    for value in &mut grid.values {
        value.format.negative = negative.unwrap_or(value.format.negative);
        value.format.red_negatives |= red;
    }
}

/// How a grid with these stub columns is spread over sheets.
fn paging<'s>(print: &GridPrint, mut stub: impl Iterator<Item = &'s str>) -> Paging {
    Paging {
        wide: match print.wide {
            WideTable::Split => Wide::Split,
            WideTable::Shrink => Wide::Shrink,
        },
        break_before: print
            .break_before
            .as_ref()
            .and_then(|field| stub.position(|name| name == field.as_str())),
        keep_groups: print.keep_groups,
    }
}
