//! What people call the machine's words: actions, events of the audit log and how they ended. Addresses,
//! exports and the API keep the machine's.

use crate::access::Action;
use crate::ledger::audit::{AuditAction, Method, Outcome};
use crate::web::words::word_table;

word_table! { Names;
    view: "보기", "View", "檢視";
    explore: "직접 질의", "Explore", "自行查詢";
    export: "내보내기", "Export", "匯出";
    schedule: "예약 실행", "Schedules", "排程";
    edit: "정의 편집", "Edit", "編輯定義";
    publish: "게시", "Publish", "發佈";
    administer: "관리", "Administer", "管理";
    view_hint: "보고서를 화면에서 열기", "Open reports on screen", "在畫面開啟報表";
    explore_hint: "데이터셋에 직접 묻기", "Ask own questions of datasets", "自行查詢資料集";
    export_hint: "파일과 숫자를 가져가기", "Take files and numbers away", "取走檔案及數字";
    schedule_hint: "실행 기록을 보고 실행을 시작하기", "See runs and start them", "查看及啟動執行";
    edit_hint: "정의와 그 오류를 보기", "See definitions and what is wrong in them", "查看定義及其問題";
    publish_hint: "정의 변경 게시 (풀 리퀘스트에서 확인)", "Have changes of definitions merged (asked for in pull requests)", "發佈定義更改（於 pull request 查核）";
    administer_hint: "서버 지표 읽기", "Read the metrics of the server", "讀取伺服器指標";
    logged_in: "로그인", "Logged in", "登入";
    login_refused: "로그인 거절", "Login refused", "登入被拒";
    logged_out: "로그아웃", "Logged out", "登出";
    login_delayed: "로그인 시도 지연", "Login delayed", "登入延遲";
    password_changed: "비밀번호 변경", "Password changed", "更改密碼";
    user_created: "사용자 추가", "User added", "新增用戶";
    user_disabled: "사용자 중지", "User disabled", "停用用戶";
    user_enabled: "사용자 다시 사용", "User enabled", "啟用用戶";
    user_changed: "사용자 변경", "User changed", "更改用戶";
    session_revoked: "세션 끊기", "Session ended", "終止工作階段";
    token_made: "토큰 만들기", "Token made", "建立權杖";
    token_revoked: "토큰 폐기", "Token revoked", "撤銷權杖";
    link_made: "링크 만들기", "Link made", "建立連結";
    link_used: "링크 사용", "Link used", "使用連結";
    link_revoked: "링크 끊기", "Link revoked", "撤銷連結";
    proxy_ignored: "프록시 무시", "Proxy ignored", "略過代理";
    viewed: "보고서 열람", "Report opened", "開啟報表";
    exported: "내보내기", "Exported", "匯出";
    refused_action: "거절", "Refused", "拒絕";
    delivered: "발송", "Delivered", "發送";
    roles_changed: "역할 변경", "Roles changed", "更改角色";
    schedule_changed: "일정 변경", "Schedule changed", "更改排程";
    signal_received: "신호 받음", "Signal received", "收到訊號";
    definition_changed: "정의 변경", "Definition changed", "更改定義";
    audit_exported: "감사 기록 내보내기", "Audit log exported", "匯出稽核記錄";
    audit_pruned: "감사 기록 정리", "Audit log pruned", "清理稽核記錄";
    done: "완료", "Done", "完成";
    refused: "거절", "Refused", "拒絕";
    failed: "실패", "Failed", "失敗";
    anonymous: "익명", "anonymous", "匿名";
    session: "브라우저", "browser", "瀏覽器";
    token: "토큰", "token", "權杖";
    link: "링크", "link", "連結";
    proxy: "프록시", "proxy", "代理";
    operator: "서버 명령", "command line", "伺服器指令";
    by_schedule: "일정", "schedule", "排程";
    by_files: "파일", "files", "檔案";
}

impl Names {
    /// What may be done.
    pub(in crate::web) fn action(&self, action: Action) -> &'static str {
        match action {
            Action::View => self.view,
            Action::Explore => self.explore,
            Action::Export => self.export,
            Action::Schedule => self.schedule,
            Action::Edit => self.edit,
            Action::Publish => self.publish,
            Action::Administer => self.administer,
        }
    }

    /// What that means for a token.
    pub(in crate::web) fn hint(&self, action: Action) -> &'static str {
        match action {
            Action::View => self.view_hint,
            Action::Explore => self.explore_hint,
            Action::Export => self.export_hint,
            Action::Schedule => self.schedule_hint,
            Action::Edit => self.edit_hint,
            Action::Publish => self.publish_hint,
            Action::Administer => self.administer_hint,
        }
    }

    /// What was done.
    pub(in crate::web) fn event(&self, action: AuditAction) -> &'static str {
        match action {
            AuditAction::LoggedIn => self.logged_in,
            AuditAction::LoginRefused => self.login_refused,
            AuditAction::LoggedOut => self.logged_out,
            AuditAction::LoginDelayed => self.login_delayed,
            AuditAction::PasswordChanged => self.password_changed,
            AuditAction::UserCreated => self.user_created,
            AuditAction::UserDisabled => self.user_disabled,
            AuditAction::UserEnabled => self.user_enabled,
            AuditAction::UserChanged => self.user_changed,
            AuditAction::SessionRevoked => self.session_revoked,
            AuditAction::TokenMade => self.token_made,
            AuditAction::TokenRevoked => self.token_revoked,
            AuditAction::LinkMade => self.link_made,
            AuditAction::LinkUsed => self.link_used,
            AuditAction::LinkRevoked => self.link_revoked,
            AuditAction::ProxyIgnored => self.proxy_ignored,
            AuditAction::Viewed => self.viewed,
            AuditAction::Exported => self.exported,
            AuditAction::Refused => self.refused_action,
            AuditAction::Delivered => self.delivered,
            AuditAction::RolesChanged => self.roles_changed,
            AuditAction::ScheduleChanged => self.schedule_changed,
            AuditAction::SignalReceived => self.signal_received,
            AuditAction::DefinitionChanged => self.definition_changed,
            AuditAction::AuditExported => self.audit_exported,
            AuditAction::AuditPruned => self.audit_pruned,
        }
    }

    /// How it ended.
    pub(in crate::web) fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Done => self.done,
            Outcome::Refused => self.refused,
            Outcome::Failed => self.failed,
        }
    }

    /// How the actor was known.
    pub(in crate::web) fn method(&self, method: Method) -> &'static str {
        match method {
            Method::Anonymous => self.anonymous,
            Method::Session => self.session,
            Method::Token => self.token,
            Method::Link => self.link,
            Method::Proxy => self.proxy,
            Method::Operator => self.operator,
            Method::Schedule => self.by_schedule,
            Method::Files => self.by_files,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::format::Locale;

    #[test]
    fn no_two_actions_or_events_have_the_same_name() {
        for locale in Locale::ALL {
            let names = Names::of(locale);
            let events: BTreeSet<_> = AuditAction::ALL.iter().map(|one| names.event(*one)).collect();
            assert_eq!(events.len(), AuditAction::ALL.len(), "{locale:?}");
            let actions: BTreeSet<_> = Action::ALL.into_iter().map(|one| names.action(one)).collect();
            assert_eq!(actions.len(), Action::ALL.len(), "{locale:?}");
        }
    }
}
