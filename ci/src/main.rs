//! `ci VERB`: what the Makefile's lines stand for.
//!
//! Each verb is a file under `verbs/`; this file only names them. The crate
//! has no dependencies, so that on a fresh machine it is running seconds after
//! `make` was typed, and can install what everything else needs.

mod environment;
mod place;
mod shell;
mod steps;
mod tidy;
mod verbs;

use std::process::ExitCode;

use place::Place;

/// A verb: its name, what it does in one line, and the function that does it.
type Verb = (&'static str, &'static str, fn(&Place) -> Result<(), String>);

const VERBS: &[Verb] = &[
    (
        "setup",
        "install what the other verbs need and this machine lacks",
        verbs::setup::run,
    ),
    ("build", "leave the executables in bin/", verbs::build::run),
    (
        "report",
        "the main job: build, run the quick experiment, render the report",
        verbs::report::run,
    ),
    ("test", "everything that protects main", verbs::test::run),
    (
        "pyperformance",
        "build, and measure the programs of pyperformance",
        verbs::report::pyperformance,
    ),
    (
        "cross",
        "build krait for the four foreign targets and test it under qemu",
        verbs::cross::run,
    ),
    (
        "bench",
        "micro-benchmarks of our own Rust code",
        verbs::bench::run,
    ),
    (
        "nightly",
        "build all, test, and run the full experiment",
        verbs::nightly::run,
    ),
    (
        "trial",
        "how often the harness's gate is wrong on this machine",
        verbs::trial::run,
    ),
    ("lint", "formatting, clippy and tidy", verbs::lint::run),
    (
        "tidy",
        "the rules of the tree that a machine can check",
        verbs::lint::tidy,
    ),
    (
        "ratchet",
        "shrink tidy's checked-in lists to what is still needed",
        tidy::ratchet,
    ),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name] = args.as_slice() else {
        eprint!("{}", usage());
        return ExitCode::from(5);
    };
    let Some((_, _, verb)) = VERBS.iter().find(|(verb, _, _)| verb == name) else {
        eprintln!("ci: no verb is called {name:?}\n\n{}", usage());
        return ExitCode::from(5);
    };
    match Place::find().and_then(|place| verb(&place)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("ci {name}: {message}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("usage: ci VERB\n\n");
    for (name, what, _) in VERBS {
        text.push_str(&format!("  {name:<13} {what}\n"));
    }
    text
}
