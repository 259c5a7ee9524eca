//! What runs wait for, in the reader's language.

use crate::format::Locale;
use crate::runs::store::Missing;

/// A line for each.
pub fn lines(missing: &[Missing], locale: Locale) -> Vec<String> {
    missing.iter().map(|missing| line(missing, locale)).collect()
}

/// One of them.
pub fn line(missing: &Missing, locale: Locale) -> String {
    match (locale, missing) {
        (Locale::En, missing) => {
            let text = missing.to_string();
            let mut letters = text.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
        }
        (Locale::Ko, Missing::Dataset { dataset, wanted, found: Some(found) }) => {
            format!("데이터셋 {dataset}: {wanted}까지 있어야 하는데 {found}까지 있습니다")
        }
        (Locale::Ko, Missing::Dataset { dataset, wanted, found: None }) => {
            format!("데이터셋 {dataset}: {wanted}까지 있어야 하는데 비어 있습니다")
        }
        (Locale::Ko, Missing::Object { source, path }) => format!("{source}에 파일이 없습니다: {path}"),
        (Locale::Ko, Missing::Signal { name, key }) => format!("신호가 오지 않았습니다: {name} ({key})"),
        (Locale::Ko, Missing::Schedule { schedule }) => {
            format!("같은 날의 다른 일정이 끝나지 않았습니다: {schedule}")
        }
        (Locale::Ko, Missing::Unknown { what, cause }) => format!("확인할 수 없습니다: {what} ({cause})"),
        (Locale::ZhHk, Missing::Dataset { dataset, wanted, found: Some(found) }) => {
            format!("資料集 {dataset}：應齊備至 {wanted}，現時只到 {found}")
        }
        (Locale::ZhHk, Missing::Dataset { dataset, wanted, found: None }) => {
            format!("資料集 {dataset}：應齊備至 {wanted}，現時沒有資料")
        }
        (Locale::ZhHk, Missing::Object { source, path }) => format!("{source} 沒有檔案：{path}"),
        (Locale::ZhHk, Missing::Signal { name, key }) => format!("尚未收到訊號：{name}（{key}）"),
        (Locale::ZhHk, Missing::Schedule { schedule }) => format!("同日的另一排程尚未完成：{schedule}"),
        (Locale::ZhHk, Missing::Unknown { what, cause }) => format!("無法查核：{what}（{cause}）"),
    }
}
