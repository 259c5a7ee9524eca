//! What the address of the page asks for.

use chrono::NaiveDate;

use super::{Names, PATH};
use crate::ledger::queries::CostBy;
use crate::web::address::Address;
use crate::web::backend::CostsOnly;

/// What costs are shown by, in the order of the page.
pub(super) const BY: [CostBy; 11] = [
    CostBy::Role,
    CostBy::Report,
    CostBy::Panel,
    CostBy::Schedule,
    CostBy::Dataset,
    CostBy::Source,
    CostBy::Region,
    CostBy::Viewer,
    CostBy::Purpose,
    CostBy::Day,
    CostBy::Month,
];

/// What can be chosen to see it alone.
const ONLY: [CostBy; 6] =
    [CostBy::Role, CostBy::Report, CostBy::Dataset, CostBy::Source, CostBy::Region, CostBy::Viewer];

/// What the address asks for; what means nothing asks for nothing.
pub(super) struct Asked {
    /// The first day of the month; `None` for the present one.
    pub(super) month: Option<NaiveDate>,
    pub(super) by: CostBy,
    pub(super) only: CostsOnly,
}

/// Something that is seen alone.
pub(super) struct Filtered {
    pub(super) what: &'static str,
    pub(super) name: String,
    /// The page without that.
    pub(super) url: String,
}

impl Asked {
    pub(super) fn of(address: &Address) -> Self {
        let month = address.get("month").and_then(|month| format!("{month}-01").parse().ok());
        let by = address.get("by").and_then(|by| by.parse().ok()).unwrap_or(CostBy::Role);
        let text = |by: CostBy| address.get(by.as_str()).map(str::to_owned);
        let only = CostsOnly {
            role: text(CostBy::Role),
            report: text(CostBy::Report),
            dataset: text(CostBy::Dataset),
            source: text(CostBy::Source),
            region: text(CostBy::Region),
            viewer: text(CostBy::Viewer),
        };
        Self { month, by, only }
    }

    fn value(&self, by: CostBy) -> Option<&str> {
        match by {
            CostBy::Role => self.only.role.as_deref(),
            CostBy::Report => self.only.report.as_deref(),
            CostBy::Dataset => self.only.dataset.as_deref(),
            CostBy::Source => self.only.source.as_deref(),
            CostBy::Region => self.only.region.as_deref(),
            CostBy::Viewer => self.only.viewer.as_deref(),
            _ => None,
        }
    }

    /// The page of one line alone, by the next that was not chosen; `None` where that cannot be.
    pub(super) fn narrower(&self, address: &Address, key: &str) -> Option<String> {
        if self.by == CostBy::Month {
            return Some(format!(
                "{PATH}{}",
                address.with("month", key).with("by", CostBy::Day.as_str()).query()
            ));
        }
        let has = ONLY.contains(&self.by) && self.value(self.by).is_none();
        let next = ONLY.iter().find(|by| **by != self.by && self.value(**by).is_none()).copied();
        let next = next.unwrap_or(CostBy::Panel);
        has.then(|| {
            let there = address.with(self.by.as_str(), key);
            format!("{PATH}{}", there.with("by", next.as_str()).query())
        })
    }

    /// What is seen alone.
    pub(super) fn filtered(&self, address: &Address, names: &Names<'_>) -> Vec<Filtered> {
        let chosen = ONLY.iter().filter_map(|by| Some((*by, self.value(*by)?)));
        chosen
            .map(|(by, key)| Filtered {
                what: names.w.by(by),
                name: names.of(by, key).0,
                url: format!("{PATH}{}", address.without(by.as_str()).query()),
            })
            .collect()
    }
}
