//! The access file and the rules of datasets.

use super::{DATASET, workspace};

const ACCESS: &str = "kind: access
owner: sales_analytics
attributes: {country: {claim: country}}
functional_roles:
  sales_analytics: {groups: [g], access: [sales_read]}
  data_platform: {groups: [d]}
  sales: {groups: [s]}
  data: {groups: [p]}
access_roles:
  sales_read: {grants: [{actions: [view], folders: [/]}]}
";

fn said(files: &[(&str, &str)]) -> String {
    let (_dir, workspace) = workspace(files);
    workspace.diagnostics().iter().fold(String::new(), |said, problem| said + &format!("{problem}\n"))
}

#[test]
fn mistakes_in_the_access_file_are_explained() {
    let broken = "kind: access
owner: nobody
attributes:
  country: {claim: ''}
  store: {dataset: salse, person: mail, value: store}
  mine: {dataset: sales, person: mail, value: countri}
functional_roles:
  sales: {users: [Kim@Example.com], inherits: [read, boss], access: [read, bos]}
  boss: {inherits: [sales]}
  read: {}
access_roles:
  read: {inherits: [write]}
  write:
    inherits: [read]
    grants:
      - {actions: [view, administer]}
      - {actions: [look], reports: [weekly-sale]}
      - {actions: [view]}
      - {actions: [], folders: [finanse], datasets: [nothing]}
  lonely: {grants: [{actions: [administer]}]}
";
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("access", said(&[("access.yaml", broken)]));
    });
}

#[test]
fn mistakes_in_the_rules_of_a_dataset_are_explained() {
    let rules = format!(
        "{DATASET}security:
  access: [sales_raed]
  minimum_group: 1
  rows:
    salse: all
    sales: contry = viewer.country or country = country or country = viewer.region
    data: country =
    data_platform: country > 12345678901234567890
  columns:
    order_date: {{mask: hidden}}
    revenue: {{mask: hash, roles: {{sales: {{rounded: 0}}, nobody: clear}}}}
    country: {{mask: {{rounded: 10}}}}
    nothing: {{mask: blank}}
"
    );
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("security", said(&[("access.yaml", ACCESS), ("datasets/sales.yaml", &rules)]));
    });
}

#[test]
fn what_one_field_hides_another_must_not_tell() {
    let top = "kind: dataset\nowner: data\nsource: lake\ntable: a/\ndimensions: {customer: {}, city: {}}\n\
               measures: {buyers: {sql: count(distinct customer)}, rows: {sql: count(*)}}\n";
    let masked = |columns: &str| {
        let text = format!("{top}security: {{columns: {columns}}}\n");
        said(&[("access.yaml", ACCESS), ("datasets/people.yaml", &text)])
    };
    let problem = masked("{customer: {mask: hash}}");
    assert!(problem.contains("`buyers` reads the column `customer` too"), "{problem}");
    assert_eq!(masked("{customer: {mask: hash}, buyers: {mask: clear}}"), "");
}

#[test]
fn a_key_of_a_joined_table_tells_what_the_key_of_the_dataset_hides() {
    let top = "kind: dataset\nowner: data\nsource: lake\ntable: a/\n\
               relationships:\n  people: {table: b.csv, on: {customer: id}}\n  cards: {table: c.csv, on: {customer: owner}}\n\
               dimensions: {customer: {}, code: {sql: people.id}, card: {sql: upper(cards.owner)}, city: {sql: people.city}}\n\
               measures: {rows: {sql: count(*)}, holders: {sql: 'count(distinct cards.\"owner\")'}}\n";
    let masked = |columns: &str| {
        let text = format!("{top}security: {{columns: {columns}}}\n");
        said(&[("access.yaml", ACCESS), ("datasets/people.yaml", &text)])
    };
    // Each key is the other wherever there is a partner, also over a third table.
    let problem = masked("{customer: {mask: hash}}");
    for told in [
        "`code` reads the column `people.id`, which a relationship makes equal to `customer`",
        "`card` reads the column `cards.owner`, which a relationship makes equal to `customer`",
        "`holders` reads the column `cards.owner`, which",
    ] {
        assert!(problem.contains(told), "{problem}");
    }
    assert!(!problem.contains("`city`"), "{problem}");
    let problem = masked("{code: {mask: hidden}, card: {mask: clear}, holders: {mask: clear}}");
    assert!(problem.contains("`customer` reads the column `customer`, which a relationship"), "{problem}");
    assert!(!problem.contains("`card`") && !problem.contains("`holders`"), "{problem}");
    let all = "{customer: {mask: hash}, code: {mask: hash}, card: {mask: hash}, holders: {mask: clear}}";
    assert_eq!(masked(all), "");
}

#[test]
fn a_metric_is_not_hidden_by_a_mask_while_what_it_is_computed_from_is_open() {
    let top = "kind: dataset\nowner: data\nsource: lake\ntable: a/\ndimensions: {city: {}}\n\
               measures: {revenue: {sql: sum(x)}, cost: {sql: sum(y)}}\n\
               metrics: {margin: {sql: revenue - cost}, rate: {sql: margin / revenue}, twice: {sql: margin * 2}}\n";
    let masked = |columns: &str| {
        let text = format!("{top}security: {{columns: {columns}}}\n");
        said(&[("access.yaml", ACCESS), ("datasets/sums.yaml", &text)])
    };
    let problem = masked("{rate: {mask: hidden}}");
    assert!(
        problem.contains("`rate` can be computed from `cost` and `revenue`, which are not masked"),
        "{problem}"
    );
    // A number that goes without closes what is computed from it, so one that is masked is enough.
    assert_eq!(masked("{rate: {mask: hidden}, cost: {mask: hidden}}"), "");
    assert_eq!(masked("{rate: {mask: hidden}, cost: {mask: clear}}"), "");
    assert_eq!(masked("{cost: {mask: hidden}}"), "");
    assert_eq!(masked("{rate: {mask: clear}}"), "");
}

#[test]
fn rules_without_roles_keep_a_dataset_closed() {
    let rules = format!("{DATASET}security: {{rows: {{sales: all}}}}\n");
    let (_dir, workspace) = workspace(&[("datasets/sales.yaml", &rules)]);
    assert!(workspace.has_errors());
    assert!(workspace.catalog().datasets.is_empty());
}

#[test]
fn a_broken_access_file_leaves_the_last_valid_one_in_force_and_a_deleted_one_leaves_nothing_open() {
    let (dir, first) = workspace(&[("access.yaml", ACCESS)]);
    assert!(!first.has_errors(), "{:?}", first.diagnostics());
    let path = dir.path().join("access.yaml");
    std::fs::write(&path, "kind: access\nowner: [").unwrap();
    let broken = first.reload();
    assert!(broken.has_errors());
    assert_eq!(broken.catalog().access, first.catalog().access);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(broken.reload().catalog().access, None);
}

#[test]
fn mistakes_in_the_file_of_costs_are_explained() {
    let broken = "kind: costs
owner: salez
currency: usd
time_zone: KST
prices:
  lake: {per_gb_moved: -1, per_hour: 1e12}
  lak: {per_gb_moved: 0.1}
  other: {}
budgets:
  sales_analytics: {month: 0, warn: 120}
  sales_analitics: {month: 100}
";
    let no_prices =
        "kind: costs\nowner: sales_analytics\ncurrency: KRW\nbudgets: {sales_analytics: {month: 1000}}\n";
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        let elsewhere = said(&[("access.yaml", ACCESS), ("team/costs.yaml", no_prices)]);
        insta::assert_snapshot!("costs", said(&[("access.yaml", ACCESS), ("costs.yaml", broken)]) + &elsewhere);
    });
}

#[test]
fn there_is_one_access_file_and_it_stands_at_the_top() {
    let text = said(&[("access.yaml", ACCESS), ("team/access.yaml", ACCESS)]);
    assert!(text.contains("is defined in `access.yaml` already"), "{text}");
    let text = said(&[("team/roles.yaml", ACCESS)]);
    assert!(text.contains("stands as `access.yaml` at the top"), "{text}");
}
