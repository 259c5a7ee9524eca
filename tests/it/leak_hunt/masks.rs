//! Masks: what they hide from groups, filters, orders, controls and what is computed.

use std::collections::BTreeMap;

use jangpyo::format::Locale;
use jangpyo::render::csv;
use jangpyo::render::document::Content;
use jangpyo::runs::evaluate::Evaluator;

use super::regions::deal;
use super::{Elsewhere, ROWS, evaluator, move_to, person, question, rows, write};
use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

const REPORT: &str = "kind: report
title: Masks
owner: everybody
dataset: data
locale: en
parameters:
  store: {type: member, of: store}
panels:
  by_store: {table: [store, sales], totals: true}
  ranked: {table: [store, amount], sort: -amount, limit: 2}
  largest: {kpi: largest}
  ratio: {table: [country, per_customer, amount]}
  chart: {chart: bar, x: country, y: customers}
  by_grade: {table: [grade, sales]}
  everything: {kpi: sales}
";

const RULES: &str = "security:
  rows: {korea_rows: country = 'KR', country_rows: all}
  columns:
    store: {mask: hash, roles: {korea_rows: {partial: {first: 2}}}}
    customers: {mask: hidden, roles: {country_rows: clear}}
    amount: {mask: {rounded: 1000}, roles: {country_rows: clear}}
    largest: {mask: empty}
    smallest: {mask: clear}
    average: {mask: clear}
    middle: {mask: clear}
    grade: {mask: {rounded: 2}}
";

const SMALL_GROUPS: &str = "security: {rows: {korea_rows: all}, minimum_group: 220}\n";

async fn panel(
    evaluator: &Evaluator,
    panel: &str,
    groups: &[&str],
    store: Option<&str>,
) -> Result<String, String> {
    let parameters: BTreeMap<String, Vec<String>> =
        store.map(|store| ("store".to_owned(), vec![store.to_owned()])).into_iter().collect();
    let prepared = Box::pin(evaluator.prepare(question("hunt-0", person(groups, &[]), parameters))).await;
    let prepared = prepared.map_err(|error| error.to_string())?;
    let panel = jangpyo::definitions::model::PanelId::parse(panel).unwrap();
    let block = Box::pin(evaluator.panel(&prepared, &panel)).await.unwrap();
    match &block.content {
        Ok(content @ (Content::Table(_) | Content::Chart(_))) => {
            let file = csv::of_content(content, Locale::En, csv::ByteOrderMark::Absent).unwrap();
            Ok(String::from_utf8(file).unwrap())
        }
        Ok(Content::Kpi(kpi)) => Ok(format!("{:?}", kpi.value)),
        Ok(_) => unreachable!("no such panel here"),
        Err(failure) => Err(failure.message.clone()),
    }
}

fn workspace(rules: &str) -> (tempfile::TempDir, Evaluator) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), Some(rules), |_| true, &[REPORT.to_owned()]);
    let evaluator = evaluator(folder.path());
    (folder, evaluator)
}

#[tokio::test]
async fn masked_members_are_grouped_filtered_and_offered_as_masked() {
    members(&workspace(RULES).1).await;
}

#[tokio::test]
async fn a_database_that_computes_masks_and_hides_as_files_do() {
    let Some(database) = Database::new().await else { return };
    let (folder, _) = workspace(RULES);
    move_to(&Elsewhere::Postgres(&database), folder.path()).await;
    let evaluator = evaluator(folder.path());
    members(&evaluator).await;
    codes(&evaluator).await;
    numbers(&evaluator).await;
    let (small, _) = workspace(SMALL_GROUPS);
    std::fs::copy(folder.path().join("sources/lake.yaml"), small.path().join("sources/lake.yaml")).unwrap();
    small_groups(&super::evaluator(small.path())).await;
    database.remove().await;
}

#[tokio::test]
async fn snowflake_masks_and_hides_as_files_do() {
    let account = Snowflake::start();
    let (folder, _) = workspace(RULES);
    move_to(&Elsewhere::Snowflake(&account), folder.path()).await;
    let evaluator = evaluator(folder.path());
    members(&evaluator).await;
    codes(&evaluator).await;
    numbers(&evaluator).await;
    let (small, _) = workspace(SMALL_GROUPS);
    std::fs::copy(folder.path().join("sources/lake.yaml"), small.path().join("sources/lake.yaml")).unwrap();
    small_groups(&super::evaluator(small.path())).await;
}

/// Of two regions each has fewer rows of a group than both together, and each makes the codes of the same name.
async fn of_two_regions(place: Option<&Elsewhere<'_>>) {
    let (folder, _) = workspace(RULES);
    deal(place, folder.path()).await;
    let evaluator = evaluator(folder.path());
    members(&evaluator).await;
    codes(&evaluator).await;
    numbers(&evaluator).await;
    let (small, _) = workspace(SMALL_GROUPS);
    let shared = ["sources/lake.yaml", "sources/far.yaml", "data/rows.csv", "data/events.csv"];
    for name in shared.into_iter().chain(["far/rows.csv", "far/events.csv"]) {
        let (from, to) = (folder.path().join(name), small.path().join(name));
        if from.exists() {
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(from, to).unwrap();
        }
    }
    for name in ["data", "events"] {
        let path = small.path().join(format!("datasets/{name}.yaml"));
        let dataset = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, dataset.replace("source: lake\n", "source: lake\nalso_in: [far]\n")).unwrap();
    }
    small_groups(&super::evaluator(small.path())).await;
}

#[tokio::test]
async fn two_regions_mask_and_hide_as_one_does() {
    of_two_regions(None).await;
}

#[tokio::test]
async fn files_and_a_database_mask_and_hide_together() {
    let Some(database) = Database::new().await else { return };
    of_two_regions(Some(&Elsewhere::Postgres(&database))).await;
    database.remove().await;
}

#[tokio::test]
async fn files_and_snowflake_mask_and_hide_together() {
    of_two_regions(Some(&Elsewhere::Snowflake(&Snowflake::start()))).await;
}

async fn members(evaluator: &Evaluator) {
    let korean = rows(ROWS).iter().filter(|row| row.country == "KR").count();
    let table = panel(evaluator, "by_store", &["korea"], None).await.unwrap();
    // The three stores of Korea begin alike, so they are one member now.
    assert!(table.contains(&format!("KR***,{korean}")), "{table}");
    assert_eq!(table.lines().count(), 2, "{table}");
    // Whoever guesses a name learns nothing: no row has it.
    let guessed = panel(evaluator, "by_store", &["korea"], Some("KR-강남")).await.unwrap();
    assert!(!guessed.contains(char::is_numeric), "{guessed}");
    let asked = panel(evaluator, "by_store", &["korea"], Some("KR***")).await.unwrap();
    assert!(asked.contains(&format!("KR***,{korean}")), "{asked}");
    let prepared =
        evaluator.prepare(question("hunt-0", person(&["korea"], &[]), BTreeMap::new())).await.unwrap();
    assert_eq!(prepared.controls[0].choices, [("KR***".to_owned(), "KR***".to_owned())]);
}

#[tokio::test]
async fn codes_keep_members_apart_and_tell_nothing() {
    let code = codes(&workspace(RULES).1).await;
    // Another server has other codes.
    let (_other, evaluator) = workspace(RULES);
    assert!(!panel(&evaluator, "by_store", &["own"], None).await.unwrap().contains(&code));
}

async fn codes(evaluator: &Evaluator) -> String {
    let table = panel(evaluator, "by_store", &["own"], None).await.unwrap();
    assert_eq!(table.lines().count(), 1 + 7, "{table}");
    for name in ["강남", "SoHo", "銅鑼灣", "KR", "US"] {
        assert!(!table.contains(name), "{table}");
    }
    let code = table.lines().nth(1).unwrap().split(',').next().unwrap();
    assert!(code.len() == 16 && code.bytes().all(|b| b.is_ascii_hexdigit()), "{code}");
    code.to_owned()
}

#[tokio::test]
async fn numbers_are_rounded_emptied_or_closed_with_what_is_computed_from_them() {
    numbers(&workspace(RULES).1).await;
}

async fn numbers(evaluator: &Evaluator) {
    assert_eq!(panel(evaluator, "largest", &["korea"], None).await.unwrap(), "Null");
    let closed = panel(evaluator, "chart", &["korea"], None).await.unwrap_err();
    assert_eq!(closed, "You may not see these data.");
    // The table goes without the metric that would tell the hidden number.
    let table = panel(evaluator, "ratio", &["korea"], None).await.unwrap();
    let head = table.lines().next().unwrap();
    assert!(!head.contains("per_customer") && head.contains("amount"), "{table}");
    let amount: f64 = table.lines().nth(1).unwrap().split(',').nth(1).unwrap().parse().unwrap();
    assert!(amount > 0.0 && amount % 1_000.0 == 0.0, "{table}");
    // Orders and rankings are those of the masked numbers.
    assert!(panel(evaluator, "ranked", &["korea"], None).await.unwrap().contains("KR***"));
    let grades = panel(evaluator, "by_grade", &["korea"], None).await.unwrap();
    assert!(
        grades.lines().skip(1).all(|line| ["0", "2", "4"].contains(&line.split(',').next().unwrap())),
        "{grades}"
    );
    // Who holds both roles sees the rows of both and each column with the mask that hides the least.
    let both = panel(evaluator, "by_store", &["korea", "own"], None).await.unwrap();
    assert!(both.contains("KR***") && both.contains("US***"), "{both}");
    assert!(panel(evaluator, "chart", &["korea", "own"], None).await.is_ok());
}

#[tokio::test]
async fn small_groups_are_not_shown_anywhere() {
    small_groups(&workspace(SMALL_GROUPS).1).await;
}

async fn small_groups(evaluator: &Evaluator) {
    let rows = rows(ROWS);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *counts.entry(row.store).or_default() += 1;
    }
    let (shown, hidden): (Vec<_>, Vec<_>) = counts.iter().partition(|(_, count)| **count >= 220);
    assert!(!shown.is_empty() && !hidden.is_empty(), "{counts:?}");
    let table = panel(evaluator, "by_store", &["korea"], None).await.unwrap();
    for (store, count) in shown {
        assert!(table.contains(&format!("{store},{count}")), "{table}");
    }
    for (store, _) in hidden {
        assert!(!table.contains(store), "{table}");
        let alone = panel(evaluator, "everything", &["korea"], Some(store)).await.unwrap();
        assert_eq!(alone, "Null", "{store}");
    }
    let prepared =
        evaluator.prepare(question("hunt-0", person(&["korea"], &[]), BTreeMap::new())).await.unwrap();
    assert!(prepared.controls[0].choices.iter().all(|(store, _)| counts[store.as_str()] >= 220));
}
