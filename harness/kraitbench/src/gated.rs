//! `kraitbench gate`: may this run pass, by a policy and by what earlier runs teach, or what another
//! executor of the same run says?

use std::path::{Path, PathBuf};

use clap::Args;
use model::{Run, yaml};
use regress::gate;
use regress::judged::{Judged, Observations, Subject, judge_run};
use regress::paired::judge_pair;
use regress::policy::Policy;
use serde_json::{Value, json};
use stats::Bootstrap;

use crate::chosen::{Choice, Chosen, Joining};
use crate::compare::verdict;
use crate::failure::{Failure, Verdict};
use crate::parallel::in_parallel;
use crate::table::{change, estimate_json, table};

#[derive(Args, Debug)]
pub struct Gating {
    #[command(flatten)]
    pub choice: Choice,
    #[command(flatten)]
    pub joining: Joining,
    /// The policy's YAML file; without one, the default policy
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Judge one executor of the run by another that was measured beside it, such as two commits of
    /// `run --rev A --rev B`, instead of by earlier runs
    #[arg(long, value_names = ["BASE", "CANDIDATE"], num_args = 2)]
    pub pair: Option<Vec<String>>,
    /// Also print series that pass
    #[arg(long)]
    pub all: bool,
}

pub fn print(asked: &Gating) -> Result<Verdict, Failure> {
    let policy = policy(asked.policy.as_deref())?;
    let chosen = Chosen::from(&asked.choice, asked.joining)?;
    let observed = chosen.all_observed(chosen.joint.runs())?;
    let (judged, against, earlier) = match asked.pair.as_deref() {
        Some([base, candidate]) => {
            chosen.knows([base.as_str(), candidate.as_str()])?;
            let judged = judge_pair(&policy, &observed, base, candidate);
            (judged, format!("{candidate} against {base}"), Vec::new())
        }
        _ => by_history(&chosen, &policy, &observed)?,
    };
    let outcome = gate(judged.iter().map(|one| one.verdict));
    if asked.choice.json {
        let told = json!({
            "run": chosen.run().id.0,
            "beside": chosen.joint.others.iter().map(|run| &run.id.0).collect::<Vec<_>>(),
            "earlier": earlier,
            "pair": asked.pair,
            "policy": policy,
            "judged": judged.iter().map(judged_json).collect::<Vec<_>>(),
            "exit": outcome.exit_status(),
        });
        println!("{told}");
    } else {
        let names: Vec<&str> = chosen.joint.runs().map(|run| run.id.0.as_str()).collect();
        println!("{}, {against}\n", names.join(", "));
        print!("{}", text(&judged, asked.all));
        println!("\n{}", sentence(&judged));
    }
    Ok(verdict(outcome))
}

/// What the runs before them say of the runs: the judgements, in words against what, and their names.
/// Each share is judged by its own runs; the n-th before of all shares stand together for one night.
fn by_history(
    chosen: &Chosen,
    policy: &Policy,
    candidate: &Observations,
) -> Result<(Vec<Judged>, String, Vec<String>), Failure> {
    let shares = chosen.earlier(policy.look_back)?;
    let count = shares.iter().map(Vec::len).max().unwrap_or(0);
    let nights: Vec<Vec<&Run>> = (1..=count)
        .rev()
        .map(|before| {
            let at = |runs: &Vec<Run>| runs.len().checked_sub(before);
            shares
                .iter()
                .filter_map(|runs| runs.get(at(runs)?))
                .collect()
        })
        .collect();
    let earlier: Result<Vec<Observations>, Failure> =
        in_parallel(&nights, |runs| chosen.all_observed(runs.iter().copied()))
            .into_iter()
            .collect();
    let bootstrap = Bootstrap::new(chosen.run().experiment.seed);
    let judged = judge_run(&bootstrap, policy, candidate, &earlier?);
    let against = format!("against {count} earlier runs");
    let names = nights.iter().flatten().map(|run| run.id.0.clone());
    Ok((judged, against, names.collect()))
}

/// The policy of a file, or the default one.
pub fn policy(path: Option<&Path>) -> Result<Policy, Failure> {
    let Some(path) = path else {
        return Ok(Policy::default());
    };
    let text = std::fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let policy: Policy = yaml::parse(&path.to_string_lossy(), &text)?;
    policy
        .sound()
        .map_err(|wrong| Failure::Asked(format!("{}: {wrong}", path.display())))
}

fn text(judged: &[Judged], all: bool) -> String {
    let passes = |one: &&Judged| {
        use regress::Verdict::{Faster, Same, Undecided};
        matches!(one.verdict, Same | Undecided | Faster)
    };
    let is_mean = |one: &&Judged| matches!(one.subject, Subject::Mean { .. });
    let rows: Vec<Vec<String>> = judged
        .iter()
        .filter(|one| all || is_mean(one) || !passes(one))
        .map(|one| {
            let (what, executor, measure) = match &one.subject {
                Subject::Series(followed) => (
                    followed.key.benchmark.to_string(),
                    followed.key.executor.to_string(),
                    followed.measure.to_string(),
                ),
                Subject::Mean {
                    executor,
                    measure,
                    n,
                    m,
                    ..
                } => (
                    format!("geometric mean, {n} of {m}"),
                    executor.clone(),
                    measure.to_string(),
                ),
            };
            let noise = one.noise.map_or_else(
                || "-".to_owned(),
                |noise| format!("{:.1} % ({})", 100.0 * noise.sigma, noise.learned.label()),
            );
            vec![
                what,
                executor,
                measure,
                change(one.change),
                format!("{:+.1} %", 100.0 * (one.limit - 1.0).max(0.0)),
                noise,
                one.verdict.label().to_owned(),
                one.note.clone(),
            ]
        })
        .collect();
    let heading = [
        "what", "executor", "measure", "change", "limit", "noise", "verdict", "note",
    ];
    table(&heading, &rows)
}

fn sentence(judged: &[Judged]) -> String {
    let count = |wanted| judged.iter().filter(|one| one.verdict == wanted).count();
    format!(
        "{} judged: {} slower, {} failed, {} faster, {} the same, {} undecided, {} without a baseline",
        judged.len(),
        count(regress::Verdict::Slower),
        count(regress::Verdict::Failed),
        count(regress::Verdict::Faster),
        count(regress::Verdict::Same),
        count(regress::Verdict::Undecided),
        count(regress::Verdict::NoBaseline),
    )
}

fn judged_json(one: &Judged) -> Value {
    let subject = match &one.subject {
        Subject::Series(followed) => json!({"series": followed}),
        Subject::Mean {
            executor,
            measure,
            n,
            m,
            missing,
        } => json!({
            "mean": {
                "executor": executor, "measure": measure, "n": n, "m": m, "missing": missing,
            }
        }),
    };
    let noise = one.noise.map(|noise| {
        json!({
            "sigma": noise.sigma,
            "learned": noise.learned.label(),
            "differences": noise.differences,
        })
    });
    json!({
        "subject": subject,
        "verdict": one.verdict.label(),
        "change": estimate_json(one.change),
        "limit": one.limit,
        "noise": noise,
        "baseline_runs": one.baseline_runs,
        "note": one.note,
    })
}
