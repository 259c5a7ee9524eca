//! Who works where: what row rules ask for.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::{STORES, text_column};

/// The managers of the stores, in their order, and an area manager of three stores.
const STAFF: [(&str, &[i32]); 17] = [
    ("jiwoo.kim@hanbit.example", &[101]),
    ("seojun.lee@hanbit.example", &[102]),
    ("haeun.park@hanbit.example", &[103]),
    ("doyun.choi@hanbit.example", &[104]),
    ("yujin.jung@hanbit.example", &[105]),
    ("minjae.kang@hanbit.example", &[106]),
    ("seoa.yoon@hanbit.example", &[107]),
    ("jiho.oh@hanbit.example", &[108]),
    ("kayan.chan@hanbit.example", &[201]),
    ("chunkit.lee@hanbit.example", &[202]),
    ("wingsze.wong@hanbit.example", &[203]),
    ("kaho.cheung@hanbit.example", &[204]),
    ("emily.carter@hanbit.example", &[301]),
    ("daniel.kim@hanbit.example", &[302]),
    ("grace.lee@hanbit.example", &[303]),
    ("noah.bennett@hanbit.example", &[304]),
    ("sora.han@hanbit.example", &[101, 102, 103]),
];

/// A row per person and store.
pub(super) fn batch() -> Result<RecordBatch, ArrowError> {
    let rows: Vec<(&str, i32)> =
        STAFF.iter().flat_map(|(mail, stores)| stores.iter().map(move |store| (*mail, *store))).collect();
    let name = |id: i32| STORES.iter().find(|store| store.id == id).map_or("", |store| store.name);
    let columns: [(&str, ArrayRef); 3] = [
        ("mail", text_column(rows.iter().map(|(mail, _)| *mail))),
        ("store_id", Arc::new(Int32Array::from_iter_values(rows.iter().map(|(_, store)| *store)))),
        ("store_name", text_column(rows.iter().map(|(_, store)| name(*store)))),
    ];
    RecordBatch::try_from_iter(columns)
}
