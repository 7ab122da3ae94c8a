//! What is posted to a Codespeed server: a list of results, each one value of a benchmark at a
//! commit. `curl --data-urlencode json@FILE SERVER/result/add/json/` posts what [`write()`] gives.
//!
//! Codespeed keeps one number for benchmark, executable, commit and environment; ours is the mean
//! over processes of their steady medians, in seconds, with the spread of these medians. The
//! environment must exist on the server; everything else it makes by itself. Two results that
//! differ in what it cannot tell apart would overwrite each other, so the benchmark's name holds
//! its suite.

use std::collections::BTreeMap;

use model::{Criterion, Sample};
use serde_json::{Value, json};
use stats::quantile;

use crate::exported::Exported;
use crate::units::unit;
use crate::{NotRead, Reading, moment, usable, wrong};

const FORM: &str = "Codespeed";

/// What a server wants to know that no run says.
#[derive(Clone, Debug)]
pub struct Posting<'a> {
    pub project: &'a str,
    pub branch: &'a str,
    /// The environment's name there; the host's, if not given.
    pub environment: Option<&'a str>,
}

pub fn write(exported: &Exported<'_>, posting: &Posting<'_>) -> String {
    let host = exported.run.host.name.as_str();
    let results: Vec<Value> = exported
        .series
        .iter()
        .map(|series| {
            let medians: Vec<f64> = series.steady_medians().iter().map(|ns| ns / 1e9).collect();
            let mut result = json!({
                "commitid": exported.commit(),
                "branch": posting.branch,
                "project": posting.project,
                "executable": exported.executor,
                "benchmark": series.name(),
                "environment": posting.environment.unwrap_or(host),
                "result_value": mean(&medians),
                "result_date": exported.run.started_at.trim_end_matches('Z').replace('T', " "),
                "units": "seconds",
                "units_title": "Time",
                "lessisbetter": true,
                "min": medians.iter().copied().fold(f64::INFINITY, f64::min),
                "max": medians.iter().copied().fold(0.0, f64::max),
            });
            if medians.len() > 1 {
                result["std_dev"] = deviation(&medians).into();
            }
            for (name, part) in [("q1", 0.25), ("q3", 0.75)] {
                if let Ok(value) = quantile(&medians, part) {
                    result[name] = value.into();
                }
            }
            result
        })
        .collect();
    Value::Array(results).to_string()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Of a sample; two values at least.
fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// Reads a list of results.
///
/// # Errors
/// It is not what is posted to Codespeed, or holds nothing; says where.
pub fn read(text: &str) -> Result<Vec<Reading>, NotRead> {
    let no = |what: String| NotRead::Form { form: FORM, what };
    let file: Value = serde_json::from_str(text).map_err(|error| no(error.to_string()))?;
    let results = match &file {
        Value::Array(results) => results.as_slice(),
        Value::Object(_) => std::slice::from_ref(&file),
        _ => return Err(no("it is no list of results".to_owned())),
    };
    // A commit's results may have been posted in several seconds: its time is its first result's.
    let mut first: BTreeMap<(String, String), jiff::Timestamp> = BTreeMap::new();
    let mut readings = Vec::new();
    for (at, result) in results.iter().enumerate() {
        let reading = reading(at, result)?;
        if let Some(at) = reading.at {
            let earliest = first.entry(run_of(&reading)).or_insert(at);
            *earliest = (*earliest).min(at);
        }
        readings.push(reading);
    }
    for reading in &mut readings {
        reading.at = first.get(&run_of(reading)).copied();
    }
    match readings.is_empty() {
        true => Err(NotRead::Empty),
        false => Ok(readings),
    }
}

/// Commit and environment: what was measured together.
fn run_of(reading: &Reading) -> (String, String) {
    (
        reading.commit.clone().unwrap_or_default(),
        reading.host.clone().unwrap_or_default(),
    )
}

fn reading(at: usize, result: &Value) -> Result<Reading, NotRead> {
    let place = format!("result {at}");
    let said = |key: &str| result[key].as_str().unwrap_or_default();
    let needed = |key: &str| match said(key) {
        "" => Err(wrong(&place, format!("it has no `{key}`"))),
        value => Ok(value.to_owned()),
    };
    let name = needed("benchmark")?;
    let value = number(&result["result_value"])
        .ok_or_else(|| wrong(&place, "it has no number `result_value`"))?;
    let unit_name = match said("units") {
        "" => "seconds",
        named => named,
    };
    let (criterion, factor) = unit(unit_name)
        .unwrap_or_else(|| (Criterion::Other(format!("codespeed:{unit_name}")), 1.0));
    let iteration = (criterion == Criterion::Wall).then_some(0);
    let mut samples = vec![Sample {
        criterion,
        iteration,
        value: usable(&place, value)? * factor,
    }];
    for key in ["std_dev", "min", "max", "q1", "q3"] {
        if let Some(value) = number(&result[key]) {
            samples.push(Sample {
                criterion: Criterion::Other(format!("codespeed:{key}")),
                iteration: None,
                value: usable(&place, value)?,
            });
        }
    }
    let (suite, benchmark) = name.split_once('/').unwrap_or(("", &name));
    let dates = ["result_date", "revision_date"];
    Ok(Reading {
        executor: needed("executable")?,
        suite: suite.to_owned(),
        benchmark: benchmark.to_owned(),
        arguments: String::new(),
        host: Some(needed("environment")?),
        at: dates.iter().find_map(|key| moment(said(key))),
        commit: Some(needed("commitid")?),
        invocations: vec![samples],
    })
}

/// Clients post numbers as numbers and as text.
fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}
