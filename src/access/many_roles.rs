//! Ten thousand roles in shapes that hurt whoever walks them carelessly. The limits of time are for a debug build on a
//! busy machine: far above what it takes, far below what a walk per role or per path would.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::definitions::Catalog;
use crate::definitions::model::{DatasetId, ReportId};

const MANY: usize = 10_000;

/// Which roles inherit which, by number.
type Graph = Vec<Vec<usize>>;

fn name(n: usize) -> String {
    format!("role-{n:05}")
}

/// Functional roles in this shape, each with a group `group-N`; those in `readers` may view the dataset and its rows.
fn catalog(graph: &Graph, readers: &[usize]) -> Arc<Catalog> {
    let functional = graph.iter().enumerate().map(|(n, inherits)| {
        let inherits: Vec<String> = inherits.iter().map(|n| name(*n)).collect();
        let access = if readers.contains(&n) { json!(["read"]) } else { json!([]) };
        (name(n), json!({"groups": [format!("group-{n}")], "inherits": inherits, "access": access}))
    });
    let access = json!({
        "owner": "nobody", "functional_roles": Value::Object(functional.collect()),
        "access_roles": {"read": {"grants": [{"actions": ["view"], "datasets": ["sales"]}]}},
    });
    with_access(&access)
}

fn with_access(access: &Value) -> Arc<Catalog> {
    let mut catalog =
        Catalog { access: Some(Arc::new(Deserialize::deserialize(access).unwrap())), ..Catalog::default() };
    let dataset = json!({
        "owner": "nobody", "source": "lake", "table": "sales/", "dimensions": {"country": {}},
        "measures": {"revenue": {"sql": "sum(x)"}}, "security": {"rows": {"read": "country = 'KR'"}},
    });
    catalog
        .datasets
        .insert(DatasetId::parse("sales").unwrap(), Arc::new(serde_json::from_value(dataset).unwrap()));
    let report =
        json!({"title": "W", "owner": "nobody", "dataset": "sales", "panels": {"a": {"kpi": "revenue"}}});
    catalog
        .reports
        .insert(ReportId::parse("weekly").unwrap(), Arc::new(serde_json::from_value(report).unwrap()));
    Arc::new(catalog)
}

fn member(catalog: &Arc<Catalog>, group: usize) -> Standing {
    let groups = BTreeSet::from([format!("group-{group}")]);
    let viewer = Viewer::person(Person { name: "kim@example.com".into(), groups, ..Person::default() });
    Standing::new(viewer, Arc::clone(catalog), &Attributes::new(), MaskKey::new([0; 32]))
}

fn chain() -> Graph {
    (0..MANY).map(|n| if n + 1 < MANY { vec![n + 1] } else { Vec::new() }).collect()
}

/// Every role inherits a few later ones.
fn wide(seed: u64) -> Graph {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let later = |n: usize, random: &mut ChaCha8Rng| (n + 1 < MANY).then(|| random.random_range(n + 1..MANY));
    (0..MANY).map(|n| (0..5).filter_map(|_| later(n, &mut random)).collect()).collect()
}

/// Floors of two roles, each of which inherits both of the floor below: as many ways as two to the number of floors.
fn lattice() -> Graph {
    let below = |n: usize| [n / 2 * 2 + 2, n / 2 * 2 + 3].into_iter().filter(|n| *n < MANY).collect();
    (0..MANY).map(below).collect()
}

/// The lengths of the shortest ways, by a walk that shares nothing with ours.
fn depths(graph: &Graph, from: usize) -> BTreeMap<usize, usize> {
    let mut depths = BTreeMap::from([(from, 1)]);
    let mut waiting = VecDeque::from([from]);
    while let Some(at) = waiting.pop_front() {
        for next in &graph[at] {
            if !depths.contains_key(next) {
                depths.insert(*next, depths[&at] + 1);
                waiting.push_back(*next);
            }
        }
    }
    depths
}

#[track_caller]
fn within<T>(what: &str, limit: Duration, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    let taken = begun.elapsed();
    println!("{what}: {taken:?}");
    assert!(taken < limit, "{what} took {taken:?}");
    done
}

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn who_holds_ten_thousand_roles_is_told_each_by_its_shortest_way() {
    for (shape, graph) in [("chain", chain()), ("wide", wide(1)), ("lattice", lattice())] {
        let last = MANY - 1;
        let catalog = catalog(&graph, &[last]);
        let standing = within(&format!("{shape}: standing"), LIMIT, || member(&catalog, 0));
        let roles = within(&format!("{shape}: roles"), LIMIT, || standing.roles());
        let expected = depths(&graph, 0);
        let functional: BTreeMap<String, usize> = roles
            .iter()
            .filter(|role| role.is_functional)
            .map(|role| (role.name.to_string(), role.depth()))
            .collect();
        let expected_names: BTreeMap<String, usize> =
            expected.iter().map(|(n, depth)| (name(*n), *depth)).collect();
        assert_eq!(functional, expected_names, "{shape}");
        let told = within(&format!("{shape}: chains"), LIMIT, || {
            roles.iter().map(|role| role.chain().len()).sum::<usize>()
        });
        assert!(told < 40 << 20, "{shape}: {told} bytes");
        if let Some(depth) = expected.get(&last) {
            let sales = DatasetId::parse("sales").unwrap();
            let reason = within(&format!("{shape}: reason"), LIMIT, || {
                standing.decide(Action::View, Object::Dataset(&sales)).unwrap()
            });
            assert_eq!(reason.0.matches(" → ").count(), depth + 1, "{shape}");
        }
    }
}

#[test]
fn the_rights_of_ten_thousand_roles_are_compared_in_time() {
    for (shape, graph) in [("chain", chain()), ("wide", wide(2)), ("lattice", lattice())] {
        let before = catalog(&graph, &[MANY / 2]);
        let after = catalog(&graph, &[MANY / 2, MANY - 1]);
        let (before, after) =
            within(&format!("{shape}: rights twice"), LIMIT * 2, || (rights(&before), rights(&after)));
        let gained: BTreeSet<&str> = after
            .difference(&before)
            .map(|right| right.subject.as_str())
            .filter(|of| of.starts_with("role "))
            .collect();
        let above = |n: usize| -> BTreeSet<usize> {
            let mut reach = BTreeSet::from([n]);
            for at in (0..MANY).rev() {
                if graph[at].iter().any(|next| reach.contains(next)) {
                    reach.insert(at);
                }
            }
            reach
        };
        let (had, has) = (above(MANY / 2), above(MANY - 1));
        assert_eq!(gained.len(), has.difference(&had).count(), "{shape}");
        assert_eq!(before.difference(&after).count(), 0, "{shape}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Small graphs with circles: everybody's rights in the comparison are those of their standing, one by one.
    #[test]
    fn the_comparison_says_what_each_standing_says(
        graph in proptest::collection::vec(proptest::collection::vec(0_usize..8, 0..3), 8),
        readers in proptest::collection::vec(0_usize..8, 0..3),
        owner in 0_usize..10,
    ) {
        let catalog = catalog(&graph, &readers);
        let mut owned = Catalog::clone(&catalog);
        for report in owned.reports.values_mut() {
            Arc::make_mut(report).owner = name(owner);
        }
        let catalog = Arc::new(owned);
        let all = rights(&catalog);
        for group in 0..graph.len() {
            let standing = member(&catalog, group);
            let reached = depths(&graph, group);
            let held: BTreeSet<String> =
                standing.roles().iter().filter(|role| role.is_functional).map(|role| role.name.to_string()).collect();
            prop_assert_eq!(held, reached.keys().map(|n| name(*n)).collect::<BTreeSet<_>>());
            let mut own = BTreeSet::new();
            for (object_name, object) in objects(&catalog) {
                let allowed = Action::ALL.into_iter().filter(|action| standing.decide(*action, object).is_ok());
                own.extend(allowed.map(|action| (object_name.clone(), action.to_string())));
                if let Object::Dataset(id) = object && let Ok(restriction) = standing.restriction(id) {
                    own.extend(restriction.told().into_iter().map(|line| (object_name.clone(), line)));
                }
            }
            for subject in [format!("group group-{group}"), format!("role {}", name(group))] {
                let of = all.iter().filter(|right| right.subject == subject);
                let told: BTreeSet<_> = of.map(|right| (right.object.clone(), right.right.clone())).collect();
                prop_assert_eq!(&told, &own, "{}", subject);
            }
        }
    }
}
