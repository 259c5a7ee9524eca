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
    /// The heading over what was missing when a sheet was sent.
    pub(super) incomplete: &'static str,
    /// Stands before the day a report was made again.
    pub(super) restated: &'static str,
    /// The heading of one that was made again on {day}.
    pub(super) restated_on: &'static str,
    /// It was first sent on {day}.
    pub(super) first_sent: &'static str,
    /// It was never sent before.
    pub(super) not_sent_before: &'static str,
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
            incomplete: "데이터가 다 모이기 전에 보낸 보고서입니다",
            restated: "재작성",
            restated_on: "{day} 재작성",
            first_sent: "처음 보낸 날: {day}",
            not_sent_before: "전에 보낸 적이 없습니다",
        },
        Locale::En => Words {
            definition: "definition",
            data: "data",
            digest: "digest",
            run: "run",
            viewer: "viewer",
            schedule: "schedule",
            incomplete: "Sent before its data were complete",
            restated: "restated",
            restated_on: "Restated on {day}",
            first_sent: "First sent on {day}",
            not_sent_before: "Not sent before",
        },
        Locale::ZhHk => Words {
            definition: "定義",
            data: "數據",
            digest: "核對碼",
            run: "執行",
            viewer: "檢視",
            schedule: "排程",
            incomplete: "本報表在資料齊備前送出",
            restated: "重列",
            restated_on: "{day} 重列",
            first_sent: "首次發送：{day}",
            not_sent_before: "之前未曾發送",
        },
    }
}
