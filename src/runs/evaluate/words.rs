//! The words of evaluation, in every language.

use std::collections::BTreeSet;

use crate::definitions::model::Compare;
use crate::definitions::period::{PeriodSpec, PeriodUnit};
use crate::error::Kind;
use crate::format::Locale;

/// What a viewer is told of a failure that is not theirs to mend.
pub(super) fn failure(kind: Kind, locale: Locale) -> &'static str {
    use Locale::{En, Ko, ZhHk};
    match (kind, locale) {
        (Kind::Unavailable, Ko) => "데이터에 연결할 수 없습니다. 잠시 후 다시 시도하세요.",
        (Kind::Unavailable, En) => "The data cannot be reached. Try again in a moment.",
        (Kind::Unavailable, ZhHk) => "無法連接數據，請稍後再試。",
        (Kind::BadData, Ko) => "데이터를 읽을 수 없습니다. 담당자에게 오류 번호를 알려 주세요.",
        (Kind::BadData, En) => "The data cannot be read. Tell the owner the error number.",
        (Kind::BadData, ZhHk) => "無法讀取數據，請把錯誤編號告知負責人。",
        (Kind::BadDefinition, Ko) => "정의 파일에 오류가 있습니다. 담당자에게 오류 번호를 알려 주세요.",
        (Kind::BadDefinition, En) => "The definition has an error. Tell the owner the error number.",
        (Kind::BadDefinition, ZhHk) => "定義檔有錯誤，請把錯誤編號告知負責人。",
        (Kind::Forbidden, Ko) => "이 데이터를 볼 권한이 없습니다.",
        (Kind::Forbidden, En) => "You may not see these data.",
        (Kind::Forbidden, ZhHk) => "你沒有權限檢視這些數據。",
        (_, Ko) => "내부 오류가 발생했습니다. 담당자에게 오류 번호를 알려 주세요.",
        (_, En) => "Something went wrong inside. Tell the owner the error number.",
        (_, ZhHk) => "發生內部錯誤，請把錯誤編號告知負責人。",
    }
}

/// What a viewer is told where the budget is spent that would pay; whose it is and how much, its role knows.
pub(super) fn overspent(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "이번 달 조회 예산을 모두 썼습니다. 이미 조회한 수치는 계속 볼 수 있습니다.",
        Locale::En => "This month's budget for questions is spent. Answers that are there are still shown.",
        Locale::ZhHk => "本月查詢預算已用完；已有的結果仍會顯示。",
    }
}

/// What a panel says first whose numbers lack regions.
pub fn missing_regions(regions: &BTreeSet<String>, locale: Locale) -> String {
    let regions = regions.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    match locale {
        Locale::Ko => format!("불완전: {regions} 리전에 연결할 수 없어 그 수치는 빠져 있습니다."),
        Locale::En => {
            format!("Incomplete: without {regions}, which could not be reached.")
        }
        Locale::ZhHk => format!("數據不完整：無法連接 {regions} 區域，未計入其數值。"),
    }
}

/// What a comparison is with: "전주 대비", "vs. previous week".
pub(super) fn compared_with(compare: Compare, spec: PeriodSpec, locale: Locale) -> &'static str {
    use Locale::{En, Ko, ZhHk};
    if compare == Compare::SamePeriodLastYear {
        return match locale {
            Ko => "전년 동기 대비",
            En => "vs. last year",
            ZhHk => "較去年同期",
        };
    }
    let unit = match spec {
        PeriodSpec::This(unit)
        | PeriodSpec::LastComplete(unit)
        | PeriodSpec::ToDate(unit)
        | PeriodSpec::Last { count: 1, unit } => Some(unit),
        PeriodSpec::AsOfLatest => Some(PeriodUnit::Day),
        PeriodSpec::Year(_) => Some(PeriodUnit::Year),
        PeriodSpec::Month { .. } => Some(PeriodUnit::Month),
        PeriodSpec::Quarter { .. } => Some(PeriodUnit::Quarter),
        PeriodSpec::IsoWeek { .. } => Some(PeriodUnit::Week),
        _ => None,
    };
    match (unit, locale) {
        (Some(PeriodUnit::Day), Ko) => "전일 대비",
        (Some(PeriodUnit::Day), En) => "vs. previous day",
        (Some(PeriodUnit::Day), ZhHk) => "較前一日",
        (Some(PeriodUnit::Week), Ko) => "전주 대비",
        (Some(PeriodUnit::Week), En) => "vs. previous week",
        (Some(PeriodUnit::Week), ZhHk) => "較上週",
        (Some(PeriodUnit::Month), Ko) => "전월 대비",
        (Some(PeriodUnit::Month), En) => "vs. previous month",
        (Some(PeriodUnit::Month), ZhHk) => "較上月",
        (Some(PeriodUnit::Quarter), Ko) => "전분기 대비",
        (Some(PeriodUnit::Quarter), En) => "vs. previous quarter",
        (Some(PeriodUnit::Quarter), ZhHk) => "較上季",
        (Some(PeriodUnit::Year), Ko) => "전년 대비",
        (Some(PeriodUnit::Year), En) => "vs. previous year",
        (Some(PeriodUnit::Year), ZhHk) => "較去年",
        (None, Ko) => "직전 기간 대비",
        (None, En) => "vs. previous period",
        (None, ZhHk) => "較上一期間",
    }
}

/// The comparison period's name beside a measure's: "매출 · 전년 동기".
pub(super) fn compared(compare: Compare, locale: Locale) -> &'static str {
    match (compare, locale) {
        (Compare::SamePeriodLastYear, Locale::Ko) => "전년 동기",
        (Compare::SamePeriodLastYear, Locale::En) => "last year",
        (Compare::SamePeriodLastYear, Locale::ZhHk) => "去年同期",
        (_, Locale::Ko) => "직전 기간",
        (_, Locale::En) => "previous",
        (_, Locale::ZhHk) => "上一期間",
    }
}

/// What a menu calls a period.
pub(super) fn period(spec: PeriodSpec, locale: Locale) -> String {
    use Locale::{En, Ko, ZhHk};
    let (ko, en, zh) = match spec {
        PeriodSpec::This(PeriodUnit::Day) => ("오늘", "Today", "今日"),
        PeriodSpec::This(PeriodUnit::Week) => ("이번 주", "This week", "本週"),
        PeriodSpec::This(PeriodUnit::Month) => ("이번 달", "This month", "本月"),
        PeriodSpec::This(PeriodUnit::Quarter) => ("이번 분기", "This quarter", "本季"),
        PeriodSpec::This(PeriodUnit::Year) => ("올해", "This year", "今年"),
        PeriodSpec::LastComplete(PeriodUnit::Day) => ("어제", "Yesterday", "昨日"),
        PeriodSpec::LastComplete(PeriodUnit::Week) => ("지난주", "Last week", "上週"),
        PeriodSpec::LastComplete(PeriodUnit::Month) => ("지난달", "Last month", "上月"),
        PeriodSpec::LastComplete(PeriodUnit::Quarter) => ("지난 분기", "Last quarter", "上季"),
        PeriodSpec::LastComplete(PeriodUnit::Year) => ("지난해", "Last year", "去年"),
        PeriodSpec::ToDate(PeriodUnit::Day) => ("오늘 현재", "Today so far", "今日至今"),
        PeriodSpec::ToDate(PeriodUnit::Week) => ("주 누계", "Week to date", "本週至今"),
        PeriodSpec::ToDate(PeriodUnit::Month) => ("월 누계", "Month to date", "本月至今"),
        PeriodSpec::ToDate(PeriodUnit::Quarter) => ("분기 누계", "Quarter to date", "本季至今"),
        PeriodSpec::ToDate(PeriodUnit::Year) => ("연 누계", "Year to date", "今年至今"),
        PeriodSpec::AsOfLatest => ("최근 일자", "Latest day", "最近一日"),
        PeriodSpec::All => ("전체 기간", "All time", "全部期間"),
        PeriodSpec::Last { count, unit } => return last(count, unit, locale),
        other => return other.to_string(),
    };
    match locale {
        Ko => ko,
        En => en,
        ZhHk => zh,
    }
    .to_owned()
}

fn last(count: u16, unit: PeriodUnit, locale: Locale) -> String {
    let (ko, en, zh) = match unit {
        PeriodUnit::Day => ("일", "days", "日"),
        PeriodUnit::Week => ("주", "weeks", "週"),
        PeriodUnit::Month => ("개월", "months", "個月"),
        PeriodUnit::Quarter => ("분기", "quarters", "季"),
        PeriodUnit::Year => ("년", "years", "年"),
    };
    match locale {
        Locale::Ko => format!("최근 {count}{ko}"),
        Locale::En => format!("Last {count} {en}"),
        Locale::ZhHk => format!("最近 {count} {zh}"),
    }
}

/// The words for a missing member in a control.
pub(super) fn missing(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "(값 없음)",
        Locale::En => "(no value)",
        Locale::ZhHk => "（沒有值）",
    }
}

/// "주간 매출 외 2" for several chosen members.
pub(super) fn and_more(first: &str, more: usize, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("{first} 외 {more}"),
        Locale::En => format!("{first} and {more} more"),
        Locale::ZhHk => format!("{first} 等 {} 項", more + 1),
    }
}

/// Who made the report, where, when, and for which day.
pub(super) fn prepared(locale: Locale) -> [&'static str; 4] {
    match locale {
        Locale::Ko => ["작성자", "작성부서", "작성일", "기준일"],
        Locale::En => ["Prepared by", "Department", "Date", "As of"],
        Locale::ZhHk => ["製表人", "部門", "製表日期", "基準日"],
    }
}

/// What the column of the steps of a waterfall, or the stages of a funnel, is called.
pub(super) fn item(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "항목",
        Locale::En => "Item",
        Locale::ZhHk => "項目",
    }
}
