//! Snowflake, as its SQL API is documented, with statements that fakesnow executes.

use std::time::{Duration, Instant};

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::engine::{Account, Ask, Freshness, Served};
use jangpyo::error::Kind;
use jangpyo::query::{Condition, Filter, Literal, SemanticQuery};
use jangpyo::table::Value;
use serde_json::json;

use super::{DATASET, over_files, questions, rows, same};
use crate::support::dataset::{TestDataset, field};
use crate::support::snowflake::Snowflake;

/// Where the tables of the dataset are there.
const TABLES: &str = "tables: {sales: SALES, stores: STORES}";

async fn loaded() -> Snowflake {
    let snowflake = Snowflake::start();
    snowflake.execute(&rows::for_snowflake(rows::Dealt::All)).await;
    snowflake
}

pub(super) fn dataset(source: &str) -> TestDataset {
    over(source, DATASET)
}

pub(super) fn over(source: &str, dataset: &str) -> TestDataset {
    TestDataset::new(&format!("owner: test\n{TABLES}\n{source}"), dataset, |settings| {
        settings.secret = Snowflake::secret;
    })
}

fn count() -> SemanticQuery {
    SemanticQuery::of_everything(vec![field("rows")])
}

async fn number(dataset: &TestDataset) -> Result<Value, String> {
    let answer = dataset.answer(&count()).await.map_err(|error| error.to_string())?;
    Ok(answer.table.cell(0, 0).clone())
}

#[tokio::test]
async fn the_same_questions_have_the_same_answers_over_files_and_in_snowflake() {
    let snowflake = loaded().await;
    let folder = tempfile::tempdir().unwrap();
    let (local, remote) = (over_files(folder.path()), dataset(&snowflake.as_source("")));
    let mut wrong = Vec::new();
    for (name, query) in questions() {
        let expected = local.answer(&query).await.unwrap();
        match remote.answer(&query).await {
            Ok(answer) => {
                wrong.extend(same(&expected.table, &answer.table).err().map(|why| format!("{name}: {why}")));
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    let seen = snowflake.seen().await;
    for body in seen["statements"].as_array().unwrap() {
        assert_eq!((&body["role"], &body["warehouse"]), (&json!("REPORTER"), &json!("REPORTS")));
        assert_eq!(
            (&body["parameters"]["TIMEZONE"], &body["parameters"]["WEEK_START"]),
            (&json!("UTC"), &json!("1"))
        );
        assert_eq!((&body["database"], &body["schema"]), (&json!("WAREHOUSE"), &json!("L2")));
        assert_eq!(
            (&body["timeout"], &body["parameters"]["QUERY_TAG"]),
            (&json!(60), &json!("jangpyo lake"))
        );
        assert!(!body["statement"].as_str().unwrap().contains("강남"), "{body}");
    }
}

#[tokio::test]
async fn every_way_to_log_in_works_and_a_wrong_one_is_told() {
    let snowflake = loaded().await;
    let all = Value::Int(3_000);
    for options in ["token_secret: pat", "oauth_secret: oauth"] {
        assert_eq!(
            number(&dataset(&snowflake.as_source_with(options))).await.as_ref(),
            Ok(&all),
            "{options}"
        );
    }
    assert_eq!(number(&dataset(&snowflake.as_source(""))).await, Ok(all));
    let other = Snowflake::start();
    let stranger = other.as_source("");
    let key = stranger.split("key_secret: ").nth(1).unwrap().split(',').next().unwrap();
    for (options, expected) in [
        (format!("user: reports, key_secret: {key}"), "RSA_PUBLIC_KEY"),
        (format!("user: nobody, key_secret: {key}"), "no user ACCOUNT.NOBODY"),
        ("oauth_secret: stale".to_owned(), "make a new one"),
        ("token_secret: missing".to_owned(), "no secret `missing`"),
        ("token_secret: pat, role: ADMIN".to_owned(), "grant the role"),
        ("token_secret: pat, warehouse: ASLEEP".to_owned(), "name a `warehouse`"),
    ] {
        let said = number(&dataset(&snowflake.as_source_with(&options))).await.unwrap_err();
        assert!(said.contains(expected), "{options}: {said}");
    }
}

#[tokio::test]
async fn another_host_is_reached_through_a_proxy() {
    let snowflake = loaded().await;
    let source = snowflake.as_source_with("token_secret: pat");
    let port = source.split("127.0.0.1:").nth(1).unwrap().split('\'').next().unwrap();
    // A name that only the proxy could know.
    let private = source.replace(&format!("127.0.0.1:{port}"), "account.privatelink.invalid");
    let through = private.replace("token_secret", &format!("proxy: 'http://127.0.0.1:{port}', token_secret"));
    assert_eq!(number(&dataset(&through)).await, Ok(Value::Int(3_000)));
    let said = number(&dataset(&private)).await.unwrap_err();
    assert!(said.contains("does not answer"), "{said}");
}

#[tokio::test]
async fn what_fails_for_now_is_asked_again_and_runs_once() {
    let snowflake = loaded().await;
    let dataset = dataset(&snowflake.as_source(""));
    // Opened before anything goes wrong.
    number(&dataset).await.unwrap();
    for (what, faults) in [
        ("throttled", json!([{"at": "submit", "what": "status", "status": 429, "times": 2}])),
        ("an error of theirs", json!([{"at": "submit", "what": "status", "status": 503}])),
        ("a connection lost after it was taken", json!([{"at": "submit", "what": "reset"}])),
        ("a look that fails", json!([{"at": "poll", "what": "status", "status": 502, "times": 2}])),
        ("a look that is broken", json!([{"at": "poll", "what": "broken"}])),
        ("a key that is not known for a moment", json!([{"at": "submit", "what": "status", "status": 401}])),
    ] {
        let before = snowflake.seen().await["statements"].as_array().unwrap().len();
        snowflake.execute(&[]).await;
        snowflake.faults(faults).await;
        let answered = number(&dataset).await;
        assert_eq!(answered, Ok(Value::Int(3_000)), "{what}");
        let after = snowflake.seen().await;
        let statements = after["statements"].as_array().unwrap();
        let counts = statements[before..]
            .iter()
            .filter(|body| body["statement"].as_str().unwrap().contains("\"L2\".\"SALES\" AS \"__rows\""));
        assert!(counts.count() <= 1, "{what}: it ran more than once");
    }
    snowflake.execute(&[]).await;
    snowflake.faults(json!([{"at": "submit", "what": "status", "status": 503, "times": 100}])).await;
    let error = dataset.answer(&count()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable, "{error}");
}

#[tokio::test]
async fn long_answers_come_in_partitions_in_their_order() {
    let snowflake = loaded().await;
    let folder = tempfile::tempdir().unwrap();
    let (local, remote) = (over_files(folder.path()), dataset(&snowflake.as_source("")));
    let by = ["sold_on", "store", "channel"]
        .map(|name| jangpyo::query::GroupBy { field: field(name), grain: None });
    let query = SemanticQuery { by: by.to_vec(), ..SemanticQuery::of_everything(vec![field("revenue")]) };
    number(&remote).await.unwrap();
    snowflake
        .faults(json!([
            {"at": "partition", "what": "broken"},
            {"at": "partition", "what": "status", "status": 500},
            {"at": "partition", "what": "reset"},
        ]))
        .await;
    let answer = remote.answer(&query).await.unwrap();
    assert!(answer.table.len() > 1_600, "{}", answer.table.len());
    same(&local.answer(&query).await.unwrap().table, &answer.table).unwrap();
    assert!(snowflake.seen().await["counts"]["partition"].as_u64().unwrap() >= 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_nobody_waits_for_is_cancelled() {
    let snowflake = loaded().await;
    let patient = dataset(&snowflake.as_source(""));
    number(&patient).await.unwrap();
    snowflake.execute(&[]).await;
    patient
        .engine
        .latest_day(
            &patient.ask(&jangpyo::access::Restriction::none(jangpyo::access::Unrestricted::Check)),
            chrono_tz::UTC,
        )
        .await
        .unwrap();
    let slow = SemanticQuery::of_everything(vec![field("revenue")]);
    snowflake.faults(json!([{"at": "run", "what": "slow", "seconds": 30}])).await;
    let waited = tokio::time::timeout(Duration::from_secs(2), patient.answer(&slow)).await;
    assert!(waited.is_err(), "{waited:?}");
    let left = Instant::now();
    while snowflake.seen().await["counts"]["cancel"].as_u64() != Some(1) {
        assert!(left.elapsed() < Duration::from_secs(10), "it was not cancelled");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_takes_too_long_is_stopped_there_too() {
    let snowflake = loaded().await;
    let source = format!("owner: test\n{TABLES}\n{}", snowflake.as_source(""));
    let impatient = TestDataset::new(&source, DATASET, |settings| {
        settings.secret = Snowflake::secret;
        // Enough for the first answer below on a machine that does much else.
        settings.query_timeout = Duration::from_secs(8);
    });
    number(&impatient).await.unwrap();
    snowflake.faults(json!([{"at": "run", "what": "slow", "seconds": 60}])).await;
    let begun = Instant::now();
    let slow = SemanticQuery::of_everything(vec![field("revenue")]);
    let error = impatient.answer(&slow).await.unwrap_err();
    assert_eq!(error.kind(), Kind::OverLimit, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    let seen = snowflake.seen().await;
    let last = seen["statements"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["timeout"], 8, "Snowflake knows when to stop, even if nobody tells it");
}

#[tokio::test]
async fn a_table_that_the_role_does_not_see_is_told_of() {
    let snowflake = Snowflake::start();
    let error = dataset(&snowflake.as_source("")).answer(&count()).await.unwrap_err().to_string();
    assert!(error.contains("SALES") && error.contains("the role must see it"), "{error}");
}

#[tokio::test]
async fn a_token_that_ended_is_read_anew() {
    let snowflake = loaded().await;
    let name = snowflake.keep("rotated", "expired");
    let dataset = dataset(&snowflake.as_source_with(&format!("oauth_secret: {name}")));
    let said = number(&dataset).await.unwrap_err();
    assert!(said.contains("make a new one"), "{said}");
    snowflake.keep("rotated", "oauth");
    assert_eq!(number(&dataset).await, Ok(Value::Int(3_000)));
    // Several whose token ends at once find the new one together.
    snowflake.keep("rotated", "expired");
    let dataset = self::dataset(&snowflake.as_source_with(&format!("oauth_secret: {name}")));
    assert!(number(&dataset).await.is_err());
    snowflake.keep("rotated", "oauth");
    let asked =
        ["revenue", "rows", "buyers", "weight"].map(|name| SemanticQuery::of_everything(vec![field(name)]));
    for answered in futures::future::join_all(asked.iter().map(|query| dataset.answer(query))).await {
        answered.unwrap();
    }
}

#[tokio::test]
async fn what_was_asked_is_not_asked_again_in_another_order_and_nothing_is_asked_besides() {
    let snowflake = loaded().await;
    let source = format!("owner: test\n{TABLES}\n{}", snowflake.as_source(""));
    let trusting = |lifetime: u64| {
        TestDataset::new(&source, DATASET, |settings| {
            settings.secret = Snowflake::secret;
            settings.listing_lifetime = Duration::from_secs(lifetime);
        })
    };
    let dataset = trusting(600);
    let of = |members: &[&str]| {
        let members = members.iter().map(|one| Literal::Text((*one).to_owned())).collect();
        let filters = vec![Filter { field: field("store"), condition: Condition::OneOf(members) }];
        SemanticQuery { filters, ..count() }
    };
    let statements = async || snowflake.seen().await["statements"].as_array().unwrap().clone();
    let restriction = Restriction::none(Unrestricted::Operator);
    let answer = async |dataset: &TestDataset, members: &[&str]| {
        let ask = Ask { freshness: Freshness::Recent, ..dataset.ask(&restriction) };
        dataset.engine.answer(&ask, &of(members)).await.unwrap()
    };
    let one = answer(&dataset, &["강남점", "명동점"]).await;
    let before = statements().await.len();
    let other = answer(&dataset, &["명동점", "강남점", "명동점"]).await;
    assert_eq!((other.usage.served, &one.table), (Served::Kept, &other.table));
    assert_eq!(statements().await.len(), before, "while what is known is trusted, nothing is asked");
    // Where what is known is not trusted for any time.
    let dataset = trusting(0);
    answer(&dataset, &["강남점", "명동점"]).await;
    let before = statements().await.len();
    assert_eq!(answer(&dataset, &["강남점", "명동점"]).await.usage.served, Served::Kept);
    let asked = statements().await.split_off(before);
    let texts: Vec<&str> = asked.iter().map(|body| body["statement"].as_str().unwrap()).collect();
    assert!(matches!(texts[..], [only] if only.contains("SYSTEM$LAST_CHANGE_COMMIT_TIME")), "{texts:?}");
}

#[tokio::test]
async fn every_type_of_snowflake_is_read() {
    let snowflake = Snowflake::start();
    let kinds = [
        ("WHOLE", "fixed", json!({"precision": 38, "scale": 0}), "9007199254740993"),
        ("WIDE", "fixed", json!({"precision": 37, "scale": 0}), "1234567890123456789012345678901234567"),
        ("MONEY", "fixed", json!({"precision": 38, "scale": 10}), "-1234567890123456789012345678.0123456789"),
        ("SHARE", "real", json!({}), "1.5e-3"),
        ("WORDS", "text", json!({}), "강남 'x'"),
        ("FLAG", "boolean", json!({}), "true"),
        ("DAY", "date", json!({}), "-1"),
        ("AT_LOCAL", "timestamp_ntz", json!({"scale": 9}), "1767576030.123456789"),
        ("AT_SESSION", "timestamp_ltz", json!({"scale": 9}), "1767576030.000000000"),
        ("AT_ZONE", "timestamp_tz", json!({"scale": 9}), "1767576030.000000000 1980"),
        ("TIME_OF_DAY", "time", json!({"scale": 9}), "28800.000000000"),
        ("BYTES", "binary", json!({}), "FF00"),
        ("FACTS", "variant", json!({}), "{\"a\":1}"),
    ];
    let types: Vec<_> = kinds
        .iter()
        .map(|(name, kind, more, _)| {
            let mut column = json!({"name": name, "type": kind, "nullable": true});
            column.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            column
        })
        .collect();
    let values: Vec<_> = kinds.iter().map(|(.., value)| json!(value)).collect();
    let counted = json!({"name": "rows", "type": "fixed", "precision": 18, "scale": 0});
    let with = |cells: Vec<serde_json::Value>| json!([cells]);
    let rows = with(values.into_iter().chain([json!("1")]).collect());
    let grouped: Vec<_> = types.iter().cloned().chain([counted]).collect();
    snowflake.answers(json!({"LIMIT 0": [[], types], "GROUP BY": [rows, grouped]})).await;
    let names: Vec<String> = kinds.iter().map(|(name, ..)| name.to_lowercase()).collect();
    let dimensions: Vec<String> = names.iter().map(|name| format!("{name}: {{}}")).collect();
    let definition = format!(
        "owner: test\nsource: lake\ntable: ODD\ndimensions: {{{}}}\nmeasures: {{rows: {{sql: count(*)}}}}\n",
        dimensions.join(", ")
    );
    let dataset = over(&snowflake.as_source(""), &definition);
    let by = names.iter().map(|name| jangpyo::query::GroupBy { field: field(name), grain: None }).collect();
    let query = SemanticQuery { by, ..SemanticQuery::of_everything(vec![field("rows")]) };
    let answer = dataset.answer(&query).await.unwrap();
    let cell = |column: usize| answer.table.cell(0, column);
    assert_eq!(cell(0), &Value::Int(9_007_199_254_740_993));
    assert_eq!(
        cell(1),
        &Value::Decimal { unscaled: 1_234_567_890_123_456_789_012_345_678_901_234_567, scale: 0 }
    );
    assert_eq!(
        cell(2),
        &Value::Decimal { unscaled: -12_345_678_901_234_567_890_123_456_780_123_456_789, scale: 10 }
    );
    assert_eq!(cell(3), &Value::Float(0.001_5));
    assert_eq!(cell(5), &Value::Bool(true));
    assert_eq!(cell(6), &Value::Date("1969-12-31".parse().unwrap()));
    let shown: Vec<String> = (0..kinds.len()).map(|column| format!("{:?}", cell(column))).collect();
    assert!(
        shown[4].contains("강남 'x'") && shown[11].contains("FF00") && shown[12].contains("\\\"a\\\""),
        "{shown:?}"
    );
    assert!(
        shown[7].contains("2026-01-05T01:20:30.123456") && shown[9].contains("2026-01-05T01:20:30"),
        "{shown:?}"
    );
    assert!(shown[10].contains("08:00:00"), "{shown:?}");
}

#[tokio::test]
async fn a_functional_role_asks_with_its_own_warehouse_and_shares_no_answers() {
    let snowflake = loaded().await;
    let own = ", for_roles: {finance: {role: FINANCE, warehouse: FINANCE_WH}, sales: {warehouse: SALES_WH}}";
    let dataset = dataset(&snowflake.as_source(own));
    snowflake.know(&["FINANCE"], &["FINANCE_WH", "SALES_WH"]).await;
    let restriction = Restriction::none(Unrestricted::Operator);
    let mut asked = Vec::new();
    for role in [Some("finance"), Some("sales"), None, Some("stores"), Some("finance")] {
        let account = Account { role: role.map(str::to_owned), ..Account::default() };
        let ask = Ask { account, freshness: Freshness::Recent, ..dataset.ask(&restriction) };
        assert_eq!(dataset.engine.answer(&ask, &count()).await.unwrap().table.cell(0, 0), &Value::Int(3_000));
        let seen = snowflake.seen().await;
        let statements = seen["statements"].as_array().unwrap();
        let last = statements.last().unwrap();
        asked.push((statements.len(), last["role"].clone(), last["warehouse"].clone()));
    }
    let of = |role: &str, warehouse: &str| (json!(role), json!(warehouse));
    let how: Vec<_> = asked.iter().map(|(_, role, warehouse)| (role.clone(), warehouse.clone())).collect();
    assert_eq!(
        how[..3],
        [of("FINANCE", "FINANCE_WH"), of("REPORTER", "SALES_WH"), of("REPORTER", "REPORTS")]
    );
    let counts: Vec<usize> = asked.iter().map(|(count, ..)| *count).collect();
    assert_eq!(
        counts[3..],
        [counts[2]; 2],
        "roles without their own share answers, and what is there stays there"
    );
    assert_eq!(
        (counts[1], counts[2]),
        (counts[0] + 1, counts[0] + 2),
        "one statement for each way of asking"
    );
}
