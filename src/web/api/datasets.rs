//! `/datasets`: what can be asked.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::kept;
use super::names::Named;
use crate::definitions::model::{DatasetId, DimensionType, FieldName};
use crate::format::{Locale, LocalizedText, NumberFormat};
use crate::web::backend::DatasetEntry;
use crate::web::error::WebError;
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// Datasets.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Datasets {
    /// In the order of their titles.
    datasets: Vec<DatasetOut>,
}

/// A dataset in a list.
#[derive(Debug, Serialize, JsonSchema)]
struct DatasetOut {
    /// Its id.
    id: String,
    /// What people call it.
    title: String,
    /// What it holds.
    description: Option<String>,
    /// The functional role that answers for it.
    owner: String,
}

/// A dataset.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DatasetDetail {
    /// Its id.
    id: String,
    /// What people call it.
    title: String,
    /// What it holds.
    description: Option<String>,
    /// The functional role that answers for it.
    owner: String,
    /// The dimension that periods apply to.
    time: Option<String>,
    /// What numbers can be grouped and filtered by.
    dimensions: Vec<DimensionOut>,
    /// Aggregates over rows.
    measures: Vec<NumberOut>,
    /// Expressions over measures and other metrics.
    metrics: Vec<NumberOut>,
    /// The last day that the caller's rows have; `null` without a time dimension, without rows, and while the
    /// data cannot be reached.
    complete_through: Option<NaiveDate>,
}

/// A dimension.
#[derive(Debug, Serialize, JsonSchema)]
struct DimensionOut {
    /// Its name.
    name: String,
    /// What people call it.
    title: String,
    /// What it means.
    description: Option<String>,
    /// Its type, where its author says so.
    r#type: Option<DimensionType>,
}

/// A measure or metric.
#[derive(Debug, Serialize, JsonSchema)]
struct NumberOut {
    /// Its name.
    name: String,
    /// What people call it.
    title: String,
    /// What it means.
    description: Option<String>,
    /// How its numbers are written for people; here they are exact.
    format: NumberFormat,
    /// Rising numbers are bad news.
    lower_is_better: bool,
}

/// `GET /datasets`
pub(super) async fn list(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or_default();
    let mut datasets: Vec<DatasetOut> = state
        .backend
        .datasets(&standing)
        .into_iter()
        .map(|entry| DatasetOut {
            title: title(entry.dataset.title.as_ref(), entry.id.as_str(), locale),
            description: words(entry.dataset.description.as_ref(), locale),
            owner: entry.dataset.owner.clone(),
            id: entry.id.to_string(),
        })
        .collect();
    datasets.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.id.cmp(&b.id)));
    kept(&headers, &Datasets { datasets })
}

/// `GET /datasets/{dataset}`
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    Named(id): Named<DatasetId>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or_default();
    let entries = state.backend.datasets(&standing);
    let entry = entries.into_iter().find(|entry| entry.id == id).ok_or_else(WebError::no_page)?;
    let complete_through = match entry.dataset.time {
        Some(_) => state.backend.latest_day(standing, id).await,
        None => None,
    };
    kept(&headers, &DatasetDetail { complete_through, ..DatasetDetail::new(&entry, locale) })
}

impl DatasetDetail {
    fn new(entry: &DatasetEntry, locale: Locale) -> Self {
        let DatasetEntry { id, dataset, restriction } = entry;
        let is_open = |name: &FieldName| !restriction.hides(name);
        Self {
            id: id.to_string(),
            title: title(dataset.title.as_ref(), id.as_str(), locale),
            description: words(dataset.description.as_ref(), locale),
            owner: dataset.owner.clone(),
            time: dataset.time.as_ref().filter(|name| is_open(name)).map(ToString::to_string),
            dimensions: dataset
                .dimensions
                .iter()
                .filter(|(name, _)| is_open(name))
                .map(|(name, dimension)| DimensionOut {
                    name: name.to_string(),
                    title: title(dimension.title.as_ref(), name.as_str(), locale),
                    description: words(dimension.description.as_ref(), locale),
                    r#type: dimension.r#type,
                })
                .collect(),
            measures: dataset
                .measures
                .iter()
                .filter(|(name, _)| is_open(name))
                .map(|(name, measure)| NumberOut {
                    name: name.to_string(),
                    title: title(measure.title.as_ref(), name.as_str(), locale),
                    description: words(measure.description.as_ref(), locale),
                    format: measure.format.clone(),
                    lower_is_better: measure.lower_is_better,
                })
                .collect(),
            metrics: dataset
                .metrics
                .iter()
                .filter(|(name, _)| is_open(name))
                .map(|(name, metric)| NumberOut {
                    name: name.to_string(),
                    title: title(metric.title.as_ref(), name.as_str(), locale),
                    description: words(metric.description.as_ref(), locale),
                    format: metric.format.clone(),
                    lower_is_better: metric.lower_is_better,
                })
                .collect(),
            complete_through: None,
        }
    }
}

fn title(text: Option<&LocalizedText>, name: &str, locale: Locale) -> String {
    text.map_or_else(|| name.to_owned(), |text| text.get(locale).to_owned())
}

fn words(text: Option<&LocalizedText>, locale: Locale) -> Option<String> {
    text.map(|text| text.get(locale).to_owned())
}
