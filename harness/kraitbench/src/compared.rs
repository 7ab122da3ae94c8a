//! `kraitbench compare`: two runs, series by series and in the mean.

use clap::Args;
use model::Run;
use regress::measure::{Followed, Measure};
use regress::release::{Mean, columns, mean};
use regress::{Comparison, Floor, compare, gate};
use serde_json::{Value, json};
use stats::Bootstrap;

use crate::chosen::{Choice, Chosen, Joining};
use crate::compare::verdict;
use crate::failure::{Failure, Verdict};
use crate::parallel::in_parallel;
use crate::table::{change, estimate_json, table};

#[derive(Args, Debug)]
pub struct Comparing {
    #[command(flatten)]
    pub choice: Choice,
    #[command(flatten)]
    pub joining: Joining,
    /// The earlier run; `last` is the one before
    #[arg(long, value_name = "RUN", default_value = "last")]
    pub against: String,
    /// Only these measures (time, best-time, time-to-steady, jit-seconds, trace-memory, peak-memory,
    /// instructions)
    #[arg(long, value_name = "MEASURE", value_parser = measure_named)]
    pub measure: Vec<Measure>,
    /// Only series that changed or failed
    #[arg(long)]
    pub changed: bool,
}

pub fn measure_named(name: &str) -> Result<Measure, String> {
    Measure::named(name).ok_or_else(|| {
        let names: Vec<&str> = Measure::ALL.iter().map(|one| one.as_str()).collect();
        format!("the measures are {}", names.join(", "))
    })
}

pub fn print(asked: &Comparing) -> Result<Verdict, Failure> {
    let chosen = Chosen::from(&asked.choice, asked.joining)?;
    let Some(old_runs) = chosen.against(Some(&asked.against))? else {
        eprintln!("there is no run before {}", chosen.run().id);
        return Ok(Verdict::NoBaseline);
    };
    let mut observed = in_parallel(&[&chosen.joint, &old_runs], |joint| {
        chosen.all_observed(joint.runs())
    });
    let (old, new) = match (observed.pop(), observed.pop()) {
        (Some(old), Some(new)) => (old?, new?),
        _ => return Ok(Verdict::NoBaseline),
    };
    let bootstrap = Bootstrap::new(chosen.run().experiment.seed);
    let wanted = |followed: &&Followed| {
        asked.measure.is_empty() || asked.measure.contains(&followed.measure)
    };
    let series: Vec<&Followed> = new.keys().filter(wanted).collect();
    let rows: Vec<(&Followed, Comparison)> = in_parallel(&series, |followed| {
        let before = old.get(followed).map(|observed| &observed.side);
        let key = &followed.key;
        let label = ["compare", key.benchmark.as_str(), key.executor.as_str()];
        let now = &new[*followed].side;
        (
            *followed,
            compare(
                &bootstrap,
                &label,
                followed.measure,
                now,
                before,
                Floor::default(),
            ),
        )
    });
    let columns = columns(&new);
    let means = in_parallel(&columns, |column| mean(&bootstrap, column, &new, &old));
    let outcome = gate(rows.iter().map(|(_, found)| found.verdict));
    if asked.choice.json {
        let told = json!({
            "new": chosen.run().id.0,
            "old": old_runs.main.id.0,
            "beside_new": names(&chosen.joint.others),
            "beside_old": names(&old_runs.others),
            "seed": chosen.run().experiment.seed,
            "series": rows.iter().map(|(f, c)| row_json(f, c)).collect::<Vec<_>>(),
            "means": means.iter().map(mean_json).collect::<Vec<_>>(),
            "exit": outcome.exit_status(),
        });
        println!("{told}");
    } else {
        println!("{} against {}", chosen.run().id, old_runs.main.id);
        for one in &chosen.joint.others {
            let old = old_runs.runs().find(|old| old.share == one.share);
            let old = old.map_or("nothing", |old| &old.id.0);
            println!("{} against {old}", one.id);
        }
        println!();
        print!("{}", text(&rows, asked.changed));
        print!("\n{}", means_text(&means));
    }
    Ok(verdict(outcome))
}

fn names(runs: &[Run]) -> Vec<&str> {
    runs.iter().map(|run| run.id.0.as_str()).collect()
}

fn text(rows: &[(&Followed, Comparison)], changed: bool) -> String {
    use regress::Verdict::{Same, Undecided};
    let shown = rows
        .iter()
        .filter(|(_, found)| !changed || !matches!(found.verdict, Same | Undecided));
    let rows: Vec<Vec<String>> = shown
        .map(|(followed, found)| {
            vec![
                followed.key.benchmark.to_string(),
                followed.key.executor.to_string(),
                followed.measure.to_string(),
                change(found.change),
                found.verdict.label().to_owned(),
                found.note.clone(),
            ]
        })
        .collect();
    table(
        &[
            "benchmark",
            "executor",
            "measure",
            "change",
            "verdict",
            "note",
        ],
        &rows,
    )
}

pub fn means_text(means: &[Mean]) -> String {
    let rows: Vec<Vec<String>> = means
        .iter()
        .map(|mean| {
            vec![
                mean.executor.clone(),
                mean.configuration.clone(),
                mean.target.clone(),
                mean.measure.to_string(),
                mean.speedup.map_or_else(
                    || "-".to_owned(),
                    |found| match found.interval {
                        Some(i) => format!("{:.3} ({:.3} to {:.3})", found.value, i.low, i.high),
                        None => format!("{:.3}", found.value),
                    },
                ),
                format!("{} of {}", mean.n, mean.m),
                mean.reliability
                    .map_or_else(|| "-".to_owned(), |sure| format!("{:.1} %", 100.0 * sure)),
            ]
        })
        .collect();
    let heading = [
        "executor",
        "configuration",
        "target",
        "old / new of",
        "geometric mean",
        "benchmarks",
        "reliability",
    ];
    table(&heading, &rows)
}

pub fn mean_json(mean: &Mean) -> Value {
    json!({
        "executor": mean.executor,
        "configuration": mean.configuration,
        "target": mean.target,
        "clock": mean.clock,
        "measure": mean.measure,
        "speedup": estimate_json(mean.speedup),
        "n": mean.n,
        "m": mean.m,
        "reliability": mean.reliability,
    })
}

fn row_json(followed: &Followed, found: &Comparison) -> Value {
    json!({
        "series": followed,
        "change": estimate_json(found.change),
        "verdict": found.verdict.label(),
        "note": found.note,
    })
}
