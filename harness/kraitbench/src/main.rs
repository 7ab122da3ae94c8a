//! The kraitbench executable: from an experiment's YAML to a report, a verb for each stretch.
//!
//! Exit codes are part of the interface (`--help` lists them). 2 is none of them: `make` returns
//! it for any failure of its own, so a script could not tell it apart.

// Its macros are in the place of the standard library's everywhere below.
#[macro_use]
mod out;

mod bisected;
mod buildbot;
mod chosen;
mod cli;
mod compare;
mod compared;
mod derive;
mod doctor;
mod exported;
mod failure;
mod gated;
mod history;
mod host;
mod hosts;
mod imported;
mod input;
mod joint;
mod measure;
mod packages;
mod parallel;
mod past;
mod planned;
mod prepare;
mod progress;
mod released;
mod remote;
mod render;
mod ssh;
mod status;
mod steadied;
mod stored;
mod table;
mod there;
mod tried;
mod view;
mod workflow;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

use cli::Verb;
use failure::{Failure, Verdict};

fn main() -> ExitCode {
    let arguments = match cli::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    out::caught(|| match obey(&arguments.verb) {
        Ok(verdict) => verdict.exit_code(),
        Err(failure) => failure.tell(),
    })
}

fn obey(verb: &Verb) -> Result<Verdict, Failure> {
    match verb {
        Verb::Check { experiments } => input::check(experiments),
        Verb::Plan {
            experiment,
            narrowing,
            hosts,
            store,
            json,
        } => planned::print(experiment, narrowing, hosts, store, *json),
        Verb::Build {
            experiment,
            narrowing,
        } => measure::build_executors(experiment, narrowing),
        Verb::Status { store, json } => status::print(store, *json),
        Verb::Doctor { json, restore } => doctor::print(*json, *restore),
        Verb::Schema => printed(&format!("{}\n", model::schema::experiment())),
        Verb::Completion { shell } => printed(&cli::completion(*shell)),
        Verb::Man => cli::manual()
            .map_err(|error| Failure::Machine(format!("the page cannot be made: {error}")))
            .and_then(|page| printed(&page)),
        Verb::Run {
            experiment,
            running,
            store,
        } => {
            let measured = measure::run(experiment, running, store)?;
            Ok(measured.verdict())
        }
        Verb::Report {
            experiment,
            reporting,
            store,
        } => render::report(experiment.as_deref(), reporting, store),
        Verb::All {
            experiment,
            running,
            reporting,
            store,
        } => {
            let measured = measure::run(experiment, running, store)?;
            if measured.interrupted {
                return Ok(Verdict::Interrupted);
            }
            let reported = render::report_run(experiment, measured.run.as_ref(), reporting, store)?;
            Ok(match (reported, measured.verdict()) {
                // What a host could not measure, the report cannot know.
                (Verdict::Fine, other) => other,
                (reported, _) => reported,
            })
        }
        Verb::Remote(asked) => remote::run(asked),
        Verb::Workflow(asked) => workflow::print(asked),
        Verb::Compare(asked) => compared::print(asked),
        Verb::Gate(asked) => gated::print(asked),
        Verb::Trial(asked) => tried::print(asked),
        Verb::History(asked) => history::print(asked),
        Verb::Bisect(asked) => bisected::run(asked),
        Verb::Release(asked) => released::print(asked),
        Verb::Store(keeping) => stored::obey(keeping),
        Verb::Env => host::print(),
    }
}

fn printed(text: &str) -> Result<Verdict, Failure> {
    print!("{text}");
    Ok(Verdict::Fine)
}
