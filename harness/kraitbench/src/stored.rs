//! `kraitbench store`: looking after what was measured.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::{Compacted, Damage, Merged, Store};

use crate::cli::StoreFolder;
use crate::exported::{self, Exporting};
use crate::failure::{Failure, Verdict};
use crate::imported::{self, Importing};
use crate::render;

#[derive(Debug, Subcommand)]
pub enum Keeping {
    /// Read every file and say what is not as it should be
    Verify {
        #[command(flatten)]
        store: StoreFolder,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add what other stores hold
    Merge {
        /// The stores to add; they are left as they are
        #[arg(required = true, value_name = "FOLDER")]
        from: Vec<PathBuf>,
        #[command(flatten)]
        store: StoreFolder,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add runs that another tool measured
    Import(Importing),
    /// Print a run in the form that another tool reads
    Export(Exporting),
    /// Put the runs of past months into a file each, and the months into a folder each
    Compact {
        /// Compact what began before this month, instead of before the current one
        #[arg(long, value_name = "YYYY-MM", value_parser = month)]
        before: Option<String>,
        #[command(flatten)]
        store: StoreFolder,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub fn obey(keeping: &Keeping) -> Result<Verdict, Failure> {
    match keeping {
        Keeping::Verify { store, json } => verify(&render::open(store)?, *json),
        Keeping::Import(asked) => imported::take(asked),
        Keeping::Export(asked) => exported::print(asked),
        Keeping::Merge { from, store, json } => merge(from, store, *json),
        Keeping::Compact {
            before,
            store,
            json,
        } => compact(before.as_deref(), &render::open(store)?, *json),
    }
}

fn month(text: &str) -> Result<String, String> {
    let is_digit = |at: usize| text.as_bytes()[at].is_ascii_digit();
    let has_form = text.len() == 7 && text.as_bytes()[4] == b'-';
    match has_form && [0, 1, 2, 3, 5, 6].into_iter().all(is_digit) {
        true => Ok(text.to_owned()),
        false => Err("a month is written as 2026-01".to_owned()),
    }
}

fn verify(store: &Store, json: bool) -> Result<Verdict, Failure> {
    let found = store.verify()?;
    if json {
        let told = json!({
            "runs": found.runs,
            "whole_runs": found.whole_runs,
            "invocations": found.invocations,
            "samples": found.samples,
            "damage": texts(&found.damage),
        });
        println!("{told}");
    } else {
        println!(
            "{} runs ({} whole), {} invocations, {} samples",
            found.runs, found.whole_runs, found.invocations, found.samples
        );
    }
    ended(found.damage)
}

pub fn ended(damage: Vec<Damage>) -> Result<Verdict, Failure> {
    match damage.is_empty() {
        true => Ok(Verdict::Fine),
        false => Err(Failure::Damaged(damage)),
    }
}

fn texts(damage: &[Damage]) -> Vec<String> {
    damage.iter().map(ToString::to_string).collect()
}

/// Tells what was taken in from a path; `contradictions` is what `--json` says of those.
pub(crate) fn tell_merged(path: &Path, merged: &Merged, contradictions: &Json, as_json: bool) {
    if as_json {
        let told = json!({
            "from": path.display().to_string(),
            "runs": merged.runs,
            "invocations": merged.invocations,
            "known": merged.known,
            "contradictions": contradictions,
            "damage": texts(&merged.damage),
        });
        println!("{told}");
    } else {
        println!(
            "{}: {} runs and {} invocations added, {} were there",
            path.display(),
            merged.runs,
            merged.invocations,
            merged.known
        );
    }
}

fn merge(from: &[PathBuf], folder: &StoreFolder, json: bool) -> Result<Verdict, Failure> {
    for path in from {
        if !path.is_dir() {
            return Err(Failure::Asked(format!(
                "{}: there is no such store",
                path.display()
            )));
        }
    }
    let into = Store::open(&folder.folder)?;
    let _lock = into.lock()?;
    let mut damage = Vec::new();
    let mut contradicted = false;
    for path in from {
        let merged = into.merge(&Store::open(path)?)?;
        let contradictions: Vec<String> = merged
            .contradictions
            .iter()
            .map(|(run, invocation)| match invocation {
                Some(id) => format!("{run}, invocation {id}"),
                None => run.to_string(),
            })
            .collect();
        tell_merged(path, &merged, &json!(contradictions), json);
        for one in &contradictions {
            eprintln!("not added: {one} is here with other contents; this store's are kept");
        }
        contradicted |= !contradictions.is_empty();
        damage.extend(merged.damage);
    }
    match (ended(damage)?, contradicted) {
        (_, true) => Ok(Verdict::BenchmarkFailed),
        (fine, false) => Ok(fine),
    }
}

fn compact(before: Option<&str>, store: &Store, json: bool) -> Result<Verdict, Failure> {
    let _lock = store.lock()?;
    let now = Timestamp::now().strftime("%Y-%m").to_string();
    let told = store.compact(before.unwrap_or(&now))?;
    let (mut runs, mut files) = (0, 0);
    for one in &told {
        match one {
            Compacted::Done { files: count, .. } => {
                runs += 1;
                files += count;
            }
            Compacted::Left { run, why } => eprintln!("left as it is: {run}: {why}"),
        }
    }
    match json {
        true => println!(
            "{}",
            json!({"runs": runs, "files": files, "left": told.len() - runs})
        ),
        false => println!("{runs} runs compacted, {files} files became {}", 2 * runs),
    }
    Ok(Verdict::Fine)
}
