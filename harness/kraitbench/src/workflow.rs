//! `kraitbench workflow`: what an engine needs to run an experiment every night on the hosts that it
//! names, and to join what they measured. The engines are GitHub Actions, whose workflow is made here,
//! and Buildbot ([`crate::buildbot`]).
//!
//! A job is a machine: it measures its share of the experiment, and this machine's share is measured
//! by one that is called `this`. What a job measured is a store, and `store merge` makes one store of
//! all; a run's name tells its share, and its series tell the host, so nothing meets that must not.
//!
//! GitHub gives its runners labels for what they run on by themselves. Where an experiment names hosts,
//! each runner has its host's name as a label beside those. Everything that comes from the experiment
//! is a name, which is safe in YAML and in a shell.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use model::{Experiment, Share, THIS, Target};

use crate::buildbot::{self, Master};
use crate::failure::{Failure, Verdict};
use crate::host;
use crate::input::Input;

#[derive(Args, Debug)]
pub struct Asked {
    /// The experiment's YAML file
    pub experiment: PathBuf,
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
    let path = plain(input.path.strip_prefix(&input.root).unwrap_or(&input.path))?;
    let machines = machines(&input.experiment, host::target()?);
    let name = input.experiment.name.as_str();
    let text = match asked.engine {
        Engine::Github => workflow(name, &path, &machines, &asked.at),
        Engine::Buildbot => buildbot::configuration(&Master {
            experiment: name,
            path: &path,
            repository: asked.repository.as_deref().unwrap_or_default(),
            listen: &asked.listen,
            kraitbench: &asked.kraitbench,
            at: &asked.at,
            machines: &machines,
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

/// A machine with its share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub share: Share,
    pub target: Target,
}

impl Machine {
    /// What its `run` is told.
    pub fn words(&self) -> [&str; 2] {
        match &self.share {
            Share::This => ["--host", THIS],
            Share::Of(host) => ["--as", host.as_str()],
        }
    }
}

/// The machines that have a share; `here` is this one's target.
pub fn machines(experiment: &Experiment, here: Target) -> Vec<Machine> {
    let target = |share: &Share| match share {
        Share::This => here,
        Share::Of(name) => experiment.host(name).map_or(here, |host| host.target),
    };
    let shares = experiment.shares().into_iter();
    shares
        .map(|share| Machine {
            target: target(&share),
            share,
        })
        .collect()
}

/// The labels of a machine's runner.
fn labels(machine: &Machine, several: bool) -> String {
    let name = match several {
        true => format!(", {}", machine.share),
        false => String::new(),
    };
    format!("[self-hosted, Linux, {}{name}]", label(machine.target))
}

/// A workflow for GitHub's engine.
pub fn workflow(name: &str, path: &str, machines: &[Machine], at: &str) -> String {
    let several = machines.len() > 1;
    let mut text = format!(
        "# Made by `kraitbench workflow {path}`. Each machine is a self-hosted runner that does nothing\n\
         # else; what they measured is joined in the last job.\n\
         name: {name}\non:\n  schedule:\n    - cron: '{at}'\n  workflow_dispatch:\n\
         permissions:\n  contents: read\nconcurrency: kraitbench-{name}\njobs:\n  measure:\n    strategy:\n      \
         fail-fast: false\n      matrix:\n        include:\n"
    );
    for machine in machines {
        writeln!(
            text,
            "          - host: {}\n            runner: {}\n            share: {}",
            machine.share,
            labels(machine, several),
            machine.words().join(" ")
        )
        .ok();
    }
    let joins = machines.first().map_or_else(
        || "[self-hosted, Linux]".to_owned(),
        |first| labels(first, several),
    );
    write!(
        text,
        "    runs-on: ${{{{ matrix.runner }}}}\n    timeout-minutes: 1440\n    steps:\n      \
         - uses: actions/checkout@v4\n      - run: make build\n      \
         - name: Measure\n        id: measure\n        continue-on-error: true\n        \
         run: bin/kraitbench run {path} --build ${{{{ matrix.share }}}}\n      \
         - uses: actions/upload-artifact@v4\n        if: always()\n        with:\n          \
         name: store-${{{{ matrix.host }}}}\n          path: store\n          include-hidden-files: true\n      \
         - if: steps.measure.outcome == 'failure'\n        run: exit 1\n  \
         join:\n    needs: measure\n    if: always()\n    runs-on: {joins}\n    steps:\n      \
         - uses: actions/checkout@v4\n        with:\n          clean: false\n      - run: make build\n      \
         - uses: actions/download-artifact@v4\n        with:\n          pattern: store-*\n          path: measured\n      \
         - run: bin/kraitbench store merge measured/store-*\n      \
         - run: bin/kraitbench report {path}\n      - run: bin/kraitbench gate {path}\n      \
         - uses: actions/upload-artifact@v4\n        if: always()\n        with:\n          name: report\n          path: site\n"
    )
    .ok();
    text
}
