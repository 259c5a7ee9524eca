//! The words of a comparison.

use crate::web::words::word_table;

word_table! { CompareWords;
    compare: "비교", "Comparison", "比較";
    compare_with: "비교하기", "Compare with", "比較對象";
    previous: "이전 회차 {at}", "the instant before, {at}", "上一次 {at}";
    other_attempt: "같은 회차의 시도 {n}", "attempt {n} for the same instant", "同一次的第 {n} 次嘗試";
    before: "이전", "Before", "之前";
    after: "이후", "After", "之後";
    removed: "실행 {run}의 수치는 보관 기간이 지나 삭제되었습니다.", "The figures of run {run} were removed after their retention time.", "執行 {run} 的數據已過保存期並已移除。";
    never_made: "실행 {run}에는 보관된 수치가 없습니다. 이전 버전에서 실행했거나 보고서를 만들기 전에 끝났습니다.", "Run {run} has no figures: an earlier version made it, or it ended before its report was made.", "執行 {run} 沒有保存數據：由舊版本執行，或在製作報表前已結束。";
    other_report: "서로 다른 보고서의 실행은 비교할 수 없습니다.", "Runs of different reports cannot be compared.", "不同報表的執行無法比較。";
    nothing: "달라진 수치가 없습니다.", "No number differs.", "沒有數字不同。";
    versions: "달라진 데이터와 정의", "Data and definitions that differ", "不同的資料與定義";
    what: "무엇", "What", "項目";
    definition: "정의", "Definitions", "定義";
    row: "행", "Row", "列";
    column: "열", "Column", "欄";
    difference: "차이", "Difference", "差額";
    percent: "증감률", "Per cent", "百分比";
    values: "달라진 값", "Values that differ", "不同的數值";
    rows_added: "늘어난 행", "Rows added", "新增的列";
    rows_removed: "없어진 행", "Rows removed", "移除的列";
    columns_added: "늘어난 열", "Columns added", "新增的欄";
    columns_removed: "없어진 열", "Columns removed", "移除的欄";
    rows_in_all: "전체 행 수", "Rows in all", "總列數";
    regions_missing: "빠진 리전", "Regions missing", "缺少的區域";
    panels_added: "늘어난 패널", "Panels added", "新增的面板";
    panels_removed: "없어진 패널", "Panels removed", "移除的面板";
    panels_equal: "같은 패널 {n}개", "{n} panels are equal", "{n} 個面板相同";
    first_of: "전체 {of}개 중 처음 {n}개", "first {n} of {of}", "{of} 項中的首 {n} 項";
    copies_equal: "모든 수치가 같은 사본 {n}개", "{n} copies are equal in every number", "{n} 份的數字完全相同";
    copies_shown: "달라진 사본 {of}개 중 처음 {n}개만 보여 줍니다.", "The first {n} of {of} copies that differ are shown.", "只顯示 {of} 份不同副本中的首 {n} 份。";
    copies_not_looked_at: "사본 {n}개는 살펴보지 않았습니다. 명령줄의 compare는 모두 비교합니다.", "{n} copies were not looked at; `jangpyo compare` looks at all.", "有 {n} 份未比對；命令列的 compare 會全部比對。";
    copies_added: "늘어난 사본 {n}개:", "{n} copies added:", "新增 {n} 份：";
    copies_removed: "없어진 사본 {n}개:", "{n} copies removed:", "移除 {n} 份：";
    attempt: "시도 {n}", "attempt {n}", "第 {n} 次嘗試";
}
