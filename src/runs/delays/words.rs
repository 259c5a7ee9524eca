//! The words of notices that a report is late.

use crate::format::Locale;

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) late: &'static str,
    pub(super) report: &'static str,
    pub(super) planned: &'static str,
    pub(super) why: &'static str,
    pub(super) waits: &'static str,
    pub(super) looked_into: &'static str,
    pub(super) reason: &'static str,
}

static KO: Words = Words {
    late: "보고서가 늦어지고 있습니다",
    report: "보고서",
    planned: "보낼 때",
    why: "상황",
    waits: "데이터가 아직 준비되지 않았습니다. 준비되면 보내 드립니다.",
    looked_into: "만들거나 보내는 데 문제가 있어 담당자에게 알렸습니다. 해결되면 보내 드립니다.",
    reason: "이 보고서를 받는 분께 보내는 알림입니다.",
};

static EN: Words = Words {
    late: "A report is late",
    report: "Report",
    planned: "Due",
    why: "Why",
    waits: "Its data are not ready yet. It is sent once they are.",
    looked_into: "It could not be made or sent yet, and its owner was told. It is sent once that is solved.",
    reason: "You get this because this report is sent to you.",
};

static ZH_HK: Words = Words {
    late: "報表延遲",
    report: "報表",
    planned: "預定時間",
    why: "情況",
    waits: "數據尚未準備好，準備好後即會發送。",
    looked_into: "報表暫未能製作或發送，已通知負責人，解決後即會發送。",
    reason: "你是此報表的收件人，因此收到此通知。",
};

impl Words {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Ko => &KO,
            Locale::En => &EN,
            Locale::ZhHk => &ZH_HK,
        }
    }
}
