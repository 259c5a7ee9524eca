//! A source with rules of its own is asked as the role of whoever sees the answer, whoever pays.

use std::collections::BTreeMap;
use std::sync::Arc;

use jangpyo::definitions::model::PanelId;
use jangpyo::definitions::{Policy, Workspace};
use jangpyo::engine::{Engine, EngineSettings, Purpose};
use jangpyo::runs::PART_CHECKS;
use jangpyo::runs::evaluate::{Evaluator, Question};

use super::{Elsewhere, move_to, person, question, write};
use crate::support::dataset::Lines;
use crate::support::snowflake::Snowflake;

const REPORT: &str = "kind: report
title: Roles
owner: everybody
dataset: data
panels: {sum: {kpi: amount}}
";

/// The same rows for everybody, as far as this server knows.
const RULES: &str = "security: {rows: {korea_rows: all, country_rows: all, store_rows: all}}\n";

#[tokio::test]
async fn what_a_schedule_sends_is_asked_as_the_role_of_who_receives_it_and_paid_by_the_owner() {
    let account = Snowflake::start();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), Some(RULES), |_| true, &[REPORT.to_owned()]);
    move_to(&Elsewhere::Snowflake(&account), folder.path()).await;
    let place = folder.path().join("sources/lake.yaml");
    let source = std::fs::read_to_string(&place).unwrap();
    // `everybody` owns and pays; its own role at the source is not that of those who look.
    let own = "for_roles: {everybody: {role: OWNER}, korea: {role: KOREA}, own_country: {role: COUNTRY}}";
    std::fs::write(&place, source.replace("role: REPORTER", &format!("role: REPORTER, {own}"))).unwrap();
    account.know(&["OWNER", "KOREA", "COUNTRY"], &[]).await;

    let workspace = Workspace::load(folder.path(), &Policy::default(), PART_CHECKS);
    assert!(!workspace.has_errors(), "{:?}", workspace.diagnostics());
    let settings = EngineSettings { threads: 2, secret: Snowflake::secret, ..EngineSettings::default() };
    let books = Arc::new(Lines::default());
    let engine = Engine::new(settings).unwrap().recorded_by(Arc::clone(&books) as _);
    let (_, catalog) = tokio::sync::watch::channel(workspace.catalog().clone());
    let evaluator = Evaluator::new(Arc::new(engine), catalog);

    let schedule = || Purpose::Schedule { schedule: Some("monday".to_owned()), run: None };
    let mut seen = Vec::new();
    for (group, purpose) in [
        ("korea", schedule()),
        ("own", schedule()),
        ("stores", schedule()),
        ("korea", schedule()),
        ("korea", Purpose::Interactive),
        ("own", Purpose::Interactive),
    ] {
        let asked = question("hunt-0", person(&[group], &[]), BTreeMap::new());
        let prepared = evaluator.prepare(Question { purpose, ..asked }).await.unwrap();
        let block = Box::pin(evaluator.panel(&prepared, &PanelId::parse("sum").unwrap())).await.unwrap();
        assert!(block.content.is_ok(), "{:?}", block.content);
        let statements = account.seen().await["statements"].as_array().unwrap().clone();
        let mut roles: Vec<String> = statements
            .iter()
            .filter(|body| body["statement"].as_str().is_some_and(|text| text.contains("SUM(")))
            .map(|body| body["role"].as_str().unwrap_or_default().to_owned())
            .collect();
        // The number, and what it is compared with.
        roles.dedup();
        let mut paid: Vec<_> = books.taken().into_iter().map(|record| record.account.role).collect();
        paid.dedup();
        seen.push((roles.join(" "), paid));
    }
    let paid_by = |role: &str| vec![Some(role.to_owned())];
    assert_eq!(
        seen,
        [
            ("KOREA".to_owned(), paid_by("everybody")),
            // Equal rights here, and yet another answer: the source may show this role other rows.
            ("KOREA COUNTRY".to_owned(), paid_by("everybody")),
            ("KOREA COUNTRY REPORTER".to_owned(), paid_by("everybody")),
            // What was asked as the same role is there, whoever pays.
            ("KOREA COUNTRY REPORTER".to_owned(), paid_by("everybody")),
            ("KOREA COUNTRY REPORTER".to_owned(), paid_by("korea")),
            ("KOREA COUNTRY REPORTER".to_owned(), paid_by("own_country")),
        ]
    );
}
