//! `/costs`: what queries cost, by who pays and for what. For administrators; `permit.rs` says so.

mod amounts;
mod asked;
mod words;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{Datelike as _, Months, NaiveDate};

use self::amounts::{Amounts, seconds, share};
use self::asked::{Asked, BY, Filtered};
pub(super) use self::words::CostWords;
use super::address::Address;
use super::backend::{CostsAsked, FoundCosts};
use super::error::WebError;
use super::frame::{self, Frame, Place, page};
use super::state::WebState;
use super::visitor::{Entered, Visitor};
use super::when::size;
use crate::access::Standing;
use crate::definitions::model::Budget;
use crate::format::{DateFormat, Grain, Locale, LocalizedText, write_date};
use crate::ledger::queries::{CostBy, CostRow};

/// Where it is.
const PATH: &str = "/costs";

#[derive(Template)]
#[template(path = "costs.html")]
struct CostsPage {
    frame: Frame,
    w: &'static CostWords,
    month: String,
    month_text: String,
    earlier_url: String,
    later_url: Option<String>,
    /// Whether prices are defined.
    priced: bool,
    /// Whether anything left its region.
    across: bool,
    total: RowView,
    /// How many percent of the questions no source was asked for.
    kept: String,
    budgets: Vec<BudgetView>,
    /// Name, address and whether it is the present one.
    by: Vec<(&'static str, String, bool)>,
    by_text: &'static str,
    filtered: Vec<Filtered>,
    rows: Vec<RowView>,
}

/// A line of the table.
struct RowView {
    name: String,
    /// Another name under it: the id.
    id: Option<String>,
    url: Option<String>,
    cost: String,
    /// Percent of the whole.
    share: String,
    width: u8,
    queries: String,
    asked: String,
    failed: String,
    moved: String,
    crossed: String,
    copied: String,
    scanned: String,
    requests: String,
    seconds: String,
}

struct BudgetView {
    name: String,
    spent: String,
    budget: String,
    used: String,
    width: u8,
    /// The class and the text of a badge.
    state: (&'static str, &'static str),
    stops: bool,
}

/// `/costs`
pub(super) async fn show_costs(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
) -> Result<Response, WebError> {
    if !visitor.doors.costs {
        return Err(WebError::no_page());
    }
    let locale = visitor.locale.unwrap_or_default();
    let w = CostWords::of(locale);
    let asked = Asked::of(&address);
    let wanted = CostsAsked { month: asked.month, by: asked.by, only: asked.only.clone() };
    let found = state.backend.costs(wanted).await?;
    let amounts = Amounts::of(&found, locale);
    let total = &found.total;
    let names = Names { standing: &standing, locale, w };
    let view = |row: &CostRow, name: String, id: Option<String>, url: Option<String>| RowView {
        name,
        id,
        url,
        cost: amounts.money(row.cost),
        share: share(row.cost as f64, total.cost as f64, locale),
        width: amounts::width(row.cost as f64, total.cost as f64),
        queries: amounts.count(row.queries),
        asked: amounts.count(row.asked),
        failed: amounts.count(row.failed),
        moved: size(row.moved),
        crossed: size(row.crossed),
        copied: size(row.copied),
        scanned: size(row.scanned),
        requests: amounts.count(row.requests),
        seconds: seconds(row.busy_micros, locale),
    };
    let rows = found.rows.iter().map(|row| {
        let (name, id) = names.of(asked.by, &row.key);
        view(row, name, id, asked.narrower(&address, &row.key))
    });
    let budgets = found.budgets.iter().map(|(role, budget, spent)| {
        let (name, _) = names.of(CostBy::Role, role);
        BudgetView::new(name, budget, *spent, &amounts, w)
    });
    let kept = share((total.queries - total.asked) as f64, total.queries as f64, locale);
    let text = w.by(asked.by);
    let by = BY
        .iter()
        .map(|by| (w.by(*by), format!("{PATH}{}", address.with("by", by.as_str()).query()), *by == asked.by));
    let to = |months: i64| {
        format!("{PATH}{}", address.with("month", &month_name(moved(found.month, months))).query())
    };
    page(&CostsPage {
        frame: Frame::new(&visitor, locale, Place::Costs, w.costs, PATH, &address)
            .in_brand(state.backend.usual_brand()),
        w,
        month: month_name(found.month),
        month_text: months(found.from, found.month, locale),
        earlier_url: to(-1),
        later_url: (found.month < found.this_month).then(|| to(1)),
        priced: found.currency.is_some(),
        across: total.crossed > 0,
        total: view(total, w.total.to_owned(), None, None),
        kept,
        budgets: budgets.collect(),
        by: by.collect(),
        by_text: text,
        filtered: asked.filtered(&address, &names),
        rows: rows.collect(),
    })
}

/// What people call things.
struct Names<'a> {
    standing: &'a Standing,
    locale: Locale,
    w: &'static CostWords,
}

impl Names<'_> {
    /// The name of a key, and the key itself where it is another.
    fn of(&self, by: CostBy, key: &str) -> (String, Option<String>) {
        if key.is_empty() {
            let none = match by {
                CostBy::Role => self.w.no_role,
                CostBy::Report => self.w.no_report,
                CostBy::Panel => self.w.no_panel,
                CostBy::Schedule => self.w.no_schedule,
                _ => self.w.none,
            };
            return (none.to_owned(), None);
        }
        let catalog = self.standing.catalog();
        let (first, rest) = key.split_once('/').map_or((key, None), |(first, rest)| (first, Some(rest)));
        let title: Option<&LocalizedText> = match by {
            CostBy::Role => {
                catalog.access.as_ref().and_then(|access| access.functional_roles.get(key)?.title.as_ref())
            }
            CostBy::Report | CostBy::Panel | CostBy::Schedule => {
                catalog.reports.get(first).map(|report| &report.title)
            }
            CostBy::Dataset => catalog.datasets.get(key).and_then(|dataset| dataset.title.as_ref()),
            CostBy::Source => catalog.sources.get(key).and_then(|source| source.title.as_ref()),
            CostBy::Region | CostBy::Viewer | CostBy::Purpose | CostBy::Day | CostBy::Month => None,
        };
        let name = match (by, title) {
            (CostBy::Purpose, _) => return (self.w.purpose(key).to_owned(), None),
            (CostBy::Day, _) => {
                let day = key.parse::<NaiveDate>().ok();
                let text = day.map(|day| write_date(day, Grain::Day, DateFormat::Full, self.locale));
                return (text.unwrap_or_else(|| key.to_owned()), None);
            }
            (CostBy::Month, _) => {
                let month = format!("{key}-01").parse::<NaiveDate>().ok();
                return (month.map_or_else(|| key.to_owned(), |month| in_words(month, self.locale)), None);
            }
            (_, Some(title)) => title.get(self.locale).to_owned(),
            (_, None) => return (key.to_owned(), None),
        };
        let name = rest.map_or_else(|| name.clone(), |rest| format!("{name} · {rest}"));
        (name, Some(key.to_owned()))
    }
}

impl BudgetView {
    fn new(name: String, budget: &Budget, spent: i64, amounts: &Amounts, w: &'static CostWords) -> Self {
        let whole = budget.month * 1e6;
        let used = spent as f64 / whole;
        let state = if used >= 1.0 && budget.stop {
            ("failed", w.stopped)
        } else if used >= 1.0 {
            ("failed", w.overspent)
        } else if used * 100.0 >= budget.warn {
            ("interrupted", w.warned)
        } else {
            ("succeeded", w.within)
        };
        Self {
            name,
            spent: amounts.money(spent),
            budget: amounts.budget(budget.month),
            used: share(spent as f64, whole, amounts.locale()),
            width: amounts::width(spent as f64, whole),
            state,
            stops: budget.stop,
        }
    }
}

/// A month as it stands in addresses: `2026-11`.
fn month_name(month: NaiveDate) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

fn in_words(month: NaiveDate, locale: Locale) -> String {
    write_date(month, Grain::Month, DateFormat::Full, locale)
}

/// The month, or the first and the last of several.
fn months(from: NaiveDate, last: NaiveDate, locale: Locale) -> String {
    let last_text = in_words(last, locale);
    if from < last { format!("{} – {last_text}", in_words(from, locale)) } else { last_text }
}

fn moved(month: NaiveDate, months: i64) -> NaiveDate {
    let by = Months::new(u32::try_from(months.abs()).unwrap_or_default());
    let there = if months < 0 { month.checked_sub_months(by) } else { month.checked_add_months(by) };
    there.unwrap_or(month)
}

impl FoundCosts {
    /// The largest amount that is shown.
    fn largest(&self) -> i64 {
        self.total.cost
    }
}
