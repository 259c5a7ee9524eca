//! The few words a workbook adds of its own, in every language.

use crate::format::Locale;

/// The name of the first worksheet.
pub(super) fn summary(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "요약",
        Locale::En => "Summary",
        Locale::ZhHk => "摘要",
    }
}

/// Heads of the key numbers: name, number, comparison, change.
pub(super) fn key_numbers(locale: Locale) -> [&'static str; 4] {
    match locale {
        Locale::Ko => ["지표", "값", "비교 기간", "증감률"],
        Locale::En => ["Figure", "Value", "Comparison", "Change"],
        Locale::ZhHk => ["指標", "數值", "比較期間", "變動"],
    }
}

/// Stands in place of a panel that failed.
pub(super) fn not_shown(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "표시할 수 없음",
        Locale::En => "Not available",
        Locale::ZhHk => "無法顯示",
    }
}

/// Says that rows were cut.
pub(super) fn first_of(shown: usize, all: usize, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("전체 {all}건 중 처음 {shown}건"),
        Locale::En => format!("First {shown} of {all} rows"),
        Locale::ZhHk => format!("共 {all} 項，顯示首 {shown} 項"),
    }
}

/// The hidden worksheet with the numbers of the sparklines on the worksheet `name`.
pub(super) fn points_of(name: &str, locale: Locale) -> String {
    match locale {
        Locale::Ko => format!("추이 자료 {name}"),
        Locale::En => format!("Trend data {name}"),
        Locale::ZhHk => format!("走勢數據 {name}"),
    }
}
