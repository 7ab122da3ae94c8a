//! `kraitbench release`: what a maintainer pastes into release notes. The text is that of the
//! report's page; `--json` prints what it is made from.

use clap::Args;
use regress::Gate;
use reports::view::{Estimate, View};
use serde_json::{Value, json};

use crate::chosen::{Choice, Chosen, Joining};
use crate::compare::verdict;
use crate::failure::{Failure, Verdict};
use crate::render;

#[derive(Args, Debug)]
pub struct Releasing {
    #[command(flatten)]
    pub choice: Choice,
    #[command(flatten)]
    pub joining: Joining,
    /// The run of the release before; `last` is the run before
    #[arg(long, value_name = "RUN", default_value = "last")]
    pub against: String,
    /// What the new release is called; what `history --release` said of the run, if left out
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What the release before is called, likewise
    #[arg(long, value_name = "NAME")]
    pub old_name: Option<String>,
}

pub fn print(asked: &Releasing) -> Result<Verdict, Failure> {
    let chosen = Chosen::from(&asked.choice, asked.joining)?;
    let Some(old) = chosen.against(Some(&asked.against))? else {
        eprintln!("there is no run before {}", chosen.run().id);
        return Ok(Verdict::NoBaseline);
    };
    let measured = chosen.joint.load(&chosen.store)?;
    let (mut view, gate) = render::viewed(&chosen, &measured, Some(&old))?;
    if let Some(name) = &asked.name {
        view.release = Some(name.clone());
    }
    if let (Some(name), Some(earlier)) = (&asked.old_name, &mut view.earlier) {
        earlier.release = Some(name.clone());
    }
    match asked.choice.json {
        true => println!("{}", told(&view, &chosen.run().id.0, gate)),
        false => print!("{}", reports::render_release(&view)),
    }
    Ok(verdict(gate))
}

fn told(view: &View, run: &str, gate: Gate) -> Value {
    let estimate = |found: Option<Estimate>| {
        let ends = |one: &Estimate| one.interval.map(|(low, high)| json!([low, high]));
        found.map(|one| json!({"value": one.value, "interval": ends(&one)}))
    };
    let rows = view.verdicts.iter().map(|row| {
        json!({
            "suite": row.section,
            "benchmark": row.benchmark,
            "executor": row.column,
            "change": estimate(row.change),
            "verdict": row.verdict,
            "note": row.note,
        })
    });
    let earlier = view.earlier.as_ref();
    let means = earlier.into_iter().flat_map(|earlier| &earlier.means);
    let means = means.map(|mean| {
        json!({
            "executor": mean.column,
            "measure": mean.measure,
            "speedup": estimate(mean.estimate),
            "n": mean.n,
            "m": mean.m,
            "reliability": mean.reliability,
        })
    });
    json!({
        "new": view.release.as_deref().unwrap_or(run),
        "old": earlier.map(|earlier| earlier.name()),
        "means": means.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
        "gone": earlier.map(|earlier| &earlier.gone),
        "exit": gate.exit_status(),
    })
}
