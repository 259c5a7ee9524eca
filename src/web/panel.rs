//! One panel: as a part of its dashboard, as a page of its own, as a file.

use std::cmp::Ordering;
use std::panic::AssertUnwindSafe;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures::FutureExt as _;

use super::address::Address;
use super::backend::OpenReport;
use super::dashboard::wish;
use super::downloads;
use super::error::WebError;
use super::figures::{Slot, chart_height, chart_page, sparkline_svg};
use super::frame::{self, Frame, Place as Navigation, page};
use super::guard::panic_text;
use super::names::{PanelFormat, PanelPath};
use super::state::WebState;
use super::table::TableView;
use super::visitor::Visitor;
use super::way::Way;
use super::words::Words;
use crate::definitions::model::{Panel, PanelId, Report};
use crate::format::{Locale, NumberStyle};
use crate::render::document::{Block, Content, Kpi};
use crate::render::{ProseLook, prose};
use crate::runs::evaluate::QuestionError;

/// A panel ready to be written.
#[derive(Template)]
#[template(path = "panel.html")]
pub(super) struct PanelView {
    /// Its id.
    id: String,
    /// The class that says what it is: `kpi`, `chart`, `table` or `text`.
    kind: &'static str,
    /// Whether it takes more of its row than its neighbours.
    heavy: bool,
    /// What stands above it.
    title: String,
    /// A small line below.
    note: String,
    /// Its own address.
    url: String,
    /// The width its drawing was made for, in CSS pixels.
    drawn_width: f32,
    /// The height its row asked of it, in CSS pixels; 0 for none.
    row_height: f32,
    /// The name and address of every file it can be had as.
    files: Vec<(String, String)>,
    /// What it shows.
    body: Body,
    /// The words of its language.
    words: &'static Words,
}

/// What came of asking a panel.
pub(super) enum Answer {
    /// What it has to show, or why it cannot.
    Block(Box<Block>),
    /// Its task broke down; the log has why.
    Broken { error_id: String },
}

impl Answer {
    /// The height of its drawing in CSS pixels, if it has one.
    pub(super) fn height(&self, slot: Slot) -> Option<f32> {
        match self {
            Self::Block(block) => match &block.content {
                Ok(Content::Chart(chart)) => Some(chart_height(chart, slot.width)),
                _ => None,
            },
            Self::Broken { .. } => None,
        }
    }
}

/// Asks a panel. A panic ends at its edge, so that the rest of the page is not hurt.
pub(super) async fn answer_or_broken(open: OpenReport, panel: PanelId) -> Result<Answer, QuestionError> {
    let answer = AssertUnwindSafe(async { open.answers.panel(panel.clone()).await }).catch_unwind();
    match answer.await {
        Ok(block) => block.map(|block| Answer::Block(Box::new(block))),
        Err(panic) => {
            let error_id = uuid::Uuid::now_v7().to_string();
            let cause = panic_text(&*panic);
            tracing::error!(report = %open.id, %panel, error_id, cause, "panel panicked");
            Ok(Answer::Broken { error_id })
        }
    }
}

/// The panel's title is a heading of level 2.
const LOOK: ProseLook = ProseLook {
    heading: "",
    paragraph: "",
    list: "",
    quote: "",
    code: "",
    rule: "",
    link: "",
    first_heading: 3,
};

/// What a panel shows.
enum Body {
    /// Nothing yet.
    Pending,
    /// One number.
    Kpi(KpiView),
    /// A drawing, as SVG.
    Chart(String),
    /// A table.
    Table(TableView),
    /// Words, as HTML.
    Text(String),
    /// That it is not open to who looks.
    Closed(String),
    /// What went wrong, and the id the log has.
    Failure { message: String, error_id: String },
}

/// One number ready to be written.
struct KpiView {
    value: String,
    /// The number in full, where the headline shortens it.
    exact: String,
    change: Option<Change>,
    compared_with: String,
    /// As SVG.
    sparkline: Option<String>,
    /// Where a click leads to; empty for nowhere.
    link: String,
}

/// A change ready to be written.
struct Change {
    text: String,
    /// `up`, `down` or `flat`.
    direction: &'static str,
    /// `good`, `bad` or `flat`.
    mood: &'static str,
}

/// Where a panel stands.
pub(super) struct Place<'a> {
    /// The address of its report.
    pub(super) base: &'a str,
    /// The state of the view: empty, or `?…`.
    pub(super) query: &'a str,
    /// The room it has.
    pub(super) slot: Slot,
    /// Whether it takes more of its row than its neighbours.
    pub(super) heavy: bool,
}

impl PanelView {
    /// The view of an answer, or of none yet; tables show at most `limit` rows.
    pub(super) fn new(
        open: &OpenReport,
        panel: &PanelId,
        answer: Option<Answer>,
        place: &Place<'_>,
        limit: usize,
    ) -> Self {
        let locale = open.locale;
        let words = Words::of(locale);
        let definition = open.report.panels.get(panel);
        let path = format!("{}/panels/{panel}", place.base);
        let own = definition.and_then(Panel::title).map(|title| title.get(locale).to_owned());
        let (title, note, body) = match answer {
            None => (own.unwrap_or_default(), String::new(), Body::Pending),
            Some(Answer::Block(block)) => {
                let body = open.draw(|| Body::new(&block, place.slot, locale, words, limit));
                (block.title, block.note.unwrap_or_default(), body)
            }
            Some(Answer::Broken { error_id }) => {
                let body = Body::Failure { message: words.panel_broke.to_owned(), error_id };
                (own.unwrap_or_default(), String::new(), body)
            }
        };
        let endings: &[&str] = match &body {
            _ if !open.may_export => &[],
            Body::Chart(_) => &["xlsx", "csv", "svg", "png"],
            Body::Table(_) => &["xlsx", "csv", "png"],
            Body::Kpi(_) | Body::Text(_) => &["png"],
            Body::Closed(_) | Body::Failure { .. } | Body::Pending => &[],
        };
        Self {
            id: panel.to_string(),
            kind: definition.map_or("text", kind_of),
            heavy: place.heavy,
            title,
            note,
            url: format!("{path}{}", place.query),
            drawn_width: place.slot.width,
            row_height: place.slot.row_height,
            files: endings.iter().flat_map(|ending| files(ending, &path, place.query, words)).collect(),
            body,
            words,
        }
    }

    /// Whether it has no answer yet.
    pub(super) fn is_pending(&self) -> bool {
        matches!(self.body, Body::Pending)
    }

    /// Whether there is a title, or may be one when the answer comes.
    pub(super) fn has_heading(&self) -> bool {
        !self.title.is_empty() || self.is_pending()
    }
}

/// The name and address of the file with this ending; of CSV there are two.
fn files(ending: &str, path: &str, query: &str, words: &Words) -> Vec<(String, String)> {
    let address = format!("{path}.{ending}{query}");
    if ending != "csv" {
        return vec![(ending.to_uppercase(), address)];
    }
    let bare = Address::parse(query.strip_prefix('?')).with("bom", "0");
    vec![
        (format!("CSV · {}", words.csv_for_excel), address),
        (format!("CSV · {}", words.csv_for_programs), format!("{path}.csv{}", bare.query())),
    ]
}

impl Body {
    fn new(block: &Block, slot: Slot, locale: Locale, words: &Words, limit: usize) -> Self {
        match &block.content {
            Err(failure) if failure.closed => Self::Closed(failure.message.clone()),
            Err(failure) => {
                Self::Failure { message: failure.message.clone(), error_id: failure.error_id.clone() }
            }
            Ok(Content::Kpi(kpi)) => Self::Kpi(KpiView::new(kpi, &block.title, locale)),
            Ok(Content::Table(table)) => Self::Table(TableView::new(table, locale, limit)),
            Ok(Content::Text(text)) => Self::Text(prose(text, &LOOK)),
            Ok(Content::Chart(chart)) => match chart_page(chart, slot, locale) {
                Ok(drawn) => Self::Chart(drawn.svg(&block.title)),
                Err(error) => {
                    let error_id = uuid::Uuid::now_v7().to_string();
                    tracing::error!(panel = block.id, error_id, %error, "chart not drawn");
                    Self::Failure { message: words.not_drawn.to_owned(), error_id }
                }
            },
        }
    }
}

impl KpiView {
    fn new(kpi: &Kpi, title: &str, locale: Locale) -> Self {
        let value = kpi.value.text(&kpi.format, None, NumberStyle::Headline, locale);
        let exact = kpi.value.text(&kpi.format, None, NumberStyle::Full, locale);
        let change = kpi.change().map(|change| {
            let (direction, mood) = match (change.direction(), kpi.lower_is_better) {
                (Ordering::Equal, _) => ("flat", "flat"),
                (Ordering::Greater, false) => ("up", "good"),
                (Ordering::Greater, true) => ("up", "bad"),
                (Ordering::Less, false) => ("down", "bad"),
                (Ordering::Less, true) => ("down", "good"),
            };
            Change { text: change.text(kpi.format.negative, locale), direction, mood }
        });
        Self {
            exact: if exact == value { String::new() } else { exact },
            value,
            change,
            compared_with: kpi.compared_with.clone(),
            sparkline: sparkline_svg(kpi, title),
            link: kpi.link.clone().unwrap_or_default(),
        }
    }
}

fn kind_of(panel: &Panel) -> &'static str {
    match panel {
        Panel::Kpi(_) => "kpi",
        Panel::Chart(_) => "chart",
        Panel::Table(_) | Panel::Pivot(_) => "table",
        Panel::Text(_) => "text",
    }
}

/// How much of its row a panel takes: beside key numbers, all else gets three times their room.
pub(super) fn weight_of(report: &Report, panel: &PanelId, row: &[PanelId]) -> f32 {
    let is_kpi = |panel: &PanelId| matches!(report.panels.get(panel), Some(Panel::Kpi(_)));
    if row.iter().any(is_kpi) && !is_kpi(panel) { 3.0 } else { 1.0 }
}

#[derive(Template)]
#[template(path = "panel_page.html")]
struct PanelPage {
    frame: Frame,
    panel: PanelView,
    report_title: String,
    subtitle: String,
    back_url: String,
}

/// `/reports/{report}/panels/{panel}`, also with `.csv`, `.svg` or `.png`: a part of a page for the
/// script, which says so in a header; a page of its own for people.
pub(super) async fn show_panel(
    State(state): State<WebState>,
    visitor: Visitor,
    path: PanelPath,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let way = Way::own(&path.report);
    show(&state, &visitor, &way, &path, &address, &headers).await
}

/// A panel on the way its report is reached.
pub(super) async fn show(
    state: &WebState,
    visitor: &Visitor,
    way: &Way,
    path: &PanelPath,
    address: &Address,
    headers: &HeaderMap,
) -> Result<Response, WebError> {
    let parameters = way.parameters(address);
    let open = state.backend.open(wish(&path.report, visitor, parameters.clone())).await?;
    if path.format != PanelFormat::Page {
        downloads::may_export(&open)?;
    }
    if path.format == PanelFormat::Xlsx {
        return downloads::show_panel_workbook(state, &open, &path.panel).await;
    }
    let answer = answer_or_broken(open.clone(), path.panel.clone()).await?;
    if path.format != PanelFormat::Page {
        return downloads::show_answer(&open, &answer, path.format, address);
    }
    let whole = address.has_flag("page") || !headers.contains_key("x-fragment");
    let asked = address.get("width").and_then(|width| width.parse::<u16>().ok()).map(f32::from);
    let row_height = address.get("height").and_then(|height| height.parse::<u16>().ok()).map(f32::from);
    let slot = match asked {
        Some(width) => Slot { row_height: row_height.unwrap_or_default(), ..Slot::of_width(width) },
        None => Slot::in_row(visitor.window_width, 1.0, 1.0, 1),
    };
    let base = way.base.clone();
    let query = way.address_of(&parameters, address).query();
    let heavy = address.has_flag("heavy");
    let place = Place { base: &base, query: &query, slot, heavy };
    let view = PanelView::new(&open, &path.panel, Some(answer), &place, state.settings.table_rows);
    if !whole {
        return page(&view);
    }
    let here = format!("{base}/panels/{}", path.panel);
    page(&PanelPage {
        frame: Frame::new(visitor, open.locale, Navigation::Reports, &view.title, here, address)
            .in_brand(open.brand.clone())
            .within(way.surroundings),
        report_title: open.report.title.get(open.locale).to_owned(),
        subtitle: open.subtitle.clone(),
        back_url: format!("{base}{query}#panel-{}", path.panel),
        panel: view,
    })
}
