//! `kraitbench status`: the runs in the store, how far each is and what failed in it.

use model::{Outcome, Share};
use serde_json::{Value, json};
use store::{Store, Stored};

use crate::cli::StoreFolder;
use crate::failure::{Failure, Verdict};
use crate::table::table;

pub fn print(folder: &StoreFolder, as_json: bool) -> Result<Verdict, Failure> {
    if !folder.folder.is_dir() {
        return Err(Failure::Asked(format!(
            "{}: there is no store\n  measure first: `kraitbench run EXPERIMENT`",
            folder.folder.display()
        )));
    }
    let store = Store::open(&folder.folder)?;
    let (runs, mut damage) = store.runs()?;
    // A lock that cannot be had is held by a run that is being made.
    let busy = store.lock().is_err();
    let mut lines: Vec<Line> = Vec::new();
    for run in &runs {
        let (stored, more) = store.load(&run.id)?;
        damage.extend(more);
        lines.push(Line::of(&stored));
    }
    if as_json {
        let runs: Vec<Value> = lines.iter().map(Line::json).collect();
        let damage: Vec<String> = damage.iter().map(ToString::to_string).collect();
        println!(
            "{:#}",
            json!({"runs": runs, "running": busy, "damage": damage})
        );
    } else {
        let rows: Vec<Vec<String>> = lines.iter().map(Line::cells).collect();
        let heading = ["run", "host", "state", "invocations", "failed", "not built"];
        print!("{}", table(&heading, &rows));
        if busy {
            println!("a run is being made");
        }
        damage.iter().for_each(|one| println!("{one}"));
    }
    Ok(Verdict::Fine)
}

/// One run.
struct Line {
    run: String,
    host: String,
    share: Share,
    done: usize,
    planned: usize,
    failed: usize,
    not_built: usize,
    /// Each cause once, with how often.
    causes: Vec<(String, usize)>,
}

impl Line {
    fn of(stored: &Stored) -> Line {
        let outcomes = || stored.invocations.iter().map(|one| &one.outcome);
        let mut causes: Vec<(String, usize)> = Vec::new();
        for one in stored
            .invocations
            .iter()
            .filter(|one| one.outcome.is_failure())
        {
            let cause = format!(
                "{} on {}: {}",
                one.key.benchmark, one.key.executor, one.outcome
            );
            match causes.iter_mut().find(|known| known.0 == cause) {
                Some(known) => known.1 += 1,
                None => causes.push((cause, 1)),
            }
        }
        Line {
            run: stored.run.id.to_string(),
            host: stored.run.host.name.clone(),
            share: stored.run.share.clone(),
            done: stored.invocations.len(),
            planned: stored.run.planned as usize,
            failed: outcomes().filter(|outcome| outcome.is_failure()).count(),
            not_built: outcomes()
                .filter(|outcome| matches!(outcome, Outcome::NotBuilt { .. }))
                .count(),
            causes,
        }
    }

    fn state(&self) -> &'static str {
        if self.done >= self.planned {
            "whole"
        } else {
            "not whole"
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.run.clone(),
            self.host.clone(),
            self.state().to_owned(),
            format!("{} of {}", self.done, self.planned),
            self.failed.to_string(),
            self.not_built.to_string(),
        ]
    }

    fn json(&self) -> Value {
        let causes = self.causes.iter();
        let causes: Vec<Value> = causes
            .map(|(cause, count)| json!({"cause": cause, "count": count}))
            .collect();
        json!({
            "run": self.run, "host": self.host, "share": self.share, "whole": self.done >= self.planned, "done": self.done,
            "planned": self.planned, "failed": self.failed, "not_built": self.not_built,
            "causes": causes,
        })
    }
}
