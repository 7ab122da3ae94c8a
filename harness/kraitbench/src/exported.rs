//! `kraitbench store export`: a run in the form that another tool reads.
//!
//! - *pyperf*: one executor's iterations in seconds, those before the steady state as warm-ups, so
//!   that `pyperf compare_to` compares what we compare. A benchmark that failed is left out, and
//!   said: pyperf has no word for it.
//! - *bencher*: Bencher's metric format: the steady time with the range over invocations.

use clap::{Args, ValueEnum};
use model::{Criterion, Invocation};
use serde_json::{Map, Value, json};
use stats::{median, warmup};
use store::Stored;

use crate::chosen::{Choice, Chosen};
use crate::failure::{Failure, Verdict};
use crate::render;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Pyperf,
    Bencher,
}

#[derive(Args, Debug)]
pub struct Exporting {
    #[command(flatten)]
    pub choice: Choice,
    /// The form to print
    #[arg(long, value_enum)]
    pub form: Form,
    /// Whose samples; may be left out if the run has one executor
    #[arg(long, value_name = "NAME")]
    pub executor: Option<String>,
}

pub fn print(asked: &Exporting) -> Result<Verdict, Failure> {
    let chosen = Chosen::from(&asked.choice)?;
    let stored = render::load(&chosen.store, &chosen.run.id)?;
    let known: Vec<&str> = stored
        .run
        .executors
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let executor = match (&asked.executor, known.as_slice()) {
        (Some(name), _) if known.contains(&name.as_str()) => name.as_str(),
        (None, [only]) => only,
        _ => {
            return Err(Failure::Asked(format!(
                "`--executor` names one of: {}",
                known.join(", ")
            )));
        }
    };
    let (told, left_out) = match asked.form {
        Form::Pyperf => pyperf(&stored, executor),
        Form::Bencher => bencher(&stored, executor),
    };
    for benchmark in left_out {
        eprintln!("left out: {benchmark}: it did not end well");
    }
    println!("{told}");
    Ok(Verdict::Fine)
}

/// One benchmark of the executor: name, and the iterations in seconds of each invocation, or
/// `None` if one of them failed.
type Times = Vec<(String, Option<Vec<Vec<f64>>>)>;

fn times(stored: &Stored, executor: &str) -> Times {
    let mut all: Vec<(String, Option<Vec<Vec<f64>>>)> = Vec::new();
    let of_executor = |one: &&Invocation| one.key.executor.as_str() == executor;
    for invocation in stored.invocations.iter().filter(of_executor) {
        let name = format!("{}/{}", invocation.key.suite, invocation.key.benchmark);
        let walls = invocation
            .samples
            .iter()
            .filter(|s| s.criterion == Criterion::Wall);
        let seconds: Vec<f64> = walls.map(|sample| sample.value / 1e9).collect();
        let usable = seconds.iter().all(|v| v.is_finite() && *v > 0.0) && !seconds.is_empty();
        let seconds = (invocation.outcome.is_ok() && usable).then_some(seconds);
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, each)) => match (each.as_mut(), seconds) {
                (Some(each), Some(seconds)) => each.push(seconds),
                _ => *each = None,
            },
            None => all.push((name, seconds.map(|seconds| vec![seconds]))),
        }
    }
    all
}

/// Where the iterations that count begin.
fn steady_from(seconds: &[f64]) -> usize {
    warmup::classify(seconds).map_or(0, |found| found.measured_from(seconds.len()))
}

pub fn pyperf(stored: &Stored, executor: &str) -> (Value, Vec<String>) {
    let (mut benchmarks, mut left_out) = (Vec::new(), Vec::new());
    for (name, each) in times(stored, executor) {
        let Some(each) = each else {
            left_out.push(name);
            continue;
        };
        let runs: Vec<Value> = each
            .iter()
            .map(|seconds| {
                let (warm, steady) = seconds.split_at(steady_from(seconds));
                let mut run = json!({"metadata": {}, "values": steady});
                if !warm.is_empty() {
                    run["warmups"] = warm.iter().map(|value| json!([1, value])).collect();
                }
                run
            })
            .collect();
        benchmarks.push(json!({"metadata": {"name": name, "unit": "second"}, "runs": runs}));
    }
    let metadata = json!({
        "hostname": stored.run.host.name,
        "kraitbench_run": stored.run.id.0,
        "kraitbench_executor": executor,
        "loops": 1,
    });
    let told = json!({"version": "1.0", "metadata": metadata, "benchmarks": benchmarks});
    (told, left_out)
}

pub fn bencher(stored: &Stored, executor: &str) -> (Value, Vec<String>) {
    let (mut metrics, mut left_out) = (Map::new(), Vec::new());
    for (name, each) in times(stored, executor) {
        let medians: Option<Vec<f64>> = each.and_then(|each| {
            let of = |seconds: &Vec<f64>| median(&seconds[steady_from(seconds)..]).ok();
            each.iter().map(of).collect()
        });
        let Some(medians) = medians else {
            left_out.push(name);
            continue;
        };
        let nanoseconds = |seconds: f64| seconds * 1e9;
        let mean = medians.iter().sum::<f64>() / medians.len() as f64;
        let low = medians.iter().copied().fold(f64::INFINITY, f64::min);
        let high = medians.iter().copied().fold(0.0, f64::max);
        let latency = json!({
            "value": nanoseconds(mean),
            "lower_value": nanoseconds(low),
            "upper_value": nanoseconds(high),
        });
        metrics.insert(name, json!({"latency": latency}));
    }
    (Value::Object(metrics), left_out)
}
