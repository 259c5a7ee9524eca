//! Excel's own drawing of the numbers beside it, in our colours, with the overlays that Excel has.

use rust_xlsxwriter::{
    Chart as ExcelChart, ChartAxis, ChartAxisCrossing, ChartAxisDisplayUnitType, ChartErrorBars,
    ChartErrorBarsType, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartLineDashType,
    ChartMarker, ChartPoint, ChartRange, ChartSeries, ChartSolidFill, ChartTrendline, ChartTrendlineType,
    ChartType,
};

use super::HEAD_ROW;
use super::series::{Part, Series, Wide, tint};
use crate::charts::{Chart, Dash};
use crate::format::{Locale, NumberFormat};
use crate::render::document::Theme;
use crate::render::workbook::format::{date, in_theme, plain};
use crate::table::{Tint, Value};

const GRID: Tint = Tint(0xe3, 0xe7, 0xee);
const INK: Tint = Tint(0x1d, 0x29, 0x39);
const TEXT: Tint = Tint(0x66, 0x70, 0x85);
/// In pixels.
const SIZE: (u32, u32) = (760, 420);

/// What is drawn.
pub(super) struct Drawing<'d> {
    /// The name of the worksheet with the numbers.
    pub(super) sheet: &'d str,
    pub(super) title: &'d str,
    pub(super) kind: ChartType,
    pub(super) chart: &'d Chart,
    pub(super) wide: &'d Wide,
    pub(super) locale: Locale,
    pub(super) theme: &'d Theme,
}

impl Drawing<'_> {
    pub(super) fn draw(&self) -> ExcelChart {
        let mut chart = ExcelChart::new(self.kind);
        let mut lines = ExcelChart::new(ChartType::Line);
        let mut has_lines = false;
        for (index, own) in self.wide.series.iter().enumerate() {
            let column = index as u16 + 1;
            match own.part {
                Part::Above | Part::Below => {}
                Part::Line(_) | Part::Level { .. } if self.kind != ChartType::Line => {
                    has_lines = true;
                    self.series(&mut lines, column, own);
                }
                _ => self.series(&mut chart, column, own),
            }
        }
        if has_lines {
            self.value_axis(lines.y2_axis(), true);
            chart.combine(&lines);
        }
        chart
            .title()
            .set_name(self.title)
            .set_font(ChartFont::new().set_size(12).set_color(in_theme(self.theme, INK)));
        if self.shown().count() == 1 && self.kind != ChartType::Doughnut {
            chart.legend().set_hidden();
        } else {
            chart.legend().set_position(ChartLegendPosition::Bottom);
        }
        if self.kind != ChartType::Doughnut {
            // The library counts lying axes by where they lie: x are the numbers.
            if self.lies() {
                self.value_axis(chart.x_axis(), false);
                // Excel begins at the bottom; the first member belongs to the top, the numbers stay below.
                let members = chart.y_axis();
                members.set_reverse().set_crossing(ChartAxisCrossing::Max).set_major_gridlines(false);
                self.member_axis(members);
            } else {
                self.value_axis(chart.y_axis(), false);
                self.member_axis(chart.x_axis());
            }
        }
        chart.set_width(SIZE.0).set_height(SIZE.1);
        chart
    }

    fn line(&self, tint: Tint, width: f64, dash: Option<ChartLineDashType>) -> ChartFormat {
        let mut line = ChartLine::new();
        line.set_color(in_theme(self.theme, tint)).set_width(width);
        if let Some(dash) = dash {
            line.set_dash_type(dash);
        }
        let mut format = ChartFormat::new();
        format.set_line(&line);
        format
    }

    fn fill(&self, tint: Tint) -> ChartFormat {
        let mut format = ChartFormat::new();
        format.set_solid_fill(ChartSolidFill::new().set_color(in_theme(self.theme, tint)));
        format
    }

    fn member_axis(&self, axis: &mut ChartAxis) {
        axis.set_font(ChartFont::new().set_size(9).set_color(in_theme(self.theme, TEXT)));
        let grain = self.chart.table.columns.get(self.chart.x).and_then(|column| column.grain);
        let is_dated = self.wide.members.iter().any(|member| matches!(member, Value::Date(_)));
        if let Some(format) = date(grain, self.locale).filter(|_| is_dated) {
            axis.set_num_format(format);
        }
    }

    fn shown(&self) -> impl Iterator<Item = &Series> {
        self.wide.series.iter().filter(|series| !matches!(series.part, Part::Above | Part::Below))
    }

    fn lies(&self) -> bool {
        matches!(self.kind, ChartType::Bar | ChartType::BarStacked | ChartType::BarPercentStacked)
    }

    /// The numbers of a column of the worksheet.
    fn range(&self, column: u16) -> (&str, u32, u16, u32, u16) {
        (self.sheet, HEAD_ROW + 1, column, HEAD_ROW + self.wide.members.len() as u32, column)
    }

    fn series(&self, chart: &mut ExcelChart, column: u16, own: &Series) {
        let is_line = self.kind == ChartType::Line;
        let on_right = matches!(own.part, Part::Line(_) | Part::Level { on_right: true, .. });
        let series = chart
            .add_series()
            .set_name((self.sheet, HEAD_ROW, column))
            .set_categories(self.range(0))
            .set_values(self.range(column))
            .set_secondary_axis(on_right);
        match own.part {
            Part::Own(tint) | Part::Previous(tint) if is_line => {
                let dashed = matches!(own.part, Part::Previous(_)).then_some(ChartLineDashType::Dash);
                series.set_format(&mut self.line(tint, 2.0, dashed));
                series.set_marker(ChartMarker::new().set_none());
            }
            Part::Line(tint) => {
                series.set_format(&mut self.line(tint, 2.0, None));
            }
            Part::Level { color, dash, .. } => {
                series.set_format(&mut self.line(color, 1.25, dash_type(dash)));
                series.set_marker(ChartMarker::new().set_none());
            }
            Part::Own(_) if self.kind == ChartType::Doughnut => {
                let slice = |index: usize| {
                    ChartPoint::new().set_format(&mut self.fill(tint(self.chart.look.color(index))))
                };
                let slices: Vec<ChartPoint> = (0..self.wide.members.len()).map(slice).collect();
                series.set_points(&slices);
            }
            Part::Own(tint) | Part::Previous(tint) => {
                series.set_format(&mut self.fill(tint));
                if !matches!(
                    self.kind,
                    ChartType::Area | ChartType::AreaStacked | ChartType::AreaPercentStacked
                ) {
                    series.set_gap(60);
                }
            }
            Part::Above | Part::Below => {}
        }
        if let Part::Own(tint) = own.part {
            self.overlays(series, column, tint);
        }
    }

    /// The trend and the error bars of a series, where Excel has them for this type of chart.
    fn overlays(&self, series: &mut ChartSeries, column: u16, own: Tint) {
        let takes =
            matches!(self.kind, ChartType::Line | ChartType::Column | ChartType::Bar | ChartType::Area);
        if !takes {
            return;
        }
        if self.chart.overlays.trend {
            let mut trend = ChartTrendline::new();
            trend.set_type(ChartTrendlineType::Linear);
            trend.set_format(&mut self.line(own, 1.25, Some(ChartLineDashType::SquareDot)));
            series.set_trendline(&trend);
        }
        let at = |wanted: Part| self.wide.series.iter().position(|series| series.part == wanted);
        if let (1, Some(above), Some(below)) = (column, at(Part::Above), at(Part::Below)) {
            let range = |index: usize| {
                let (sheet, first, left, last, right) = self.range(index as u16 + 1);
                ChartRange::new_from_range(sheet, first, left, last, right)
            };
            let mut bars = ChartErrorBars::new();
            bars.set_type(ChartErrorBarsType::Custom(range(above), range(below)));
            bars.set_format(&mut self.line(INK, 1.0, None));
            // Excel counts the axis of values as y, also where bars lie.
            series.set_y_error_bars(&bars);
        }
    }

    /// Numbers of the axis as those of the cells; where they are shortened, Excel's own units stand
    /// beside the axis, which it has for 만 and 억 as well.
    fn value_axis(&self, axis: &mut ChartAxis, on_right: bool) {
        axis.set_major_gridlines(!on_right)
            .set_major_gridlines_line(ChartLine::new().set_color(in_theme(self.theme, GRID)));
        axis.set_format(ChartFormat::new().set_line(ChartLine::new().set_hidden(true)));
        axis.set_font(ChartFont::new().set_size(9).set_color(in_theme(self.theme, TEXT)));
        let is_percent = matches!(
            self.kind,
            ChartType::AreaPercentStacked | ChartType::BarPercentStacked | ChartType::ColumnPercentStacked
        );
        if is_percent && !on_right {
            axis.set_num_format("0%");
            return;
        }
        let is_right = |series: &&Series| matches!(series.part, Part::Line(_));
        let Some(series) = self.shown().find(|series| is_right(series) == on_right) else { return };
        // Shares differ in their decimals; amounts between the steps of an axis do not.
        let decimals = series.format.decimals.or((!series.format.percent).then_some(0));
        let format = NumberFormat { decimals, ..series.format.clone() };
        axis.set_num_format(plain(&format, 0).0);
        let most = self
            .shown()
            .filter(|series| is_right(series) == on_right)
            .flat_map(|series| &series.cells)
            .filter_map(Value::as_f64)
            .fold(0.0_f64, |most, number| most.max(number.abs()));
        if let Some(unit) =
            unit(most, self.locale).filter(|_| series.format.compact && !series.format.percent)
        {
            axis.set_display_unit_type(unit);
        }
    }
}

/// The unit that the largest number is read in.
fn unit(most: f64, locale: Locale) -> Option<ChartAxisDisplayUnitType> {
    use ChartAxisDisplayUnitType::{Billions, HundredMillions, Millions, TenThousands, Thousands, Trillions};
    let steps: [(f64, ChartAxisDisplayUnitType); 3] = match locale {
        Locale::Ko | Locale::ZhHk => [(1e13, Trillions), (1e9, HundredMillions), (1e5, TenThousands)],
        Locale::En => [(1e10, Billions), (1e7, Millions), (1e4, Thousands)],
    };
    // From ten units on, so that steps of the axis are told apart without decimals.
    steps.into_iter().find(|(from, _)| most >= *from).map(|(_, unit)| unit)
}

fn dash_type(dash: Dash) -> Option<ChartLineDashType> {
    match dash {
        Dash::Solid => None,
        Dash::Dashed => Some(ChartLineDashType::Dash),
        Dash::Dotted => Some(ChartLineDashType::RoundDot),
    }
}
