//! `kraitbench workflow`: what an engine needs to run an experiment every night on machines of its
//! own, one for each target, and to join what they measured. The engines are GitHub Actions, whose
//! workflow is made here, and Buildbot ([`crate::buildbot`]).
//!
//! A job is a machine: it measures the executors that are for its target, and those that are for
//! whatever machine they run on. Executors that no machine is asked for are left to the first one,
//! which runs them under its emulators. What a job measured is a store, and `store merge` makes one
//! store of all; runs of two machines have two names, so nothing meets that must not.
//!
//! The labels are those that GitHub gives to runners by themselves. Everything that comes from the
//! experiment is a name, which is safe in YAML and in a shell.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use model::{Experiment, Target};

use crate::buildbot::{self, Master};
use crate::failure::{Failure, Verdict};
use crate::input::Input;

#[derive(Args, Debug)]
pub struct Asked {
    /// The experiment's YAML file
    pub experiment: PathBuf,
    /// A target that there is a machine for (may be repeated; the first also runs what is emulated)
    #[arg(long = "machine", value_name = "TARGET", default_value = "x86_64", value_parser = machine)]
    pub machines: Vec<Target>,
    /// The engine
    #[arg(long, value_enum, default_value_t = Engine::Github)]
    pub engine: Engine,
    /// With Buildbot: where the workers take the tree from
    #[arg(long, value_name = "URL", value_parser = address, required_if_eq("engine", "buildbot"))]
    pub repository: Option<String>,
    /// With Buildbot: where the master listens, as Twisted says it
    #[arg(long, value_name = "ENDPOINT", default_value = "tcp:9989")]
    pub listen: String,
    /// With Buildbot: the kraitbench on the master's machine
    #[arg(long, value_name = "FILE", default_value = "kraitbench")]
    pub kraitbench: String,
    /// When it runs, as cron says it, in UTC
    #[arg(long, value_name = "CRON", default_value = "17 2 * * *", value_parser = cron)]
    pub at: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// A GitHub Actions workflow
    Github,
    /// The configuration of a Buildbot master
    Buildbot,
}

/// What begins with a dash would be an option of git's.
fn address(text: &str) -> Result<String, String> {
    match text.is_empty() || text.starts_with('-') {
        true => {
            Err("a repository is an address or a path, such as https://HOST/NAME.git".to_owned())
        }
        false => Ok(text.to_owned()),
    }
}

fn machine(text: &str) -> Result<Target, String> {
    let found = Target::ALL.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| {
        let known: Vec<&str> = Target::ALL.iter().map(|one| one.as_str()).collect();
        format!("the targets are {}", known.join(", "))
    })
}

/// Five fields of digits, lists, ranges and steps; it ends up between quotes.
fn cron(text: &str) -> Result<String, String> {
    let field = |word: &str| {
        let plain = |c: char| c.is_ascii_digit() || matches!(c, '*' | ',' | '-' | '/');
        word.chars().all(plain)
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.len() == 5 && words.iter().all(|word| field(word)) {
        true => Ok(words.join(" ")),
        false => Err("a time is five fields, such as `17 2 * * *`".to_owned()),
    }
}

pub fn print(asked: &Asked) -> Result<Verdict, Failure> {
    let input = Input::read(&asked.experiment)?;
    let mut machines = asked.machines.clone();
    machines.dedup();
    if (1..machines.len()).any(|at| machines[..at].contains(&machines[at])) {
        let what = "one machine for each target: runs are told apart by it";
        return Err(Failure::Asked(format!(
            "--machine names a target twice\n  {what}"
        )));
    }
    let path = plain(input.path.strip_prefix(&input.root).unwrap_or(&input.path))?;
    let shares = shares(&input.experiment, &machines);
    let name = input.experiment.name.as_str();
    let text = match asked.engine {
        Engine::Github => workflow(name, &path, &shares, &asked.at),
        Engine::Buildbot => buildbot::configuration(&Master {
            experiment: name,
            path: &path,
            repository: asked.repository.as_deref().unwrap_or_default(),
            listen: &asked.listen,
            kraitbench: &asked.kraitbench,
            at: &asked.at,
            shares: &shares,
        })?,
    };
    print!("{text}");
    Ok(Verdict::Fine)
}

/// The path as it can stand in what is made without quotes.
pub fn plain(path: &Path) -> Result<String, Failure> {
    let path = path.to_string_lossy().into_owned();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    match path.chars().all(plain) {
        true => Ok(path),
        false => Err(Failure::Asked(format!(
            "`{path}` has characters that a workflow would have to quote; rename the file"
        ))),
    }
}

/// The labels that GitHub's runners have for what they run on.
fn label(target: Target) -> &'static str {
    match target {
        Target::X86_64 => "X64",
        Target::Aarch64 => "ARM64",
        Target::S390x => "S390X",
        Target::Riscv64 => "RISCV64",
        Target::Ppc64le => "PPC64LE",
    }
}

/// Which executors each machine measures.
pub fn shares<'a>(experiment: &'a Experiment, machines: &[Target]) -> Vec<(Target, Vec<&'a str>)> {
    let of = |at: usize, machine: Target| {
        let executors = experiment.executors.iter().filter(|one| match one.target {
            None => true,
            Some(target) if machines.contains(&target) => target == machine,
            Some(_) => at == 0,
        });
        (machine, executors.map(|one| one.name.as_str()).collect())
    };
    machines
        .iter()
        .enumerate()
        .map(|(at, machine)| of(at, *machine))
        .collect()
}

/// A workflow for GitHub's engine.
pub fn workflow(name: &str, path: &str, shares: &[(Target, Vec<&str>)], at: &str) -> String {
    let mut text = format!(
        "# Made by `kraitbench workflow {path}`. Each machine is a self-hosted runner that does nothing\n\
         # else; what they measured is joined in the last job.\n\
         name: {name}\non:\n  schedule:\n    - cron: '{at}'\n  workflow_dispatch:\n\
         permissions:\n  contents: read\nconcurrency: kraitbench-{name}\njobs:\n  measure:\n    strategy:\n      \
         fail-fast: false\n      matrix:\n        include:\n"
    );
    for (machine, executors) in shares {
        if executors.is_empty() {
            continue;
        }
        let words: Vec<String> = executors
            .iter()
            .map(|one| format!("--executor {one}"))
            .collect();
        writeln!(
            text,
            "          - target: {machine}\n            runner: [self-hosted, Linux, {}]\n            executors: {}",
            label(*machine),
            words.join(" ")
        )
        .ok();
    }
    write!(
        text,
        "    runs-on: ${{{{ matrix.runner }}}}\n    timeout-minutes: 1440\n    steps:\n      \
         - uses: actions/checkout@v4\n      - run: make build\n      \
         - name: Measure\n        id: measure\n        continue-on-error: true\n        \
         run: bin/kraitbench run {path} --build ${{{{ matrix.executors }}}}\n      \
         - uses: actions/upload-artifact@v4\n        if: always()\n        with:\n          \
         name: store-${{{{ matrix.target }}}}\n          path: store\n          include-hidden-files: true\n      \
         - if: steps.measure.outcome == 'failure'\n        run: exit 1\n  \
         join:\n    needs: measure\n    if: always()\n    runs-on: [self-hosted, Linux, {}]\n    steps:\n      \
         - uses: actions/checkout@v4\n        with:\n          clean: false\n      - run: make build\n      \
         - uses: actions/download-artifact@v4\n        with:\n          pattern: store-*\n          path: measured\n      \
         - run: bin/kraitbench store merge measured/store-*\n      \
         - run: bin/kraitbench report\n      - run: bin/kraitbench gate\n      \
         - uses: actions/upload-artifact@v4\n        if: always()\n        with:\n          name: report\n          path: site\n",
        shares.first().map_or("X64", |share| label(share.0))
    )
    .ok();
    text
}
