//! Roles, decisions and restrictions over catalogues made for the purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::definitions::model::{DatasetId, FieldName, ReportId, SourceId};
use crate::definitions::{Catalog, DefinitionKind};

fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}

fn dataset_id(name: &str) -> DatasetId {
    DatasetId::parse(name).unwrap()
}

/// A catalogue with one dataset `sales` and one report `weekly` of it.
fn catalog(access: &Value, security: &Value) -> Arc<Catalog> {
    let mut catalog =
        Catalog { access: Some(Arc::new(Deserialize::deserialize(access).unwrap())), ..Catalog::default() };
    let dataset = json!({
        "owner": "analytics", "source": "lake", "table": "sales/",
        "dimensions": {"country": {}, "store": {}, "amount": {"type": "number"}},
        "measures": {"revenue": {"sql": "sum(x)"}, "cost": {"sql": "sum(y)"}},
        "metrics": {"margin": {"sql": "revenue - cost"}, "margin_rate": {"sql": "margin / revenue"}},
        "security": security,
    });
    catalog.datasets.insert(dataset_id("sales"), Arc::new(serde_json::from_value(dataset).unwrap()));
    let report = json!({
        "title": "Weekly", "owner": "analytics", "dataset": "sales", "panels": {"a": {"kpi": "revenue"}},
    });
    catalog
        .reports
        .insert(ReportId::parse("weekly").unwrap(), Arc::new(serde_json::from_value(report).unwrap()));
    Arc::new(catalog)
}

fn roles() -> Value {
    json!({
        "owner": "analytics",
        "attributes": {"country": {"claim": "country"}, "limit": {"claim": "limit"}},
        "functional_roles": {
            "analytics": {"groups": ["analysts"], "access": ["read", "all_rows"]},
            "country": {"groups": ["kr", "hk"], "access": ["read", "reports", "own_country"]},
            "small": {"users": ["min@example.com"], "access": ["read", "reports", "small_amounts"]},
            "reader": {"groups": ["readers"], "access": ["reports"]},
            "boss": {"groups": ["bosses"], "inherits": ["country", "small"]},
        },
        "access_roles": {
            "read": {"grants": [{"actions": ["view", "explore"], "datasets": ["sales"]}]},
            "all_rows": {}, "own_country": {}, "small_amounts": {},
            "reports": {"grants": [{"actions": ["view", "export"], "reports": ["weekly"]}]},
        },
    })
}

fn security() -> Value {
    json!({
        "rows": {
            "all_rows": "all", "own_country": "country = viewer.country", "small_amounts": "amount <= viewer.limit * 2",
        },
        "columns": {
            "cost": {"mask": "hidden", "roles": {"all_rows": "clear", "small_amounts": {"rounded": 1000.0}}},
            "store": {"mask": "hash", "roles": {"own_country": {"partial": {"first": 1}}}},
        },
        "minimum_group": 3,
    })
}

fn person(name: &str, groups: &[&str], claims: &[(&str, &[&str])]) -> Viewer {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    Viewer::person(Person {
        name: name.to_owned(),
        groups: list(groups).into_iter().collect(),
        claims: claims.iter().map(|(name, values)| ((*name).to_owned(), list(values))).collect(),
    })
}

fn standing(viewer: Viewer) -> Standing {
    Standing::new(viewer, catalog(&roles(), &security()), &Attributes::new(), MaskKey::new([7; 32]))
}

fn rows(viewer: Viewer) -> Result<String, Refusal> {
    standing(viewer).restriction(&dataset_id("sales")).map(|restriction| restriction.rows.to_string())
}

#[test]
fn rows_are_those_of_all_roles_together() {
    assert_eq!(rows(person("a", &["analysts", "kr"], &[])).unwrap(), "all");
    assert_eq!(rows(person("b", &["kr"], &[("country", &["KR"])])).unwrap(), "country = 'KR'");
    let two = rows(person("c", &["hk"], &[("country", &["HK", "KR"])])).unwrap();
    assert_eq!(two, "country in ('HK', 'KR')");
    let claims: &[(&str, &[&str])] = &[("country", &["US"]), ("limit", &["50"])];
    assert_eq!(rows(person("d", &["bosses"], claims)).unwrap(), "amount <= (50 * 2) or country = 'US'");
}

#[test]
fn what_no_rule_opens_is_closed() {
    let closed = |viewer: Viewer| rows(viewer).unwrap_err();
    assert!(matches!(closed(person("e", &[], &[])), Refusal::NoGrant { .. }));
    // A grant without a row rule, a rule without its attribute, an attribute that is no number.
    assert!(matches!(closed(person("f", &["readers"], &[])), Refusal::NoGrant { .. }));
    let unknown = closed(person("g", &["kr"], &[]));
    assert_eq!(unknown, Refusal::NoRows { unknown: vec!["country".into()] });
    assert!(matches!(
        closed(person("min@example.com", &[], &[("limit", &["many"])])),
        Refusal::NoRows { .. }
    ));
    assert!(matches!(
        closed(person("min@example.com", &[], &[("limit", &["1", "2"])])),
        Refusal::NoRows { .. }
    ));
    // A report whose dataset is closed looks closed too.
    let report = ReportId::parse("weekly").unwrap();
    let refusal = standing(person("f", &["readers"], &[])).decide(Action::View, Object::Report(&report));
    assert!(matches!(refusal, Err(Refusal::ClosedDataset { .. })), "{refusal:?}");
}

#[test]
fn columns_have_the_mask_that_hides_the_least_and_what_is_computed_from_hidden_ones_is_hidden() {
    let of = |viewer| standing(viewer).restriction(&dataset_id("sales")).unwrap();
    let analyst = of(person("a", &["analysts"], &[]));
    assert_eq!(analyst.mask(&field("cost")), None);
    assert!(matches!(analyst.mask(&field("store")), Some(ColumnMask::Hash(_))));
    let country = of(person("b", &["kr"], &[("country", &["KR"])]));
    for hidden in ["cost", "margin", "margin_rate"] {
        assert!(country.hides(&field(hidden)), "{hidden}");
    }
    assert!(!country.hides(&field("revenue")));
    assert_eq!(country.mask(&field("store")), Some(ColumnMask::Partial { first: 1, last: 0 }));
    let boss = of(person("c", &["bosses"], &[("country", &["KR"]), ("limit", &["1"])]));
    assert!(
        matches!(boss.mask(&field("cost")), Some(ColumnMask::Rounded(step)) if (step.value() - 1000.0).abs() < 1e-9)
    );
    assert!(!boss.hides(&field("margin")));
    assert_eq!(boss.minimum_group(), Some(3));
}

#[test]
fn equal_rights_are_equal_restrictions_and_other_rights_are_others() {
    let of = |viewer| standing(viewer).restriction(&dataset_id("sales")).unwrap();
    let kr = || person("a", &["kr"], &[("country", &["KR"])]);
    let other_kr = person("b", &["hk", "kr"], &[("country", &["KR", "KR"])]);
    assert_eq!(of(kr()), of(other_kr.clone()));
    assert_eq!(of(kr()).fingerprint(), of(other_kr).fingerprint());
    let hk = of(person("c", &["hk"], &[("country", &["HK"])]));
    assert_ne!(of(kr()), hk);
    assert_ne!(of(kr()).fingerprint(), hk.fingerprint());
    assert!(!format!("{:?}", of(person("a", &["analysts"], &[]))).contains("07, 07"), "a key never shows");
}

#[test]
fn another_role_at_the_source_is_another_fingerprint() {
    let mut access = roles();
    access["functional_roles"]["twin"] =
        json!({"groups": ["twins"], "access": ["read", "reports", "own_country"]});
    let prints = |for_roles: Value| {
        let mut catalog = Catalog::clone(&catalog(&access, &security()));
        let source = json!({
            "owner": "analytics", "url": "snowflake://account/WAREHOUSE/L2",
            "snowflake": {"token_secret": "token", "for_roles": for_roles},
        });
        let id = SourceId::parse("lake").unwrap();
        catalog.sources.insert(id, Arc::new(serde_json::from_value(source).unwrap()));
        let catalog = Arc::new(catalog);
        ["kr", "twins"].map(|group| {
            let viewer = person("a", &[group], &[("country", &["KR"])]);
            let key = MaskKey::new([7; 32]);
            let standing = Standing::new(viewer, Arc::clone(&catalog), &Attributes::new(), key);
            let restriction = standing.restriction(&dataset_id("sales")).unwrap();
            let report = &catalog.reports["weekly"];
            (restriction, standing.fingerprint(report).unwrap())
        })
    };
    let [kr, twin] = prints(json!({"country": {"role": "COUNTRY"}}));
    assert_eq!(kr.0, twin.0, "here they may see the same");
    assert_ne!(kr.1, twin.1, "the source may show them different rows");
    let [kr, twin] = prints(json!({"country": {"role": "ONE"}, "twin": {"role": "ONE"}}));
    assert_eq!(kr, twin);
    let [kr, twin] = prints(json!({"country": {"warehouse": "LARGE"}}));
    assert_eq!(kr, twin, "who computes decides on no rows");
}

#[test]
fn tokens_pass_on_no_more_than_they_were_made_for() {
    let scope = |actions: &[Action], reports: Option<&[&str]>| Scope {
        actions: Some(actions.iter().copied().collect()),
        reports: reports.map(|ids| ids.iter().map(|id| ReportId::parse(id).unwrap()).collect()),
    };
    let report = ReportId::parse("weekly").unwrap();
    let may = |scope, action| {
        standing(person("a", &["kr"], &[("country", &["KR"])]).within(scope))
            .may(action, Object::Report(&report))
    };
    assert!(may(scope(&[Action::View], None), Action::View));
    assert!(!may(scope(&[Action::Export], None), Action::View));
    assert!(!may(scope(&[Action::View], Some(&["other"])), Action::View));
    // No scope gives what the person has not.
    assert!(!may(scope(&Action::ALL, None), Action::Schedule));
}

#[test]
fn administering_opens_no_data_and_owning_no_rows() {
    let mut access = roles();
    access["access_roles"]["admin"] = json!({"grants": [{"actions": ["administer"]}]});
    access["functional_roles"]["admins"] = json!({"groups": ["admins"], "access": ["admin"]});
    access["functional_roles"]["analytics"]["access"] = json!([]);
    let catalog = catalog(&access, &security());
    let of = |viewer| Standing::new(viewer, Arc::clone(&catalog), &Attributes::new(), MaskKey::random());
    let admin = of(person("a", &["admins"], &[]));
    assert!(admin.may(Action::Administer, Object::Server));
    assert!(!admin.may(Action::View, Object::Dataset(&dataset_id("sales"))));
    let owner = of(person("o", &["analysts"], &[]));
    assert!(owner.may(Action::Edit, Object::Dataset(&dataset_id("sales"))));
    assert!(matches!(owner.restriction(&dataset_id("sales")), Err(Refusal::NoRowRule { .. })));
    assert!(!owner.may(Action::Administer, Object::Server));
}

#[test]
fn a_grant_on_a_source_or_a_folder_covers_what_is_in_it() {
    let may = |grant: Value, file: &str| {
        let mut access = roles();
        access["access_roles"]["wide_read"] = json!({"grants": [grant]});
        access["functional_roles"]["wide"] = json!({"groups": ["wide"], "access": ["wide_read", "all_rows"]});
        let mut catalog = Catalog::clone(&catalog(&access, &security()));
        catalog.files.insert((DefinitionKind::Dataset, "sales".into()), file.into());
        let viewer = person("w", &["wide"], &[]);
        let standing = Standing::new(viewer, Arc::new(catalog), &Attributes::new(), MaskKey::random());
        standing.may(Action::View, Object::Dataset(&dataset_id("sales")))
    };
    assert!(may(json!({"actions": ["view"], "sources": ["lake"]}), "datasets/sales.yaml"));
    assert!(!may(json!({"actions": ["view"], "sources": ["other"]}), "datasets/sales.yaml"));
    assert!(!may(json!({"actions": ["edit"], "sources": ["lake"]}), "datasets/sales.yaml"));
    assert!(may(json!({"actions": ["view"], "folders": ["retail"]}), "retail/datasets/sales.yaml"));
    assert!(may(json!({"actions": ["view"], "folders": ["/"]}), "sales.yaml"));
    assert!(!may(json!({"actions": ["view"], "folders": ["retail"]}), "retail-hk/sales.yaml"));
    assert!(!may(json!({"actions": ["view"], "folders": ["retail"]}), "retail.yaml"));
}

#[test]
fn chains_are_told_and_circles_end() {
    let mut access = roles();
    access["functional_roles"]["country"]["inherits"] = json!(["boss"]);
    let catalog = catalog(&access, &security());
    let boss = Standing::new(person("b", &["bosses"], &[]), catalog, &Attributes::new(), MaskKey::random());
    let told = boss.roles();
    let chains: BTreeMap<String, (String, usize)> =
        told.iter().map(|role| (role.name.to_string(), (role.chain(), role.depth()))).collect();
    let own = told.iter().find(|role| role.name.as_str() == "own_country").unwrap();
    let path: Vec<String> = own.path.iter().map(ToString::to_string).collect();
    assert_eq!(
        (&own.by, path),
        (&HeldBy::Group("bosses".into()), ["boss", "country", "own_country"].map(str::to_owned).to_vec())
    );
    assert_eq!(chains["own_country"], ("group `bosses` → boss → country → own_country".to_owned(), 3));
    assert_eq!(chains["boss"], ("group `bosses` → boss".to_owned(), 1));
}

#[test]
fn ten_thousand_roles_in_one_chain_are_walked_in_no_time() {
    let name = |n: usize| format!("role-{n:05}");
    let functional: serde_json::Map<String, Value> = (0..10_000)
        .map(|n| {
            let inherits = if n < 9_999 { json!([name(n + 1)]) } else { json!([]) };
            let access = if n == 9_999 { json!(["read", "all_rows"]) } else { json!([]) };
            let groups = if n == 0 { json!(["deep"]) } else { json!([format!("group-{n}")]) };
            (name(n), json!({"groups": groups, "inherits": inherits, "access": access}))
        })
        .collect();
    let mut access = roles();
    access["functional_roles"] = Value::Object(functional);
    let catalog = catalog(&access, &security());
    let begun = Instant::now();
    let deep = Standing::new(person("d", &["deep"], &[]), catalog, &Attributes::new(), MaskKey::random());
    let reason = deep.decide(Action::View, Object::Dataset(&dataset_id("sales"))).unwrap();
    // Far above what it takes, far below what a walk per role would.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(reason.0.matches(" → ").count(), 10_001);
}

#[test]
fn a_comparison_tells_who_gains_and_who_loses() {
    let before = rights(&catalog(&roles(), &security()));
    let mut access = roles();
    access["functional_roles"]["reader"]["access"] = json!(["reports", "read", "own_country"]);
    let mut rules = security();
    rules["columns"]["cost"]["roles"]["all_rows"] = json!("empty");
    let after = rights(&catalog(&access, &rules));
    let told = |rights: Vec<&Right>| -> BTreeSet<String> {
        rights.iter().map(|right| format!("{}: {} {}", right.subject, right.object, right.right)).collect()
    };
    let gained = told(after.difference(&before).collect());
    assert!(gained.contains("role reader: dataset sales rows: country = 'viewer.country'"), "{gained:?}");
    assert!(gained.contains("group readers: report weekly view"), "{gained:?}");
    assert!(gained.contains("role analytics: dataset sales cost: empty"), "{gained:?}");
    assert!(before.difference(&after).count() == 0, "{:?}", before.difference(&after));
}

proptest! {
    /// Whatever roles somebody holds, one more takes nothing away, and rows never come out of nothing.
    #[test]
    fn more_roles_never_open_less(held in proptest::collection::vec(0_usize..5, 0..5), more in 0_usize..5, country in "[A-Z]{2}") {
        let groups = ["analysts", "kr", "hk", "readers", "bosses"];
        let name = |indices: &[usize]| -> Vec<&str> { indices.iter().map(|index| groups[*index]).collect() };
        let claims: &[(&str, &[&str])] = &[("country", &[&country]), ("limit", &["5"])];
        let few = standing(person("p", &name(&held), claims));
        let with = [held.as_slice(), &[more]].concat();
        let many = standing(person("p", &name(&with), claims));
        let report = ReportId::parse("weekly").unwrap();
        let sales = dataset_id("sales");
        for action in Action::ALL {
            for object in [Object::Report(&report), Object::Dataset(&sales), Object::Server] {
                prop_assert!(!few.may(action, object) || many.may(action, object));
            }
        }
        if let Ok(restriction) = few.restriction(&sales) {
            let wider = many.restriction(&sales);
            prop_assert!(wider.is_ok());
            let wider = wider.unwrap();
            prop_assert!(restriction.rows().is_some() || wider.rows().is_none());
            for (column, mask) in &wider.columns {
                prop_assert!(restriction.mask(column).is_some(), "{column} became {mask}");
                prop_assert!(*mask != ColumnMask::Hidden || restriction.hides(column));
            }
        }
        if held.is_empty() {
            prop_assert!(few.restriction(&sales).is_err());
        }
    }
}
