//! What the form of a subscription holds: as it is offered, as it comes back, and the wish it makes.

use std::collections::BTreeMap;

use chrono::{NaiveTime, Timelike as _};
use chrono_tz::Tz;

use super::SubscriptionWords;
use super::words::WEEK;
use crate::definitions::model::{Attachment, CalendarId, Report};
use crate::format::Locale;
use crate::runs::subscriptions::{Rhythm, Wish};
use crate::web::login::Fields;

/// What the form holds, as text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) rhythm: String,
    /// Days of the week by their English names: `Mon`.
    pub(super) weekdays: Vec<String>,
    pub(super) month_day: String,
    pub(super) nth: String,
    pub(super) at: String,
    pub(super) zone: String,
    /// Empty for none.
    pub(super) calendar: String,
    pub(super) locale: String,
    pub(super) attach: Vec<String>,
}

/// The files that can be attached.
pub(super) const FILES: [Attachment; 3] = [Attachment::Pdf, Attachment::Xlsx, Attachment::Csv];

/// The business days of a month that are offered.
pub(super) const NTH: [i8; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1, -2, -3];

/// Zones that are offered besides the report's; any other can be written.
pub(super) const ZONES: [&str; 6] =
    ["Asia/Seoul", "Asia/Hong_Kong", "America/New_York", "America/Chicago", "America/Los_Angeles", "UTC"];

impl Draft {
    /// What is offered first for a report: Mondays at eight, and its PDF where it may be taken away.
    pub(super) fn usual(report: &Report, locale: Locale, may_export: bool) -> Self {
        let calendar = report.schedules.values().find_map(|schedule| schedule.calendar.clone());
        Self {
            rhythm: "weekly".into(),
            weekdays: vec!["Mon".into()],
            month_day: "1".into(),
            nth: "1".into(),
            at: "08:00".into(),
            zone: report.time_zone.clone(),
            calendar: calendar.map(|id| id.to_string()).unwrap_or_default(),
            locale: locale.tag().into(),
            attach: if may_export { vec!["pdf".into()] } else { Vec::new() },
        }
    }

    /// As a wish stands.
    pub(super) fn of(wish: &Wish) -> Self {
        let mut draft = Self {
            rhythm: String::new(),
            weekdays: vec!["Mon".into()],
            month_day: "1".into(),
            nth: "1".into(),
            at: wish.at.format("%H:%M").to_string(),
            zone: wish.time_zone.clone(),
            calendar: wish.calendar.as_ref().map(ToString::to_string).unwrap_or_default(),
            locale: wish.locale.tag().into(),
            attach: wish.attach.iter().map(|file| file.word().to_owned()).collect(),
        };
        let rhythm = match &wish.rhythm {
            Rhythm::Daily => "daily",
            Rhythm::BusinessDays => "business_days",
            Rhythm::Weekly(days) => {
                draft.weekdays = days.iter().map(ToString::to_string).collect();
                "weekly"
            }
            Rhythm::Monthly(day) => {
                draft.month_day = day.to_string();
                "monthly"
            }
            Rhythm::LastDay => "last_day",
            Rhythm::BusinessDay(day) => {
                draft.nth = day.to_string();
                "business_day"
            }
        };
        draft.rhythm = rhythm.into();
        draft
    }

    /// As it comes back.
    pub(super) fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.get(name).trim().chars().take(100).collect::<String>();
        let all = |name: &str| fields.all(name).take(10).map(str::to_owned).collect();
        Self {
            rhythm: text("rhythm"),
            weekdays: all("weekday"),
            month_day: text("month_day"),
            nth: text("nth"),
            at: text("at"),
            zone: text("zone"),
            calendar: text("calendar"),
            locale: text("locale"),
            attach: all("attach"),
        }
    }

    /// The wish it makes. The error says in `sw` what to mend.
    pub(super) fn wish(
        &self,
        parameters: BTreeMap<String, Vec<String>>,
        calendars: &[CalendarId],
        sw: &'static SubscriptionWords,
    ) -> Result<Wish, &'static str> {
        let calendar = calendars.iter().find(|id| id.as_str() == self.calendar).cloned();
        let number = |text: &str| text.parse::<i8>().unwrap_or_default();
        let rhythm = match self.rhythm.as_str() {
            "daily" => Rhythm::Daily,
            "business_days" => Rhythm::BusinessDays,
            "weekly" => {
                let chosen = WEEK.into_iter().filter(|day| self.weekdays.contains(&day.to_string()));
                Rhythm::Weekly(chosen.collect())
            }
            "monthly" => Rhythm::Monthly(self.month_day.parse().unwrap_or_default()),
            "last_day" => Rhythm::LastDay,
            "business_day" if calendar.is_none() => return Err(sw.bad_calendar),
            "business_day" => Rhythm::BusinessDay(number(&self.nth)),
            _ => return Err(sw.bad_days),
        };
        if !rhythm.is_possible(calendar.as_ref()) {
            return Err(sw.bad_days);
        }
        let at = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(&self.at, form).ok());
        let at = at.and_then(|at| at.with_second(0)).ok_or(sw.bad_time)?;
        let zone: Tz = self.zone.parse().map_err(|_| sw.bad_zone)?;
        Ok(Wish {
            rhythm,
            at,
            time_zone: zone.name().to_owned(),
            calendar,
            parameters,
            locale: self.locale.parse().unwrap_or_default(),
            attach: FILES
                .into_iter()
                .filter(|file| self.attach.iter().any(|word| word == file.word()))
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(rhythm: &str) -> Draft {
        let report: Report = serde_json::from_value(serde_json::json!({
            "title": {"en": "Weekly sales"}, "owner": "sales", "panels": {},
        }))
        .unwrap();
        Draft { rhythm: rhythm.into(), ..Draft::usual(&report, Locale::En, true) }
    }

    fn made(draft: &Draft) -> Result<Wish, &'static str> {
        let calendars = [CalendarId::parse("kr").unwrap()];
        draft.wish(BTreeMap::new(), &calendars, SubscriptionWords::of(Locale::En))
    }

    #[test]
    fn what_a_form_says_comes_back_as_it_was() {
        for rhythm in ["daily", "business_days", "weekly", "monthly", "last_day", "business_day"] {
            let draft = Draft { calendar: "kr".into(), nth: "-1".into(), ..draft(rhythm) };
            let wish = made(&draft).unwrap();
            let again = Draft::of(&wish);
            assert_eq!(made(&again).unwrap(), wish);
            assert_eq!((again.rhythm.as_str(), again.at.as_str()), (rhythm, "08:00"));
        }
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        let sw = SubscriptionWords::of(Locale::En);
        assert_eq!(made(&draft("business_day")), Err(sw.bad_calendar));
        assert_eq!(made(&draft("hourly")), Err(sw.bad_days));
        assert_eq!(made(&Draft { weekdays: vec!["Xyz".into()], ..draft("weekly") }), Err(sw.bad_days));
        assert_eq!(made(&Draft { month_day: "31".into(), ..draft("monthly") }), Err(sw.bad_days));
        assert_eq!(made(&Draft { at: "25:00".into(), ..draft("daily") }), Err(sw.bad_time));
        assert_eq!(made(&Draft { zone: "Mars/Base".into(), ..draft("daily") }), Err(sw.bad_zone));
    }
}
