//! How a report is reached: at its own address, through a link, or inside of a page of another site.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Address;
use super::frame::Surroundings;
use crate::definitions::model::ReportId;

/// How a report is reached, and what of it the address can choose.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// The address of its dashboard. Files have an ending there, panels are below.
    pub(super) base: String,
    /// What stands around it.
    pub(super) surroundings: Surroundings,
    /// What is fixed; `None` where the address chooses everything.
    fixed: Option<Fixed>,
    /// A pair that every address below carries along.
    carried: Option<(&'static str, String)>,
}

/// The values that addresses cannot change.
#[derive(Debug, Clone)]
struct Fixed {
    values: BTreeMap<String, Vec<String>>,
    /// Parameters that can be changed all the same.
    open: BTreeSet<String>,
}

impl Way {
    /// The report's own address.
    pub(super) fn own(report: &ReportId) -> Self {
        Self {
            base: format!("/reports/{report}"),
            surroundings: Surroundings::Site,
            fixed: None,
            carried: None,
        }
    }

    /// A link to the report.
    pub(super) fn shared(
        secret: &str,
        values: BTreeMap<String, Vec<String>>,
        open: BTreeSet<String>,
    ) -> Self {
        Self {
            base: format!("/share/{secret}"),
            surroundings: Surroundings::Alone,
            fixed: Some(Fixed { values, open }),
            carried: None,
        }
    }

    /// A page of another site, which has a token.
    pub(super) fn embedded(report: &ReportId, values: BTreeMap<String, Vec<String>>, token: &str) -> Self {
        Self {
            base: format!("/embed/{report}"),
            surroundings: Surroundings::Bare,
            fixed: Some(Fixed { values, open: BTreeSet::new() }),
            carried: Some(("token", token.to_owned())),
        }
    }

    /// Whether the address can choose this parameter.
    pub(super) fn is_open(&self, name: &str) -> bool {
        self.fixed.as_ref().is_none_or(|fixed| fixed.open.contains(name))
    }

    /// Whether it is the report's own address.
    pub(super) fn is_own(&self) -> bool {
        self.fixed.is_none()
    }

    /// The values of parameters: what is fixed, and of the address what is open.
    pub(super) fn parameters(&self, address: &Address) -> BTreeMap<String, Vec<String>> {
        let mut asked = address.parameters();
        let Some(fixed) = &self.fixed else { return asked };
        let mut values = fixed.values.clone();
        asked.retain(|name, _| fixed.open.contains(name));
        values.extend(asked);
        values
    }

    /// What the address alone says about parameters that are open.
    pub(super) fn asked(&self, address: &Address) -> BTreeMap<String, Vec<String>> {
        let mut asked = address.parameters();
        asked.retain(|name, _| self.is_open(name));
        asked
    }

    /// The pair that forms must send along.
    pub(super) fn carried(&self) -> Option<(&'static str, String)> {
        self.carried.clone()
    }

    /// The address of a view: its open parameters as they are understood, what is carried along, and its
    /// language.
    pub(super) fn address_of(&self, parameters: &BTreeMap<String, Vec<String>>, asked: &Address) -> Address {
        let mut address = Address::default();
        for (name, values) in parameters.iter().filter(|(name, _)| self.is_open(name)) {
            if values.is_empty() {
                address.push(name, "");
            }
            for value in values {
                address.push(name, value);
            }
        }
        if let Some((name, value)) = &self.carried {
            address.push(name, value);
        }
        match asked.get("lang") {
            Some(lang) => address.with("lang", lang),
            None => address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
    }

    #[test]
    fn what_is_fixed_is_not_chosen_by_addresses() {
        let way = Way::shared(
            "s",
            values(&[("country", "KR"), ("period", "last_month")]),
            ["period".into()].into(),
        );
        let address = Address::parse(Some("country=HK&country=&period=today&other=1&lang=en"));
        assert_eq!(way.parameters(&address), values(&[("country", "KR"), ("period", "today")]));
        let asked = way.parameters(&address);
        assert_eq!(way.address_of(&asked, &address).query(), "?period=today&lang=en");
        // Days that stand apart in the address are the same parameter.
        let days = Address::parse(Some("country-from=2026-01-01&country-to=2026-01-02"));
        assert_eq!(way.parameters(&days), values(&[("country", "KR"), ("period", "last_month")]));
        let report = ReportId::parse("weekly").unwrap();
        let embedded = Way::embedded(&report, values(&[("country", "KR")]), "t");
        assert_eq!(embedded.parameters(&address), values(&[("country", "KR")]));
        assert_eq!(embedded.address_of(&asked, &Address::default()).query(), "?token=t");
        assert_eq!(Way::own(&report).parameters(&address)["country"], ["HK"]);
    }
}
