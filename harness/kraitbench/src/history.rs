//! `kraitbench history`: changes over all runs of an experiment, and what is said of them.
//!
//! What is said (that a change is accepted, and why) is kept in a file beside the store, named
//! after it, so that the store itself holds measurements only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use jiff::Timestamp;
use model::{ExecutorName, Run};
use regress::derived::History;
use regress::history::{Accepted, Direction, Finding, Kept, Released, State, findings};
use regress::measure::Measure;
use serde_json::{Value, json};
use stats::steps::{Kind, Rule};

use crate::chosen::{Choice, Chosen, Joining};
use crate::compared::measure_named;
use crate::derive;
use crate::failure::{Failure, Verdict};
use crate::parallel::in_parallel;
use crate::table::table;

/// So many commits are listed between two runs.
const COMMITS: usize = 20;

#[derive(Args, Debug)]
pub struct Looking {
    #[command(flatten)]
    pub choice: Choice,
    #[command(flatten)]
    pub joining: Joining,
    /// Only these measures; all but best-time, which tells most changes a second time, if left out
    #[arg(long, value_name = "MEASURE", value_parser = measure_named)]
    pub measure: Vec<Measure>,
    /// Look at so many earlier runs only
    #[arg(long, value_name = "COUNT", default_value_t = usize::MAX, hide_default_value = true)]
    pub last: usize,
    /// Changes smaller than so many per cent are not told
    #[arg(long, value_name = "PERCENT", default_value_t = 0.5)]
    pub magnitude: f64,
    /// Also those that are fixed, accepted or for the better
    #[arg(long)]
    pub all: bool,
    /// Say that the run (the latest, or the one that `--run` names) is of this release
    #[arg(long, value_name = "NAME", conflicts_with = "accept")]
    pub release: Option<String>,
    /// Accept a change: it is as it should be
    #[arg(long, value_name = "ID", requires = "reason")]
    pub accept: Option<String>,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

pub fn print(asked: &Looking) -> Result<Verdict, Failure> {
    if !(0.0..=1000.0).contains(&asked.magnitude) {
        return Err(Failure::Asked(
            "--magnitude is a number of per cent, from 0 to 1000".to_owned(),
        ));
    }
    let chosen = Chosen::from(&asked.choice, asked.joining)?;
    let beside = beside(&asked.choice.store.folder);
    let kept = read(&beside)?;
    let mut runs = chosen.earlier(asked.last)?.concat();
    runs.extend(chosen.joint.runs().cloned());
    runs.sort_by(|one, other| one.id.cmp(&other.id));
    let bytes: Result<Vec<_>, Failure> =
        in_parallel(&runs, |run| derive::figures(&chosen.store, &run.id))
            .into_iter()
            .collect();
    let bytes = bytes?;
    let mut figures = History::default();
    for (at, bytes) in bytes.iter().enumerate() {
        // Their checksum was right, or they were derived just now.
        figures.add(at, bytes);
    }
    let measures = match asked.measure.as_slice() {
        [] => Measure::ALL
            .into_iter()
            .filter(|one| !one.is_best())
            .collect(),
        some => some.to_vec(),
    };
    let names: Vec<String> = runs.iter().map(|run| run.id.0.clone()).collect();
    let rule = Rule {
        least_magnitude: asked.magnitude / 100.0,
        ..Rule::default()
    };
    let series = figures.series(&measures);
    let mut found: Vec<Finding> = in_parallel(&series, |one| {
        findings(std::slice::from_ref(one), &names, &kept, &rule)
    })
    .concat();
    found.sort_by(|one, other| (one.after, &one.followed).cmp(&(other.after, &other.followed)));
    if let Some(name) = &asked.release {
        return release(&beside, kept, chosen.run(), name);
    }
    if let Some(id) = &asked.accept {
        let reason = asked.reason.as_deref().unwrap_or_default();
        return accept(&beside, kept, &found, &names, id, reason);
    }
    let wanted =
        |one: &&Finding| asked.all || one.state.is_open() && one.direction == Direction::Worse;
    let shown: Vec<&Finding> = found.iter().filter(wanted).collect();
    if asked.choice.json {
        let told = json!({
            "runs": names,
            "changes": shown.iter().map(|one| finding_json(one, &runs)).collect::<Vec<_>>(),
        });
        println!("{told}");
    } else {
        print!("{}", text(&shown, &runs));
    }
    let open = found
        .iter()
        .any(|one| one.state.is_open() && one.direction == Direction::Worse);
    Ok(match open {
        true => Verdict::Regression,
        false => Verdict::Fine,
    })
}

/// Says that a run is of a release; the last word counts.
fn release(beside: &Path, mut kept: Kept, run: &Run, name: &str) -> Result<Verdict, Failure> {
    let name = name.trim();
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return Err(Failure::Asked(
            "--release is a name of 1 to 64 characters, such as v1.2".to_owned(),
        ));
    }
    kept.released.retain(|one| one.run != run.id.0);
    kept.released.push(Released {
        run: run.id.0.clone(),
        name: name.to_owned(),
    });
    keep(beside, &kept)?;
    println!("{} is of {name}, in {}", run.id, beside.display());
    Ok(Verdict::Fine)
}

/// What was said of the changes in a store.
pub fn said(store: &Path) -> Result<Kept, Failure> {
    read(&beside(store))
}

/// `STORE.changes.json`.
fn beside(store: &Path) -> PathBuf {
    let store = store.canonicalize().unwrap_or_else(|_| store.to_owned());
    let name = store.file_name().unwrap_or_default().to_string_lossy();
    store.with_file_name(format!("{name}.changes.json"))
}

fn read(path: &Path) -> Result<Kept, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(Failure::unreadable(path, &error)),
    };
    serde_json::from_str(&text).map_err(|error| {
        Failure::Asked(format!(
            "{}: {error}\n  mend the file, or move it away and accept again: it holds what was \
             said of changes, no measurement",
            path.display()
        ))
    })
}

fn accept(
    beside: &Path,
    mut kept: Kept,
    found: &[Finding],
    runs: &[String],
    id: &str,
    reason: &str,
) -> Result<Verdict, Failure> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Failure::Asked(
            "--reason is empty\n  say why, for whoever asks in a year".to_owned(),
        ));
    }
    let Some(one) = found.iter().find(|one| one.id == id) else {
        return Err(Failure::Asked(format!(
            "there is no change `{id}`\n  `kraitbench history --all` lists them"
        )));
    };
    kept.accepted.push(Accepted {
        series: one.followed.clone(),
        direction: one.direction,
        run: runs[one.after].clone(),
        reason: reason.to_owned(),
        at: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    keep(beside, &kept)?;
    println!(
        "accepted {id}: {}, in {}",
        one.followed.label(),
        beside.display()
    );
    Ok(Verdict::Fine)
}

fn keep(beside: &Path, kept: &Kept) -> Result<(), Failure> {
    write(beside, kept)
        .map_err(|error| Failure::Machine(format!("{}: cannot write: {error}", beside.display())))
}

/// The whole file or the one before.
fn write(path: &Path, kept: &Kept) -> std::io::Result<()> {
    use std::io::Write;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, kept)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn text(shown: &[&Finding], runs: &[Run]) -> String {
    if shown.is_empty() {
        return format!("no open change in {} runs\n", runs.len());
    }
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|one| {
            vec![
                one.id.clone(),
                one.followed.key.benchmark.to_string(),
                one.followed.key.executor.to_string(),
                one.followed.measure.to_string(),
                format!("{:+.1} %", 100.0 * (one.change.magnitude - 1.0)),
                format!("{:+.1}", one.change.sigmas),
                format!("{:.0e}", one.change.chance.max(1e-99)),
                kind(one.kind).to_owned(),
                state(&one.state),
                runs[one.after].id.to_string(),
            ]
        })
        .collect();
    let heading = [
        "id",
        "benchmark",
        "executor",
        "measure",
        "change",
        "sigmas",
        "chance",
        "kind",
        "state",
        "since",
    ];
    let mut text = table(&heading, &rows);
    let mut told: Vec<String> = Vec::new();
    for one in shown {
        let between = between(one, runs);
        if !between.is_empty() && !told.contains(&between) {
            text.push_str(&format!("\n{between}"));
            told.push(between);
        }
    }
    text
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Step => "step",
        Kind::Drift => "drift",
    }
}

fn state(state: &State) -> String {
    match state {
        State::Fixed { by } => format!("fixed by {by}"),
        State::Accepted { reason } => format!("accepted: {reason}"),
        other => other.label().to_owned(),
    }
}

/// The commits between the last run before a change and the first after, as text.
fn between(one: &Finding, runs: &[Run]) -> String {
    let executor = &one.followed.key.executor;
    match commits(&runs[one.before], &runs[one.after], executor) {
        Some((before, after)) => {
            let listed = log(&before, &after).unwrap_or_default();
            format!("{before}..{after} ({executor})\n{listed}")
        }
        None => String::new(),
    }
}

/// An executor's commits in two runs, if they are two.
pub fn commits(before: &Run, after: &Run, executor: &ExecutorName) -> Option<(String, String)> {
    let (before, after) = (commit(before, executor)?, commit(after, executor)?);
    (before != after).then_some((before, after))
}

fn commit(run: &Run, executor: &ExecutorName) -> Option<String> {
    let found = run.executors.iter().find(|one| one.name == *executor)?;
    found.provenance.as_ref().ok()?.commit.clone()
}

/// The subjects of the commits, if the tree at hand has them.
fn log(before: &str, after: &str) -> Option<String> {
    let is_hash = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash(before) || !is_hash(after) {
        return None;
    }
    let output = Command::new("git")
        .args(["log", "--oneline", "--no-decorate", "-n"])
        .arg(COMMITS.to_string())
        .arg(format!("{before}..{after}"))
        .arg("--")
        .output()
        .ok()?;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| {
        let indented = lines.lines().map(|line| format!("  {line}\n"));
        indented.collect()
    })
}

fn finding_json(one: &Finding, runs: &[Run]) -> Value {
    let executor = &one.followed.key.executor;
    json!({
        "id": one.id,
        "series": one.followed,
        "kind": kind(one.kind),
        "direction": one.direction,
        "magnitude": one.change.magnitude,
        "sigmas": one.change.sigmas,
        "chance": one.change.chance,
        "before": runs[one.before].id.0,
        "after": runs[one.after].id.0,
        "commits": [commit(&runs[one.before], executor), commit(&runs[one.after], executor)],
        "nights_after": one.nights_after,
        "state": one.state,
    })
}
