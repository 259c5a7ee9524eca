//! Weekly stock per store and category.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int32Array};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::{Datelike, Days, NaiveDate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{STORES, text_column};

/// A category, the units a store of size 1 sells in four weeks, and the cost of one in won.
const CATEGORIES: [(&str, f64, f64); 6] = [
    ("아우터", 300.0, 86_000.0),
    ("상의", 690.0, 25_000.0),
    ("하의", 470.0, 35_000.0),
    ("신발", 330.0, 59_000.0),
    ("가방·잡화", 290.0, 40_000.0),
    ("뷰티", 260.0, 11_000.0),
];

/// The stock at the end of every seventh day from `first` on, and on `last`.
pub(super) fn batch(seed: u64, first: NaiveDate, last: NaiveDate) -> Result<RecordBatch, ArrowError> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x57_0c);
    let (mut days, mut stores, mut categories) = (Vec::new(), Vec::new(), Vec::new());
    let (mut on_hand, mut on_order, mut safety, mut sold) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut amounts: Vec<i128> = Vec::new();
    // Counted back from the last day, so that it has a stock-taking of its own.
    let weeks = (last - first).num_days().max(0) / 7;
    for back in (0..=weeks).rev() {
        let day = last.checked_sub_days(Days::new(back.unsigned_abs() * 7)).unwrap_or(last);
        for store in &STORES {
            for (category, monthly, cost) in CATEGORIES {
                let sold_units = monthly * store.size * (0.75 + 0.5 * random.random::<f64>());
                let least = (monthly * store.size * 0.6 / 10.0).round() * 10.0;
                // Some shelves run dry and some overflow, which is what the sheet is for.
                let luck = random.random::<f64>();
                let cover = match luck {
                    luck if luck < 0.07 => 0.15 + 0.3 * random.random::<f64>(),
                    luck if luck > 0.93 => 3.2 + 1.5 * random.random::<f64>(),
                    _ => 0.8 + 1.1 * random.random::<f64>(),
                };
                let units = (monthly * store.size * cover).round();
                let ordered =
                    if cover < 0.9 { (monthly * store.size * 0.7 / 10.0).round() * 10.0 } else { 0.0 };
                days.push(day.num_days_from_ce() - NaiveDate::default().num_days_from_ce());
                stores.push(store.id);
                categories.push(category);
                on_hand.push(units as i32);
                on_order.push(ordered as i32);
                safety.push(least as i32);
                sold.push(sold_units.round() as i32);
                amounts.push((units * cost).round() as i128);
            }
        }
    }
    let counts = |units: Vec<i32>| Arc::new(Int32Array::from(units)) as ArrayRef;
    RecordBatch::try_from_iter([
        ("snapshot_date", Arc::new(Date32Array::from(days)) as ArrayRef),
        ("store_id", counts(stores)),
        ("category", text_column(categories)),
        ("on_hand", counts(on_hand)),
        ("on_order", counts(on_order)),
        ("safety_stock", counts(safety)),
        ("sold_4_weeks", counts(sold)),
        ("amount", Arc::new(Decimal128Array::from(amounts).with_precision_and_scale(18, 0)?) as ArrayRef),
    ])
}
