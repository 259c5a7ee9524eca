//! `jangpyo costs`

use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::Place;
use super::{Failure, output, progress};
use crate::app::{Imported, existing_store, import_bill};
use crate::definitions::model::SourceId;
use crate::error::Kind;
use crate::ledger::queries::{CostBy, CostFilter, CostRow, QueryLedger};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct CostsArguments {
    #[command(subcommand)]
    command: Option<CostsCommand>,
    /// The month, such as 2026-11; the present one by default.
    #[arg(long, value_parser = month)]
    month: Option<NaiveDate>,
    /// What to add up by: role, report, panel, schedule, dataset, source, region, viewer, purpose, day or month
    /// (by month, those of the year that ends with it).
    #[arg(long, default_value = "role", value_parser = by)]
    by: CostBy,
    /// Only what this functional role pays.
    #[arg(long)]
    role: Option<String>,
    /// Only of this report.
    #[arg(long)]
    report: Option<String>,
    /// Only of this dataset.
    #[arg(long)]
    dataset: Option<String>,
    /// Only of this source.
    #[arg(long)]
    source: Option<String>,
    /// Only of this region.
    #[arg(long)]
    region: Option<String>,
    /// Only asked by this person.
    #[arg(long)]
    viewer: Option<String>,
    /// Writes JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum CostsCommand {
    /// Replaces the estimates of a Snowflake source by what its account tells.
    Import(ImportArguments),
}

#[derive(Debug, Args)]
struct ImportArguments {
    /// The source.
    source: SourceId,
    /// How many days back.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// Up to this instant; by default eight hours ago, because the account tells later than that.
    #[arg(long, value_name = "INSTANT")]
    until: Option<DateTime<Utc>>,
    /// Writes JSON.
    #[arg(long)]
    json: bool,
}

/// How late the account tells what statements cost.
const LATE: TimeDelta = TimeDelta::hours(8);

async fn import(place: &Place, arguments: &ImportArguments) -> Result<ExitCode, Failure> {
    let program = place.program()?;
    let to = arguments.until.unwrap_or_else(|| Utc::now() - LATE);
    let from = to - TimeDelta::days(i64::from(arguments.days));
    let spinner = progress::spinner("reading what statements cost");
    let imported = import_bill(&program, &arguments.source, from, to).await;
    spinner.finish_and_clear();
    let Imported { until, lines, statements, credits, estimated, billed } =
        imported.map_err(|error| Failure::new(error.kind(), error))?;
    let (estimated, billed) = (estimated as f64 / 1e6, billed as f64 / 1e6);
    if arguments.json {
        output::say_json(&json!({
            "from": from, "until": until, "lines": lines, "statements": statements, "credits": credits,
            "estimated": estimated, "billed": billed,
        }))?;
    } else {
        output::say(&format!(
            "{lines} questions from {} until {}: {credits:.6} credits of {statements} statements; estimated {estimated:.4}, \
             billed {billed:.4}",
            from.format("%Y-%m-%d %H:%M"),
            until.format("%Y-%m-%d %H:%M UTC"),
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn month(text: &str) -> Result<NaiveDate, String> {
    format!("{text}-01").parse().map_err(|_| "write a month such as 2026-11".to_owned())
}

fn by(text: &str) -> Result<CostBy, String> {
    let valid = || CostBy::ALL.iter().map(|by| by.as_str()).collect::<Vec<_>>().join(", ");
    text.parse().map_err(|_| format!("valid are: {}", valid()))
}

pub(super) async fn costs(place: &Place, arguments: &CostsArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    if let Some(CostsCommand::Import(arguments)) = &arguments.command {
        return import(place, arguments).await;
    }
    let program = place.program()?;
    let store = existing_store(&program.settings).await?.ok_or_else(|| {
        let state = program.settings.state.display().to_string();
        Failure::new(Kind::NotFound, format!("there is no store in {state} yet; nothing was asked"))
    })?;
    let workspace = program.workspace.current();
    let costs = workspace.catalog().costs.as_deref();
    let today = costs.map_or_else(|| Utc::now().date_naive(), |costs| costs.day_of(Utc::now()));
    let currency = costs.map(|costs| costs.currency.as_str());
    let filter = CostFilter {
        role: arguments.role.clone(),
        report: arguments.report.clone(),
        dataset: arguments.dataset.clone(),
        source: arguments.source.clone(),
        region: arguments.region.clone(),
        viewer: arguments.viewer.clone(),
        ..CostFilter::of_month_by(
            arguments.month.unwrap_or(today),
            arguments.by,
            currency.unwrap_or_default(),
        )
    };
    let ledger = QueryLedger::new(store.clone());
    let found = futures::future::try_join(ledger.costs(&filter, arguments.by), ledger.total(&filter)).await;
    store.close().await;
    let (rows, total) = found?;
    if arguments.json {
        let rows: Vec<_> = rows.iter().map(as_json).collect();
        output::say_json(&json!({"from": filter.from, "to": filter.to, "currency": currency, "rows": rows}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let last = filter.to.pred_opt().unwrap_or(filter.to).format("%Y-%m").to_string();
    let first = filter.from.format("%Y-%m").to_string();
    let months = if first == last { last } else { format!("{first} – {last}") };
    let head = format!("{months}   {}", currency.unwrap_or("no prices are defined"));
    output::say(&head)?;
    output::say(&line(
        arguments.by.as_str(),
        &["cost", "queries", "asked", "MB moved", "MB scanned", "requests", "s"].map(str::to_owned),
    ))?;
    for row in &rows {
        output::say(&line(if row.key.is_empty() { "–" } else { &row.key }, &cells(row)))?;
    }
    output::say(&line("total", &cells(&total)))?;
    Ok(ExitCode::SUCCESS)
}

fn line(name: &str, cells: &[String; 7]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:>12}")).collect();
    format!("{name:<28}{}", cells.concat())
}

fn cells(row: &CostRow) -> [String; 7] {
    let mega = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    [
        format!("{:.4}", row.cost as f64 / 1e6),
        row.queries.to_string(),
        row.asked.to_string(),
        mega(row.moved),
        mega(row.scanned),
        row.requests.to_string(),
        format!("{:.1}", row.busy_micros as f64 / 1e6),
    ]
}

fn as_json(row: &CostRow) -> serde_json::Value {
    json!({
        "key": row.key, "cost": row.cost as f64 / 1e6, "queries": row.queries, "asked": row.asked, "failed": row.failed,
        "bytes_moved": row.moved, "bytes_across_regions": row.crossed, "bytes_if_copied_daily": row.copied,
        "bytes_scanned": row.scanned, "requests": row.requests,
        "seconds": row.busy_micros as f64 / 1e6,
    })
}
