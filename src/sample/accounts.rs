//! Monthly amounts per business unit and account, actual and planned: a profit and loss statement.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::{Datelike, Months, NaiveDate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::text_column;

struct Unit {
    name: &'static str,
    /// Sales of an average month in won.
    sales: f64,
    /// Growth of a year.
    growth: f64,
    /// How much more of everything but goods it costs to run, relative to the others.
    overhead: f64,
}

const UNITS: [Unit; 3] = [
    Unit { name: "국내사업부", sales: 6_200_000_000.0, growth: 0.05, overhead: 1.0 },
    Unit { name: "해외사업부", sales: 4_100_000_000.0, growth: 0.09, overhead: 1.18 },
    Unit { name: "온라인사업부", sales: 3_300_000_000.0, growth: 0.24, overhead: 0.86 },
];

/// An account and its share of the month's sales; fixed ones hardly follow them.
const ACCOUNTS: [(&str, f64, bool); 11] = [
    ("매출액", 1.0, false),
    ("매출원가", 0.452, false),
    ("급여", 0.128, true),
    ("임차료", 0.094, true),
    ("광고선전비", 0.058, false),
    ("물류비", 0.047, false),
    ("감가상각비", 0.036, true),
    ("기타판관비", 0.061, true),
    ("영업외수익", 0.012, true),
    ("영업외비용", 0.019, true),
    ("법인세비용", 0.024, false),
];

/// How sales go over the year, January to December.
const SEASON: [f64; 12] = [0.94, 0.86, 0.98, 1.0, 1.05, 0.93, 0.9, 0.92, 1.02, 1.08, 1.22, 1.3];

/// The accounts of every month from that of `first` to that of `last`.
pub(super) fn batch(seed: u64, first: NaiveDate, last: NaiveDate) -> Result<RecordBatch, ArrowError> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0xacc0);
    let (mut months, mut units, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut actual, mut planned) = (Vec::new(), Vec::new());
    let mut month = first.with_day(1).unwrap_or(first);
    let mut elapsed = 0.0;
    while month <= last {
        let season = SEASON.get(month.month0() as usize).copied().unwrap_or(1.0);
        for unit in &UNITS {
            let base = unit.sales * (1.0 + unit.growth * elapsed / 12.0);
            let sales = base * season * (0.95 + 0.1 * random.random::<f64>());
            for (account, share, is_fixed) in ACCOUNTS {
                let of = if is_fixed { base } else { sales };
                let cost = if matches!(account, "매출액" | "매출원가") { 1.0 } else { unit.overhead };
                let noise = 0.94 + 0.12 * random.random::<f64>();
                let noise = if account == "매출액" { 1.0 } else { noise };
                months.push(month.num_days_from_ce() - NaiveDate::default().num_days_from_ce());
                units.push(unit.name);
                accounts.push(account);
                actual.push((of * share * cost * noise).round() as i128);
                planned.push(
                    (base * f64::midpoint(season, 1.0) * share * cost * 1.03 / 1e6).round() as i128
                        * 1_000_000,
                );
            }
        }
        month = month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
        elapsed += 1.0;
    }
    let money = |won: Vec<i128>| -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(Decimal128Array::from(won).with_precision_and_scale(18, 0)?))
    };
    RecordBatch::try_from_iter([
        ("month", Arc::new(Date32Array::from(months)) as ArrayRef),
        ("unit", text_column(units)),
        ("account", text_column(accounts)),
        ("amount", money(actual)?),
        ("planned_amount", money(planned)?),
    ])
}
