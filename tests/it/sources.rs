//! Sources through real protocols, and data that are not as they should be.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jangpyo::error::Kind;
use jangpyo::format::Grain;
use jangpyo::query::{DateRange, GroupBy, SemanticQuery};
use jangpyo::table::Value;

use crate::support::dataset::{TestDataset, field};
use crate::support::s3::{ACCESS_KEY, Fault, S3Server, SECRET_KEY};

const SALES: &str = "
owner: test
source: lake
table: l2/sales/
partitions: {year: int}
time: order_date
relationships: {store: {table: l2/stores.parquet, on: {store_id: store_id}}}
dimensions: {order_date: {}, country: {sql: store.country}, year: {}}
measures: {orders: {sql: sum(orders)}, rows: {sql: count(*)}}
";

async fn sales_on_s3() -> (S3Server, TestDataset) {
    let server = S3Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    jangpyo::sample::write(folder.path(), jangpyo::sample::SEED).unwrap();
    server.put_folder(folder.path()).await;
    let dataset = TestDataset::new(&server.source(), SALES, |_| {});
    (server, dataset)
}

fn by_country() -> SemanticQuery {
    SemanticQuery {
        by: vec![GroupBy { field: field("country"), grain: None }],
        ..SemanticQuery::of_everything(vec![field("orders")])
    }
}

#[tokio::test]
async fn hive_partitions_on_s3_join_a_small_table_and_hot_columns_stay_in_memory() {
    let (server, dataset) = sales_on_s3().await;
    let table = dataset.answer(&by_country()).await.unwrap().table;
    let countries: Vec<_> = (0..table.len()).map(|row| table.cell(row, 0).clone()).collect();
    assert_eq!(countries, ["HK", "KR", "US"].map(|name| Value::Text(name.into())));
    let cold = server.traffic.gets.load(Ordering::Relaxed);
    let daily = SemanticQuery { by: vec![], ..by_country() };
    dataset.answer(&daily).await.unwrap();
    assert_eq!(server.traffic.gets.load(Ordering::Relaxed), cold, "the same column is not fetched again");
}

#[tokio::test]
async fn a_filter_on_a_partition_reads_only_its_files() {
    use jangpyo::query::{Condition, Filter, Literal};

    let (server, _) = sales_on_s3().await;
    let dataset = TestDataset::new(&server.source(), SALES, |settings| settings.whole_object_bytes = 0);
    // Opening reads the footers of every file; only what comes after is counted.
    dataset.answer(&SemanticQuery::of_everything(vec![field("rows")])).await.unwrap();
    let before = server.traffic.gets.load(Ordering::Relaxed);
    let condition = Condition::OneOf(vec![Literal::Number("2025".into())]);
    let query = SemanticQuery {
        filters: vec![Filter { field: field("year"), condition }],
        ..SemanticQuery::of_everything(vec![field("orders")])
    };
    dataset.answer(&query).await.unwrap();
    let pruned = server.traffic.gets.load(Ordering::Relaxed) - before;
    assert_eq!(pruned, 1, "one column of one file in one request");
}

#[tokio::test]
async fn lists_of_more_than_one_page_are_complete() {
    let server = S3Server::start().await;
    let folder = server.root.join("lake/many");
    std::fs::create_dir(&folder).unwrap();
    for number in 0..1_203 {
        std::fs::write(folder.join(format!("{number:05}.csv")), format!("id\n{number}\n")).unwrap();
    }
    let definition = "{owner: test, source: lake, table: many/, measures: {rows: {sql: count(*)}, ids: {sql: count(distinct id)}}}";
    let dataset = TestDataset::new(&server.source(), definition, |_| {});
    let table =
        dataset.answer(&SemanticQuery::of_everything(vec![field("rows"), field("ids")])).await.unwrap().table;
    assert_eq!((table.cell(0, 0), table.cell(0, 1)), (&Value::Int(1_203), &Value::Int(1_203)));
    assert!(server.traffic.lists.load(Ordering::Relaxed) >= 2, "one page holds at most 1,000 keys");
}

#[tokio::test]
async fn throttling_and_broken_connections_are_tried_again() {
    let (server, dataset) = sales_on_s3().await;
    server.traffic.inject(2, Fault::Status(503));
    server.traffic.inject(1, Fault::Status(500));
    server.traffic.inject(1, Fault::Reset);
    let table = dataset.answer(&by_country()).await.unwrap().table;
    assert_eq!(table.len(), 3);
}

#[tokio::test]
async fn refused_missing_and_slow_stores_are_told_apart() {
    let (server, dataset) = sales_on_s3().await;
    server.traffic.inject(1, Fault::Status(403));
    let refused = dataset.answer(&by_country()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unavailable, "{refused}");
    let missing = TestDataset::new(&server.source(), &SALES.replace("l2/sales/", "l2/nothing/"), |_| {});
    let missing = missing.answer(&by_country()).await.unwrap_err();
    assert!(missing.to_string().contains("no data files at `l2/nothing/`"), "{missing}");
    let hurried = TestDataset::new(&server.source(), SALES, |settings| {
        settings.query_timeout = Duration::from_millis(300);
    });
    server.traffic.inject(50, Fault::Delay(Duration::from_secs(2)));
    let slow = hurried.answer(&by_country()).await.unwrap_err();
    assert_eq!(slow.kind(), Kind::OverLimit, "{slow}");
    assert!(slow.to_string().contains("JANGPYO_QUERY_TIMEOUT_SECS"), "{slow}");
}

fn dataset_of(files: &[(&str, &[u8])], definition: &str) -> (tempfile::TempDir, TestDataset) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let dataset = TestDataset::in_folder(folder.path(), definition);
    (folder, dataset)
}

fn rows() -> SemanticQuery {
    SemanticQuery::of_everything(vec![field("rows")])
}

const ROWS: &str = "measures: {rows: {sql: count(*)}}";

#[tokio::test]
async fn corrupt_and_truncated_parquet_are_errors_and_the_engine_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    jangpyo::sample::write(folder.path(), 1).unwrap();
    let good = std::fs::read(folder.path().join("l2/stores.parquet")).unwrap();
    let mut huge_footer = good.clone();
    let end = huge_footer.len();
    huge_footer[end - 8..end - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut wrong_footer = good.clone();
    wrong_footer[end - 8..end - 4].copy_from_slice(&7u32.to_le_bytes());
    let cases: [(&str, &[u8]); 5] = [
        ("truncated", &good[..end / 2]),
        ("huge footer length", &huge_footer),
        ("wrong footer length", &wrong_footer),
        ("not parquet", b"hello"),
        ("zeros", &[0; 4096]),
    ];
    for (what, bytes) in cases {
        let definition = format!("{{owner: test, source: lake, table: f.parquet, {ROWS}}}");
        let (_folder, dataset) = dataset_of(&[("f.parquet", bytes)], &definition);
        let error = dataset.answer(&rows()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::BadData, "{what}: {error}");
    }
}

#[tokio::test]
async fn csv_as_people_make_it() {
    use std::io::Write;

    let text = "\u{feff}주문 일자,매장 이름,금액\n2026-01-05,강남점,\"1200.50\"\n2026-01-06,\"성수,점\",-\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let definition = "
owner: test
source: lake
table: orders.csv.gz
csv: {null_values: ['-'], types: {주문 일자: date, 금액: 'decimal(18,2)'}}
time: 일자
dimensions: {일자: {sql: '\"주문 일자\"'}, 매장: {sql: '\"매장 이름\"'}}
measures: {금액: {sql: sum(금액)}}
";
    let (_folder, dataset) = dataset_of(&[("orders.csv.gz", &gzip.finish().unwrap())], definition);
    let query = SemanticQuery {
        by: vec![GroupBy { field: field("매장"), grain: None }],
        ..SemanticQuery::of_everything(vec![field("금액")])
    };
    let table = dataset.answer(&query).await.unwrap().table;
    assert_eq!(table.cell(0, 0), &Value::Text("강남점".into()));
    assert_eq!(table.cell(0, 1).as_f64(), Some(1200.5));
    assert_eq!(table.cell(1, 0), &Value::Text("성수,점".into()));
    assert!(table.cell(1, 1).is_null());
}

#[tokio::test]
async fn malformed_rows_say_what_is_wrong() {
    for (text, expected) in [("a,b\n1,2\n3\n", "at line 3"), ("a,b\n1,2\n1,x\n", "x")] {
        let definition = "{owner: test, source: lake, table: f.csv, csv: {types: {a: int, b: int}}, measures: {rows: {sql: sum(b)}}}";
        let (_folder, dataset) = dataset_of(&[("f.csv", text.as_bytes())], definition);
        let error = dataset.answer(&rows()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::BadData, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    let definition = format!("{{owner: test, source: lake, table: f.csv, dimensions: {{a: {{}}}}, {ROWS}}}");
    let (_folder, dataset) = dataset_of(&[("f.csv", b"a\n\xb0\xad\xb3\xb2\n")], &definition);
    let query = SemanticQuery { by: vec![GroupBy { field: field("a"), grain: None }], ..rows() };
    let error = dataset.answer(&query).await.unwrap_err();
    assert_eq!(error.kind(), Kind::BadData, "{error}");
}

#[tokio::test]
async fn ndjson_globs_and_the_years_1_and_9999() {
    let definition = "
owner: test
source: lake
table: logs/*/day-*.ndjson
time: at
dimensions: {at: {sql: cast(at as date)}}
measures: {rows: {sql: count(*)}}
";
    let files: [(&str, &[u8]); 3] = [
        ("logs/a/day-1.ndjson", b"{\"at\": \"0001-01-01\", \"n\": 1}\n{\"at\": \"9999-12-31\", \"n\": 2}\n"),
        ("logs/b/day-2.ndjson", b"{\"at\": \"2026-02-28\", \"n\": null}\n"),
        ("logs/b/other.ndjson", b"{\"at\": \"2026-02-28\", \"n\": 4}\n"),
    ];
    let (_folder, dataset) = dataset_of(&files, definition);
    let query =
        SemanticQuery { by: vec![GroupBy { field: field("at"), grain: Some(Grain::Month) }], ..rows() };
    let table = dataset.answer(&query).await.unwrap().table;
    let months: Vec<_> =
        (0..table.len()).map(|row| table.cell(row, 0).as_date().unwrap().to_string()).collect();
    assert_eq!(months, ["0001-01-01", "2026-02-01", "9999-12-01"]);
    let range = DateRange { start: "9999-12-01".parse().unwrap(), end: "9999-12-31".parse().unwrap() };
    let table = dataset.answer(&SemanticQuery { range: Some(range), ..rows() }).await.unwrap().table;
    assert_eq!(table.cell(0, 0), &Value::Int(0), "the end of a range is not part of it");
}

#[tokio::test]
async fn only_queries_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("stolen.csv");
    for (sql, expected) in [
        (format!("COPY (SELECT 1) TO '{}'", target.display()), "only one SELECT"),
        ("CREATE TABLE t AS SELECT 1".into(), "only one SELECT"),
        ("DROP TABLE orders".into(), "only one SELECT"),
        ("INSERT INTO orders VALUES (1)".into(), "only one SELECT"),
        ("SET datafusion.execution.batch_size = 1".into(), "only one SELECT"),
        ("SELECT 1; SELECT 2".into(), "sql"),
        ("SELECT * FROM '/etc/passwd'".into(), "passwd"),
        ("SELECT * FROM information_schema.tables".into(), "information_schema"),
        ("EXPLAIN SELECT 1".into(), "SELECT"),
        ("SELECT random() AS a FROM orders".into(), "changes by itself"),
        ("SELECT * FROM orders WHERE now() > '2026-01-01'".into(), "changes by itself"),
    ] {
        let definition = format!(
            "owner: test\nsource: lake\nsql: |\n  {sql}\ntables: {{orders: {{path: orders.csv}}}}\n{ROWS}\n"
        );
        let (_folder, dataset) = dataset_of(&[("orders.csv", b"a\n1\n")], &definition);
        let error = dataset.answer(&rows()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{sql}: {error}");
        assert_eq!(error.kind(), Kind::BadDefinition, "{sql}: {error}");
    }
    assert!(!target.exists());
}

#[tokio::test]
async fn a_joined_table_with_a_key_twice_is_refused_instead_of_counting_twice() {
    let definition = "
owner: test
source: lake
table: sales.csv
relationships: {store: {table: stores.csv, on: {store_id: id}}}
dimensions: {name: {sql: store.name}}
measures: {rows: {sql: count(*)}}
";
    let files: [(&str, &[u8]); 2] =
        [("sales.csv", b"store_id\n1\n2\n"), ("stores.csv", b"id,name\n1,A\n1,B\n2,C\n")];
    let (_folder, dataset) = dataset_of(&files, definition);
    let error = dataset.answer(&rows()).await.unwrap_err();
    assert!(error.to_string().contains("counted twice"), "{error}");
}

/// `jangpyo query` over a bucket that wants signed requests, with these variables.
fn query_signed(server: &S3Server, variables: &[(&str, &str)]) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("sources/lake.yaml", format!("kind: source\n{}", server.source_block())),
        (
            "datasets/rows.yaml",
            format!("kind: dataset\nowner: test\nsource: lake\ntable: rows.csv\n{ROWS}\n"),
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jangpyo"));
    command.args(["query", "rows", "--measures", "rows", "--workspace"]).arg(folder.path());
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).env("HOME", folder.path()).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_from_the_standard_chain() {
    let server = S3Server::start_signed().await;
    server.put("rows.csv", "a\n1\n2\n").await;
    let keys = [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)];
    let answered = |output: std::process::Output| String::from_utf8(output.stdout).unwrap();
    assert_eq!(answered(query_signed(&server, &keys)), "rows\r\n2\r\n");

    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!("[team]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n");
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().to_str().unwrap();
    let profile = [("AWS_SHARED_CREDENTIALS_FILE", path), ("AWS_PROFILE", "team")];
    assert_eq!(answered(query_signed(&server, &profile)), "rows\r\n2\r\n");

    let wrong =
        query_signed(&server, &[("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", "wrong")]);
    assert_eq!(wrong.status.code(), Some(3));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("source `lake` does not answer") && !said.contains("wrong"), "{said}");
}
