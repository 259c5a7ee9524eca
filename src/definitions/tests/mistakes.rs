//! The check as an author meets it: what is wrong in, what is said out.

use std::fmt::Write as _;

use super::{DATASET, TOP, problems};

fn rendered(name: &str, text: &str) -> String {
    let mut out = String::new();
    for problem in problems(name, text) {
        writeln!(out, "{problem}").unwrap();
    }
    out
}

fn panels(text: &str) -> String {
    format!("{TOP}parameters:\n  period: {{type: period, default: last_complete_week}}\npanels:\n{text}\n")
}

#[test]
fn mistakes_of_structure_are_explained() {
    let cases = [
        ("an unknown key", format!("{TOP}timezone: Asia/Seoul\npanels:\n  a: {{kpi: revenue}}\n")),
        (
            "several problems in several panels",
            panels(
                "  a: {kip: revenue}\n  b: {chart: lines, x: order_date, y: revenue, colour: red}\n  c: {table: revenue}\n  d: {kpi: revenue, chart: bar, x: store, y: revenue}\n  E: {kpi: revenue}\n  f: {}\n  g:",
            ),
        ),
        ("missing keys", "kind: report\npanels:\n  a: {chart: line}\n".into()),
        ("no kind", "title: a\nowner: b\npanels: {a: {text: hello}}\n".into()),
        ("a wrong kind", "kind: reprot\ntitle: a\nowner: b\npanels: {a: {text: hello}}\n".into()),
        (
            "wrong types",
            format!(
                "{TOP}locale: kr\npanels:\n  a: {{chart: bar, x: store, y: revenue, top: ten, horizontal: yes, others: 'true'}}\n  b: {{chart: bar, x: store, y: revenue, top: -1}}\n  c: {{table: [store, revenue], limit: 1.5, title: true}}\nprint: landscape\n"
            ),
        ),
        (
            "parameters",
            format!(
                "{TOP}parameters:\n  a: {{of: country}}\n  b: {{type: members, of: country}}\n  c: {{type: number, default: many}}\n  d: {{type: date, default: 2026-02-30}}\n  e: {{type: member, of: country, default: KR}}\npanels:\n  a: {{kpi: revenue}}\n"
            ),
        ),
        ("unquoted braces", format!("{TOP}panels:\n  a: {{kpi: revenue}}\nprint:\n  footer: {{title}}\n")),
        (
            "a locale that does not exist",
            "kind: report\ntitle: {ko: 매출, kr: 매출, zh_hk: 銷售}\nowner: a\npanels: {a: {text: b}}\n"
                .into(),
        ),
        (
            "both a value and operators",
            panels("  a:\n    kpi: revenue\n    filters: {country: {parameter: x, not: KR}}"),
        ),
        ("a pivot without values", panels("  a: {pivot: {rows: [country]}}")),
    ];
    snapshot("structure", "broken.yaml", &cases);
}

#[test]
fn mistakes_in_events_on_an_axis_are_explained() {
    let chart = |text: &str| panels(&format!("  a: {{chart: {text}}}"));
    let events = "annotations: {dataset: sales, at: order_date, text: store";
    let cases = [
        (
            "an unknown dataset and missing keys",
            chart("line, x: order_date, y: revenue, annotations: {dataset: evnts, at: day}"),
        ),
        (
            "unknown fields",
            chart(
                "line, x: order_date, y: revenue, annotations: {dataset: sales, at: order_dat, text: revenue, filters: {contry: KR}}",
            ),
        ),
        (
            "dates and members do not meet",
            panels(
                "  a: {chart: line, x: order_date, y: revenue, annotations: {dataset: sales, at: quantity, text: store}}\n  b: {chart: bar, x: store, y: revenue, annotations: {dataset: sales, at: order_date, text: store}}",
            ),
        ),
        (
            "charts without an axis below",
            panels(&format!(
                "  a: {{chart: donut, x: store, y: revenue, {events}}}}}\n  b: {{chart: bar, horizontal: true, x: order_date, y: revenue, {events}}}}}\n  c: {{chart: line, x: order_date, y: revenue, facet: country, {events}}}}}"
            )),
        ),
    ];
    snapshot("events", "broken.yaml", &cases);
}

#[test]
fn mistakes_in_tables_and_pivots_are_explained() {
    let pivot = |text: &str| panels(&format!("  a:\n    pivot: {{{text}}}"));
    let cases = [
        ("no numbers", pivot("rows: [country], values: []")),
        (
            "names that are none",
            pivot("rows: [contry], columns: [order_date:moon], values: [revenu, {of: ordres}]"),
        ),
        (
            "a grain on text, and a dimension twice",
            pivot("rows: [country:month, store], columns: [store], values: [revenue]"),
        ),
        ("a measure as a dimension and the other way round", pivot("rows: [revenue], values: [country]")),
        (
            "subtotals of the innermost",
            pivot("rows: [country, store], values: [revenue], subtotals: [store, category]"),
        ),
        (
            "derived values without what they need",
            pivot(
                "rows: [country], values: [{of: revenue, show: change}, {of: revenue, show: step}, {of: revenue, show: share_of_row}, {of: order_value, show: running_total}, {of: revenue, show: changes}, {of: revenue, grain: day}]",
            ),
        ),
        (
            "expressions and rules",
            pivot(
                "rows: [country], values: [{expression: revenue - , title: A}, {expression: revenue - cogs, title: B}, {of: revenue, style: {rules: [{when: vlue < 0, bold: true}, {when: value < 0}, {when: \"country = 'KR'\", fill: purple}], scale: ['#fff', '#000000'], icons: {set: arrows, middle_from: 2, high_from: 1}}}]",
            ),
        ),
        (
            "values that do not say what they are",
            pivot(
                "rows: [country], values: [{show: change}, {group: A}, {of: revenue, group: B, values: []}]",
            ),
        ),
        (
            "empty heads and heads too deep",
            pivot(
                "values: [{group: A, values: []}, {group: A, values: [{group: B, values: [{group: C, values: [{group: D, values: [revenue]}]}]}]}]",
            ),
        ),
        (
            "drill-through and print",
            panels(
                "  a:\n    pivot: {rows: [country], values: [revenue]}\n    drill: {report: weakly-sales, bind: {store: shop}}\n    print: {break_before: store, wide: scale}\n    unit: millions",
            ),
        ),
        (
            "a table of derived values",
            panels(
                "  a: {table: [country, revenue, {of: revenue, show: rank}], compare: true, subtotals: [store], sort: [-revenu]}\n  b: {table: [{of: country}]}",
            ),
        ),
    ];
    snapshot("grids", "broken.yaml", &cases);
}

#[test]
fn mistakes_of_yaml_are_explained() {
    let bomb = {
        let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for n in 1..12 {
            let last = format!("*a{}", n - 1);
            writeln!(text, "a{n}: &a{n} [{}]", [last.as_str(); 10].join(",")).unwrap();
        }
        text
    };
    let cases = [
        ("a tab", format!("{TOP}panels:\n\ta: {{kpi: revenue}}\n")),
        (
            "a duplicate key",
            format!("{TOP}panels:\n  a: {{kpi: revenue}}\n  b: {{kpi: orders}}\n  a: {{kpi: cost}}\n"),
        ),
        ("an unclosed bracket", format!("{TOP}panels:\n  a: {{kpi: revenue\n  b: {{kpi: orders}}\n")),
        ("an unclosed quote", format!("{TOP}panels:\n  a: {{text: \"hello}}\n")),
        ("a colon in text", format!("{TOP}description: note: this\npanels: {{}}\n")),
        ("wrong indentation", format!("{TOP}panels:\n  a:\n    kpi: revenue\n   title: x\n")),
        ("two documents", format!("{TOP}panels: {{a: {{text: b}}}}\n---\nkind: report\n")),
        ("an alias bomb", bomb),
        ("an alias to itself", "kind: report\npanels: &a {x: *a}\n".into()),
        ("an unknown alias", "kind: report\ntitle: *nothing\n".into()),
        ("a tag", "kind: report\ntitle: !secret abc\n".into()),
        ("a control character", "kind: report\ntitle: a\u{0}b\n".into()),
        ("a list", "- kind: report\n".into()),
        ("nothing", "# only a comment\n".into()),
        ("a key that is a mapping", "kind: report\n{title}: x\n".into()),
        ("a directive", "%YAML 1.2\n---\nkind: report\n".into()),
        ("deep nesting", format!("kind: report\ntitle: {}", "[".repeat(10_000))),
        (
            "deep block nesting",
            (0..3_000).fold(String::new(), |text, n| format!("{text}{}a:\n", " ".repeat(n))),
        ),
        (
            "merge keys",
            format!("{TOP}panels:\n  a: &a {{kpi: revenue}}\n  b:\n    <<: *a\n    kpi: orders\n"),
        ),
    ];
    snapshot("yaml", "broken.yaml", &cases);
}

/// What may be wrong with charts that compare, distribute and divide.
const NEW_KINDS: &str = "  a: {chart: waterfall, y: revenue, totals: [cots], subtract: [orders]}
  b: {chart: waterfall, x: store, y: orders, subtract: [revenue], compare: true, total: true}
  c: {chart: scatter, x: store, y: revenue, size: country, top: 5, others: true}
  d: {chart: histogram, x: revenue, y: orders, bins: 1}
  e: {chart: histogram, x: country, y: order_value, sort: country}
  f: {chart: histogram, x: quantity, y: revenue, detail: store, grain: day}
  g: {chart: box, x: store, y: [revenue, cost], detail: store, by: country}
  h: {chart: pareto, x: store, y: margin, sort: -margin, target: 5}
  i: {chart: bullet, x: store, y: revenue, target: revenue, bands: [0.9, 0.6], compare: true}
  j: {chart: gauge, x: store, y: revenue, min: 5, max: 1, labels: true, top: 3}
  k: {chart: funnel, y: revenue, by: country, stacking: percent}
  l: {chart: treemap, x: store, y: order_value, horizontal: true}
  m: {chart: slope, x: order_date, y: revenue}
  n: {chart: slope, x: store, y: revenue, by: country, compare: true}
  o: {chart: calendar, x: country, y: revenue, grain: month}
  p: {chart: donut, x: store, y: revenue, facet: country, columns: 3}
  q: {chart: line, x: order_date, y: revenue, columns: 2, detail: store}
  r: {chart: bar, x: store, y: revenue, by: country, facet: country}
  s: {chart: gauge, target: many, y: revenue}
  t: {chart: line, y: revenue}
  u: {chart: waterfal, x: store, y: revenue}";

/// What may be wrong with reference lines, ranges, trends and error bars.
const OVERLAYS: &str = "  a: {chart: donut, x: store, y: revenue, lines: [{at: average}], ranges: [{from: 1}], trend: linear, error: cost}
  b: {chart: bar, x: store, y: revenue, lines: [{at: averge}, {at: true}, {label: goal}, {at: 5, colour: red, dash: wavy}]}
  c: {chart: bar, x: store, y: revenue, by: country, stacking: percent, lines: [{at: max}, {at: 0.5, axis: right}], error: cost}
  d: {chart: line, x: order_date, y: revenue, ranges: [{label: nothing}, {from: 5, to: 5}, {from: low}]}
  e: {chart: bar, x: store, y: [revenue, cost], trend: linear, error: {low: orders, high: orders}}
  f: {chart: line, x: order_date, y: revenue, trend: quadratic, error: {low: orders}}
  g: {chart: bar, x: order_date, horizontal: true, y: revenue, trend: linear, error: revenue}
  h: {chart: line, x: order_date, y: revenue, error: {low: ordres, high: country}, lines: [{at: 1}, {at: 2}, {at: 3}, {at: 4}, {at: 5}, {at: 6}, {at: 7}, {at: 8}, {at: 9}]}
  i: {chart: area, x: order_date, y: revenue, lines: [{at: averge}, {at: country}, {at: average, label: ''}]}";

#[test]
fn mistakes_of_sense_in_reports_are_explained() {
    let cases = [
        ("unknown fields", panels("  a: {kpi: revenu}\n  b: {chart: line, x: order_dat, y: [revenue, country], by: orders}\n  c: {table: [stroe, revenue], sort: -orders}\n  d: {kpi: revenue, dataset: sale}\n  e: {kpi: revenue, filters: {contry: KR}}")),
        ("charts that cannot be drawn", panels("  a: {chart: combo, x: store, y: revenue}\n  b: {chart: heatmap, x: store, y: [revenue, orders]}\n  c: {chart: donut, x: store, y: revenue, by: country, stacking: percent}\n  d: {chart: line, x: store, y: revenue, line: orders, horizontal: true}\n  e: {chart: bar, x: country, grain: day, y: revenue, top: 0}\n  f: {chart: line, x: order_date, grain: hour, y: revenue, top: 5, compare: true}\n  g: {chart: area, x: order_date, y: [revenue, orders], by: country, others: false}\n  h: {chart: bar, x: store, by: store, y: []}\n  i: {table: [store, revenue], grain: day, limit: 0}")),
        ("charts of the new kinds", panels(NEW_KINDS)),
        ("overlays", panels(OVERLAYS)),
        ("colours of series", format!("{}palette: okabe\npatterns: hatched\n", panels("  a: {kpi: revenue}\n"))),
        ("filters", format!("{TOP}parameters:\n  period: {{type: period, default: today}}\n  kind: {{type: text}}\nfilters:\n  contry: KR\n  quantity: many\npanels:\n  a:\n    kpi: revenue\n    filters:\n      order_date: {{gte: yesterday}}\n      country: {{parameter: contry}}\n      category: {{}}\n      store: []\n      quantity: {{contains: 5}}\n      store.region: {{parameter: period}}\n")),
        ("parameters", format!("{TOP}parameters:\n  period: {{type: period, default: last_complete_weeks, options: [2026-02-01..2026-01-01, last_0_days, 2026-13]}}\n  other: {{type: period, default: all}}\n  city: {{type: member, of: city, default: [a, b]}}\n  n: {{type: number, min: 5, max: 1, default: 9}}\n  unused: {{type: date}}\npanels:\n  a: {{kpi: revenue, filters: {{quantity: {{parameter: n}}}}}}\n")),
        ("pages", format!("{TOP}panels:\n  a: {{kpi: revenue}}\n  b: {{kpi: orders}}\n  c: {{text: hi}}\npages:\n  - rows: [[a, d], [], [a]]\n  - rows: [[b]]\n")),
        ("texts", "kind: report\ntitle: \"Sales\\r\\nBcc: all@evil.example\"\nowner: ' '\ndataset: sales\ntime_zone: Seoul\npanels:\n  a: {kpi: revenue, title: {ko: '', en: \"a\\tb\"}}\nprint:\n  header: '{titel} {page}'\n  approval: ['']\n".into()),
        ("standards", format!("{}print: {{archive: pdf-a-3b, accessible: true, archiv: pdf-a-2b}}\n", panels("  a: {kpi: revenue}\n"))),
        ("words with values", panels("  a: {text: '매출 {revenu} 이익 {revenue.chang} {country} {titel}'}\n  b:\n    text: |\n      첫 줄\n      {if revenue < }감소{end}\n  c: {text: '{revenue', title: a}\n  d: {text: {ko: '{if orders > 5}가', en: '{orders|long}', zh-HK: '{revenue:이}'}}\n  e: {text: '{revenue.change}'}\n  f: {text: '[가](javascript:x) [나](https://example.com/{revenue}) [다](https://example.com)'}\n  g: {text: '{if country = 5}가{end}', dataset: salse, align: middle}\n  h: {text: '{period} {now} {previous_period}', filters: {contry: KR}, dataset: sales}\n  i: {text: '{revenue}', filters: {contry: KR}}")),
        ("footnotes", format!("{TOP}panels:\n  a: {{table: [store, revenue], title: '매출[^1] [^3]', footnotes: [부가세 제외]}}\n  b: {{kpi: revenue, note: '[^2]'}}\nprint:\n  footnotes: ['잠정치']\n")),
        ("what stands around the panels", format!("{TOP}panels:\n  a: {{kpi: revenue}}\nprint:\n  header: {{left: '{{pag}}', middle: a}}\n  footer: {{center: '{{section_page}}', right: ''}}\n  approval: {{stages: [담당, ''], corner: top, names: [a, b, c], label: ''}}\n  cover: {{title: '{{page}}', titel: a}}\n  prepared: {{by: '{{ownr}}', as_of: ''}}\n  footnotes: ['']\n  watermark: 아주 긴 워터마크는 종이를 가로질러 읽을 수 없으므로 마흔 글자보다 길면 받아들이지 않습니다\n")),
        ("schedules", format!("{TOP}parameters:\n  period: {{type: period, default: today}}\npanels:\n  a: {{kpi: revenue}}\nschedules:\n  monday:\n    cron: 0 8 30 2 *\n    time_zone: KST\n    parameters: {{period: last_weak, perod: today}}\n    deliver: {{}}\n  daily:\n    cron: '@daily'\n    time_zone: Asia/Soul\n    deliver:\n      email: {{to: [kim@acme.example, kim, KIM@acme.example, 'a@evil.example', \"a@acme.example\\nBcc: b@evil.example\"], subject: '{{page}}', show: [b]}}\n      folder: {{path: ../../etc}}\n  weekly:\n    cron: 0 25 * * MON\n    deliver: {{email: {{to: []}}, folder: {{path: /abs, files: []}}}}\n")),
        ("no panels and no dataset", "kind: report\ntitle: a\nowner: b\ndataset: salse\npanels: {}\n".into()),
        ("no dataset at all", "kind: report\ntitle: a\nowner: b\npanels: {a: {kpi: revenue}}\n".into()),
    ];
    snapshot("reports", "broken.yaml", &cases);
}

#[test]
fn mistakes_of_sense_in_datasets_and_sources_are_explained() {
    let top = "kind: dataset\nowner: sales\n";
    let cases = [
        ("neither table nor sql", format!("{top}source: lak\n")),
        (
            "both table and sql",
            format!("{top}source: lake\ntable: a.parquet\nsql: select 1\ntables: {{a: {{path: a/}}}}\n"),
        ),
        (
            "tables without sql, sql without tables",
            format!("{top}source: lake\ntable: a/\ntables: {{a: {{path: a/}}}}\n"),
        ),
        ("sql without tables", format!("{top}source: lake\nsql: select * from a\n")),
        ("regions", format!("{top}source: lake\nalso_in: [lake, lak, hk]\ntable: a/\n")),
        (
            "time",
            format!(
                "{top}source: lake\ntable: a/\ntime: day\ndimensions: {{date: {{type: date, time_zone: Korea/Seoul}}, x: {{type: dates}}, rel.column: {{}}}}\n"
            ),
        ),
        (
            "time of another type",
            format!("{top}source: lake\ntable: a/\ntime: day\ndimensions: {{day: {{type: text}}}}\n"),
        ),
        (
            "metrics",
            format!(
                "{top}source: lake\ntable: a/\ndimensions: {{country: {{}}}}\nmeasures: {{revenue: {{sql: sum(x)}}, country: {{sql: ''}}}}\nmetrics:\n  a: {{sql: b + 1}}\n  b: {{sql: c * revenue}}\n  c: {{sql: a / 2}}\n  self: {{sql: self}}\n  d: {{sql: revenu / coalesce(ordres, 1)}}\n  e: {{sql: day}}\n"
            ),
        ),
        (
            "formats and csv",
            format!(
                "{top}source: lake\ntable: a.csv\ncsv: {{delimiter: ';;', types: {{a: string, b: 'decimal(40,2)'}}}}\nmeasures:\n  a: {{sql: sum(a), format: {{currency: won, percent: true, decimals: 99}}}}\nfreshness: {{complete_through: max(a)}}\nrelationships: {{store: {{table: s, on: {{}}}}}}\n"
            ),
        ),
        (
            "security",
            format!(
                "{DATASET}security:\n  access: [sales_read]\n  rows: {{manager: country = viewer.country}}\n  columns: {{cost: {{mask: hidden}}}}\n"
            ),
        ),
    ];
    snapshot("datasets", "datasets/broken.yaml", &cases);
    let cases = [
        ("an unknown scheme", "kind: source\nowner: a\nurl: s4://bucket\n".to_owned()),
        ("a missing bucket", "kind: source\nowner: a\nurl: s3:///x\n".to_owned()),
        ("a secret", "kind: source\nowner: a\nurl: s3://key:secret@bucket/x\n".to_owned()),
        (
            "options of another kind",
            "kind: source\nowner: a\nurl: ./data\ns3: {endpoint: 'http://minio:9000', allow_htp: true}\n"
                .to_owned(),
        ),
        (
            "a database without a user",
            "kind: source\nowner: a\nurl: postgres://db.example:5432/l2\n".to_owned(),
        ),
        (
            "a password in the file",
            "kind: source\nowner: a\nurl: postgres://me:secret@db.example/l2\npostgres: {user: me}\n"
                .to_owned(),
        ),
        (
            "no database, and names that are none",
            "kind: source\nowner: a\nurl: postgres://db.example\npostgres: {user: me, connections: 0, \
             search_path: [''], password_secrets: x}\ntables: {sales: a.b.c.d, stores: ''}\n"
                .to_owned(),
        ),
        (
            "Snowflake without a key, and with two",
            "kind: source\nowner: a\nurl: snowflake://account\nsnowflake: {key_secret: a, token_secret: b, \
             host: 'x/y', proxy: 'me:pw@proxy', statements: 0, allow_unencrypted: true}\n"
                .to_owned(),
        ),
        (
            "Snowflake without encryption elsewhere",
            "kind: source\nowner: a\nurl: snowflake://account/DB/L2\nsnowflake: {key_secret: a, host: db.example, \
             allow_unencrypted: true}\n"
                .to_owned(),
        ),
        (
            "roles that are asked in no way of their own",
            "kind: source\nowner: a\nurl: snowflake://account/DB/L2\nsnowflake: {token_secret: a, for_roles: {finance: {}, \
             sales: {warehouse: \"a b\"}}}\n"
                .to_owned(),
        ),
        (
            "a database's options for files",
            "kind: source\nowner: a\nurl: ./data\npostgres: {user: me}\ntables: {sales: ' '}\n".to_owned(),
        ),
    ];
    snapshot("sources", "sources/broken.yaml", &cases);
}

#[test]
fn themes() {
    let top = "kind: theme\nowner: brand\n";
    let cases = [
        (
            "colours that cannot be read",
            format!(
                "{top}colors:\n  primary: '#ffcc00'\n  good: {{light: '#0f7b4f', dark: '#0f3b2f'}}\n  ink: '#bbbbbb'\n"
            ),
        ),
        (
            "series",
            format!(
                "{top}colors:\n  series: ['#fefefe', '#0b5cad', '#0c5daf', {{light: '#123456', dark: '#101820'}}]\n"
            ),
        ),
        ("no colours", format!("{top}colors: {{primary: blue, bad: '#12345', seris: ['#123456']}}\n")),
        ("files", format!("{top}logo: logos/none.svg\nfonts: {{regular: fonts/acme.woff2, bolt: a}}\n")),
    ];
    snapshot("themes", "themes/broken.yaml", &cases);
    let said = rendered("other.yaml", &format!("{TOP}theme: acme\npanels:\n  a: {{kpi: revenue}}\n"));
    assert!(said.contains("there is no theme `acme`") && said.contains("there are no themes yet"), "{said}");
}

#[test]
fn calendars() {
    let top = "kind: calendar\ntitle: Korea\nowner: hr\n";
    let covered = format!("{top}from: 2026-01-01\nthrough: 2026-12-31\n");
    let cases = [
        ("no end", format!("{top}from: 2026-01-01\n")),
        ("an end before the beginning", format!("{top}from: 2026-12-31\nthrough: 2026-01-01\n")),
        (
            "days that are none, or lie outside",
            format!("{covered}holidays:\n  2026-02-30: x\n  2026-1-1: y\n  2027-01-01: {{ko: 새해 첫날}}\n"),
        ),
        ("a name that is empty", format!("{covered}holidays: {{2026-01-01: ''}}\n")),
        ("weekends", format!("{covered}weekend: [saturday, saturday, sunnday]\n")),
        (
            "a business day that is one anyway",
            format!("{covered}business_days: {{2026-01-05: stocktaking}}\n"),
        ),
    ];
    snapshot("calendars", "calendars/broken.yaml", &cases);
}

#[test]
fn days_of_schedules() {
    let schedule = |keys: &str| {
        format!(
            "{TOP}panels: {{a: {{kpi: revenue}}}}\nschedules:\n  monday:\n    cron: '0 8 * * MON'\n{keys}    deliver: {{folder: {{path: x}}}}\n"
        )
    };
    let cases = [
        ("no such calendar", schedule("    calendar: kr\n    on_holiday: next\n")),
        ("no calendar", schedule("    on_holiday: next\n")),
        ("a calendar for nothing", schedule("    calendar: kr\n")),
        ("business days with days of the week", schedule("    calendar: kr\n    business_day: 1\n")),
        ("business days that no month has", schedule("    calendar: kr\n    business_day: [0, 30]\n")),
        ("both", schedule("    calendar: kr\n    business_day: 1\n    on_holiday: skip\n")),
        ("blackout", schedule("    blackout: [2026-02-30, {from: 2026-02-02, through: 2026-01-01}]\n")),
        ("start and end", schedule("    starts: 2026-02-02\n    ends: 2026-02-01\n")),
        ("catching up", schedule("    catch_up: last\n")),
    ];
    snapshot("days_of_schedules", "broken.yaml", &cases);
}

#[test]
fn waiting_and_sending() {
    let schedule = |keys: &str| {
        format!(
            "{TOP}parameters: {{period: {{type: period, default: last_complete_week, as_of: latest_data}}}}\n\
             panels:\n  a: {{kpi: revenue}}\n  b: {{text: Hello}}\nschedules:\n  monday:\n    cron: '0 8 * * MON'\n\
             {keys}    deliver: {{folder: {{path: x}}}}\n"
        )
    };
    let wait = |keys: &str| schedule(&format!("    wait_for: {{{keys}, at_most: 2h}}\n"));
    let subscriptions = format!(
        "{TOP}panels: {{a: {{kpi: revenue}}}}\n\
         subscriptions: {{wait_for: {{signals: {{loaded: '{{yesterday}}'}}, at_most: 2h}}}}\n\
         schedules: {{subscription.x: {{cron: '0 8 * * MON', deliver: {{folder: {{path: x}}}}}}}}\n"
    );
    let cases = [
        ("nothing", schedule("    wait_for: {at_most: 2h}\n    send_if: {}\n")),
        ("no deadline", schedule("    wait_for: {signals: {loaded: x}}\n")),
        ("told of a delay", schedule("    tell_delay: 3d\n")),
        ("told to nobody", schedule("    tell_delay: 30m\n")),
        ("of subscriptions", subscriptions),
        ("too long", schedule("    wait_for: {signals: {loaded: x}, at_most: 3d}\n")),
        ("another word", wait("signals: {loaded: x}, at_deadline: wait")),
        ("no such dataset", wait("datasets: {sale: previous_day}")),
        ("a period that follows the data", wait("datasets: {sales: period_end}")),
        ("no such source", wait("objects: {source: pond, path: a/_SUCCESS}")),
        ("paths", wait("objects: [{source: lake, path: ../a}, {source: lake, path: 'a/*.csv'}]")),
        ("no such day", wait("signals: {loaded: '{yesterday}'}")),
        ("no such schedule", wait("schedules: [monday, monthly/daily]")),
        ("itself", wait("schedules: broken/monday")),
        (
            "one another",
            format!(
                "{}  tuesday:\n    cron: '0 8 * * TUE'\n    wait_for: {{schedules: [broken/wednesday], at_most: 2h}}\n    \
                 deliver: {{folder: {{path: x}}}}\n  wednesday:\n    cron: '0 8 * * WED'\n    wait_for: {{schedules: \
                 [broken/monday], at_most: 2h}}\n    deliver: {{folder: {{path: x}}}}\n",
                wait("schedules: [broken/tuesday]")
            ),
        ),
        ("no such panel", schedule("    send_if: {rows_in: c, changed: [a, d]}\n")),
        ("other panels", schedule("    send_if: {rows_in: a, crossed: {b: {above: 1}}}\n")),
        ("no threshold", schedule("    send_if: {crossed: {a: {}}}\n")),
    ];
    snapshot("waiting_and_sending", "broken.yaml", &cases);
}

#[test]
fn bursts() {
    let schedule = |burst: &str, email: &str| {
        format!(
            "{TOP}parameters:\n  period: {{type: period, default: today}}\n  country: {{type: member, of: country}}\n\
             panels: {{a: {{kpi: revenue}}}}\nschedules:\n  monday:\n    cron: '0 8 * * MON'\n    burst: {burst}\n    \
             deliver: {{email: {email}}}\n"
        )
    };
    let cases = [
        ("nobody", schedule("{}", "{}")),
        ("no recipient", schedule("{dataset: sales, bind: {country: country}}", "{}")),
        ("unknown names", schedule("{dataset: sale, recipient: mail, bind: {county: country}}", "{}")),
        (
            "unknown fields",
            schedule("{dataset: sales, recipient: mail, locale: revenue, bind: {country: land}}", "{}"),
        ),
        ("both", schedule("{dataset: sales, recipients: [{to: a@acme.example}]}", "{}")),
        ("the same for all", schedule("{recipients: [{to: a@acme.example}, {to: b@acme.example}]}", "{}")),
        ("a period", schedule("{dataset: sales, recipient: country, bind: {period: country}}", "{}")),
        ("no value", schedule("{recipients: [{to: a@acme.example, bind: {country: []}}]}", "{}")),
        (
            "too many values",
            schedule("{recipients: [{to: a@acme.example, bind: {country: [KR, HK]}}]}", "{}"),
        ),
        ("addresses", schedule("{recipients: [{to: [a, b@evil.example], bind: {country: KR}}]}", "{}")),
        (
            "two kinds of recipients",
            schedule("{recipients: [{to: a@acme.example, bind: {country: KR}}]}", "{to: b@acme.example}"),
        ),
    ];
    snapshot("bursts", "broken.yaml", &cases);
}

#[test]
fn destinations() {
    let destination = |text: &str| format!("kind: destination\nowner: sales\n{text}\n");
    let server = "sftp: {host: files.acme.example, user: reports, host_key: ssh-ed25519 AAAAC3";
    let cases = [
        ("nowhere", destination("title: Archive")),
        ("two places", destination("slack: {url_secret: chat}\nteams: {url_secret: chat}")),
        ("a secret in the file", destination("slack: {url_secret: 'https://hooks.example.com/T0'}")),
        (
            "a password in an address",
            destination("webhook: {url: 'https://me:pass@hooks.example.com/', signing_secret: key}"),
        ),
        ("no encryption", destination("webhook: {url: 'http://hooks.example.com/', signing_secret: key}")),
        ("no address", destination("webhook: {url: hooks, signing_secret: key}")),
        ("a folder", destination("object_store: {url: ./kept}")),
        ("no bucket", destination("object_store: {url: 's3://'}")),
        ("no login", destination(&format!("{server}}}"))),
        ("two logins", destination(&format!("{server}, key_secret: key, password_secret: word}}"))),
        (
            "no key",
            destination("sftp: {host: 'a b', user: reports, key_secret: key, host_key: me, folder: ../x}"),
        ),
    ];
    snapshot("destinations", "destinations/archive.yaml", &cases);
}

#[test]
fn deliveries() {
    let deliver = |text: &str| {
        format!(
            "{TOP}panels: {{a: {{kpi: revenue}}}}\nschedules:\n  monday:\n    cron: '0 8 * * MON'\n    deliver: {text}\n"
        )
    };
    let cases = [
        ("an unknown destination", deliver("{destinations: {archive: {}}}")),
        ("a word of no path", deliver("{folder: {path: 'a/{shop}/{about}'}}")),
        ("nothing to pack", deliver("{email: {to: a@acme.example, attach: [], zip: true}}")),
    ];
    snapshot("deliveries", "broken.yaml", &cases);
}

fn snapshot(name: &str, file: &str, cases: &[(&str, String)]) {
    let mut out = String::new();
    for (title, text) in cases {
        let shown = rendered(file, text);
        assert!(!shown.is_empty(), "{title}: no problem was found");
        write!(out, "## {title}\n\n{shown}").unwrap();
    }
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, out);
    });
}

#[test]
fn a_parameter_cannot_have_a_name_that_the_address_uses_itself() {
    for name in ["lang", "page", "_now"] {
        let text = format!(
            "{TOP}parameters:\n  {name}: {{type: member, of: country}}\npanels:\n  a: {{kpi: revenue}}\n"
        );
        let said = rendered("reserved.yaml", &text);
        assert!(said.contains("uses this name for itself"), "{name}: {said}");
    }
}
