//! The words of subscriptions and of leaving.

use chrono::Weekday;

use crate::format::{Locale, weekday_name};
use crate::runs::subscriptions::{Rhythm, Wish};
use crate::web::schedules::ScheduleWords;
use crate::web::words::{fill, word_table};

word_table! { SubscriptionWords;
    subscribe: "메일로 받기", "Subscribe", "訂閱";
    change: "구독 바꾸기", "Change the subscription", "更改訂閱";
    intro: "지금 고른 조건 그대로, 정한 때마다 메일로 보냅니다. 숫자는 보내는 그때 권한으로 볼 수 있는 것입니다.", "It is sent as it is looked at now, whenever you say. Its numbers are those that you may see at that time.", "按你現時選擇的條件，於指定時間以電郵發送。數字以發送當時你的權限為準。";
    goes_to: "받는 주소", "Goes to", "收件地址";
    no_address: "계정에 메일 주소가 없어 보낼 수 없습니다. 관리자에게 알려 주세요.", "Your account has no mail address, so nothing can be sent to you. Ask an administrator.", "你的帳戶沒有電郵地址，無法發送。請聯絡管理員。";
    not_allowed: "이 보고서는 구독할 수 없습니다.", "This report cannot be subscribed to.", "此報表不可訂閱。";
    closed_domain: "{n}에는 메일을 보낼 수 없도록 설정되어 있습니다.", "Mail to {n} is not allowed on this server.", "此伺服器不允許發送電郵至 {n}。";
    shows: "내용", "Shows", "內容";
    fixed_days: "기간이 날짜로 정해져 있어 늘 같은 기간을 보냅니다. ‘지난주’처럼 움직이는 기간을 고르는 편이 좋습니다.", "The period is fixed days, so every mail shows the same ones. A moving period, such as last week, is usually meant.", "期間為固定日期，每次都會發送相同期間。建議選擇「上星期」等相對期間。";
    days: "보내는 날", "Days", "日子";
    daily: "매일", "every day", "每日";
    business_days: "영업일마다", "every business day", "每個工作天";
    weekly: "매주", "every week on", "每星期";
    monthly: "매월", "every month on day", "每月";
    month_day: "일", "", "日";
    last_day: "매월 말일", "the last day of every month", "每月最後一日";
    nth_day: "매월", "every month on", "每月";
    calendar: "영업일 달력", "Business days of", "工作天日曆";
    no_calendar: "월–금", "Monday–Friday", "星期一至五";
    at: "시각", "Time", "時間";
    zone: "시간대", "Time zone", "時區";
    language: "언어", "Language", "語言";
    attach: "첨부", "Attached", "附件";
    numbers_in_mail: "핵심 숫자와 차트는 메일 본문에도 있습니다.", "Key numbers and charts are in the mail itself, too.", "主要數字及圖表亦會在郵件正文顯示。";
    save: "저장", "Save", "儲存";
    back: "보고서로 돌아가기", "Back to the report", "返回報表";
    to_list: "내 구독", "My subscriptions", "我的訂閱";
    bad_days: "보낼 날을 고르세요.", "Choose the days.", "請選擇日子。";
    bad_time: "시각을 08:00처럼 적으세요.", "Write the time such as 08:00.", "請輸入時間，例如 08:00。";
    bad_zone: "그런 시간대가 없습니다. Asia/Seoul처럼 적으세요.", "There is no such time zone. Write one such as Asia/Seoul.", "沒有此時區。請輸入例如 Asia/Hong_Kong。";
    bad_calendar: "몇 번째 영업일인지 세려면 달력을 고르세요.", "Choose a calendar to count business days by.", "請選擇日曆以計算工作天。";
    mine: "내 구독", "My subscriptions", "我的訂閱";
    none: "아직 구독이 없습니다. 보고서를 열고 ‘메일로 받기’를 누르세요.", "You have none yet. Open a report and press “Subscribe”.", "尚未有訂閱。開啟報表並按「訂閱」。";
    others: "다른 사람의 구독", "Subscriptions of others", "其他人的訂閱";
    others_intro: "발송을 관리하는 보고서를 다른 사람이 자기 권한으로 받고 있습니다.", "Others have these sent to themselves, with their own rights. You look after the schedules of these reports.", "其他人以自己的權限訂閱由你管理發送的報表。";
    sent_to_me: "나에게 오는 메일", "Sent to you", "發送給你的郵件";
    sent_to_me_intro: "보고서 담당자가 정한 발송 가운데 {n} 앞으로 온 것입니다.", "Schedules set up by the owners of reports that {n} got mail of.", "由報表負責人設定、曾發送至 {n} 的郵件。";
    subscriber: "받는 사람", "Who", "收件人";
    when: "보내는 때", "When", "時間";
    next: "다음", "Next", "下次";
    latest: "최근", "Latest", "最近";
    closed: "열 수 없는 보고서", "A report that is closed to you", "你無權查看的報表";
    edit: "바꾸기", "Change", "更改";
    end: "그만 받기", "Unsubscribe", "取消訂閱";
    pause: "일시 중지", "Pause", "暫停";
    resume: "다시 받기", "Resume", "恢復";
    send_now: "지금 보내기", "Send now", "立即發送";
    active: "받는 중", "on", "已啟用";
    paused: "일시 중지", "paused", "已暫停";
    must: "필수 수신", "must be received", "必須接收";
    left: "받지 않음", "left", "已取消";
    come_back: "다시 받기", "Receive again", "重新接收";
    no_login: "이 서버에는 로그인이 없어 구독할 수 없습니다. 메일에 있는 링크로 그만 받을 수는 있습니다.", "This server has no login, so nobody can subscribe. Links in mails still work.", "此伺服器沒有登入功能，無法訂閱。郵件內的連結仍可使用。";
    done_made: "구독했습니다.", "You have subscribed.", "已訂閱。";
    done_changed: "바꾸었습니다.", "It was changed.", "已更改。";
    done_ended: "구독을 끝냈습니다.", "The subscription has ended.", "訂閱已結束。";
    done_paused: "멈추었습니다. 멈춘 동안의 메일은 나중에 보내지 않습니다.", "It is paused. What comes meanwhile is not made up for.", "已暫停，暫停期間的郵件不會補發。";
    done_resumed: "다시 보냅니다.", "It is sent again.", "已恢復。";
    done_sent: "곧 메일이 도착합니다.", "The mail is on its way.", "郵件即將送達。";
    done_left: "이제 받지 않습니다.", "You get no more of it.", "你將不再收到。";
    done_returned: "다시 받습니다.", "You get it again.", "你將重新收到。";
    leave: "이 보고서를 그만 받으시겠습니까?", "Do you want to stop receiving this report?", "確定不再接收此報表？";
    leave_intro: "그만 받으면 {to} 앞으로 더 보내지 않습니다. 다른 보고서는 그대로 옵니다.", "If you unsubscribe, it is no longer sent to {to}. Other reports still are.", "取消接收後，此報表將不再發送至 {to}，其他報表不受影響。";
    left_title: "그만 받기로 했습니다", "You have unsubscribed", "已取消接收";
    leave_now: "그만 받기", "Unsubscribe", "取消接收";
    left_now: "이제 {to} 앞으로 보내지 않습니다.", "It is no longer sent to {to}.", "已停止發送至 {to}。";
    returned_now: "{to} 앞으로 다시 보냅니다.", "It is sent to {to} again.", "將重新發送至 {to}。";
    must_intro: "이 보고서는 꼭 받아야 하는 것으로 정해져 있습니다. 보고서 담당자에게 문의하세요.", "This report must be received. Ask its owner.", "此報表為必須接收，請聯絡報表負責人。";
    gone: "이 링크는 더 이상 쓸 수 없습니다.", "This link leads nowhere any more.", "此連結已失效。";
}

impl SubscriptionWords {
    /// The days and the time of a wish.
    pub(super) fn rhythm(&self, wish: &Wish, locale: Locale) -> String {
        let sw = ScheduleWords::of(locale);
        let days = match &wish.rhythm {
            Rhythm::Daily => self.daily.to_owned(),
            Rhythm::BusinessDays => self.business_days.to_owned(),
            Rhythm::Weekly(days) => {
                let names: Vec<&str> = days.iter().map(|day| weekday_name(*day, locale)).collect();
                format!("{} {}", self.weekly, names.join(", "))
            }
            Rhythm::Monthly(day) => format!("{} {day}{}", self.monthly, self.month_day),
            Rhythm::LastDay => self.last_day.to_owned(),
            Rhythm::BusinessDay(day) => sw.business_day(*day),
        };
        format!("{days} {}", wish.at.format("%H:%M"))
    }

    /// What was just done, by the word in the address.
    pub(super) fn done(&self, word: &str) -> Option<&'static str> {
        match word {
            "made" => Some(self.done_made),
            "changed" => Some(self.done_changed),
            "ended" => Some(self.done_ended),
            "paused" => Some(self.done_paused),
            "resumed" => Some(self.done_resumed),
            "sent" => Some(self.done_sent),
            "left" => Some(self.done_left),
            "returned" => Some(self.done_returned),
            _ => None,
        }
    }
}

/// Words with an address in them.
pub(super) fn with_address(words: &str, address: &str) -> String {
    fill(words, &[("to", address)])
}

/// The days of a week, from Monday on.
pub(super) const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
