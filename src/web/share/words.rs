//! The words of links to reports.

use crate::web::words::word_table;

word_table! { ShareWords;
    title: "보고서 공유", "Share a report", "分享報表";
    intro: "이 링크를 가진 사람은 로그인하지 않고 이 보고서만, 지금 고른 조건으로 봅니다. 볼 때마다 만든 사람의 그때 권한으로 보이며, 권한을 잃거나 사용이 중지되면 링크도 닫힙니다.", "Whoever has the link sees this one report without logging in, with what is chosen now. Each time it is opened, your rights at that moment count: if you lose them or are disabled, the link closes.", "持有連結的人無需登入即可查看這一份報表及目前所選條件。每次開啟均以你當時的權限為準；如你失去權限或被停用，連結亦會失效。";
    needs_export: "이 보고서는 내보낼 수 있는 사람만 공유할 수 있습니다. 링크를 가진 사람은 보이는 숫자를 가져갈 수 있기 때문입니다.", "Only those who may export this report may share it, because whoever has the link can take away what they see.", "只有可匯出此報表的人才可分享，因為持有連結的人能帶走所見的數字。";
    report: "보고서", "Report", "報表";
    fixed: "보이는 조건", "What is shown", "顯示條件";
    open: "받는 사람이 바꿀 수 있는 조건", "What others may change", "可由對方更改的條件";
    open_hint: "고르지 않은 조건은 주소를 고쳐도 바뀌지 않습니다.", "What is not ticked stays as it is, whatever is written into the address.", "未勾選的條件即使修改網址也不會改變。";
    sees: "누구의 권한으로", "With whose rights", "以誰的權限";
    as_me: "나 ({n})", "Mine ({n})", "我（{n}）";
    as_role: "역할: {n}", "The role: {n}", "角色：{n}";
    days: "기한(일, 90일까지)", "Days (at most 90)", "有效日數（最多 90 日）";
    most_uses: "사용 횟수 (비우면 제한 없음)", "Uses (empty: no limit)", "使用次數（留空代表不限）";
    files: "파일(PDF, Excel, CSV, 그림)도 받을 수 있게", "Files may be taken away too (PDF, Excel, CSV, pictures)", "允許下載檔案（PDF、Excel、CSV、圖片）";
    make: "링크 만들기", "Make the link", "建立連結";
    made: "새 링크입니다. 다시 볼 수 없으니 지금 복사해 두세요.", "This is the new link. Copy it now: it is not shown again.", "這是新連結，請立即複製，之後不會再顯示。";
    back: "보고서로", "Back to the report", "返回報表";
    gone: "이 링크는 기한이 지났거나, 다 썼거나, 끊겼거나, 만든 사람의 권한이 바뀌었습니다. 보내 준 사람에게 새 링크를 요청하세요.", "This link has expired, is used up or was revoked, or whoever made it may no longer see the report. Ask them for another.", "此連結已過期、已用完或已撤銷，或其建立者不再有權查看報表。請向對方索取新連結。";
    links: "공유 링크", "Links to reports", "分享連結";
    links_intro: "보고서의 공유 단추로 만든 링크입니다.", "Made with the Share button of reports.", "以報表的「分享」按鈕建立。";
    no_links: "공유 링크가 없습니다.", "There are no links.", "沒有分享連結。";
    maker: "만든 사람", "Made by", "建立者";
    until: "기한", "Until", "有效至";
    uses: "사용", "Uses", "使用次數";
    last_used: "마지막 사용", "Last used", "最後使用";
    with_files: "파일 포함", "with files", "包括檔案";
    revoke: "끊기", "Revoke", "撤銷";
    revoked: "끊음", "revoked", "已撤銷";
    ended: "기한 지남", "expired", "已過期";
    used_up: "다 씀", "used up", "已用完";
    embed_gone: "이 보고서를 여는 토큰이 기한이 지났거나 올바르지 않습니다. 페이지를 새로 고치세요.", "The token of this embedded report has expired or is not valid. Reload the page around it.", "此嵌入報表的權杖已過期或無效，請重新載入頁面。";
}
