//! The words of what was sent to whom.

use crate::web::words::word_table;

word_table! { DeliveryWords;
    deliveries: "발송 기록", "Deliveries", "發送記錄";
    none: "아직 보낸 것이 없습니다.", "Nothing was sent yet.", "尚未發送任何內容。";
    no_such: "조건에 맞는 발송 기록이 없습니다.", "There are no such deliveries.", "沒有符合條件的發送記錄。";
    undelivered: "못 받은 곳", "Not delivered", "未送達";
    all_reached: "못 받은 곳이 없습니다.", "Everybody was reached.", "全部均已送達。";
    undelivered_intro: "실패했거나, 도착했는지 알 수 없거나, 보내기 전에 실행이 끝났고, 그 뒤의 시도도 대신하지 못한 곳입니다. 아무것도 보내지 못하고 실패한 실행은 실행 기록에 있습니다.", "Those who were not reached, or perhaps were not, and whom no later attempt has sent it to. Runs that failed before they sent anything are among the runs.", "發送失敗、有待確認，或在發送前執行已結束，且其後亦未再發送的收件人。未發送任何內容便失敗的執行，請見執行記錄。";
    undelivered_count: "받지 못했거나 확인이 필요한 발송이 {n}건 있습니다.", "Deliveries that failed or are in doubt: {n}.", "有 {n} 項發送失敗或有待確認。";
    see: "보기", "See them", "查看";
    in_doubt: "도착했을 수 있어서 다시 보내지 않습니다. 아래 번호로 메일 서버나 받는 사람에게 확인하세요.", "It may have arrived, so it is not sent again by itself. Ask the mail server or the recipient about:", "郵件可能已送達，因此不會自動重發。請以下列編號向郵件伺服器或收件人查詢：";
    send_again: "다시 보내기", "Send again", "重新發送";
    send_in_doubt: "그래도 다시 보내기…", "Send again all the same …", "仍要重新發送…";
    twice: "이미 도착했을 수 있습니다. 다시 보내면 받는 사람이 같은 것을 두 번 받을 수 있습니다.", "It may have arrived. Whoever has got it would get it twice.", "郵件可能已送達。重新發送後，收件人可能會收到兩次。";
    send_twice: "두 번 가더라도 보내기", "Send, even if twice", "即使重複仍要發送";
}
