//! A set of files as a table DataFusion can scan.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::TableProvider;
use datafusion::common::{Column, ScalarValue};
use datafusion::datasource::file_format::FileFormat as EngineFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit, when};
use datafusion::prelude::SessionContext;
use indexmap::IndexMap;
use url::Url;

use super::file_set::FileSet;
use super::{SourceError, column_type};
use crate::definitions::model::{CsvOptions, FileFormat};

/// How to read a set of files.
pub(super) struct FileTable<'a> {
    pub format: Option<FileFormat>,
    pub csv: Option<&'a CsvOptions>,
    pub partitions: &'a IndexMap<String, String>,
}

impl FileTable<'_> {
    /// The table over `files`, which `context` must reach under `store_url`.
    pub(super) async fn provider(
        &self,
        context: &SessionContext,
        store_url: &Url,
        files: &FileSet,
    ) -> Result<Arc<dyn TableProvider>, SourceError> {
        let name = files.first_name();
        let gzip = name.ends_with(".gz");
        let format = self.format.or_else(|| format_of(&name)).ok_or_else(|| {
            SourceError::BadDataset(format!(
                "the format of `{}` is not clear from `{name}`; say `format: parquet`, `csv` or `ndjson`",
                files.path
            ))
        })?;
        let options = self.listing_options(format, gzip, files)?;
        let table_url = table_url(store_url, files)?;
        let unreadable = |cause| SourceError::Unreadable { path: files.path.clone(), cause: Box::new(cause) };
        let inferred = options.infer_schema(&context.state(), &table_url).await.map_err(unreadable)?;
        let schema = self.declared_schema(&inferred, files)?;
        let tokens = self.csv.filter(|_| format == FileFormat::Csv).map_or(&[][..], |csv| &csv.null_values);
        let as_written = if tokens.is_empty() { schema.clone() } else { all_text(&schema) };
        let config = ListingTableConfig::new(table_url)
            .with_listing_options(options)
            .with_schema(Arc::new(as_written));
        let statistics = context.runtime_env().cache_manager.get_file_statistic_cache();
        let table = ListingTable::try_new(config).map_err(unreadable)?.with_cache(statistics);
        if tokens.is_empty() {
            return Ok(Arc::new(table));
        }
        without_null_tokens(Arc::new(table), &schema, tokens).map_err(unreadable)
    }

    fn listing_options(
        &self,
        format: FileFormat,
        gzip: bool,
        files: &FileSet,
    ) -> Result<ListingOptions, SourceError> {
        let compression = if gzip { FileCompressionType::GZIP } else { FileCompressionType::UNCOMPRESSED };
        let reader: Arc<dyn EngineFormat> = match format {
            FileFormat::Parquet => Arc::new(ParquetFormat::default()),
            FileFormat::Ndjson => Arc::new(JsonFormat::default().with_file_compression_type(compression)),
            FileFormat::Csv => Arc::new(csv_format(self.csv.unwrap_or(&CsvOptions::default()), compression)?),
        };
        for declared in self.partitions.keys() {
            if !files.partition_columns.contains(declared) {
                return Err(SourceError::BadDataset(format!(
                    "partition column `{declared}` is not in the folders of `{}`, which have ({})",
                    files.path,
                    files.partition_columns.join(", ")
                )));
            }
        }
        let columns = files
            .partition_columns
            .iter()
            .map(|name| {
                let data_type =
                    self.partitions.get(name).map_or(Ok(DataType::Utf8), |name| column_type::parse(name))?;
                Ok((name.clone(), data_type))
            })
            .collect::<Result<Vec<_>, SourceError>>()?;
        // Which files belong was decided when they were listed: every extension is accepted here.
        Ok(ListingOptions::new(reader).with_file_extension("").with_table_partition_cols(columns))
    }

    /// The inferred schema with the declared types in place of the guessed ones.
    fn declared_schema(&self, inferred: &Schema, files: &FileSet) -> Result<Schema, SourceError> {
        let empty = IndexMap::new();
        let types = self.csv.map_or(&empty, |csv| &csv.types);
        let mut fields = Vec::with_capacity(inferred.fields().len());
        for field in inferred.fields() {
            // Excel starts UTF-8 files with a byte order mark, which is not part of the first name.
            let name = field.name().trim_start_matches('\u{feff}');
            let data_type = match types.get(name) {
                Some(declared) => column_type::parse(declared)?,
                // A column without any value so far: text accepts whatever comes.
                None if *field.data_type() == DataType::Null => DataType::Utf8,
                None => field.data_type().clone(),
            };
            fields.push(Field::new(name, data_type, true).with_metadata(field.metadata().clone()));
        }
        if let Some(unknown) = types.keys().find(|name| !fields.iter().any(|field| field.name() == *name)) {
            let names: Vec<_> = fields.iter().map(|field| field.name().as_str()).collect();
            return Err(SourceError::BadDataset(format!(
                "csv.types names `{unknown}`, but `{}` has {}",
                files.path,
                names.join(", ")
            )));
        }
        Ok(Schema::new(fields))
    }
}

fn all_text(schema: &Schema) -> Schema {
    Schema::new(
        schema
            .fields()
            .iter()
            .map(|field| Field::new(field.name(), DataType::Utf8, true))
            .collect::<Vec<_>>(),
    )
}

/// The table with its columns in the types of `schema` and the tokens for "no value" as such. The
/// reader knows such tokens only while it guesses types, so columns are read as text and cast here.
fn without_null_tokens(
    table: Arc<dyn TableProvider>,
    schema: &Schema,
    tokens: &[String],
) -> datafusion::error::Result<Arc<dyn TableProvider>> {
    let tokens: Vec<Expr> = tokens.iter().map(|token| lit(token.as_str())).collect();
    let written = table.schema();
    let columns = written.fields().iter().map(|field| {
        let column = Expr::Column(Column::new_unqualified(field.name()));
        match schema.field_with_name(field.name()) {
            Ok(declared) => {
                let empty = declared.data_type() != &DataType::Utf8;
                let tokens = tokens.iter().cloned().chain(empty.then(|| lit("")));
                let missing = column.clone().in_list(tokens.collect(), false);
                let value = when(missing, lit(ScalarValue::Utf8(None))).otherwise(column)?;
                Ok(cast(value, declared.data_type().clone()).alias(field.name()))
            }
            // A partition column: its value is in the path, not in the file.
            Err(_) => Ok(column.alias(field.name())),
        }
    });
    let columns = columns.collect::<datafusion::error::Result<Vec<_>>>()?;
    let plan = LogicalPlanBuilder::scan("csv", provider_as_source(table), None)?.project(columns)?.build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}

fn format_of(name: &str) -> Option<FileFormat> {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    match name.rsplit_once('.')?.1 {
        "parquet" | "pq" => Some(FileFormat::Parquet),
        "csv" | "tsv" | "txt" => Some(FileFormat::Csv),
        "ndjson" | "jsonl" | "json" => Some(FileFormat::Ndjson),
        _ => None,
    }
}

fn csv_format(csv: &CsvOptions, compression: FileCompressionType) -> Result<CsvFormat, SourceError> {
    let delimiter = match csv.delimiter.as_bytes() {
        [byte] => *byte,
        _ if csv.delimiter == "\\t" => b'\t',
        _ => {
            return Err(SourceError::BadDataset(format!(
                "csv.delimiter `{}` must be one ASCII character (or \\t)",
                csv.delimiter
            )));
        }
    };
    let tokens: Vec<_> = csv.null_values.iter().map(|token| regex::escape(token)).collect();
    let null_regex = (!tokens.is_empty()).then(|| format!("^({})?$", tokens.join("|")));
    Ok(CsvFormat::default()
        .with_has_header(csv.header)
        .with_delimiter(delimiter)
        .with_null_regex(null_regex)
        .with_newlines_in_values(true)
        .with_file_compression_type(compression))
}

fn table_url(store_url: &Url, files: &FileSet) -> Result<ListingTableUrl, SourceError> {
    let mut url = store_url.clone();
    let slash = if files.single || files.prefix.as_ref().is_empty() { "" } else { "/" };
    url.set_path(&format!("{}{slash}", files.prefix));
    ListingTableUrl::try_new(url, None)
        .map_err(|cause| SourceError::Unreadable { path: files.path.clone(), cause: Box::new(cause) })
}
