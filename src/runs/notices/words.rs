//! The words of notices.

use crate::format::Locale;
use crate::runs::store::{DeliveryState, Stage};

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) not_sent: &'static str,
    pub(super) partly: &'static str,
    pub(super) report: &'static str,
    pub(super) schedule: &'static str,
    pub(super) subscription: &'static str,
    pub(super) others_too: &'static str,
    pub(super) planned: &'static str,
    pub(super) stage: &'static str,
    pub(super) ended: &'static str,
    pub(super) definitions: &'static str,
    pub(super) cause: &'static str,
    pub(super) recipients: &'static str,
    pub(super) go_on: &'static str,
    pub(super) more: &'static str,
    pub(super) reason: &'static str,
    stages: [&'static str; 4],
    states: [&'static str; 6],
}

static KO: Words = Words {
    not_sent: "보고서를 보내지 못했습니다",
    partly: "보고서가 일부에게만 갔습니다",
    report: "보고서",
    schedule: "일정",
    subscription: "구독",
    others_too: "한 시간 안에 실패하는 다른 구독은 따로 알리지 않습니다.",
    planned: "보낼 때",
    stage: "멈춘 단계",
    ended: "멈춘 때",
    definitions: "정의 버전",
    cause: "원인",
    recipients: "받는 곳",
    go_on: "원인을 없앤 뒤 다시 실행하려면",
    more: "실행 기록 보기",
    reason: "이 보고서의 소유자이거나 운영 담당이어서 받은 알림입니다.",
    stages: ["조회", "그리기", "보관", "발송"],
    states: ["대기 중", "보내는 중", "받음", "받지 못함", "확인 필요: 받았을 수 있음", "보내지 않음"],
};

static EN: Words = Words {
    not_sent: "A report was not sent",
    partly: "A report reached only some",
    report: "Report",
    schedule: "Schedule",
    subscription: "Subscription",
    others_too: "Others to this report that fail within the hour are not told of one by one.",
    planned: "Due",
    stage: "Stopped at",
    ended: "Stopped on",
    definitions: "Definitions",
    cause: "Cause",
    recipients: "Recipients",
    go_on: "When the cause is gone, run",
    more: "See the run",
    reason: "You get this because you own the report or look after the server.",
    stages: ["asking the data", "drawing", "keeping the files", "sending"],
    states: ["waiting", "under way", "has it", "was not reached", "in doubt: may have it", "not sent"],
};

static ZH_HK: Words = Words {
    not_sent: "報表未能發送",
    partly: "報表只送達部分收件人",
    report: "報表",
    schedule: "排程",
    subscription: "訂閱",
    others_too: "一小時內同一報表的其他訂閱失敗，不會逐一通知。",
    planned: "預定時間",
    stage: "停止階段",
    ended: "停止時間",
    definitions: "定義版本",
    cause: "原因",
    recipients: "收件人",
    go_on: "排除原因後，請執行",
    more: "查看執行記錄",
    reason: "你是此報表的負責人或系統管理人員，因此收到此通知。",
    stages: ["查詢資料", "繪製", "保存檔案", "發送"],
    states: ["等候中", "發送中", "已收到", "未送達", "未能確定：可能已收到", "未發送"],
};

impl Words {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Ko => &KO,
            Locale::En => &EN,
            Locale::ZhHk => &ZH_HK,
        }
    }

    /// The part of the pipeline a run stopped in.
    pub(super) fn stage_name(&self, stage: Stage) -> &'static str {
        let [evaluate, render, store, deliver] = self.stages;
        match stage {
            Stage::Evaluate => evaluate,
            Stage::Render => render,
            Stage::Store => store,
            Stage::Deliver => deliver,
        }
    }

    /// Where a delivery stands.
    pub(super) fn state(&self, state: DeliveryState) -> &'static str {
        let [queued, sending, sent, failed, in_doubt, unsent] = self.states;
        match state {
            DeliveryState::Queued => queued,
            DeliveryState::Sending => sending,
            DeliveryState::Sent => sent,
            DeliveryState::Failed => failed,
            DeliveryState::InDoubt => in_doubt,
            DeliveryState::Unsent => unsent,
        }
    }
}
