//! Random reports and random questions about them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

/// A small generator with a seed, so that a finding can be repeated.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 20) % bound as u64) as usize
    }

    pub(super) fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    pub(super) fn flip(&mut self) -> bool {
        self.below(2) == 0
    }
}

const DIMENSIONS: [&str; 4] = ["country", "store", "channel", "grade"];
const NUMBERS: [&str; 7] =
    ["amount", "customers", "largest", "smallest", "middle", "average", "per_customer"];
const ADDITIVE: [&str; 2] = ["amount", "sales"];
const PERIODS: [&str; 6] =
    ["all", "year_to_date", "last_12_months", "last_complete_month", "2025-03", "as_of_latest"];

/// Two dimensions that differ.
fn two(dice: &mut Dice) -> (&'static str, &'static str) {
    let first = dice.below(DIMENSIONS.len());
    let second = (first + 1 + dice.below(DIMENSIONS.len() - 1)) % DIMENSIONS.len();
    (DIMENSIONS[first], DIMENSIONS[second])
}

fn top(dice: &mut Dice) -> String {
    if dice.flip() { format!("top: {}, others: {}, ", 1 + dice.below(4), dice.flip()) } else { String::new() }
}

/// Where a click on members of these dimensions leads to: the first report, about the member.
fn drill(dice: &mut Dice, dimensions: &[&str]) -> String {
    let bound = dimensions.iter().find(|name| ["country", "store"].contains(name));
    match bound.filter(|_| dice.flip()) {
        Some(name) => format!("drill: {{report: hunt-0, bind: {{{name}: {name}}}}}, "),
        None => String::new(),
    }
}

/// A panel of some kind, on one line.
fn panel(dice: &mut Dice) -> String {
    let number = dice.of(&NUMBERS);
    let other = dice.of(&NUMBERS);
    let sum = dice.of(&ADDITIVE);
    let (one, two) = two(dice);
    let grain = dice.of(&["day", "week", "month", "quarter"]);
    let top = top(dice);
    let to_one = drill(dice, &[one]);
    let to_any = drill(dice, &[one, two]);
    let compare = dice.flip();
    match dice.below(17) {
        0 => format!("{{kpi: {number}}}"),
        1 => format!("{{chart: line, x: day, grain: {grain}, y: {number}, compare: {compare}}}"),
        2 => format!("{{chart: line, x: day, grain: {grain}, y: {number}, {top}by: {one}}}"),
        3 => format!("{{chart: bar, horizontal: true, {to_one}x: {one}, {top}y: {number}}}"),
        4 => format!("{{chart: bar, x: {one}, by: {two}, y: {number}}}"),
        5 => format!("{{chart: donut, x: {one}, y: {sum}}}"),
        6 => format!("{{chart: treemap, x: {one}, by: {two}, y: {sum}}}"),
        7 => format!("{{chart: heatmap, x: {one}, by: {two}, y: {number}}}"),
        8 => format!("{{chart: histogram, x: {number}, detail: day, bins: 6}}"),
        9 => format!("{{chart: box, x: {one}, y: {number}, detail: day}}"),
        10 => format!("{{chart: scatter, x: {number}, y: sales, detail: {one}, by: {two}}}"),
        11 => format!("{{chart: pareto, x: {one}, y: {sum}}}"),
        12 => {
            let sort = if dice.flip() { format!("sort: -{sum}, ") } else { String::new() };
            let limit = 1 + dice.below(9);
            format!(
                "{{table: [{one}, {two}, {number}, {sum}], {to_any}{sort}limit: {limit}, totals: true, compare: {compare}}}"
            )
        }
        13 => format!(
            "{{table: [{one}, {sum}, {{of: {sum}, show: share_of_total}}, {{of: {sum}, show: rank}}], totals: true}}"
        ),
        14 => format!(
            "{{{to_one}pivot: {{rows: [{one}, {two}], columns: ['day:quarter'], values: [{number}, {{of: {sum}, show: change}}], subtotals: both, totals: both}}}}"
        ),
        15 => format!(
            "{{text: 'Of all {{{sum}}}, {{{other}}}; {{{sum}.change}} against {{{number}.previous}}.'}}"
        ),
        _ => {
            format!(
                "{{chart: bar, x: day, grain: month, y: {sum}, annotations: {{dataset: events, at: day, text: word}}}}"
            )
        }
    }
}

/// A report with `panels` panels.
pub(super) fn report(dice: &mut Dice, panels: usize) -> String {
    let mut text = String::from(
        "kind: report\ntitle: Hunt\nowner: everybody\ndataset: data\nlocale: en\nparameters:\n  \
         period: {type: period, default: all, compare: same_period_last_year}\n  \
         country: {type: member, of: country, multiple: true}\n  store: {type: member, of: store}\n  \
         name: {type: text}\n\
         filters:\n  store: {contains: {parameter: name}}\npanels:\n",
    );
    for index in 0..panels {
        let mut panel = panel(dice);
        if dice.below(3) == 0 && !panel.starts_with("{text") {
            let value = dice.of(&["KR", "HK", "US"]);
            panel = panel.replacen('{', &format!("{{filters: {{country: {value}}}, "), 1);
        }
        writeln!(text, "  p{index}: {panel}").unwrap();
    }
    text
}

/// What somebody who probes would choose: members of others, parts of their names, every period.
pub(super) fn parameters(dice: &mut Dice) -> BTreeMap<String, Vec<String>> {
    let mut chosen = BTreeMap::new();
    chosen.insert("period".to_owned(), vec![dice.of(&PERIODS).to_owned()]);
    if dice.flip() {
        let countries = (0..=dice.below(2)).map(|_| dice.of(&["KR", "HK", "US", "JP"]).to_owned()).collect();
        chosen.insert("country".to_owned(), countries);
    }
    match dice.below(4) {
        0 => {
            let store =
                dice.of(&["KR-강남", "KR-부산", "HK-銅鑼灣", "HK-中環", "US-SoHo", "none", "' or 1=1 --"]);
            chosen.insert("store".to_owned(), vec![store.to_owned()]);
        }
        1 => {
            chosen.insert("name".to_owned(), vec![dice.of(&["KR", "HK-", "강", "o", "%", "_"]).to_owned()]);
        }
        _ => {}
    }
    chosen
}

/// A question of somebody's own, as the API takes it: members of others, parts of their names, values of the wrong type.
pub(super) fn body(dice: &mut Dice) -> Value {
    let (one, two) = two(dice);
    let (number, other) = (dice.of(&NUMBERS), dice.of(&ADDITIVE));
    let mut by = vec![json!({"dimension": one})];
    match dice.below(4) {
        0 => by.push(json!({"dimension": two})),
        1 => by.push(json!({"dimension": "day", "grain": dice.of(&["month", "quarter", "year"])})),
        2 => by.clear(),
        _ => {}
    }
    // Members alone, as a list to choose from asks for them.
    let measures = if dice.below(4) == 0 && !by.is_empty() {
        Vec::new()
    } else if number == other {
        vec![number]
    } else {
        vec![number, other]
    };
    let mut filters = serde_json::Map::new();
    for _ in 0..dice.below(3) {
        let (field, condition) = condition(dice);
        filters.insert(field.to_owned(), condition);
    }
    let mut body = json!({
        "measures": measures, "by": by, "filters": filters, "limit": 1 + dice.below(20), "totals": dice.flip(),
    });
    if dice.flip() {
        body["period"] = json!(dice.of(&PERIODS));
    }
    if body.get("period").is_some() && dice.below(3) == 0 {
        body["compare"] = json!(dice.of(&["previous_period", "same_period_last_year"]));
    }
    if dice.below(3) == 0 && !measures.is_empty() {
        body["sort"] = json!([format!("-{}", measures[0])]);
    }
    if dice.below(4) == 0 {
        let (count, others) = (1 + dice.below(3), dice.flip());
        body["top"] = json!({"dimension": one, "measure": number, "count": count, "others": others});
    }
    if dice.below(12) == 0 {
        body["by"] = json!([{"dimension": dice.of(&["amount", "customer", "stor", "source_region"])}]);
    }
    body
}

fn condition(dice: &mut Dice) -> (&'static str, Value) {
    let store = dice.of(&["KR-강남", "HK-銅鑼灣", "US-SoHo", "none"]);
    let part = dice.of(&["KR", "HK-", "강", "o", "%", "_", "'"]);
    match dice.below(9) {
        0 => ("store", json!({"is": [store]})),
        1 => ("store", json!({"not": [store]})),
        2 => ("store", json!({"contains": part})),
        3 => ("store", json!({"starts_with": part})),
        4 => ("country", json!({"not": [dice.of(&["KR", "HK", "US"])]})),
        5 => ("country", json!({"gte": "HK", "lt": "US"})),
        6 => ("grade", json!({"gt": dice.below(3)})),
        7 => ("day", json!({"gte": "2025-02-01", "lte": dice.of(&["2025-06-30", "never"])})),
        _ => ("grade", json!({"is": [dice.of(&["four", "1"])]})),
    }
}
