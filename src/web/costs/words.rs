//! The words of costs.

use crate::ledger::queries::{CostBy, Purpose};
use crate::web::words::word_table;

word_table! { CostWords;
    costs: "비용", "Costs", "成本";
    intro: "질의 하나하나의 비용을 가격표로 어림한 값입니다.", "What queries cost, estimated by the price list.", "按價目表估算的查詢成本。";
    no_prices: "가격이 정해지지 않아 금액이 없습니다. costs.yaml에 소스별 가격을 적으세요.", "There are no amounts, because no prices are defined. Write what sources charge into costs.yaml.", "尚未設定價格，因此沒有金額。請在 costs.yaml 中填寫各來源的價格。";
    month: "월", "Month", "月份";
    earlier: "이전 달", "Month before", "上一個月";
    later: "다음 달", "Month after", "下一個月";
    total: "합계", "Total", "合計";
    cost: "비용", "Cost", "成本";
    share: "비중", "Share", "佔比";
    queries: "질의", "Questions", "查詢";
    asked: "소스에 물음", "Asked of sources", "向來源查詢";
    kept: "소스에 묻지 않고 답함", "Answered without a source", "無須來源即可回答";
    failed: "실패·취소", "Failed or cancelled", "失敗或取消";
    moved: "옮긴 양", "Moved", "傳輸量";
    crossed: "리전을 넘은 양", "Across regions", "跨區域傳輸量";
    copied: "매일 복사했다면", "If copied daily", "若每日複製";
    scanned: "읽은 양", "Scanned", "讀取量";
    requests: "요청", "Requests", "請求";
    time: "시간", "Time", "時間";
    budgets: "예산", "Budgets", "預算";
    spent: "씀", "Spent", "已用";
    budget: "예산", "Budget", "預算";
    used: "사용률", "Used", "使用率";
    within: "여유 있음", "Within", "預算內";
    warned: "곧 다 씀", "Nearly spent", "即將用盡";
    overspent: "초과", "Overspent", "超支";
    stopped: "질의 멈춤", "Questions stopped", "已停止查詢";
    stops: "다 쓰면 질의를 멈춥니다", "Questions stop once it is spent", "用盡後停止查詢";
    by_role: "직무 역할", "Role", "職能角色";
    by_report: "보고서", "Report", "報表";
    by_panel: "패널", "Panel", "面板";
    by_schedule: "예약", "Schedule", "排程";
    by_dataset: "데이터셋", "Dataset", "數據集";
    by_source: "소스", "Source", "來源";
    by_region: "리전", "Region", "區域";
    by_viewer: "사람", "Who", "使用者";
    by_purpose: "용도", "Purpose", "用途";
    by_day: "날짜", "Day", "日期";
    by_month: "월", "Month", "月份";
    choose_by: "나누어 볼 기준", "Add up by", "分組依據";
    only: "이것만", "Only", "僅限";
    remove: "빼기", "Remove", "移除";
    no_role: "역할 없음", "No role", "沒有角色";
    no_report: "보고서 아님", "No report", "非報表";
    no_panel: "패널 아님", "No panel", "非面板";
    no_schedule: "예약 아님", "No schedule", "非排程";
    none: "없음", "None", "無";
    interactive: "화면에서", "Interactive", "互動";
    scheduled: "예약 발송", "Scheduled", "排程";
    attributes: "권한 확인", "Access", "權限查核";
    check: "정의 검사", "Check", "定義檢查";
    empty: "이 달에는 질의가 없었습니다.", "Nothing was asked in this month.", "本月沒有查詢。";
    empty_filtered: "조건에 맞는 질의가 없습니다.", "There are no such questions.", "沒有符合條件的查詢。";
}

impl CostWords {
    /// What costs are added up by.
    pub(super) fn by(&self, by: CostBy) -> &'static str {
        match by {
            CostBy::Role => self.by_role,
            CostBy::Report => self.by_report,
            CostBy::Panel => self.by_panel,
            CostBy::Schedule => self.by_schedule,
            CostBy::Dataset => self.by_dataset,
            CostBy::Source => self.by_source,
            CostBy::Region => self.by_region,
            CostBy::Viewer => self.by_viewer,
            CostBy::Purpose => self.by_purpose,
            CostBy::Day => self.by_day,
            CostBy::Month => self.by_month,
        }
    }

    /// What a question was for, by its word in the ledger.
    pub(super) fn purpose(&self, word: &str) -> &'static str {
        match word.parse() {
            Ok(Purpose::Interactive) => self.interactive,
            Ok(Purpose::Schedule) => self.scheduled,
            Ok(Purpose::Attributes) => self.attributes,
            Ok(Purpose::Check) | Err(_) => self.check,
        }
    }
}
