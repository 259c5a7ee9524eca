//! Rows that lie in three regions, each in a source of another kind: the same answers as if they lay in one.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::definitions::model::MissingRegion;
use jangpyo::engine::{Ask, Freshness, QueryLog, QueryRecord};
use jangpyo::error::Kind;
use jangpyo::query::{Condition, Filter, GroupBy, Literal, SemanticQuery};
use jangpyo::table::Value;
use serde_json::json;

use super::rows::{self, Dealt};
use super::{DATASET, over_files, questions, same};
use crate::support::dataset::{Lines, TestDataset, field};
use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

fn part(number: usize) -> Dealt {
    Dealt::Part { number, of: 3 }
}

/// Files in Seoul, a Snowflake account in Hong Kong, a database in the USA.
struct Regions {
    dataset: TestDataset,
    snowflake: Snowflake,
    database: Database,
    lines: Arc<Lines>,
    _folder: tempfile::TempDir,
}

impl Regions {
    async fn new() -> Option<Self> {
        let database = Database::new().await?;
        database.execute(&rows::as_statements(part(2))).await;
        let snowflake = Snowflake::start();
        snowflake.execute(&rows::for_snowflake(part(1))).await;
        let folder = tempfile::tempdir().unwrap();
        rows::as_files(folder.path(), part(0));
        let usa = format!("owner: test\nregion: usa\n{}\n{}", super::TABLES, database.as_source(""));
        let hongkong = format!(
            "owner: test\nregion: hongkong\ntables: {{sales: SALES, stores: STORES}}\n{}",
            snowflake.as_source("")
        );
        let dataset = Self::dataset(folder.path(), &hongkong, &usa);
        let lines = Arc::<Lines>::default();
        let dataset = dataset.recorded_by(Arc::clone(&lines) as Arc<dyn QueryLog>);
        Some(Self { dataset, snowflake, database, lines, _folder: folder })
    }

    fn dataset(folder: &Path, hongkong: &str, usa: &str) -> TestDataset {
        let seoul =
            "{owner: test, url: ./, region: seoul, tables: {sales: sales.parquet, stores: stores.csv}}";
        let definition = DATASET
            .replace("  channel: {type: text}", "  channel: {type: text}\n  region: {sql: source_region}")
            .replace("measures:", "measures:\n  about: {sql: approx_distinct(buyer)}");
        let dataset = TestDataset::new(seoul, &definition, |settings| {
            folder.clone_into(&mut settings.workspace);
            settings.secret = |name| Snowflake::secret(name).or_else(|_| Database::password(name));
        });
        dataset.also_in(&[("hongkong", hongkong), ("usa", usa)])
    }

    /// What was taken down since the last look.
    fn lines(&self) -> Vec<QueryRecord> {
        self.lines.taken()
    }
}

fn by_region(measures: &[&str]) -> SemanticQuery {
    let by = vec![GroupBy { field: field("region"), grain: None }];
    let measures = measures.iter().map(|name| field(name)).collect();
    SemanticQuery { by, ..SemanticQuery::of_everything(measures) }
}

fn only_in(region: &str, query: SemanticQuery) -> SemanticQuery {
    let condition = Condition::OneOf(vec![Literal::Text(region.into())]);
    SemanticQuery { filters: vec![Filter { field: field("region"), condition }], ..query }
}

#[tokio::test]
async fn rows_in_three_regions_answer_as_if_they_lay_in_one() {
    let Some(regions) = Regions::new().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let local = over_files(folder.path());
    let (mut wrong, mut refused) = (Vec::new(), Vec::new());
    for (name, query) in questions() {
        let expected = local.answer(&query).await.unwrap();
        match regions.dataset.answer(&query).await {
            Ok(answer) => {
                wrong.extend(same(&expected.table, &answer.table).err().map(|why| format!("{name}: {why}")));
            }
            Err(error) if error.to_string().contains("cannot be told from parts") => refused.push(name),
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(refused, ["spread"], "medians and deviations are not told by parts; all else is");
    let restriction = Restriction::none(Unrestricted::Check);
    let problems = regions.dataset.engine.check_fields(&regions.dataset.ask(&restriction)).await.unwrap();
    let places: BTreeSet<String> = problems.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(places, BTreeSet::from(["measures.middle".into(), "measures.spread".into()]), "{problems:?}");
    // A column that is something else in one of the regions would be put together with the others.
    regions.database.execute("ALTER TABLE l2.sales ALTER COLUMN buyer TYPE text").await;
    let problems = regions.dataset.engine.check_fields(&regions.dataset.ask(&restriction)).await.unwrap();
    let told: BTreeSet<String> = problems
        .iter()
        .map(|(path, error)| format!("{path}: {error}"))
        .filter(|text| text.contains("usa"))
        .collect();
    let about = |path: &str, text: &str| {
        assert!(told.iter().any(|told| told.starts_with(path) && told.contains(text)), "{told:#?}");
    };
    about("measures.buyers", "in source `usa`: Int64 in one source is Utf8 in another");
    about("metrics.per_buyer", "in source `usa`");
    let wrong = regions.dataset.answer(&by_region(&["buyers"])).await.unwrap_err().to_string();
    assert!(wrong.contains("Int64 in one source is Utf8 in another"), "{wrong}");
    assert!(regions.dataset.answer(&by_region(&["rows"])).await.is_ok(), "the others are as they were");
    regions.database.remove().await;
}

#[tokio::test]
async fn only_what_adds_up_leaves_a_region_and_each_has_its_line() {
    let Some(regions) = Regions::new().await else { return };
    // The double has no sizes of tables; the account says this of each.
    let bytes = json!([[["1234567"]], [{"name": "BYTES", "type": "fixed", "precision": 38, "scale": 0}]]);
    regions.snowflake.answers(json!({"INFORMATION_SCHEMA": bytes})).await;
    let answer = regions.dataset.answer(&by_region(&["rows", "about", "buyers"])).await.unwrap().table;
    let cells = |column: usize| (0..3).map(|row| answer.cell(row, column).clone()).collect::<Vec<_>>();
    assert_eq!(cells(0), ["hongkong", "seoul", "usa"].map(|name| Value::Text(name.into())));
    assert_eq!(cells(1), vec![Value::Int(1_000); 3]);
    for row in 0..3 {
        let (Value::Int(about), Value::Int(exactly)) = (answer.cell(row, 2), answer.cell(row, 3)) else {
            panic!("{answer:?}");
        };
        assert!((about - exactly).abs() <= exactly / 20, "{about} for {exactly}");
    }
    let lines = regions.lines();
    let of = |region: &str| lines.iter().find(|line| line.region.as_deref() == Some(region)).unwrap();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(of("seoul").whole, None, "home");
    assert_eq!(of("seoul").rows, 3);
    // A second question, with everything open: what crosses is the sums of a few stores, not a thousand rows.
    let by = vec![GroupBy { field: field("area"), grain: None }];
    let sums = SemanticQuery { by, ..SemanticQuery::of_everything(vec![field("revenue"), field("rows")]) };
    let restriction = Restriction::none(Unrestricted::Operator);
    let ask = Ask { freshness: Freshness::Recent, ..regions.dataset.ask(&restriction) };
    regions.dataset.engine.answer(&ask, &sums).await.unwrap();
    let lines = regions.lines();
    for region in ["hongkong", "usa"] {
        let line = lines.iter().find(|line| line.region.as_deref() == Some(region)).unwrap();
        assert!((1..=7).contains(&line.rows), "{line:?}");
        assert_eq!(line.measured.requests, 1, "{line:?}");
        let whole = line.whole.unwrap();
        println!("{region}: {} B moved, {whole} B there", line.measured.moved);
        match region {
            "hongkong" => assert_eq!(whole, 2 * 1_234_567, "two tables"),
            _ => assert!(whole > 50_000, "a thousand rows take more than {whole} bytes"),
        }
        assert!(line.measured.moved > 0 && line.measured.moved < 2_000, "{line:?}");
    }
    regions.database.remove().await;
}

#[tokio::test]
async fn a_region_whose_rows_cannot_count_is_not_asked() {
    let Some(regions) = Regions::new().await else { return };
    regions.dataset.answer(&by_region(&["rows"])).await.unwrap();
    regions.lines();
    let restriction = Restriction::none(Unrestricted::Operator);
    let ask = Ask { freshness: Freshness::Recent, ..regions.dataset.ask(&restriction) };
    let query = only_in("usa", SemanticQuery::of_everything(vec![field("rows")]));
    let answer = regions.dataset.engine.answer(&ask, &query).await.unwrap();
    assert_eq!(answer.table.cell(0, 0), &Value::Int(1_000));
    let asked: Vec<_> = regions
        .lines()
        .into_iter()
        .filter(|line| line.measured.requests > 0)
        .map(|line| line.region.unwrap())
        .collect();
    assert_eq!(asked, ["usa"]);
    let nowhere = only_in("mars", SemanticQuery::of_everything(vec![field("rows"), field("revenue")]));
    let answer = regions.dataset.engine.answer(&ask, &nowhere).await.unwrap();
    assert_eq!((answer.table.cell(0, 0), answer.table.cell(0, 1)), (&Value::Int(0), &Value::Null));
    assert!(regions.lines().iter().all(|line| line.measured.requests == 0));
    regions.database.remove().await;
}

#[tokio::test]
async fn a_region_that_is_down_is_an_error_or_missing_as_is_asked_for() {
    let Some(regions) = Regions::new().await else { return };
    let Regions { dataset, snowflake, database, .. } = regions;
    let restriction = Restriction::none(Unrestricted::Operator);
    let everything = |measure: &str| SemanticQuery::of_everything(vec![field(measure)]);
    let before = dataset.answer(&everything("rows")).await.unwrap();
    assert_eq!((before.table.cell(0, 0), before.missing.len()), (&Value::Int(3_000), 0));
    // From here on nobody listens there.
    drop(snowflake);
    let failing = dataset.answer(&everything("rows")).await.unwrap_err();
    assert_eq!(failing.kind(), Kind::Unavailable);
    assert!(
        failing.to_string().starts_with("region `hongkong` of the dataset cannot be reached"),
        "{failing}"
    );
    // What was answered before it went down is whole, and shown to people who look.
    let recent = Ask { freshness: Freshness::Recent, ..dataset.ask(&restriction) };
    let kept = dataset.engine.answer(&recent, &everything("rows")).await.unwrap();
    assert_eq!((kept.table.cell(0, 0), kept.missing.len()), (&Value::Int(3_000), 0));
    // With totals it is another question, which nobody has asked before.
    for (freshness, totals) in [(Freshness::from_now_on(), false), (Freshness::Recent, true)] {
        let ask = Ask { missing_region: MissingRegion::Mark, freshness, ..dataset.ask(&restriction) };
        let query = SemanticQuery { totals, ..everything("rows") };
        let marked = dataset.engine.answer(&ask, &query).await.unwrap();
        assert_eq!(marked.missing, ["hongkong"]);
        assert_eq!(marked.table.cell(0, 0), &Value::Int(2_000));
        assert_ne!(
            marked.data_version, before.data_version,
            "what is incomplete is never taken for the whole"
        );
        let elsewhere = dataset.engine.answer(&ask, &only_in("usa", everything("rows"))).await.unwrap();
        assert_eq!((elsewhere.table.cell(0, 0), elsewhere.missing.len()), (&Value::Int(1_000), 0));
        assert!(dataset.engine.latest_day(&ask, chrono_tz::Tz::UTC).await.unwrap().is_some());
    }
    // What does not need the region is answered as ever.
    let elsewhere = dataset.answer(&only_in("usa", everything("pieces_sold"))).await.unwrap();
    assert!(elsewhere.missing.is_empty());
    let failing = dataset.engine.latest_day(&dataset.ask(&restriction), chrono_tz::Tz::UTC).await;
    let failing = failing.unwrap_err().to_string();
    assert!(failing.starts_with("region `hongkong` of the dataset"), "{failing}");
    database.remove().await;
}
