//! One number, the one before it, and the way it went.

use super::Asking;
use super::buckets::with_every_bucket;
use super::drill::Links;
use crate::definitions::model::KpiPanel;
use crate::engine::EngineError;
use crate::query::SemanticQuery;
use crate::render::document::{Content, Kpi};
use crate::runs::evaluate::{chosen, panel_query, words};

impl Asking<'_> {
    pub(super) async fn kpi(
        &mut self,
        base: SemanticQuery,
        panel: &KpiPanel,
    ) -> Result<Content, EngineError> {
        let query = panel_query::kpi(base.clone(), self.prepared, panel);
        let table = self.answer(&query).await?;
        let sparkline = match panel_query::sparkline(base, self.ask.dataset, panel) {
            Some(query) => {
                let points = self.answer(&query).await?;
                let points = with_every_bucket(&points, &query);
                let points: Vec<Option<f64>> =
                    (0..points.len()).map(|row| points.cell(row, 1).as_f64()).collect();
                // Weekly numbers on a daily axis are dots without a way between them.
                let known = points.iter().flatten().count();
                if known * 2 > points.len() { points } else { Vec::new() }
            }
            None => Vec::new(),
        };
        let compared_with = chosen::period(&self.prepared.chosen)
            .filter(|_| query.compare.is_some())
            .map_or("", |period| words::compared_with(period.compare, period.spec, self.prepared.locale));
        let dataset = self.ask.dataset;
        let measure =
            dataset.measures.get(&panel.kpi).map(|measure| (&measure.format, measure.lower_is_better));
        let metric = dataset.metrics.get(&panel.kpi).map(|metric| (&metric.format, metric.lower_is_better));
        let (format, lower_is_better) =
            measure.or(metric).map_or_else(Default::default, |(format, lower)| (format.clone(), lower));
        Ok(Content::Kpi(Kpi {
            value: table.cell(0, 0).clone(),
            previous: query.compare.map(|_| table.cell(0, 1).clone()),
            compared_with: compared_with.to_owned(),
            format,
            lower_is_better,
            sparkline,
            link: panel.drill.as_ref().and_then(|drill| {
                // A number of everything has no members.
                Links::new(self.prepared, drill, |_| None)?.of(|_| None)
            }),
        }))
    }
}
