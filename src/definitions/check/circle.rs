//! Circles among names that refer to each other.

use std::collections::{BTreeMap, BTreeSet};

/// Every circle once, from its first name in order around to the same name again.
pub(super) fn circles<'a>(uses: &'a BTreeMap<&'a str, Vec<String>>) -> Vec<Vec<&'a str>> {
    let mut found = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in uses.keys() {
        // Depth first with an own stack: a chain may be as long as the file allows.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_way: BTreeSet<&str> = BTreeSet::from([*start]);
        while let Some((name, next)) = way.last_mut() {
            let referred =
                if done.contains(*name) { None } else { uses.get(*name).and_then(|uses| uses.get(*next)) };
            *next += 1;
            let Some(referred) = referred else {
                done.insert(name);
                on_way.remove(*name);
                way.pop();
                continue;
            };
            let Some((referred, _)) = uses.get_key_value(referred.as_str()) else { continue };
            if on_way.contains(referred) {
                let from = way.iter().position(|(name, _)| name == referred).unwrap_or_default();
                let mut names: Vec<&str> = way.iter().skip(from).map(|(name, _)| *name).collect();
                names.push(referred);
                found.push(names);
            } else if !done.contains(referred) {
                on_way.insert(referred);
                way.push((referred, 0));
            }
        }
    }
    found
}
