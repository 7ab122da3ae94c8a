//! Records as rows of Parquet, and back.
//!
//! An invocation is a table (a file of several holds their tables one after another): the first row is the invocation itself (no criterion; what is not a
//! column of its own is JSON in `record`), each further row is one sample. All rows carry the
//! series key, the outcome and the places, so that a query needs no join. A run's header is a
//! table of one row.
//!
//! The file's metadata says what it is and in which version of this layout. Changing the layout
//! means raising [`SCHEMA`].

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use model::{Criterion, Fact, Invocation, Isolation, Outcome, Reported, Run, Sample, SeriesKey};
use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::*;
use serde_json::{Value, json};

use crate::{Damage, StoreError, write};

/// Version of the layout.
const SCHEMA: &str = "1";
const SCHEMA_KEY: &str = "kraitbench.schema";
const CONTENT_KEY: &str = "kraitbench.content";

/// What a file says that it holds.
const RUN: &str = "run";
const INVOCATION: &str = "invocation";
const INVOCATIONS: &str = "invocations";

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
    parquet(1, columns, RUN)
}

pub(crate) fn decode_run(path: &Path) -> Result<Run, Damage> {
    let table = read(path, RUN, None)?;
    let record = first_text(&table, "record").map_err(|what| Damage::torn(path, &what))?;
    serde_json::from_str(&record).map_err(|error| Damage::torn(path, &error.to_string()))
}

pub(crate) fn encode_invocation(invocation: &Invocation) -> Result<Vec<u8>, StoreError> {
    encode(std::slice::from_ref(invocation), INVOCATION)
}

/// Several invocations of a run in one file: their tables one after another.
pub(crate) fn encode_invocations(invocations: &[Invocation]) -> Result<Vec<u8>, StoreError> {
    encode(invocations, INVOCATIONS)
}

fn encode(invocations: &[Invocation], content: &str) -> Result<Vec<u8>, StoreError> {
    let mut rows = 0;
    let mut records: Vec<Option<String>> = Vec::new();
    for invocation in invocations {
        let record = json_text(&json!({
            "key": invocation.key,
            "command": invocation.command,
            "outcome": invocation.outcome,
            "isolation": invocation.isolation,
            "reported": invocation.reported,
            "stdout_tail": invocation.stdout_tail,
            "stderr_tail": invocation.stderr_tail,
            "absent": invocation.absent,
        }))?;
        records.push(Some(record));
        rows += 1 + invocation.samples.len();
        records.resize(rows, None);
    }
    let mut columns = shared_columns(invocations, rows);
    columns.extend(sample_columns(invocations));
    columns.push(Column::new("record".into(), records));
    parquet(rows, columns, content)
}

/// What all rows of an invocation say alike.
fn shared_columns(invocations: &[Invocation], rows: usize) -> Vec<Column> {
    let text = |name: &str, of: &dyn Fn(&Invocation) -> String| {
        let each: Vec<String> = invocations.iter().map(of).collect();
        let mut values = Vec::with_capacity(rows);
        for (value, invocation) in each.iter().zip(invocations) {
            values.resize(values.len() + 1 + invocation.samples.len(), value.as_str());
        }
        Column::new(name.into(), values)
    };
    let small = |name: &str, of: &dyn Fn(&Invocation) -> u32| {
        let mut values = Vec::with_capacity(rows);
        for invocation in invocations {
            values.resize(values.len() + 1 + invocation.samples.len(), of(invocation));
        }
        Column::new(name.into(), values)
    };
    let mut sizes = Vec::with_capacity(rows);
    for invocation in invocations {
        let more = 1 + invocation.samples.len();
        sizes.resize(sizes.len() + more, invocation.key.size);
    }
    vec![
        text("run", &|one| one.run.0.clone()),
        text("suite", &|one| one.key.suite.to_string()),
        small("suite_version", &|one| one.key.suite_version),
        text("benchmark", &|one| one.key.benchmark.to_string()),
        small("benchmark_version", &|one| one.key.benchmark_version),
        Column::new("size".into(), sizes),
        text("arguments", &|one| one.key.arguments.clone()),
        text("executor", &|one| one.key.executor.to_string()),
        text("configuration", &|one| one.key.configuration.to_string()),
        text("target", &|one| one.key.target.to_string()),
        text("host", &|one| one.key.host.clone()),
        text("clock", &|one| one.key.clock.to_string()),
        text("build", &|one| one.key.build.clone()),
        text("invocation", &|one| one.id.0.clone()),
        small("index", &|one| one.index),
        small("position", &|one| one.position),
        text("started_at", &|one| one.started_at.clone()),
        text("outcome", &|one| one.outcome.kind().to_owned()),
    ]
}

/// What each sample says, after the invocation's own row.
fn sample_columns(invocations: &[Invocation]) -> Vec<Column> {
    // An invocation's own row is a sample that is none.
    let rows = || {
        invocations
            .iter()
            .flat_map(|one| std::iter::once(None).chain(one.samples.iter().map(Some)))
    };
    let names: Vec<Option<String>> = rows().map(|row| Some(row?.criterion.name())).collect();
    let units: Vec<Option<&str>> = rows().map(|row| Some(row?.criterion.unit())).collect();
    let iterations: Vec<Option<u32>> = rows().map(|row| row?.iteration).collect();
    let values: Vec<Option<f64>> = rows().map(|row| Some(row?.value)).collect();
    vec![
        Column::new("criterion".into(), names),
        Column::new("unit".into(), units),
        Column::new("iteration".into(), iterations),
        Column::new("value".into(), values),
    ]
}

/// The columns from which invocations are made again; the others repeat what the record says.
const READ: [&str; 9] = [
    "run",
    "invocation",
    "index",
    "position",
    "started_at",
    "criterion",
    "iteration",
    "value",
    "record",
];

/// The invocations of a file, one or several.
pub(crate) fn decode_invocations(path: &Path) -> Result<Vec<Invocation>, Damage> {
    let content = match is_of_several(path) {
        true => INVOCATIONS,
        false => INVOCATION,
    };
    let table = read(path, content, Some(&READ))?;
    invocations_of(&table).map_err(|what| Damage::torn(path, &what))
}

fn is_of_several(path: &Path) -> bool {
    crate::name_of(path).starts_with(crate::SEVERAL)
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
    #[serde(default)]
    absent: Vec<Fact>,
}

fn invocations_of(table: &DataFrame) -> Result<Vec<Invocation>, String> {
    let text = |name: &str| -> Result<&StringChunked, String> {
        let column = table.column(name).map_err(|error| error.to_string())?;
        column.str().map_err(|error| error.to_string())
    };
    let number = |name: &str| -> Result<&UInt32Chunked, String> {
        let column = table.column(name).map_err(|error| error.to_string())?;
        column.u32().map_err(|error| error.to_string())
    };
    let (runs, ids, started) = (text("run")?, text("invocation")?, text("started_at")?);
    let (indices, positions) = (number("index")?, number("position")?);
    let (criteria, iterations) = (text("criterion")?, number("iteration")?);
    let values = table.column("value").map_err(|error| error.to_string())?;
    let values = values.f64().map_err(|error| error.to_string())?;
    let mut known = Known::default();
    let mut invocations: Vec<Invocation> = Vec::new();
    let samples = criteria.iter().zip(iterations.iter()).zip(values.iter());
    for ((row, record), sample) in text("record")?.iter().enumerate().zip(samples) {
        if let Some(record) = record {
            let record: Record = serde_json::from_str(record).map_err(|error| error.to_string())?;
            let there = |column: &StringChunked, name: &str| {
                let value = column.get(row).map(str::to_owned);
                value.ok_or_else(|| format!("`{name}` is empty"))
            };
            let count = |column: &UInt32Chunked, name: &str| {
                column.get(row).ok_or_else(|| format!("`{name}` is empty"))
            };
            let id = there(ids, "invocation")?;
            let run = there(runs, "run")?;
            let (index, position) = (count(indices, "index")?, count(positions, "position")?);
            invocations.push(record.into_invocation(id, run, index, position));
            if let Some(one) = invocations.last_mut() {
                one.started_at = there(started, "started_at")?;
            }
        }
        let Some(invocation) = invocations.last_mut() else {
            return Err("its first row is no invocation".to_owned());
        };
        if let ((Some(criterion), iteration), Some(value)) = sample {
            invocation.samples.push(Sample {
                criterion: known.criterion(criterion),
                iteration,
                value,
            });
        }
    }
    match invocations.is_empty() {
        true => Err("it has no rows".to_owned()),
        false => Ok(invocations),
    }
}

impl Record {
    fn into_invocation(self, id: String, run: String, index: u32, position: u32) -> Invocation {
        Invocation {
            id: model::InvocationId(id),
            run: model::RunId(run),
            key: self.key,
            index,
            position,
            started_at: String::new(),
            command: self.command,
            outcome: self.outcome,
            isolation: self.isolation,
            reported: self.reported,
            stdout_tail: self.stdout_tail,
            stderr_tail: self.stderr_tail,
            samples: Vec::new(),
            absent: self.absent,
        }
    }
}

/// Criteria by name: a file has millions of samples of a dozen criteria, mostly the one before.
#[derive(Default)]
struct Known(Vec<(String, Criterion)>);

impl Known {
    fn criterion(&mut self, name: &str) -> Criterion {
        if let Some((_, criterion)) = self.0.iter().find(|(known, _)| known == name) {
            return criterion.clone();
        }
        let criterion = Criterion::from(name.to_owned());
        self.0.push((name.to_owned(), criterion.clone()));
        criterion
    }
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
fn read(path: &Path, content: &str, columns: Option<&[&str]>) -> Result<DataFrame, Damage> {
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
    let columns = columns.map(|names| names.iter().map(|&name| name.to_owned()).collect());
    let read = reader.with_columns(columns).finish();
    read.map_err(|error| torn(&error))
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
