//! Records as rows of Parquet, and back.
//!
//! An invocation is a table: the first row is the invocation itself (no criterion; what is not a
//! column of its own is JSON in `record`), each further row is one sample. All rows carry the
//! series key, the outcome and the places, so that a query needs no join. A run's header is a
//! table of one row.
//!
//! The file's metadata says what it is and in which version of this layout. Changing the layout
//! means raising [`SCHEMA`].

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use model::{Criterion, Invocation, Isolation, Outcome, Reported, Run, Sample, SeriesKey};
use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::*;
use serde_json::{Value, json};

use crate::{Damage, StoreError, write};

/// Version of the layout.
const SCHEMA: &str = "1";
const SCHEMA_KEY: &str = "kraitbench.schema";
const CONTENT_KEY: &str = "kraitbench.content";

pub(crate) fn encode_run(run: &Run) -> Result<Vec<u8>, StoreError> {
    let columns = vec![
        Column::new("run".into(), [run.id.0.as_str()]),
        Column::new("started_at".into(), [run.started_at.as_str()]),
        Column::new("experiment".into(), [run.experiment.name.as_str()]),
        Column::new("plan".into(), [run.plan.as_str()]),
        Column::new("planned".into(), [run.planned]),
        Column::new("host".into(), [run.host.name.as_str()]),
        Column::new("record".into(), [json_text(run)?]),
    ];
    parquet(1, columns, "run")
}

pub(crate) fn decode_run(path: &Path) -> Result<Run, Damage> {
    let table = read(path, "run")?;
    let record = first_text(&table, "record").map_err(|what| Damage::torn(path, &what))?;
    serde_json::from_str(&record).map_err(|error| Damage::torn(path, &error.to_string()))
}

pub(crate) fn encode_invocation(invocation: &Invocation) -> Result<Vec<u8>, StoreError> {
    let rows = 1 + invocation.samples.len();
    let record = json_text(&json!({
        "key": invocation.key,
        "command": invocation.command,
        "outcome": invocation.outcome,
        "isolation": invocation.isolation,
        "reported": invocation.reported,
        "stdout_tail": invocation.stdout_tail,
        "stderr_tail": invocation.stderr_tail,
    }))?;
    let mut columns = shared_columns(invocation, rows);
    columns.extend(sample_columns(&invocation.samples));
    let records: Vec<Option<&str>> = std::iter::once(Some(record.as_str()))
        .chain(vec![None; rows - 1])
        .collect();
    columns.push(Column::new("record".into(), records));
    parquet(rows, columns, "invocation")
}

/// What all rows of an invocation say alike.
fn shared_columns(invocation: &Invocation, rows: usize) -> Vec<Column> {
    let key = &invocation.key;
    let text = |name: &str, value: &str| Column::new(name.into(), vec![value; rows]);
    let small = |name: &str, value: u32| Column::new(name.into(), vec![value; rows]);
    vec![
        text("run", &invocation.run.0),
        text("suite", key.suite.as_str()),
        small("suite_version", key.suite_version),
        text("benchmark", key.benchmark.as_str()),
        small("benchmark_version", key.benchmark_version),
        Column::new("size".into(), vec![key.size; rows]),
        text("arguments", &key.arguments),
        text("executor", key.executor.as_str()),
        text("configuration", key.configuration.as_str()),
        text("target", key.target.as_str()),
        text("host", &key.host),
        text("clock", key.clock.as_str()),
        text("build", &key.build),
        text("invocation", &invocation.id.0),
        small("index", invocation.index),
        small("position", invocation.position),
        text("started_at", &invocation.started_at),
        text("outcome", invocation.outcome.kind()),
    ]
}

/// What each sample says, after the invocation's own row.
fn sample_columns(samples: &[Sample]) -> Vec<Column> {
    let names: Vec<String> = samples
        .iter()
        .map(|sample| sample.criterion.name())
        .collect();
    let criteria: Vec<Option<&str>> = std::iter::once(None)
        .chain(names.iter().map(|name| Some(name.as_str())))
        .collect();
    let units: Vec<Option<&str>> = std::iter::once(None)
        .chain(samples.iter().map(|sample| Some(sample.criterion.unit())))
        .collect();
    let iterations: Vec<Option<u32>> = std::iter::once(None)
        .chain(samples.iter().map(|sample| sample.iteration))
        .collect();
    let values: Vec<Option<f64>> = std::iter::once(None)
        .chain(samples.iter().map(|sample| Some(sample.value)))
        .collect();
    vec![
        Column::new("criterion".into(), criteria),
        Column::new("unit".into(), units),
        Column::new("iteration".into(), iterations),
        Column::new("value".into(), values),
    ]
}

pub(crate) fn decode_invocation(path: &Path) -> Result<Invocation, Damage> {
    let table = read(path, "invocation")?;
    invocation_of(&table).map_err(|what| Damage::torn(path, &what))
}

/// What the `record` of an invocation's own row holds.
#[derive(serde::Deserialize)]
struct Record {
    key: SeriesKey,
    command: Vec<String>,
    outcome: Outcome,
    isolation: Isolation,
    reported: Reported,
    stdout_tail: String,
    stderr_tail: String,
}

fn invocation_of(table: &DataFrame) -> Result<Invocation, String> {
    let record: Record =
        serde_json::from_str(&first_text(table, "record")?).map_err(|error| error.to_string())?;
    Ok(Invocation {
        id: model::InvocationId(first_text(table, "invocation")?),
        run: model::RunId(first_text(table, "run")?),
        key: record.key,
        index: first_number(table, "index")?,
        position: first_number(table, "position")?,
        started_at: first_text(table, "started_at")?,
        command: record.command,
        outcome: record.outcome,
        isolation: record.isolation,
        reported: record.reported,
        stdout_tail: record.stdout_tail,
        stderr_tail: record.stderr_tail,
        samples: samples_of(table).map_err(|error| error.to_string())?,
    })
}

fn samples_of(table: &DataFrame) -> PolarsResult<Vec<Sample>> {
    let criteria = table.column("criterion")?.str()?;
    let iterations = table.column("iteration")?.u32()?;
    let values = table.column("value")?.f64()?;
    let rows = criteria.iter().zip(iterations.iter()).zip(values.iter());
    Ok(rows
        .filter_map(|((criterion, iteration), value)| {
            let criterion = Criterion::from(criterion?.to_owned());
            Some(Sample {
                criterion,
                iteration,
                value: value?,
            })
        })
        .collect())
}

fn json_text(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Encode(error.to_string()))
}

fn first_text(table: &DataFrame, name: &str) -> Result<String, String> {
    let column = table.column(name).map_err(|error| error.to_string())?;
    let texts = column.str().map_err(|error| error.to_string())?;
    texts
        .get(0)
        .map(str::to_owned)
        .ok_or_else(|| format!("`{name}` is empty"))
}

fn first_number(table: &DataFrame, name: &str) -> Result<u32, String> {
    let column = table.column(name).map_err(|error| error.to_string())?;
    let numbers = column.u32().map_err(|error| error.to_string())?;
    numbers.get(0).ok_or_else(|| format!("`{name}` is empty"))
}

fn parquet(rows: usize, columns: Vec<Column>, content: &str) -> Result<Vec<u8>, StoreError> {
    let encode = || -> PolarsResult<Vec<u8>> {
        let mut table = DataFrame::new(rows, columns)?;
        let mut bytes = Vec::new();
        let metadata = [(SCHEMA_KEY, SCHEMA), (CONTENT_KEY, content)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        ParquetWriter::new(&mut bytes)
            .with_compression(ParquetCompression::Uncompressed)
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata.to_vec())))
            .set_parallel(false)
            .finish(&mut table)?;
        Ok(bytes)
    };
    encode().map_err(|error| StoreError::Encode(error.to_string()))
}

/// A whole table, if the file is what it should be.
fn read(path: &Path, content: &str) -> Result<DataFrame, Damage> {
    let torn = |what: &dyn std::fmt::Display| Damage::torn(path, &one_line(what));
    let mut file = File::open(path).map_err(|error| torn(&error))?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).map_err(|error| torn(&error))?;
    match write::is_as_named(path, &bytes) {
        Some(true) => {}
        Some(false) => return Err(torn(&"its contents are not what was written")),
        None => return Err(Damage::foreign(path, "no file of kraitbench is named so")),
    }
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let metadata = reader.get_metadata().map_err(|error| torn(&error))?;
    let stated = |key: &str| {
        let pairs = metadata.key_value_metadata().as_ref()?;
        pairs.iter().find(|pair| pair.key == key)?.value.clone()
    };
    match (stated(SCHEMA_KEY), stated(CONTENT_KEY)) {
        (Some(version), _) if version != SCHEMA => {
            return Err(Damage::version(path, &version, SCHEMA));
        }
        (Some(_), Some(stated)) if stated == content => {}
        _ => {
            return Err(Damage::foreign(
                path,
                &format!("no {content} of kraitbench"),
            ));
        }
    }
    reader.finish().map_err(|error| torn(&error))
}

fn one_line(text: &dyn std::fmt::Display) -> String {
    text.to_string()
        .lines()
        .next()
        .unwrap_or("no reason given")
        .to_owned()
}

/// Kept here so that the layout's names stand in one file.
pub(crate) fn key_columns() -> [&'static str; 12] {
    [
        "suite",
        "suite_version",
        "benchmark",
        "benchmark_version",
        "size",
        "arguments",
        "executor",
        "configuration",
        "target",
        "host",
        "clock",
        "build",
    ]
}

/// The value that JSON has for a key column's cell.
pub(crate) fn cell(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::UInt32(number) => Value::from(*number),
        AnyValue::UInt64(number) => Value::from(*number),
        other => Value::from(other.get_str().unwrap_or_default()),
    }
}
