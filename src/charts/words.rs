//! The few words charts say themselves.

use crate::format::Locale;

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
