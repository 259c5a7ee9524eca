//! On SQLite, and on Postgres when there is one, whose ledger is one: each test has a day of its own.

use chrono::NaiveDate;

use super::*;
use crate::store::tests::stores;

fn line(day: &str, role: &str, panel: &str, cost: i64) -> QueryLine {
    let day: NaiveDate = day.parse().unwrap();
    QueryLine {
        at: day.and_hms_milli_opt(3, 4, 5, 678).unwrap().and_utc(),
        day,
        viewer: format!("{role}@example.com"),
        role: role.into(),
        purpose: Purpose::Interactive,
        report: "weekly".into(),
        panel: panel.into(),
        schedule: String::new(),
        run: String::new(),
        dataset: "sales".into(),
        source: "lake".into(),
        region: "seoul".into(),
        served: if cost == 0 { ServedFrom::Kept } else { ServedFrom::Source },
        outcome: Ended::Answered,
        rows: 12,
        scanned: 1_000,
        moved: 100,
        whole: None,
        requests: 3,
        busy_micros: 2_500,
        statements: vec!["01b2-0001".into(), "01b2-0002".into()],
        cost,
        billed: false,
        currency: "USD".into(),
    }
}

#[tokio::test]
async fn lines_come_back_as_they_were_and_add_up() {
    for temporary in stores().await {
        let ledger = QueryLedger::new(temporary.store.clone());
        let day = "1999-03-01";
        let day_of = |text: &str| text.parse::<NaiveDate>().unwrap();
        ledger.prune(day_of("1999-04-01")).await.unwrap();
        let other = QueryLine { currency: "KRW".into(), ..line(day, "finance", "b", 900) };
        let lines = [
            line(day, "sales", "a", 250),
            line(day, "sales", "a", 0),
            line("1999-03-02", "finance", "a", 1_000),
            other,
        ];
        ledger.append(&lines).await.unwrap();
        let filter = CostFilter::of_days(day_of(day), day_of("1999-03-03"), "USD");
        let by_role = ledger.costs(&filter, CostBy::Role).await.unwrap();
        let shown: Vec<_> =
            by_role.iter().map(|row| (row.key.as_str(), row.cost, row.queries, row.asked)).collect();
        assert_eq!(
            shown,
            [("finance", 1_000, 2, 2), ("sales", 250, 2, 1)],
            "the dearest first, one currency only"
        );
        assert_eq!(ledger.total(&filter).await.unwrap().requests, 12);
        let days = ledger.costs(&filter, CostBy::Day).await.unwrap();
        assert_eq!(days.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), [day, "1999-03-02"]);
        let months = ledger.costs(&filter, CostBy::Month).await.unwrap();
        assert_eq!((months.len(), months[0].key.as_str()), (1, "1999-03"));
        let of_role = CostFilter { role: Some("sales".into()), ..filter.clone() };
        let panels = ledger.costs(&of_role, CostBy::Panel).await.unwrap();
        assert_eq!((panels.len(), panels[0].key.as_str(), panels[0].cost), (1, "weekly/a", 250));
        let mut found = ledger.lines(&of_role, 10).await.unwrap();
        found.sort_by_key(|line| -line.cost);
        assert_eq!(found, lines[..2]);
        assert_eq!(ledger.lines(&filter, 3).await.unwrap().len(), 3);
        assert_eq!(ledger.prune(day_of("1999-03-02")).await.unwrap(), 3);
    }
}
