//! pyperf's JSON, version 1.0: a list of benchmarks, each with its processes (`runs`), each with
//! `values` and `warmups`, in the unit that the metadata names. Metadata of the file holds for
//! every benchmark, and a benchmark's for each of its runs.
//!
//! Our iterations before the steady state are written as warm-ups, so that `pyperf compare_to`
//! compares what we compare. Reading takes warm-ups as the first iterations of their process: our
//! own rule then decides what is warm. A process that only calibrated has no values and is none of
//! ours.

use model::{Criterion, Sample};
use serde_json::{Map, Value, json};

use crate::exported::{Exported, steady_from};
use crate::units::unit;
use crate::{NotRead, Reading, moment, usable, wrong};

const FORM: &str = "pyperf";

pub fn write(exported: &Exported<'_>) -> String {
    let seconds = |values: &[f64]| -> Vec<f64> { values.iter().map(|ns| ns / 1e9).collect() };
    let benchmarks: Vec<Value> = exported
        .series
        .iter()
        .map(|series| {
            let runs = series.invocations.iter().map(|values| {
                let (warm, steady) = values.split_at(steady_from(values));
                let mut run = json!({"metadata": {}, "values": seconds(steady)});
                if !warm.is_empty() {
                    let warm = seconds(warm).into_iter().map(|value| json!([1, value]));
                    run["warmups"] = warm.collect();
                }
                run
            });
            json!({
                "metadata": {"name": series.name(), "unit": "second"},
                "runs": runs.collect::<Vec<_>>(),
            })
        })
        .collect();
    let metadata = json!({
        "hostname": exported.run.host.name,
        "date": exported.run.started_at.trim_end_matches('Z').replace('T', " "),
        "kraitbench_run": exported.run.id.0,
        "kraitbench_executor": exported.executor,
        "kraitbench_commit": exported.commit(),
        "loops": 1,
    });
    json!({"version": "1.0", "metadata": metadata, "benchmarks": benchmarks}).to_string()
}

/// Reads a file of one or several benchmarks.
///
/// # Errors
/// It is not what pyperf writes, or holds nothing; says where.
pub fn read(text: &str) -> Result<Vec<Reading>, NotRead> {
    let no = |what: String| NotRead::Form { form: FORM, what };
    let file: Value = serde_json::from_str(text).map_err(|error| no(error.to_string()))?;
    match file["version"].as_str() {
        Some("1.0") => {}
        Some(other) => return Err(no(format!("version {other}, 1.0 is read"))),
        None => return Err(no("it has no `version`".to_owned())),
    }
    let benchmarks = file["benchmarks"].as_array();
    let benchmarks = benchmarks.ok_or_else(|| no("it has no list `benchmarks`".to_owned()))?;
    let shared = file["metadata"].as_object().cloned().unwrap_or_default();
    let mut readings = Vec::new();
    for (at, benchmark) in benchmarks.iter().enumerate() {
        readings.extend(reading(at, benchmark, &shared)?);
    }
    match readings.is_empty() {
        true => Err(NotRead::Empty),
        false => Ok(readings),
    }
}

/// `None` for a benchmark of which nothing but calibration is left.
fn reading(
    at: usize,
    benchmark: &Value,
    shared: &Map<String, Value>,
) -> Result<Option<Reading>, NotRead> {
    let mut metadata = shared.clone();
    metadata.extend(
        benchmark["metadata"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
    );
    let runs = benchmark["runs"].as_array();
    let runs = runs.ok_or_else(|| wrong(&format!("benchmark {at}"), "it has no list `runs`"))?;
    // A benchmark measured alone has its name with its first run.
    let first = runs.first().and_then(|run| run["metadata"].as_object());
    for (key, value) in first.into_iter().flatten() {
        metadata.entry(key.clone()).or_insert_with(|| value.clone());
    }
    let said = |key: &str| {
        metadata
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let name = said("name");
    if name.is_empty() {
        return Err(wrong(&format!("benchmark {at}"), "it has no name"));
    }
    let unit_name = match said("unit") {
        "" => "second",
        named => named,
    };
    let (criterion, factor) =
        unit(unit_name).unwrap_or_else(|| (Criterion::Other(format!("{FORM}:{unit_name}")), 1.0));
    let mut invocations = Vec::new();
    for run in runs {
        let (warm, values) = (
            numbers(name, &run["warmups"])?,
            numbers(name, &run["values"])?,
        );
        if values.is_empty() {
            continue;
        }
        let all = warm.into_iter().chain(values).map(|value| value * factor);
        invocations.push(samples(&criterion, all.collect()));
    }
    let (suite, benchmark) = name.split_once('/').unwrap_or(("", name));
    let python = [said("python_implementation"), said("python_version")];
    let executor = match said("kraitbench_executor") {
        "" => python.join(" ").trim().to_owned(),
        named => named.to_owned(),
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok((!invocations.is_empty()).then(|| Reading {
        executor,
        suite: suite.to_owned(),
        benchmark: benchmark.to_owned(),
        arguments: String::new(),
        host: some(said("hostname")),
        at: moment(said("date")),
        commit: some(said("kraitbench_commit")),
        invocations,
    }))
}

/// Values, or the values of pairs (loops, value).
fn numbers(name: &str, list: &Value) -> Result<Vec<f64>, NotRead> {
    let Some(list) = list.as_array() else {
        return match list.is_null() {
            true => Ok(Vec::new()),
            false => Err(wrong(name, "`values` and `warmups` are lists")),
        };
    };
    let each = list.iter().map(|one| {
        let number = one.as_f64().or_else(|| one.as_array()?.get(1)?.as_f64());
        let number = number.ok_or_else(|| wrong(name, "a value is no number"))?;
        usable(name, number)
    });
    each.collect()
}

/// Times and unknown units are of iterations; of memory the greatest is the process's.
fn samples(criterion: &Criterion, values: Vec<f64>) -> Vec<Sample> {
    let sample = |iteration, value| Sample {
        criterion: criterion.clone(),
        iteration,
        value,
    };
    match criterion {
        Criterion::PeakMemory => {
            let greatest = values.into_iter().fold(0.0, f64::max);
            vec![sample(None, greatest)]
        }
        _ => (0..)
            .zip(values)
            .map(|(at, value)| sample(Some(at), value))
            .collect(),
    }
}
