//! `kraitbench store export`: a run in the form that another tool reads. The forms are in crate
//! `exchange`; here is what may be asked for.

use clap::{Args, ValueEnum};
use exchange::codespeed::Posting;
use exchange::{Exported, bencher, codespeed, pyperf, rebench};

use crate::chosen::{Choice, Chosen};
use crate::failure::{Failure, Verdict};
use crate::render;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// JSON of pyperf and pyperformance
    Pyperf,
    /// The data file of ReBench
    Rebench,
    /// What is posted to a Codespeed server
    Codespeed,
    /// Bencher's metric format
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
    /// The project's name on the Codespeed server
    #[arg(long, value_name = "NAME", default_value = "krait")]
    pub project: String,
    /// The branch's name on the Codespeed server
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub branch: String,
    /// The environment's name on the Codespeed server, where it must exist; the host's, if left out
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
}

pub fn print(asked: &Exporting) -> Result<Verdict, Failure> {
    let chosen = Chosen::one(&asked.choice)?;
    let stored = render::load(&chosen.store, &chosen.run().id)?;
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
    let exported = Exported::of(&stored.run, &stored.invocations, executor);
    for benchmark in &exported.left_out {
        eprintln!("left out: {benchmark}: it did not end well");
    }
    if exported.series.is_empty() {
        return Err(Failure::Asked(format!(
            "{executor} has no benchmark that ended well in {}",
            stored.run.id
        )));
    }
    let text = match asked.form {
        Form::Pyperf => pyperf::write(&exported),
        Form::Rebench => rebench::write(&exported),
        Form::Bencher => bencher::write(&exported),
        Form::Codespeed => codespeed::write(
            &exported,
            &Posting {
                project: &asked.project,
                branch: &asked.branch,
                environment: asked.environment.as_deref(),
            },
        ),
    };
    println!("{}", text.trim_end());
    Ok(Verdict::Fine)
}
