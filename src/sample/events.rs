//! What happened while the sample retailer sold: campaigns, holidays, openings.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;

use super::text_column;

type Event = ((i32, u32, u32), &'static str, Option<&'static str>, &'static str);

const COUNTRIES: [&str; 3] = ["KR", "HK", "US"];

/// Day, kind, country (none for all three) and key of an event; dataset `events` has its name in three
/// languages.
const EVENTS: [Event; 27] = [
    ((2024, 11, 11), "promotion", None, "singles_day"),
    ((2024, 11, 29), "promotion", None, "black_friday"),
    ((2024, 12, 25), "holiday", None, "christmas"),
    ((2025, 1, 28), "holiday", Some("KR"), "seollal"),
    ((2025, 1, 29), "holiday", Some("HK"), "lunar_new_year"),
    ((2025, 3, 14), "opening", Some("KR"), "songdo_opening"),
    ((2025, 5, 1), "promotion", None, "family_month"),
    ((2025, 7, 4), "promotion", Some("US"), "independence_day"),
    ((2025, 8, 25), "promotion", None, "season_off"),
    ((2025, 9, 22), "promotion", Some("KR"), "chuseok_sale"),
    ((2025, 10, 6), "holiday", Some("KR"), "chuseok"),
    ((2025, 11, 11), "promotion", None, "singles_day"),
    ((2025, 11, 28), "promotion", None, "black_friday"),
    ((2025, 12, 25), "holiday", None, "christmas"),
    ((2026, 2, 17), "holiday", Some("KR"), "seollal"),
    ((2026, 2, 17), "holiday", Some("HK"), "lunar_new_year"),
    ((2026, 3, 6), "opening", Some("HK"), "sha_tin_opening"),
    ((2026, 5, 1), "promotion", None, "family_month"),
    ((2026, 6, 19), "holiday", Some("HK"), "dragon_boat"),
    ((2026, 7, 3), "promotion", Some("US"), "independence_day"),
    ((2026, 8, 24), "promotion", None, "season_off"),
    ((2026, 9, 14), "promotion", Some("KR"), "chuseok_sale"),
    ((2026, 9, 25), "holiday", Some("KR"), "chuseok"),
    ((2026, 10, 1), "holiday", Some("HK"), "national_day"),
    ((2026, 10, 9), "promotion", Some("KR"), "hangeul_day_sale"),
    ((2026, 10, 16), "opening", Some("US"), "seattle_renewal"),
    ((2026, 10, 26), "promotion", None, "halloween"),
];

/// The events as a table: a row per event and country, so that whoever looks at one country finds what
/// happened there.
pub(super) fn batch() -> Result<RecordBatch, ArrowError> {
    let mut rows = Vec::new();
    for ((year, month, day), kind, only, event) in EVENTS {
        let day = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        let day = day.signed_duration_since(NaiveDate::default()).num_days();
        for country in COUNTRIES.into_iter().filter(|country| only.is_none_or(|only| only == *country)) {
            rows.push((i32::try_from(day).unwrap_or_default(), kind, country, event));
        }
    }
    let columns: [(&str, ArrayRef); 4] = [
        ("event_date", Arc::new(Date32Array::from_iter_values(rows.iter().map(|(day, ..)| *day)))),
        ("kind", text_column(rows.iter().map(|(_, kind, ..)| *kind))),
        ("country", text_column(rows.iter().map(|(_, _, country, _)| *country))),
        ("event", text_column(rows.iter().map(|(.., event)| *event))),
    ];
    RecordBatch::try_from_iter(columns)
}
