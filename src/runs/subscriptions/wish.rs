//! What somebody wants to have sent to them, and when.

use std::collections::BTreeMap;

use chrono::{NaiveTime, Timelike as _, Weekday};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::definitions::model::{
    Attachment, CalendarId, CatchUp, Delivery, EmailDelivery, HolidayRule, OneOrMany, PanelErrorPolicy,
    Report, Schedule,
};
use crate::format::Locale;

/// What somebody wants to have sent to them, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// On which days.
    pub rhythm: Rhythm,
    /// At which time of them, to the minute.
    pub at: NaiveTime,
    /// The IANA zone of that time.
    pub time_zone: String,
    /// Whose business days count, where the rhythm is one of business days.
    pub calendar: Option<CalendarId>,
    /// Values of the report's parameters by name; those without take their defaults.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The language.
    pub locale: Locale,
    /// What is attached; nothing is for a mail with the numbers and charts only.
    pub attach: Vec<Attachment>,
}

/// On which days something is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Every day.
    Daily,
    /// Every business day; without a calendar from Monday through Friday.
    BusinessDays,
    /// On these days of every week.
    Weekly(Vec<Weekday>),
    /// On this day of every month, from 1 through 28, which every month has.
    Monthly(u8),
    /// On the last day of every month.
    LastDay,
    /// On this business day of every month, counted from 1, or from -1 back from its end. Needs a calendar.
    BusinessDay(i8),
}

impl Rhythm {
    /// The last day of a month that every month has.
    pub const LAST_MONTHLY: u8 = 28;

    /// How far business days of a month are counted.
    pub const MOST_BUSINESS_DAYS: i8 = 15;

    /// Whether there are such days.
    pub fn is_possible(&self, calendar: Option<&CalendarId>) -> bool {
        match self {
            Self::Daily | Self::BusinessDays | Self::LastDay => true,
            Self::Weekly(days) => !days.is_empty() && days.len() <= 7,
            Self::Monthly(day) => (1..=Self::LAST_MONTHLY).contains(day),
            Self::BusinessDay(day) => {
                let counted = (1..=Self::MOST_BUSINESS_DAYS).contains(&day.abs());
                counted && calendar.is_some()
            }
        }
    }

    /// The day fields of a cron expression.
    fn days(&self, calendar: Option<&CalendarId>) -> String {
        match self {
            Self::BusinessDays if calendar.is_none() => "* * MON-FRI".into(),
            Self::Daily | Self::BusinessDays | Self::BusinessDay(_) => "* * *".into(),
            Self::Weekly(days) => {
                let names: Vec<String> = days.iter().map(|day| day.to_string().to_uppercase()).collect();
                format!("* * {}", names.join(","))
            }
            Self::Monthly(day) => format!("{day} * *"),
            Self::LastDay => "L * *".into(),
        }
    }

    fn is_of_business_days(&self) -> bool {
        matches!(self, Self::BusinessDays | Self::BusinessDay(_))
    }
}

impl Wish {
    /// The schedule that it comes to, for `report`, sent to `address`.
    pub fn schedule(&self, report: &Report, address: &str) -> Schedule {
        let calendar = self.calendar.clone().filter(|_| self.rhythm.is_of_business_days());
        let business_day = match self.rhythm {
            Rhythm::BusinessDay(day) => OneOrMany::One(day),
            _ => OneOrMany::default(),
        };
        let on_holiday = matches!(self.rhythm, Rhythm::BusinessDays).then_some(HolidayRule::Skip);
        let email = EmailDelivery::to_one(address, self.attach.clone());
        Schedule {
            cron: format!("{} {} {}", self.at.minute(), self.at.hour(), self.rhythm.days(calendar.as_ref())),
            time_zone: Some(self.time_zone.clone()),
            on_holiday: on_holiday.filter(|_| calendar.is_some()),
            calendar,
            business_day,
            blackout: OneOrMany::default(),
            starts: None,
            ends: None,
            catch_up: CatchUp::Latest,
            wait_for: report.subscriptions.wait_for.clone(),
            send_if: None,
            burst: None,
            locale: Some(self.locale),
            parameters: IndexMap::new(),
            on_panel_error: PanelErrorPolicy::Stop,
            tell_delay: Some(report.subscriptions.tell_delay),
            enabled: report.subscriptions.allowed,
            deliver: Delivery { email: Some(email), ..Delivery::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(rhythm: Rhythm, calendar: Option<&str>) -> (String, Vec<i8>) {
        let wish = Wish {
            rhythm,
            at: NaiveTime::from_hms_opt(8, 5, 0).unwrap(),
            time_zone: "Asia/Hong_Kong".into(),
            calendar: calendar.map(|id| CalendarId::parse(id).unwrap()),
            parameters: BTreeMap::new(),
            locale: Locale::En,
            attach: vec![Attachment::Pdf],
        };
        let report: Report = serde_json::from_value(serde_json::json!({
            "title": {"en": "Weekly sales"}, "owner": "sales", "panels": {},
        }))
        .unwrap();
        let schedule = wish.schedule(&report, "kim@example.com");
        assert_eq!(schedule.deliver.email.unwrap().to.as_slice(), ["kim@example.com"]);
        (schedule.cron, schedule.business_day.as_slice().to_vec())
    }

    #[test]
    fn days_become_cron_and_business_days() {
        assert_eq!(cron(Rhythm::Daily, None).0, "5 8 * * *");
        assert_eq!(cron(Rhythm::BusinessDays, None).0, "5 8 * * MON-FRI");
        assert_eq!(cron(Rhythm::BusinessDays, Some("hk")).0, "5 8 * * *");
        assert_eq!(cron(Rhythm::Weekly(vec![Weekday::Mon, Weekday::Thu]), None).0, "5 8 * * MON,THU");
        assert_eq!(cron(Rhythm::Monthly(3), None).0, "5 8 3 * *");
        assert_eq!(cron(Rhythm::LastDay, None).0, "5 8 L * *");
        assert_eq!(cron(Rhythm::BusinessDay(-1), Some("hk")), ("5 8 * * *".into(), vec![-1]));
    }

    #[test]
    fn days_that_are_none_are_refused() {
        let calendar = CalendarId::parse("kr").unwrap();
        assert!(
            Rhythm::BusinessDay(3).is_possible(Some(&calendar)) && !Rhythm::BusinessDay(3).is_possible(None)
        );
        assert!(!Rhythm::BusinessDay(0).is_possible(Some(&calendar)));
        assert!(!Rhythm::Weekly(Vec::new()).is_possible(None));
        assert!(!Rhythm::Monthly(29).is_possible(None) && !Rhythm::Monthly(0).is_possible(None));
    }
}
