//! Questions of somebody's own: random dimensions, measures, filters, searched members, and what errors say.

use std::collections::BTreeMap;

use jangpyo::access::Viewer;
use jangpyo::definitions::model::{AxisField, DatasetId, FieldFilter, FieldName};
use jangpyo::format::Locale;
use jangpyo::runs::evaluate::{Evaluator, Exploration, TopMembers};
use serde_json::Value;

use super::others::Others;
use super::reports::{self, Dice};
use super::{Elsewhere, Oracle, Scene, question, reports_to_hunt};
use crate::support::dataset::field;
use crate::support::postgres::Database;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// The condition as definitions write it: the API's `is` is a list there.
fn condition((name, condition): (&String, &Value)) -> (FieldName, FieldFilter) {
    let condition = condition.get("is").unwrap_or(condition).clone();
    (field(name), serde_json::from_value(condition).unwrap())
}

fn exploration(body: &Value) -> Exploration {
    let group = |group: &Value| AxisField {
        field: field(text(&group["dimension"])),
        grain: group.get("grain").map(|grain| serde_json::from_value(grain.clone()).unwrap()),
    };
    let top = |top: &Value| TopMembers {
        dimension: field(text(&top["dimension"])),
        measure: field(text(&top["measure"])),
        count: top["count"].as_u64().unwrap() as usize,
        others: top["others"].as_bool().unwrap(),
    };
    Exploration {
        dataset: DatasetId::parse("data").unwrap(),
        measures: list(&body["measures"]).iter().map(|name| field(text(name))).collect(),
        by: list(&body["by"]).iter().map(group).collect(),
        filters: body["filters"].as_object().unwrap().iter().map(condition).collect(),
        period: body.get("period").map(|period| text(period).parse().unwrap()),
        compare: body
            .get("compare")
            .map_or_else(Default::default, |compare| serde_json::from_value(compare.clone()).unwrap()),
        top: body.get("top").map(top),
        sort: body
            .get("sort")
            .map_or(&[][..], |keys| list(keys))
            .iter()
            .map(|key| text(key).parse().unwrap())
            .collect(),
        limit: body["limit"].as_u64().unwrap() as usize,
        totals: body["totals"].as_bool().unwrap(),
        time_zone: chrono_tz::Asia::Seoul,
        locale: Locale::En,
    }
}

/// What comes of a question: rows and days, or what is told instead.
async fn explored(evaluator: &Evaluator, viewer: Viewer, asked: &Exploration) -> (bool, String) {
    let standing = evaluator.standing(viewer).await;
    let now = "2026-01-15T08:00:00+09:00".parse().unwrap();
    match Box::pin(evaluator.explore(&standing, asked, now)).await {
        Ok(found) => (true, format!("{:?} {:?} {:?}", found.table, found.period, found.compared_with)),
        Err(error) => (false, error.to_string()),
    }
}

async fn explore(place: Option<&Elsewhere<'_>>, questions: usize) {
    let mut dice = Dice::new(21);
    let scene = Scene::new(place, &[]).await;
    let (mut attempts, mut refused, mut own, mut caught) = (0, 0, 0, 0);
    for _ in 0..questions {
        let body = reports::body(&mut dice);
        let asked = exploration(&body);
        // What would be seen without any rule: it must be taken for a leak, or nothing is held against anything.
        let (_, everything) = explored(&scene.shared, Viewer::operator(), &asked).await;
        for Oracle { subject, evaluator, .. } in &scene.oracles {
            let (answered, seen) = explored(&scene.shared, subject.viewer.clone(), &asked).await;
            let (_, expected) = explored(evaluator, Viewer::operator(), &asked).await;
            assert_eq!(seen, expected, "{}: {body}", subject.name);
            let others = Others::of(subject.keeps);
            let told = others.told(&seen, &body.to_string());
            assert!(told.is_empty(), "{}: {body} tells {told:?}", subject.name);
            attempts += 1;
            caught += usize::from(everything != expected);
            refused += usize::from(!answered);
            own += usize::from(others.tells_own(&seen));
        }
    }
    println!(
        "{attempts} questions, {refused} refused, {own} with something of the viewer's own, {caught} others without rules, 0 leaks"
    );
    assert!(refused > 0 && refused * 2 < attempts && own * 25 > attempts && caught * 3 > attempts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_question_of_ones_own_is_answered_from_other_rows() {
    explore(None, reports_to_hunt() * 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_question_of_ones_own_is_answered_from_other_rows_of_a_database() {
    let Some(database) = Database::new().await else { return };
    explore(Some(&Elsewhere::Postgres(&database)), reports_to_hunt() * 2).await;
    database.remove().await;
}

/// Whoever guesses gets the same words whether the guess is right or wrong.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_tell_nothing_of_other_rows() {
    let mut dice = Dice::new(23);
    let reports = [reports::report(&mut dice, 2)];
    let scene = Scene::new(None, &reports).await;
    let mut attempts = 0;
    for (name, values) in [
        ("period", &["never", "2025-01-01..2024-01-01"][..]),
        ("country", &["ZZ", "kr", "(null)"]),
        ("store", &["\u{0}", "' or 1=1 --"]),
        ("name", &["%", "\\"]),
        ("nothing", &["x"]),
    ] {
        for value in values {
            let parameters = BTreeMap::from([(name.to_owned(), vec![(*value).to_owned()])]);
            let asked = |viewer| question("hunt-0", viewer, parameters.clone());
            for Oracle { subject, evaluator, .. } in &scene.oracles {
                let said = |seen: Vec<(String, Value)>| format!("{seen:?}");
                let seen = said(super::everything(&scene.shared, asked(subject.viewer.clone())).await);
                let expected = said(super::everything(evaluator, asked(Viewer::operator())).await);
                assert_eq!(seen, expected, "{} {parameters:?}", subject.name);
                let told = Others::of(subject.keeps).told(&seen, &format!("{parameters:?}"));
                assert!(told.is_empty(), "{} {parameters:?}: {told:?}", subject.name);
                attempts += 1;
            }
        }
    }
    println!("{attempts} bad values, 0 leaks");
}
