//! The fixed words of a mail.

use crate::format::Locale;

/// The fixed words of a mail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) open: &'static str,
    pub(super) attached: &'static str,
    pub(super) too_large: &'static str,
    pub(super) failed: &'static str,
    pub(super) see_sheet: &'static str,
    pub(super) automatic: &'static str,
    pub(super) see_picture: &'static str,
    pub(super) leave: &'static str,
}

pub(super) fn of(locale: Locale) -> Words {
    match locale {
        Locale::Ko => Words {
            open: "대시보드 열기",
            attached: "첨부 파일",
            too_large: "첨부하기에 큰 파일은 여기에서 열 수 있습니다",
            failed: "이 항목은 불러오지 못했습니다.",
            see_sheet: "전체 내용은 첨부 파일에 있습니다.",
            automatic: "이 메일은 예약에 따라 자동으로 발송되었습니다.",
            see_picture: "차트는 첨부 파일에서 볼 수 있습니다.",
            leave: "그만 받기",
        },
        Locale::En => Words {
            open: "Open dashboard",
            attached: "Attached",
            too_large: "Too large to be attached; open here",
            failed: "This panel could not be loaded.",
            see_sheet: "The complete table is in the attached file.",
            automatic: "This mail was sent automatically by a schedule.",
            see_picture: "The chart is in the attached file.",
            leave: "Unsubscribe",
        },
        Locale::ZhHk => Words {
            open: "開啟儀表板",
            attached: "附件",
            too_large: "檔案太大未能附上，請在此開啟",
            failed: "此項目未能載入。",
            see_sheet: "完整內容載於附件。",
            automatic: "此郵件由排程自動發送。",
            see_picture: "圖表載於附件。",
            leave: "取消接收",
        },
    }
}
