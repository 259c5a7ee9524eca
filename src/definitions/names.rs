//! Names in messages: the nearest valid one, and the list of valid ones.

/// The most names a message lists.
const LISTED: usize = 16;

/// The longest name quoted in a message, in characters.
const QUOTED: usize = 80;

/// `name` without control characters and cut to a length that fits a message.
pub(crate) fn printable(name: &str) -> String {
    let mut shown: String = name.chars().filter(|c| !c.is_control()).take(QUOTED).collect();
    if name.chars().nth(QUOTED).is_some() {
        shown.push('…');
    }
    shown
}

/// The candidate an author most likely meant by `name`; `None` when nothing is near.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| -> String {
        text.chars()
            .take(64)
            .filter(|c| !matches!(c, '_' | '-' | ' ' | '.'))
            .flat_map(char::to_lowercase)
            .collect()
    };
    let wanted = plain(name);
    if wanted.is_empty() {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = plain(candidate);
            let distance = strsim::damerau_levenshtein(&wanted, &other);
            let length = wanted.chars().count().max(other.chars().count());
            let related = distance <= length.div_ceil(3)
                || (wanted.chars().count() >= 3
                    && (other.starts_with(&wanted) || wanted.starts_with(&other)));
            (related && distance < length).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// What a message offers instead of an unknown name: the nearest one, and all that are valid.
pub(crate) fn offer<'a>(name: &str, what: &str, valid: impl IntoIterator<Item = &'a str>) -> String {
    let valid: Vec<&str> = valid.into_iter().collect();
    if valid.is_empty() {
        return format!("there are no {what} yet");
    }
    let all = format!("valid {what}: {}", list(&valid));
    match nearest(name, valid.iter().copied()) {
        Some(near) => format!("did you mean `{}`? {all}", printable(near)),
        None => all,
    }
}

/// The names, comma-separated; a long list is cut and says how many more there are.
pub(crate) fn list(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED).map(|name| printable(name)).collect();
    let more = names.len().saturating_sub(LISTED);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_ignores_case_and_separators() {
        assert_eq!(nearest("timezone", ["time", "time_zone", "title"]), Some("time_zone"));
        assert_eq!(nearest("revenu", ["orders", "revenue"]), Some("revenue"));
        assert_eq!(nearest("매출엑", ["매출액", "주문"]), Some("매출액"));
        assert_eq!(nearest("zzz", ["orders", "revenue"]), None);
        assert_eq!(nearest("", ["orders"]), None);
    }

    #[test]
    fn a_long_list_of_valid_names_is_cut_and_says_so() {
        let names: Vec<String> = (0..40).map(|n| format!("field_{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(list(&names).ends_with("field_15 and 24 more"));
    }
}
