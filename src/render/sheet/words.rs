//! The few words a sheet adds of its own, in every language.

use crate::format::{Locale, NumberFormat, NumberStyle};

/// A whole number with the separators of the locale.
pub(super) fn count(number: usize, locale: Locale) -> String {
    NumberFormat::default().write(number as i64, NumberStyle::Full, locale)
}

/// Says that a table had more rows than are shown.
pub(super) fn first_of(shown: usize, all: usize, locale: Locale) -> String {
    let (shown, all) = (count(shown, locale), count(all, locale));
    match locale {
        Locale::Ko => format!("전체 {all}건 중 처음 {shown}건"),
        Locale::En => format!("First {shown} of {all} rows"),
        Locale::ZhHk => format!("共 {all} 項，顯示首 {shown} 項"),
    }
}

/// Stands in a table without rows.
pub(super) fn no_rows(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "해당하는 데이터가 없습니다.",
        Locale::En => "There are no data for this selection.",
        Locale::ZhHk => "沒有符合條件的資料。",
    }
}

/// Follows the title of a table that began on an earlier sheet.
pub(super) fn continued(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => " (계속)",
        Locale::En => " (continued)",
        Locale::ZhHk => "（續）",
    }
}

/// Stands before the error id in the frame of a failed panel.
pub(super) fn error_id(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "오류 번호",
        Locale::En => "Error id",
        Locale::ZhHk => "錯誤編號",
    }
}

/// Heads the frame of a failed panel.
pub(super) fn not_shown(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "표시할 수 없음",
        Locale::En => "Not available",
        Locale::ZhHk => "無法顯示",
    }
}

/// Names the approval box.
pub(super) fn approval(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "결재",
        Locale::En => "Approval",
        Locale::ZhHk => "簽核",
    }
}

/// Stands for a logo where it is heard, if nobody says whose it is.
pub(super) fn logo(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "로고",
        Locale::En => "Logo",
        Locale::ZhHk => "標誌",
    }
}
