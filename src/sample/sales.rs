//! Daily sales per store, category and channel.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int32Array};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::{Datelike, NaiveDate, Weekday};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{STORES, Store, text_column};

struct Category {
    name: &'static str,
    /// Mean price in won.
    price: f64,
    /// Share of the orders.
    share: f64,
    /// How its sales go over the year, January to December.
    season: [f64; 12],
    /// Cost as a share of the price.
    cost: f64,
    /// How much of it is bought online, relative to the others.
    online: f64,
}

const CATEGORIES: [Category; 6] = [
    Category {
        name: "아우터",
        price: 189_000.0,
        share: 0.16,
        season: [1.35, 1.0, 0.9, 0.7, 0.5, 0.35, 0.3, 0.45, 0.95, 1.45, 1.8, 1.7],
        cost: 0.46,
        online: 0.72,
    },
    Category {
        name: "상의",
        price: 59_000.0,
        share: 0.28,
        season: [0.85, 0.85, 1.0, 1.1, 1.15, 1.15, 1.1, 1.0, 1.0, 0.95, 0.95, 1.0],
        cost: 0.42,
        online: 1.2,
    },
    Category {
        name: "하의",
        price: 79_000.0,
        share: 0.2,
        season: [0.9, 0.9, 1.05, 1.05, 1.05, 1.0, 0.95, 1.0, 1.1, 1.05, 0.95, 0.95],
        cost: 0.44,
        online: 1.0,
    },
    Category {
        name: "신발",
        price: 119_000.0,
        share: 0.14,
        season: [0.9, 0.95, 1.15, 1.1, 1.0, 0.95, 0.9, 1.0, 1.1, 1.0, 0.95, 1.0],
        cost: 0.5,
        online: 0.85,
    },
    Category {
        name: "가방·잡화",
        price: 99_000.0,
        share: 0.12,
        season: [0.95, 1.05, 0.95, 0.9, 1.1, 0.9, 0.9, 0.9, 1.0, 1.0, 1.1, 1.4],
        cost: 0.4,
        online: 1.1,
    },
    Category {
        name: "뷰티",
        price: 32_000.0,
        share: 0.1,
        season: [0.9, 1.0, 1.0, 1.0, 1.15, 1.0, 1.0, 0.95, 0.95, 1.0, 1.15, 1.25],
        cost: 0.35,
        online: 1.7,
    },
];

const CHANNELS: [(&str, f64); 2] = [("매장", 0.62), ("온라인", 0.38)];

/// Days on which people shop more or less than the calendar says: country, month, day, factor.
const EVENTS: [(&str, u32, u32, f64); 14] = [
    ("KR", 11, 11, 1.9),
    ("KR", 5, 5, 1.4),
    ("KR", 12, 24, 1.7),
    ("KR", 12, 25, 1.5),
    ("KR", 1, 1, 0.6),
    ("HK", 11, 11, 1.8),
    ("HK", 12, 24, 1.6),
    ("HK", 12, 26, 1.9),
    ("HK", 7, 1, 1.3),
    ("US", 7, 4, 1.4),
    ("US", 12, 23, 1.8),
    ("US", 12, 24, 1.3),
    ("US", 12, 25, 0.3),
    ("US", 12, 26, 1.7),
];

/// Makes rows in the order of days; the same seed gives the same rows.
pub(super) struct Generator {
    random: ChaCha8Rng,
    /// How each store's current week goes, in the order of [`STORES`].
    weeks: [f64; STORES.len()],
}

#[derive(Default)]
struct Rows {
    dates: Vec<i32>,
    stores: Vec<i32>,
    categories: Vec<&'static str>,
    channels: Vec<&'static str>,
    orders: Vec<i32>,
    quantities: Vec<i32>,
    net: Vec<i128>,
    cost: Vec<i128>,
    returned: Vec<i128>,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed), weeks: [1.0; STORES.len()] }
    }

    /// The rows of the days `first` to `last` inclusive. Amounts are in won, with two decimals as
    /// converted amounts have.
    pub(super) fn batch(&mut self, first: NaiveDate, last: NaiveDate) -> Result<RecordBatch, ArrowError> {
        let mut rows = Rows::default();
        for day in first.iter_days().take_while(|day| *day <= last) {
            if day.weekday() == Weekday::Mon {
                for week in &mut self.weeks {
                    *week = 0.86 + 0.28 * self.random.random::<f64>();
                }
            }
            for (store, week) in STORES.iter().zip(self.weeks) {
                for category in &CATEGORIES {
                    for (channel, share) in CHANNELS {
                        self.add(&mut rows, day, store, category, channel, share * week);
                    }
                }
            }
        }
        let money = |cents: Vec<i128>| -> Result<ArrayRef, ArrowError> {
            Ok(Arc::new(Decimal128Array::from(cents).with_precision_and_scale(18, 2)?))
        };
        RecordBatch::try_from_iter([
            ("order_date", Arc::new(Date32Array::from(rows.dates)) as ArrayRef),
            ("store_id", Arc::new(Int32Array::from(rows.stores)) as ArrayRef),
            ("category", text_column(rows.categories)),
            ("channel", text_column(rows.channels)),
            ("orders", Arc::new(Int32Array::from(rows.orders)) as ArrayRef),
            ("quantity", Arc::new(Int32Array::from(rows.quantities)) as ArrayRef),
            ("net_amount", money(rows.net)?),
            ("cost_amount", money(rows.cost)?),
            ("returned_amount", money(rows.returned)?),
        ])
    }

    fn add(
        &mut self,
        rows: &mut Rows,
        day: NaiveDate,
        store: &Store,
        category: &Category,
        channel: &'static str,
        channel_share: f64,
    ) {
        let taste = if channel == "온라인" { category.online } else { 1.0 };
        let expected = 95.0
            * taste
            * store.size
            * category.share
            * channel_share
            * calendar(day, store, channel)
            * category.season.get(day.month0() as usize).copied().unwrap_or(1.0);
        let noise = 0.75 + 0.5 * self.random.random::<f64>();
        let orders = (expected * noise).round().max(0.0);
        if orders < 1.0 {
            return;
        }
        let quantity = (orders * (1.15 + 0.35 * self.random.random::<f64>())).round();
        let price = category.price * price_level(store.country) * (0.9 + 0.2 * self.random.random::<f64>());
        let net = (quantity * price * 100.0).round();
        // Clearance in January and July lowers the margin.
        let clearance = if matches!(day.month(), 1 | 7) { 1.09 } else { 1.0 };
        let cost = (net * category.cost * clearance * (0.97 + 0.06 * self.random.random::<f64>())).round();
        let return_rate = if channel == "온라인" { 0.09 } else { 0.025 };
        let returned = (net * return_rate * 2.0 * self.random.random::<f64>()).round();
        rows.dates.push(day.num_days_from_ce() - NaiveDate::default().num_days_from_ce());
        rows.stores.push(store.id);
        rows.categories.push(category.name);
        rows.channels.push(channel);
        rows.orders.push(orders as i32);
        rows.quantities.push(quantity as i32);
        rows.net.push(net as i128);
        rows.cost.push(cost as i128);
        rows.returned.push(returned as i128);
    }
}

fn price_level(country: &str) -> f64 {
    match country {
        "HK" => 1.22,
        "US" => 1.35,
        _ => 1.0,
    }
}

/// Weekday, growth over the two years, and events.
fn calendar(day: NaiveDate, store: &Store, channel: &str) -> f64 {
    let offline = channel == "매장";
    let weekday = match (day.weekday(), offline) {
        (Weekday::Sat, true) => 1.55,
        (Weekday::Sun, true) => 1.4,
        (Weekday::Fri, true) | (Weekday::Mon, false) => 1.1,
        (Weekday::Sat | Weekday::Sun, false) => 1.05,
        (_, true) => 0.82,
        (_, false) => 0.97,
    };
    let start = NaiveDate::from_ymd_opt(2024, 11, 1).unwrap_or(day);
    let elapsed = (day - start).num_days() as f64 / 730.0;
    let growth = match (store.country, offline) {
        ("KR", true) => 0.06,
        ("KR", false) => 0.34,
        ("HK", true) => -0.08,
        ("HK", false) => 0.22,
        (_, true) => 0.18,
        (_, false) => 0.55,
    };
    let event = EVENTS
        .iter()
        .find(|(country, month, date, _)| {
            *country == store.country && *month == day.month() && *date == day.day()
        })
        .map_or(1.0, |event| event.3);
    // Black Friday: the Friday after the fourth Thursday of November, and the days around it.
    let black_friday = day.month() == 11 && (23..=29).contains(&day.day()) && day.weekday() == Weekday::Fri;
    let sale = if black_friday && store.country != "KR" { 2.3 } else { 1.0 };
    weekday * (1.0 + growth * elapsed) * event * sale
}
