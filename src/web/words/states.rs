//! Words for states and statuses.

use super::Words;
use crate::runs::store::{Channel, DeliveryState, RunState, Stage, Trigger};

impl Words {
    /// The heading of an error page.
    pub(in crate::web) fn status(&self, status: u16) -> &'static str {
        match status {
            400 => {
                self.pick("요청을 이해할 수 없습니다", "The request cannot be understood", "無法理解此請求")
            }
            401 => self.pick("로그인이 필요합니다", "You are not logged in", "請先登入"),
            403 => self.pick("볼 권한이 없습니다", "This is not open to you", "您沒有檢視權限"),
            404 => self.pick("페이지를 찾을 수 없습니다", "There is no such page", "找不到此頁面"),
            405 => self.pick(
                "지원하지 않는 요청 방식입니다",
                "This address does not take such requests",
                "不支援此請求方式",
            ),
            408 => {
                self.pick("요청이 너무 느리게 도착했습니다", "The request came too slowly", "請求傳送過慢")
            }
            410 => self.pick("더는 보관되어 있지 않습니다", "It is no longer kept", "已不再保存"),
            413 => self.pick("요청이 너무 큽니다", "The request is too large", "請求過大"),
            414 => self.pick("주소가 너무 깁니다", "The address is too long", "網址過長"),
            415 => self.pick("JSON만 받습니다", "Only JSON is taken here", "此處只接受 JSON"),
            421 => self.pick(
                "이 주소로는 접속할 수 없습니다",
                "This host name is not served here",
                "此主機名稱不提供服務",
            ),
            422 => self.pick(
                "정의나 데이터에 오류가 있습니다",
                "A definition or its data are wrong",
                "定義或資料有誤",
            ),
            429 => self.pick("한도를 넘었습니다", "A limit was reached", "已達上限"),
            431 => {
                self.pick("요청 헤더가 너무 큽니다", "The head of the request is too large", "請求標頭過大")
            }
            503 => self.pick("지금은 응답할 수 없습니다", "Not available right now", "暫時無法提供服務"),
            504 => self.pick("시간이 초과되었습니다", "It took too long", "處理逾時"),
            _ => self.pick(
                "예기치 않은 오류가 발생했습니다",
                "Something unexpected happened",
                "發生未預期的錯誤",
            ),
        }
    }

    /// Why a client has to wait, for how many seconds.
    pub(in crate::web) fn too_many_requests(&self) -> &'static str {
        self.pick(
            "짧은 시간에 요청이 너무 많았습니다. {n}초 뒤에 다시 시도해 주세요.",
            "Too many requests in a short time. Try again in {n} seconds.",
            "短時間內的請求過多，請於 {n} 秒後再試。",
        )
    }

    /// How the questions of a burst were answered.
    pub(in crate::web) fn burst_use(&self, scans: u64, sliced: u64, asked: u64) -> String {
        let text = self.pick(
            "데이터는 {scans}번 읽어 나눠 썼습니다. 메모리에서 답한 질문 {sliced}개, 원본에 물은 질문 {asked}개.",
            "The data were read {scans} times and shared: {sliced} questions answered from memory, {asked} asked of the source.",
            "資料讀取 {scans} 次並共用：{sliced} 個查詢由記憶體回答，{asked} 個查詢來源。",
        );
        let text = if scans == 1 { text.replace("read {scans} times", "read once") } else { text.to_owned() };
        text.replace("{scans}", &scans.to_string())
            .replace("{sliced}", &sliced.to_string())
            .replace("{asked}", &asked.to_string())
    }

    /// Where a run stands.
    pub(in crate::web) fn run_state(&self, run_state: RunState) -> &'static str {
        match run_state {
            RunState::Waiting => self.pick("데이터 기다림", "Waiting for data", "等候資料"),
            RunState::Running => self.pick("실행 중", "Running", "執行中"),
            RunState::Succeeded => self.pick("완료", "Succeeded", "成功"),
            RunState::Failed => self.pick("실패", "Failed", "失敗"),
            RunState::Interrupted => self.pick("중단됨", "Interrupted", "已中斷"),
            RunState::Skipped => self.pick("건너뜀", "Skipped", "已略過"),
        }
    }

    /// Where a delivery stands.
    pub(in crate::web) fn delivery_state(&self, delivery_state: DeliveryState) -> &'static str {
        match delivery_state {
            DeliveryState::Queued => self.pick("대기", "Queued", "等候中"),
            DeliveryState::Sending => self.pick("보내는 중", "Sending", "發送中"),
            DeliveryState::Sent => self.pick("보냄", "Sent", "已發送"),
            DeliveryState::Failed => self.pick("실패", "Failed", "失敗"),
            DeliveryState::InDoubt => self.pick("확인 필요", "In doubt", "有待確認"),
            DeliveryState::Unsent => self.pick("보내지 않음", "Unsent", "未發送"),
        }
    }

    /// A part of the pipeline.
    pub(in crate::web) fn stage(&self, stage: Stage) -> &'static str {
        match stage {
            Stage::Evaluate => self.pick("조회", "Evaluate", "查詢"),
            Stage::Render => self.pick("작성", "Render", "製作"),
            Stage::Store => self.pick("보관", "Keep", "儲存"),
            Stage::Deliver => self.pick("발송", "Deliver", "發送"),
        }
    }

    /// What started a run.
    pub(in crate::web) fn trigger(&self, trigger: Trigger) -> &'static str {
        match trigger {
            Trigger::Schedule => self.pick("일정", "Schedule", "排程"),
            Trigger::CatchUp => self.pick("밀린 일정", "Catch-up", "補跑"),
            Trigger::Manual => self.pick("수동", "By hand", "手動"),
            Trigger::Backfill => self.pick("소급 실행", "Backfill", "補製"),
            Trigger::DryRun => self.pick("시험 실행", "Dry run", "試跑"),
        }
    }

    /// The way of a delivery.
    pub(in crate::web) fn channel(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Email => self.pick("이메일", "E-mail", "電郵"),
            Channel::Folder => self.pick("폴더", "Folder", "資料夾"),
            Channel::Slack => "Slack",
            Channel::Teams => "Teams",
            Channel::Webhook => self.pick("웹훅", "Webhook", "Webhook"),
            Channel::ObjectStore => self.pick("객체 저장소", "Object store", "物件儲存"),
            Channel::Sftp => "SFTP",
        }
    }
}
