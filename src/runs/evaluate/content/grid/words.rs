//! The heads of derived values, in every language.

use crate::definitions::model::{Compare, Show, ToDate};
use crate::format::Locale;

/// Heads the change from the comparison period in a table of plain fields.
pub(super) fn change(locale: Locale) -> &'static str {
    of(["증감률", "Change", "變動"], locale)
}

/// The head of what is shown of a measure; `None` where that is the measure itself.
pub(super) fn show(show: Show, compare: Compare, locale: Locale) -> Option<&'static str> {
    let last_year = compare == Compare::SamePeriodLastYear;
    let words = match show {
        Show::Value => return None,
        Show::Previous if last_year => ["전년 동기", "Last year", "去年同期"],
        Show::Previous => ["직전 기간", "Previous", "上一期間"],
        Show::Difference | Show::Step => ["증감", "Difference", "增減"],
        Show::Change if last_year => ["전년 동기 대비", "vs. last year", "較去年同期"],
        Show::Change | Show::StepChange => ["증감률", "Change", "變動"],
        Show::Ratio if last_year => ["전년 동기비", "Ratio to last year", "去年同期比"],
        Show::Ratio => ["직전 기간비", "Ratio to previous", "上期比"],
        Show::ShareOfTotal | Show::ShareOfRow | Show::ShareOfColumn | Show::ShareOfGroup => {
            ["구성비", "Share", "佔比"]
        }
        Show::RunningTotal => ["누계", "Running total", "累計"],
        Show::Rank => ["순위", "Rank", "排名"],
        Show::Sparkline => ["추이", "Trend", "走勢"],
    };
    Some(of(words, locale))
}

/// The head of a measure over other days than the report's.
pub(super) fn to_date(period: ToDate, locale: Locale) -> &'static str {
    let words = match period {
        ToDate::MonthToDate => ["당월 누계", "Month to date", "本月累計"],
        ToDate::QuarterToDate => ["분기 누계", "Quarter to date", "本季累計"],
        ToDate::YearToDate => ["연 누계", "Year to date", "全年累計"],
        ToDate::Last12Months => ["최근 12개월", "Last 12 months", "最近 12 個月"],
    };
    of(words, locale)
}

fn of(words: [&'static str; 3], locale: Locale) -> &'static str {
    let [ko, en, zh] = words;
    match locale {
        Locale::Ko => ko,
        Locale::En => en,
        Locale::ZhHk => zh,
    }
}
