//! ReBench's data file: lines of tab-separated cells under a heading, a sample each; `#` begins a
//! comment, and some comments say what the samples are of.
//!
//! ```text
//! # Execution Start: 2026-01-31T04:00:00+00:00
//! invocation  iteration  value  unit  criterion  benchmark  executor  suite  extraArgs  …  runId
//! # benchmark: 0={…}
//! # run_id: 0={…}
//! 1           1          12.5   ms    total      richards   krait     classic              0
//! ```
//!
//! Columns are found by the heading, whose names have changed over the years; what a cell is called
//! today comes first in [`COLUMNS`]. `total` is the criterion of an iteration's time.

use indexmap::IndexMap;
use model::{Criterion, Sample};
use serde_json::{Value, json};

use crate::exported::Exported;
use crate::units::unit;
use crate::{NotRead, Reading, moment, usable, wrong};

const FORM: &str = "ReBench";
const START: &str = "# Execution Start: ";
const SOURCE: &str = "# Source: ";
const ENVIRONMENT: &str = "# Environment: ";
const TOTAL: &str = "total";

/// The cells of a line as they are written, and other names that they are read by.
const COLUMNS: [(&str, &[&str]); 14] = [
    ("invocation", &[]),
    ("iteration", &[]),
    ("value", &[]),
    ("unit", &[]),
    ("criterion", &[]),
    ("benchmark", &[]),
    ("executor", &["vm"]),
    ("suite", &[]),
    ("extraArgs", &["extra_args", "extra-args"]),
    ("cores", &[]),
    ("inputSize", &["input_size", "input-size"]),
    ("varValue", &["var_value", "var-value"]),
    ("tag", &[]),
    ("machine", &[]),
];
const RUN_ID: &str = "runId";

pub fn write(exported: &Exported<'_>) -> String {
    let run = exported.run;
    let heading: Vec<&str> = COLUMNS
        .iter()
        .map(|column| column.0)
        .chain([RUN_ID])
        .collect();
    let mut text = format!(
        "#!kraitbench store export --run {}\n{START}{}\n{ENVIRONMENT}{}\n{SOURCE}{}\n{}\n",
        run.id,
        run.started_at.replace('Z', "+00:00"),
        json!({"hostName": run.host.name, "osType": run.host.system}),
        json!({"commitId": exported.commit()}),
        heading.join("\t")
    );
    for (number, series) in exported.series.iter().enumerate() {
        let size = series.size.to_string();
        let executor = json!({
            "name": exported.executor, "executable": exported.executor, "action": "benchmark",
            "runDetails": {}, "variables": {},
        });
        let benchmark = json!({
            "name": series.benchmark,
            "command": series.benchmark,
            "extra_args": series.arguments,
            "runDetails": {"invocations": series.invocations.len()},
            "suite": {"name": series.suite, "command": "%(benchmark)s", "executor": executor},
            "variables": {"input_sizes": [size], "cores": [""], "variable_values": [""], "tags": [""]},
        });
        let command = format!("{} {} {size}", exported.executor, series.benchmark);
        let of_run = json!({
            "benchmark_id": number, "cmdline": command, "inputSize": size,
            "extraArgs": series.arguments,
        });
        text.push_str(&format!(
            "# benchmark: {number}={benchmark}\n# run_id: {number}={of_run}\n"
        ));
        for (invocation, values) in series.invocations.iter().enumerate() {
            for (iteration, ns) in values.iter().enumerate() {
                text.push_str(&format!(
                    "{}\t{}\t{:.6}\tms\t{TOTAL}\t{}\t{}\t{}\t{}\t\t{size}\t\t\t\t{number}\n",
                    invocation + 1,
                    iteration + 1,
                    ns / 1e6,
                    series.benchmark,
                    exported.executor,
                    series.suite,
                    series.arguments,
                ));
            }
        }
    }
    text
}

/// Where in a line each of [`COLUMNS`] is.
struct Layout([Option<usize>; COLUMNS.len()]);

impl Layout {
    fn of(heading: &str) -> Option<Layout> {
        let cells: Vec<&str> = heading.split('\t').map(str::trim).collect();
        let place = |(name, others): &(&str, &[&str])| {
            cells
                .iter()
                .position(|cell| cell == name || others.contains(cell))
        };
        let places: Vec<Option<usize>> = COLUMNS.iter().map(place).collect();
        // Without these a line is no sample.
        let needed = places[..8].iter().all(Option::is_some);
        needed.then(|| places.try_into().ok().map(Layout)).flatten()
    }

    fn cell<'a>(&self, cells: &[&'a str], name: &str) -> &'a str {
        let column = COLUMNS.iter().position(|column| column.0 == name);
        let place = column.and_then(|column| self.0[column]);
        place
            .and_then(|place| cells.get(place))
            .copied()
            .unwrap_or("")
    }
}

/// One process of one benchmark, by what ReBench tells series apart.
type Key = (String, String, String, String);

/// Reads a data file, of any number of benchmarks and executors.
///
/// # Errors
/// It has no heading, or a line is no sample; says which.
pub fn read(text: &str) -> Result<Vec<Reading>, NotRead> {
    let mut layout = None;
    let mut head = Reading::default();
    let mut all: IndexMap<Key, IndexMap<u32, Vec<Sample>>> = IndexMap::new();
    for (number, line) in text.lines().enumerate() {
        let place = format!("line {}", number + 1);
        if line.starts_with('#') {
            comment(line, &mut head);
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let Some(layout) = &layout else {
            layout = Layout::of(line);
            if layout.is_none() {
                let what = "its first line that is no comment is no heading of its columns";
                return Err(NotRead::Form {
                    form: FORM,
                    what: what.to_owned(),
                });
            }
            continue;
        };
        if Layout::of(line).is_some() {
            continue;
        }
        let (key, invocation, sample) = sample(layout, &place, line)?;
        all.entry(key)
            .or_default()
            .entry(invocation)
            .or_default()
            .push(sample);
    }
    let readings: Vec<Reading> = all
        .into_iter()
        .map(
            |((executor, suite, benchmark, arguments), invocations)| Reading {
                executor,
                suite,
                benchmark,
                arguments,
                invocations: invocations.into_values().collect(),
                ..head.clone()
            },
        )
        .collect();
    match readings.is_empty() {
        true => Err(NotRead::Empty),
        false => Ok(readings),
    }
}

/// What the first comments say of the whole file; a file that was added to has several.
fn comment(line: &str, head: &mut Reading) {
    let told = |rest: &str, key: &str| -> Option<String> {
        let value: Value = serde_json::from_str(rest).ok()?;
        let text = value[key].as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    if let Some(rest) = line.strip_prefix(START) {
        head.at = head.at.or_else(|| moment(rest));
    } else if let Some(rest) = line.strip_prefix(SOURCE) {
        head.commit = head.commit.take().or_else(|| told(rest, "commitId"));
    } else if let Some(rest) = line.strip_prefix(ENVIRONMENT) {
        head.host = head.host.take().or_else(|| told(rest, "hostName"));
    }
}

fn sample(layout: &Layout, place: &str, line: &str) -> Result<(Key, u32, Sample), NotRead> {
    let cells: Vec<&str> = line.split('\t').collect();
    let cell = |name: &str| layout.cell(&cells, name).trim();
    let count = |name: &str| -> Result<u32, NotRead> {
        let text = cell(name);
        let found = text.parse().ok().filter(|number| *number > 0);
        found.ok_or_else(|| wrong(place, format!("`{name}` is no number from 1 on")))
    };
    let value: f64 = cell("value")
        .parse()
        .map_err(|_| wrong(place, "`value` is no number"))?;
    if cell("benchmark").is_empty() {
        return Err(wrong(place, "`benchmark` is empty"));
    }
    let (invocation, iteration) = (count("invocation")?, count("iteration")?);
    let (criterion, factor) = match (cell("criterion"), unit(cell("unit"))) {
        (TOTAL, Some((Criterion::Wall, factor))) => (Criterion::Wall, factor),
        (name, _) => (Criterion::Other(format!("rebench:{name}")), 1.0),
    };
    // What tells runs apart beside the benchmark: arguments, size, cores, variable, tag.
    let arguments: Vec<&str> = ["extraArgs", "inputSize", "cores", "varValue", "tag"]
        .into_iter()
        .map(cell)
        .filter(|text| !text.is_empty())
        .collect();
    let key = (
        cell("executor").to_owned(),
        cell("suite").to_owned(),
        cell("benchmark").to_owned(),
        arguments.join(" "),
    );
    let sample = Sample {
        criterion,
        iteration: Some(iteration - 1),
        value: usable(place, value)? * factor,
    };
    Ok((key, invocation, sample))
}
