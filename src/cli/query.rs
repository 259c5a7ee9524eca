//! `jangpyo query`

use std::process::ExitCode;

use chrono::Utc;

use super::arguments::{Place, QueryArguments, RowFormat};
use super::{Failure, output, progress};
use crate::access::{Action, Object};
use crate::definitions::model::{AxisField, FieldName, SortKey};
use crate::definitions::period::PeriodSpec;
use crate::engine::{Account, Ask, Freshness};
use crate::error::Kind;
use crate::query::{Anchor, Comparison, Condition, Filter, GroupBy, Literal, SemanticQuery, Sort, resolve};
use crate::render::csv;
use crate::table::{Role, Table, Value};

pub(super) async fn query(place: &Place, arguments: &QueryArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let program = place.program()?;
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let (id, dataset) = catalog.datasets.get_key_value(&arguments.dataset).ok_or_else(|| {
        let valid: Vec<_> = catalog.datasets.keys().map(ToString::to_string).collect();
        Failure::new(
            Kind::NotFound,
            format!("there is no dataset `{}`; valid are: {}", arguments.dataset, valid.join(", ")),
        )
    })?;
    let standing = program.evaluator.standing(arguments.viewer.viewer()).await;
    let restriction =
        standing.decide(Action::Explore, Object::Dataset(id)).and_then(|_| standing.restriction(id));
    let restriction = restriction.map_err(|refusal| {
        let person = standing.viewer().name();
        Failure::new(Kind::Forbidden, format!("dataset `{id}` is closed to {person}: {refusal}"))
    })?;
    let account = Account {
        viewer: standing.viewer().name().to_owned(),
        role: standing.payer(id).map(|role| role.to_string()),
        ..Account::default()
    };
    let ask = Ask::of(catalog, id, &restriction, account).ok_or_else(|| {
        let sources: Vec<String> = dataset.sources().map(|source| format!("`{source}`")).collect();
        let message = format!("source {} is not defined or has errors", sources.join(" or "));
        Failure::new(Kind::BadDefinition, message)
    })?;
    let ask = Ask { freshness: Freshness::from_now_on(), ..ask };
    let engine = program.evaluator.engine();
    let range = match &arguments.period {
        Some(text) => {
            let spec = PeriodSpec::parse(text).map_err(Failure::usage)?;
            let anchor = Anchor::at(arguments.now.unwrap_or_else(Utc::now), arguments.time_zone);
            let latest = match spec {
                PeriodSpec::AsOfLatest => engine.latest_day(&ask, arguments.time_zone).await?,
                _ => None,
            };
            resolve(spec, anchor, latest, arguments.locale.week_start())
        }
        None => None,
    };
    let question = SemanticQuery {
        by: arguments.by.iter().map(|text| group(text)).collect::<Result<_, _>>()?,
        filters: arguments.conditions.iter().map(|text| condition(text)).collect::<Result<_, _>>()?,
        range,
        sort: arguments.sort.iter().map(|text| sort(text)).collect::<Result<_, _>>()?,
        limit: arguments.limit,
        totals: arguments.totals,
        time_zone: arguments.time_zone,
        week_start: arguments.locale.week_start(),
        ..SemanticQuery::of_everything(arguments.measures.clone())
    };
    let spinner = progress::spinner("asking");
    // Without dimensions the one row is the total.
    let question = SemanticQuery { totals: question.totals && !question.by.is_empty(), ..question };
    let answer = engine.answer(&ask, &question).await?;
    spinner.finish_and_clear();
    match arguments.format {
        RowFormat::Csv => {
            let table = with_total_row(&answer.table);
            output::write(&csv::csv(&table, arguments.locale, arguments.mark()))?;
        }
        RowFormat::Json => output::say_json(&json(&answer.table))?,
    }
    if answer.table.rows_before_limit > answer.table.len() {
        eprintln!("first {} of {} rows", answer.table.len(), answer.table.rows_before_limit);
    }
    Ok(ExitCode::SUCCESS)
}

fn group(text: &str) -> Result<GroupBy, Failure> {
    let AxisField { field, grain } = text.parse().map_err(|problem: String| Failure::usage(problem))?;
    Ok(GroupBy { field, grain })
}

fn sort(text: &str) -> Result<Sort, Failure> {
    let SortKey { field, descending } = text.parse().map_err(Failure::usage)?;
    Ok(Sort { field, descending })
}

fn condition(text: &str) -> Result<Filter, Failure> {
    let operators = ["!=", ">=", "<=", "=", ">", "<", "~"];
    let found = operators.iter().filter_map(|operator| Some((text.find(operator)?, *operator)));
    // The leftmost operator counts; of two that start there, the longer one.
    let (at, operator) =
        found.min_by_key(|(at, operator)| (*at, std::cmp::Reverse(operator.len()))).ok_or_else(|| {
            Failure::usage(format!(
                "`{text}` is not a condition; write `name=value`, with =, !=, >, >=, <, <= or ~"
            ))
        })?;
    let field = FieldName::parse(text[..at].trim()).map_err(Failure::usage)?;
    let value = text[at + operator.len()..].trim();
    let literal = |text: &str| Literal::Text(text.trim().to_owned());
    let list = || value.split(',').map(literal).collect();
    let condition = match operator {
        "=" => Condition::OneOf(list()),
        "!=" => Condition::NoneOf(list()),
        ">" => Condition::Compare(Comparison::Greater, literal(value)),
        ">=" => Condition::Compare(Comparison::GreaterOrEqual, literal(value)),
        "<" => Condition::Compare(Comparison::Less, literal(value)),
        "<=" => Condition::Compare(Comparison::LessOrEqual, literal(value)),
        _ => Condition::Contains(value.to_owned()),
    };
    Ok(Filter { field, condition })
}

/// The rows with the grand total as the last one, called so in its first column.
fn with_total_row(table: &Table) -> Table {
    let mut table = table.clone();
    if let Some(totals) = table.totals.take() {
        for (position, (column, total)) in table.columns.iter_mut().zip(totals).enumerate() {
            let is_name = position == 0 && column.role == Role::Dimension;
            column.cells.push(if is_name { Value::Text("(total)".into()) } else { total });
        }
    }
    table
}

/// One object per row; the grand total is the last one, marked with `"_total": true`.
fn json(table: &Table) -> Vec<serde_json::Map<String, serde_json::Value>> {
    let object = |cell: &dyn Fn(usize) -> serde_json::Value| {
        let columns = table.columns.iter().enumerate();
        columns
            .map(|(position, column)| (column.name.clone(), cell(position)))
            .collect::<serde_json::Map<_, _>>()
    };
    let rows = (0..table.len()).map(|row| object(&|position| json_value(table.cell(row, position))));
    let total = table.totals.as_ref().map(|totals| {
        let mut total = object(&|position| totals.get(position).map_or(serde_json::Value::Null, json_value));
        total.insert("_total".into(), true.into());
        total
    });
    rows.chain(total).collect()
}

fn json_value(value: &Value) -> serde_json::Value {
    use crate::format::{Locale, NumberFormat, NumberStyle};

    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => (*number).into(),
        // JSON has no NaN and no infinities: they become null.
        Value::Float(number) => (*number).into(),
        Value::Text(text) => text.as_ref().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Timestamp(instant) => instant.format("%Y-%m-%dT%H:%M:%S%.f").to_string().into(),
        // Exact digits as text: a JSON number would be read as a float.
        Value::Decimal { .. } => {
            value.text(&NumberFormat::default(), None, NumberStyle::Full, Locale::En).replace(',', "").into()
        }
        Value::Others => "others".into(),
    }
}
