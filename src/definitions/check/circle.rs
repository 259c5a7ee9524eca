//! Circles among names that refer to each other.

use std::collections::{BTreeMap, HashMap, HashSet};

/// The most circles that are told of one graph: a file with more is not read to its end by anybody, and the number
/// of names in all of them grows with the square of those in the file.
const MOST: usize = 100;

/// How many names of a long circle are shown before and after what is left out.
const SHOWN: usize = 20;

/// Circles, each from its first name in order around to the same name again. Whoever breaks up all of them has none
/// left, unless there were as many as are told at most.
pub(super) fn circles<'a>(uses: &'a BTreeMap<&'a str, Vec<String>>) -> Vec<Vec<&'a str>> {
    let mut found = Vec::new();
    let mut done: HashSet<&str> = HashSet::new();
    for start in uses.keys() {
        // Depth first with an own stack: a chain may be as long as the file allows.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_way: HashMap<&str, usize> = HashMap::from([(*start, 0)]);
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
            if let Some(from) = on_way.get(referred) {
                let mut names: Vec<&str> = way.iter().skip(*from).map(|(name, _)| *name).collect();
                names.push(referred);
                found.push(names);
                if found.len() >= MOST {
                    return found;
                }
            } else if !done.contains(referred) {
                on_way.insert(referred, way.len());
                way.push((referred, 0));
            }
        }
    }
    found
}

/// A circle in words: `a → b → a`. Of a long one the middle is left out, and it says of how many.
pub(super) fn around(circle: &[&str]) -> String {
    let left_out = circle.len().saturating_sub(2 * SHOWN);
    if left_out < 2 {
        return circle.join(" → ");
    }
    let (first, last) = (circle.get(..SHOWN), circle.get(circle.len() - SHOWN..));
    let (first, last) = (first.unwrap_or_default().join(" → "), last.unwrap_or_default().join(" → "));
    format!("{first} → … {left_out} more … → {last}")
}
