//! The stores of the sample retailer.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::text_column;

/// A store.
#[derive(Debug, Clone, Copy)]
pub struct Store {
    /// Its key.
    pub id: i32,
    /// Its name in the language of its country.
    pub name: &'static str,
    /// ISO 3166 code.
    pub country: &'static str,
    /// Its city, in the language of the country.
    pub city: &'static str,
    /// Who manages it.
    pub manager: &'static str,
    /// How much it sells, relative to the others.
    pub size: f64,
}

const fn store(
    id: i32,
    country: &'static str,
    city: &'static str,
    name: &'static str,
    manager: &'static str,
    size: f64,
) -> Store {
    Store { id, name, country, city, manager, size }
}

/// Eight stores in Korea, four in Hong Kong, four in the USA.
pub const STORES: [Store; 16] = [
    store(101, "KR", "서울", "강남 플래그십", "김지우", 2.6),
    store(102, "KR", "서울", "성수점", "이서준", 1.9),
    store(103, "KR", "서울", "명동점", "박하은", 1.7),
    store(104, "KR", "성남", "판교점", "최도윤", 1.4),
    store(105, "KR", "인천", "송도점", "정유진", 1.0),
    store(106, "KR", "대전", "대전 둔산점", "강민재", 0.8),
    store(107, "KR", "부산", "해운대점", "윤서아", 1.3),
    store(108, "KR", "제주", "제주공항점", "오지호", 0.7),
    store(201, "HK", "香港島", "銅鑼灣旗艦店", "陳嘉欣", 2.0),
    store(202, "HK", "香港島", "中環店", "李俊傑", 1.5),
    store(203, "HK", "九龍", "尖沙咀店", "黃詠詩", 1.6),
    store(204, "HK", "新界", "沙田店", "張家豪", 0.9),
    store(301, "US", "New York", "SoHo Flagship", "Emily Carter", 2.2),
    store(302, "US", "Los Angeles", "Beverly Grove", "Daniel Kim", 1.5),
    store(303, "US", "San Francisco", "Union Square", "Grace Lee", 1.2),
    store(304, "US", "Seattle", "University Village", "Noah Bennett", 0.8),
];

/// The stores as a table.
pub(super) fn batch() -> Result<RecordBatch, ArrowError> {
    let columns: [(&str, ArrayRef); 5] = [
        ("store_id", Arc::new(Int32Array::from_iter_values(STORES.iter().map(|store| store.id)))),
        ("store_name", text_column(STORES.iter().map(|store| store.name))),
        ("country", text_column(STORES.iter().map(|store| store.country))),
        ("city", text_column(STORES.iter().map(|store| store.city))),
        ("manager", text_column(STORES.iter().map(|store| store.manager))),
    ];
    RecordBatch::try_from_iter(columns)
}
