//! `jangpyo plan`

use std::collections::BTreeSet;
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::arguments::Place;
use super::{Failure, output, progress};
use crate::app::{Estimator, Expected, ReportEstimate, ScheduleEstimate};
use crate::definitions::model::{Costs, ReportId};

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// The report.
    report: ReportId,
    /// The month whose times of schedules count, such as 2026-11; the present one by default.
    #[arg(long, value_parser = super::costs::month)]
    month: Option<NaiveDate>,
    /// How often people look at it in the month.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    looks: u64,
    /// The instant relative periods count from, such as 2026-11-23T08:00:00+09:00; now by default.
    #[arg(long, value_name = "INSTANT")]
    now: Option<DateTime<Utc>>,
    /// Writes JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn plan(place: &Place, arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let program = place.program()?;
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let (id, report) = catalog
        .reports
        .get_key_value(&arguments.report)
        .ok_or_else(|| Failure::unknown(&format!("report `{}`", arguments.report), catalog.reports.keys()))?;
    let costs = catalog.costs.as_deref();
    let now = arguments.now.unwrap_or_else(Utc::now);
    let day = arguments.month.unwrap_or_else(|| costs.map_or(now.date_naive(), |costs| costs.day_of(now)));
    let spinner = progress::spinner("planning what would be asked");
    let estimate = async { Estimator::new(&program).await?.report(id, report, day, now).await }.await;
    spinner.finish_and_clear();
    let estimate = estimate.map_err(|error| Failure::new(error.kind(), error))?;
    let plan = Plan { estimate, month: day.format("%Y-%m").to_string(), looks: arguments.looks, costs };
    if arguments.json {
        output::say_json(&plan.as_json())?;
    } else {
        plan.say(id)?;
    }
    let of_schedules = plan.estimate.schedules.iter().flat_map(|one| &one.failed);
    for panel in of_schedules.chain(&plan.estimate.failed).collect::<BTreeSet<_>>() {
        let what = if panel.is_empty() { "a question of the report" } else { panel };
        eprintln!("not in the estimate, because it could not be planned: {what}");
    }
    Ok(ExitCode::SUCCESS)
}

struct Plan<'a> {
    estimate: ReportEstimate,
    month: String,
    looks: u64,
    costs: Option<&'a Costs>,
}

impl Plan<'_> {
    fn total(&self) -> Expected {
        let schedules = self.estimate.schedules.iter().map(ScheduleEstimate::month);
        Expected::sum(schedules.chain([self.estimate.look().times(self.looks)]))
    }

    fn say(&self, id: &ReportId) -> Result<(), Failure> {
        let currency = self.costs.map_or("no prices are defined", |costs| costs.currency.as_str());
        output::say(&format!("{id}   {}   {currency}", self.month))?;
        let heads = ["cost", "queries", "MB moved", "MB scanned", "requests"].map(str::to_owned);
        output::say(&line("one look", &heads))?;
        for (panel, source, expected) in &self.estimate.panels {
            let panel = if panel.is_empty() { "(periods, choices)" } else { panel };
            output::say(&line(&format!("  {panel} at {source}"), &cells(*expected)))?;
        }
        output::say(&line("  all panels", &cells(self.estimate.look())))?;
        output::say(&line("in the month", &heads))?;
        for schedule in &self.estimate.schedules {
            let copies = match schedule.copies {
                Some(1) => String::new(),
                Some(copies) => format!(" × {copies} copies"),
                None => " × copies that could not be counted".to_owned(),
            };
            let times = if schedule.fires == 1 { "time" } else { "times" };
            let name =
                format!("  {} · {} {times}{copies} · {}", schedule.name, schedule.fires, schedule.role);
            output::say(&line(&name, &cells(schedule.month())))?;
        }
        if self.looks > 0 {
            let looks = self.estimate.look().times(self.looks);
            output::say(&line(&format!("  {} looks at most", self.looks), &cells(looks)))?;
        }
        output::say(&line("  together", &cells(self.total())))
    }

    fn as_json(&self) -> Value {
        let panels = self.estimate.panels.iter().map(|(panel, source, expected)| {
            json!({"panel": panel, "source": source, "expected": as_json(*expected)})
        });
        let schedules = self.estimate.schedules.iter().map(|schedule| {
            json!({
                "schedule": schedule.name, "role": schedule.role, "times": schedule.fires, "copies": schedule.copies,
                "once": as_json(schedule.once), "month": as_json(schedule.month()),
            })
        });
        json!({
            "month": self.month, "currency": self.costs.map(|costs| &costs.currency),
            "panels": panels.collect::<Vec<_>>(), "look": as_json(self.estimate.look()),
            "schedules": schedules.collect::<Vec<_>>(), "looks": self.looks, "total": as_json(self.total()),
            "not_planned": self.estimate.failed,
        })
    }
}

fn line(name: &str, cells: &[String; 5]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:>12}")).collect();
    format!("{name:<44}{}", cells.concat())
}

fn cells(expected: Expected) -> [String; 5] {
    let mega = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    [
        format!("{:.4}", expected.cost as f64 / 1e6),
        expected.queries.to_string(),
        mega(expected.moved),
        mega(expected.scanned),
        expected.requests.to_string(),
    ]
}

fn as_json(expected: Expected) -> Value {
    json!({
        "cost": expected.cost as f64 / 1e6, "queries": expected.queries, "bytes_moved": expected.moved,
        "bytes_scanned": expected.scanned, "requests": expected.requests,
    })
}
