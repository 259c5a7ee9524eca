//! Where files are written: the paths that authors write with words in braces.

use chrono_tz::Tz;

use super::super::Ticket;
use super::super::part::Part;
use crate::delivery::safe_name;

/// Fills `template`. Every word becomes one plain part of a path, so that a store called `../x` stays where it is;
/// `{file}` is given by whoever writes files.
pub(super) fn path(template: &str, ticket: &Ticket, part: &Part, file: Option<&str>) -> String {
    let zone = ticket.schedule.time_zone.as_deref().unwrap_or(&ticket.report.time_zone);
    let local = ticket.run.scheduled_at.with_timezone(&zone.parse::<Tz>().unwrap_or(Tz::UTC));
    let word = |name: &str| {
        Some(match name {
            "report" => ticket.run.report.to_string(),
            "schedule" => safe_name(ticket.run.schedule.as_str()),
            "about" => safe_name(if part.about.is_empty() { "all" } else { &part.about }),
            "year" => local.format("%Y").to_string(),
            "month" => local.format("%m").to_string(),
            "day" => local.format("%d").to_string(),
            "hour" => local.format("%H").to_string(),
            "minute" => local.format("%M").to_string(),
            "locale" => part.locale.tag().to_owned(),
            "file" => file?.to_owned(),
            _ => return None,
        })
    };
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some((word, after)) =
            after.split_once('}').and_then(|(name, after)| Some((word(name)?, after)))
        {
            filled.push_str(&word);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}
