//! The words of notices about budgets.

use crate::format::Locale;

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) nearly: &'static str,
    pub(super) spent_all: &'static str,
    pub(super) role: &'static str,
    pub(super) month: &'static str,
    pub(super) spent: &'static str,
    pub(super) budget: &'static str,
    pub(super) then: &'static str,
    pub(super) stops: &'static str,
    pub(super) stopped: &'static str,
    pub(super) goes_on: &'static str,
    pub(super) more: &'static str,
    pub(super) reason: &'static str,
}

static KO: Words = Words {
    nearly: "예산을 거의 다 썼습니다",
    spent_all: "예산을 다 썼습니다",
    role: "역할",
    month: "월",
    spent: "쓴 금액",
    budget: "예산",
    then: "앞으로",
    stops: "다 쓰면 이달 말까지 새 조회를 하지 않습니다. 이미 있는 답은 계속 보입니다.",
    stopped: "이달 말까지 새 조회를 하지 않습니다. 이미 있는 답은 계속 보입니다.",
    goes_on: "조회는 계속됩니다.",
    more: "비용 보기",
    reason: "이 역할의 담당자이거나 운영 담당이어서 받은 알림입니다.",
};

static EN: Words = Words {
    nearly: "A budget is nearly spent",
    spent_all: "A budget is spent",
    role: "Role",
    month: "Month",
    spent: "Spent",
    budget: "Budget",
    then: "From here on",
    stops: "Once it is spent, nothing new is asked until the month ends; answers that are there are still shown.",
    stopped: "Nothing new is asked until the month ends; answers that are there are still shown.",
    goes_on: "Questions are asked as before.",
    more: "See the costs",
    reason: "You get this as the contact of the role or of the operations.",
};

static ZH_HK: Words = Words {
    nearly: "預算即將用盡",
    spent_all: "預算已用盡",
    role: "角色",
    month: "月份",
    spent: "已用金額",
    budget: "預算",
    then: "之後",
    stops: "用盡後直至月底不再進行新查詢，已有的結果仍會顯示。",
    stopped: "直至月底不再進行新查詢，已有的結果仍會顯示。",
    goes_on: "查詢照常進行。",
    more: "查看費用",
    reason: "你是此角色的聯絡人或營運人員，因此收到此通知。",
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
