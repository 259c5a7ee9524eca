//! The words of schedules.

use crate::definitions::model::{DayOff, HolidayRule, Schedule};
use crate::web::schedules::Why;
use crate::web::words::{fill, word_table};

word_table! { ScheduleWords;
    schedules: "발송 예약", "Schedules", "發送排程";
    none: "발송 예약이 없습니다. 보고서 파일의 schedules에 적으면 여기에 나타납니다.", "There are no schedules. Write them under `schedules` in a report's file and they appear here.", "尚無排程。於報表檔案的 schedules 填寫後即會在此顯示。";
    when: "주기", "When", "時間";
    next: "다음 발송", "Next", "下次發送";
    latest: "최근 실행", "Latest run", "最近執行";
    all_runs: "실행 기록 보기", "All runs", "查看執行記錄";
    on: "켜짐", "on", "已啟用";
    off: "꺼짐", "switched off", "已停用";
    paused: "일시 중지", "paused", "已暫停";
    never: "더 이상 보내지 않습니다", "never again", "不再發送";
    zone: "시간대", "Time zone", "時區";
    calendar: "영업일 달력", "Calendar", "工作天日曆";
    holiday: "휴일", "Holidays", "假日";
    holiday_run: "그대로 보냄", "sent all the same", "照常發送";
    holiday_skip: "보내지 않음", "not sent", "不發送";
    holiday_next: "다음 영업일에 보냄", "sent on the next business day", "順延至下一個工作天";
    holiday_previous: "앞 영업일에 보냄", "sent on the business day before", "提前至上一個工作天";
    business_days: "매월 영업일", "Business days of the month", "每月工作天";
    nth: "{n}번째 영업일", "business day {n}", "第 {n} 個工作天";
    nth_last: "끝에서 {n}번째 영업일", "business day {n} from the end", "倒數第 {n} 個工作天";
    last: "마지막 영업일", "the last business day", "最後一個工作天";
    starts: "시작", "From", "開始";
    ends: "끝", "Until", "結束";
    recipients: "받는 곳", "Goes to", "發送至";
    waits_for: "기다리는 것", "Waits for", "等候";
    at_most: "기다리는 기한", "At most", "最長等候";
    deadline_not_sent: "{n} (지나면 보내지 않고 알림)", "{n} (then it is not sent, and the owner told)", "{n}（逾時不發送並通知）";
    deadline_marked: "{n} (지나면 표시하고 보냄)", "{n} (then it is sent with a mark)", "{n}（逾時附註明發送）";
    send_if: "보내는 조건", "Sent if", "發送條件";
    if_rows: "{n}에 행이 있음", "{n} has rows", "{n} 有資料列";
    if_changed: "{n}이(가) 앞과 다름", "{n} has changed", "{n} 與上次不同";
    burst_dataset: "{n}의 저마다 ({by}별)", "everybody of {n}, by {by}", "{n} 各人（按 {by}）";
    burst_list: "{n}곳에 저마다 ({by}별)", "{n} recipients, by {by}", "{n} 個收件人（按 {by}）";
    tell_delay: "늦으면", "If late", "延遲時";
    tell_delay_after: "{n} 뒤 받는 사람에게 알림", "recipients are told after {n}", "{n} 後通知收件人";
    leavers: "그만 받기로 한 사람", "Have unsubscribed", "已取消接收";
    preview: "다음 발송 일정", "What comes next", "接下來的發送";
    planned: "정한 때", "Planned", "原定時間";
    sent_at: "보내는 때", "Sent", "發送時間";
    note: "비고", "Note", "備註";
    not_sent: "보내지 않음", "not sent", "不發送";
    weekend: "주말", "weekend", "週末";
    blackout: "발송 금지일", "blackout", "禁止發送日";
    no_business_day: "가까운 영업일이 없음", "no business day near", "附近沒有工作天";
    uncovered: "달력 {n}은(는) {day}까지만 공휴일을 압니다. 그 뒤의 날은 주말만 쉬는 날로 셉니다.", "The calendar {n} knows holidays through {day} only. Of later days only the weekends are known.", "日曆 {n} 的假日資料只到 {day}，之後只會把週末當作假日。";
    pause: "일시 중지", "Pause", "暫停";
    pause_intro: "멈춘 동안의 발송은 건너뛰며, 다시 시작해도 뒤늦게 보내지 않습니다. 기록에는 남습니다.", "What comes while it is paused is skipped and not made up for later. The runs say so.", "暫停期間的發送會略過，恢復後亦不會補發，但會留下記錄。";
    reason: "이유", "Reason", "原因";
    until: "다시 시작하는 날 (비우면 직접 다시 시작할 때까지)", "Resumes on (empty: when somebody resumes it)", "恢復日期（留空：直至手動恢復）";
    resume: "다시 시작", "Resume", "恢復";
    paused_by: "{n} 님이 {at}에 멈췄습니다.", "{n} paused it on {at}.", "{n} 於 {at} 暫停。";
    resumes: "{at}에 다시 시작합니다.", "It resumes on {at}.", "將於 {at} 恢復。";
    past_day: "내일 이후의 날을 고르세요.", "Choose a day after today.", "請選擇今天之後的日期。";
    long_reason: "이유는 200자까지 쓸 수 있습니다.", "The reason may have 200 characters.", "原因最多 200 個字元。";
    demo: "이 서버에는 로그인이 없으므로 명령줄에서 멈춥니다.", "This server has no login; pause it at the command line.", "此伺服器沒有登入功能，請以命令列暫停。";
}

impl ScheduleWords {
    /// What happens on holidays.
    pub(super) fn holiday_rule(&self, rule: HolidayRule) -> &'static str {
        match rule {
            HolidayRule::Run => self.holiday_run,
            HolidayRule::Skip => self.holiday_skip,
            HolidayRule::Next => self.holiday_next,
            HolidayRule::Previous => self.holiday_previous,
        }
    }

    /// Which of the days that cron names are meant, in a few words; empty where all are.
    pub(super) fn days(&self, schedule: &Schedule) -> String {
        let of_month = schedule.business_day.as_slice();
        match schedule.on_holiday.filter(|rule| *rule != HolidayRule::Run) {
            Some(rule) => format!("{}: {}", self.holiday, self.holiday_rule(rule)),
            None => of_month.iter().map(|day| self.business_day(*day)).collect::<Vec<_>>().join(", "),
        }
    }

    /// A business day of the month.
    pub(in crate::web) fn business_day(&self, day: i8) -> String {
        let n = day.unsigned_abs().to_string();
        match day {
            -1 => self.last.to_owned(),
            ..0 => fill(self.nth_last, &[("n", &n)]),
            _ => fill(self.nth, &[("n", &n)]),
        }
    }

    /// Why a time is not kept.
    pub(in crate::web) fn why(&self, why: &Why, locale: crate::format::Locale) -> String {
        match why {
            Why::Off(DayOff::Weekend) => self.weekend.to_owned(),
            Why::Off(DayOff::Holiday(name)) => name.get(locale).to_owned(),
            Why::Blackout(None) => self.blackout.to_owned(),
            Why::Blackout(Some(reason)) => format!("{}: {}", self.blackout, reason.get(locale)),
            Why::NoBusinessDay => self.no_business_day.to_owned(),
            Why::Paused => self.paused.to_owned(),
        }
    }
}
