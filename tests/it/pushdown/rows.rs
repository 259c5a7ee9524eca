//! The rows, as files and as statements that make a table of them.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime};
use parquet::arrow::ArrowWriter;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// How many rows of sales there are.
const ROWS: usize = 3_000;

const STORES: [(&str, &str, &str); 6] = [
    ("강남점", "서울", "2011-03-01"),
    ("명동점", "서울", "2015-09-10"),
    ("해운대점", "부산", "2019-05-20"),
    ("Causeway Bay", "香港", "2020-02-29"),
    ("O'Neil's", "New York", "2021-12-31"),
    ("back\\slash", "New York", "2022-01-01"),
];

struct Row {
    sold_on: NaiveDate,
    sold_at: Option<NaiveDateTime>,
    paid_at: Option<DateTime<chrono::Utc>>,
    store: Option<&'static str>,
    channel: Option<&'static str>,
    pieces: Option<i64>,
    returned: Option<bool>,
    buyer: i64,
    cents: Option<i64>,
    weight: Option<f64>,
}

/// Which of the rows: all, or one of the parts that they are dealt out to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dealt {
    All,
    Part { number: usize, of: usize },
}

fn rows(dealt: Dealt) -> Vec<Row> {
    let mut dice = ChaCha8Rng::seed_from_u64(6);
    let first: NaiveDate = "2024-11-20".parse().unwrap();
    let row = |_| {
        let sold_on = first + Days::new(dice.random_range(0..760));
        let minute = Duration::minutes(dice.random_range(0..1_440));
        let sold_at = sold_on.and_hms_micro_opt(0, 0, 7, 250_000).unwrap() + minute;
        let mut maybe = |often: f64| dice.random_bool(often);
        let here = [
            maybe(0.97),
            maybe(0.97),
            maybe(0.9),
            maybe(0.95),
            maybe(0.95),
            maybe(0.9),
            maybe(0.95),
            maybe(0.9),
        ];
        Row {
            sold_on,
            sold_at: here[0].then_some(sold_at),
            paid_at: here[1].then(|| sold_at.and_utc() + Duration::hours(5)),
            // One is in no table of stores.
            store: here[2].then(|| {
                ["강남점", "명동점", "해운대점", "Causeway Bay", "O'Neil's", "back\\slash", "없는점"]
                    [dice.random_range(0..7)]
            }),
            channel: here[3].then(|| ["web", "shop", "Tel", "shop%_"][dice.random_range(0..4)]),
            pieces: here[4].then(|| dice.random_range(-1..9)),
            returned: here[5].then(|| dice.random_bool(0.1)),
            buyer: dice.random_range(0..400),
            cents: here[6].then(|| dice.random_range(-50_000..9_000_000)),
            weight: here[7].then(|| f64::from(dice.random_range(0..100_000)) / 64.0),
        }
    };
    let all = (0..ROWS).map(row).enumerate();
    let here = |position: usize| match dealt {
        Dealt::All => true,
        Dealt::Part { number, of } => position % of == number,
    };
    all.filter(|(position, _)| here(*position)).map(|(_, row)| row).collect()
}

/// `sales.parquet` and `stores.csv`.
pub(super) fn as_files(folder: &Path, dealt: Dealt) {
    let rows = rows(dealt);
    let days = |day: NaiveDate| (day - NaiveDate::default()).num_days() as i32;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("sold_on", Arc::new(rows.iter().map(|row| Some(days(row.sold_on))).collect::<Date32Array>())),
        (
            "sold_at",
            Arc::new(
                rows.iter()
                    .map(|row| row.sold_at.map(|at| at.and_utc().timestamp_micros()))
                    .collect::<TimestampMicrosecondArray>(),
            ),
        ),
        (
            "paid_at",
            Arc::new(
                rows.iter()
                    .map(|row| row.paid_at.map(|at| at.timestamp_micros()))
                    .collect::<TimestampMicrosecondArray>()
                    .with_timezone("UTC"),
            ),
        ),
        ("store", Arc::new(rows.iter().map(|row| row.store).collect::<StringArray>())),
        ("channel", Arc::new(rows.iter().map(|row| row.channel).collect::<StringArray>())),
        ("pieces", Arc::new(rows.iter().map(|row| row.pieces).collect::<Int64Array>())),
        ("returned", Arc::new(rows.iter().map(|row| row.returned).collect::<BooleanArray>())),
        ("buyer", Arc::new(rows.iter().map(|row| Some(row.buyer)).collect::<Int64Array>())),
        (
            "amount",
            Arc::new(
                rows.iter()
                    .map(|row| row.cents.map(i128::from))
                    .collect::<Decimal128Array>()
                    .with_precision_and_scale(18, 2)
                    .unwrap(),
            ),
        ),
        ("weight", Arc::new(rows.iter().map(|row| row.weight).collect::<Float64Array>())),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(folder.join("sales.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut stores = "name,area,opened\n".to_owned();
    for (name, area, opened) in STORES {
        writeln!(stores, "{name},{area},{opened}").unwrap();
    }
    std::fs::write(folder.join("stores.csv"), stores).unwrap();
}

/// What makes the same tables in the schema `l2` of PostgreSQL.
pub(super) fn as_statements(dealt: Dealt) -> String {
    let text =
        |text: Option<&str>| text.map_or("NULL".into(), |text| format!("'{}'", text.replace('\'', "''")));
    let or_null = |value: Option<String>| value.unwrap_or_else(|| "NULL".into());
    let mut sql = "CREATE SCHEMA l2; CREATE TABLE l2.stores (name text, area text, opened date); \
        CREATE TABLE l2.sales (sold_on date NOT NULL, sold_at timestamp, paid_at timestamptz, store text, channel text, \
        pieces bigint, returned boolean, buyer bigint NOT NULL, amount numeric(18,2), weight double precision);"
        .to_owned();
    for (name, area, opened) in STORES {
        writeln!(
            sql,
            "INSERT INTO l2.stores VALUES ({}, {}, '{opened}');",
            text(Some(name)),
            text(Some(area))
        )
        .unwrap();
    }
    let values = rows(dealt).into_iter().map(|row| {
        format!(
            "('{}', {}, {}, {}, {}, {}, {}, {}, {}, {})",
            row.sold_on,
            or_null(row.sold_at.map(|at| format!("'{at}'"))),
            or_null(row.paid_at.map(|at| format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f+00")))),
            text(row.store),
            text(row.channel),
            or_null(row.pieces.map(|pieces| pieces.to_string())),
            or_null(row.returned.map(|returned| returned.to_string())),
            row.buyer,
            or_null(row.cents.map(|cents| format!("{cents}::numeric / 100"))),
            or_null(row.weight.map(|weight| weight.to_string())),
        )
    });
    writeln!(sql, "INSERT INTO l2.sales VALUES {};", values.collect::<Vec<_>>().join(",\n")).unwrap();
    sql.push_str("ANALYZE l2.sales;");
    sql
}

/// What makes the same tables in the schema of a Snowflake account.
pub(super) fn for_snowflake(dealt: Dealt) -> Vec<String> {
    let text = |text: Option<&str>| {
        text.map_or("NULL".into(), |text| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")))
    };
    let or_null = |value: Option<String>| value.unwrap_or_else(|| "NULL".into());
    let mut statements = vec![
        "CREATE TABLE STORES (NAME VARCHAR, AREA VARCHAR, OPENED DATE)".to_owned(),
        "CREATE TABLE SALES (SOLD_ON DATE, SOLD_AT TIMESTAMP_NTZ, PAID_AT TIMESTAMP_TZ, STORE VARCHAR, CHANNEL VARCHAR, \
         PIECES NUMBER(38,0), RETURNED BOOLEAN, BUYER NUMBER(38,0), AMOUNT NUMBER(18,2), WEIGHT DOUBLE)"
            .to_owned(),
    ];
    for (name, area, opened) in STORES {
        statements.push(format!(
            "INSERT INTO STORES VALUES ({}, {}, '{opened}')",
            text(Some(name)),
            text(Some(area))
        ));
    }
    let values: Vec<String> = rows(dealt)
        .into_iter()
        .map(|row| {
            format!(
                "('{}', {}, {}, {}, {}, {}, {}, {}, {}, {})",
                row.sold_on,
                or_null(row.sold_at.map(|at| format!("'{at}'"))),
                or_null(row.paid_at.map(|at| format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f+00:00")))),
                text(row.store),
                text(row.channel),
                or_null(row.pieces.map(|pieces| pieces.to_string())),
                or_null(row.returned.map(|returned| returned.to_string())),
                row.buyer,
                or_null(row.cents.map(|cents| {
                    format!(
                        "{}{}.{:02}",
                        if cents < 0 { "-" } else { "" },
                        cents.abs() / 100,
                        cents.abs() % 100
                    )
                })),
                or_null(row.weight.map(|weight| weight.to_string())),
            )
        })
        .collect();
    for some in values.chunks(500) {
        statements.push(format!("INSERT INTO SALES VALUES {}", some.join(", ")));
    }
    statements
}
