//! The words of the login, in every language.

use crate::identity::IdentityError;
use crate::web::words::{fill, word_table};

word_table! { LoginWords;
    log_in: "로그인", "Log in", "登入";
    log_out: "로그아웃", "Log out", "登出";
    demo: "데모: 로그인 없이 이 컴퓨터에서만 열립니다.", "Demo, no login: only this machine can open it.", "示範模式：無需登入，只有本機可以開啟。";
    name: "사용자 이름", "User name", "用戶名稱";
    name_hint: "메일 주소 또는 로그인 이름", "Mail address or login name", "電郵地址或登入名稱";
    password: "비밀번호", "Password", "密碼";
    password_hint: "12자 이상. 여러 단어를 이으면 외우기 쉽습니다.", "At least 12 characters; several words are easy to remember.", "至少 12 個字元；使用多個詞語較易記住。";
    again: "비밀번호 확인", "Repeat the password", "再次輸入密碼";
    old_password: "현재 비밀번호", "Present password", "目前的密碼";
    new_password: "새 비밀번호", "New password", "新密碼";
    log_in_with: "{n}(으)로 로그인", "Log in with {n}", "以 {n} 登入";
    or: "또는", "or", "或";
    oidc_again: "로그인이 끝나지 않았습니다. 다시 로그인하세요. 되풀이되면 브라우저의 쿠키가 켜져 있는지 확인하세요.", "The login was not finished. Log in again; if this keeps happening, check that the browser accepts cookies.", "登入尚未完成，請重新登入。如持續發生，請檢查瀏覽器是否允許 Cookie。";
    oidc_later: "로그인 창구가 지금 응답하지 않습니다. 잠시 뒤 다시 시도하세요.", "The login service does not answer just now. Try again in a moment.", "登入服務暫時沒有回應，請稍後再試。";
    oidc_access: "로그인이 허용되지 않았거나 취소되었습니다. 접근 권한이 필요하면 관리자에게 요청하세요.", "The login was not allowed, or was cancelled. Ask an administrator if you need access.", "登入不獲允許或已取消。如需存取權限，請聯絡管理員。";
    oidc_operations: "로그인 설정에 문제가 있어 들어올 수 없습니다. 관리자에게 알려 주세요.", "The login does not work because of how it is set up. Tell an administrator.", "登入設定有問題，未能登入，請通知管理員。";
    oidc_still_there: "여기서는 로그아웃했지만 로그인 창구가 응답하지 않아 그쪽 로그인은 남아 있습니다.", "You are logged out here. The login service did not answer, so you are still logged in there.", "你已在此登出，但登入服務沒有回應，你在該服務仍保持登入。";
    oidc_out_here: "여기서는 로그아웃했습니다. 이제 {n}에서도 로그아웃합니다.", "You are logged out here, and now at {n} too.", "你已在此登出，現正前往 {n} 一併登出。";
    oidc_log_out_there: "{n}에서 로그아웃", "Log out at {n}", "在 {n} 登出";
    all_shares: "공유 링크", "Links to reports", "分享連結";
    share: "공유", "Share", "分享";
    roles: "내 역할", "Your roles", "我的角色";
    roles_intro: "보고서와 데이터는 역할이 엽니다. 가까운 역할부터, 어떻게 받았는지와 함께 보입니다.", "Roles open reports and data. The nearest come first, each with how you hold it.", "角色決定可查看的報表和資料。以下由近至遠列出，並說明取得方式。";
    no_roles: "가진 역할이 없어 아무 보고서도 열리지 않습니다. 관리자에게 그룹이나 역할을 요청하세요.", "You hold no role, so no report opens. Ask an administrator for a group or a role.", "你沒有任何角色，因此不能開啟報表，請向管理員申請群組或角色。";
    no_open_reports: "볼 수 있는 보고서가 없습니다. 필요한 보고서가 있으면 관리자에게 권한을 요청하세요.", "No report is open to you. Ask an administrator if you need one.", "目前沒有可供你查看的報表。如有需要，請向管理員申請權限。";
    role: "역할", "Role", "角色";
    why_held: "받은 까닭", "Why", "取得方式";
    by_group: "그룹 {n}", "Group {n}", "群組 {n}";
    by_name: "이름으로 지정", "Listed by name", "按名稱指定";
    attributes: "나에 관한 값", "What is known of you", "關於你的資料";
    attributes_intro: "데이터의 규칙이 이 값으로 볼 수 있는 행을 고릅니다.", "Rules of datasets choose the rows that you see by these values.", "資料集的規則會根據這些值決定你可查看的資料列。";
    only_elsewhere: "이 서버는 회사의 로그인 창구를 통해서만 열립니다. 담당자가 알려 준 주소로 접속하세요.", "This server opens only through your company's login. Use the address that your administrator gave you.", "本伺服器只可經公司的登入系統開啟，請使用管理員提供的網址。";
    wrong: "사용자 이름이나 비밀번호가 맞지 않습니다.", "The name or the password is wrong.", "用戶名稱或密碼不正確。";
    form_foreign: "다른 사이트의 페이지가 보낸 요청이어서 거절했습니다.", "The form was sent by a page of another site.", "此表單由其他網站的頁面送出，已拒絕。";
    form_old: "양식이 오래되었거나 쿠키가 꺼져 있습니다. 뒤로 가서 페이지를 새로 고친 뒤 다시 시도하세요.", "The form is out of date, or cookies are switched off: go back, load the page again, and try once more.", "表單已過期，或已停用 Cookie。請返回並重新載入頁面後再試。";
    scope_denied: "이 토큰으로는 할 수 없는 일입니다.", "The scopes of this token do not allow it.", "此權杖無權執行該操作。";
    wait: "여러 번 실패했습니다. {n}초 뒤에 다시 시도하세요.", "Too many attempts failed. Try again in {n} seconds.", "嘗試失敗次數過多，請於 {n} 秒後再試。";
    busy: "지금 로그인이 몰려 있습니다. 잠시 뒤 다시 시도하세요.", "Too many people log in at once. Try again in a moment.", "目前登入人數過多，請稍後再試。";
    set_password: "비밀번호 정하기", "Set a password", "設定密碼";
    first_setup: "첫 관리자를 만듭니다. 관리자는 사용자와 감사 기록을 관리하며, 그것만으로 데이터를 볼 수는 없습니다.", "This makes the first administrator, who manages users and reads the audit log. That alone opens no data.", "建立首位管理員。管理員可管理用戶及查閱稽核記錄，但本身不能查看資料。";
    setup_for: "{n} 님의 비밀번호를 정합니다.", "Sets the password of {n}.", "設定 {n} 的密碼。";
    save: "저장", "Save", "儲存";
    copy: "복사", "Copy", "複製";
    copied: "복사했습니다", "Copied", "已複製";
    link_gone: "이 링크는 이미 사용했거나, 기한이 지났거나, 새 링크로 바뀌었습니다. 관리자에게 새 링크를 요청하세요.", "This link was used, has expired, or was replaced by a newer one. Ask an administrator for another.", "此連結已使用、已過期或已被新連結取代，請向管理員索取新連結。";
    not_the_same: "두 비밀번호가 서로 다릅니다.", "The two passwords are not the same.", "兩次輸入的密碼不相同。";
    old_wrong: "현재 비밀번호가 맞지 않습니다.", "The present password is wrong.", "目前的密碼不正確。";
    password_short: "비밀번호는 {n}자 이상이어야 합니다.", "A password has at least {n} characters.", "密碼至少需要 {n} 個字元。";
    password_long: "비밀번호는 {n}바이트를 넘을 수 없습니다.", "A password has at most {n} bytes.", "密碼不可超過 {n} 位元組。";
    password_is_name: "사용자 이름을 비밀번호로 쓸 수 없습니다.", "The password must not be the user's name.", "密碼不可與用戶名稱相同。";
    password_common: "가장 먼저 추측되는 비밀번호입니다. 다른 것을 쓰세요.", "This password is among those that are tried first; choose another.", "此密碼十分常見，容易被猜中，請另選一個。";
    bad_name: "쓸 수 없는 이름입니다. 메일 주소이거나, 소문자·숫자·. _ - 로 된 128자 이하의 이름이어야 합니다.", "This cannot be a name: use a mail address, or lower-case letters, digits, `.`, `_` and `-`, at most 128.", "名稱無效：請使用電郵地址，或以小寫字母、數字、. _ - 組成且不超過 128 個字元的名稱。";
    user_exists: "이미 있는 사용자입니다: {n}", "There is a user {n} already.", "用戶 {n} 已存在。";
    user_disabled: "사용이 중지된 사용자입니다: {n}", "The user {n} is disabled; enable them first.", "用戶 {n} 已停用，請先啟用。";
    last_administrator: "마지막 관리자입니다. 다른 관리자를 먼저 만드세요.", "This is the last administrator; make another one first.", "這是最後一位管理員，請先新增另一位。";
    token_name_length: "토큰 이름은 1자에서 {n}자까지입니다.", "The name of a token has 1 to {n} characters.", "權杖名稱為 1 至 {n} 個字元。";
    token_lifetime: "토큰의 기한은 1일에서 {n}일까지입니다.", "A token lasts from 1 to {n} days.", "權杖有效期為 1 至 {n} 日。";
    token_scope: "토큰으로 할 수 있는 일을 하나 이상 고르세요.", "Choose at least one thing that the token may do.", "請至少選擇一項權杖可執行的操作。";
    too_many_tokens: "토큰은 {n}개까지입니다. 쓰지 않는 것을 폐기하세요.", "One user has at most {n} tokens; revoke one first.", "每位用戶最多可有 {n} 個權杖，請先撤銷不用的權杖。";
    share_lifetime: "링크의 기한은 1일에서 {n}일까지입니다.", "A link lasts from 1 to {n} days.", "連結有效期為 1 至 {n} 日。";
    share_uses: "사용 횟수는 1 이상이어야 합니다. 제한하지 않으려면 비워 두세요.", "A link is for at least one use; leave the number empty for no limit.", "使用次數必須最少為 1；如不限制，請留空。";
    too_many_shares: "공유 링크는 {n}개까지입니다. 쓰지 않는 것을 끊으세요.", "One user has at most {n} links that are valid; revoke one first.", "每位用戶最多可有 {n} 個有效連結，請先撤銷不用的連結。";
    account: "내 계정", "Account", "我的帳戶";
    groups: "그룹", "Groups", "群組";
    sessions: "로그인된 기기", "Where you are logged in", "已登入的裝置";
    this_session: "지금 이 기기", "this one", "此裝置";
    device: "브라우저", "Browser", "瀏覽器";
    ip_address: "주소", "Address", "位址";
    since: "로그인", "Since", "登入時間";
    seen: "마지막 사용", "Last used", "最後使用";
    revoke: "끊기", "End", "終止";
    revoke_token: "폐기", "Revoke", "撤銷";
    revoked: "끊었습니다.", "Done: it is worth nothing now.", "已終止。";
    password_changed: "비밀번호를 바꾸었습니다. 다른 기기에서는 모두 로그아웃되었습니다.", "The password was changed; all other sessions have ended.", "密碼已更改，其他裝置均已登出。";
    end_made: "내 API 토큰과 공유 링크도 모두 끊기", "End my API tokens and links to reports too", "同時終止我的 API 權杖及分享連結";
    tokens: "API 토큰", "API tokens", "API 權杖";
    tokens_intro: "프로그램이 비밀번호 대신 쓰는 열쇠입니다. 마지막으로 로그인한 때의 그룹과 권한을 따르며, 만든 직후 한 번만 보입니다.", "What programs show instead of a password. A token carries your groups as of your last login, and is shown only once.", "供程式代替密碼使用。權杖帶有您最近一次登入時的群組，並只會顯示一次。";
    tokens_intro_here: "프로그램이 비밀번호 대신 쓰는 열쇠입니다. 나보다 더 많은 것을 열 수 없고, 만든 직후 한 번만 보입니다.", "What programs show instead of a password. A token opens no more than you may, and is shown only once.", "供程式代替密碼使用。權杖的權限不會超過您本人，並只會顯示一次。";
    no_tokens: "토큰이 없습니다.", "There are no tokens.", "沒有權杖。";
    token_made: "새 토큰입니다. 다시 볼 수 없으니 지금 복사해 두세요.", "This is the new token. Copy it now: it is not shown again.", "這是新權杖，請立即複製，之後不會再顯示。";
    token_name: "이름", "Name", "名稱";
    scopes: "할 수 있는 일", "May", "可執行";
    reports_only: "이 보고서만 (비우면 전체)", "Only these reports (empty: all)", "只限這些報表（留空代表全部）";
    days: "기한(일)", "Days", "有效日數";
    until: "기한", "Until", "有效至";
    ended: "끝남", "ended", "已失效";
    never: "없음", "never", "從未";
    make_token: "토큰 만들기", "Make a token", "建立權杖";
    users: "사용자", "Users", "用戶";
    no_users: "여기서 비밀번호로 로그인하는 사용자가 없습니다.", "Nobody logs in with a password of this server.", "沒有使用本機密碼登入的用戶。";
    add_user: "사용자 추가", "Add a user", "新增用戶";
    administrator: "관리자", "Administrator", "管理員";
    change: "변경", "Change", "更改";
    user_changed: "변경했습니다. 로그인되어 있는 기기와 토큰에도 바로 적용됩니다.", "Done. It holds at once, also where they are logged in and for their tokens.", "已更改，並即時適用於已登入的裝置及權杖。";
    groups_here: "이 서버의 비밀번호로 로그인할 때의 그룹", "Their groups when they log in with a password of this server", "以本機密碼登入時所屬的群組";
    claims: "사용자 속성", "Claims", "用戶屬性";
    claims_here: "데이터의 규칙이 쓰는 값. 한 줄에 하나씩, 예: country=KR", "What rules of rows ask for, a line for each value: country=KR", "資料列規則所用的值，每行一項，例如 country=KR";
    bad_claim: "이름=값으로 쓰세요: {n}", "Write it as name=value: {n}", "請以「名稱=值」填寫：{n}";
    own_rights: "자신의 그룹과 값은 바꿀 수 없습니다. 다른 관리자에게 요청하세요.", "Nobody changes their own groups and claims; ask another administrator.", "不能更改自己的群組及屬性，請聯絡另一位管理員。";
    own_administration: "이 변경으로 나는 더 이상 관리자가 아니게 됩니다", "I know that I will no longer be an administrator", "我明白更改後我將不再是管理員";
    confirm_own: "지금 로그인한 관리자 자신입니다. 관리자를 그만두려면 확인란도 선택하세요.", "This is you: tick the confirmation too if you want to stop being an administrator.", "這是你自己的帳戶：如要放棄管理員身份，請同時勾選確認。";
    elsewhere: "다른 로그인 창구를 씀 (여기 비밀번호 없음)", "Logs in elsewhere, with no password here", "在其他地方登入，不設本機密碼";
    user_elsewhere: "{n} 님은 다른 로그인 창구를 쓰므로 여기에는 비밀번호가 없습니다.", "{n} logs in elsewhere, and so has no password here.", "{n} 在其他地方登入，因此沒有本機密碼。";
    user_added: "추가했습니다. 다른 로그인 창구로 들어올 수 있습니다.", "Added: they may log in elsewhere.", "已新增，該用戶可在其他地方登入。";
    last_login: "마지막 로그인", "Last login", "最後登入";
    disabled: "사용 중지", "disabled", "已停用";
    active: "사용 중", "active", "使用中";
    disable: "사용 중지", "Disable", "停用";
    enable: "다시 사용", "Enable", "啟用";
    reset_link: "비밀번호 링크", "Password link", "密碼連結";
    end_sessions: "모두 로그아웃", "Log out everywhere", "登出所有裝置";
    link_made: "{n} 님에게 이 링크를 전하세요. 72시간 안에 한 번 쓸 수 있고, 다시 보이지 않습니다.", "Send this link to {n}. It works once within 72 hours and is not shown again.", "請把此連結交給 {n}。連結於 72 小時內可使用一次，之後不會再顯示。";
    groups_hint: "쉼표로 구분", "separated by commas", "以逗號分隔";
    audit: "감사 기록", "Audit log", "稽核記錄";
    no_events: "해당하는 기록이 없습니다.", "No event fits.", "沒有符合的記錄。";
    at: "때", "When", "時間";
    actor: "누가", "Who", "用戶";
    action: "무엇을", "Action", "操作";
    object: "대상", "Object", "對象";
    outcome: "결과", "Outcome", "結果";
    details: "자세히", "Details", "詳情";
    signed_in_as: "로그인한 사용자", "Logged in as", "登入用戶";
}

impl LoginWords {
    /// Why something was refused, in this language.
    pub(in crate::web) fn refused(&self, error: &IdentityError) -> String {
        let with = |text: &str, value: &dyn std::fmt::Display| fill(text, &[("n", &value.to_string())]);
        match error {
            IdentityError::Name { .. } => self.bad_name.to_owned(),
            IdentityError::PasswordShort { least } => with(self.password_short, least),
            IdentityError::PasswordLong { most } => with(self.password_long, most),
            IdentityError::PasswordIsName => self.password_is_name.to_owned(),
            IdentityError::PasswordCommon => self.password_common.to_owned(),
            IdentityError::UserExists { name } => with(self.user_exists, name),
            IdentityError::Disabled { name } => with(self.user_disabled, name),
            IdentityError::Claim { line } => with(self.bad_claim, line),
            IdentityError::OwnRights => self.own_rights.to_owned(),
            IdentityError::Elsewhere { name } => with(self.user_elsewhere, name),
            IdentityError::LastAdministrator { .. } => self.last_administrator.to_owned(),
            IdentityError::TokenLifetime { most } => with(self.token_lifetime, most),
            IdentityError::TokenName { most } => with(self.token_name_length, most),
            IdentityError::TokenScope { .. } => self.token_scope.to_owned(),
            IdentityError::ShareLifetime { most } => with(self.share_lifetime, most),
            IdentityError::ShareUses => self.share_uses.to_owned(),
            IdentityError::TooManyShares { most } => with(self.too_many_shares, most),
            IdentityError::TooManyTokens { most } => with(self.too_many_tokens, most),
            IdentityError::Busy => self.busy.to_owned(),
            other => other.to_string(),
        }
    }
}
