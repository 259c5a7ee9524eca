//! Reference lines, ranges, trends and error bars, from what the author wrote.

use crate::charts::{Dash, ErrorBars, Level, Overlays, ReferenceLine, ShadedRange, Tone};
use crate::definitions::model::{
    ChartPanel, ErrorMeasures, FieldName, LineDash, LineLevel, LineStatistic, OverlayColor, ValueSide,
};
use crate::engine::EngineError;
use crate::query::SemanticQuery;
use crate::runs::evaluate::content::Asking;
use crate::runs::evaluate::localize;
use crate::table::Value;

impl Asking<'_> {
    /// The overlays of `panel`; `column` finds a field's column. Measures that lines stand at are
    /// asked for over all that `base` is about; one without a number has no line.
    pub(super) async fn overlays(
        &mut self,
        base: SemanticQuery,
        panel: &ChartPanel,
        column: impl Fn(&FieldName) -> Option<usize>,
    ) -> Result<Overlays, EngineError> {
        let measures = measures(panel);
        let levels = if measures.is_empty() {
            None
        } else {
            Some(self.answer(&SemanticQuery { measures, ..base }).await?)
        };
        let locale = self.prepared.locale;
        let level_of = |name: &FieldName| {
            let table = levels.as_deref()?;
            Some(table.cell(0, table.index_of(name.as_str())?)).and_then(Value::as_f64)
        };
        let lines = panel.lines.iter().filter_map(|line| {
            let title = |name: &FieldName| localize::field_title(self.ask.dataset, name, locale);
            let (at, name) = match (&line.at, line.at.statistic()) {
                (LineLevel::Number(number), _) => (Level::Value(*number), None),
                (_, Some(statistic)) => (self::statistic(statistic), None),
                (LineLevel::Name(name), None) => (Level::Value(level_of(name)?), Some(title(name))),
            };
            Some(ReferenceLine {
                at,
                label: line.label.as_ref().map(|label| label.get(locale).to_owned()).or(name),
                tone: tone(line.color),
                dash: match line.dash {
                    LineDash::Solid => Dash::Solid,
                    LineDash::Dashed => Dash::Dashed,
                    LineDash::Dotted => Dash::Dotted,
                },
                on_right: line.axis == ValueSide::Right,
            })
        });
        let ranges = panel.ranges.iter().map(|range| ShadedRange {
            from: range.from,
            to: range.to,
            label: range.label.as_ref().map(|label| label.get(locale).to_owned()),
            tone: tone(range.color),
        });
        Ok(Overlays {
            lines: lines.collect(),
            ranges: ranges.collect(),
            trend: panel.trend.is_some(),
            events: None,
            error: panel.error.as_ref().and_then(|error| match error {
                ErrorMeasures::Around(name) => column(name).map(ErrorBars::Around),
                ErrorMeasures::Between { low, high } => {
                    Some(ErrorBars::Between { low: column(low)?, high: column(high)? })
                }
            }),
        })
    }
}

/// The measures that lines stand at, each once.
fn measures(panel: &ChartPanel) -> Vec<FieldName> {
    let mut measures: Vec<FieldName> = Vec::new();
    for line in &panel.lines {
        if let Some(name) = line.at.measure()
            && !measures.contains(name)
        {
            measures.push(name.clone());
        }
    }
    measures
}

fn statistic(statistic: LineStatistic) -> Level {
    match statistic {
        LineStatistic::Average => Level::Average,
        LineStatistic::Median => Level::Median,
        LineStatistic::Max => Level::Max,
        LineStatistic::Min => Level::Min,
    }
}

fn tone(color: OverlayColor) -> Tone {
    match color {
        OverlayColor::Ink => Tone::Ink,
        OverlayColor::Muted => Tone::Muted,
        OverlayColor::Accent => Tone::Accent,
        OverlayColor::Good => Tone::Good,
        OverlayColor::Bad => Tone::Bad,
    }
}
