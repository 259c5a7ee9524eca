//! The part of an address behind `?`: the state of a view.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use url::form_urlencoded;

use crate::definitions::model::RESERVED;

/// What the period control sends when its dates count instead of a named period.
pub(super) const CUSTOM_PERIOD: &str = "custom";

/// What stands behind a parameter's name in the keys of a period's first and last day. Parameter
/// names hold no `-`, so these never collide with another parameter.
pub(super) const FROM: &str = "-from";
/// See [`FROM`].
pub(super) const TO: &str = "-to";

/// The pairs of an address, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Address(Vec<(String, String)>);

impl Address {
    /// Reads the part behind `?`.
    pub(super) fn parse(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
    }

    /// The first value of `key`.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Whether `key` is switched on.
    pub(super) fn has_flag(&self, key: &str) -> bool {
        self.get(key) == Some("1")
    }

    /// The same without `key`.
    #[must_use]
    pub(super) fn without(&self, key: &str) -> Self {
        Self(self.0.iter().filter(|(name, _)| name != key).cloned().collect())
    }

    /// The same with `key` at this one value.
    #[must_use]
    pub(super) fn with(&self, key: &str, value: &str) -> Self {
        let mut pairs = self.without(key);
        pairs.0.push((key.to_owned(), value.to_owned()));
        pairs
    }

    /// Adds a pair at the end.
    pub(super) fn push(&mut self, key: &str, value: &str) {
        self.0.push((key.to_owned(), value.to_owned()));
    }

    /// The same with report parameters only.
    #[must_use]
    pub(super) fn view(&self) -> Self {
        Self(self.0.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str())).cloned().collect())
    }

    /// The values of report parameters. A key that only has empty values is kept with none:
    /// deliberately nothing, where an absent key means the default.
    pub(super) fn parameters(&self) -> BTreeMap<String, Vec<String>> {
        let view = self.view();
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in &view.0 {
            if name.ends_with(FROM) || name.ends_with(TO) {
                continue;
            }
            let list = values.entry(name.clone()).or_default();
            if !value.is_empty() && !list.contains(value) {
                list.push(value.clone());
            }
        }
        let ranges = view.0.iter().filter_map(|(key, from)| {
            let name = key.strip_suffix(FROM)?;
            let to = view.get(&format!("{name}{TO}")).unwrap_or_default();
            Some((name, format!("{from}..{to}")))
        });
        for (name, range) in ranges {
            // A named period wins over dates that were left in the form.
            let custom = values.get(name).is_none_or(|list| list.is_empty() || list == &[CUSTOM_PERIOD]);
            if custom && range != ".." {
                values.insert(name.to_owned(), vec![range]);
            }
        }
        values
    }

    /// The text behind a path: empty, or `?…`.
    pub(super) fn query(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut text = form_urlencoded::Serializer::for_suffix("?".to_owned(), 1);
        for (key, value) in &self.0 {
            text.append_pair(key, value);
        }
        text.finish()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Vec<(String, Vec<String>)> {
        Address::parse(Some(query)).parameters().into_iter().collect()
    }

    fn one(name: &str, values: &[&str]) -> Vec<(String, Vec<String>)> {
        vec![(name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())]
    }

    #[test]
    fn the_doors_own_keys_never_reach_a_report() {
        assert_eq!(
            parameters(
                "lang=en&country=KR&complete=1&width=300&page=1&heavy=1&download=1&country=HK&country=KR"
            ),
            one("country", &["KR", "HK"])
        );
    }

    #[test]
    fn an_empty_key_means_nothing_and_an_absent_one_the_default() {
        assert_eq!(parameters("country="), one("country", &[]));
        assert_eq!(parameters("country=&country=HK"), one("country", &["HK"]));
    }

    #[test]
    fn dates_count_only_where_no_period_is_named() {
        let dates = "period-from=2026-01-01&period-to=2026-01-31";
        let range = one("period", &["2026-01-01..2026-01-31"]);
        assert_eq!(parameters(&format!("period=custom&{dates}")), range);
        assert_eq!(parameters(dates), range);
        assert_eq!(parameters(&format!("period=last_month&{dates}")), one("period", &["last_month"]));
        assert_eq!(parameters("period=last_month&period-from=&period-to="), one("period", &["last_month"]));
        assert_eq!(parameters("period=custom&period-from=2026-01-01"), one("period", &["2026-01-01.."]));
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let address = Address::parse(Some("a=%26%3D%00&a=%ED%95%9C&b=1+2&%3F=%2B"));
        assert_eq!(Address::parse(Some(address.query().trim_start_matches('?'))), address);
        assert_eq!(Address::default().query(), "");
        assert_eq!(Address::parse(Some("a=1")).with("a", "2").query(), "?a=2");
    }
}
