//! Bencher's metric format: benchmark → measure → value with an upper and a lower one.
//!
//! Time is the measure `latency`, in nanoseconds: the mean over processes of their steady medians,
//! with the range of these medians. Read, a value is one process with one iteration; the range and
//! measures that are not ours are kept beside it.

use model::{Criterion, Sample};
use serde_json::{Map, Value, json};

use crate::exported::Exported;
use crate::{NotRead, Reading, usable, wrong};

const FORM: &str = "Bencher";

/// Measure there, and criterion here.
const MEASURES: [(&str, Criterion); 2] = [
    ("latency", Criterion::Wall),
    ("peak-memory", Criterion::PeakMemory),
];

pub fn write(exported: &Exported<'_>) -> String {
    let mut metrics = Map::new();
    for series in &exported.series {
        let medians = series.steady_medians();
        let latency = json!({
            "value": medians.iter().sum::<f64>() / medians.len() as f64,
            "lower_value": medians.iter().copied().fold(f64::INFINITY, f64::min),
            "upper_value": medians.iter().copied().fold(0.0, f64::max),
        });
        metrics.insert(series.name(), json!({"latency": latency}));
    }
    Value::Object(metrics).to_string()
}

/// Reads what is told of each benchmark.
///
/// # Errors
/// It is not of that format, or holds nothing; says where.
pub fn read(text: &str) -> Result<Vec<Reading>, NotRead> {
    let no = |what: String| NotRead::Form { form: FORM, what };
    let file: Value = serde_json::from_str(text).map_err(|error| no(error.to_string()))?;
    let file = file
        .as_object()
        .ok_or_else(|| no("it is no object of benchmarks".to_owned()))?;
    let mut readings = Vec::new();
    for (name, measures) in file {
        let measures = measures
            .as_object()
            .ok_or_else(|| wrong(name, "it is no object of measures"))?;
        let mut samples = Vec::new();
        for (measure, metric) in measures {
            samples.extend(metric_samples(name, measure, metric)?);
        }
        if samples.is_empty() {
            continue;
        }
        let (suite, benchmark) = name.split_once('/').unwrap_or(("", name));
        readings.push(Reading {
            suite: suite.to_owned(),
            benchmark: benchmark.to_owned(),
            invocations: vec![samples],
            ..Reading::default()
        });
    }
    match readings.is_empty() {
        true => Err(NotRead::Empty),
        false => Ok(readings),
    }
}

fn metric_samples(name: &str, measure: &str, metric: &Value) -> Result<Vec<Sample>, NotRead> {
    let place = format!("{name}, {measure}");
    let value = metric["value"]
        .as_f64()
        .ok_or_else(|| wrong(&place, "it has no number `value`"))?;
    let known = MEASURES.iter().find(|(known, _)| *known == measure);
    let criterion = match known {
        Some((_, criterion)) => criterion.clone(),
        None => Criterion::Other(format!("bencher:{measure}")),
    };
    let iteration = (criterion == Criterion::Wall).then_some(0);
    let mut samples = vec![Sample {
        criterion,
        iteration,
        value: usable(&place, value)?,
    }];
    for end in ["lower_value", "upper_value"] {
        if let Some(value) = metric[end].as_f64() {
            samples.push(Sample {
                criterion: Criterion::Other(format!("bencher:{measure}:{end}")),
                iteration: None,
                value: usable(&place, value)?,
            });
        }
    }
    Ok(samples)
}
