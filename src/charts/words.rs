//! The few words charts say themselves.

use super::overlay::Level;
use crate::format::{Locale, NumberFormat, NumberStyle};

pub(super) fn no_data(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "표시할 데이터가 없습니다",
        Locale::En => "No data to show",
        Locale::ZhHk => "沒有可顯示的資料",
    }
}

/// A series that is read on the right axis.
pub(super) fn on_the_right(name: &str, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("{name} (우)"),
        Locale::En => format!("{name} (right)"),
        Locale::ZhHk => format!("{name} (右)"),
    }
}

/// A series that is read on the left axis.
pub(super) fn on_the_left(name: &str, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("{name} (좌)"),
        Locale::En => format!("{name} (left)"),
        Locale::ZhHk => format!("{name} (左)"),
    }
}

pub(super) fn total(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "합계",
        Locale::En => "Total",
        Locale::ZhHk => "合計",
    }
}

/// How many small members were drawn as one.
pub(super) fn the_rest(name: &str, count: usize, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("{name} ({count}개)"),
        Locale::En => format!("{name} ({count})"),
        Locale::ZhHk => format!("{name} ({count} 項)"),
    }
}

/// How many names of a legend found no room.
pub(super) fn more(count: usize, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("외 {count}개"),
        Locale::En => format!("+{count} more"),
        Locale::ZhHk => format!("另外 {count} 項"),
    }
}

/// How many of all are shown, where not all are.
pub(super) fn first_of(shown: usize, all: usize, locale: Locale) -> String {
    let (shown, all) = (counted(shown, locale), counted(all, locale));
    match locale {
        Locale::Ko => format!("{all}개 중 처음 {shown}개"),
        Locale::En => format!("first {shown} of {all}"),
        Locale::ZhHk => format!("{all} 項中首 {shown} 項"),
    }
}

/// How many of all points are drawn, where they are a sample.
pub(super) fn sample_of(shown: usize, all: usize, locale: Locale) -> String {
    let (shown, all) = (counted(shown, locale), counted(all, locale));
    match locale {
        Locale::Ko => format!("{all}개 중 고르게 뽑은 {shown}개 (양 끝 값 포함)"),
        Locale::En => format!("an even sample of {shown} of {all}, with the extremes"),
        Locale::ZhHk => format!("{all} 項中平均抽取 {shown} 項（含極值）"),
    }
}

/// The same for events along the axis.
pub(super) fn events_shown(shown: usize, all: usize, locale: Locale) -> String {
    let (shown, all) = (counted(shown, locale), counted(all, locale));
    match locale {
        Locale::Ko => format!("이벤트 {all}건 중 처음 {shown}건 표시"),
        Locale::En => format!("first {shown} of {all} events"),
        Locale::ZhHk => format!("{all} 項活動中首 {shown} 項"),
    }
}

/// The same where the last ones are shown.
pub(super) fn last_of(shown: usize, all: usize, locale: Locale) -> String {
    let (shown, all) = (counted(shown, locale), counted(all, locale));
    match locale {
        Locale::Ko => format!("{all}개 중 마지막 {shown}개"),
        Locale::En => format!("last {shown} of {all}"),
        Locale::ZhHk => format!("{all} 項中最後 {shown} 項"),
    }
}

fn counted(count: usize, locale: Locale) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    NumberFormat::default().write(count, NumberStyle::Full, locale)
}

/// How many members are left out, because a negative number has no share.
pub(super) fn negatives_left_out(count: usize, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("음수 {count}개 제외"),
        Locale::En => format!("{count} negative left out"),
        Locale::ZhHk => format!("不含 {count} 項負數"),
    }
}

/// How many members of something there are.
pub(super) fn count_of(name: &str, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("{name} 수"),
        Locale::En => format!("{name} (count)"),
        Locale::ZhHk => format!("{name}數目"),
    }
}

/// What the areas of bubbles tell.
pub(super) fn size_tells(name: &str, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("원 크기: {name}"),
        Locale::En => format!("size: {name}"),
        Locale::ZhHk => format!("圓圈大小：{name}"),
    }
}

/// The share of the whole.
pub(super) fn share(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "비중",
        Locale::En => "Share",
        Locale::ZhHk => "佔比",
    }
}

/// The share of all members so far.
pub(super) fn cumulative_share(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "누적 비중",
        Locale::En => "Cumulative share",
        Locale::ZhHk => "累計佔比",
    }
}

/// A step up.
pub(super) fn increase(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "증가",
        Locale::En => "Increase",
        Locale::ZhHk => "增加",
    }
}

/// A step down.
pub(super) fn decrease(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "감소",
        Locale::En => "Decrease",
        Locale::ZhHk => "減少",
    }
}

/// The difference between two moments.
pub(super) fn change(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "증감",
        Locale::En => "Change",
        Locale::ZhHk => "增減",
    }
}

/// Where a step has led.
pub(super) fn running_total(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "누계",
        Locale::En => "Running total",
        Locale::ZhHk => "累計",
    }
}

/// What a number is measured against.
pub(super) fn target(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "목표",
        Locale::En => "Target",
        Locale::ZhHk => "目標",
    }
}

/// A number as a share of its target.
pub(super) fn attainment(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "달성률",
        Locale::En => "Attainment",
        Locale::ZhHk => "達成率",
    }
}

/// The share of the first stage.
pub(super) fn of_first(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "첫 단계 대비",
        Locale::En => "of first",
        Locale::ZhHk => "佔首階段",
    }
}

/// The share of the stage before.
pub(super) fn of_previous(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "이전 단계 대비",
        Locale::En => "of previous",
        Locale::ZhHk => "佔上一階段",
    }
}

/// The greatest observation.
pub(super) fn maximum(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "최댓값",
        Locale::En => "Maximum",
        Locale::ZhHk => "最大值",
    }
}

/// The number that a quarter lies above.
pub(super) fn upper_quartile(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "3사분위수",
        Locale::En => "Upper quartile",
        Locale::ZhHk => "上四分位數",
    }
}

/// The number in the middle.
pub(super) fn median(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "중앙값",
        Locale::En => "Median",
        Locale::ZhHk => "中位數",
    }
}

/// The number that a quarter lies below.
pub(super) fn lower_quartile(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "1사분위수",
        Locale::En => "Lower quartile",
        Locale::ZhHk => "下四分位數",
    }
}

/// The least observation.
pub(super) fn minimum(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "최솟값",
        Locale::En => "Minimum",
        Locale::ZhHk => "最小值",
    }
}

/// How many observations there are.
pub(super) fn observations(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "관측치 수",
        Locale::En => "Observations",
        Locale::ZhHk => "觀測數目",
    }
}

/// What a reference line at a statistic is called; nothing where it stands at a number.
pub(super) fn level(level: Level, locale: Locale) -> &'static str {
    match (level, locale) {
        (Level::Value(_), _) => "",
        (Level::Average, Locale::Ko) => "평균",
        (Level::Average, Locale::En) => "Average",
        (Level::Average, Locale::ZhHk) => "平均",
        (Level::Median, _) => median(locale),
        (Level::Max, _) => maximum(locale),
        (Level::Min, _) => minimum(locale),
    }
}

/// The line of least squares.
pub(super) fn trend(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "추세",
        Locale::En => "Trend",
        Locale::ZhHk => "趨勢",
    }
}

/// The initials of the days of a week, Monday first.
pub(super) fn weekdays(locale: Locale) -> [&'static str; 7] {
    match locale {
        Locale::Ko => ["월", "화", "수", "목", "금", "토", "일"],
        Locale::En => ["M", "T", "W", "T", "F", "S", "S"],
        Locale::ZhHk => ["一", "二", "三", "四", "五", "六", "日"],
    }
}
