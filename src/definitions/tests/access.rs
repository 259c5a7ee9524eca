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
