//! `kraitbench release`: what a maintainer pastes into release notes.

use clap::Args;
use regress::release::{markdown, release};
use serde_json::json;
use stats::Bootstrap;

use crate::chosen::{Choice, Chosen};
use crate::compare::verdict;
use crate::compared::mean_json;
use crate::failure::{Failure, Verdict};
use crate::table::estimate_json;

#[derive(Args, Debug)]
pub struct Releasing {
    #[command(flatten)]
    pub choice: Choice,
    /// The run of the release before; `last` is the run before
    #[arg(long, value_name = "RUN", default_value = "last")]
    pub against: String,
    /// What the new release is called
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What the release before is called
    #[arg(long, value_name = "NAME")]
    pub old_name: Option<String>,
}

pub fn print(asked: &Releasing) -> Result<Verdict, Failure> {
    let chosen = Chosen::from(&asked.choice)?;
    let Some(old_run) = chosen.against(Some(&asked.against))? else {
        eprintln!("there is no run before {}", chosen.run.id);
        return Ok(Verdict::NoBaseline);
    };
    let (new, old) = (chosen.observed(&chosen.run)?, chosen.observed(&old_run)?);
    let bootstrap = Bootstrap::new(chosen.run.experiment.seed);
    let name = |given: &Option<String>, run: &model::Run| {
        given.clone().unwrap_or_else(|| run.id.to_string())
    };
    let new_name = name(&asked.name, &chosen.run);
    let old_name = name(&asked.old_name, &old_run);
    let found = release(&bootstrap, (&new_name, &new), (&old_name, &old));
    if asked.choice.json {
        let rows = found.rows.iter().map(|row| {
            json!({
                "series": row.followed,
                "speedup": estimate_json(Some(row.speedup)),
                "verdict": row.verdict.label(),
            })
        });
        let told = json!({
            "new": found.new,
            "old": found.old,
            "means": found.means.iter().map(mean_json).collect::<Vec<_>>(),
            "rows": rows.collect::<Vec<_>>(),
            "missing": found.missing,
            "exit": found.gate.exit_status(),
        });
        println!("{told}");
    } else {
        print!("{}", markdown(&found));
    }
    Ok(verdict(found.gate))
}
