//! What a schedule's file says of it, as labels with their values.

use super::{ScheduleEntry, ScheduleWords};
use crate::definitions::model::{AtDeadline, Burst, Delivery, FieldName, SendIf, WaitFor};
use crate::web::when::When;
use crate::web::words::fill;

pub(super) fn facts(entry: &ScheduleEntry, sw: &'static ScheduleWords) -> Vec<(&'static str, String)> {
    let schedule = &entry.schedule;
    let mut facts = vec![(sw.when, schedule.cron.clone()), (sw.zone, entry.zone.clone())];
    if let Some(calendar) = &schedule.calendar {
        facts.push((sw.calendar, calendar.to_string()));
    }
    if let Some(rule) = schedule.on_holiday {
        facts.push((sw.holiday, sw.holiday_rule(rule).to_owned()));
    }
    let days: Vec<String> =
        schedule.business_day.as_slice().iter().map(|day| sw.business_day(*day)).collect();
    if !days.is_empty() {
        facts.push((sw.business_days, days.join(", ")));
    }
    for (word, day) in [(sw.starts, schedule.starts), (sw.ends, schedule.ends)] {
        if let Some(day) = day {
            facts.push((word, day.to_string()));
        }
    }
    if let Some(wait_for) = &schedule.wait_for {
        facts.push((sw.waits_for, awaited(wait_for)));
        let rule = match wait_for.at_deadline {
            AtDeadline::DoNotSend => sw.deadline_not_sent,
            AtDeadline::SendMarked => sw.deadline_marked,
        };
        facts.push((sw.at_most, fill(rule, &[("n", &wait_for.at_most.to_string())])));
    }
    if let Some(send_if) = &schedule.send_if {
        facts.push((sw.send_if, conditions(send_if, sw)));
    }
    if let Some(after) = schedule.tell_delay {
        facts.push((sw.tell_delay, fill(sw.tell_delay_after, &[("n", &after.to_string())])));
    }
    if !entry.leavers.is_empty() {
        let left = entry
            .leavers
            .iter()
            .map(|(address, since)| format!("{address} ({})", When::new(*since, &entry.zone).text));
        facts.push((sw.leavers, left.collect::<Vec<_>>().join(", ")));
    }
    let mut to = recipients(&schedule.deliver);
    to.extend(schedule.burst.as_ref().map(|burst| burst_to(burst, sw)));
    facts.push((sw.recipients, to.join(", ")));
    facts
}

/// As the file says it: names and words that its author knows.
fn awaited(wait_for: &WaitFor) -> String {
    let datasets = wait_for.datasets.iter().map(|(dataset, day)| format!("{dataset} → {}", day.name()));
    let objects =
        wait_for.objects.as_slice().iter().map(|object| format!("{}: {}", object.source, object.path));
    let signals = wait_for.signals.iter().map(|(name, key)| format!("{name} ({key})"));
    let all = datasets.chain(objects).chain(signals).chain(wait_for.schedules.as_slice().iter().cloned());
    all.collect::<Vec<_>>().join(" · ")
}

fn conditions(send_if: &SendIf, sw: &ScheduleWords) -> String {
    let names = |panels: Vec<String>| panels.join(", ");
    let mut parts = Vec::new();
    if !send_if.rows_in.is_empty() {
        let panels = names(send_if.rows_in.as_slice().iter().map(ToString::to_string).collect());
        parts.push(fill(sw.if_rows, &[("n", &panels)]));
    }
    for (panel, threshold) in &send_if.crossed {
        let above = threshold.above.map(|above| format!("> {above}"));
        let below = threshold.below.map(|below| format!("< {below}"));
        let limits: Vec<String> = above.into_iter().chain(below).collect();
        parts.push(format!("{panel} {}", limits.join(" / ")));
    }
    if !send_if.changed.is_empty() {
        let panels = names(send_if.changed.as_slice().iter().map(ToString::to_string).collect());
        parts.push(fill(sw.if_changed, &[("n", &panels)]));
    }
    parts.join(" · ")
}

fn recipients(deliver: &Delivery) -> Vec<String> {
    let email = deliver.email.iter().flat_map(|email| {
        [&email.to, &email.cc, &email.bcc].into_iter().flat_map(|addresses| addresses.as_slice().to_vec())
    });
    let folder = deliver.folder.iter().map(|folder| format!("{}/", folder.path.trim_end_matches('/')));
    let destinations = deliver.destinations.keys().map(ToString::to_string);
    email.chain(folder).chain(destinations).collect()
}

/// Whom a burst goes to, and what tells their copies apart.
fn burst_to(burst: &Burst, sw: &ScheduleWords) -> String {
    let mut bound: Vec<&str> = Vec::new();
    for name in burst.bound().map(FieldName::as_str) {
        if !bound.contains(&name) {
            bound.push(name);
        }
    }
    let about = if bound.is_empty() { burst.run_as.clone() } else { bound.join(", ") };
    if let (Some(dataset), Some(field)) = (&burst.dataset, &burst.recipient) {
        return fill(sw.burst_dataset, &[("n", &format!("{dataset}.{field}")), ("by", &about)]);
    }
    let count: usize = burst.recipients.iter().map(|one| one.to.as_slice().len()).sum();
    fill(sw.burst_list, &[("n", &count.to_string()), ("by", &about)])
}
