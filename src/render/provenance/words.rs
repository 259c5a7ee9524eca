//! The words of the proof line, in every language.

use crate::format::Locale;

/// What stands before each part.
pub(super) struct Words {
    pub(super) definition: &'static str,
    pub(super) data: &'static str,
    pub(super) digest: &'static str,
    pub(super) run: &'static str,
    pub(super) viewer: &'static str,
    pub(super) schedule: &'static str,
}

pub(super) fn of(locale: Locale) -> Words {
    match locale {
        Locale::Ko => Words {
            definition: "정의",
            data: "데이터",
            digest: "확인번호",
            run: "실행",
            viewer: "조회",
            schedule: "예약",
        },
        Locale::En => Words {
            definition: "definition",
            data: "data",
            digest: "digest",
            run: "run",
            viewer: "viewer",
            schedule: "schedule",
        },
        Locale::ZhHk => Words {
            definition: "定義",
            data: "數據",
            digest: "核對碼",
            run: "執行",
            viewer: "檢視",
            schedule: "排程",
        },
    }
}
